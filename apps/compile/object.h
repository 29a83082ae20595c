/* SPDX-License-Identifier: BSD-2-Clause */
/* The suite compile: tcc's library turns its own source into an object. */
#ifndef COMPILE_OBJECT_H
#define COMPILE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object {
    size_t bytes; /* 0: there is none */
    uint64_t hash;
};

/* The source: tcc.c with all that it includes, ends with a zero. */
extern const char object_text[];

/* Compiles it, into a file of the memory. Returns whether tcc says that it did. */
bool object_make(void);

/* What object_make() has left there, which it removes. */
struct object object_take(void);

#endif
