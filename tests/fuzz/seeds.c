/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the fuzzers' first inputs, well-formed ones that random bytes would not soon become.
 *
 * usage: seeds FOLDER      makes FOLDER/multiboot1/…, FOLDER/acpi/…, one folder a fuzzer
 */
#include <elf.h>
#include <stdio.h>
#include <sys/stat.h>
#include "memory.h"
#include "vmm/bzimage.h"
#include "vmm/image.h"

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

/* What the host tool reads, for fuzz_tool_*.c. */
static const struct {
    const char *fuzzer, *name, *text;
} texts[] = {
    {"vmm_rsp", "session", /* a debugger's commands, and then the first of them as packets */
     "qSupported:swbreak+\nqXfer:features:read:target.xml:0,fff\nqfThreadInfo\nHg2\ng\np10\n"
     "P0=1122334455667788\nmffff800000001000,10\nMffff800000001000,2:0102\n"
     "Xffff800000001000,1:a\nZ0,ffff800000001000,1\nz2,1008,8\nZ2,1008,8\nvCont;s:2;c\nvCont?\n"
     "qThreadExtraInfo,1\nT2\n?\nD\n$?#3f$vCont;c#a8\003-+"},
    {"tool_guest", "exit", "\x05hello\nLIMPET: exit 7\r\n"},
    {"tool_guest", "panic", "\x02LIMPET: panic: why\n"},
    {"tool_guest", "row",
     "\x10{\"limpet\":\"row\",\"bench\":\"basic\",\"name\":\"getpid\",\"value\":25,\"unit\":"
     "\"cycles\",\"steps\":\"20 5x3\"}\n"},
    {"tool_guest", "ledger",
     "\x40{\"limpet\":\"ledger\",\"tsc_hz\":1000000,\"stages\":[{\"name\":\"door\",\"tsc\":5},"
     "{\"name\":\"main\",\"tsc\":9}]}\n{\"limpet\":\"tick\",\"tsc\":12}\n"},
    {"tool_counted", "sections",
     "cend.insns 12\nend.rdmsr 1\nstage.0.insns 7\nstage.0.function.1 4\nrow.3.port 2\n"
     "row.3.function.2 5\n"},
    {"tool_observed", "profile",
     "\x05out\r\nLIMPET: profile hz 997 cpus 1 ns 5 samples 3 idle 1 lost 0 late 1 depth 30\r\n"
     "LIMPET: profile stack 2 100a b0\nLIMPET: profile idle 1 ff\nLIMPET: profile end 2\nx\r\n"},
    {"tool_observed", "coverage",
     "\x40LIMPET: coverage file /a.gcda\nLIMPET: coverage data YWRjZyoyMkI=\n"
     "LIMPET: coverage end 8\nLIMPET: exit 0\n"},
    {"tool_qmp", "greeting",
     "{\"QMP\":{\"version\":{\"qemu\":{\"major\":7,\"minor\":2,\"micro\":1},\"package\":\"x\"}}}\n"
     "{\"timestamp\":{\"seconds\":1,\"microseconds\":2},\"event\":\"RESUME\"}\n{\"return\":{}}\n"},
    {"tool_qmp", "end",
     "{\"event\":\"SHUTDOWN\",\"data\":{\"reason\":\"guest-reset\"}}\n{\"event\":\"STOP\"}\n"
     "{\"return\":\"RIP=ffff0000 RFL=1 HLT=1 EIP=12 HLT=0\"}\n"},
    {"tool_door", "console",
     "\033[2J\033[01;01H\033[=3hBdsDxe: loading Boot0001 \"x\" from y\r\n"
     "BdsDxe: failed to load Boot0001 \"x\": z\r\nBdsDxe: starting Boot0002 \"EFI Internal "
     "Shell\"\r\n"},
    {"tool_door", "line", "limpet.time=1 -- a \"b c\" it's \\\" ''"},
    {"tool_words", "words", "a \"b c\" d\\ e \033[31m \xc3\xa4\r\n"},
    {"tool_host", "list",
     "xName ID Mem VCPUs State Time UUID Reason\nl 1 64 1 ---sc- 1.0 "
     "00000000-0000-0000-0000-000000000001 3\n"},
    {"tool_host", "cpuinfo", "pmodel name\t: X\nflags\t: vmx svm\nmicrocode\t: 0x1\n[never]\n"},
    {"tool_host", "trace",
     "t qemu-1 [000] d..1 5: kvm_exit: vcpu 0 reason HLT rip 0x1 info 0\n"
     "qemu-1 [000] 6: kvm_write_tsc_offset: vcpu=0 prev=0 next=18446744073709551000\n"},
    {"tool_host", "stats",
     "s{\"schema\":\"limpet-vmm-1\",\"setup\":[{\"to\":\"vCPU\",\"ns\":5}],\"cpus\":[{\"exits\":1,"
     "\"reasons\":[{\"reason\":\"io\",\"count\":1,\"handling_ns\":[[5,1]],\"guest_ns\":[[5,1]]}],"
     "\"kvm\":{\"exits\":3}}]}"},
    {"tool_result", "result",
     "{\"schema\":\"limpet-result-2\",\"runs\":[{\"suite\":\"basic\",\"platform\":\"qemu\","
     "\"count\":1}],"
     "\"rows\":[{\"suite\":\"basic\",\"platform\":\"qemu\",\"name\":\"getpid\",\"unit\":\"cycles\","
     "\"value\":5,\"run\":0,\"runs\":[5],\"histogram\":[[5,1]],\"stats\":{\"n\":1,\"p50\":5}}],"
     "\"skipped\":[{\"suite\":\"boot\",\"platform\":\"qemu\",\"reason\":\"x\"}]}\n"},
};

/* For fuzz_mksym.c: code, two functions in it, and their names. */
static void save_symbols(void)
{
    static const char names[] = "\0main\0na\"me";
    struct {
        Elf64_Ehdr header;
        Elf64_Shdr sections[4];
        Elf64_Sym symbols[3];
        char names[sizeof names];
    } elf = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
                   .e_shoff = sizeof(Elf64_Ehdr),
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = 4},
        .symbols = {{.st_name = 0},
                    {.st_name = 1, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 0x1000},
                    {.st_name = 6, .st_info = STT_FUNC, .st_shndx = 1, .st_value = 0x1010}},
    };
    memcpy(elf.names, names, sizeof names);
    elf.sections[1] = (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC | SHF_EXECINSTR};
    elf.sections[2] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                   .sh_link = 3,
                                   .sh_offset = (uint64_t)((char *)elf.symbols - (char *)&elf),
                                   .sh_size = sizeof elf.symbols};
    elf.sections[3] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                   .sh_offset = (uint64_t)(elf.names - (char *)&elf),
                                   .sh_size = sizeof names};
    save("mksym", "symbols", &elf, sizeof elf);
}

int main(int argc, char **argv)
{
    static const char *const lines[] = {
        "",       "hello.elf a b", "limpet.heap=2m env.A=\"x y\" -- \"one two\" th\\ ree \"\"",
        "\"open", "end\\",
    };
    struct memory m = memory_new(FIRST, 0x2000);
    struct test_image image;
    static uint8_t bz[BZ_SETUP + BZ_PAYLOAD];
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
    make_linux(&m, "BOOT_IMAGE=/x -- a b");
    save_memory("linux", "grub", &m);
    make_linux(&m, NULL);
    set32(&m, FIRST + LINUX_CMDLINE_HIGH, 1);
    set32(&m, FIRST + LINUX_INITRD_HIGH, 1);
    save_memory("linux", "high", &m);
    save_acpi("rsdt", &m, 129, 1 << 10, 4);
    save_acpi("xsdt", &m, 276, 1 << 20, 8);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++, name[0]++)
        save("args", name, lines[i], strlen(lines[i]));
    free(m.bytes);
    save("xenstore", "answers", answers, sizeof answers - 1);
    make_image(&image);
    save("vmm_elf", "image", &image, sizeof image);
    save("tool_image", "image", &image, sizeof image);
    save("mksym", "image", &image, sizeof image);
    make_bzimage(bz);
    save("vmm_bz", "image", bz, sizeof bz);
    save_symbols();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        save(texts[i].fuzzer, texts[i].name, texts[i].text, strlen(texts[i].text));
    return 0;
}
