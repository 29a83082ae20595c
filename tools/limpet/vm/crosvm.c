/* Guests under crosvm. Read: its main branch of August 2026; "untried" stands until somebody has
 * run it. SPDX-License-Identifier: BSD-2-Clause */
#include "vm/program.h"
#include "base/quote.h"

#include <string.h>

/* Has a line the "--" that ends the words of others? */
static bool has_end(const char *line)
{
    struct args words = {0};
    bool has = false;

    quote_split(line, &words);
    for (size_t i = 0; i < words.n; i++)
        has |= !strcmp(words.v[i], "--");
    args_free(&words);
    return has;
}

/* src/crosvm/cmdline.rs, struct RunCommand. It enters by multiboot
 * (kernel_loader/src/multiboot.rs) and puts words of its own before the line (x86_64/src/lib.rs,
 * get_base_linux_cmdline()): so the guest is told that the line is shared. */
void crosvm_arguments(const struct program_guest *g, struct args *out)
{
    args_words(out, "crosvm run --disable-sandbox --mem");
    args_addf(out, "%u", g->mem_mib);
    args_add(out, "--cpus");
    args_addf(out, "%u", g->cpus);
    args_words(out, "--serial type=stdout,hardware=serial,num=1,console=true,stdin=true --params");
    args_addf(out, "limpet.line=shared%s%s%s", g->line[0] ? " " : "", g->line,
              has_end(g->line) ? "" : " --");
    args_add(out, PROGRAM_IMAGE);
}

const struct program crosvm = {
    .name = "crosvm",
    .title = "crosvm",
    .version = "version",
    .behind = "crosvm ",
    .get = "its sources, and build them (crosvm.dev)",
    .source = "August 2026",
    .line_max = 2000,   /* x86_64/src/lib.rs, CMDLINE_MAX_SIZE 2048, its own words among them */
    .reset_status = 32, /* src/main.rs, enum CommandStatus: VmReset, VmCrash */
    .crash_status = 33,
    .arguments = crosvm_arguments,
};

static enum offer probe(struct buf *why) { return program_probe(&crosvm, why); }

static const char *const doors[] = {"multiboot", NULL};

const struct platform platform_crosvm = {
    .name = "crosvm",
    .title = "crosvm",
    .column = 19,
    .lab = "kvm",
    .hardware = true,
    .interpretable = true,
    .boots = 20,
    .doors = doors,
    .program = &crosvm,
    .probe = probe,
    .run = program_run,
    .refuse = program_refuse,
};
