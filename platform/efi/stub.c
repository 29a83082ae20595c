/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limpet as a UEFI application: this stub has an image's ELF in a section, takes from firmware what
 * the image wants to know (arguments, memory map, ACPI's tables), puts the image where it belongs,
 * ends firmware's services and enters it by its PVH door, as Xen or QEMU would. Nothing of the
 * image is changed.
 */
#include "stub.h"
#include <string.h>
#include <xen/arch-x86/hvm/start_info.h>
#include "boot/handover.h"
#include "boot/info.h"
#include "map.h"
#include "x86_64/pe.h"

#define HANDED_LIMIT 0x3fffffff /* boot_main() looks no further */
#define MAP_SLACK    64         /* descriptors that the map may grow by until it is read */
#define EXIT_TRIES   4

_Static_assert(sizeof(struct efi_descriptor) == sizeof(EFI_MEMORY_DESCRIPTOR), "map.h");

extern uint64_t stub_tsc;
extern const uint8_t leave_end[];
void leave(uint32_t entry, uint32_t start_info, uint32_t from, uint32_t to, uint32_t words);
EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system);

/* What the image is handed over, in one piece below 1 GiB. */
struct handed {
    struct hvm_start_info info;
    struct hvm_modlist_entry modules[2];
    struct handover handover;
    char firmware_name[sizeof "firmware"], handover_name[sizeof HANDOVER_MODULE];
    char arguments[ARGUMENTS_MAX + 1];
    struct hvm_memmap_table_entry ranges[]; /* map_room of them, and behind them firmware's map */
};

/* A stretch of memory: bytes, physical. */
struct piece {
    uint64_t base, size;
};

struct boot {
    struct stub stub;
    struct image_plan plan;
    const uint8_t *elf;
    size_t elf_bytes;
    struct piece target; /* where the image belongs */
    struct piece image;  /* where it is as long as firmware is there */
    struct piece handed_at, leave_at;
    struct handed *handed;
    size_t map_room, descriptor_bytes; /* descriptors; bytes of one */
};

void say(const struct stub *stub, const char *text)
{
    CHAR16 piece[64];
    while (*text != '\0') {
        size_t n = 0;
        for (; *text != '\0' && n < 63; text++)
            piece[n++] = (CHAR16)*text;
        piece[n] = 0;
        stub->system->ConOut->OutputString(stub->system->ConOut, piece);
    }
}

EFI_STATUS fail(const struct stub *stub, EFI_STATUS status, const char *what, const char *why)
{
    say(stub, "LIMPET: ");
    say(stub, what);
    say(stub, why);
    say(stub, "\r\n");
    return status;
}

void *protocol_of(const struct stub *stub, EFI_HANDLE handle, const EFI_GUID *protocol)
{
    void *found;
    EFI_GUID *guid = (EFI_GUID *)(uintptr_t)protocol; /* gnu-efi knows no const */
    return EFI_ERROR(stub->boot->HandleProtocol(handle, guid, &found)) ? NULL : found;
}

/* Takes pages that end at limit or below. */
static EFI_STATUS take_pages(const struct stub *stub, EFI_MEMORY_TYPE type, uint64_t size,
                             uint64_t limit, struct piece *piece)
{
    EFI_PHYSICAL_ADDRESS at = limit;
    EFI_STATUS status =
        stub->boot->AllocatePages(AllocateMaxAddress, type, EFI_SIZE_TO_PAGES(size), &at);
    *piece = (struct piece){EFI_ERROR(status) ? 0 : at, size};
    return status;
}

/* In words of 64 bits; these comparisons are some of what a boot costs. */
static inline bool is_same(const void *a, const void *b, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 8) {
        uint64_t x, y;
        __builtin_memcpy(&x, (const uint8_t *)a + i, 8);
        __builtin_memcpy(&y, (const uint8_t *)b + i, 8);
        if (x != y)
            return false;
    }
    return true;
}

/* The image in this program: a section of it. */
static bool find_elf(struct boot *boot)
{
    const uint8_t *base = boot->stub.self->ImageBase;
    const IMAGE_DOS_HEADER *dos = (const void *)base;
    const IMAGE_NT_HEADERS *nt = (const void *)(base + dos->e_lfanew);
    const IMAGE_SECTION_HEADER *section =
        (const void *)((const uint8_t *)&nt->OptionalHeader + nt->FileHeader.SizeOfOptionalHeader);
    for (unsigned i = 0; i < nt->FileHeader.NumberOfSections; i++, section++)
        if (is_same(section->Name, ".limpet", 8)) { /* limpet-efi puts it there */
            boot->elf = base + section->VirtualAddress;
            boot->elf_bytes = section->Misc.VirtualSize < section->SizeOfRawData
                                  ? section->Misc.VirtualSize
                                  : section->SizeOfRawData;
            return true;
        }
    return false;
}

static EFI_STATUS read_elf(struct boot *boot)
{
    if (!find_elf(boot))
        return fail(&boot->stub, EFI_NOT_FOUND,
                    "There is no image in this file:", " make it with limpet-efi.");
    const char *wrong = image_plan(boot->elf, boot->elf_bytes, HANDED_LIMIT, &boot->plan);
    if (wrong == NULL)
        wrong = image_lacks(&boot->plan, DOOR_PVH);
    if (wrong != NULL) {
        say(&boot->stub, "LIMPET: The image in this file ");
        say(&boot->stub, wrong);
        say(&boot->stub, ".\r\n");
        return EFI_LOAD_ERROR;
    }
    uint64_t first = boot->plan.segments[0].address;
    for (unsigned i = 1; i < boot->plan.count; i++)
        if (boot->plan.segments[i].address < first)
            first = boot->plan.segments[i].address;
    first &= ~(uint64_t)EFI_PAGE_MASK;
    boot->target =
        (struct piece){first, (boot->plan.end - first + EFI_PAGE_MASK) & ~(uint64_t)EFI_PAGE_MASK};
    return EFI_SUCCESS;
}

/* Where it belongs, or, when firmware has that itself, anywhere: leave() will move it. */
static EFI_STATUS place_image(struct boot *boot)
{
    const struct stub *stub = &boot->stub;
    EFI_PHYSICAL_ADDRESS at = boot->target.base;
    EFI_STATUS status = stub->boot->AllocatePages(AllocateAddress, EfiLoaderData,
                                                  EFI_SIZE_TO_PAGES(boot->target.size), &at);
    boot->image = (struct piece){EFI_ERROR(status) ? 0 : at, boot->target.size};
    if (EFI_ERROR(status))
        status = take_pages(stub, EfiLoaderData, boot->target.size, HANDED_LIMIT, &boot->image);
    if (EFI_ERROR(status))
        return fail(stub, status, "No memory below 1 GiB is left for the image.", "");
    for (unsigned i = 0; i < boot->plan.count; i++) {
        const struct image_segment *s = &boot->plan.segments[i];
        uint8_t *to = (uint8_t *)(boot->image.base + (s->address - boot->target.base));
        memcpy(to, boot->elf + s->offset, s->file_bytes);
        memset(to + s->file_bytes, 0, s->memory_bytes - s->file_bytes);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS take_rooms(struct boot *boot)
{
    const struct stub *stub = &boot->stub;
    UINTN bytes = 0, key;
    UINT32 version;
    stub->boot->GetMemoryMap(&bytes, NULL, &key, &boot->descriptor_bytes, &version);
    if (boot->descriptor_bytes < sizeof(struct efi_descriptor))
        return fail(stub, EFI_UNSUPPORTED, "Firmware does not give its memory map.", "");
    boot->map_room = bytes / boot->descriptor_bytes + MAP_SLACK;
    EFI_STATUS status =
        take_pages(stub, EfiLoaderData,
                   sizeof *boot->handed +
                       boot->map_room * (sizeof boot->handed->ranges[0] + boot->descriptor_bytes),
                   HANDED_LIMIT, &boot->handed_at);
    if (!EFI_ERROR(status))
        status = take_pages(stub, EfiLoaderCode, (uintptr_t)leave_end - (uintptr_t)leave,
                            UINT32_MAX, &boot->leave_at);
    if (EFI_ERROR(status))
        return fail(stub, status, "No memory below 1 GiB is left for the memory map.", "");
    memcpy((void *)boot->leave_at.base, (const void *)(uintptr_t)leave, boot->leave_at.size);
    boot->handed = (void *)boot->handed_at.base;
    memset(boot->handed, 0, sizeof *boot->handed);
    return EFI_SUCCESS;
}

/* ACPI 6.4, 5.2.5.2: the RSDP is in the configuration table; 0: there is none. */
static uint64_t find_rsdp(const EFI_SYSTEM_TABLE *system)
{
    static const EFI_GUID acpi2 = ACPI_20_TABLE_GUID, acpi1 = ACPI_TABLE_GUID;
    uint64_t old = 0;
    for (UINTN i = 0; i < system->NumberOfTableEntries; i++) {
        const EFI_CONFIGURATION_TABLE *t = &system->ConfigurationTable[i];
        if (is_same(&t->VendorGuid, &acpi2, sizeof acpi2))
            return (uintptr_t)t->VendorTable;
        if (is_same(&t->VendorGuid, &acpi1, sizeof acpi1))
            old = (uintptr_t)t->VendorTable;
    }
    return old;
}

static void add_module(struct handed *h, uint64_t base, uint64_t size, const char *room)
{
    h->modules[h->info.nr_modules++] =
        (struct hvm_modlist_entry){.paddr = base, .size = size, .cmdline_paddr = (uintptr_t)room};
}

/* All but the memory map. Without a module "firmware" a Xen HVM domain would be taken for a PVH
 * one; with a command line, were it empty, it would not ask xenstore for its arguments. */
static void fill_handed(struct boot *boot)
{
    struct handed *h = boot->handed;
    h->info = (struct hvm_start_info){
        .magic = XEN_HVM_START_MAGIC_VALUE,
        .version = 1,
        .modlist_paddr = (uintptr_t)h->modules,
        .cmdline_paddr = h->arguments[0] != '\0' ? (uintptr_t)h->arguments : 0,
        .rsdp_paddr = find_rsdp(boot->stub.system),
        .memmap_paddr = (uintptr_t)h->ranges,
    };
    h->handover.stub_tsc = stub_tsc;
    __builtin_memcpy(h->firmware_name, "firmware", sizeof "firmware");
    __builtin_memcpy(h->handover_name, HANDOVER_MODULE, sizeof HANDOVER_MODULE);
    add_module(h, 0, 0, h->firmware_name);
    add_module(h, (uintptr_t)&h->handover, sizeof h->handover, h->handover_name);
}

static bool apart(const struct piece *a, const struct piece *b)
{
    return a->base >= b->base + b->size || b->base >= a->base + a->size;
}

/* Can leave() move the image where it belongs, when nothing of firmware's is needed any more? */
static bool can_move(const struct boot *boot)
{
    const struct piece *to = &boot->target;
    return efi_map_is_ram(boot->handed->ranges, boot->handed->info.memmap_entries, to->base,
                          to->base + to->size) &&
           apart(to, &boot->image) && apart(to, &boot->handed_at) && apart(to, &boot->leave_at);
}

/* Reads the memory map and ends firmware's services, which want to hear that it is the newest. */
static EFI_STATUS exit_firmware(struct boot *boot)
{
    EFI_BOOT_SERVICES *services = boot->stub.boot;
    struct handed *h = boot->handed;
    EFI_MEMORY_DESCRIPTOR *map = (void *)&h->ranges[boot->map_room];
    EFI_STATUS status = EFI_INVALID_PARAMETER;
    for (int i = 0; i < EXIT_TRIES && status == EFI_INVALID_PARAMETER; i++) {
        UINTN bytes = boot->map_room * boot->descriptor_bytes, key;
        UINT32 version;
        status = services->GetMemoryMap(&bytes, map, &key, &boot->descriptor_bytes, &version);
        if (EFI_ERROR(status))
            return fail(&boot->stub, status, "Firmware does not give its memory map.", "");
        h->info.memmap_entries = (uint32_t)efi_map_convert(map, bytes / boot->descriptor_bytes,
                                                           boot->descriptor_bytes, h->ranges);
        if (boot->image.base != boot->target.base && !can_move(boot))
            return fail(&boot->stub, EFI_OUT_OF_RESOURCES,
                        "Firmware keeps the memory at 1 MiB, where the image belongs.", "");
        status = services->ExitBootServices(boot->stub.handle, key);
    }
    return EFI_ERROR(status) ? fail(&boot->stub, status, "Firmware does not end its services.", "")
                             : EFI_SUCCESS;
}

static EFI_STATUS prepare(struct boot *boot)
{
    struct line line;
    uint64_t bit;
    EFI_STATUS status = find_private_bit(&boot->stub, &bit);
    if (status == EFI_SUCCESS)
        status = read_elf(boot);
    if (status == EFI_SUCCESS)
        status = take_rooms(boot);
    if (status != EFI_SUCCESS)
        return status;
    line_begin(&line, boot->handed->arguments, sizeof boot->handed->arguments);
    status = read_arguments(&boot->stub, &line);
    if (status == EFI_SUCCESS)
        status = place_image(boot);
    if (status == EFI_SUCCESS)
        status = make_private(&boot->stub, &boot->plan, (void *)boot->image.base, boot->target.base,
                              boot->target.size, bit);
    if (status == EFI_SUCCESS)
        fill_handed(boot);
    return status;
}

/* What was taken is firmware's again. */
static EFI_STATUS give_back(const struct boot *boot, EFI_STATUS status)
{
    const struct piece *pieces[] = {&boot->image, &boot->handed_at, &boot->leave_at};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        if (pieces[i]->base != 0)
            boot->stub.boot->FreePages(pieces[i]->base, EFI_SIZE_TO_PAGES(pieces[i]->size));
    return status;
}

/* gnu-efi's _start calls this; what it returns goes to whoever started the program. */
EFI_STATUS efi_main(EFI_HANDLE handle, EFI_SYSTEM_TABLE *system)
{
    static const EFI_GUID loaded_image = LOADED_IMAGE_PROTOCOL;
    struct boot boot = {.stub = {.handle = handle, .system = system, .boot = system->BootServices}};
    /* It would reset the machine in five minutes. */
    boot.stub.boot->SetWatchdogTimer(0, 0, 0, NULL);
    boot.stub.self = protocol_of(&boot.stub, handle, &loaded_image);
    if (boot.stub.self == NULL)
        return fail(&boot.stub, EFI_UNSUPPORTED, "Firmware does not tell where this program is.",
                    "");
    EFI_STATUS status = prepare(&boot);
    if (status == EFI_SUCCESS)
        status = exit_firmware(&boot);
    if (status != EFI_SUCCESS)
        return give_back(&boot, status);
    bool move = boot.image.base != boot.target.base;
    __typeof__(&leave) leave_copy = (__typeof__(&leave))boot.leave_at.base;
    leave_copy(boot.plan.entry, (uint32_t)boot.handed_at.base, (uint32_t)boot.image.base,
               (uint32_t)boot.target.base, move ? (uint32_t)(boot.target.size / 4) : 0);
    __builtin_unreachable();
}
