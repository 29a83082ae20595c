/* SPDX-License-Identifier: BSD-2-Clause */
/* The platform that boot_main() chose. */
#include "base/platform.h"

const struct platform *platform;
