/* People in a lab: any command, with the tool and all apps at hand, or a shell.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "host/place.h"
#include "lab/image.h"
#include "lab/lab.h"
#include "tools/status.h"
#include "vm/doors.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXEC_S 7200.0 /* whoever waits can interrupt */

/* A folder's images, as a pattern; in its own name nothing is one. Caller frees. */
static char *images_of(const char *folder)
{
    struct buf pattern = {0};

    for (; *folder; folder++)
        buf_printf(&pattern, "%s%c", strchr("*?[\\", *folder) ? "\\" : "", *folder);
    buf_str(&pattern, "/*.elf");
    return pattern.data;
}

/* All apps that limpet finds by name. */
static int add_apps(struct lab_job *job)
{
    char *folder = place()->apps ? xstrdup(place()->apps) : xasprintf("%s/apps", tool_dir());
    char *pattern = images_of(folder);
    int status = ST_OK;
    glob_t found;

    free(folder);
    if (!glob(pattern, 0, NULL, &found)) {
        for (size_t i = 0; i < found.gl_pathc && !status; i++) {
            char *name = lab_add_image(job, LAB_APPS, found.gl_pathv[i], WRAPPING_ALL);

            status = name ? ST_OK : ST_LAB;
            free(name);
        }
        globfree(&found);
    }
    free(pattern);
    return status;
}

int lab_exec(const char *lab, char *const words[], int count)
{
    struct console_listener listener = {.bytes = output_bytes};
    struct buf command = {0};
    struct lab_job job;
    int status = lab_begin(&job, lab);

    if (!status)
        status = add_apps(&job);
    for (int i = 0; i < count; i++)
        buf_printf(&command, "%s%s", i ? " " : "", words[i]);
    if (!status) {
        job.shell = command.data;
        job.timeout_s = EXEC_S;
        job.stdin_fd = input_usable();
        status = lab_run(&job, &listener);
    }
    lab_end(&job);
    buf_free(&command);
    return output_failed() ? ST_FAILED : status;
}

int lab_shell(const char *lab)
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
    args_words(&args, "-serial mon:stdio");
    if (!status) {
        fputs("The lab starts; leave its shell with exit, or QEMU with Ctrl-A X.\n", stderr);
        if (lab_run_here(args.v, dir, false)) {
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
