/* The machine that the tool runs on: its processor, its state, its KVM. This room, host/, tells
 * where the tool is and what this place has, and uses base/ only.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_HOST_H
#define LIMPET_HOST_H

#include "base/buf.h"
#include "base/facts.h"

#include <stdbool.h>

/* Does a text in the form of /proc/cpuinfo have this flag ("vmx")? Pure. */
bool cpuinfo_flag(const char *cpuinfo, const char *flag);

/* "model name" of such a text; caller frees. Pure. */
char *cpuinfo_model(const char *cpuinfo);

/* "microcode" of such a text, "0x…", or NULL; caller frees. Pure. */
char *cpuinfo_microcode(const char *cpuinfo);

/* PRETTY_NAME of a text in the form of /etc/os-release, or NULL; caller frees. Pure. */
char *os_release_name(const char *text);

/* Of /sys/devices/system/cpu/smt/control: "on", "off", "notsupported", or NULL. Pure. */
const char *smt_state(const char *text);

/* The word in brackets: "madvise" of "always [madvise] never"; NULL without; caller frees. Pure. */
char *bracketed_word(const char *text);

/* The first word of a text, or NULL; caller frees. Pure. */
char *first_word(const char *text);

/* What this machine is and how it is set and loaded: a result's "host" (docs/result.schema.json).
 * What the machine does not tell is null, or "unknown". */
struct facts *host_facts(void);

/* The text of /proc/cpuinfo (caller frees), "" when it cannot be read. */
char *cpuinfo_read(void);

/* Is there a KVM with hardware below it? Appends one sentence: what there is, or what is missing.
 */
bool kvm_probe(struct buf *why);

/* Is there a KVM without hardware, which interprets instructions? */
bool kvm_interprets(void);

/* Does KVM let its guests use virtualization hardware too? */
bool kvm_nests(void);

/* Appends which kinds of confidential guests this machine's KVM has: "SEV, SEV-ES", "none". */
void kvm_confidential(struct buf *out);

#endif
