/* What a firmware says on the console that its guest will have, before the guest says anything.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/firmware.h"

#include <stdlib.h>
#include <string.h>

#define FAILED "BdsDxe: failed"

/* What it writes: an N stands for any digit; the last is a line's beginning. */
static const char *const forms[] = {"\033[2J",  "\033[NN;NNH", "\033[=3h", "\033[0m",
                                    "\033[37m", "\033[40m",    "BdsDxe: "};
#define FORMS (sizeof forms / sizeof *forms)
#define LINE  (FORMS - 1)

enum match { NONE, BEGUN, WHOLE };

static enum match match(const char *form, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool digit = form[i] == 'N' && text[i] >= '0' && text[i] <= '9';

        if (!form[i] || (form[i] != text[i] && !digit))
            return NONE;
    }
    return form[n] ? BEGUN : WHOLE;
}

/* Which of the forms the pending bytes are, or may become. */
static enum match match_any(const struct buf *pending, size_t *which)
{
    enum match best = NONE;

    for (size_t i = 0; i < FORMS && best != WHOLE; i++) {
        enum match m = match(forms[i], pending->data, pending->len);

        if (m > best) {
            best = m;
            *which = i;
        }
    }
    return best;
}

static void end_line(struct firmware *f)
{
    const char *line = f->said.data;

    for (const char *end = line; (end = strchr(end, '\n')) && end[1];)
        line = ++end;
    f->inside = false;
    f->gave_up |= (strstr(line, ": starting ") && strstr(line, "Internal Shell")) ||
                  strstr(line, "No bootable option");
}

static void take(struct firmware *f, char c, struct buf *guest)
{
    size_t which = 0;

    if (f->inside) {
        buf_add(&f->said, &c, c != '\r');
        if (c == '\n')
            end_line(f);
        return;
    }
    buf_add(&f->pending, &c, 1);
    switch (match_any(&f->pending, &which)) {
    case BEGUN:
        break;
    case WHOLE:
        f->inside = which == LINE;
        if (f->inside)
            buf_add(&f->said, f->pending.data, f->pending.len);
        buf_clear(&f->pending);
        break;
    case NONE:
        firmware_finish(f, guest);
    }
}

void firmware_feed(struct firmware *f, const char *data, size_t n, struct buf *guest)
{
    while (n && !f->over) {
        take(f, *data++, guest);
        n--;
    }
    if (n)
        buf_add(guest, data, n);
}

void firmware_finish(struct firmware *f, struct buf *guest)
{
    if (f->pending.len)
        buf_add(guest, f->pending.data, f->pending.len);
    f->over |= f->pending.len > 0;
    buf_clear(&f->pending);
}

char *firmware_words(const struct firmware *f)
{
    const char *line = f->said.data ? f->said.data : "", *best = line;

    for (const char *next = line; *next; next = strchr(next, '\n') ? strchr(next, '\n') + 1 : "")
        if (strncmp(best, FAILED, sizeof FAILED - 1) || !strncmp(next, FAILED, sizeof FAILED - 1))
            best = next;
    return xasprintf("%.*s", (int)strcspn(best, "\n"), best);
}

void firmware_free(struct firmware *f)
{
    buf_free(&f->pending);
    buf_free(&f->said);
}
