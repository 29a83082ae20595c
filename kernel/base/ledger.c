/* SPDX-License-Identifier: BSD-2-Clause */
/* The boot ledger's place. */
#include "base/ledger.h"

struct stamp ledger[LEDGER_MAX];
unsigned ledger_count;
