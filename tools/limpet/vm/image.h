/* Boot images: where an app's image is, and whether a file is one.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_IMAGE_H
#define LIMPET_IMAGE_H

#include "base/sha256.h"
#include "vm/doors.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum image_check {
    IMAGE_OK,
    IMAGE_NOT_ELF,
    IMAGE_NOT_X86_64,
    IMAGE_NO_DOOR,
    IMAGE_DAMAGED, /* its tables point outside the file */
};

/* Looks at a file's bytes. */
enum image_check image_check(const void *data, size_t n);

/* The verdict in words ("not an ELF file"). */
const char *image_check_text(enum image_check check);

struct image {
    char *path; /* absolute */
    char sha256[SHA256_HEX_SIZE];
    bool observes; /* linked with limpet-cc --profile or --coverage (kernel/observe/observe.h) */
};

/* Finds an app: a path when it holds a slash or names a file that exists here, else NAME.elf in
 * $LIMPET_APPS, then in the folder "apps" beside the tool; then checks and hashes it. Returns 0, or
 * ST_IMAGE with a message. */
int image_find(const char *app, struct image *image);

/* The path of an image in a wrapping, which need not be there: NAME.iso for NAME.elf, else the path
 * with ".iso"; of WRAPPING_NONE its own. Caller frees. Pure. */
char *image_wrapping(const char *image, enum wrapping wrapping);

/* Is that file there, and no older than the image? */
bool image_is_wrapped(const char *image, enum wrapping wrapping);

/* Where SeaBIOS without its boot menu is built, beside the tool; it need not be there. Caller
 * frees.
 */
char *image_bios(void);

/* Replaces an image by a copy in a folder, with a set of wrappings (WRAPPING_BIT()), so that all
 * that follows runs the same bytes. A wrapping that is missing or older is made there, if its tool
 * is here. Returns 0, or ST_IMAGE with a message. */
int image_snapshot(struct image *image, const char *dir, unsigned wrappings);
void image_free(struct image *image);

#endif
