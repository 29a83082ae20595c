/* A guest's TSC offset, as Xen dumps it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/offset.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In a VMCB (SVM) and in a VMCS (VMX). */
static const char *const marks[] = {"tsc_offset = ", "TSC Offset = "};

bool xen_offset(const char *log, int domid, long long *offset)
{
    const char *domain = NULL, *end;
    char head[40];

    snprintf(head, sizeof head, ">>> Domain %d <<<", domid);
    for (const char *p = log; (p = strstr(p, head)); p++)
        domain = p;
    if (!domain)
        return false;
    end = strstr(domain + 1, ">>> Domain ");
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(domain, marks[i]);

        if (at && (!end || at < end)) {
            *offset = (long long)strtoull(at + strlen(marks[i]), NULL, 16);
            return true;
        }
    }
    return false;
}
