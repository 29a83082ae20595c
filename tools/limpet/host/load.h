/* How much the machine has to do, from one moment to another.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LOAD_H
#define LIMPET_LOAD_H

/* The processors' time since the machine's start, in ticks of the kernel. */
struct load_since {
    double all, stolen;
};

struct load {
    unsigned cpus; /* online; 0: not looked at */
    double load;   /* of one minute, at the end: how many were ready to run */
    double stolen; /* the share of the CPUs' time that its own hypervisor gave to others */
};

/* The one moment. */
void load_begin(struct load_since *since);

/* The other. */
void load_end(const struct load_since *since, struct load *out);

#endif
