/* Kernels that are not ours: whether it is Linux, and what it boots into.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/foreign.h"

#include <elf.h>
#include <string.h>

#define BZIMAGE_MAGIC "HdrS" /* Documentation/arch/x86/boot.rst: at 0x202 */
#define BZIMAGE_AT    0x202
#define INIT_ADDRESS  0x400000

bool kernel_is_linux(const void *data, size_t n)
{
    const char *bytes = data;

    if (n >= BZIMAGE_AT + 4 && !memcmp(bytes + BZIMAGE_AT, BZIMAGE_MAGIC, 4))
        return true;
    return n >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG) &&
           memmem(bytes, n, "Linux version ", 14);
}

char *kernel_initrd(const char *kernel)
{
    const char *name = basename(kernel);

    if (strncmp(name, "vmlinuz-", 8) != 0 || !name[8])
        return NULL;
    return xasprintf("%.*sinitrd.img-%s", (int)(name - kernel), kernel, name + 8);
}

/* reboot(LINUX_REBOOT_MAGIC1, MAGIC2, CMD_POWER_OFF); were it refused, the first process must not
 * end. */
static const unsigned char init_code[] = {
    0xb8, 0xa9, 0x00, 0x00, 0x00, /* mov $169, %eax: reboot */
    0xbf, 0xad, 0xde, 0xe1, 0xfe, /* mov $0xfee1dead, %edi */
    0xbe, 0x69, 0x19, 0x12, 0x28, /* mov $672274793, %esi */
    0xba, 0xdc, 0xfe, 0x21, 0x43, /* mov $0x4321fedc, %edx */
    0x0f, 0x05,                   /* syscall */
    0xb8, 0x22, 0x00, 0x00, 0x00, /* again: mov $34, %eax: pause */
    0x0f, 0x05,                   /* syscall */
    0xeb, 0xf7,                   /* jmp again */
};

/* The program as a static ELF file of one segment, which holds the headers too. */
static void add_init(struct buf *out)
{
    struct {
        Elf64_Ehdr file;
        Elf64_Phdr segment;
    } head = {
        .file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                             EV_CURRENT},
                 .e_type = ET_EXEC,
                 .e_machine = EM_X86_64,
                 .e_version = EV_CURRENT,
                 .e_entry = INIT_ADDRESS + sizeof head,
                 .e_phoff = sizeof head.file,
                 .e_ehsize = sizeof head.file,
                 .e_phentsize = sizeof head.segment,
                 .e_phnum = 1},
        .segment = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_vaddr = INIT_ADDRESS,
                    .p_paddr = INIT_ADDRESS,
                    .p_filesz = sizeof head + sizeof init_code,
                    .p_memsz = sizeof head + sizeof init_code,
                    .p_align = 0x1000},
    };

    buf_add(out, &head, sizeof head);
    buf_add(out, init_code, sizeof init_code);
}

static void pad(struct buf *out)
{
    while (out->len % 4)
        buf_add(out, "", 1);
}

/* One file of a cpio archive in the form "newc" (Linux, Documentation/driver-api/early-userspace).
 */
static void add_file(struct buf *out, const char *name, unsigned mode, const struct buf *data)
{
    unsigned fields[13] = {
        [1] = mode,
        [4] = 1, /* links */
        [6] = (unsigned)data->len,
        [11] = (unsigned)strlen(name) + 1,
    };

    buf_str(out, "070701");
    for (int i = 0; i < 13; i++)
        buf_printf(out, "%08X", fields[i]);
    buf_add(out, name, strlen(name) + 1);
    pad(out);
    buf_add(out, data->data, data->len);
    pad(out);
}

void initrd_minimal(struct buf *out)
{
    struct buf init = {0}, none = {0};

    add_init(&init);
    buf_str(&none, "");
    add_file(out, "init", 0100755, &init);
    add_file(out, "TRAILER!!!", 0, &none);
    buf_free(&init);
    buf_free(&none);
}
