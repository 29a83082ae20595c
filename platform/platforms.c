/* SPDX-License-Identifier: BSD-2-Clause */
/* The platforms of this image, a line each, in the order in which they are asked. */
#include "base/platform.h"

#define PLATFORMS(EACH)                                                                            \
    EACH(vmm)                                                                                      \
    EACH(xen_pvh)                                                                                  \
    EACH(xen_hvm)                                                                                  \
    EACH(kvm) /* takes every machine: keep it last */

#define DECLARE(name) extern const struct platform platform_##name;
#define POINT(name)   &platform_##name,

PLATFORMS(DECLARE)
const struct platform *const platforms[] = {PLATFORMS(POINT)};
