/* The build of the lab's image.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/msg.h"
#include "host/place.h"
#include "lab/image.h"
#include "tools/status.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int lab_run_here(char *const argv[], const char *dir, bool background)
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

/* A script of the lab's folder, with where it puts what it makes (freed here). Returns 0, or a
 * status with a message. */
static int run_script(const char *name, char *out, const char *what)
{
    char *script = lab_source_path(name);
    char *argv[] = {script, out, NULL};
    int status = ST_OK, wait;

    if (access(script, X_OK)) {
        warn("lab: no %s; set LIMPET_LAB_DIR to the folder that has %s", script, name);
        status = ST_LAB;
    } else {
        wait = lab_run_here(argv, NULL, true);
        if (interrupted)
            status = ST_INTERRUPT + interrupted;
        else if (wait) {
            warn("lab: building %s failed (%s)", what, script);
            status = ST_LAB;
        }
    }
    free(script);
    free(out);
    return status;
}

int lab_build(void)
{
    int status = run_script(LAB_SCRIPT, place_lab_image(NULL), "its image");

    if (status || (lab_is_built("kvm") && lab_is_built("xen")))
        return status;
    warn("lab: building its image failed");
    return ST_LAB;
}

int lab_build_qemu(void) { return run_script(QEMU_SCRIPT, place_qemu_build(NULL), "QEMU"); }
