/* The labs: virtual machines with KVM or Xen in them, in which this same tool runs its jobs. This
 * room, lab/, uses vm/, host/ and base/; it knows a job's command, not what is measured there.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_H
#define LIMPET_LAB_H

#include "base/buf.h"
#include "lab/image.h"
#include "vm/console.h"
#include "vm/platforms.h"

#include <stdbool.h>

#define LAB_GUEST_TIMEOUT 240.0 /* a guest inside, unless --timeout says more */
#define LAB_MARGIN_S      30.0  /* what the tool inside needs besides */
#define LAB_BOOT_S        120.0 /* from power-on to the job's start */

/* One job: a folder with the tool, the apps and a script, shared with the lab. */
struct lab_job {
    const char *lab;
    char *dir; /* on this side; dir/job is /job inside */
    struct lab_image image;
    struct args command; /* of the tool inside, without its own name */
    const char *shell;   /* or what the lab's shell runs instead */
    int stdin_fd;        /* what the command inside reads, or -1 */
    int gdb;             /* struct vm_config's, for a guest inside */
    double timeout_s;    /* for the job, after the lab has booted */
    bool quiet;          /* the inner stdout is dropped (bench: the result comes as a file) */
};

/* Builds the lab's image if it is missing, takes it into use, and makes the folder. Returns 0, or a
 * status with a message. */
int lab_begin(struct lab_job *job, const char *lab);

/* Copies an image into a folder inside the job's, LAB_APPS where the tool inside looks for it, and
 * those wrappings of a set (WRAPPING_BIT()) that there are. Returns its name inside (caller frees),
 * or NULL with a message. */
#define LAB_APPS "apps"
char *lab_add_image(struct lab_job *job, const char *folder, const char *path, unsigned wrappings);

/* Copies a module "FILE" or "FILE ARGUMENTS" and adds --module to the command. Returns 0, or -1
 * with a message. */
int lab_add_module(struct lab_job *job, const char *module, size_t number);

/* Adds the options that travel to the command, and the time-out of a lab unless the machine has
 * one.
 */
void lab_add_options(struct lab_job *job, const struct vm_config *vm, const struct args *options);

/* Boots the lab, runs the job, and returns the status of the command inside, or ST_LAB with a
 * message that names the stage, or an interruption's. The listener hears the job's console. */
int lab_run(struct lab_job *job, const struct console_listener *listener);

/* Removes the folder and lets the image go. */
void lab_end(struct lab_job *job);

/* What a platform is here, counting the lab; appends why. */
enum offer lab_offer(const struct platform *platform, struct buf *why);

/* Why a lab has no room for a guest with so much memory (0: the default), or NULL; caller frees. */
char *lab_memory_trouble(const char *lab, unsigned mem_mib);

/* A shell in a lab, on our terminal. Returns 0, or a status with a message. */
int lab_shell(const char *lab);

/* Runs a command of this machine while a lab is open: what it starts of this tool has its jobs run
 * there, one after the other, without a boot for each. Returns its status, or ST_LAB. */
int lab_open(const char *lab, char *const words[]);

/* Runs a shell command in a lab, its output on ours. Returns its status. */
int lab_exec(const char *lab, char *const words[], int count);

#endif
