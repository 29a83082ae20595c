/* Xen's dom0: whether this is one, its version; pages and saved contexts of domains.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_DOM0_H
#define LIMPET_XEN_DOM0_H

#include <stdbool.h>

/* A processor of a domain, stopped for a moment. */
struct xen_cpu {
    long long tsc, rip, rbx;
    long long before, after; /* our own time stamps around the look */
    double took_s;           /* the look */
};

#define XEN_UUID_SIZE 37 /* of the text "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" */

/* What is known to be wrong with xenconsoled (words to follow its name), or NULL. */
const char *xen_consoled_trouble(void);

/* Whether this system is Xen's dom0 (Xen is there, and we are its control domain). */
bool xen_is_dom0(void);

/* The version of the Xen below us ("4.17.5"), or NULL; caller frees. The short one is "4.17". */
char *xen_version(bool is_short);

/*
 * Gives a guest that has not run yet a command line, as the domain builder does for PVH guests
 * only: in its struct hvm_start_info, which is at address & 4095 in the page, and the page's free
 * end. False when that cannot be. Pure.
 */
#define XEN_PAGE 4096
bool xen_put_line(void *page, unsigned long long address, const char *line);

/* Finds tsc, rip and rbx of processor 0 in a domain's saved context (HVM or PVH). Pure. */
bool xen_context_cpu(const void *context, unsigned long n, struct xen_cpu *cpu);

/* The text of a UUID of 16 bytes. Pure. */
void xen_uuid_text(const unsigned char uuid[16], char text[XEN_UUID_SIZE]);

#endif
