/* limpet lab: build, status, shell, exec.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "host/place.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "lab/image.h"
#include "lab/lab.h"
#include "tools/status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QEMU_CFI "qemu-cfi" /* no lab, but builds of QEMU to be measured */

static bool is_qemu(const char *lab) { return lab && !strcmp(lab, QEMU_CFI); }

static int show_status(const char *lab)
{
    char *dir = place_lab_image(NULL), *why = lab_is_built(lab) ? lab_image_trouble(dir) : NULL;

    if (why)
        printf("%s: damaged: %s; limpet lab build builds it anew in %s\n", lab, why, dir);
    else if (!lab_is_built(lab))
        printf("%s: not built; limpet lab build %s builds it in %s\n", lab, lab, dir);
    else
        printf("%s: built, %s; runs on %s\n", lab, dir,
               lab_uses_kvm() ? "this machine's KVM" : "QEMU's TCG, which emulates SVM");
    free(why);
    free(dir);
    return ST_OK;
}

/* Those that are there, and in which folder. */
static int show_builds(void)
{
    static const char *const names[] = {"plain", "lto", "cfi"};
    char *dir = place_qemu_build(NULL);
    int n = 0;

    printf(QEMU_CFI ":");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *program = place_qemu_build(names[i]);

        if (!access(program, X_OK))
            printf("%s %s", n++ ? "," : "", names[i]);
        free(program);
    }
    printf(n == 3 ? " built, %s\n"
           : n    ? " built, the rest by limpet lab build " QEMU_CFI ", %s\n"
                  : " not built; limpet lab build " QEMU_CFI " builds it in %s\n",
           dir);
    free(dir);
    return ST_OK;
}

static int do_build(const char *lab, const struct options *o)
{
    (void)o;
    return is_qemu(lab) ? lab_build_qemu() : lab_build(); /* one build serves both labs */
}

static int do_status(const char *lab, const struct options *o)
{
    (void)o;
    if (lab)
        return is_qemu(lab) ? show_builds() : show_status(lab);
    show_status("kvm");
    show_status("xen");
    return show_builds();
}

static int do_shell(const char *lab, const struct options *o)
{
    (void)o;
    return lab_shell(lab);
}

static int do_exec(const char *lab, const struct options *o)
{
    return lab_exec(lab, o->rest + 2, o->rest_count - 2);
}

static int do_open(const char *lab, const struct options *o) { return lab_open(lab, o->rest + 2); }

/* The actions; the lab is NULL where none needs to be named and none was. */
static const struct action {
    const char *name;
    bool names_lab; /* must a lab be named? */
    bool more;      /* do more words follow? */
    int (*fn)(const char *lab, const struct options *o);
} actions[] = {
    {"build", false, false, do_build}, {"status", false, false, do_status},
    {"shell", true, false, do_shell},  {"exec", true, true, do_exec},
    {"open", true, true, do_open},
};

/* The action meant, or NULL with a message when the words are no use of it. */
static const struct action *check(const struct options *o)
{
    const char *verb = o->rest_count > 0 ? o->rest[0] : "",
               *lab = o->rest_count > 1 ? o->rest[1] : "";
    const struct action *a = NULL;

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (!strcmp(verb, actions[i].name))
            a = &actions[i];
    if (!a || (o->rest_count > 2) != a->more)
        warn(a && a->more ? "lab %s: which command? For instance: limpet lab exec kvm -- uname -a"
                          : "lab wants build, status, shell, exec or open; see: limpet lab --help",
             verb);
    else if (a->names_lab && !lab[0])
        warn("lab %s: which one? there are kvm and xen", verb);
    else if (is_qemu(lab) && a->names_lab)
        warn("lab %s: " QEMU_CFI " is three builds of QEMU, to be measured: limpet bench " QEMU_CFI,
             verb);
    else if (lab[0] && strcmp(lab, "kvm") && strcmp(lab, "xen") && !is_qemu(lab))
        warn("unknown lab \"%s\"; there are kvm and xen (and " QEMU_CFI ", to build)", lab);
    else
        return a;
    return NULL;
}

static int cmd_lab(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_LAB, argc, argv, &o);
    const struct action *action;

    if (status >= 0)
        return status;
    action = check(&o);
    return action ? action->fn(o.rest_count > 1 ? o.rest[1] : NULL, &o) : ST_USAGE;
}

const struct command command_lab = {
    .name = "lab",
    .fn = cmd_lab,
    .help = "the nested labs: KVM and Xen on a machine that has none",
    .usage = "limpet lab build [" QEMU_CFI "]\n"
             "       limpet lab status\n"
             "       limpet lab shell LAB\n"
             "       limpet lab exec LAB -- COMMAND\n"
             "       limpet lab open LAB -- COMMAND",
    .options = OPT_LAB,
    .notes = "\n"
             "LAB is kvm or xen; one build serves both. The lab runs on this machine's KVM\n"
             "where that lets its guests virtualize, else under QEMU's TCG;\n"
             "LIMPET_LAB_ACCEL=kvm or tcg decides.\n"
             "build " QEMU_CFI " makes three builds of QEMU from the distribution's source, for\n"
             "the platforms qemu-plain, qemu-lto and qemu-cfi; it says before how long that\n"
             "takes, and goes on where it was interrupted.\n"
             "exec runs the COMMAND by the lab's shell in /job, a new folder with limpet and\n"
             "apps in it; its output is shown, its status is the exit status.\n"
             "open boots the lab, runs the COMMAND on this machine, and ends the lab: what\n"
             "limpet starts in that lab meanwhile, as make check does by limpet exec --lab,\n"
             "takes its turn there, without a boot for each.\n",
    .example = "limpet lab exec xen -- xl info",
    .words = WORDS_LAB,
};
