/* SPDX-License-Identifier: BSD-2-Clause */
/* EP, embarrassingly parallel: pairs of normal deviates by the polar method, counted in rings. */
#include "npb.h"
#include <math.h>

#define BLOCK   65536u /* pairs of one block: whoever has it finds its place in the sequence */
#define RINGS   10
#define EP_SEED 271828183.0

static const struct {
    unsigned log2_pairs;
    double sx, sy;
} classes[CLASSES] = {
    {19, 377.645500356923, 16.2627684267296},
    {24, -3247.834652034740, -6958.407078382297},
    {25, -2863.319731645753, -6320.053679109499},
    {28, -4295.875165629892, -15807.32573678431},
};

struct sums {
    double x, y;
    uint64_t rings[RINGS];
};

static void block(uint64_t number, struct sums *s)
{
    double u[2 * 1024];
    double at = EP_SEED;
    npb_random(&at, npb_power(NPB_MULTIPLIER, number * 2 * BLOCK));
    for (unsigned done = 0; done < BLOCK; done += 1024) {
        npb_randoms(2 * 1024, &at, u);
        for (unsigned i = 0; i < 1024; i++) {
            double x = 2 * u[2 * i] - 1, y = 2 * u[2 * i + 1] - 1, t = x * x + y * y;
            if (t > 1)
                continue;
            double factor = sqrt(-2 * log(t) / t);
            x *= factor;
            y *= factor;
            double ax = fabs(x), ay = fabs(y);
            s->rings[(int)(ax > ay ? ax : ay)]++;
            s->x += x;
            s->y += y;
        }
    }
}

static void run(enum npb_class class, struct npb_result *result)
{
    uint64_t blocks = (UINT64_C(1) << classes[class].log2_pairs) / BLOCK, in_rings = 0;
    double sx = 0, sy = 0;
    npb_begin(result);
#pragma omp parallel for reduction(+ : sx, sy, in_rings)
    for (uint64_t k = 0; k < blocks; k++) {
        struct sums s = {0};
        block(k, &s);
        sx += s.x;
        sy += s.y;
        for (int i = 0; i < RINGS; i++)
            in_rings += s.rings[i];
    }
    npb_end(result);
    result->mop = ldexp(1e-6, (int)classes[class].log2_pairs + 1);
    /* Of a square's points pi/4 lie in its circle. */
    double share = (double)in_rings / ldexp(1, (int)classes[class].log2_pairs);
    if (!npb_near(sx, classes[class].sx, 1e-8) || !npb_near(sy, classes[class].sy, 1e-8) ||
        !npb_near(share, 0.785398, 1e-2))
        result->invalid = NPB_WRONG;
}

const struct npb npb_ep = {"EP", run};
