/* Host tool: VM exits. KVM's trace, xentrace's file, the clocks' join, the counts and their table.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "exits/exits.h"
#include "made.h"
#include "show/tables.h"
#include "vm/kvm_clock.h"
#include "vm/platforms.h"
#include "vm/xen/offset.h"

/* As Linux 6.1 writes them: offset -1000, then exits at 5000, 5100, … */
static const char *const trace[] = {
    "# tracer: nop",
    "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
    " qemu-system-x86-125     [000] d..1.  1000: kvm_write_tsc_offset: vcpu=0 prev=0 "
    "next=18446744073709550000",
    " qemu-system-x86-125     [000] d..1.  1500: kvm_write_tsc_offset: vcpu=0 "
    "prev=18446744073709550000 next=18446744073709550616",
    " qemu-system-x86-126     [001] d..1.  1500: kvm_write_tsc_offset: vcpu=1 prev=0 next=7",
    " qemu-system-x86-125     [000] .....  5000: kvm_exit: vcpu 0 reason npf rip 0xfff0 info1 "
    "0x0000000100000014 info2 0x00000000fffffff0 intr_info 0x00000000 error_code 0x00000000",
    "     CPU 0/KVM-125       [000] .....  5100: kvm_exit: vcpu 0 reason io rip 0x10 info1 0x0",
    "     a [1] b-c-125       [000] .....  5200: kvm_exit: vcpu 0 reason io rip 0x10 info1 0x0",
    " qemu-system-x86-125     [000] .....  5300: kvm_exit: reason EXTERNAL_INTERRUPT rip 0x1 info "
    "0",
    " qemu-system-x86-125     [000] .....  5400: kvm_exit: vcpu 0 reason UD excp rip 0x1 info1 0x0",
    " qemu-system-x86-125     [000] .....  5500: kvm_exit: vcpu 0 reason 0x123 rip 0x1 info1 0x0",
    "CPU:0 [LOST 3 EVENTS]",
};

#define LINES (sizeof trace / sizeof *trace)

static void take_trace(struct kvm_events *events)
{
    for (size_t i = 0; i < LINES; i++)
        kvm_trace_line(events, trace[i]);
}

/* How many of a reason; how many in all. */
static int reason(struct exit_counts exits, const char *name)
{
    for (size_t i = 0; i < exits.n; i++)
        if (!strcmp(exits.reasons[i].name, name))
            return (int)exits.reasons[i].count;
    return 0;
}

static int total(struct exit_counts exits) { return exits.known ? (int)exits.total : -1; }

static void kvm_lines(void **state)
{
    struct exits e = {0};
    struct kvm_events events = {.log = &e.log};
    struct buf why = {0};
    struct exit_counts all, some;

    (void)state;
    take_trace(&events);
    assert_null(kvm_events_trouble(&events));
    assert_int_equal(events.thread, 125);
    assert_int_equal(events.offset, -1000);
    assert_int_equal(events.started, 5000);
    e.offset = events.offset;
    all = exits_between(&e, LLONG_MIN, LLONG_MAX, &why);
    assert_int_equal(total(all), 6);
    assert_int_equal(reason(all, "io"), 2);
    assert_int_equal(reason(all, "npf"), 1);
    assert_int_equal(reason(all, "interrupt"), 1);
    assert_int_equal(reason(all, "exception UD"), 1);
    assert_int_equal(reason(all, "0x123"), 1);
    assert_string_equal(all.reasons[0].name, "io");
    some = exits_between(&e, 4100, 4200, &why); /* of the guest's TSC */
    assert_int_equal(total(some), 2);
    assert_int_equal(reason(some, "io"), 2);
    exit_counts_free(&some);
    some = exits_between(&e, 4101, 4199, &why);
    assert_int_equal(total(some), 0);
    exit_counts_free(&some);
    exit_counts_free(&all);
    exit_log_free(&e.log);
}

static void kvm_troubles(void **state)
{
    struct kvm_events nothing = {0}, others = {0}, moved = {0}, same = {0},
                      before = {.started = 1600};

    (void)state;
    kvm_trace_line(&nothing, trace[0]);
    assert_non_null(strstr(kvm_events_trouble(&nothing), "nothing of this guest"));
    take_trace(&others);
    kvm_trace_line(&others, " x-9 [000] d..1. 6000: kvm_write_tsc_offset: vcpu=0 prev=0 next=1");
    assert_non_null(strstr(kvm_events_trouble(&others), "another guest"));
    take_trace(&moved);
    kvm_trace_line(&moved, " x-125 [000] d..1. 6000: kvm_write_tsc_offset: vcpu=0 prev=0 next=1");
    assert_non_null(strstr(kvm_events_trouble(&moved), "set anew"));
    take_trace(&same);
    kvm_trace_line(&same, " x-125 [000] d..1. 6000: kvm_write_tsc_offset: vcpu=0 prev=0 "
                          "next=18446744073709550616");
    assert_null(kvm_events_trouble(&same));
    take_trace(&before); /* without a log, let go after the second write */
    assert_null(kvm_events_trouble(&before));
    assert_int_equal(before.offset, -1000);
}

static void kvm_damaged_lines(void **state)
{
    static const char *const lines[] = {
        "",
        ": kvm_exit: ",
        "5000: kvm_exit: vcpu 0 reason io rip 0x1",
        " x-1 [000] ..... : kvm_exit: vcpu 0 reason io rip 0x1",
        " x [000] ..... 1: kvm_exit: vcpu 0 reason io rip 0x1",
        " x-1 [000] ..... 1: kvm_write_tsc_offset: vcpu=0 prev=0",
        " x-1 [000] ..... 1: kvm_write_tsc_offset: ",
    };
    struct exit_log log = {0};
    struct kvm_events events = {.log = &log};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        kvm_trace_line(&events, lines[i]);
    assert_int_equal(log.n, 0);
    assert_false(events.known);
}

/* A file of xentrace in the making. */
struct file {
    struct buf data;
    uint64_t now;
};

static void put32(struct file *f, uint32_t value) { buf_add(&f->data, &value, sizeof value); }

/* A stamped record of n words. */
static void put(struct file *f, uint32_t event, unsigned n, uint32_t first)
{
    f->now += 10;
    put32(f, event | n << 28 | 1u << 31);
    buf_add(&f->data, &f->now, sizeof f->now);
    for (unsigned i = 0; i < n; i++)
        put32(f, i ? 0xabcdu : first);
}

static void put_cpu(struct file *f, uint32_t cpu)
{
    put32(f, 0x2001f003);
    put32(f, cpu);
    put32(f, 256);
}

/* Domain 1 runs on processor 0, domain 2 on 1; then 1 is descheduled, and woken on 1. */
static void make(struct file *f)
{
    *f = (struct file){.now = 0x100000000};
    put_cpu(f, 0);
    put(f, 0x81102, 3, 0x72);     /* exit of nobody knows whom */
    put(f, 0x21101, 1, 1u << 16); /* runnable to running: domain 1 */
    put(f, 0x81001, 0, 0);        /* entry */
    put(f, 0x81102, 3, 0x72);     /* exits: cpuid, with rip in 64 bits */
    put(f, 0x81002, 2, 0x7b);     /* io, in 32 */
    put(f, 0x81102, 3, 0x3ff);    /* none that we know */
    put_cpu(f, 1);
    put(f, 0x21002, 1, 2u << 16); /* domain 2 goes on running */
    put(f, 0x81102, 3, 0x78);     /* a stranger's hlt */
    put_cpu(f, 0);
    put(f, 0x21021, 1, 1u << 16);      /* domain 1 is blocked */
    put(f, 0x21101, 1, 0x7fffu << 16); /* idle */
    put(f, 0x81102, 3, 0x60);
    put_cpu(f, 1);
    put(f, 0x21101, 1, 1u << 16);
    put(f, 0x81502, 3, 0x7b); /* nested, 64 bits */
}

static void xentrace_file(void **state)
{
    struct exits e = {0};
    struct buf why = {0};
    struct file f;
    struct exit_counts all;

    (void)state;
    make(&f);
    assert_true(xen_trace_parse(f.data.data, f.data.len, 1, false, &e.log, &why));
    all = exits_between(&e, LLONG_MIN, LLONG_MAX, &why);
    assert_int_equal(total(all), 4);
    assert_int_equal(reason(all, "cpuid"), 1);
    assert_int_equal(reason(all, "io"), 2);
    assert_int_equal(reason(all, "0x3ff"), 1);
    exit_counts_free(&all);
    assert_int_equal(e.log.events[0].tsc, 0x100000000 + 40);
    exit_log_free(&e.log);
    assert_true(xen_trace_parse(f.data.data, f.data.len, 2, false, &e.log, &why));
    assert_int_equal(e.log.n, 1);
    assert_string_equal(e.log.reasons.v[0], "hlt");
    exit_log_free(&e.log);
    buf_free(&f.data);
}

static void xentrace_lost(void **state)
{
    struct exit_log log = {0};
    struct buf why = {0};
    struct file f;

    (void)state;
    make(&f);
    put(&f, 0x1f001, 4, 17);
    assert_false(xen_trace_parse(f.data.data, f.data.len, 1, false, &log, &why));
    assert_string_equal(why.data, "17 events were lost");
    exit_log_free(&log);
    buf_free(&why);
    buf_free(&f.data);
}

/* Cut off anywhere, in memory that ends there. */
static void xentrace_truncated(void **state)
{
    struct file f;
    unsigned whole = 0;

    (void)state;
    make(&f);
    for (size_t n = 0; n < f.data.len; n++) {
        char *copy = xrealloc(NULL, n + 1);
        struct exit_log log = {0};
        struct buf why = {0};

        copy = xrealloc(copy, n ? n : 1);
        memcpy(copy, f.data.data, n);
        if (xen_trace_parse(copy, n, 1, false, &log, &why))
            whole++; /* at a record's end */
        else
            assert_non_null(strstr(why.data, "damaged at byte"));
        exit_log_free(&log);
        buf_free(&why);
        free(copy);
    }
    assert_int_equal(whole, 17); /* so many records, the empty file for the last */
    buf_free(&f.data);
}

static void xentrace_damaged(void **state)
{
    static const char zeros[64];
    struct exit_log log = {0};
    struct buf why = {0};

    (void)state;
    assert_false(xen_trace_parse(zeros, sizeof zeros, 1, false, &log, &why));
    assert_string_equal(why.data, "the file of xentrace is damaged at byte 0 of 64");
    buf_free(&why);
}

static void names(void **state)
{
    (void)state;
    assert_string_equal(exit_name(false, 0x400), "npf");
    assert_string_equal(exit_name(true, 48), exit_name_kvm("EPT_VIOLATION"));
    assert_string_equal(exit_name(true, 30), exit_name(false, 0x7b));
    assert_string_equal(exit_name_kvm("npf"), "npf");
    assert_null(exit_name(true, 0x400));
}

static void dumped_offset(void **state)
{
    static const char log[] = "(XEN) >>> Domain 1 <<<\n(XEN) tsc_offset = 0x5\n"
                              "(XEN) *** VMCB Areas ***\n(XEN) >>> Domain 1 <<<\n(XEN) \tVCPU 0\n"
                              "(XEN) iopm_base_pa = 0x4fd72000 tsc_offset = 0xfffffffa9075e851\n"
                              "(XEN) \tVCPU 1\n(XEN) tsc_offset = 0x7\n"
                              "(XEN) >>> Domain 12 <<<\n(XEN) >>> Domain 3 <<<\n"
                              "(XEN) TSC Offset = 0x0000000000000010  TSC Multiplier = 0x0\n";
    long long offset = 0;

    (void)state;
    assert_true(xen_offset(log, 1, &offset));
    assert_int_equal(offset, (long long)0xfffffffa9075e851);
    assert_true(xen_offset(log, 3, &offset));
    assert_int_equal(offset, 0x10);
    assert_false(xen_offset(log, 12, &offset));
    assert_false(xen_offset(log, 2, &offset));
    assert_false(xen_offset("", 1, &offset));
}

static void unsure_edges(void **state)
{
    struct exits e = {.offset = 0, .error = 10};
    struct buf why = {0};
    struct exit_counts exits;

    (void)state;
    exit_log_add(&e.log, 100, "io");
    exit_log_add(&e.log, 200, "io");
    exits = exits_between(&e, 80, 150, &why);
    assert_int_equal(total(exits), 1);
    exit_counts_free(&exits);
    assert_int_equal(total(exits_between(&e, 95, 150, &why)), -1);
    assert_non_null(strstr(why.data, "within 10 cycles"));
    buf_free(&why);
    exit_log_free(&e.log);
}

static void moments(void **state)
{
    struct moment a = {.s = 10, .tsc = 1000}, b = {.s = 20, .tsc = 21000};

    (void)state;
    assert_int_equal(moment_tsc(&a, &b, 10), 1000);
    assert_int_equal(moment_tsc(&a, &b, 15), 11000);
}

/* From two reports to the table. */
static void table(void **state)
{
    struct exits e = {.offset = -1000};
    struct kvm_events events = {.log = &e.log};
    struct guest_lines report;
    struct rows tally =
        made_rows("[{\"suite\":\"basic\",\"name\":\"a\",\"calls\":20,\"platform\":\"kvm\"},"
                  "{\"suite\":\"basic\",\"name\":\"b\",\"platform\":\"kvm\"},"
                  "{\"suite\":\"jitter\",\"name\":\"computed\",\"calls\":0,"
                  "\"platform\":\"kvm\"}]");
    struct rows other = made_rows("[{\"suite\":\"basic\",\"name\":\"a\",\"platform\":\"qemu\"}]");
    struct result *result = made_result("{}");
    struct buf out = {0};
    struct view view;

    (void)state;
    take_trace(&events);
    guest_lines_init(&report);
    report.rows = made_rows("[{\"name\":\"a\",\"begin\":4000,\"end\":4250,\"calls\":30}]");
    exits_give(&e, &report, &tally, NULL);
    exits_give(NULL, NULL, &other, "plain QEMU has none");
    rows_append(&tally, row_copy(other.v[0]));
    result->rows = tally;
    view_init(&view, result, "");
    exits_format(&view, &out);
    assert_string_equal(
        out.data,
        "VM exits by reason    KVM  QEMU\n"
        "a                       3     -\n"
        "    in so many calls   30     -\n"
        "    io                  2     -\n"
        "    npf                 1     -\n"
        "why not                 -     -\n\n"
        "No VM exits for KVM: the counting run did not tell when the row began and ended\n"
        "No VM exits for QEMU: plain QEMU has none\n\n");
    buf_free(&out);
    guest_lines_free(&report);
    results_free(result);
    rows_free(&other);
    exit_log_free(&e.log);
}

static void boot(void **state)
{
    static const char line[] =
        "{\"limpet\":\"ledger\",\"tsc_hz\":1000000,\"stages\":["
        "{\"name\":\"door\",\"tsc\":4050},{\"name\":\"main\",\"tsc\":4350}]}";
    struct exits e = {.offset = -1000};
    struct kvm_events events = {.log = &e.log};
    struct guest_lines report;
    struct rows tally = made_rows("[{\"suite\":\"boot\",\"name\":\"start to exit\"}]");

    (void)state;
    take_trace(&events);
    guest_lines_init(&report);
    guest_lines_take(&report, line, sizeof line - 1);
    exits_give(&e, &report, &tally, NULL);
    assert_int_equal(tally.n, 3);
    assert_string_equal(tally.v[1]->name, "VM exits to main");
    assert_int_equal(total(tally.v[1]->exits), 3);
    assert_int_equal(total(tally.v[2]->exits), 6);
    exits_give(NULL, NULL, &tally, "no");
    assert_string_equal(tally.v[0]->no_exits, "no");
    rows_free(&tally);
    guest_lines_free(&report);
    exit_log_free(&e.log);
}

/* A suite of guests: of a life all exits, of a host's own figure none. */
static void lives(void **state)
{
    struct exits e = {.offset = -1000};
    struct kvm_events events = {.log = &e.log};
    struct guest_lines report;
    struct rows tally =
        made_rows("[{\"suite\":\"vmm\",\"name\":\"a, start to exit\",\"unit\":\"ms\"},"
                  "{\"suite\":\"vmm\",\"name\":\"a, set-up\",\"unit\":\"ms\"},"
                  "{\"suite\":\"vmm\",\"name\":\"b\",\"unit\":\"cycles\"}]");

    (void)state;
    take_trace(&events);
    guest_lines_init(&report);
    report.rows = made_rows("[{\"name\":\"b\",\"begin\":4000,\"end\":4250}]");
    exits_give(&e, &report, &tally, NULL);
    assert_int_equal(total(tally.v[0]->exits), 6);
    assert_false(tally.v[1]->exits.known);
    assert_null(tally.v[1]->no_exits);
    assert_int_equal(total(tally.v[2]->exits), 3);
    rows_free(&tally);
    guest_lines_free(&report);
    exit_log_free(&e.log);
}

static void plain_qemu(void **state)
{
    struct buf why = {0};

    (void)state;
    assert_null(exits_start(platform_find("qemu"), &why));
    assert_string_equal(why.data, "plain QEMU has none");
    buf_free(&why);
}

/* The trace has two exits from 4100 to 4200 of the guest's TSC, none right before. */
static void gaps(void **state)
{
    struct exits e = {0};
    struct kvm_events events = {.log = &e.log};
    struct guest_lines lines;
    struct rows rows = {0};
    const char line[] = "{\"limpet\":\"gaps\",\"begin\":4000,\"longest\":\"100+100 10+20\"}";
    struct row *row;

    (void)state;
    take_trace(&events);
    e.offset = events.offset;
    guest_lines_init(&lines);
    exits_give_gaps(&e, &lines, &rows);
    assert_int_equal(rows.n, 0);
    guest_lines_take(&lines, line, sizeof line - 1);
    exits_give_gaps(&e, &lines, &rows);
    assert_int_equal(rows.n, 1);
    row = rows.v[0];
    assert_true(row->runs.n == 1 && row->runs.v[0] > 49.9 && row->runs.v[0] < 50.1);
    assert_int_equal(total(row->exits), 2);
    assert_int_equal(reason(row->exits, "io"), 2);
    rows_free(&rows);
    guest_lines_free(&lines);
    exit_log_free(&e.log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kvm_lines),
        cmocka_unit_test(kvm_troubles),
        cmocka_unit_test(kvm_damaged_lines),
        cmocka_unit_test(xentrace_file),
        cmocka_unit_test(xentrace_lost),
        cmocka_unit_test(xentrace_truncated),
        cmocka_unit_test(xentrace_damaged),
        cmocka_unit_test(names),
        cmocka_unit_test(dumped_offset),
        cmocka_unit_test(unsure_edges),
        cmocka_unit_test(moments),
        cmocka_unit_test(table),
        cmocka_unit_test(gaps),
        cmocka_unit_test(boot),
        cmocka_unit_test(lives),
        cmocka_unit_test(plain_qemu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
