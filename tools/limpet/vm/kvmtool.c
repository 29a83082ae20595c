/* Guests under kvmtool, whose program is lkvm. Read, and run in the lab: its main branch of August
 * 2024 (b48735e).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/program.h"

/* builtin-run.c. It makes a folder .lkvm in $HOME for the socket of its other commands; the folder
 * that it runs in is ours. --nodefaults (October 2021): no root file system of its own, and no
 * words of its own before the line. */
void kvmtool_arguments(const struct program_guest *g, struct args *out)
{
    args_words(out, "env HOME=. lkvm run --nodefaults --name=limpet --network=mode=none "
                    "--console=serial");
    args_addf(out, "--cpus=%u", g->cpus);
    args_addf(out, "--mem=%u", g->mem_mib);
    args_add(out, "--kernel=" PROGRAM_IMAGE);
    if (g->module)
        args_addf(out, "--initrd=%s", g->module);
    if (g->line[0])
        args_addf(out, "--params=%s", g->line);
}

const struct program kvmtool = {
    .name = "lkvm",
    .title = "kvmtool",
    .version = "version",
    .behind = "kvm tool ",
    .get = "kvmtool's sources, and \"make lkvm-static\"",
    .source = "August 2024",
    .line_max = 2047, /* x86/kvm.c: the image's own limit, cmdline_size */
    .takes_module = true,
    .reads_terminal = true, /* term.c, term_init(): else nobody waits for input */
    .escape = 1,            /* term.c, term_escape_char: Ctrl-A, then x ends it */
    /* hw/serial.c: the input that the first of four serial ports cannot take at once goes to the
     * others, 64 bytes each, where it stays. */
    .lost = 256,
    .tried = "in the kvm lab: arguments, status, input, a module, two processors, boot rows",
    .gave_up = "KVM exit reason", /* builtin-run.c, kvm_cpu_thread() */
    .arguments = kvmtool_arguments,
};

/* kvm.c, kvm__init(): without VT-x or SVM in CPUID it does not start, so not where KVM interprets.
 */
static enum offer probe(struct buf *why) { return program_probe(&kvmtool, why); }

static const char *const doors[] = {"bz", NULL};

const struct platform platform_kvmtool = {
    .name = "kvmtool",
    .title = "kvmtool",
    .column = 20,
    .lab = "kvm",
    .hardware = true,
    .boots = 20,
    .doors = doors,
    .program = &kvmtool,
    .probe = probe,
    .run = program_run,
    .refuse = program_refuse,
};
