/* A panic's backtrace on a guest's console, by files and lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/backtrace.h"
#include "base/msg.h"
#include "base/proc.h"

#include <stdlib.h>
#include <string.h>

#define BEGIN  "LIMPET: backtrace:" /* kernel/base/panic.c */
#define END    "LIMPET: panic: "
#define DIGITS 16 /* arch/x86_64/backtrace.c, print_call() */

/* "  0000000000104a2f  main+0x1": the address. */
static bool read_place(const char *line, size_t n, uint64_t *place)
{
    char digits[DIGITS + 1];

    if (n < 2 + DIGITS || strncmp(line, "  ", 2) || strspn(line + 2, "0123456789abcdef") != DIGITS)
        return false;
    memcpy(digits, line + 2, DIGITS);
    digits[DIGITS] = '\0';
    *place = strtoull(digits, NULL, 16);
    return true;
}

void backtrace_line(struct backtrace *b, const char *line, size_t n)
{
    uint64_t place;

    if (!strncmp(line, BEGIN, sizeof BEGIN - 1)) {
        b->state = IN_BACKTRACE;
        b->count = 0;
    } else if (b->state == IN_BACKTRACE && !strncmp(line, END, sizeof END - 1)) {
        b->state = AFTER_BACKTRACE;
    } else if (b->state == IN_BACKTRACE && b->count < BACKTRACE_MAX &&
               read_place(line, n, &place)) {
        b->places[b->count++] = place;
    }
}

/* A line of addr2line's, "main at mine.c:6 (discriminator 3)", without what nobody can use. Returns
 * whether it tells a line of the source. */
static bool add_line(struct buf *out, const char *line, size_t n)
{
    const char *at = memmem(line, n, " at ", 4), *rest = memmem(line, n, " (disc", 6);
    bool unknown = !at || memmem(line, n, "??:", 3) || memmem(line, n, ":?", 2);

    if (unknown && (!at || !strncmp(line, "??", 2)))
        return false;
    buf_printf(out, "    %.*s\n", (int)((unknown ? at : rest ? rest : line + n) - line), line);
    return !unknown;
}

static void show(const struct backtrace *b)
{
    struct args command = {0};
    struct buf lines = {0};
    bool known = false;
    char *text;

    args_words(&command, "addr2line -f -i -p -e");
    args_add(&command, b->image);
    for (unsigned i = 0; i < b->count; i++)
        args_addf(&command, "0x%llx", (unsigned long long)b->places[i]);
    text = proc_output(command.v);
    for (char *line = text; line && *line;) {
        size_t n = strcspn(line, "\n");

        known |= add_line(&lines, line, n);
        line += n + (line[n] != '\0');
    }
    if (known) {
        warn("the backtrace in the sources:");
        relay(lines.data, lines.len);
    }
    free(text);
    buf_free(&lines);
    args_free(&command);
}

static void hear_line(void *ctx, const char *line, size_t n)
{
    struct backtrace *b = ctx;

    backtrace_line(b, line, n);
    if (b->rest.line)
        b->rest.line(b->rest.ctx, line, n);
}

/* Come after the lines in them. */
static void hear_bytes(void *ctx, const char *data, size_t n)
{
    struct backtrace *b = ctx;

    if (b->rest.bytes)
        b->rest.bytes(b->rest.ctx, data, n);
    if (b->state != AFTER_BACKTRACE)
        return;
    b->state = NO_BACKTRACE;
    if (b->count)
        show(b);
}

struct console_listener backtrace_listener(struct backtrace *b)
{
    return (struct console_listener){
        .ctx = b, .bytes = hear_bytes, .line = hear_line, .show_exit = b->rest.show_exit};
}
