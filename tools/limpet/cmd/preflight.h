/* What can be known of a run before anything starts, the same on every platform.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PREFLIGHT_H
#define LIMPET_PREFLIGHT_H

#include "cmd/options.h"
#include "vm/image.h"
#include "vm/platforms.h"

/* The longest argument line that arrives by every door: the kernel keeps BOOT_STRINGS bytes of it
 * (kernel/boot/info.h), and one message of xenstore's, which is as long, has its path before it. */
#define GUEST_LINE_MAX 4000

/* What is wrong with an argument line as a sentence, or NULL; caller frees. Pure. */
char *line_trouble(const char *line);

/* What is wrong with a module "FILE" or "FILE ARGUMENTS", or NULL; caller frees. */
char *module_trouble(const char *module);

/* What is wrong with so many modules, of their sizes, in a memory (0: the default); caller frees.
 */
char *modules_trouble(const struct args *modules, unsigned mem_mib);

/* What a platform's door (NULL: the usual) takes of an image and has not, or NULL; caller frees. */
char *wrapping_trouble(const struct platform *platform, const char *door, const char *image);

/* Does a run make sense on this platform, in its lab? app: its image, which was found. Returns 0,
 * or a status with a message. */
int preflight(const struct platform *platform, const struct options *o, const struct image *app,
              bool in_lab);

#endif
