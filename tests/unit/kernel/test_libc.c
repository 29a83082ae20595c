/* SPDX-License-Identifier: BSD-2-Clause */
/* setjmp and longjmp, linked under other names. */
#include "unit.h"

int limpet_setjmp(uint64_t *buf) __attribute__((returns_twice));
_Noreturn void limpet_longjmp(uint64_t *buf, int value);

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
        cmocka_unit_test(jumps),
        cmocka_unit_test(registers),
    };
    return cmocka_run_group_tests_name("libc", tests, 0, 0);
}
