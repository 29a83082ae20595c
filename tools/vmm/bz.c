/* SPDX-License-Identifier: BSD-2-Clause */
/* A bzImage: see bz.h. */
#include "bz.h"
#include <string.h>

/* Offsets in the file: boot.rst, "The Real-Mode Kernel Header"; the versions that brought them. */
#define SETUP_SECTS     0x1f1
#define SYSSIZE         0x1f4 /* 2.04: in units of 16 bytes */
#define BOOT_FLAG       0x1fe
#define JUMP_BYTES      0x201 /* the header's end is so many bytes behind MAGIC */
#define MAGIC           0x202
#define VERSION         0x206
#define LOADFLAGS       0x211
#define CODE32_START    0x214
#define INITRD_ADDR_MAX 0x22c /* 2.03 */
#define XLOADFLAGS      0x236 /* 2.12 */
#define CMDLINE_SIZE    0x238 /* 2.06 */
#define PREF_ADDRESS    0x258 /* 2.10 */
#define INIT_SIZE       0x260 /* 2.10 */
#define END_2_06        0x23c
#define END_2_10        0x264

#define SECTOR        512u
#define LOADED_HIGH   1
#define XLF_KERNEL_64 1

static uint64_t field(const uint8_t *bytes, size_t offset, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, bytes + offset, n);
    return v;
}

static const char *check_header(const uint8_t *b, size_t n)
{
    if (n >= 4 && memcmp(b, "\177ELF", 4) == 0)
        return "is an ELF file: this door wants a bzImage (limpet-bz makes one)";
    if (n < VERSION || field(b, BOOT_FLAG, 2) != 0xaa55 || memcmp(b + MAGIC, "HdrS", 4) != 0)
        return "is not a Linux kernel image (bzImage)";
    if (n < MAGIC + (size_t)b[JUMP_BYTES] || n < VERSION + 2)
        return "is cut off in its setup header";
    uint64_t version = field(b, VERSION, 2);
    if (version < 0x206)
        return "speaks a version of Linux' boot protocol before 2.06";
    if (MAGIC + b[JUMP_BYTES] < (version < 0x20a ? END_2_06 : END_2_10))
        return "has a setup header shorter than its version says";
    if (!(b[LOADFLAGS] & LOADED_HIGH))
        return "is to be loaded below 640 KiB (zImage): a bzImage is wanted";
    return NULL;
}

static const char *place(const uint8_t *b, size_t n, uint64_t memory_end, struct image_plan *plan)
{
    uint64_t sectors = b[SETUP_SECTS] != 0 ? b[SETUP_SECTS] : 4;
    struct image_segment s = {.address = field(b, CODE32_START, 4),
                              .offset = (sectors + 1) * SECTOR};
    if (n <= s.offset)
        return "is cut off in its real-mode code";
    s.file_bytes = s.memory_bytes = n - s.offset;
    if (s.file_bytes + 15 < field(b, SYSSIZE, 4) * 16)
        return "is cut off: its setup header tells of more bytes";
    if (s.address < 0x100000)
        return "is to be loaded below 1 MiB";
    plan->end = s.address + s.file_bytes;
    if (field(b, VERSION, 2) >= 0x20a) { /* where it runs, and what it needs there */
        uint64_t runs_at = field(b, PREF_ADDRESS, 8), needs = field(b, INIT_SIZE, 4);
        if (runs_at > memory_end || needs > memory_end - runs_at)
            return "does not fit into the guest's memory: give it more (--mem)";
        if (plan->end < runs_at + needs)
            plan->end = runs_at + needs;
    }
    if (plan->end > memory_end)
        return "does not fit into the guest's memory: give it more (--mem)";
    plan->segments[0] = s;
    plan->count = 1;
    return NULL;
}

const char *bz_plan(const void *data, size_t n, uint64_t memory_end, struct image_plan *plan,
                    struct bz_header *header)
{
    const uint8_t *b = data;
    memset(plan, 0, sizeof *plan);
    memset(header, 0, sizeof *header);
    const char *wrong = check_header(b, n);
    if (wrong == NULL)
        wrong = place(b, n, memory_end, plan);
    if (wrong != NULL)
        return wrong;
    plan->linux32 = plan->segments[0].address;
    if (field(b, VERSION, 2) >= 0x20c && field(b, XLOADFLAGS, 2) & XLF_KERNEL_64 &&
        plan->segments[0].file_bytes > LINUX_DOOR_64)
        plan->linux64 = plan->linux32 + LINUX_DOOR_64;
    header->n = MAGIC + b[JUMP_BYTES] - BZ_HEADER;
    if (header->n > sizeof header->bytes)
        header->n = sizeof header->bytes;
    memcpy(header->bytes, b + BZ_HEADER, header->n);
    header->line_max = (uint32_t)field(b, CMDLINE_SIZE, 4);
    header->initrd_end = field(b, INITRD_ADDR_MAX, 4) + 1;
    return NULL;
}
