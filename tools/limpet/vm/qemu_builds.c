/* QEMU as `limpet lab build qemu-cfi` builds it: plain, with LTO, and with CFI besides.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/proc.h"
#include "host/place.h"
#include "vm/qemu.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum offer probe(const char *build, struct buf *why)
{
    char *program = place_qemu_build(build);
    char *argv[] = {program, "--version", NULL};
    bool there = !access(program, X_OK);
    char *version = there ? proc_output(argv) : NULL;
    const char *number = version ? strstr(version, "version ") : NULL;

    if (number)
        buf_printf(why, "QEMU %.*s, TCG, %s", (int)strcspn(number + 8, " \n"), number + 8, program);
    else
        buf_printf(why, "%s: limpet lab build qemu-cfi",
                   there ? "its QEMU does not run" : "not built");
    free(version);
    free(program);
    return number ? OFFER_NATIVE : OFFER_NO;
}

static enum offer probe_plain(struct buf *why) { return probe("plain", why); }

static enum offer probe_lto(struct buf *why) { return probe("lto", why); }

static enum offer probe_cfi(struct buf *why) { return probe("cfi", why); }

static const char *refuse(const struct vm_config *c, const struct args *modules)
{
    if (c->qemu)
        return "--qemu: this platform is a QEMU of its own; with another one it is the platform "
               "qemu";
    return qemu_refuse(c, modules);
}

#define BUILD                                                                                      \
    .boots = 20, .optional = true, .suites = OWN_USUALLY, .variant = QEMU_DIRECT,                  \
    .doors = qemu_doors, .run = qemu_run, .refuse = refuse

const struct platform platform_qemu_plain = {
    .name = "qemu-plain",
    .title = "QEMU, plain",
    .column = 25,
    .build = "plain",
    .probe = probe_plain,
    BUILD,
};

const struct platform platform_qemu_lto = {
    .name = "qemu-lto",
    .title = "QEMU, LTO",
    .column = 26,
    .build = "lto",
    .probe = probe_lto,
    BUILD,
};

const struct platform platform_qemu_cfi = {
    .name = "qemu-cfi",
    .title = "QEMU, CFI",
    .column = 27,
    .build = "cfi",
    .probe = probe_cfi,
    BUILD,
};
