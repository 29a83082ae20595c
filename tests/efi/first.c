/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A UEFI program that makes firmware as bad as a test wants it, and then starts \image.efi of the
 * first volume that has it. Its load options: words, then "--", then the image's.
 *
 *   taken     the memory at 1 MiB is firmware's, until ExitBootServices
 *   kept      the same, and it stays firmware's
 *   pieces    the memory map has 400 ranges
 *   no-acpi   the configuration table tells of no ACPI
 *   stale     the memory map changes just before the first ExitBootServices
 */
#include <efi.h>
#include <stdbool.h>

#define TAKEN_PAGES 16
#define PIECES      200

EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system);

static EFI_BOOT_SERVICES *boot;
static EFI_EXIT_BOOT_SERVICES exit_boot_services;
static EFI_SYSTEM_TABLE *table;

static void say(const CHAR16 *text)
{
    table->ConOut->OutputString(table->ConOut, (CHAR16 *)(UINTN)text);
}

/* Where words begins with the word, what comes behind it; else NULL. */
static const CHAR16 *behind(const CHAR16 *words, const char *word)
{
    while (*word != '\0' && *words == (CHAR16)*word)
        words++, word++;
    if (*word != '\0' || (*words != ' ' && *words != 0))
        return NULL;
    return *words == ' ' ? words + 1 : words;
}

static EFI_STATUS take(EFI_MEMORY_TYPE type, EFI_PHYSICAL_ADDRESS at, UINTN pages)
{
    return boot->AllocatePages(AllocateAddress, type, pages, &at);
}

/* Every other page of what was one range. */
static EFI_STATUS cut_in_pieces(void)
{
    EFI_PHYSICAL_ADDRESS at = 0;
    EFI_STATUS status = boot->AllocatePages(AllocateAnyPages, EfiLoaderData, 2 * PIECES, &at);
    for (UINTN i = 0; i < PIECES && !EFI_ERROR(status); i++) {
        status = boot->FreePages(at + i * 0x2000, 1);
        if (!EFI_ERROR(status))
            status = take(EfiReservedMemoryType, at + i * 0x2000, 1);
    }
    return status;
}

static EFIAPI EFI_STATUS exit_stale(EFI_HANDLE handle, UINTN key)
{
    EFI_PHYSICAL_ADDRESS at;
    boot->ExitBootServices = exit_boot_services;
    boot->AllocatePages(AllocateAnyPages, EfiReservedMemoryType, 1, &at);
    EFI_STATUS status = exit_boot_services(handle, key);
    if (status == EFI_INVALID_PARAMETER)
        say(L"first: the map is stale\r\n");
    return status;
}

static void drop_acpi(void)
{
    static EFI_GUID acpi2 = ACPI_20_TABLE_GUID, acpi1 = ACPI_TABLE_GUID;
    boot->InstallConfigurationTable(&acpi2, NULL);
    boot->InstallConfigurationTable(&acpi1, NULL);
}

/* Does what the words say; *words is then behind them. */
static EFI_STATUS spoil(const CHAR16 **words)
{
    EFI_STATUS status = EFI_SUCCESS;
    while (!EFI_ERROR(status) && **words != 0) {
        const CHAR16 *next;
        if ((next = behind(*words, "--")) != NULL) {
            *words = next;
            return status;
        }
        if ((next = behind(*words, "taken")) != NULL)
            status = take(EfiBootServicesData, 0x100000, TAKEN_PAGES);
        else if ((next = behind(*words, "kept")) != NULL)
            status = take(EfiRuntimeServicesData, 0x100000, TAKEN_PAGES);
        else if ((next = behind(*words, "pieces")) != NULL)
            status = cut_in_pieces();
        else if ((next = behind(*words, "no-acpi")) != NULL)
            drop_acpi();
        else if ((next = behind(*words, "stale")) != NULL)
            boot->ExitBootServices = exit_stale;
        else
            return EFI_INVALID_PARAMETER;
        *words = next;
    }
    return status;
}

/* Firmware that starts a program by itself has looked for no volumes yet. */
static void connect_all(void)
{
    UINTN count = 0;
    EFI_HANDLE *handles;
    if (!EFI_ERROR(boot->LocateHandleBuffer(AllHandles, NULL, NULL, &count, &handles)))
        for (UINTN i = 0; i < count; i++)
            boot->ConnectController(handles[i], NULL, NULL, TRUE);
}

/* The file's bytes and size, of the first volume that has it. */
static EFI_STATUS read_image(VOID **bytes, UINTN *size)
{
    static EFI_GUID file_system = SIMPLE_FILE_SYSTEM_PROTOCOL;
    static CHAR16 path[] = L"\\image.efi";
    UINTN count = 0;
    EFI_HANDLE *volumes;
    EFI_STATUS status = boot->LocateHandleBuffer(ByProtocol, &file_system, NULL, &count, &volumes);
    for (UINTN i = 0; i < count && !EFI_ERROR(status); i++) {
        EFI_FILE_IO_INTERFACE *volume;
        EFI_FILE_PROTOCOL *root, *file;
        if (EFI_ERROR(boot->HandleProtocol(volumes[i], &file_system, (VOID **)&volume)) ||
            EFI_ERROR(volume->OpenVolume(volume, &root)) ||
            EFI_ERROR(root->Open(root, &file, path, EFI_FILE_MODE_READ, 0)))
            continue;
        *size = 4 << 20;
        status = boot->AllocatePool(EfiBootServicesData, *size, bytes);
        return EFI_ERROR(status) ? status : file->Read(file, size, *bytes);
    }
    return EFI_ERROR(status) ? status : EFI_NOT_FOUND;
}

static EFI_STATUS start(EFI_HANDLE handle, const CHAR16 *options)
{
    static EFI_GUID loaded_image = LOADED_IMAGE_PROTOCOL;
    VOID *bytes;
    UINTN size, n = 0;
    EFI_HANDLE image;
    EFI_LOADED_IMAGE_PROTOCOL *loaded;
    connect_all();
    EFI_STATUS status = read_image(&bytes, &size);
    if (!EFI_ERROR(status))
        status = boot->LoadImage(FALSE, handle, NULL, bytes, size, &image);
    if (!EFI_ERROR(status))
        status = boot->HandleProtocol(image, &loaded_image, (VOID **)&loaded);
    if (EFI_ERROR(status))
        return status;
    while (options[n] != 0)
        n++;
    loaded->LoadOptions = (VOID *)(UINTN)options;
    loaded->LoadOptionsSize = (UINT32)(n + 1) * sizeof *options;
    status = boot->StartImage(image, NULL, NULL);
    say(L"first: the image came back with an error\r\n");
    return status;
}

EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system)
{
    static EFI_GUID loaded_image = LOADED_IMAGE_PROTOCOL;
    EFI_LOADED_IMAGE_PROTOCOL *self;
    table = system;
    boot = system->BootServices;
    exit_boot_services = boot->ExitBootServices;
    EFI_STATUS status = boot->HandleProtocol(handle, &loaded_image, (VOID **)&self);
    const CHAR16 *words = EFI_ERROR(status) ? NULL : self->LoadOptions;
    if (words == NULL)
        return EFI_INVALID_PARAMETER;
    status = spoil(&words);
    if (EFI_ERROR(status))
        say(L"first: this cannot be spoiled\r\n");
    else
        status = start(handle, words);
    if (EFI_ERROR(status))
        say(L"first: failed\r\n");
    system->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
    return status;
}
