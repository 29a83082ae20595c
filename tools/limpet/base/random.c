/* Random numbers for the order of things (splitmix64).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/random.h"

#include <sys/random.h>
#include <time.h>

unsigned long long random_seed(void)
{
    unsigned seed = 1; /* 32 bits: a number that is easy to give again */

    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        seed = (unsigned)time(NULL);
    return seed;
}

unsigned long long random_next(unsigned long long *state)
{
    unsigned long long z = *state += 0x9e3779b97f4a7c15ull;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* Fisher and Yates. */
void random_shuffle(int *order, int n, unsigned long long *state)
{
    for (int i = n - 1; i > 0; i--) {
        int other = (int)(random_next(state) % (unsigned)(i + 1)), keep = order[i];

        order[i] = order[other];
        order[other] = keep;
    }
}
