/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's, with what only ours tells. */
#ifndef TESTS_PTHREAD_H
#define TESTS_PTHREAD_H

#include_next <pthread.h>

#define PTHREAD_NAME_BYTES 16
#undef PTHREAD_KEYS_MAX
#define PTHREAD_KEYS_MAX 128
#undef PTHREAD_DESTRUCTOR_ITERATIONS
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#endif
