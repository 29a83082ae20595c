/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of files as it is at the start: /tmp, /dev, the boot modules below /modules by name. It
 * is made when it is first asked for.
 */
#ifndef KERNEL_TREE_H
#define KERNEL_TREE_H

#include "sys/memfs.h"

/* What the command line calls the first module; NULL: as its loader does. */
extern const char *tree_first_name;

/* The number of the module that is an archive of the tree (archive.h): limpet.root=N. */
#define NO_ARCHIVE UINT32_MAX
extern uint32_t tree_archive;

/* The root, under file_mutex. */
struct inode *tree_root(void);

/* The current folder; it counts as opened. */
extern struct inode *tree_current;

#endif
