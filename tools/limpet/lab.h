/* The lab: a virtual machine with emulated hardware virtualization, in which this same tool runs
 * its kvm jobs. SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_H
#define LIMPET_LAB_H

#include "buf.h"
#include "console.h"
#include "options.h"

#include <stdbool.h>

#define LAB_GUEST_TIMEOUT 240.0 /* a guest inside, unless --timeout says more */
#define LAB_MARGIN_S      30.0  /* what the tool inside needs besides */
#define LAB_BOOT_S        120.0 /* from power-on to the job's start */

/* Is the lab's image there? */
bool lab_is_built(void);

/* One job: a folder with the tool, the apps and a script, shared with the lab. */
struct lab_job {
    char *dir;           /* on this side; /job inside */
    struct args command; /* of the tool inside, without its own name */
    double timeout_s;    /* for the job, after the lab has booted */
    bool quiet;          /* the inner stdout is dropped (bench: the result comes as a file) */
};

/* Builds the lab's image if it is missing and makes the folder. Returns 0, or a status with a
 * message. */
int lab_begin(struct lab_job *job);

/* Copies an image into the folder. Returns its name inside (static storage), or NULL with a
 * message. */
char *lab_add_image(struct lab_job *job, const char *path);

/* Copies a module "FILE" or "FILE ARGUMENTS" and adds --module to the command. Returns 0, or -1
 * with a message. */
int lab_add_module(struct lab_job *job, const char *module, size_t number);

/* Adds the options of the machine to the command. */
void lab_add_options(struct lab_job *job, const struct options *o);

/* Boots the lab, runs the job, and returns the status of the tool inside, or ST_LAB with a message
 * that names the stage, or an interruption's. The listener hears the job's console. */
int lab_run(struct lab_job *job, const struct console_listener *listener);

/* Removes the folder. */
void lab_end(struct lab_job *job);

#endif
