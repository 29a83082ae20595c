/* SPDX-License-Identifier: BSD-2-Clause */
/* null, zero, full, random: see device.h. */
#include "sys/device.h"
#include "arch.h"
#include "sys/names.h"
#include <string.h>

static int64_t random_bytes(uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint64_t word = cpu_entropy();
        for (unsigned k = 0; word != 0 && k < sizeof word && i < n; k++, word >>= 8)
            out[i++] = (uint8_t)word;
    }
    return (int64_t)n;
}

static int64_t read_device(struct file *f, void *buf, size_t n, uint64_t *at)
{
    (void)at;
    memfs_touch(f->node, NOW_ACCESSED);
    if (f->node->device == DEVICE_NULL)
        return 0;
    if (f->node->device == DEVICE_RANDOM)
        return random_bytes(buf, n);
    memset(buf, 0, n);
    return (int64_t)n;
}

static int64_t write_device(struct file *f, const void *buf, size_t n, uint64_t *at)
{
    (void)buf, (void)at;
    memfs_touch(f->node, NOW_WRITTEN);
    return f->node->device == DEVICE_FULL && n > 0 ? -ENOSPC : (int64_t)n;
}

static void close_device(struct file *f) { path_close(f->node); }
static void stat_device(const struct file *f, struct stat *st) { name_stat(f->node, st); }
static uint64_t no_end(const struct file *f) { return (void)f, 0; } /* positions mean nothing */

const struct file_kind device_file = {.read = read_device,
                                      .write = write_device,
                                      .close = close_device,
                                      .stat = stat_device,
                                      .end = no_end};
