// SPDX-License-Identifier: BSD-2-Clause
// Has a machine's console, which is a file, brought what is waited for? QEMU writes each byte as
// the guest sends it.
#ifndef COST_UNTIL_H
#define COST_UNTIL_H

#include <stdbool.h>

// Takes console=FILE or until=HEX, without which any byte will do. Returns whether it makes sense.
bool until_argument(const char *arg);

// Looks at what is new. False where nothing is waited for.
bool until_seen(void);

#endif
