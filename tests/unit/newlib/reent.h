/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of newlib's, for tests of what has a struct local. */
#ifndef TESTS_REENT_H
#define TESTS_REENT_H

struct _reent {
    int _errno;
};
#endif
