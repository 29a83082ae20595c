/* VM exits of a Xen domain, by xentrace.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "exits/exits.h"
#include "vm/image.h"
#include "base/clock.h"
#include "base/file.h"

#include <cpuid.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A record is a head, a stamp of 8 bytes when the head says so, and some words. In the head: 28
 * bits of event, 3 of how many words, and whether there is a stamp (xen/include/public/trace.h). */
#define HEAD_EVENT(head) ((head)&0x0fffffffu)
#define HEAD_WORDS(head) ((head) >> 28 & 7u)
#define HEAD_STAMP       0x80000000u
#define CLASSES          0x0ffff000u

#define LOST_RECORDS     0x0001f001u
#define CPU_CHANGE       0x0001f003u /* xentrace's own: the records of another processor follow */
#define CONTINUE_RUNNING 0x00021002u
#define RUNSTATE_CHANGE  0x00021001u /* with two states in bits 4, 5 (the new one) and 8, 9 */
#define RUNSTATE_STATES  0x00000330u
#define RUNSTATE_NEW     0x00000030u /* 0: running */
#define VMEXIT           0x00081002u
#define VMEXIT_KINDS     0x00000500u /* of 64 bits; nested */

#define EVENTS  "0xa1000" /* what the scheduler runs; VM entries and exits */
#define BUFFER  "1024"    /* pages for each processor */
#define READY_S 10.0

#define CPUS_MAX 4096

/* Whose records these are: of each processor, the domain that runs on it. */
struct reader {
    int domain, running[CPUS_MAX];
    unsigned cpu;
    bool intel;
    struct exit_log *log;
    unsigned long long lost;
};

static void take(struct reader *r, uint32_t event, long long stamp, const uint32_t *word,
                 unsigned words)
{
    const char *name;
    char number[16];

    if (event == CPU_CHANGE && words) {
        r->cpu = word[0] < CPUS_MAX ? word[0] : CPUS_MAX - 1;
    } else if (event == LOST_RECORDS && words) {
        r->lost += word[0];
    } else if (words &&
               (event == CONTINUE_RUNNING ||
                ((event & ~RUNSTATE_STATES) == RUNSTATE_CHANGE && !(event & RUNSTATE_NEW)))) {
        r->running[r->cpu] = (int)(word[0] >> 16);
    } else if (words && (event & ~VMEXIT_KINDS) == VMEXIT && r->running[r->cpu] == r->domain) {
        name = exit_name(r->intel, word[0]);
        snprintf(number, sizeof number, "0x%x", word[0]);
        exit_log_add(r->log, stamp, name ? name : number);
    }
}

/* One record. Returns its length, or 0 when it is none. */
static size_t record(struct reader *r, const uint8_t *p, size_t n)
{
    uint32_t head, word[7];
    uint64_t stamp = 0;
    size_t length, at;

    if (n < sizeof head)
        return 0;
    memcpy(&head, p, sizeof head);
    at = head & HEAD_STAMP ? 12 : 4;
    length = at + 4 * HEAD_WORDS(head);
    if (length > n || !(head & CLASSES))
        return 0;
    if (head & HEAD_STAMP)
        memcpy(&stamp, p + 4, sizeof stamp);
    memcpy(word, p + at, length - at);
    take(r, HEAD_EVENT(head), (long long)stamp, word, HEAD_WORDS(head));
    return length;
}

bool xen_trace_parse(const void *data, size_t n, int domain, bool intel, struct exit_log *log,
                     struct buf *why_not)
{
    struct reader *r = xrealloc(NULL, sizeof *r);
    size_t at = 0, length = 1;
    bool good;

    *r = (struct reader){.domain = domain, .intel = intel, .log = log};
    for (int i = 0; i < CPUS_MAX; i++)
        r->running[i] = -1;
    for (; at < n && length; at += length)
        length = record(r, (const uint8_t *)data + at, n - at);
    good = length && !r->lost;
    if (!length)
        buf_printf(why_not, "the file of xentrace is damaged at byte %zu of %zu", at, n);
    else if (r->lost)
        buf_printf(why_not, "%llu events were lost", r->lost);
    free(r);
    return good;
}

static char *trace_file(const struct exits *e) { return xasprintf("%s/trace", e->dir); }

/* Has it written anything, so that all that comes will be there? */
static bool is_tracing(const struct exits *e)
{
    char *path = trace_file(e);
    struct stat st;
    bool yes = !stat(path, &st) && st.st_size > 0;

    free(path);
    return yes;
}

static bool ended(const struct exits *e, int wait_ms)
{
    struct pollfd f = {.fd = e->xentrace.pidfd, .events = POLLIN};

    return poll(&f, 1, wait_ms) > 0;
}

bool exits_start_xen(struct exits *e, struct buf *why_not)
{
    struct buf words = {0};
    double until = now_s() + READY_S;
    int error;

    e->dir = cleanup_tmpdir();
    if (!e->dir) {
        buf_str(why_not, "no temporary folder");
        return false;
    }
    char *argv[] = {"xentrace", "-D", "-e", EVENTS, "-S", BUFFER, "trace", NULL};
    error = proc_start(&e->xentrace, argv, e->dir);
    if (error) {
        e->xentrace.pid = 0;
        buf_printf(why_not,
                   "xentrace does not start: %s (it belongs to Xen's tools; is it in PATH?)",
                   strerror(-error));
        return false;
    }
    while (!is_tracing(e) && !ended(e, 10) && now_s() < until && !interrupted)
        ;
    if (is_tracing(e) && !ended(e, 0))
        return true;
    proc_read(e->xentrace.err, &words);
    buf_printf(why_not, "xentrace does not trace: %.*s",
               words.data ? (int)strcspn(words.data, "\n") : 8,
               words.data ? words.data : "no words");
    buf_free(&words);
    return false;
}

static bool is_intel(void)
{
    unsigned a, b, c, d;

    return __get_cpuid(0, &a, &b, &c, &d) && b == signature_INTEL_ebx;
}

void exits_end_xentrace(struct exits *e)
{
    kill(e->xentrace.pid, SIGTERM); /* by which it ends Xen's tracing too */
    ended(e, (int)(READY_S * 1e3));
    proc_finish(&e->xentrace, true);
    e->xentrace.pid = 0;
}

bool exits_stop_xen(struct exits *e, const struct vm_result *vm, struct buf *why_not)
{
    char *path = trace_file(e), *data;
    bool good = false;
    size_t n = 0;

    exits_end_xentrace(e);
    e->offset = vm->clock.offset;
    e->error = vm->clock.offset_error;
    data = file_read(path, SIZE_MAX, &n);
    if (!vm->clock.joined)
        buf_str(why_not, "the guest's clock could not be joined with the host's");
    else if (!data)
        buf_str(why_not, "the file of xentrace cannot be read");
    else
        good = xen_trace_parse(data, n, vm->domain, is_intel(), &e->log, why_not);
    free(data);
    free(path);
    return good;
}
