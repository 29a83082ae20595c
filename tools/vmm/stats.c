/* SPDX-License-Identifier: BSD-2-Clause */
/* --stats: what was counted and timed, as JSON. docs/vmm.md has the form. */
#include "vmm.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define REASONS 24
#define PARTS   16

/*
 * A histogram of nanoseconds: to 127 each has a bucket of its own, from there on every power of two
 * has 64. A bucket's middle is at most 1/128 from what fell into it.
 */
#define SUB     64
#define BUCKETS (2 * SUB + 34 * SUB) /* to 2^41 ns, which is half an hour */

/* A way to leave the guest; of I/O a port and a direction have one of their own. */
struct reason {
    uint32_t exit, port;
    bool is_out;
    uint64_t count;
    uint32_t handling[BUCKETS], guest[BUCKETS];
};

struct exits {
    uint64_t entered, returned;
    struct reason *last; /* is being handled */
    unsigned count;
    struct reason reasons[REASONS];
};

static FILE *file;
const char *stats_path, *stats_beside;
static char buffer[65536];
static struct {
    const char *name;
    uint64_t at;
} parts[PARTS];
static unsigned part_count;
static uint64_t *dirty;

uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

void stats_spare(const struct options *o, const struct file *read, const char *name)
{
    struct stat to;
    if (o->stats != NULL && stat(o->stats, &to) == 0 && to.st_dev == read->device &&
        to.st_ino == read->inode)
        fail(ST_USAGE, "--stats: %s is the same file as %s, which is read", o->stats, name);
}

static void drop(void)
{
    if (file != NULL)
        unlink(stats_beside);
}

/* All that is needed to write the file is there before the jail is shut. */
void stats_open(const struct options *o)
{
    if (o->stats == NULL)
        return;
    char *names =
        mmap(NULL, 2 * PATH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (names == MAP_FAILED || strlen(o->stats) + sizeof ".XXXXXX" > PATH_MAX)
        fail(ST_FAILED, "cannot write %s: its name is too long", o->stats);
    snprintf(names, PATH_MAX, "%s", o->stats);
    snprintf(names + PATH_MAX, PATH_MAX, "%s.XXXXXX", o->stats);
    mode_t mask = umask(0);
    umask(mask);
    int fd = mkostemp(names + PATH_MAX, O_CLOEXEC);
    if (fd < 0 || (file = fdopen(fd, "w")) == NULL)
        fail(ST_FAILED, "cannot write %s: %s", o->stats, strerror(errno));
    (void)fchmod(fd, 0666 & ~mask); /* not every file system has modes */
    stats_path = names;
    stats_beside = names + PATH_MAX;
    mprotect(names, 2 * PATH_MAX, PROT_READ);
    fail_last = drop;
    setvbuf(file, buffer, _IOFBF, sizeof buffer);
    stats_reached("start");
}

void stats_reached(const char *name)
{
    if (file != NULL && part_count < PARTS) {
        parts[part_count].name = name;
        parts[part_count++].at = now_ns();
    }
}

void stats_watch(struct machine *m)
{
    if (file == NULL)
        return;
    m->stats_fd = ioctl(m->vm, KVM_GET_STATS_FD, NULL); /* -1: before Linux 5.14 */
    dirty = calloc(1, (m->low > m->high ? m->low : m->high) / 4096 / 8 + 8);
    for (unsigned i = 0; i < m->options->cpus; i++) {
        m->cpus[i].stats_fd = ioctl(m->cpus[i].fd, KVM_GET_STATS_FD, NULL);
        m->cpus[i].exits = calloc(1, sizeof(struct exits));
        if (dirty == NULL || m->cpus[i].exits == NULL)
            fail(ST_FAILED, "no memory for statistics");
    }
    stats_reached("statistics");
}

static void add(uint32_t *histogram, uint64_t ns)
{
    unsigned bucket = (unsigned)ns;
    if (ns >= 2 * SUB) {
        unsigned shift = 63 - 6 - (unsigned)__builtin_clzll(ns);
        bucket = SUB * shift + (unsigned)(ns >> shift);
    }
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static uint64_t middle(unsigned bucket)
{
    if (bucket < 2 * SUB)
        return bucket;
    unsigned shift = bucket / SUB - 1;
    return ((uint64_t)(SUB + bucket % SUB) << shift) + (1ull << shift >> 1);
}

static struct reason *find(struct exits *e, uint32_t exit, uint32_t port, bool is_out)
{
    struct reason *r = e->reasons;
    for (unsigned i = 0; i < e->count; i++, r++)
        if (r->exit == exit && r->port == port && r->is_out == is_out)
            return r;
    if (e->count == REASONS)
        return r - 1;
    r->exit = ++e->count < REASONS ? exit : UINT32_MAX; /* the last one collects the rest */
    r->port = port;
    r->is_out = is_out;
    return r;
}

void exits_enter(struct exits *e)
{
    e->entered = now_ns();
    if (e->last != NULL)
        add(e->last->handling, e->entered - e->returned);
}

void exits_leave(struct exits *e, const struct kvm_run *run, bool interrupted)
{
    bool io = !interrupted && run->exit_reason == KVM_EXIT_IO;
    e->returned = now_ns();
    e->last = find(e, interrupted ? KVM_EXIT_INTR : run->exit_reason, io ? run->io.port : 0,
                   io && run->io.direction == KVM_EXIT_IO_OUT);
    e->last->count++;
    add(e->last->guest, e->returned - e->entered);
}

/* JSON. */

static void put_text(const char *name, const char *text)
{
    fprintf(file, ",\"%s\":\"", name);
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ')
            fprintf(file, "\\u%04x", *text);
        else
            fprintf(file, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    fputc('"', file);
}

static void put_histogram(const char *name, const uint32_t *histogram)
{
    const char *comma = "";
    fprintf(file, ",\"%s\":[", name);
    for (unsigned i = 0; i < BUCKETS; i++)
        if (histogram[i] != 0) {
            fprintf(file, "%s[%lu,%u]", comma, middle(i), histogram[i]);
            comma = ",";
        }
    fputc(']', file);
}

static void put_reason(const struct reason *r, const char *comma)
{
    static const char *const names[] = {
        "unknown",    "exception",       "io",         "hypercall",  "debug", "hlt",
        "mmio",       "irq_window_open", "shutdown",   "fail_entry", "intr",  "set_tpr",
        "tpr_access", "s390_sieic",      "s390_reset", "dcr",        "nmi",   "internal_error"};
    const char *name = r->exit < sizeof names / sizeof *names ? names[r->exit] : "other";
    fprintf(file, "%s{\"number\":%u,\"reason\":\"%s\",\"count\":%lu", comma, r->exit, name,
            r->count);
    if (r->exit == KVM_EXIT_IO)
        fprintf(file, ",\"port\":%u,\"direction\":\"%s\"", r->port, r->is_out ? "out" : "in");
    put_histogram("handling_ns", r->handling);
    put_histogram("guest_ns", r->guest);
    fputc('}', file);
}

/* The kernel's own counts, those with one value: Documentation/virt/kvm/api.rst, 4.133. */
static void put_kernel_stats(int fd)
{
    static char all[65536];
    struct kvm_stats_header head = {.num_desc = 0};
    const char *comma = "";
    ssize_t n = pread(fd, all, sizeof all, 0);
    if (n >= (ssize_t)sizeof head)
        memcpy(&head, all, sizeof head);
    fprintf(file, ",\"kvm\":{");
    for (uint32_t i = 0; i < head.num_desc; i++) {
        struct kvm_stats_desc d;
        uint64_t value, at = head.desc_offset + i * (sizeof d + (uint64_t)head.name_size);
        if (at + sizeof d + head.name_size > (uint64_t)n)
            break;
        memcpy(&d, all + at, sizeof d);
        if (d.size != 1 || head.data_offset + (uint64_t)d.offset + sizeof value > (uint64_t)n)
            continue;
        memcpy(&value, all + head.data_offset + d.offset, sizeof value);
        fprintf(file, "%s\"%.*s\":%lu", comma, (int)head.name_size, all + at + sizeof d, value);
        comma = ",";
    }
    fputc('}', file);
}

static uint64_t dirty_pages(const struct machine *m)
{
    const uint64_t bytes[] = {m->low, m->high};
    uint64_t pages = 0;
    for (uint32_t slot = 0; slot < 2 && bytes[slot] != 0; slot++) {
        struct kvm_dirty_log log = {.slot = slot, .dirty_bitmap = dirty};
        if (ioctl(m->vm, KVM_GET_DIRTY_LOG, &log) != 0)
            continue;
        for (uint64_t i = 0; i < (bytes[slot] / 4096 + 63) / 64; i++)
            pages += (uint64_t)__builtin_popcountll(dirty[i]);
    }
    return pages;
}

static void put_machine(const struct machine *m)
{
    const struct options *o = m->options;
    uint64_t ended = now_ns(), began = parts[part_count - 1].at;
    fprintf(file, "{\"schema\":\"limpet-vmm-1\",\"version\":\"" LIMPET_VERSION "\"");
    put_text("image", o->image);
    fprintf(file, ",\"door\":\"%s\",\"vcpus\":%u,\"memory_mib\":%u,\"tsc_khz\":%u,\"status\":%d",
            door_names[o->door], o->cpus, o->memory_mib, m->tsc_khz, m->status);
    put_text("ending", m->text[0] != '\0' ? m->text : "exit");
    fprintf(file, ",\"setup_ns\":%lu,\"run_ns\":%lu,\"dirty_pages\":%lu,\"setup\":[",
            began - parts[0].at, ended - began, dirty_pages(m));
    for (unsigned i = 1; i < part_count; i++)
        fprintf(file, "%s{\"to\":\"%s\",\"ns\":%lu}", i == 1 ? "" : ",", parts[i].name,
                parts[i].at - parts[i - 1].at);
    fprintf(file, "]");
    put_kernel_stats(m->stats_fd);
}

static void put_cpu(const struct vcpu *v)
{
    uint64_t all = 0;
    for (unsigned i = 0; i < v->exits->count; i++)
        all += v->exits->reasons[i].count;
    fprintf(file, "%s{\"exits\":%lu,\"reasons\":[", v->index == 0 ? ",\"cpus\":[" : ",", all);
    for (unsigned i = 0; i < v->exits->count; i++)
        put_reason(&v->exits->reasons[i], i == 0 ? "" : ",");
    fputc(']', file);
    put_kernel_stats(v->stats_fd);
    fputc('}', file);
}

void stats_write(const struct machine *m)
{
    if (file == NULL)
        return;
    put_machine(m);
    for (unsigned i = 0; i < m->options->cpus; i++)
        put_cpu(&m->cpus[i]);
    fprintf(file, "]}\n");
    bool good = !ferror(file) && fflush(file) == 0 && rename(stats_beside, stats_path) == 0;
    file = NULL; /* the jail lets nothing be removed */
    if (!good)
        fail(ST_FAILED, "cannot write %s: %s", stats_path, strerror(errno));
}
