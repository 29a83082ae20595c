/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments, from the texts that firmware and its shell have, as a command line in UTF-8. */
#ifndef EFI_WORDS_H
#define EFI_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line that grows: used bytes of room; what does not fit is left out, and too_long set. */
struct line {
    char *bytes; /* always ends with a NUL */
    size_t room, used;
    bool too_long;
};

/* Takes room bytes at bytes, at least 1, for an empty line. */
void line_begin(struct line *line, char *bytes, size_t room);

/*
 * Adds load options: n bytes of UTF-16LE or of ASCII, up to a NUL, with or without one. Control
 * characters become spaces. Returns false, and adds nothing, for what is no such text: firmware
 * leaves data of its own there (UEFI 2.10, 3.1.3: OptionalData is any binary data). Pure.
 */
bool line_add_options(struct line *line, const void *options, size_t n);

/* Adds a word of UTF-16 that ends with a NUL, quoted so that args_split() has it again. Pure. */
void line_add_word(struct line *line, const uint16_t *word);

/*
 * Adds the first line that does not begin with '#' of a file: n bytes of UTF-8, or of UTF-16LE with
 * a byte order mark, as the UEFI shell writes it. A NUL or the end of the file ends it. Pure.
 */
void line_add_file(struct line *line, const void *file, size_t n);

/*
 * Makes the path of the file with the arguments of a program's: PATH.EXT becomes PATH.cmd, what has
 * no extension gets it. path has room for so many units, the NUL included. False: too long. Pure.
 */
bool command_file_path(uint16_t *path, size_t room);

#endif
