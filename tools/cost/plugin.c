// SPDX-License-Identifier: BSD-2-Clause
// Counts exactly what an image does from its first instruction on: a TCG plugin for QEMU.
//
//   -plugin plugin.so,out=FILE[,ram=MIB][,below=0xADDR],entry=0xADDR…,mark=NAME:0xADDR[:last]…,
//           span=NAME:0xSTART:0xEND…,own=HEX:BEFORE:AFTER…,functions=FILE,stages=0xADDR,
//           console=FILE,until=HEX
//
// entry  a door of the image: counting starts at the first execution of any of them. At a door
//        virtual addresses must equal physical ones (paging off, or identity mapped).
// below  only what runs at virtual addresses below ADDR counts: above is the hypervisor that runs
//        the guest in this machine. Pages and regions are then those of the guest's own addresses.
// own    code that firmware loads wherever it likes is known by its bytes: from BEFORE bytes before
//        them to AFTER behind. The first such bytes that run start the counting; until an entry is
//        come through, maybe the same, all other instructions are firmware's, called by it.
// mark   the counts up to, without, the instruction at ADDR: at its first execution, or its last.
// functions  FILE has their addresses: the run is also counted in sections (sections.h), a stage of
//        which begins with every store to the 32-bit counter at ADDR, if there is one.
// until  the machine ends, by force, when the last port access has brought these bytes into the
// file
//        that is its console: the end is that access.
// span   the instructions from each execution of START to the next one of END, both included.
//
// When QEMU ends, FILE gets lines `key value`: firmware.insns (before the door), door (its
// address), calls.insns (firmware's behind the door, with own=), NAME.COUNT for each mark reached,
// NAME.… for each span, and end.COUNT. The end is the last port access, by which the guest ended
// its machine: some QEMUs let it go on a little (without any, the last instruction). Then the
// sections, where they are wanted. The counts:
//
//   insns    instructions started. One that faults counts each time it is started; an iteration of
//            a repeated string instruction counts as one instruction, and no iteration as one too.
//   stos     those of them that are `rep stos`
//   again    those of them that are iterations of a repeated one but its first
//   loads stores  of RAM or a device, by instructions; each iteration of a repeated one has its own
//   port     port accesses; each iteration of rep ins and rep outs is one
//   mmio     loads and stores that a device answered
//   cpuid rdmsr wrmsr
//   exits    with below=: how often the hypervisor ran
//   pages    distinct 4 KiB pages of RAM fetched from, loaded from or stored to by instructions
//            (not by the page walker, a device or the delivery of an interrupt)
//   regions  the same in 2 MiB
//
// With -icount every count is the same in every run; else where the guest looks at no clock.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "insn.h"
#include "marks.h"
#include "sections.h"
#include "spans.h"
#include "until.h"

#define PAGE_SHIFT   12
#define REGION_SHIFT 21
#define MAX_POINTS   32
#define MAX_OWN      4
#define BUCKETS      4096

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct mark {
    char name[48];
    uint64_t addr;
    bool last, reached;
    struct counts at;
};

// An instruction as it was translated. Equal translations share one, so the pointer identifies it.
struct insn {
    struct insn *next;
    uint64_t vaddr;
    uint64_t host; // where QEMU keeps its first byte
    size_t size;
    enum kind kind;
    bool rep, watched; // watched: a door, mark or span end is here
    bool fetched;      // its pages are counted
    unsigned function; // it belongs to
    uint32_t mark;     // it is one, or 0
};

static struct insn *insns[BUCKETS];
static struct mark marks[MAX_POINTS];

struct own {
    unsigned char bytes[16];
    size_t size;
    uint64_t before, after;
    uint64_t at; // where the bytes were found, or 0
};

static struct own owns[MAX_OWN];
static size_t nowns;
static bool entered; // one of the entries was come through
static bool called;  // the instruction running is firmware's
static uint64_t calls_insns;
static uint64_t doors[MAX_POINTS];
static size_t nmarks, ndoors;
static const char *out_path;
static uint64_t ram_pages = UINT64_C(4096) << (20 - PAGE_SHIFT);
static uint64_t below = UINT64_MAX;
static uint64_t stage_counter; // where it is, or 0
static bool until_over;        // what was waited for has come
static bool outside;           // the hypervisor has run since the guest's last instruction

static bool started;
static uint64_t door, firmware_insns;
static uint64_t ram_host;                      // where QEMU keeps guest-physical address 0
static struct counts now, end;                 // end: at the last port access so far
static unsigned char *page_seen, *region_seen; // a byte for each

// The instruction executed last, and how far it got if it is a repeated one.
static const struct insn *running;
static struct {
    bool begun;     // an iteration was counted since the instruction started
    bool half;      // one of the two loads of a cmps is done
    uint64_t vaddr; // of the access before; ins stores twice to each address
} rep;

static void touch(uint64_t phys)
{
    uint64_t page = phys >> PAGE_SHIFT;
    if (page >= ram_pages || page_seen[page])
        return;
    page_seen[page] = 1;
    now.pages++;
    unsigned char *region = &region_seen[phys >> REGION_SHIFT];
    now.regions += !*region;
    *region = 1;
}

static void start(const struct insn *insn)
{
    started = true;
    door = insn->vaddr;
    ram_host = insn->host - insn->vaddr;
    sections_stage(0, &now);
}

// Is an instruction firmware's, though the counting has begun?
static bool is_call(uint64_t vaddr)
{
    for (size_t i = 0; i < nowns; i++)
        if (owns[i].at && vaddr + owns[i].before >= owns[i].at &&
            vaddr < owns[i].at + owns[i].after)
            return false;
    return nowns && !entered;
}

// Called before the instruction is counted.
static void at_point(const struct insn *insn)
{
    for (size_t i = 0; i < nowns && !started; i++)
        if (owns[i].at == insn->vaddr)
            start(insn);
    for (size_t i = 0; i < ndoors; i++) {
        if (doors[i] == insn->vaddr && (started || !nowns)) {
            entered = true;
            if (!started)
                start(insn);
        }
    }
    if (!started)
        return;
    for (size_t i = 0; i < nmarks; i++) {
        if (marks[i].addr == insn->vaddr && (!marks[i].reached || marks[i].last)) {
            marks[i].reached = true;
            marks[i].at = now;
        }
    }
    spans_at(insn->vaddr, now.insns, now.stos);
}

static void write_counts(void)
{
    FILE *f = fopen(out_path, "w");
    if (!f) {
        fprintf(stderr, "cost: %s: %s\n", out_path, strerror(errno));
        return;
    }
    fprintf(f, "firmware.insns %" PRIu64 "\n", firmware_insns);
    if (started)
        fprintf(f, "door 0x%" PRIx64 "\n", door);
    if (nowns)
        fprintf(f, "calls.insns %" PRIu64 "\n", calls_insns);
    if (until_over)
        fprintf(f, "until 1\n");
    if (end.insns == 0)
        end = now;
    for (size_t i = 0; i < nmarks; i++)
        if (marks[i].reached && marks[i].at.insns < end.insns)
            counts_print(f, marks[i].name, &marks[i].at);
    spans_print(f);
    if (started)
        counts_print(f, "end", &end);
    if (started)
        sections_print(f, &end, &now);
    if (fclose(f) != 0)
        fprintf(stderr, "cost: %s: %s\n", out_path, strerror(errno));
}

// The port access before has ended the run.
static void on_until(void)
{
    until_over = true;
    end = now;
    write_counts();
    _Exit(0); // a vCPU's thread cannot end QEMU otherwise
}

static void on_insn(unsigned int vcpu, void *data)
{
    struct insn *insn = data;
    (void)vcpu;
    // Some versions of QEMU come here for each iteration of a repeated instruction and once more to
    // find that none is left, others once for many: iterations are counted by their accesses.
    if (insn->rep && insn == running)
        return;
    if (running && (running->kind == PORT || running->kind == OUTS) && until_seen())
        on_until();
    running = insn;
    rep.begun = rep.half = false;
    if (insn->watched)
        at_point(insn);
    if (!started) {
        firmware_insns++;
        return;
    }
    called = is_call(insn->vaddr);
    if (called) {
        calls_insns++;
        return;
    }
    now.exits += outside;
    outside = false;
    if (insn->mark)
        sections_mark(insn->mark, &now);
    now.insns++;
    sections_add(insn->function, 1);
    now.stos += insn->kind == STOS && insn->rep;
    now.port += insn->kind == PORT || (!insn->rep && (insn->kind == INS || insn->kind == OUTS));
    now.cpuid += insn->kind == CPUID;
    now.rdmsr += insn->kind == RDMSR;
    now.wrmsr += insn->kind == WRMSR;
    if (!insn->fetched && insn->host) {
        insn->fetched = true;
        touch(insn->host - ram_host);
        touch(insn->host + insn->size - 1 - ram_host);
    }
    if (insn->kind == PORT)
        end = now;
}

// Does this access of a repeated string instruction begin (or, with two loads, end) an iteration?
static bool is_iteration(enum kind kind, bool store, uint64_t vaddr)
{
    bool again = rep.begun && rep.vaddr == vaddr;
    switch (kind) {
    case MOVS:
        return store;
    case CMPS:
        rep.half = !rep.half;
        return !rep.half;
    default:
        rep.vaddr = vaddr;
        return !again;
    }
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data)
{
    const struct insn *insn = data;
    (void)vcpu;
    if (insn->rep && is_iteration(insn->kind, qemu_plugin_mem_is_store(info), vaddr)) {
        uint64_t further = rep.begun; // the first one was counted when the instruction started
        rep.begun = true;
        if (started && called) {
            calls_insns += further;
        } else if (started) {
            now.insns += further;
            sections_add(insn->function, further);
            now.again += further;
            now.stos += insn->kind == STOS ? further : 0;
            now.port += insn->kind == INS || insn->kind == OUTS;
        } else {
            firmware_insns += further;
        }
    }
    if (!started || called)
        return;
    if (qemu_plugin_mem_is_store(info))
        now.stores++;
    else
        now.loads++;
    if (stage_counter && vaddr == stage_counter && qemu_plugin_mem_is_store(info))
        sections_stage(*(const uint32_t *)(uintptr_t)(ram_host + vaddr), &now);
    struct qemu_plugin_hwaddr *where = qemu_plugin_get_hwaddr(info, vaddr);
    if (!where)
        return;
    if (qemu_plugin_hwaddr_is_io(where)) {
        now.mmio++;
    } else {
        uint64_t phys = qemu_plugin_hwaddr_phys_addr(where);
        touch(phys);
        touch(phys + (UINT64_C(1) << qemu_plugin_mem_size_shift(info)) - 1);
    }
}

// Are these the bytes of code that counts as own? They may go on in other blocks.
static bool is_found(const struct insn *insn, const unsigned char *bytes)
{
    for (size_t i = 0; i < nowns; i++) {
        const struct own *o = &owns[i];
        if (!insn->host || o->at || insn->size > o->size || memcmp(bytes, o->bytes, insn->size) ||
            memcmp((const void *)(uintptr_t)insn->host, o->bytes, o->size))
            continue;
        owns[i].at = insn->vaddr;
        return true;
    }
    return false;
}

static bool is_watched(uint64_t vaddr)
{
    bool watched = spans_watch(vaddr);
    for (size_t i = 0; i < ndoors; i++)
        watched |= doors[i] == vaddr;
    for (size_t i = 0; i < nmarks; i++)
        watched |= marks[i].addr == vaddr;
    return watched;
}

static uint32_t mark_of(const unsigned char *bytes, size_t size)
{
    static const unsigned char code[] = MARK_CODE;
    uint32_t mark = 0;
    if (size == sizeof(code) + sizeof(mark) && memcmp(bytes, code, sizeof(code)) == 0)
        memcpy(&mark, bytes + sizeof(code), sizeof(mark));
    return mark == MARK_ROW || mark == MARK_BEGIN || mark == MARK_END ? mark : 0;
}

static struct insn *intern(const struct qemu_plugin_insn *from)
{
    unsigned char bytes[16];
    struct insn insn = {
        .vaddr = qemu_plugin_insn_vaddr(from),
        .host = (uintptr_t)qemu_plugin_insn_haddr(from),
        .size = insn_bytes(from, bytes, sizeof(bytes)),
    };
    bool repeated;
    insn.kind = decode(bytes, insn.size, &repeated);
    insn.rep = repeated && insn.kind >= INS;
    insn.function = sections_function(insn.vaddr);
    insn.mark = mark_of(bytes, insn.size);
    insn.watched = is_found(&insn, bytes) || is_watched(insn.vaddr);

    struct insn **bucket = &insns[(insn.vaddr ^ (insn.vaddr >> 12)) % BUCKETS];
    for (struct insn *i = *bucket; i; i = i->next)
        if (i->vaddr == insn.vaddr && i->host == insn.host && i->size == insn.size &&
            i->kind == insn.kind && i->rep == insn.rep)
            return i;
    struct insn *new = malloc(sizeof(*new));
    if (!new) {
        fprintf(stderr, "cost: out of memory\n");
        abort();
    }
    insn.next = *bucket;
    *new = insn;
    *bucket = new;
    return new;
}

static void on_hypervisor(unsigned int vcpu, void *data)
{
    (void)vcpu;
    (void)data;
    outside = true;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    if (qemu_plugin_tb_vaddr(tb) >= below) {
        qemu_plugin_register_vcpu_tb_exec_cb(tb, on_hypervisor, QEMU_PLUGIN_CB_NO_REGS, NULL);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *from = qemu_plugin_tb_get_insn(tb, i);
        struct insn *insn = intern(from);
        qemu_plugin_register_vcpu_insn_exec_cb(from, on_insn, QEMU_PLUGIN_CB_NO_REGS, insn);
        qemu_plugin_register_vcpu_mem_cb(from, on_access, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, insn);
    }
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    write_counts();
}

// own=HEX:BEFORE:AFTER
static bool take_own(const char *arg)
{
    struct own *o = &owns[nowns++];
    unsigned byte;
    char rest;
    int used;
    for (; sscanf(arg, "%2x%n", &byte, &used) == 1 && used == 2; arg += used) {
        if (o->size == sizeof(o->bytes))
            return false;
        o->bytes[o->size++] = (unsigned char)byte;
    }
    return o->size >= 8 &&
           sscanf(arg, ":%" SCNu64 ":%" SCNu64 "%c", &o->before, &o->after, &rest) == 2;
}

// Takes one argument; false if it makes no sense or is one too many.
static bool take_argument(const char *arg)
{
    char rest;
    if (strncmp(arg, "out=", 4) == 0) {
        out_path = arg + 4;
        return *out_path != '\0';
    }
    if (sscanf(arg, "ram=%" SCNu64 "%c", &ram_pages, &rest) == 1) {
        ram_pages <<= 20 - PAGE_SHIFT;
        return ram_pages > 0;
    }
    if (strncmp(arg, "functions=", 10) == 0)
        return sections_open(arg + 10);
    if (strncmp(arg, "stages=", 7) == 0)
        return sscanf(arg, "stages=%" SCNx64 "%c", &stage_counter, &rest) == 1;
    if (strncmp(arg, "console=", 8) == 0 || strncmp(arg, "until=", 6) == 0)
        return until_argument(arg);
    if (strncmp(arg, "below=", 6) == 0)
        return sscanf(arg, "below=%" SCNx64 "%c", &below, &rest) == 1;
    if (strncmp(arg, "entry=", 6) == 0 && ndoors < MAX_POINTS)
        return sscanf(arg, "entry=%" SCNx64 "%c", &doors[ndoors++], &rest) == 1;
    if (strncmp(arg, "own=", 4) == 0 && nowns < MAX_OWN)
        return take_own(arg + 4);
    if (strncmp(arg, "mark=", 5) == 0 && nmarks < MAX_POINTS) {
        char word[8] = "";
        struct mark *m = &marks[nmarks++];
        int n = sscanf(arg, "mark=%47[^:]:%" SCNx64 ":%4s%c", m->name, &m->addr, word, &rest);
        m->last = n == 3;
        return n == 2 || (n == 3 && strcmp(word, "last") == 0);
    }
    if (strncmp(arg, "span=", 5) == 0)
        return span_argument(arg);
    return false;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv)
{
    /* Several vCPUs are counted together; -icount, which cost.sh sets, runs them in turn. */
    if (!info->system_emulation || strcmp(info->target_name, "x86_64") != 0) {
        fprintf(stderr, "cost: counts x86_64 machines only\n");
        return -1;
    }
    for (int i = 0; i < argc; i++) {
        if (!take_argument(argv[i])) {
            fprintf(stderr, "cost: bad argument, or one too many: %s\n", argv[i]);
            return -1;
        }
    }
    if (!out_path || ndoors == 0) {
        fprintf(stderr, "cost: out=FILE and at least one entry=0xADDR are needed\n");
        return -1;
    }
    page_seen = calloc(ram_pages, 1);
    region_seen = calloc((ram_pages >> (REGION_SHIFT - PAGE_SHIFT)) + 1, 1);
    if (!page_seen || !region_seen) {
        fprintf(stderr, "cost: out of memory\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
