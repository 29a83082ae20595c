/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arguments: of UEFI's shell those behind the program's name; of everybody else the load
 * options, all of them; and where there are none, of the file beside the program that has the
 * extension .cmd.
 */
#include "stub.h"
#include "boot/info.h"

#define PATH_UNITS 512
#define FILE_BYTES 16384 /* of a file with arguments: with remarks it may be longer than they */

#define TEXT_OF(n) #n
#define NUMBER(n)  TEXT_OF(n)

static void read_shell(const EFI_SHELL_PARAMETERS_PROTOCOL *shell, struct line *line)
{
    for (UINTN i = 1; i < shell->Argc; i++)
        line_add_word(line, shell->Argv[i]);
}

/* Neither the end of a device path nor broken. */
static bool is_inner(const EFI_DEVICE_PATH_PROTOCOL *node)
{
    return !IsDevicePathEndType(node) && (size_t)DevicePathNodeLength(node) >= sizeof *node;
}

/* The path of this program in its volume: firmware may give it in pieces. False: it is too long. */
static bool own_path(const struct stub *stub, CHAR16 *path)
{
    const EFI_DEVICE_PATH_PROTOCOL *node = stub->self->FilePath;
    size_t n = 0;
    for (; node != NULL && is_inner(node); node = NextDevicePathNode(node)) {
        const CHAR16 *name = (const CHAR16 *)(node + 1);
        size_t units = (DevicePathNodeLength(node) - sizeof *node) / sizeof *name;
        if (DevicePathType(node) != MEDIA_DEVICE_PATH ||
            DevicePathSubType(node) != MEDIA_FILEPATH_DP)
            continue;
        if (n > 0 && path[n - 1] != '\\' && n + 1 < PATH_UNITS)
            path[n++] = '\\';
        for (size_t i = 0; i < units && name[i] != 0; i++) {
            if (n + 1 >= PATH_UNITS)
                return false;
            path[n++] = name[i];
        }
    }
    path[n] = 0;
    return n > 0;
}

/* NULL: there is no such file, or nothing to look for it in. */
static EFI_FILE_PROTOCOL *open_file(const struct stub *stub)
{
    static const EFI_GUID file_system = SIMPLE_FILE_SYSTEM_PROTOCOL;
    CHAR16 path[PATH_UNITS];
    EFI_FILE_PROTOCOL *root, *file = NULL;
    EFI_FILE_IO_INTERFACE *volume = protocol_of(stub, stub->self->DeviceHandle, &file_system);
    if (volume == NULL || !own_path(stub, path) || !command_file_path(path, PATH_UNITS) ||
        EFI_ERROR(volume->OpenVolume(volume, &root)))
        return NULL;
    if (EFI_ERROR(root->Open(root, &file, path, EFI_FILE_MODE_READ, 0)))
        file = NULL;
    root->Close(root);
    return file;
}

static EFI_STATUS read_file(const struct stub *stub, struct line *line)
{
    void *bytes;
    UINTN n = FILE_BYTES;
    EFI_FILE_PROTOCOL *file = open_file(stub);
    if (file == NULL)
        return EFI_SUCCESS;
    EFI_STATUS status = stub->boot->AllocatePool(EfiLoaderData, n, &bytes);
    if (EFI_ERROR(status)) {
        file->Close(file);
        return fail(stub, status, "No memory is left for the file with the arguments.", "");
    }
    status = file->Read(file, &n, bytes);
    file->Close(file);
    if (EFI_ERROR(status))
        status = fail(stub, status, "The file with the arguments (.cmd) cannot be read.", "");
    else if (n == FILE_BYTES)
        status = fail(stub, EFI_BAD_BUFFER_SIZE, "The file with the arguments (.cmd) is too long:",
                      " it must have less than " NUMBER(FILE_BYTES) " bytes.");
    else
        line_add_file(line, bytes, n);
    stub->boot->FreePool(bytes);
    return status;
}

static bool is_blank(const struct line *line)
{
    size_t i = 0;
    while (i < line->used && line->bytes[i] == ' ')
        i++;
    return i == line->used;
}

EFI_STATUS read_arguments(const struct stub *stub, struct line *line)
{
    static const EFI_GUID shell_parameters = EFI_SHELL_PARAMETERS_PROTOCOL_GUID;
    const EFI_SHELL_PARAMETERS_PROTOCOL *shell = protocol_of(stub, stub->handle, &shell_parameters);
    EFI_STATUS status = EFI_SUCCESS;
    if (shell != NULL)
        read_shell(shell, line);
    else if (stub->self->LoadOptions != NULL)
        line_add_options(line, stub->self->LoadOptions, stub->self->LoadOptionsSize);
    if (is_blank(line)) {
        line_begin(line, line->bytes, line->room);
        status = read_file(stub, line);
    }
    if (!EFI_ERROR(status) && line->too_long)
        status = fail(stub, EFI_BAD_BUFFER_SIZE,
                      "The arguments are longer than " NUMBER(ARGUMENTS_MAX) " bytes.", "");
    return status;
}
