/* A KVM guest's clock and the host's, joined.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/kvm_clock.h"
#include "base/clock.h"

#include <math.h>
#include <x86intrin.h>

#define LOOKS     5
#define STAMP_ERR 1e-6 /* QEMU tells the moment in whole microseconds */

struct moment moment_now(void)
{
    struct moment best = {.error_s = 1};

    for (int i = 0; i < LOOKS; i++) {
        double before = now_s();
        long long tsc = (long long)__rdtsc();
        double after = now_s();

        if (after - before < 2 * best.error_s)
            best = (struct moment){(before + after) / 2, tsc, (after - before) / 2};
    }
    return best;
}

long long moment_tsc(const struct moment *a, const struct moment *b, double s)
{
    double rate = (double)(b->tsc - a->tsc) / (b->s - a->s);

    return a->tsc + llround((s - a->s) * rate);
}

void kvm_clock(struct kvm_trace *trace, const struct moment *before, const struct moment *after,
               double released_s, struct vm_clock *clock)
{
    long long released, offset;
    struct buf why = {0};

    if (released_s <= before->s || released_s >= after->s)
        return;
    released = moment_tsc(before, after, released_s);
    if (kvm_trace_offset(trace, released, &offset, &why))
        *clock = (struct vm_clock){.known = true,
                                   .tsc = released + offset,
                                   .error_s = STAMP_ERR + fmax(before->error_s, after->error_s),
                                   .joined = true,
                                   .offset = offset};
    buf_free(&why);
}
