/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * QEMU's isa-debug-exit, where its users put it: a value written there ends QEMU with the status
 * (value << 1 | 1) & 0xff, so 7 bits of it arrive. Shared by the image and the host tool.
 */
#ifndef DEBUG_EXIT_H
#define DEBUG_EXIT_H

#define DEBUG_EXIT_PORT  0xf4
#define DEBUG_EXIT_CRASH 0x7f /* after a panic, and never after an exit */

/* The value that stands for an app's status (0..255): larger ones share the last that is left. The
 * console's last line has them all. */
static inline unsigned debug_exit_value(unsigned status)
{
    return status < DEBUG_EXIT_CRASH ? status : DEBUG_EXIT_CRASH - 1;
}

/* The status that QEMU ends with then. */
static inline unsigned debug_exit_status(unsigned value) { return (value << 1 | 1) & 0xff; }
#endif
