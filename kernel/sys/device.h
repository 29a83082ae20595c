/* SPDX-License-Identifier: BSD-2-Clause */
/* What is below /dev, but for the console: an open file's inode says which. */
#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

#include "sys/file.h"

extern const struct file_kind device_file;

#endif
