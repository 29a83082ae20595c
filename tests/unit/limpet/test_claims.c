/* Host tool: published claims beside ours, and what guests at once tell of their memory.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "measure/isolation.h"
#include "replay/replay.h"
#include "made.h"
#include "measure/vmm_stats.h"

static const struct replay_claim claims[] = {
    {.section = "S",
     .label = "bound",
     .theirs = "< 10 ms",
     .low = 0,
     .high = 10,
     .name = "life",
     .unit = "ms",
     .platforms = {"kvm", "qemu", "vmm"}},
    {.label = "figure",
     .theirs = "24 ms",
     .low = 24,
     .high = 24,
     .name = "life",
     .unit = "ms",
     .platforms = {"kvm"}},
    {.label = "exits",
     .theirs = "13",
     .low = 13,
     .high = 13,
     .name = "life",
     .unit = "exits",
     .fact = true,
     .platforms = {"kvm", "qemu"}},
    {.label = "time",
     .theirs = "< 100 µs",
     .low = 0,
     .high = 100,
     .name = "port",
     .unit = "us",
     .platforms = {"kvm"}},
    {.label = "ratio",
     .theirs = "10 to 20 ×",
     .low = 10,
     .high = 20,
     .name = "port",
     .unit = "x",
     .over = "qemu",
     .platforms = {"kvm", "vmm"}},
    {.label = "output",
     .theirs = "wrong",
     .low = 0,
     .high = INFINITY,
     .name = "port",
     .unit = "right",
     .fact = true,
     .holds = "ours is right",
     .platforms = {"kvm"}},
    {.label = NULL},
};

/* kvm: 5 ms, 26 exits, 2 µs a port; qemu: 50 ms, 60,000 cycles a port; of vmm why there is none. */
static const char result_text[] =
    "{\"runs\":[{\"suite\":\"vmm\",\"platform\":\"kvm\",\"mode\":\"native\",\"emulated\":false,"
    "\"clock\":{\"tsc_hz\":2000000000}},"
    "{\"suite\":\"vmm\",\"platform\":\"qemu\",\"mode\":\"native\",\"emulated\":true}],"
    "\"rows\":[{\"suite\":\"vmm\",\"platform\":\"kvm\",\"run\":0,\"name\":\"life\",\"unit\":\"ms\","
    "\"value\":5,\"runs\":[5],\"exits\":{\"total\":40,\"reasons\":{\"io\":25,\"npf\":14,\"hlt\":1}}"
    "},"
    "{\"suite\":\"vmm\",\"platform\":\"kvm\",\"run\":0,\"name\":\"port\",\"unit\":\"cycles\","
    "\"value\":4000,\"runs\":[4000,4000]},"
    "{\"suite\":\"vmm\",\"platform\":\"qemu\",\"run\":1,\"name\":\"life\",\"unit\":\"ms\","
    "\"value\":50,\"runs\":[50],\"no_exits\":\"plain QEMU has none\"},"
    "{\"suite\":\"vmm\",\"platform\":\"qemu\",\"run\":1,\"name\":\"port\",\"unit\":\"cycles\","
    "\"value\":60000,\"runs\":[60000]}],"
    "\"skipped\":[{\"suite\":\"vmm\",\"platform\":\"vmm\",\"reason\":\"no VMM today\"}]}";

static void expect_claims(const struct result *result, unsigned missing, const char *text)
{
    struct buf out = {0};

    assert_int_equal(claims_format(claims, result, &out), missing);
    assert_string_equal(out.data, text);
    buf_free(&out);
}

static void native(void **state)
{
    struct result *result = made_result(result_text);

    (void)state;
    assert_non_null(result);
    expect_claims(result, 3,
                  "S       theirs      on              ours  n  verdict\n"
                  "bound   < 10 ms     KVM             5 ms  1  holds\n"
                  "                    QEMU           50 ms  1  does not hold: it is more\n"
                  "                    VMM                -     SKIP: no VMM today\n"
                  "figure  24 ms       KVM             5 ms  1  4.8 × faster\n"
                  "exits   13          KVM         26 exits  1  2.0 × more\n"
                  "                    QEMU               -     SKIP: plain QEMU has none\n"
                  "time    < 100 µs    KVM             2 µs  2  holds\n"
                  "ratio   10 to 20 ×  QEMU / KVM      15 ×  1  holds\n"
                  "                    QEMU / VMM         -     SKIP: no VMM today\n"
                  "output  wrong       KVM            right  2  ours is right\n\n");
    results_free(result);
}

/* An emulated lab tells facts, no speeds. */
static void emulated(void **state)
{
    struct result *result = made_result(result_text);
    struct facts *run = result->runs[0];
    struct buf out = {0};

    (void)state;
    facts_set_text(run, "mode", "lab");
    facts_set_truth(run, "emulated", true);
    facts_remove(run, "clock");
    assert_int_equal(claims_format(claims, result, &out), 4);
    assert_non_null(strstr(out.data, "KVM             5 ms  1  emulated: not judged"));
    assert_non_null(strstr(out.data, "26 exits  1  2.0 × more"));
    assert_non_null(strstr(out.data, "our result does not tell the guest's clock"));
    assert_non_null(strstr(out.data, "15 ×  1  emulated: not judged"));
    buf_free(&out);
    results_free(result);
}

static void nothing(void **state)
{
    struct result *result = made_result("{\"runs\":[],\"rows\":[],\"skipped\":[]}");
    struct buf out = {0};

    (void)state;
    assert_int_equal(claims_format(claims, result, &out), 10);
    assert_non_null(strstr(out.data, "SKIP: our result has nothing of this suite there"));
    buf_free(&out);
    results_free(result);
}

/* A guest's report of two words of memory, number 7. */
static void hold_of(struct hold *h, const char *words, int ticks, unsigned number)
{
    static const char tick[] = "{\"limpet\":\"tick\",\"tsc\":5}";
    struct guest_lines report;

    *h = (struct hold){0};
    guest_lines_init(&report);
    for (int i = 0; i < ticks; i++)
        guest_lines_take(&report, tick, sizeof tick - 1);
    guest_lines_take(&report, words, strlen(words));
    hold_read(h, &report, number);
    guest_lines_free(&report);
}

#define WORDS(number, passes, checksum)                                                            \
    "{\"limpet\":\"isolation\",\"number\":" number ",\"bytes\":16,\"passes\":" passes              \
    ",\"checksum\":\"" checksum "\"}"

/* splitmix64 from 7: 63cbe1e459320dd7, 044c3cd7f43c661c; the first times 31 and the second. */
#define CHECKSUM "19fc977ec14c1325"

static void holds(void **state)
{
    struct hold h;

    (void)state;
    hold_of(&h, WORDS("7", "3", CHECKSUM), 2, 7);
    assert_string_equal(h.why, "");
    assert_true(h.bytes == 48 && h.from > 0 && h.to >= h.from);
    hold_of(&h, WORDS("7", "3", CHECKSUM), 1, 7);
    assert_non_null(strstr(h.why, "did not tell"));
    hold_of(&h, WORDS("7", "0", CHECKSUM), 2, 7);
    assert_non_null(strstr(h.why, "did not tell"));
    hold_of(&h,
            "{\"limpet\":\"isolation\",\"number\":7,\"bytes\":1000000000000000000,\"passes\":1}", 2,
            7);
    assert_non_null(strstr(h.why, "did not tell"));
    hold_of(&h, "{\"limpet\":\"clock\",\"tsc_hz\":1}", 2, 7);
    assert_non_null(strstr(h.why, "did not tell"));
    hold_of(&h, WORDS("7", "3", "19fc977ec14c1326"), 2, 7);
    assert_non_null(strstr(h.why, "not its own"));
    hold_of(&h, WORDS("8", "3", CHECKSUM), 2, 7);
    assert_non_null(strstr(h.why, "not its own"));
}

static void overlaps(void **state)
{
    struct hold h[3] = {{.from = 1, .to = 5}, {.from = 2, .to = 6}, {.from = 0, .to = 4.5}};

    (void)state;
    assert_true(fabs(hold_overlap(h, 3) - 2.5) < 1e-9);
    assert_true(fabs(hold_overlap(h, 1) - 4) < 1e-9);
    h[2].from = 5.5;
    h[2].to = 7;
    assert_true(hold_overlap(h, 3) < 0);
}

/* As limpet-vmm writes it, two vCPUs. */
static const char stats_text[] =
    "{\"schema\":\"limpet-vmm-1\",\"vcpus\":2,\"setup_ns\":9000,"
    "\"setup\":[{\"to\":\"/dev/"
    "kvm\",\"ns\":5},{\"to\":\"vCPUs\",\"ns\":7000}],\"kvm\":{\"pages_4k\":1},"
    "\"cpus\":[{\"exits\":3,\"reasons\":["
    "{\"number\":2,\"reason\":\"io\",\"count\":2,\"port\":1016,\"direction\":\"out\","
    "\"handling_ns\":[[1500,1],[2500,1]],\"guest_ns\":[]},"
    "{\"number\":2,\"reason\":\"io\",\"count\":1,\"port\":244,\"direction\":\"out\","
    "\"handling_ns\":[],\"guest_ns\":[]}],\"kvm\":{\"exits\":20,\"io_exits\":3}},"
    "{\"exits\":2,\"reasons\":[{\"number\":10,\"reason\":\"intr\",\"count\":2,"
    "\"handling_ns\":[[3500,2]],\"guest_ns\":[]}],\"kvm\":{\"exits\":4}}]}";

static struct rows counted(const char *stats, const char *rows)
{
    struct rows tally = made_rows(rows);

    vmm_stats_give(stats, strlen(stats), "hello", &tally);
    return tally;
}

static void vmm_stats(void **state)
{
    static const char life[] =
        "[{\"name\":\"hello, start to exit\",\"runs\":[5],\"no_exits\":\"no root\"}]";
    struct rows tally = counted(stats_text, life);
    const struct exit_counts *exits = &tally.v[0]->exits;

    (void)state;
    assert_true(exits->known && exits->total == 24 && exits->n == 3);
    assert_null(tally.v[0]->no_exits);
    assert_true(!strcmp(exits->reasons[0].name, "io") && exits->reasons[0].count == 3);
    assert_true(!strcmp(exits->reasons[1].name, "intr") && exits->reasons[1].count == 2);
    assert_string_equal(exits->reasons[2].name, "handled by KVM");
    assert_true(exits->reasons[2].count == 19);
    assert_int_equal(tally.n, 3);
    assert_string_equal(tally.v[1]->name, "hello, a vCPU's creation");
    assert_true(MADE_OF(&tally.v[1]->runs, 3.5));
    assert_string_equal(tally.v[2]->name, "hello, an exit's handling");
    assert_true(MADE_OF(&tally.v[2]->runs, 3));
    rows_finish(&tally);
    assert_true(tally.v[2]->histogram && MADE_SAMPLES(tally.v[2], 1.5, 1, 2.5, 1, 3.5, 2));
    assert_int_equal(tally.v[2]->stats.n, 4);
    rows_free(&tally);
}

/* A trace's exits stay; rows of another app, or another format, get nothing. */
static void vmm_stats_no(void **state)
{
    struct rows tally = counted(
        stats_text, "[{\"name\":\"hello, start to exit\",\"exits\":{\"total\":1,\"reasons\":{}}}]");

    (void)state;
    assert_true(tally.v[0]->exits.total == 1);
    rows_free(&tally);
    tally = counted(stats_text, "[{\"name\":\"fibonacci(30)\"}]");
    assert_int_equal(tally.n, 1);
    rows_free(&tally);
    tally = counted("{\"schema\":\"other\"}", "[{\"name\":\"hello, start to exit\"}]");
    assert_int_equal(tally.n, 1);
    assert_false(tally.v[0]->exits.known);
    rows_free(&tally);
    tally = counted("", "[{\"name\":\"hello, start to exit\"}]");
    assert_int_equal(tally.n, 1);
    rows_free(&tally);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(native),       cmocka_unit_test(emulated), cmocka_unit_test(nothing),
        cmocka_unit_test(holds),        cmocka_unit_test(overlaps), cmocka_unit_test(vmm_stats),
        cmocka_unit_test(vmm_stats_no),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
