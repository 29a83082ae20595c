/* Our standard input and output; whole files.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FILE_H
#define LIMPET_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Our stdin to forward, or -1 when it belongs to another job of the terminal. */
int input_usable(void);

/* Writes all of them. A reader that is gone ends the run like Ctrl-C would. Usable as a console
 * listener. */
void output_bytes(void *ctx, const char *data, size_t n);

/* Writes all of it to a file. Returns 0 or -errno. */
int output_write(int fd, const char *data, size_t n);

/* Puts a text of ours on stdout: what others said in it stays plain (quote_plain). */
void output_text(const struct buf *text);

/* Could something not be written, and not because its reader is gone? */
bool output_failed(void);

/* Can a file take its place: is it one, or not there? If not, a message. */
bool output_replaces(const char *path);

/* Is what will be written (NULL: the standard output) none of the files that are read, by whatever
 * name or link? If not, a message. Inputs that are NULL or not there do not count. */
bool output_spares(const char *output, char *const inputs[], size_t n);

/*
 * Writes all of the file (of that which a link names) beside the old one and renames: at any moment
 * it is the old or the new one. Returns 0, or -1 with a message; the file then stands as it was.
 */
int output_file(const char *path, const char *data, size_t n);

/* Reads a whole file, at most max bytes. Returns its bytes (caller frees; NUL-terminated) or NULL
 * with errno set. */
char *file_read(const char *path, size_t max, size_t *n);

/* Copies a file to a new one. Returns 0, or -1 with a message. */
int file_copy(const char *from, const char *to, mode_t mode);

/* The folder of the running tool, without a trailing slash; "." when /proc tells nothing. Static
 * storage. */
const char *tool_dir(void);

#endif
