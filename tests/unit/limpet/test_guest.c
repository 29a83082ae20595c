/* Host tool: the console's last line, image checks, reports, QMP, and how an end is judged.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vm/image.h"
#include "platform/kvm/debug_exit.h"
#include "cmd/backtrace.h"
#include "vm/judge.h"
#include "tools/status.h"
#include "vm/qmp.h"
#include "results/guest_lines.h"
#include "made.h"
#include <math.h>
#include "results/rows.h"

static void collect(void *ctx, const char *data, size_t n) { buf_add(ctx, data, n); }

/* What is shown of a console's text, and its last line, whatever pieces it comes in. */
static void console_case(const char *text, bool show_exit, const char *shown,
                         enum last_line_kind kind, int status)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
        struct buf out = {0};
        struct console c = {.listener = {.ctx = &out, .bytes = collect, .show_exit = show_exit}};
        size_t n = strlen(text);

        for (size_t i = 0; i < n; i += piece)
            console_feed(&c, text + i, n - i < piece ? n - i : piece);
        console_finish(&c);
        assert_string_equal(out.data ? out.data : "", shown);
        assert_int_equal(c.last_line.kind, kind);
        assert_int_equal(c.last_line.status, status);
        buf_free(&out);
        console_free(&c);
    }
}

static void console_last_lines(void **state)
{
    (void)state;
    console_case("", false, "", LAST_LINE_NONE, 0);
    console_case("hi\nLIMPET: exit 3\n", false, "hi\n", LAST_LINE_EXIT, 3);
    console_case("hi\nLIMPET: exit 3\n", true, "hi\nLIMPET: exit 3\n", LAST_LINE_EXIT, 3);
    console_case("LIMPET: exit 255\r\n", false, "", LAST_LINE_EXIT, 255);
    console_case("LIMPET: exit 0", false, "", LAST_LINE_EXIT, 0);
    console_case("LIMPET: exit 0\n\n", false, "", LAST_LINE_EXIT, 0);
    console_case("LIMPET: exit 0\nmore\n", false, "LIMPET: exit 0\nmore\n", LAST_LINE_NONE, 0);
    console_case("LIMPET: exit 0\nLIMPET: exit 1\n", false, "LIMPET: exit 0\n", LAST_LINE_EXIT, 1);
    console_case("LIMPET: exit 256\n", false, "LIMPET: exit 256\n", LAST_LINE_NONE, 0);
    console_case("LIMPET: exit \n", false, "LIMPET: exit \n", LAST_LINE_NONE, 0);
    console_case("LIMPET: exit 1 \n", false, "LIMPET: exit 1 \n", LAST_LINE_NONE, 0);
    console_case("x LIMPET: exit 1\n", false, "x LIMPET: exit 1\n", LAST_LINE_NONE, 0);
    console_case("LIMPET: panic: a\nr\nLIMPET: panic: a\n", false,
                 "LIMPET: panic: a\nr\nLIMPET: panic: a\n", LAST_LINE_PANIC, 0);
    console_case("\n\nLIM", false, "\n\nLIM", LAST_LINE_NONE, 0);
    /* A line that the app left open, which the kernel ends; and those that the app ended so. */
    console_case("x\r\nLIMPET: exit 3\r\n", false, "x", LAST_LINE_EXIT, 3);
    console_case("x\r\nLIMPET: exit 3\n", false, "x\r\n", LAST_LINE_EXIT, 3);
    console_case("x\r\r\nLIMPET: exit 3\r\n", false, "x\r", LAST_LINE_EXIT, 3);
    console_case("x\n\r\r\nLIMPET: exit 3\r\n", false, "x\n\r", LAST_LINE_EXIT, 3);
    console_case("x\r\n\r\nLIMPET: exit 3\n", false, "x\r\n\r\n", LAST_LINE_EXIT, 3);
    console_case("x\r\ny\r", false, "x\r\ny\r", LAST_LINE_NONE, 0);
    console_case("x\r\n", false, "x\r\n", LAST_LINE_NONE, 0);
    console_case("LIMPET: ex\r\nLIMPET: exit 0\r\n", false, "LIMPET: ex", LAST_LINE_EXIT, 0);
    console_case("x\r\nLIMPET: exit 3\r\ny\n", false, "x\r\nLIMPET: exit 3\r\ny\n", LAST_LINE_NONE,
                 0);
    console_case("x\r\nLIMPET: exit 3\r\n", true, "x\r\nLIMPET: exit 3\r\n", LAST_LINE_EXIT, 3);
}

static void panic_reason(void **state)
{
    static const char line[] = "LIMPET: panic: Division by zero.\r";
    struct last_line v = {0};

    (void)state;
    last_line_parse(line, sizeof line - 1, &v);
    assert_int_equal(v.kind, LAST_LINE_PANIC);
    assert_string_equal(v.reason, "Division by zero.");
    last_line_parse("", 0, &v);
    assert_null(v.reason);
}

/* A file with one PT_NOTE that holds one note. */
struct file {
    Elf64_Ehdr eh;
    Elf64_Phdr ph;
    Elf64_Nhdr note;
    char name[4];
    uint64_t entry;
};

static struct file good_file(void)
{
    struct file f = {
        .eh = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
               .e_machine = EM_X86_64,
               .e_phoff = offsetof(struct file, ph),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 1},
        .ph = {.p_type = PT_NOTE, .p_offset = offsetof(struct file, note)},
        .note = {.n_namesz = 4, .n_descsz = 8, .n_type = 18},
        .name = "Xen",
    };

    f.ph.p_filesz = sizeof f - offsetof(struct file, note);
    return f;
}

static void image_checks(void **state)
{
    struct file f = good_file();

    (void)state;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_OK);
    for (size_t n = 0; n < sizeof f; n++)
        assert_int_not_equal(image_check(&f, n), IMAGE_OK);
    assert_int_equal(image_check("", 0), IMAGE_NOT_ELF);
    assert_int_equal(image_check("#!/bin/sh and more text", 23), IMAGE_NOT_ELF);
    f.eh.e_machine = EM_AARCH64;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_NOT_X86_64);
    f = good_file();
    f.eh.e_ident[EI_CLASS] = ELFCLASS32;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_NOT_X86_64);
    f = good_file();
    f.note.n_type = 1;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_NO_DOOR);
    f = good_file();
    f.name[0] = 'G';
    assert_int_equal(image_check(&f, sizeof f), IMAGE_NO_DOOR);
    f = good_file();
    f.note.n_descsz = UINT32_MAX;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_NO_DOOR);
    f = good_file();
    f.eh.e_phnum = 0;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_NO_DOOR);
    f = good_file();
    f.eh.e_phoff = UINT64_MAX - 8;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_DAMAGED);
    f = good_file();
    f.ph.p_filesz = UINT64_MAX;
    assert_int_equal(image_check(&f, sizeof f), IMAGE_DAMAGED);
}

static void feed(struct guest_lines *r, const char *line)
{
    guest_lines_take(r, line, strlen(line));
}

static void report_rows(void **state)
{
    struct guest_lines r;
    struct rows tally = {0};
    const struct row *row;

    (void)state;
    guest_lines_init(&r);
    feed(&r, "getpid 5 cycles");
    feed(&r, " {\"limpet\":\"row\"}");
    feed(&r, "{\"limpet\":\"row\",\"bench\":\"basic\",\"name\":\"getpid\",\"unit\":\"cycles\","
             "\"value\":5,\"calls\":10000,\"steps\":\"4 1 115\"}");
    feed(&r, "{\"limpet\":\"row\",\"bench\":\"stream\",\"name\":\"Copy\",\"unit\":\"MB/s\","
             "\"better\":\"more\",\"value\":8123.4,\"samples\":[8123.4,1,2]}");
    assert_int_equal(r.bad, 0);
    assert_int_equal(r.rows.n, 2);
    assert_string_equal(r.rows.v[0]->suite, "basic");
    /* Two runs of the same rows. */
    rows_add(&tally, &r.rows);
    rows_add(&tally, &r.rows);
    rows_finish(&tally);
    assert_int_equal(tally.n, 2);
    row = tally.v[0];
    assert_true(row->calls == 10000 && row->runs.n == 2 && !row->more);
    assert_true(row->histogram && MADE_SAMPLES(row, 4, 2, 5, 2, 120, 2));
    assert_true(row->stats.n == 6 && row->stats.max == 120);
    assert_true(isnan(row->stats.p99)); /* of six samples */
    row = tally.v[1];
    assert_true(row->more && row->value == 8123.4 && row->stats.p50 == 2);
    feed(&r,
         "{\"limpet\":\"row\",\"bench\":\"b\",\"name\":\"x\",\"value\":1,\"samples\":[1,\"2\"]}");
    feed(&r, "{\"limpet\":\"row\",\"bench\":\"b\",\"name\":\"x\",\"value\":1,\"steps\":\"1x\"}");
    feed(&r, "{\"limpet\":\"row\",\"bench\":\"b\",\"name\":\"x\",\"value\":1,\"steps\":\"1 -2\"}");
    feed(&r, "{\"limpet\":\"tick\",\"tsc\":\"x\"}");
    feed(&r, "{\"limpet\":\"row\",\"bench\":\"basic\"");
    feed(&r, "{\"limpet\":\"row\",\"bench\":\"basic\",\"name\":\"x\"}");
    feed(&r, "{\"limpet\":1}");
    assert_int_equal(r.bad, 7);
    assert_int_equal(r.rows.n, 2);
    rows_free(&tally);
    guest_lines_free(&r);
}

static void report_facts(void **state)
{
    struct guest_lines r;
    const struct ledger *l = &r.ledger;
    double us;

    (void)state;
    guest_lines_init(&r);
    assert_false(l->known);
    feed(&r, "{\"limpet\":\"clock\",\"tsc_hz\":1000000000,\"source\":\"kvmclock\"}");
    feed(&r, "{\"limpet\":\"valid\",\"bench\":\"stream\",\"ok\":true,\"text\":\"fine\"}");
    feed(&r, "{\"limpet\":\"info\",\"a\":1}");
    feed(&r, "{\"limpet\":\"info\",\"a\":2}");
    /* Stamps beyond 2^53: no digit is lost. */
    feed(&r, "{\"limpet\":\"ledger\",\"tsc_hz\":1000000000,\"stages\":["
             "{\"name\":\"door\",\"tsc\":9007199254745001},"
             "{\"name\":\"long mode\",\"tsc\":9007199254746001},"
             "{\"name\":\"main\",\"tsc\":9007199254749001}]}");
    assert_int_equal(r.bad, 0);
    assert_int_equal(facts_count(r.facts, "info"), 2);
    assert_true(facts_true(r.facts, "valid.ok"));
    assert_true(l->known);
    assert_true(l->door == 9007199254745001 && l->main - l->door == 4000);
    us = ledger_us(l, l->main - l->door);
    assert_true(us > 3.999 && us < 4.001);
    assert_true(l->n == 2 && l->stages[1].us > 2.999);
    assert_int_equal(l->stub, 0);
    /* A stub's stamp stands before the door's. */
    feed(&r, "{\"limpet\":\"ledger\",\"tsc_hz\":1000000000,\"stages\":["
             "{\"name\":\"stub\",\"tsc\":1000},{\"name\":\"door\",\"tsc\":3000},"
             "{\"name\":\"long mode\",\"tsc\":4000},{\"name\":\"main\",\"tsc\":7000}]}");
    assert_true(l->known && l->stub == 1000 && l->door == 3000 && l->main == 7000);
    assert_true(l->n == 2 && l->stages[0].us > 0.999 && l->stages[0].us < 1.001);
    /* A program of Linux has both stamps at once, and no door. */
    assert_int_equal(facts_count(r.facts, "info"), 2);
    feed(&r, "{\"limpet\":\"ledger\",\"tsc_hz\":1000000000,\"stages\":["
             "{\"name\":\"door\",\"tsc\":3000},{\"name\":\"main\",\"tsc\":3000}]}");
    assert_int_equal(facts_count(r.facts, "info"), 3);
    assert_string_equal(facts_text(facts_element(r.facts, "info", 2), "row"), "door to main");
    feed(&r, "{\"limpet\":\"ledger\",\"tsc_hz\":0,\"stages\":[]}");
    assert_false(l->known);
    feed(&r, "{\"limpet\":\"ledger\",\"tsc_hz\":1,\"stages\":[{\"name\":\"door\",\"tsc\":5}]}");
    assert_false(l->known);
    guest_lines_free(&r);
}

static void say(struct qmp *q, const char *text) { qmp_message(q, text, strlen(text)); }

static void qmp_messages(void **state)
{
    struct qmp q = {.fd = -1};

    (void)state;
    say(&q,
        "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":22,\"minor\":2,\"major\":7},\"package\":\"P\"},"
        "\"capabilities\":[]}}");
    assert_string_equal(q.version, "7.2.22 (P)");
    say(&q, "{\"return\":{}}");
    say(&q, "no JSON");
    assert_string_equal(q.shutdown, "");
    say(&q, "{\"event\":\"SHUTDOWN\",\"data\":{\"guest\":true,\"reason\":\"guest-reset\"}}");
    assert_string_equal(q.shutdown, "guest-reset");
    assert_false(q.stopped);
    say(&q, "{\"event\":\"STOP\"}");
    assert_true(q.stopped);
    q.asked = true;
    say(&q, "{\"return\":\"RAX=1\\r\\nRIP=00000000001000ab RFL=2 HLT=1\"}");
    assert_string_equal(q.places, "0x00000000001000ab (halted)");
    say(&q, "{\"return\":\"CPU#0\\r\\nRIP=00aa HLT=0\\r\\nCPU#1\\r\\nRIP=00bb "
            "HLT=1\\r\\nCPU#2\\r\\nEIP=0cc\"}");
    assert_string_equal(q.places, "0x00aa, 0x00bb (halted), 0x0cc");
}

#define EXITED(code) ((code) << 8)

static void judgements(void **state)
{
    static const struct {
        struct qemu_facts facts;
        int status;
        bool own;
    } cases[] = {
        {{.end.last_line = {LAST_LINE_EXIT, 0, NULL}, .wait_status = EXITED(1)}, 0, true},
        {{.end.last_line = {LAST_LINE_EXIT, 3, NULL}, .wait_status = EXITED(7)}, 3, true},
        {{.end.last_line = {LAST_LINE_EXIT, 255, NULL}, .wait_status = EXITED(253)}, 255, true},
        {{.end.last_line = {LAST_LINE_EXIT, 122, NULL},
          .wait_status = EXITED(0),
          .shutdown = "guest-shutdown"},
         122,
         true},
        {{.end.last_line = {LAST_LINE_EXIT, 3, NULL}, .wait_status = EXITED(1)},
         ST_NO_LAST_LINE,
         false},
        {{.end.last_line = {LAST_LINE_EXIT, 0, NULL}, .shutdown = "guest-reset"}, ST_RESET, false},
        {{.end.last_line = {LAST_LINE_EXIT, 7, NULL}, .wait_status = 9, .end.lingered = true},
         7,
         true},
        {{.end.last_line = {LAST_LINE_PANIC, 0, "why"}, .wait_status = EXITED(255)},
         ST_PANIC,
         false},
        {{.shutdown = "guest-reset"}, ST_RESET, false},
        {{.shutdown = "guest-shutdown"}, ST_NO_LAST_LINE, false},
        {{.wait_status = EXITED(0)}, ST_NO_LAST_LINE, false},
        {{.wait_status = EXITED(0), .errors = "QEMU: Terminated via GDBstub\n"}, ST_SIGNAL, false},
        {{.wait_status = EXITED(1), .greeted = true}, ST_NO_LAST_LINE, false},
        {{.wait_status = EXITED(1), .errors = "qemu: no\n"}, ST_START, false},
        {{.wait_status = EXITED(1)}, ST_START, false},
        {{.wait_status = 9}, ST_SIGNAL, false},
        {{.wait_status = 9, .end.timed_out = true}, ST_HANG, false},
        {{.wait_status = 9, .stopped = true, .errors = "KVM internal error"}, ST_START, false},
        {{.wait_status = 9, .end.interrupted = 2}, 130, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qemu_facts facts = cases[i].facts;
        struct vm_result result = {0};

        facts.shutdown = facts.shutdown ? facts.shutdown : "";
        facts.errors = facts.errors ? facts.errors : "";
        qemu_judge(&facts, &result);
        assert_int_equal(result.status, cases[i].status);
        assert_int_equal(result.own, cases[i].own);
        assert_int_equal(result.text[0] == '\0', cases[i].own);
        vm_result_free(&result);
    }
}

/* Every status that a guest can end with, by the mapping that it has of the same header; a crash's
 * is none of them. */
static void every_status(void **state)
{
    (void)state;
    for (unsigned status = 0; status < 256; status++) {
        unsigned left = debug_exit_status(debug_exit_value(status));
        struct qemu_facts facts = {.end.last_line = {LAST_LINE_EXIT, (int)status, NULL},
                                   .wait_status = (int)EXITED(left),
                                   .shutdown = "",
                                   .errors = ""};
        struct vm_result result = {0};

        qemu_judge(&facts, &result);
        assert_true(result.own);
        assert_int_equal(result.status, status);
        assert_int_not_equal(left, debug_exit_status(DEBUG_EXIT_CRASH));
        assert_true(left != debug_exit_status(0) || status == 0);
        vm_result_free(&result);
        facts.wait_status = (int)EXITED(debug_exit_status(DEBUG_EXIT_CRASH));
        qemu_judge(&facts, &result);
        assert_int_equal(result.status, ST_NO_LAST_LINE);
        vm_result_free(&result);
    }
}

static void vmm_judgements(void **state)
{
    static const struct {
        struct vmm_facts facts;
        int status;
        const char *text;
    } cases[] = {
        {{.end.last_line = {LAST_LINE_EXIT, 3, NULL}, .wait_status = EXITED(3)}, 3, ""},
        {{.end.last_line = {LAST_LINE_EXIT, 123, NULL}, .wait_status = EXITED(123)}, 123, ""},
        {{.end.last_line = {LAST_LINE_EXIT, 3, NULL}, .wait_status = EXITED(4)},
         ST_NO_LAST_LINE,
         "4"},
        {{.end.last_line = {LAST_LINE_EXIT, 7, NULL}, .wait_status = 9, .end.lingered = true},
         7,
         ""},
        {{.end.last_line = {LAST_LINE_EXIT, 0, NULL},
          .wait_status = EXITED(124),
          .errors = "limpet-vmm: a triple fault\n"},
         ST_RESET,
         "a triple fault"},
        {{.end.last_line = {LAST_LINE_PANIC, 0, "why"},
          .wait_status = EXITED(123),
          .errors = "limpet-vmm: the guest panicked\n"},
         ST_PANIC,
         "why"},
        {{.wait_status = EXITED(122), .errors = "limpet-vmm: not in time\n"}, ST_HANG, "not in"},
        {{.wait_status = EXITED(121), .errors = "limpet-vmm: no KVM\n"}, ST_START, "no KVM"},
        {{.wait_status = EXITED(0)}, ST_NO_LAST_LINE, "status 0"},
        {{.wait_status = EXITED(77)}, ST_NO_LAST_LINE, "status 77"},
        {{.wait_status = 31}, ST_SIGNAL, "signal 31"},
        {{.wait_status = 9, .end.timed_out = true}, ST_HANG, "in time"},
        {{.wait_status = 9, .end.interrupted = 15}, 143, "interrupted"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vm_result result = {0};
        struct vmm_facts facts = cases[i].facts;

        facts.errors = facts.errors ? facts.errors : "";
        vmm_judge(&facts, &result);
        assert_int_equal(result.status, cases[i].status);
        assert_int_equal(result.own, !cases[i].text[0]);
        assert_non_null(strstr(result.text, cases[i].text));
        assert_true(cases[i].text[0] || !result.text[0]);
        vm_result_free(&result);
    }
}

/* Only what the kernel's own lines say. */
static void backtraces(void **state)
{
    static const char *const lines[] = {"  0000000000104a2f  before+0x1",
                                        "LIMPET: backtrace:",
                                        "  0000000000104a2f  main+0x1",
                                        "  0000000000104a2",
                                        "  0000000000104a2f0  long",
                                        "  0000000000104A2F  large",
                                        "0000000000104a2f",
                                        "  ffffffffffffffff",
                                        "",
                                        "LIMPET: panic: why",
                                        "  0000000000104a2f  after+0x1"};
    static const char again[] = "  0000000000000001  ?";
    struct backtrace b = {.count = 0};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        backtrace_line(&b, lines[i], strlen(lines[i]));
    assert_int_equal(b.state, AFTER_BACKTRACE);
    assert_int_equal(b.count, 2);
    assert_int_equal(b.places[0], 0x104a2f);
    assert_true(b.places[1] == UINT64_MAX);
    backtrace_line(&b, lines[1], strlen(lines[1]));
    for (unsigned i = 0; i < 2 * BACKTRACE_MAX; i++)
        backtrace_line(&b, again, sizeof again - 1);
    assert_int_equal(b.count, BACKTRACE_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(backtraces),         cmocka_unit_test(vmm_judgements),
        cmocka_unit_test(console_last_lines), cmocka_unit_test(panic_reason),
        cmocka_unit_test(image_checks),       cmocka_unit_test(report_rows),
        cmocka_unit_test(report_facts),       cmocka_unit_test(qmp_messages),
        cmocka_unit_test(judgements),         cmocka_unit_test(every_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
