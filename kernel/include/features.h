/* SPDX-License-Identifier: BSD-2-Clause */
/* What glibc and musl have under this name: the macros that say which standards are asked for. */
#ifndef LIMPET_FEATURES_H
#define LIMPET_FEATURES_H

#include <sys/features.h>

#endif
