// SPDX-License-Identifier: BSD-2-Clause
// Counts what a program does between marks (marks.h), kernel and all: a TCG plugin for QEMU, much
// faster than plugin.c, since it looks at no memory but that of repeated string instructions.
//
//   -plugin marks.so,out=FILE[,watch=NAME:0xADDR]…
//
// watch  how often the instruction at ADDR, a function's first one, is started. A name may stand at
//        several addresses.
//
// When QEMU ends, FILE has a line for each pair of marks, in the order of their ends, with words
// `key=value`: insns, the instructions started on all CPUs, where a repeated string instruction
// counts once; bytes, what those moved, filled or looked through; and each watched name. What other
// CPUs do while a mark is passed is in or out by chance.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode.h"
#include "insn.h"
#include "marks.h"

#define MAX_CPUS    64
#define MAX_WATCHES 16
#define MAX_NAMES   8

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

// Of one CPU, which alone writes it.
struct counts {
    uint64_t insns, bytes, names[MAX_NAMES];
};

static struct {
    struct counts counts;
    uint64_t repeated; // address of the instruction executed last, if that was a repeated one
} __attribute__((aligned(128))) cpus[MAX_CPUS];

static struct {
    uint64_t addr;
    size_t name;
} watches[MAX_WATCHES];

static char names[MAX_NAMES][24];
static size_t nwatches, nnames;
static struct counts at_begin;
static bool inside;
static const char *out_path;
static FILE *out;

static struct counts total(void)
{
    struct counts sum = {0};
    for (size_t i = 0; i < MAX_CPUS; i++) {
        sum.insns += __atomic_load_n(&cpus[i].counts.insns, __ATOMIC_RELAXED);
        sum.bytes += __atomic_load_n(&cpus[i].counts.bytes, __ATOMIC_RELAXED);
        for (size_t n = 0; n < nnames; n++)
            sum.names[n] += __atomic_load_n(&cpus[i].counts.names[n], __ATOMIC_RELAXED);
    }
    return sum;
}

static void on_plain(unsigned int vcpu, void *data)
{
    (void)data;
    cpus[vcpu].counts.insns++;
    cpus[vcpu].repeated = 0;
}

// Some versions of QEMU come here for each iteration.
static void on_repeated(unsigned int vcpu, void *data)
{
    uint64_t addr = (uintptr_t)data;
    cpus[vcpu].counts.insns += cpus[vcpu].repeated != addr;
    cpus[vcpu].repeated = addr;
}

static void on_access(unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t vaddr, void *data)
{
    (void)vaddr;
    if (qemu_plugin_mem_is_store(info) == (data != NULL)) // of a copy the stores only
        cpus[vcpu].counts.bytes += UINT64_C(1) << qemu_plugin_mem_size_shift(info);
}

static void on_watch(unsigned int vcpu, void *data) { cpus[vcpu].counts.names[(uintptr_t)data]++; }

// Comes before the mark itself is counted: the end's counts of the begin's mark alone.
static void on_mark(unsigned int vcpu, void *data)
{
    (void)vcpu;
    struct counts now = total();
    if ((uintptr_t)data == MARK_BEGIN) {
        inside = true;
        at_begin = now;
        return;
    }
    if (!inside)
        return;
    inside = false;
    fprintf(out, "insns=%" PRIu64 " bytes=%" PRIu64, now.insns - at_begin.insns - 1,
            now.bytes - at_begin.bytes);
    for (size_t n = 0; n < nnames; n++)
        fprintf(out, " %s=%" PRIu64, names[n], now.names[n] - at_begin.names[n]);
    fputc('\n', out);
}

// MARK_BEGIN, MARK_END, or 0.
static uint32_t mark_of(const unsigned char *bytes, size_t size)
{
    static const unsigned char code[] = MARK_CODE;
    uint32_t n = 0;
    if (size == sizeof(code) + sizeof(n) && memcmp(bytes, code, sizeof(code)) == 0)
        memcpy(&n, bytes + sizeof(code), sizeof(n));
    return n == MARK_BEGIN || n == MARK_END ? n : 0;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t n = qemu_plugin_tb_n_insns(tb);
    (void)id;
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t vaddr = qemu_plugin_insn_vaddr(insn);
        unsigned char bytes[16];
        size_t size = insn_bytes(insn, bytes, sizeof(bytes));
        bool repeated;
        enum kind kind = decode(bytes, size, &repeated);
        uintptr_t mark = mark_of(bytes, size);
        if (mark)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_mark, QEMU_PLUGIN_CB_NO_REGS,
                                                   (void *)mark);
        for (size_t w = 0; w < nwatches; w++)
            if (watches[w].addr == vaddr)
                qemu_plugin_register_vcpu_insn_exec_cb(insn, on_watch, QEMU_PLUGIN_CB_NO_REGS,
                                                       (void *)(uintptr_t)watches[w].name);
        if (!repeated || kind < INS) {
            qemu_plugin_register_vcpu_insn_exec_cb(insn, on_plain, QEMU_PLUGIN_CB_NO_REGS, NULL);
            continue;
        }
        qemu_plugin_register_vcpu_insn_exec_cb(insn, on_repeated, QEMU_PLUGIN_CB_NO_REGS,
                                               (void *)(uintptr_t)vaddr);
        bool stores = kind == MOVS || kind == STOS || kind == INS;
        qemu_plugin_register_vcpu_mem_cb(insn, on_access, QEMU_PLUGIN_CB_NO_REGS,
                                         QEMU_PLUGIN_MEM_RW, stores ? insn : NULL);
    }
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data)
{
    (void)id;
    (void)data;
    if (fclose(out) != 0)
        fprintf(stderr, "cost: %s: %s\n", out_path, strerror(errno));
}

// NAME:0xADDR
static bool take_watch(const char *arg)
{
    char name[sizeof(names[0])], rest;
    if (nwatches == MAX_WATCHES || nnames == MAX_NAMES ||
        sscanf(arg, "%23[^:]:%" SCNx64 "%c", name, &watches[nwatches].addr, &rest) != 2)
        return false;
    size_t n = 0;
    while (n < nnames && strcmp(names[n], name) != 0)
        n++;
    memcpy(names[n], name, sizeof(name));
    nnames += n == nnames;
    watches[nwatches++].name = n;
    return true;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
                                           char **argv)
{
    if (!info->system_emulation || strcmp(info->target_name, "x86_64") != 0 ||
        info->system.max_vcpus > MAX_CPUS) {
        fprintf(stderr, "cost: counts x86_64 machines of at most %d CPUs only\n", MAX_CPUS);
        return -1;
    }
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0) {
            out_path = argv[i] + 4;
        } else if (strncmp(argv[i], "watch=", 6) != 0 || !take_watch(argv[i] + 6)) {
            fprintf(stderr, "cost: bad argument, or one too many: %s\n", argv[i]);
            return -1;
        }
    }
    out = out_path ? fopen(out_path, "w") : NULL;
    if (!out) {
        fprintf(stderr, "cost: out=FILE is needed, a file that can be written\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
