/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory that mappings show. Under file_mutex, as is whatever may end a mapping. */
#ifndef KERNEL_MAPPED_H
#define KERNEL_MAPPED_H

#include "mm/map.h"
#include "sys/file.h"

/* Sets m's file and most, of an open file, for m->rights; it is held until map_add() takes it over,
 * which comes next. 0, or -errno. */
int mapped_open(struct file *f, struct map *m);

#endif
