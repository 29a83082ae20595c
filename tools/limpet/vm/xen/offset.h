/* A guest's TSC offset, as Xen dumps it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_OFFSET_H
#define LIMPET_XEN_OFFSET_H

#include <stdbool.h>

/*
 * Finds what is added to the host's TSC in the domain's processor 0, in Xen's log after `xl
 * debug-keys v` (its last dump counts). Returns false without touching *offset when it is not
 * there. Pure.
 */
bool xen_offset(const char *log, int domid, long long *offset);

#endif
