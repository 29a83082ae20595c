/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's memcpy, memset, setjmp and longjmp, linked under other names. */
#include "unit.h"

void *limpet_memcpy(void *restrict to, const void *restrict from, size_t n);
void *limpet_memset(void *to, int value, size_t n);
int limpet_setjmp(uint64_t *buf) __attribute__((returns_twice));
_Noreturn void limpet_longjmp(uint64_t *buf, int value);

enum { ROOM = 400, SHIFTS = 17 };

static uint8_t from[2 * ROOM], to[2 * ROOM], wanted[2 * ROOM];

static int fill(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof from; i++)
        from[i] = (uint8_t)(i * 7 + i / 251 + 1);
    return 0;
}

/* All sizes and alignments of both; the bytes around the copy stay as they were. */
static void copies(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 300; n++)
        for (size_t a = 0; a < SHIFTS; a++)
            for (size_t b = 0; b < SHIFTS; b++) {
                memset(to, 0xee, sizeof to);
                memset(wanted, 0xee, sizeof wanted);
                for (size_t i = 0; i < n; i++)
                    wanted[32 + b + i] = from[a + i];
                assert_ptr_equal(limpet_memcpy(to + 32 + b, from + a, n), to + 32 + b);
                if (memcmp(to, wanted, sizeof to) != 0)
                    fail_msg("%zu bytes from +%zu to +%zu", n, a, b);
            }
}

static void fills(void **state)
{
    (void)state;
    static const int values[] = {0, 1, 0x80, 0xff, -1, 0x1234};
    for (size_t n = 0; n <= 300; n++)
        for (size_t b = 0; b < SHIFTS; b++)
            for (size_t v = 0; v < COUNT(values); v++) {
                memset(to, 0xee, sizeof to);
                memset(wanted, 0xee, sizeof wanted);
                for (size_t i = 0; i < n; i++)
                    wanted[32 + b + i] = (uint8_t)values[v];
                assert_ptr_equal(limpet_memset(to + 32 + b, values[v], n), to + 32 + b);
                if (memcmp(to, wanted, sizeof to) != 0)
                    fail_msg("%zu bytes of %d at +%zu", n, values[v], b);
            }
}

static void large(void **state)
{
    (void)state;
    static const size_t sizes[] = {4095, 4096, 4097, 65535, 1 << 20, (1 << 20) + 13};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        size_t n = sizes[i];
        uint8_t *a = malloc(n), *b = malloc(n + 1);
        for (size_t j = 0; j < n; j++)
            a[j] = (uint8_t)(j * 31 + j / 255);
        b[n] = 0x77;
        limpet_memcpy(b, a, n);
        assert_memory_equal(a, b, n);
        assert_int_equal(b[n], 0x77);
        limpet_memset(b, 0x11, n);
        for (size_t j = 0; j < n; j++)
            if (b[j] != 0x11)
                fail_msg("byte %zu of %zu", j, n);
        assert_int_equal(b[n], 0x77);
        free(a);
        free(b);
    }
}

static uint64_t jump_buffer[9];

__attribute__((noinline)) static int jump_from(int depth, int value)
{
    if (depth == 0)
        limpet_longjmp(jump_buffer, value);
    return depth > 100 ? 0 : jump_from(depth - 1, value) + 1; /* no tail call */
}

static void jumps(void **state)
{
    (void)state;
    static const int values[][2] = {{1, 1}, {0, 1}, {7, 7}, {-1, -1}, {INT32_MIN, INT32_MIN}};
    for (volatile size_t i = 0; i < COUNT(values); i++) {
        volatile int before = 0;
        jump_buffer[8] = 0x5afe;
        int got = limpet_setjmp(jump_buffer);
        if (before++ == 0) {
            assert_int_equal(got, 0);
            jump_from(20, values[i][0]);
        }
        assert_int_equal(before, 2);
        assert_int_equal(got, values[i][1]);
        assert_int_equal(jump_buffer[8], 0x5afe); /* eight words, no more */
    }
}

/*
 * void kept_registers(uint64_t buf[8], uint64_t out[6]): setjmp with known values in the registers
 * that a call keeps, longjmp without them, and what is in them then; out[5] is setjmp's value.
 */
void kept_registers(uint64_t *buf, uint64_t *out);
__asm__(".text\n"
        "kept_registers:\n"
        "    push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
        "    push %rdi; push %rsi; sub $8, %rsp\n"
        "    mov $1, %ebx; mov $2, %r12d; mov $3, %r13d; mov $4, %r14d; mov $5, %r15d\n"
        "    call limpet_setjmp\n"
        "    test %eax, %eax; jnz 1f\n"
        "    xor %ebx, %ebx; xor %r12d, %r12d; xor %r13d, %r13d; xor %r14d, %r14d\n"
        "    xor %r15d, %r15d\n"
        "    mov 16(%rsp), %rdi; mov $9, %esi; sub $256, %rsp\n"
        "    call limpet_longjmp\n"
        "1:  mov 8(%rsp), %rsi\n"
        "    mov %rbx, (%rsi); mov %r12, 8(%rsi); mov %r13, 16(%rsi); mov %r14, 24(%rsi)\n"
        "    mov %r15, 32(%rsi); mov %rax, 40(%rsi)\n"
        "    add $24, %rsp\n"
        "    pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
        "    ret\n");

static void registers(void **state)
{
    (void)state;
    static const uint64_t kept[6] = {1, 2, 3, 4, 5, 9};
    uint64_t out[6] = {0};
    kept_registers(jump_buffer, out);
    assert_memory_equal(out, kept, sizeof kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(copies, fill),
        cmocka_unit_test(fills),
        cmocka_unit_test(large),
        cmocka_unit_test(jumps),
        cmocka_unit_test(registers),
    };
    return cmocka_run_group_tests_name("libc", tests, 0, 0);
}
