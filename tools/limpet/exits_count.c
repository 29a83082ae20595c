/* The counting run: one more run of a suite, traced and not timed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"
#include "exits.h"
#include "limpet.h"

#include <stdlib.h>

/* With the reason in why, unless all went well. */
static bool run_traced(struct exits *e, const struct suite *suite, const struct side *side,
                       struct report *report, struct buf *why)
{
    struct options options = *side->options;
    struct side traced = *side;
    struct vm_result vm;
    char *bad;
    bool good;

    options.vm.exact_clock = true;
    traced.options = &options;
    traced.trace = NULL;
    bad = side_run(&traced, suite, NULL, report, &vm);
    if (bad)
        buf_str(why, bad);
    good = !bad && exits_stop(e, &vm, why);
    free(bad);
    vm_result_free(&vm);
    return good;
}

void exits_count(const struct suite *suite, const struct side *side, json_t *tally)
{
    struct buf why = {0};
    struct exits *e = exits_start(side->platform, &why);
    struct report report;
    bool good;

    if (e) {
        progress("%s, counting VM exits on %s …", suite->name, side->label);
        good = run_traced(e, suite, side, &report, &why);
        exits_give(good ? e : NULL, &report, tally, why.data);
        report_free(&report);
    } else {
        exits_give(NULL, NULL, tally, why.data);
    }
    exits_free(e);
    buf_free(&why);
}
