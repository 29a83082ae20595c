/* SPDX-License-Identifier: BSD-2-Clause */
/* nearbyint(), nearbyintf(): rint() without its exception, which newlib's does not leave out. */
#include <math.h>

#define INEXACT (1u << 5) /* of MXCSR: SDM vol. 1, 10.2.3 */

static unsigned state(void)
{
    unsigned state;
    __asm__ volatile("stmxcsr %0" : "=m"(state));
    return state;
}

/* As they were before. */
static void restore(unsigned before)
{
    unsigned now = state();
    if (now & ~before & INEXACT) {
        now &= ~INEXACT;
        __asm__ volatile("ldmxcsr %0" : : "m"(now));
    }
}

double nearbyint(double x)
{
    unsigned before = state();
    __asm__ volatile("" : "+x"(x)); /* rint() is called between the two */
    x = rint(x);
    __asm__ volatile("" : "+x"(x));
    restore(before);
    return x;
}

float nearbyintf(float x)
{
    unsigned before = state();
    __asm__ volatile("" : "+x"(x));
    x = rintf(x);
    __asm__ volatile("" : "+x"(x));
    restore(before);
    return x;
}
