/* SPDX-License-Identifier: BSD-2-Clause */
/* Standard input: lines of a terminal, a stream of any bytes, a framed one, in whatever pieces. */
#include "unit.h"
#include "one_thread.h"
#include "sched/interruption.h"
#include "sys/wait.h"
#include "sys/input.c"

void wait_list_add(struct wait_list *list, struct waiter *w) { list->first = w; }
void wait_list_remove(struct waiter *w) { (void)w; }
void wait_list_wake(struct wait_list *list) { (void)list; }
enum handled thread_handled(void) { return HANDLED_NONE; }
enum handled thread_handled_at_point(void) { return HANDLED_NONE; }

static const char *coming; /* what the platform has still to give */
static size_t left, piece;
static bool tells_end;

static long give(char *buf, size_t n)
{
    size_t part = left < piece ? left : piece;
    part = part < n ? part : n;
    memcpy(buf, coming, part);
    coming += part;
    left -= part;
    return part == 0 && tells_end ? -1 : (long)part;
}

static const struct platform host = {.console_read = give};
const struct platform *platform = &host;

uint64_t time_now(void) { return 0; }

static jmp_buf starved; /* nothing comes any more, and the reader would wait */

int futex_wait_interruptible(uint32_t *address, uint32_t expected, uint64_t deadline)
{
    (void)address, (void)expected, (void)deadline;
    if (left == 0)
        longjmp(starved, 1);
    return 0;
}

unsigned futex_wake(uint32_t *address, unsigned n) { return (void)address, n; }

unsigned futex_wake_later(uint32_t *address, unsigned n) { return (void)address, n; }

static void begin(const char *bytes, size_t n, size_t pieces)
{
    coming = bytes;
    left = n;
    piece = pieces;
    from = to = 0;
    mutex = (struct mutex){0};
    ended = tells_end = input_terminal = input_framed = false;
    frame = BEFORE;
}

/* Reads to the end, n at a time; all of it is expected, or that the reader waits for more. */
static void assert_reads(const char *expected, size_t n, size_t at_a_time, bool ends)
{
    static char got[1024];
    static size_t have;
    int64_t r;
    have = 0;
    if (setjmp(starved) == 0) {
        while ((r = input_read(got + have, at_a_time, false)) > 0)
            have += (size_t)r;
        assert_true(ends);
        assert_int_equal(input_read(got, at_a_time, false), 0);
    } else {
        assert_false(ends);
    }
    assert_int_equal(have, n);
    assert_memory_equal(got, expected, n);
}

#define BYTES(text) text, sizeof(text) - 1

static void framed(void **state)
{
    (void)state;
    static const char all[] = "\0\0\x10\x10\x02" /* noise, an escape of which half went lost */
                              "\x10\x02"
                              "a\4\r\n\x10\x10\x03\0z\x10\x03";
    for (size_t pieces = 1; pieces < 20; pieces++)
        for (size_t at_a_time = 1; at_a_time < 20; at_a_time++) {
            begin(all + 5, sizeof all - 6, pieces);
            input_framed = true;
            assert_reads(BYTES("a\4\r\n\x10\x03\0z"), at_a_time, true);
        }
    begin(BYTES("\0\0\0\x10\x02\x10\x03"), 3);
    input_framed = true;
    assert_reads("", 0, 8, true);
    begin(BYTES("\x10\x02half"), 3);
    input_framed = true;
    assert_reads("half", 4, 8, false);
}

static void told_by_the_platform(void **state)
{
    (void)state;
    for (size_t pieces = 1; pieces < 8; pieces++) {
        begin(BYTES("\x10\x02\4\r\x10\x03"), pieces);
        tells_end = true;
        assert_reads(BYTES("\x10\x02\4\r\x10\x03"), 3, true);
    }
}

static void terminal(void **state)
{
    (void)state;
    char got[64];
    begin(BYTES("one\rtwo\nthree\4\4more\4"), 64);
    input_terminal = true;
    assert_int_equal(input_read(got, sizeof got, false), 4);
    assert_memory_equal(got, "one\n", 4);
    assert_int_equal(input_read(got, 2, false), 2);
    assert_int_equal(input_read(got, sizeof got, false), 2);
    assert_memory_equal(got, "o\n", 2);
    assert_int_equal(input_read(got, sizeof got, false), 5);
    assert_int_equal(input_read(got, sizeof got, false),
                     0); /* EOT behind others: the next read's */
    assert_int_equal(input_read(got, sizeof got, false), 0);
    assert_int_equal(input_read(got, sizeof got, false), 4); /* a terminal may go on */
    assert_memory_equal(got, "more", 4);
    assert_int_equal(input_read(got, 0, false), 0);
    assert_int_equal(input_read(got, sizeof got, false), 0); /* the EOT is still to be told */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framed),
        cmocka_unit_test(told_by_the_platform),
        cmocka_unit_test(terminal),
    };
    return cmocka_run_group_tests_name("input", tests, 0, 0);
}
