/* SPDX-License-Identifier: BSD-2-Clause */
/* What musl's functions that read numbers call where a stream has nothing left. */
#include "stream.h"

int __uflow(struct stream *s);

int __uflow(struct stream *s)
{
    unsigned char c;
    return s->read(s, &c, 1) == 1 ? c : EOF;
}
