/* SPDX-License-Identifier: BSD-2-Clause */
/* --stats: what was counted and timed, as JSON. docs/vmm.md has the form. */
#include "vmm.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SCHEMA  "limpet-vmm-1"
#define REASONS 24
#define PARTS   16

/*
 * A histogram of nanoseconds: to 127 each has a bucket of its own, from there on every power of two
 * has 64. A bucket's middle is at most 1/128 from what fell into it.
 */
#define SUB     64
#define BUCKETS (2 * SUB + 34 * SUB) /* to 2^41 ns, which is half an hour */

struct histogram {
    uint32_t count[BUCKETS];
};

struct reason {
    uint32_t exit;
    uint16_t port;
    uint8_t direction;
    uint64_t count;
    struct histogram handling, guest;
};

struct exits {
    uint64_t entered, returned;
    struct reason *last; /* is being handled */
    unsigned reason_count;
    struct reason reasons[REASONS];
};

static FILE *file;
static const char *path;
static char beside[4096], buffer[65536];
static struct {
    const char *name;
    uint64_t at;
} parts[PARTS];
static unsigned part_count;
static uint64_t *dirty;

uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void *zeroed(size_t n)
{
    void *p =
        mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        fail(ST_FAILED, "no memory for statistics");
    return p;
}

/* All that is needed to write the file is there before the jail is shut. */
void stats_open(const struct options *o)
{
    if (o->stats == NULL)
        return;
    path = o->stats;
    if (snprintf(beside, sizeof beside, "%s.new", path) >= (int)sizeof beside)
        fail(ST_FAILED, "--stats: the file's name is too long");
    file = fopen(beside, "we");
    if (file == NULL)
        fail(ST_FAILED, "cannot write %s: %s", beside, strerror(errno));
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
    dirty = zeroed((m->low > m->high ? m->low : m->high) / 4096 / 8 + 8);
    for (unsigned i = 0; i < m->options->cpus; i++) {
        m->cpus[i].stats_fd = ioctl(m->cpus[i].fd, KVM_GET_STATS_FD, NULL);
        m->cpus[i].exits = zeroed(sizeof(struct exits));
    }
    stats_reached("statistics");
}

static void add(struct histogram *h, uint64_t ns)
{
    unsigned bucket = (unsigned)ns;

    if (ns >= 2 * SUB) {
        unsigned shift = 63 - 6 - (unsigned)__builtin_clzll(ns);
        bucket = SUB * shift + (unsigned)(ns >> shift);
    }
    h->count[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

static uint64_t middle(unsigned bucket)
{
    if (bucket < 2 * SUB)
        return bucket;
    unsigned shift = bucket / SUB - 1;
    return ((uint64_t)(SUB + bucket % SUB) << shift) + (1ull << shift >> 1);
}

static struct reason *find(struct exits *e, uint32_t exit, uint16_t port, uint8_t direction)
{
    unsigned i;

    for (i = 0; i < e->reason_count; i++)
        if (e->reasons[i].exit == exit && e->reasons[i].port == port &&
            e->reasons[i].direction == direction)
            return &e->reasons[i];
    if (i == REASONS) /* the last one collects the rest */
        i--;
    else
        e->reason_count++;
    e->reasons[i].exit = exit;
    e->reasons[i].port = port;
    e->reasons[i].direction = direction;
    return &e->reasons[i];
}

void exits_enter(struct vcpu *v)
{
    struct exits *e = v->exits;

    e->entered = now_ns();
    if (e->last != NULL)
        add(&e->last->handling, e->entered - e->returned);
}

void exits_leave(struct vcpu *v, bool interrupted)
{
    struct exits *e = v->exits;
    const struct kvm_run *run = v->run;
    bool io = !interrupted && run->exit_reason == KVM_EXIT_IO;

    e->returned = now_ns();
    e->last = find(e, interrupted ? KVM_EXIT_INTR : run->exit_reason, io ? run->io.port : 0,
                   io ? run->io.direction : 0);
    e->last->count++;
    add(&e->last->guest, e->returned - e->entered);
}

static const char *exit_name(uint32_t exit)
{
    static const char *const names[] = {
        [KVM_EXIT_IO] = "io",
        [KVM_EXIT_MMIO] = "mmio",
        [KVM_EXIT_HLT] = "hlt",
        [KVM_EXIT_SHUTDOWN] = "shutdown",
        [KVM_EXIT_HYPERCALL] = "hypercall",
        [KVM_EXIT_INTR] = "intr",
        [KVM_EXIT_IRQ_WINDOW_OPEN] = "irq_window_open",
        [KVM_EXIT_FAIL_ENTRY] = "fail_entry",
        [KVM_EXIT_INTERNAL_ERROR] = "internal_error",
        [KVM_EXIT_IOAPIC_EOI] = "ioapic_eoi",
    };
    return exit < sizeof names / sizeof *names && names[exit] != NULL ? names[exit] : "other";
}

/* JSON. */

static void put_text(const char *text)
{
    fputc('"', file);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < ' ')
            fprintf(file, "\\u%04x", *c);
        else
            fputc(*c, file);
    fputc('"', file);
}

static void put_histogram(const char *name, const struct histogram *h)
{
    const char *comma = "";

    fprintf(file, ",\"%s\":[", name);
    for (unsigned i = 0; i < BUCKETS; i++)
        if (h->count[i] != 0) {
            fprintf(file, "%s[%llu,%u]", comma, (unsigned long long)middle(i), h->count[i]);
            comma = ",";
        }
    fprintf(file, "]");
}

static void put_reasons(const struct exits *e)
{
    for (unsigned i = 0; i < e->reason_count; i++) {
        const struct reason *r = &e->reasons[i];
        fprintf(file, "%s{\"reason\":\"%s\",\"number\":%u", i == 0 ? "" : ",", exit_name(r->exit),
                r->exit);
        if (r->exit == KVM_EXIT_IO)
            fprintf(file, ",\"port\":%u,\"direction\":\"%s\"", r->port,
                    r->direction == KVM_EXIT_IO_OUT ? "out" : "in");
        fprintf(file, ",\"count\":%llu", (unsigned long long)r->count);
        put_histogram("handling_ns", &r->handling);
        put_histogram("guest_ns", &r->guest);
        fprintf(file, "}");
    }
}

/* The kernel's own counts, those with one value: Documentation/virt/kvm/api.rst, 4.133. */
static void put_kernel_stats(int fd)
{
    static char all[65536];
    struct kvm_stats_header head;
    const char *comma = "";
    ssize_t n = fd < 0 ? -1 : pread(fd, all, sizeof all, 0);

    fprintf(file, "{");
    if (n >= (ssize_t)sizeof head) {
        memcpy(&head, all, sizeof head);
        for (uint32_t i = 0; i < head.num_desc; i++) {
            struct kvm_stats_desc d;
            uint64_t value, at = head.desc_offset + i * (sizeof d + (uint64_t)head.name_size);
            if (at + sizeof d + head.name_size > (uint64_t)n)
                break;
            memcpy(&d, all + at, sizeof d);
            if (d.size != 1 || head.data_offset + (uint64_t)d.offset + 8 > (uint64_t)n)
                continue;
            memcpy(&value, all + head.data_offset + d.offset, 8);
            fprintf(file, "%s\"%.*s\":%llu", comma, (int)head.name_size, all + at + sizeof d,
                    (unsigned long long)value);
            comma = ",";
        }
    }
    fprintf(file, "}");
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

static void put_parts(uint64_t opened, uint64_t ended)
{
    uint64_t began = parts[part_count - 1].at;

    fprintf(file, ",\"setup_ns\":%llu,\"setup\":[", (unsigned long long)(began - opened));
    for (unsigned i = 1; i < part_count; i++)
        fprintf(file, "%s{\"to\":\"%s\",\"ns\":%llu}", i == 1 ? "" : ",", parts[i].name,
                (unsigned long long)(parts[i].at - parts[i - 1].at));
    fprintf(file, "],\"run_ns\":%llu,\"whole_ns\":%llu", (unsigned long long)(ended - began),
            (unsigned long long)(ended - parts[0].at));
}

static void put_cpu(const struct vcpu *v)
{
    fprintf(file, "%s{\"exits\":[", v->index == 0 ? "" : ",");
    put_reasons(v->exits);
    fprintf(file, "],\"kvm\":");
    put_kernel_stats(v->stats_fd);
    fprintf(file, "}");
}

void stats_write(const struct machine *m, const struct image_plan *plan)
{
    uint64_t ended = now_ns(), exits = 0;

    if (file == NULL)
        return;
    for (unsigned c = 0; c < m->options->cpus; c++)
        for (unsigned i = 0; i < m->cpus[c].exits->reason_count; i++)
            exits += m->cpus[c].exits->reasons[i].count;
    fprintf(file, "{\"schema\":\"" SCHEMA "\",\"version\":\"" LIMPET_VERSION "\",\"image\":");
    put_text(m->options->image);
    fprintf(file, ",\"door\":\"%s\",\"vcpus\":%u,\"memory_mib\":%u,\"tsc_khz\":%u",
            m->options->door == DOOR_PVH || !plan->has_long ? "pvh" : "long", m->options->cpus,
            m->options->memory_mib, m->tsc_khz);
    fprintf(file, ",\"status\":%d,\"ending\":", m->status);
    put_text(m->text[0] != '\0' ? m->text : "exit");
    put_parts(parts[0].at, ended);
    fprintf(file, ",\"dirty_pages\":%llu,\"exits\":%llu,\"cpus\":[",
            (unsigned long long)dirty_pages(m), (unsigned long long)exits);
    for (unsigned i = 0; i < m->options->cpus; i++)
        put_cpu(&m->cpus[i]);
    fprintf(file, "],\"kvm\":");
    put_kernel_stats(m->stats_fd);
    fprintf(file, "}\n");
    if (ferror(file) || fflush(file) != 0 || rename(beside, path) != 0)
        fail(ST_FAILED, "cannot write %s: %s", path, strerror(errno));
}
