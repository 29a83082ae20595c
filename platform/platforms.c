/* SPDX-License-Identifier: BSD-2-Clause */
/* The platforms of this image, in the order in which they are asked. */
#include "base/platform.h"

extern const struct platform platform_kvm, platform_vmm, platform_xen_hvm, platform_xen_pvh;

const struct platform *const platforms[] = {
    &platform_vmm, &platform_xen_pvh, &platform_xen_hvm,
    &platform_kvm, /* takes every machine: keep it last */
};
