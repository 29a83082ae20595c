/* What QEMU tells on its QMP socket.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_QMP_H
#define LIMPET_QMP_H

#include "base/buf.h"

#include <stdbool.h>

struct qmp {
    int fd;
    struct buf in;
    char version[96];  /* "7.2.22 (Debian …)", "" until the greeting came */
    char shutdown[48]; /* reason of the SHUTDOWN event: "guest-reset", "guest-shutdown", … or "" */
    double resumed,
        running_by; /* between these (CLOCK_MONOTONIC, s) the machine began; 0: unknown */
    bool stopped;   /* the machine stopped without being asked (KVM internal error) */
    unsigned answers;
    bool asked;       /* registers were asked for */
    char places[400]; /* where the processors are, "" unless asked for and answered */
};

/* Starts the conversation and, go, the machine, which waits (-S) for it; else its debugger does. */
void qmp_init(struct qmp *q, int fd, bool go);

/* Takes in some of what QEMU sent. Returns false at the end of the conversation, and when what
 * comes is none. */
bool qmp_receive(struct qmp *q);

/* One message, for tests and for qmp_receive. */
void qmp_message(struct qmp *q, const char *text, size_t n);

/* Asks where the processors are; the answer arrives in places. */
void qmp_ask_registers(struct qmp *q);

#endif
