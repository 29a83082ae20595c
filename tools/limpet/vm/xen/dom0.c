/* Xen's dom0: whether this is one, its version; pages and saved contexts of domains.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/dom0.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/proc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A saved context is a row of records, each with a head of 8 bytes: typecode and instance of 16
 * bits each, then the length (xen/include/public/hvm/save.h). The processor's (typecode 2, struct
 * hvm_hw_cpu in xen/include/public/arch-x86/hvm/save.h) holds rip and tsc at these offsets. */
#define RECORD_HEAD 8
#define RECORD_END  0
#define RECORD_CPU  2
#define CPU_RBX     520
#define CPU_RIP     640
#define CPU_TSC     1008

static uint64_t number(const uint8_t *p, size_t bytes)
{
    uint64_t value = 0;

    memcpy(&value, p, bytes);
    return value;
}

bool xen_context_cpu(const void *context, unsigned long n, struct xen_cpu *cpu)
{
    const uint8_t *p = context;

    while (n >= RECORD_HEAD) {
        uint64_t type = number(p, 2), instance = number(p + 2, 2), length = number(p + 4, 4);

        p += RECORD_HEAD;
        n -= RECORD_HEAD;
        if (type == RECORD_END || length > n)
            return false;
        if (type == RECORD_CPU && instance == 0) {
            if (length < CPU_TSC + 8)
                return false;
            cpu->rbx = (long long)number(p + CPU_RBX, 8);
            cpu->rip = (long long)number(p + CPU_RIP, 8);
            cpu->tsc = (long long)number(p + CPU_TSC, 8);
            return true;
        }
        p += length;
        n -= length;
    }
    return false;
}

/* xen/include/public/arch-x86/hvm/start_info.h */
#define START_INFO_MAGIC   0x336ec578
#define START_INFO_CMDLINE 24
#define START_INFO_SIZE    56
#define LINE_MAX_BYTES     1024 /* the builder's lists, which come first, are of some 2,200 */

bool xen_put_line(void *page, unsigned long long address, const char *line)
{
    uint8_t *p = page;
    size_t at = address % XEN_PAGE, n = strlen(line) + 1;
    uint64_t where = address - at + XEN_PAGE - n;

    if (at > XEN_PAGE - LINE_MAX_BYTES - START_INFO_SIZE || n > LINE_MAX_BYTES ||
        number(p + at, 4) != START_INFO_MAGIC)
        return false;
    for (size_t i = XEN_PAGE - n; i < XEN_PAGE; i++)
        if (p[i])
            return false; /* not free after all */
    memcpy(p + XEN_PAGE - n, line, n);
    memcpy(p + at + START_INFO_CMDLINE, &where, sizeof where);
    return true;
}

bool xen_is_dom0(void)
{
    size_t n;
    char *text = file_read("/proc/xen/capabilities", 4096, &n);
    bool yes = text && strstr(text, "control_d");

    free(text);
    return yes;
}

/* A file of /sys/hypervisor/version without its newline; caller frees, or NULL. */
static char *version_part(const char *name)
{
    char *path = xasprintf("/sys/hypervisor/version/%s", name);
    size_t n;
    char *text = file_read(path, 4096, &n);

    free(path);
    if (text)
        text[strcspn(text, "\n")] = '\0';
    return text;
}

char *xen_version(bool is_short)
{
    char *major = version_part("major"), *minor = version_part("minor");
    char *extra = version_part("extra"), *version = NULL;

    if (major && minor)
        version = xasprintf("%s.%s%s", major, minor, is_short || !extra ? "" : extra);
    free(major);
    free(minor);
    free(extra);
    return version;
}

void xen_uuid_text(const unsigned char uuid[16], char text[XEN_UUID_SIZE])
{
    for (int i = 0; i < 16; i++)
        text += sprintf(text, "%s%02x", i >= 4 && i <= 10 && i % 2 == 0 ? "-" : "", uuid[i]);
}

const char *xen_consoled_trouble(void)
{
    size_t n = 0;
    char *text = file_read("/run/xen/xenconsoled.pid", 64, &n);
    int pid = text ? atoi(text) : 0;

    free(text);
    if (pid <= 0)
        return NULL;
    if (!proc_start_time(pid))
        return "does not run (service xen start)";
    return proc_is_stopped(pid) ? "is stopped by a signal (kill -CONT lets it go on)" : NULL;
}
