/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs in the lab's domain 0 while guests compute: are its vector registers its own? Prints how
 * many times it looked, and ends with 1 when something else was in one.
 *
 * usage: vectors SECONDS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Loads four registers, idles some 100 µs, stores them. */
static void carry(const uint64_t in[8], uint64_t out[8])
{
    __asm__ volatile("movdqu (%0), %%xmm0\n\tmovdqu 16(%0), %%xmm1\n\t"
                     "movdqu 32(%0), %%xmm2\n\tmovdqu 48(%0), %%xmm3\n\t"
                     "mov $200000, %%ecx\n0:\tdec %%ecx\n\tjnz 0b\n\t"
                     "movdqu %%xmm0, (%1)\n\tmovdqu %%xmm1, 16(%1)\n\t"
                     "movdqu %%xmm2, 32(%1)\n\tmovdqu %%xmm3, 48(%1)"
                     :
                     : "r"(in), "r"(out)
                     : "ecx", "memory", "xmm0", "xmm1", "xmm2", "xmm3");
}

int main(int argc, char **argv)
{
    time_t end = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
    uint64_t in[8], out[8];
    unsigned long looks = 0, wrong = 0;

    for (unsigned i = 0; i < 8; i++)
        in[i] = 0x1234567800000000 + i;
    for (; time(NULL) < end; looks++) {
        carry(in, out);
        wrong += memcmp(in, out, sizeof in) != 0;
    }
    printf("%lu looks, %lu wrong\n", looks, wrong);
    return wrong != 0;
}
