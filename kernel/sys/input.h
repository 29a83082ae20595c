/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Standard input: a stream of bytes with an end, out of what the platform's console brings.
 *
 * Of a terminal a carriage return is read as a newline, a read ends with a line, and EOT (Ctrl-D)
 * ends one read. Otherwise every byte is itself; where the platform cannot tell the end, the host
 * frames the stream (limpet.input=framed), so that the end is no byte of it.
 */
#ifndef KERNEL_INPUT_H
#define KERNEL_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The frame: what comes before FRAME_ESCAPE FRAME_START is dropped (a serial port loses bytes while
 * nobody has set it up), FRAME_ESCAPE twice is that byte, FRAME_ESCAPE FRAME_END is the end.
 * ASCII's DLE, STX and ETX, and used as there. The host tool frames by these same names.
 */
#define FRAME_ESCAPE 0x10
#define FRAME_START  0x02
#define FRAME_END    0x03

/* Kernel options set these before main: are the host's standard input and output terminals? */
extern bool input_terminal, output_terminal, input_framed;

/* How a terminal's input is read: by lines, unless tcsetattr() has said otherwise. */
extern struct input_mode {
    bool raw;          /* what has come, at once; EOT is a byte */
    bool keep_returns; /* a carriage return stays one */
    bool may_be_empty; /* raw: a read of nothing ends */
    uint8_t tenths;    /* after so many of a second */
} input_mode;

/* Forgets what has come and was not read. */
void input_drop(void);

/* Waits for input, takes at most n bytes of what has come. Returns how many: 0 at the end. -EAGAIN:
 * at_once, and nothing has come; -EINTR. */
int64_t input_read(char *buf, size_t n, bool at_once);

/* Would a read wait? w, if not NULL, comes into the list of who waits. */
struct waiter;
bool input_ready(struct waiter *w);

/* When who waits is to look again, in ns: where no interrupt tells; else NO_DEADLINE. */
uint64_t input_look_again(void);

uint64_t input_available(void); /* bytes that have come */

/* From an interrupt: something has come. */
void input_arrived(void);

#endif
