/* The VM exits of one guest, by reason.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/exit_log.h"
#include "base/msg.h"

#include <stdlib.h>
#include <string.h>

static unsigned reason_number(struct exit_log *log, const char *reason)
{
    for (size_t i = 0; i < log->reasons.n; i++)
        if (!strcmp(log->reasons.v[i], reason))
            return (unsigned)i;
    args_add(&log->reasons, reason);
    return (unsigned)log->reasons.n - 1;
}

void exit_log_add(struct exit_log *log, long long tsc, const char *reason)
{
    if (log->n == log->capacity) {
        log->capacity = log->capacity ? 2 * log->capacity : 1024;
        log->events = xrealloc(log->events, log->capacity * sizeof *log->events);
    }
    log->events[log->n++] = (struct exit_event){tsc, reason_number(log, reason)};
}

void exit_log_free(struct exit_log *log)
{
    free(log->events);
    args_free(&log->reasons);
    *log = (struct exit_log){0};
}
