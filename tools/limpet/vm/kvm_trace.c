/* What Linux's tracing tells of a KVM guest: when its TSC was set, and its exits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/kvm_trace.h"
#include "base/cleanup.h"
#include "vm/exit_log.h"
#include "base/msg.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACEFS      "/sys/kernel/tracing"
#define MEMORY_SHARE 16 /* of the machine's memory, at most, for the events of a whole run */
#define BUFFERS_MAX  (512u << 10) /* KiB, of all processors */
#define BUFFER_MAX   (64u << 10)
#define BUFFER_MIN   64u

/* The thread of a line "COMMAND-THREAD [CPU] FLAGS STAMP: EVENT: …" and its stamp; at: the colon
 * before EVENT. COMMAND may be anything. */
static bool line_head(const char *line, const char *at, int *thread, long long *stamp)
{
    const char *p = at, *bracket;

    while (p > line && isdigit((unsigned char)p[-1]))
        p--;
    if (p == at)
        return false;
    *stamp = strtoll(p, NULL, 10);
    for (bracket = p; bracket > line && *bracket != '['; bracket--)
        ;
    for (p = bracket; p > line && p[-1] == ' '; p--)
        ;
    while (p > line && isdigit((unsigned char)p[-1]))
        p--;
    *thread = atoi(p);
    return p > line && p[-1] == '-' && isdigit((unsigned char)*p);
}

static void take_offset(struct kvm_events *e, int thread, long long stamp, const char *text)
{
    unsigned long long next;
    long long offset;
    unsigned cpu;

    if (sscanf(text, "vcpu=%u prev=%*u next=%llu", &cpu, &next) != 2 || cpu != 0)
        return;
    offset = (long long)next;
    e->others |= e->known && thread != e->thread;
    e->moved |= e->known && e->started && stamp > e->started && offset != e->offset;
    e->thread = thread;
    e->offset = offset;
    e->known = true;
}

static void take_exit(struct kvm_events *e, long long stamp, const char *text)
{
    const char *reason = strstr(text, "reason "), *end = reason ? strstr(reason, " rip ") : NULL;
    char name[64];

    if (!e->started)
        e->started = stamp;
    if (!e->log)
        return;
    if (end)
        snprintf(name, sizeof name, "%.*s", (int)(end - reason - 7), reason + 7);
    exit_log_add(e->log, stamp, end ? exit_name_kvm(name) : "unknown");
}

void kvm_trace_line(struct kvm_events *e, const char *line)
{
    static const char exit_mark[] = ": kvm_exit: ", offset_mark[] = ": kvm_write_tsc_offset: ";
    const char *at = strstr(line, exit_mark);
    bool is_exit = at != NULL;
    long long stamp;
    int thread;

    if (!is_exit)
        at = strstr(line, offset_mark);
    if (!at || !line_head(line, at, &thread, &stamp))
        return;
    if (is_exit)
        take_exit(e, stamp, at + sizeof exit_mark - 1);
    else
        take_offset(e, thread, stamp, at + sizeof offset_mark - 1);
}

const char *kvm_events_trouble(const struct kvm_events *e)
{
    if (!e->known)
        return "the kernel's trace holds nothing of this guest (is limpet in a container?)";
    if (e->others)
        return "another guest was started at the same time";
    return e->moved ? "the guest's TSC was set anew while it ran" : NULL;
}

/* Instances of tools that were killed. */
static void remove_stale(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    int pid;

    while (dir && (entry = readdir(dir)))
        if (sscanf(entry->d_name, "limpet-%d", &pid) == 1 && kill(pid, 0) && errno == ESRCH)
            unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
    if (dir)
        closedir(dir);
}

/* Where the kernel's tracing is; it is mounted there if it is not yet. NULL with the reason. */
static const char *tracefs(struct buf *why_not)
{
    static const char *const places[] = {TRACEFS, "/sys/kernel/debug/tracing"};
    bool denied = false;

    for (int tries = 0; tries < 2; tries++) {
        for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
            char *path = xasprintf("%s/instances", places[i]);
            bool good = !access(path, W_OK);

            denied |= !good && errno == EACCES;
            free(path);
            if (good)
                return places[i];
        }
        if (denied || mount("tracefs", TRACEFS, "tracefs", 0, NULL))
            break;
    }
    if (denied || errno == EPERM)
        buf_str(why_not, "no permission for the kernel's tracing, " TRACEFS " (sudo limpet …)");
    else
        buf_printf(why_not, "the kernel's tracing cannot be mounted on " TRACEFS ": %s",
                   strerror(errno));
    return NULL;
}

/* Writes a text to a file of the instance. */
static bool put(struct kvm_trace *t, const char *file, const char *text, struct buf *why_not)
{
    char *path = xasprintf("%s/%s", t->dir, file);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

    if (!good && why_not)
        buf_printf(why_not, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(path);
    return good;
}

/* Follows the children of this process, with room for all that their run may bring. */
static bool trace_exits(struct kvm_trace *t, struct buf *why_not)
{
    unsigned long memory = (unsigned long)sysconf(_SC_PHYS_PAGES) *
                           ((unsigned long)sysconf(_SC_PAGESIZE) >> 10) / MEMORY_SHARE;
    unsigned long each = (memory < BUFFERS_MAX ? memory : BUFFERS_MAX) /
                         (unsigned long)sysconf(_SC_NPROCESSORS_CONF);
    char size[32], pid[32];

    each = each > BUFFER_MAX ? BUFFER_MAX : each < BUFFER_MIN ? BUFFER_MIN : each;
    snprintf(size, sizeof size, "%lu", each);
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    return put(t, "buffer_size_kb", size, why_not) && put(t, "options/event-fork", "1", why_not) &&
           put(t, "set_event_pid", pid, why_not) &&
           put(t, "events/kvm/kvm_exit/enable", "1", why_not);
}

bool kvm_trace_open(struct kvm_trace *t, bool exits, struct buf *why_not)
{
    const char *base = tracefs(why_not);
    char *folder = base ? xasprintf("%s/instances", base) : NULL;

    if (!folder)
        return false;
    remove_stale(folder);
    t->dir = xasprintf("%s/limpet-%d", folder, (int)getpid());
    free(folder);
    if (mkdir(t->dir, 0700)) {
        buf_printf(why_not, "%s cannot be made: %s", t->dir, strerror(errno));
        free(t->dir);
        t->dir = NULL;
        return false;
    }
    cleanup_instance(t->dir);
    if (put(t, "trace_clock", "x86-tsc", why_not) && (!exits || trace_exits(t, why_not)) &&
        put(t, "events/kvm/kvm_write_tsc_offset/enable", "1", why_not))
        return true;
    kvm_trace_close(t);
    return false;
}

void kvm_trace_clear(struct kvm_trace *t) { put(t, "trace", "", NULL); }

void kvm_trace_close(struct kvm_trace *t)
{
    if (!t->dir)
        return;
    put(t, "tracing_on", "0", NULL);
    if (rmdir(t->dir))
        warn("%s cannot be removed: %s", t->dir, strerror(errno));
    cleanup_instance(NULL);
    free(t->dir);
    t->dir = NULL;
}

/* The events that a processor's buffer had no room for, by its "stats". */
static unsigned long long lost_in(const char *path)
{
    static const char *const kinds[] = {"overrun: %llu", "commit overrun: %llu",
                                        "dropped events: %llu"};
    unsigned long long lost = 0, n;
    char line[128];
    FILE *f = fopen(path, "re");

    while (f && fgets(line, sizeof line, f))
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (sscanf(line, kinds[i], &n) == 1)
                lost += n;
    if (f)
        fclose(f);
    return lost;
}

static unsigned long long lost_events(const struct kvm_trace *t)
{
    char *pattern = xasprintf("%s/per_cpu/cpu*/stats", t->dir);
    unsigned long long lost = 0;
    glob_t found;

    if (!glob(pattern, 0, NULL, &found)) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            lost += lost_in(found.gl_pathv[i]);
        globfree(&found);
    }
    free(pattern);
    return lost;
}

bool kvm_trace_read(struct kvm_trace *t, struct kvm_events *events, struct buf *why_not)
{
    char *path = xasprintf("%s/trace", t->dir), *line = NULL;
    FILE *f = fopen(path, "re");
    unsigned long long lost;
    size_t size = 0;

    if (!f)
        buf_printf(why_not, "%s: %s", path, strerror(errno));
    free(path);
    if (!f)
        return false;
    while (getline(&line, &size, f) > 0)
        kvm_trace_line(events, line);
    free(line);
    fclose(f);
    lost = lost_events(t);
    if (lost)
        buf_printf(why_not, "%llu events were lost", lost);
    return !lost;
}

bool kvm_trace_offset(struct kvm_trace *t, long long released, long long *offset,
                      struct buf *why_not)
{
    struct kvm_events events = {.started = released};
    const char *trouble;

    if (!kvm_trace_read(t, &events, why_not))
        return false;
    trouble = kvm_events_trouble(&events);
    if (trouble)
        buf_str(why_not, trouble);
    *offset = events.offset;
    return !trouble;
}
