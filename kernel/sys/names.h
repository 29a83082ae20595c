/* SPDX-License-Identifier: BSD-2-Clause */
/* What the calls on paths share: see path.h. Under file_mutex. */
#ifndef KERNEL_NAMES_H
#define KERNEL_NAMES_H

#include "sys/file.h"
#include "sys/path.h"
#include "sys/tree.h"

/* Files in memory and folders. */
extern const struct file_kind memory_file;

/* What a relative path begins at: the folder of a descriptor, or the current one (AT_FDCWD). */
int name_folder(int fd, const char *path, struct inode **from);

/* Permissions that no new file has: umask(). */
extern uint32_t name_mask;

/* Where an open file is one in memory or a folder: its inode; NULL: it is none. */
static inline struct inode *file_node(const struct file *f)
{
    return f->kind == &memory_file ? f->node : 0;
}

/* How FIFOs are opened: NULL until one is made, so that images without mkfifo() are without them.
 */
struct fifo_calls {
    /* The inode's file, or -errno: who opens it has counted it, and counts it off after an error.
     */
    int (*open)(struct inode *node, int flags, struct file **out);
    int (*wait)(const struct file *f); /* until the other end is open; 0 or -EINTR */
};
extern const struct fifo_calls *fifo_calls;

/* What stat() tells. */
void name_stat(const struct inode *node, struct stat *st);

/* The calls that are one call below. */
#define UNDER_MUTEX(call)                                                                          \
    mutex_lock(&file_mutex);                                                                       \
    int64_t result = call;                                                                         \
    mutex_unlock(&file_mutex);                                                                     \
    return (int)file_result(result)

#endif
