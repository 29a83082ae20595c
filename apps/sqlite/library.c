/* SPDX-License-Identifier: BSD-2-Clause */
/* SQLite's own source, in one piece, where it is: see rules.mk. */
#ifdef SQLITE_THERE
#include "sqlite3.c"
#endif
