/* limpet lab: build, status, shell, exec.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "lab/lab.h"
#include "lab/image.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "tools/status.h"
#include "cmd/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs a command with our stdin, stdout and stderr to its end; it dies with us. In the background
 * it is a process group of its own that writes to stderr only, so that an interruption ends all of
 * it. dir: its folder, or NULL for ours. Returns its wait status, or -1. */
static int run_here(char *const argv[], const char *dir, bool background)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (background) {
            setpgid(0, 0);
            dup2(STDERR_FILENO, STDOUT_FILENO);
        }
        if (dir && chdir(dir))
            _exit(127);
        execvp(argv[0], argv);
        _exit(127);
    }
    if (pid < 0)
        return -1;
    if (background)
        setpgid(pid, pid);
    cleanup_child(pid, background);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        if (interrupted)
            kill(background ? -pid : pid, SIGTERM);
    cleanup_child_gone(pid);
    return status;
}

int lab_build(void)
{
    char *script = lab_source_path("build.sh"), *out = lab_image_path(NULL);
    char *argv[] = {script, out, NULL};
    int status = ST_OK, wait;

    if (access(script, X_OK)) {
        warn("lab: no %s; set LIMPET_LAB_DIR to the folder that has build.sh", script);
        status = ST_LAB;
    } else {
        wait = run_here(argv, NULL, true);
        if (interrupted)
            status = ST_INTERRUPT + interrupted;
        else if (wait || !lab_is_built("kvm") || !lab_is_built("xen")) {
            warn("lab: building its image failed (%s)", script);
            status = ST_LAB;
        }
    }
    free(script);
    free(out);
    return status;
}

static int show_status(const char *lab)
{
    char *dir = lab_image_path(NULL), *why = lab_is_built(lab) ? lab_image_trouble(dir) : NULL;

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

static int lab_shell(const char *lab)
{
    const char *append =
        strcmp(lab, "xen") ? " limpet.shell console=ttyS0" : " limpet.shell console=hvc0";
    struct lab_image image = {.lock = -1};
    struct args args = {0};
    int status;
    char *dir;

    if (!isatty(STDIN_FILENO)) {
        warn("lab shell wants a terminal; for a command: limpet lab exec %s -- COMMAND", lab);
        return ST_USAGE;
    }
    status = lab_is_built(lab) ? ST_OK : lab_build();
    status = status ? status : lab_image_use(lab, &image);
    dir = status ? NULL : cleanup_tmpdir();
    if (!dir)
        return status ? status : ST_LAB;
    status = lab_machine(lab, &image, append, dir, &args) ? ST_LAB : ST_OK;
    args_add(&args, "-serial");
    args_add(&args, "mon:stdio");
    if (!status) {
        fputs("The lab starts; leave its shell with exit, or QEMU with Ctrl-A X.\n", stderr);
        if (run_here(args.v, dir, false)) {
            warn("lab %s: QEMU ended with an error", lab);
            status = ST_LAB;
        }
    }
    args_free(&args);
    lab_image_release(&image);
    cleanup_remove(dir);
    free(dir);
    return status;
}

static int do_build(const char *lab, const struct options *o)
{
    (void)lab, (void)o; /* one build serves both */
    return lab_build();
}

static int do_status(const char *lab, const struct options *o)
{
    (void)o;
    if (lab)
        return show_status(lab);
    show_status("kvm");
    return show_status("xen");
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

/* The actions; the lab is NULL where none needs to be named and none was. */
static const struct action {
    const char *name;
    bool names_lab; /* must a lab be named? */
    bool more;      /* do more words follow? */
    int (*fn)(const char *lab, const struct options *o);
} actions[] = {
    {"build", false, false, do_build},
    {"status", false, false, do_status},
    {"shell", true, false, do_shell},
    {"exec", true, true, do_exec},
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
        warn(a && a->more ? "lab exec: which command? For instance: limpet lab exec kvm -- uname -a"
                          : "lab wants build, status, shell or exec; see: limpet lab --help");
    else if (a->names_lab && !lab[0])
        warn("lab %s: which one? there are kvm and xen", verb);
    else if (lab[0] && strcmp(lab, "kvm") && strcmp(lab, "xen"))
        warn("unknown lab \"%s\"; there are kvm and xen", lab);
    else
        return a;
    return NULL;
}

int cmd_lab(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_LAB, argc, argv, &o);
    const struct action *action;

    if (status >= 0)
        return status;
    action = check(&o);
    return action ? action->fn(o.rest_count > 1 ? o.rest[1] : NULL, &o) : ST_USAGE;
}
