/* Random numbers for the order of things, from a recorded seed (splitmix64).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RANDOM_H
#define LIMPET_RANDOM_H

/* A new seed. */
unsigned long long random_seed(void);

/* The next number; state: the seed at first. */
unsigned long long random_next(unsigned long long *state);

/* Puts n numbers into another order, each as likely as any. */
void random_shuffle(int *order, int n, unsigned long long *state);

#endif
