/* What is asked of a measurement, whoever asks: cmd/ fills it from options.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PLAN_H
#define LIMPET_PLAN_H

#include "vm/vm.h"

struct measure_plan {
    struct vm_config vm;     /* but for the platform */
    unsigned runs;           /* of each app; 0: as usual */
    unsigned parallel;       /* so many guests at once, too, where a suite has such; 0: none */
    bool exits;              /* count VM exits, in one more run */
    bool usual;              /* platforms take part as where nobody named them */
    const char *only;        /* rows of a suite that is asked for some, by commas, or NULL */
    const char *stream_args; /* or NULL */
    const char *program;     /* a path: that of the suite program, or NULL */
    struct args arguments;   /* its arguments (borrowed) */
    const char *until;       /* it is timed to the first line with this; NULL: to its end */
    bool quick;              /* a quarter of the usual runs */
    double deadline;         /* no run begins later, but for the first of each; now_s(), or 0 */
    bool any_output;         /* what it says may differ from run to run */
    unsigned warmup;         /* so many runs of each app before those that count */
    const char *prepare;     /* a shell command before each run, or NULL */
};

#endif
