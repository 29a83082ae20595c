/* Host tool: Xen's domains. Their configuration, what Xen tells of them, how their ends are judged.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "vm/image.h"
#include "vm/judge.h"
#include "lab/image.h"
#include "tools/status.h"
#include "vm/platforms.h"
#include "vm/xen/config.h"
#include "vm/xen/host.h"
#include "vm/xen/stages.h"

/* Reads a string as libxlu does (tools/libs/util/libxlu_cfg.c, RELEASE-4.17.5: xlu__cfgl_dequote).
 */
static char *unquote(const char *text)
{
    size_t n = strlen(text);
    struct buf out = {0};

    assert_true(n >= 2 && text[0] == '"' && text[n - 1] == '"');
    buf_str(&out, "");
    for (const char *p = text + 1; p < text + n - 1; p++) {
        assert_true(*p != '"' && *p != '\n');
        if (*p != '\\') {
            buf_add(&out, p, 1);
            continue;
        }
        p++;
        assert_true(p < text + n - 1 && strchr("\"'\\n", *p));
        buf_add(&out, *p == 'n' ? "\n" : p, 1);
    }
    return out.data;
}

static void quoting(void **state)
{
    static const char *const texts[] = {
        "",          "plain", "a \"b\"", "back\\slash\\", "it's",         "two\nlines",
        "tab\tcr\r", "\\n;",  "#[x]=;,", "\\\"",          "\xc3\xa9\x01",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct buf quoted = {0};
        char *back;

        xen_quote(&quoted, texts[i]);
        back = unquote(quoted.data);
        assert_string_equal(back, texts[i]);
        free(back);
        buf_free(&quoted);
    }
}

static char *config(enum xen_way way, const char *ramdisk)
{
    struct xen_domain d = {.way = way,
                           .name = "limpet-1-2",
                           .uuid = "11111111-0000-0000-0000-000000000000",
                           .image = "/a b/hello.elf",
                           .line = "-- \"b c\" \\",
                           .bios = "/bios.bin",
                           .ramdisk = ramdisk,
                           .smp = 2,
                           .mem_mib = 256,
                           .no_xsave = way == XEN_HVM};
    struct buf text = {0};

    xen_config(&d, &text);
    return text.data;
}

static void expect_lines(char *text, const char *const *lines)
{
    for (; *lines; lines++) {
        char *found = strstr(text, *lines);

        if (!found || (found != text && found[-1] != '\n') || found[strlen(*lines)] != '\n')
            fail_msg("no line %s in:\n%s", *lines, text);
    }
    free(text);
}

static void configurations(void **state)
{
    static const char *const all[] = {"name=\"limpet-1-2\"",
                                      "uuid=\"11111111-0000-0000-0000-000000000000\"",
                                      "memory=256",
                                      "vcpus=2",
                                      "tsc_mode=\"native\"",
                                      "on_poweroff=\"preserve\"",
                                      "on_crash=\"preserve\"",
                                      "on_reboot=\"preserve\"",
                                      NULL};
    static const char *const pvh[] = {"type=\"pvh\"", "kernel=\"/a b/hello.elf\"",
                                      "cmdline=\"-- \\\"b c\\\" \\\\\"", "ramdisk=\"/m\"", NULL};
    static const char *const hvm[] = {"type=\"hvm\"", "firmware_override=\"/a b/hello.elf\"",
                                      "cpuid=\"host,xsave=0\"", "vga=\"none\"", NULL};
    static const char *const disk[] = {"type=\"hvm\"",
                                       "disk=[\"format=raw,vdev=hda,access=rw,backendtype=qdisk,"
                                       "target=/a b/hello.elf\"]",
                                       "boot=\"c\"", "vga=\"none\"", NULL};
    static const char *const uefi[] = {"bios=\"ovmf\"", "bios_path_override=\"/bios.bin\"", NULL};
    static const char *const fast[] = {"bios=\"seabios\"", "bios_path_override=\"/bios.bin\"",
                                       NULL};
    char *text;

    (void)state;
    for (int way = XEN_PVH; way <= XEN_LINUX_PVH; way++)
        expect_lines(config(way, NULL), all);
    expect_lines(config(XEN_PVH, "/m"), pvh);
    expect_lines(config(XEN_LINUX_PVH, "/m"), pvh);
    expect_lines(config(XEN_HVM, NULL), hvm);
    expect_lines(config(XEN_HVM_DISK, NULL), disk);
    expect_lines(config(XEN_HVM_DISK_FAST, NULL), disk);
    expect_lines(config(XEN_HVM_DISK_FAST, NULL), fast);
    expect_lines(config(XEN_HVM_UEFI, NULL), disk);
    expect_lines(config(XEN_HVM_UEFI, NULL), uefi);
    text = config(XEN_HVM, NULL);
    assert_null(strstr(text, "cmdline")); /* xl would give it to QEMU, which has no use for it */
    free(text);
    text = config(XEN_PVH, NULL);
    assert_null(strstr(text, "cpuid"));
    assert_null(strstr(text, "ramdisk"));
    free(text);
    assert_null(xen_way_arguments(XEN_PVH));
    assert_string_equal(xen_way_arguments(XEN_HVM), "data/limpet/arguments");
}

static void refusals(void **state)
{
    struct vm_config pvh = {.platform = platform_find("xen-pvh")}, c;
    struct vm_config hvm = {.platform = platform_find("xen-hvm")};
    struct args none = {0}, one = {0}, two = {0}, with = {0};

    (void)state;
    args_add(&one, "/etc/passwd");
    args_add(&with, "/etc/passwd x=1");
    args_add(&two, "/etc/passwd");
    args_add(&two, "/etc/group");
    assert_null(xen_refuse(&pvh, NULL));
    assert_null(xen_refuse(&hvm, &none));
    assert_null(xen_refuse(&pvh, &one));
    assert_non_null(xen_refuse(&pvh, &two));
    assert_non_null(xen_refuse(&pvh, &with));
    assert_non_null(xen_refuse(&hvm, &one));
    c = pvh;
    c.machine = "q35";
    assert_non_null(strstr(xen_refuse(&c, NULL), "--machine"));
    c = pvh;
    c.cpu = "max";
    assert_non_null(strstr(xen_refuse(&c, NULL), "--cpu"));
    c = pvh;
    c.qemu = "qemu";
    assert_non_null(strstr(xen_refuse(&c, NULL), "--qemu"));
    args_free(&one);
    args_free(&two);
    args_free(&with);
}

static void disk_names(void **state)
{
    static const char *const cases[][2] = {{"/a/hello.elf", "/a/hello.iso"},
                                           {"/a/hello", "/a/hello.iso"},
                                           {".elf", ".elf.iso"},
                                           {"x.elf", "x.iso"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *disk = image_wrapping(cases[i][0], WRAPPING_ISO);

        assert_string_equal(disk, cases[i][1]);
        free(disk);
    }
}

/* Appends a record of a saved context. */
static size_t record(uint8_t *at, unsigned type, unsigned instance, uint32_t length)
{
    const uint16_t head[2] = {(uint16_t)type, (uint16_t)instance};

    memcpy(at, head, 4);
    memcpy(at + 4, &length, 4);
    memset(at + 8, (int)type, length);
    return length + 8;
}

static void saved_contexts(void **state)
{
    uint8_t data[8192];
    const uint64_t rip = 0x100abc, tsc = 0x123456789abcdef0;
    struct xen_cpu cpu = {0};
    size_t n = record(data, 1, 0, 24), first;

    (void)state;
    n += record(data + n, 2, 1, 1032);
    first = n;
    n += record(data + n, 2, 0, 1032);
    memcpy(data + first + 8 + 640, &rip, 8);
    memcpy(data + first + 8 + 1008, &tsc, 8);
    n += record(data + n, 0, 0, 0);
    assert_true(xen_context_cpu(data, n, &cpu));
    assert_int_equal(cpu.rip, rip);
    assert_int_equal(cpu.tsc, tsc);
    for (size_t part = 0; part < first + 8 + 1032; part++)
        assert_false(xen_context_cpu(data, part, &cpu));
    n = record(data, 2, 0, 1015);
    assert_false(xen_context_cpu(data, n, &cpu));
    n = record(data, 0, 0, 0);
    n += record(data + n, 2, 0, 1032);
    assert_false(xen_context_cpu(data, n, &cpu));
}

/* A page as Xen's domain builder leaves it, and what must not be written to. */
static void lines_put_into_memory(void **state)
{
    static uint8_t page[XEN_PAGE], before[XEN_PAGE];
    const unsigned long long at = 0x12d000;
    char long_line[1025];
    uint64_t where;

    (void)state;
    memset(page, 0, sizeof page);
    memcpy(page, "\x78\xc5\x6e\x33", 4);
    memcpy(before, page, sizeof page);
    memset(long_line, 'x', sizeof long_line - 1);
    long_line[sizeof long_line - 1] = '\0';
    assert_false(xen_put_line(page, at, long_line)); /* no room that is known to be free */
    assert_false(xen_put_line(page, at + 8, "a"));   /* no start_info there */
    assert_false(xen_put_line(page, at + 4090, "a"));
    assert_memory_equal(page, before, sizeof page);
    assert_true(xen_put_line(page, at, "a \"b c\""));
    memcpy(&where, page + 24, sizeof where);
    assert_int_equal(where, at + XEN_PAGE - 8);
    assert_string_equal((char *)page + where - at, "a \"b c\"");
    memcpy(before, page, sizeof page);
    assert_false(xen_put_line(page, at, "d")); /* the place is taken */
    assert_memory_equal(page, before, sizeof page);
}

static void firmware_stages(void **state)
{
    static const char shipped[] = "(XEN) [0000000000000001] HVM Loader\n"
                                  "(d2) [0000000000000002] HVM Loader\n"
                                  "(d3) [0000000000000010] HVM Loader\n"
                                  "(d3) [000000000000001f] Detected Xen v4.17.7\n"
                                  "(d3) [0000000000000020] Invoking SeaBIOS ...\n"
                                  "(d3) [0000000000000028] Searching bootorder for: HALT\n"
                                  "(d3) [0000000000000030] Press ESC for boot menu.\n"
                                  "(d3) [0000000000000031] \n"
                                  "(d3) [0000000000000040] Searching bootorder for: HALT\n"
                                  "(d3) [0000000000000050] Booting from 0000:7c00\n"
                                  "(d33) [0000000000000060] HVM Loader\n";
    static const char *const names[] = {"hvmloader", "SeaBIOS", "boot menu", "boot menu's end",
                                        "boot sector"};
    struct vm_stage stages[VM_STAGES];

    (void)state;
    assert_int_equal(xen_stages(shipped, 3, stages), 5);
    for (int i = 0; i < 5; i++) {
        assert_string_equal(stages[i].name, names[i]);
        assert_int_equal(stages[i].tsc, (i + 1) * 16);
    }
    assert_int_equal(xen_stages("(d1) [10] HVM Loader\n(d1) [20] Invoking SeaBIOS\n"
                                "(d1) [28] Searching bootorder for: HALT\n"
                                "(d1) [30] Booting from 0000:7c00", /* no newline at the end */
                                1, stages),
                     3);
    assert_string_equal(stages[2].name, "boot sector");
    assert_int_equal(xen_stages("(d1) [10] HVM Loader\n(d1) [20] Invoking OVMF ...\n", 1, stages),
                     2);
    assert_string_equal(stages[1].name, "OVMF");
    assert_int_equal(xen_stages("", 1, stages), 0);
    assert_int_equal(xen_stages("(d1) HVM Loader\n(d1) [\n(d1) [1]\n(d1)", 1, stages), 0);
    assert_int_equal(
        xen_stages("(d1) [5] Booting from 0000:7c00\n(d1) [6] HVM Loader\n", 1, stages), 1);
}

static void listings(void **state)
{
    static const char text[] =
        "Name                                        ID   Mem VCPUs\tState\tTime(s)   UUID"
        "                            Reason-Code\tSecurity Label\n"
        "Domain-0                                     0  1024     1     r-----      11.3 "
        "00000000-0000-0000-0000-000000000000        -                -\n"
        "limpet-1-1                                   3   512     1     ---s--       0.1 "
        "11111111-0000-0000-0000-000000000000        0                -\n"
        "limpet-1-2                                   4   512     1     ---sc-       0.1 "
        "22222222-0000-0000-0000-000000000000        3                -\n"
        "limpet-1-3                                   5   512     1     -b----       0.1 "
        "33333333-0000-0000-0000-000000000000        -                -\n"
        "limpet-1-4                                   6     0     1     --ps-d       0.1 "
        "44444444-0000-0000-0000-000000000000        0                -\n";
    struct xen_seen seen = {.reason = -1};

    (void)state;
    assert_int_equal(xen_list_state(text, 0, &seen), XEN_RUNNING);
    assert_int_equal(xen_list_state(text, 5, &seen), XEN_RUNNING);
    assert_int_equal(seen.reason, -1);
    assert_int_equal(xen_list_state(text, 3, &seen), XEN_SHUT_DOWN);
    assert_int_equal(seen.reason, XEN_POWEROFF);
    assert_true(seen.mib > 511.9 && seen.mib < 512.1);
    assert_int_equal(xen_list_state(text, 4, &seen), XEN_SHUT_DOWN);
    assert_int_equal(seen.reason, XEN_CRASH);
    assert_int_equal(xen_list_state(text, 6, &seen), XEN_GONE);
    assert_int_equal(xen_list_state(text, 7, &seen), XEN_GONE);
    assert_int_equal(xen_list_state("", 1, &seen), XEN_GONE);
    assert_int_equal(xen_list_find(text, "22222222-0000-0000-0000-000000000000"), 4);
    assert_int_equal(xen_list_find(text, "00000000-0000-0000-0000-000000000000"), 0);
    assert_int_equal(xen_list_find(text, "44444444-0000-0000-0000-000000000000"), -1); /* dying */
    assert_int_equal(xen_list_find(text, "22222222-0000-0000-0000-00000000000"), -1);
    assert_int_equal(xen_list_find("", "22222222-0000-0000-0000-000000000000"), -1);
}

static void judgements(void **state)
{
    static const struct {
        struct xen_facts facts;
        int status;
        bool own;
    } cases[] = {
        {{.end.last_line = {LAST_LINE_EXIT, 0, NULL}, .reason = XEN_POWEROFF}, 0, true},
        {{.end.last_line = {LAST_LINE_EXIT, 124, NULL}, .reason = XEN_POWEROFF}, 124, true},
        {{.end.last_line = {LAST_LINE_EXIT, 0, NULL}, .reason = XEN_REBOOT}, ST_RESET, false},
        {{.end.last_line = {LAST_LINE_EXIT, 0, NULL}, .reason = XEN_CRASH}, ST_RESET, false},
        {{.end.last_line = {LAST_LINE_EXIT, 7, NULL}, .end.lingered = true, .reason = -1}, 7, true},
        {{.end.last_line = {LAST_LINE_PANIC, 0, "why"}, .reason = XEN_CRASH}, ST_PANIC, false},
        {{.reason = XEN_CRASH}, ST_RESET, false},
        {{.reason = XEN_REBOOT}, ST_RESET, false},
        {{.reason = XEN_POWEROFF}, ST_NO_LAST_LINE, false},
        {{.reason = XEN_SUSPEND}, ST_NO_LAST_LINE, false},
        {{.reason = XEN_WATCHDOG}, ST_NO_LAST_LINE, false},
        {{.reason = 77}, ST_NO_LAST_LINE, false},
        {{.end.timed_out = true, .reason = -1}, ST_HANG, false},
        {{.end.interrupted = 15, .end.timed_out = true, .reason = -1}, 143, false},
        {{.gone = true, .reason = -1}, ST_SIGNAL, false},
        {{.end.timed_out = true, .paused = true, .reason = -1}, ST_SIGNAL, false},
        /* xenconsoled brought nothing: xenstore has the status. */
        {{.reason = XEN_POWEROFF, .told = "7"}, 7, true},
        {{.reason = XEN_POWEROFF, .told = "255"}, 255, true},
        {{.reason = XEN_POWEROFF, .told = "256"}, ST_NO_LAST_LINE, false},
        {{.reason = XEN_POWEROFF, .told = "7 "}, ST_NO_LAST_LINE, false},
        {{.reason = XEN_POWEROFF, .told = ""}, ST_NO_LAST_LINE, false},
        {{.reason = XEN_CRASH, .told = "7"}, ST_RESET, false},
        {{.end.last_line = {LAST_LINE_EXIT, 3, NULL}, .reason = XEN_POWEROFF, .told = "7"},
         3,
         true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vm_result result = {0};

        xen_judge(&cases[i].facts, &result);
        assert_int_equal(result.status, cases[i].status);
        assert_int_equal(result.own, cases[i].own);
        assert_int_equal(result.text[0] == '\0', cases[i].own);
        vm_result_free(&result);
    }
}

static void lab_arguments(void **state)
{
    char *word;

    (void)state;
    word = lab_argument("@DIR@/vmlinux console=hvc0@APPEND@,@DIR@/initrd", "d", " shell");
    assert_string_equal(word, "d/vmlinux console=hvc0 shell,d/initrd");
    free(word);
    word = lab_argument("@DIR", "d", "");
    assert_string_equal(word, "@DIR");
    free(word);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(quoting),         cmocka_unit_test(configurations),
        cmocka_unit_test(refusals),        cmocka_unit_test(disk_names),
        cmocka_unit_test(saved_contexts),  cmocka_unit_test(lines_put_into_memory),
        cmocka_unit_test(firmware_stages), cmocka_unit_test(listings),
        cmocka_unit_test(judgements),      cmocka_unit_test(lab_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
