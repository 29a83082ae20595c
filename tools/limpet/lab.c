/* limpet lab: build, status, shell.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "lab.h"
#include "lab_image.h"
#include "cleanup.h"
#include "limpet.h"
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char *lab_image_path(const char *file)
{
    return xasprintf("%s/lab/kvm%s%s", tool_dir() ? tool_dir() : ".", file ? "/" : "",
                     file ? file : "");
}

bool lab_is_built(void)
{
    char *kernel = lab_image_path(LAB_KERNEL), *initrd = lab_image_path(LAB_INITRD);
    bool built = !access(kernel, R_OK) && !access(initrd, R_OK);

    free(kernel);
    free(initrd);
    return built;
}

/* The script that builds the lab; caller frees. */
static char *build_script(void)
{
    const char *dir = getenv("LIMPET_LAB_DIR");

    if (dir && dir[0])
        return xasprintf("%s/build.sh", dir);
    return xasprintf("%s/../tools/lab/build.sh", tool_dir() ? tool_dir() : ".");
}

/* Runs a command with our stdin, stdout and stderr to its end; it dies with us. In the background
 * it is a process group of its own that writes to stderr only, so that an interruption ends all of
 * it. Returns its wait status, or -1. */
static int run_here(char *const argv[], bool background)
{
    pid_t pid = fork();
    int status = -1;

    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (background) {
            setpgid(0, 0);
            dup2(STDERR_FILENO, STDOUT_FILENO);
        }
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
    char *script = build_script(), *out = lab_image_path(NULL);
    char *argv[] = {script, out, NULL};
    int status = ST_OK, wait;

    if (access(script, X_OK)) {
        warn("lab: no %s; set LIMPET_LAB_DIR to the folder that has build.sh", script);
        status = ST_LAB;
    } else {
        wait = run_here(argv, true);
        if (interrupted)
            status = ST_INTERRUPT + interrupted;
        else if (wait || !lab_is_built()) {
            warn("lab: building its image failed (%s)", script);
            status = ST_LAB;
        }
    }
    free(script);
    free(out);
    return status;
}

static int lab_status(void)
{
    char *dir = lab_image_path(NULL);
    struct stat st;

    if (!lab_is_built()) {
        printf("kvm: not built; limpet lab build kvm builds it in %s\n", dir);
    } else {
        char *initrd = lab_image_path(LAB_INITRD);

        if (stat(initrd, &st))
            st.st_size = 0;
        printf("kvm: built, %s, %.0f MB\n", dir, (double)st.st_size / 1e6);
        free(initrd);
    }
    free(dir);
    return ST_OK;
}

static int lab_shell(void)
{
    struct args args = {0};
    int status = lab_is_built() ? ST_OK : lab_build();

    if (status)
        return status;
    lab_machine(&args);
    args_add(&args, "-display");
    args_add(&args, "none");
    args_add(&args, "-serial");
    args_add(&args, "mon:stdio");
    args_add(&args, "-append");
    args_add(&args, LAB_CMDLINE " limpet.shell");
    fputs("The lab starts; leave its shell with exit, or QEMU with Ctrl-A X.\n", stderr);
    status = run_here(args.v, false);
    args_free(&args);
    if (status == 0)
        return ST_OK;
    warn("lab: QEMU ended with an error");
    return ST_LAB;
}

int cmd_lab(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_LAB, argc, argv, &o);
    const char *verb, *lab;

    if (status >= 0)
        return status;
    verb = o.rest_count > 0 ? o.rest[0] : "";
    lab = o.rest_count > 1 ? o.rest[1] : "";
    if (o.rest_count > 2 ||
        (strcmp(verb, "build") && strcmp(verb, "status") && strcmp(verb, "shell"))) {
        warn("lab wants build, status or shell; see: limpet lab --help");
        return ST_USAGE;
    }
    if (!strcmp(lab, "xen")) {
        warn("lab xen: not yet supported by this version");
        return ST_USAGE;
    }
    if (strcmp(lab, "kvm") && (lab[0] || strcmp(verb, "status"))) {
        warn(lab[0] ? "unknown lab \"%s\"; there is kvm" : "lab %s: which one? there is kvm",
             lab[0] ? lab : verb);
        return ST_USAGE;
    }
    if (!strcmp(verb, "status"))
        return lab_status();
    return !strcmp(verb, "build") ? lab_build() : lab_shell();
}
