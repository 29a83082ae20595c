/* SPDX-License-Identifier: BSD-2-Clause */
/* What the calls on paths share, and files in memory as a kind of open file: see names.h. */
#include "sys/names.h"
#include "base/time.h"
#include "mm/page.h"
#include "mm/vm.h"

#define SECOND 1000000000

uint32_t name_mask = S_IWGRP | S_IWOTH;

int name_folder(int fd, const char *path, struct inode **from)
{
    if (!vm_accessible(path, 1, false))
        return -EFAULT;
    *from = tree_current;
    if (fd == AT_FDCWD || *path == '/')
        return 0;
    const struct file *f = (unsigned)fd < (unsigned)descriptor_count ? descriptors[fd] : 0;
    if (f == 0)
        return -EBADF;
    *from = file_node(f);
    return *from != 0 && is_directory(*from) ? 0 : -ENOTDIR;
}

/* An event's time: the wall clock's at its stamp. */
static struct timespec time_of(const struct inode *node, unsigned which)
{
    uint64_t at = node->times[which];
    if ((node->told >> which & 1) == 0) {
        time_now(); /* so that there is a scale */
        uint64_t age = at > time_tsc_at_entry ? at - time_tsc_at_entry : 0;
        at = time_wall_base() + (uint64_t)((unsigned __int128)age * time_scale >> 32);
    }
    int64_t ns = (int64_t)at % SECOND, seconds = (int64_t)at / SECOND;
    return (struct timespec){.tv_sec = seconds - (ns < 0), .tv_nsec = ns + (ns < 0 ? SECOND : 0)};
}

void name_stat(const struct inode *node, struct stat *st)
{
    *st = (struct stat){.st_dev = 1, .st_blksize = (blksize_t)PAGE_SIZE};
    st->st_ino = (ino_t)node->number;
    st->st_mode = node->mode;
    st->st_nlink = (nlink_t)node->links + (is_directory(node) ? node->subdirectories + 1 : 0);
    st->st_atim = time_of(node, ACCESSED);
    st->st_mtim = time_of(node, MODIFIED);
    st->st_ctim = time_of(node, CHANGED);
    if (S_ISCHR(node->mode)) {
        st->st_rdev = (dev_t)node->device;
        return;
    }
    st->st_size = (off_t)node->size;
    st->st_blocks = (blkcnt_t)((node->capacity != 0 ? node->capacity : node->size + 511) / 512);
}

static int64_t read_file(struct file *f, void *buf, size_t n, uint64_t *at)
{
    int64_t r = memfs_read(f->node, *at, buf, n);
    if (r > 0)
        *at += (uint64_t)r;
    return r;
}

static int64_t write_file(struct file *f, const void *buf, size_t n, uint64_t *at)
{
    if (f->flags & O_APPEND)
        *at = f->node->size;
    int64_t r = memfs_write(f->node, *at, buf, n);
    if (r > 0)
        *at += (uint64_t)r;
    return r;
}

static void close_file(struct file *f) { path_close(f->node); }
static void stat_file(const struct file *f, struct stat *st) { name_stat(f->node, st); }
static uint64_t end_of_file(const struct file *f) { return f->node->size; }
static uint64_t available_in_file(const struct file *f)
{
    return f->offset < f->node->size ? f->node->size - f->offset : 0;
}

const struct file_kind memory_file = {.read = read_file,
                                      .write = write_file,
                                      .close = close_file,
                                      .stat = stat_file,
                                      .end = end_of_file,
                                      .available = available_in_file};
