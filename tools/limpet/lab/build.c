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

int lab_build(void)
{
    char *script = lab_source_path(LAB_SCRIPT), *out = place_lab_image(NULL);
    char *argv[] = {script, out, NULL};
    int status = ST_OK, wait;

    if (access(script, X_OK)) {
        warn("lab: no %s; set LIMPET_LAB_DIR to the folder that has build.sh", script);
        status = ST_LAB;
    } else {
        wait = lab_run_here(argv, NULL, true);
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
