/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the fuzzers' first inputs, well-formed ones that random bytes would not soon become.
 *
 * usage: seeds FOLDER      makes FOLDER/multiboot1/…, FOLDER/acpi/…, one folder a fuzzer
 */
#include <stdio.h>
#include <sys/stat.h>
#include "memory.h"
#include "vmm_image.h"

#define FIRST 0x1000u /* as in fuzz.h */

static const char *folder;

static void save(const char *fuzzer, const char *name, const void *bytes, uint64_t n)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, fuzzer);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", folder, fuzzer, name);
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
}

static void save_memory(const char *fuzzer, const char *name, struct memory *m)
{
    save(fuzzer, name, m->bytes, m->used);
    memset(m->bytes, 0, m->size);
    m->used = 0;
}

/* For fuzz_xenstore.c: the ring's start, the space for the value, turns of n bytes: nothing for the
 * watch, an answer to the read, one to the write, a watch event; then the node and the answer to
 * its being emptied. */
#define WRITTEN "\x13\x0b\0\0\0\x01\0\0\0\0\0\0\0\x03\0\0\0OK\0"
static const char answers[] = "\0\x3f"
                              "\0"
                              "\x15\x02\0\0\0\x01\0\0\0\0\0\0\0\x05\0\0\0a b c" WRITTEN
                              "\x32\x0f\0\0\0\0\0\0\0\0\0\0\0\x22\0\0\0control/shutdown\0control/"
                              "shutdown\0"
                              "\x18\x02\0\0\0\x01\0\0\0\0\0\0\0\x08\0\0\0poweroff" WRITTEN;

static void save_acpi(const char *name, struct memory *m, uint32_t fadt_bytes, uint32_t flags,
                      unsigned width)
{
    static const char aml[] = "\x08_S5_\x12\x08\x04\x0a\x05\x0a\x07\x00\x00";
    m->used = 36; /* the RSDP comes first */
    uint64_t dsdt = put_dsdt(m, aml, sizeof aml);
    uint64_t fadt = put_fadt(m, fadt_bytes, flags, dsdt);
    uint64_t root = put_root(m, width, dsdt, fadt);
    make_rsdp(m->bytes, width == 4 ? root : 0, width == 8 ? root : 0);
    save_memory("acpi", name, m);
}

int main(int argc, char **argv)
{
    static const char *const lines[] = {
        "",       "hello.elf a b", "limpet.heap=2m env.A=\"x y\" -- \"one two\" th\\ ree \"\"",
        "\"open", "end\\",
    };
    struct memory m = memory_new(FIRST, 0x2000);
    struct test_image image;
    char name[2] = "0";

    if (argc != 2) {
        fprintf(stderr, "usage: seeds FOLDER\n");
        return 2;
    }
    folder = argv[1];
    mkdir(folder, 0777);
    make_mb1(&m, "qemu", "hello.elf a b");
    save_memory("multiboot1", "qemu", &m);
    make_mb1(&m, "GRUB 2.06", "a b");
    set32(&m, FIRST, 1);
    set32(&m, FIRST + MB1_UPPER, 0x10000);
    save_memory("multiboot1", "sizes", &m);
    make_mb2(&m);
    save_memory("multiboot2", "grub", &m);
    make_pvh(&m, "a b");
    save_memory("pvh", "xen", &m);
    save_acpi("rsdt", &m, 129, 1 << 10, 4);
    save_acpi("xsdt", &m, 276, 1 << 20, 8);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++, name[0]++)
        save("args", name, lines[i], strlen(lines[i]));
    free(m.bytes);
    save("xenstore", "answers", answers, sizeof answers - 1);
    make_image(&image);
    save("vmm_elf", "image", &image, sizeof image);
    return 0;
}
