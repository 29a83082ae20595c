/* The machine that the tool runs on: its processor and its KVM.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_HOST_H
#define LIMPET_HOST_H

#include "buf.h"

#include <stdbool.h>

/* Does a text in the form of /proc/cpuinfo have this flag ("vmx")? Pure. */
bool cpuinfo_flag(const char *cpuinfo, const char *flag);

/* "model name" of such a text; caller frees. Pure. */
char *cpuinfo_model(const char *cpuinfo);

/* The text of /proc/cpuinfo (caller frees), "" when it cannot be read. */
char *cpuinfo_read(void);

/* Is there a KVM with hardware below it? Appends one sentence: what there is, or what is missing.
 */
bool kvm_probe(struct buf *why);

/* Does KVM let its guests use virtualization hardware too? */
bool kvm_nests(void);

#endif
