/* The VM exits of one guest, by reason, as a hypervisor's trace tells them.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_EXIT_LOG_H
#define LIMPET_EXIT_LOG_H

#include "base/buf.h"

#include <stdbool.h>

/* Zero-initialize. */
struct exit_log {
    struct exit_event {
        long long tsc; /* the host's */
        unsigned reason;
    } * events;
    size_t n, capacity;
    struct args reasons; /* each once */
};

void exit_log_add(struct exit_log *log, long long tsc, const char *reason);
void exit_log_free(struct exit_log *log);

/* The name of an exit code, SVM's or VMX's: KVM's own name for SVM's, and the same words for what
 * is the same on VMX; NULL for one that has none here. Pure. */
const char *exit_name(bool intel, unsigned code);

/* Our name for a reason in KVM's trace; the text itself when there is none. Pure. */
const char *exit_name_kvm(const char *text);

#endif
