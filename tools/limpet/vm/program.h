/* One guest in one VMM that is a program of its own, looked for in PATH: what Firecracker, Cloud
 * Hypervisor, crosvm and kvmtool have in common. Each is a file that says how it is asked: its
 * arguments, and what it makes of a guest's end. Its guest's console is its standard input and
 * output; of the guest's status it knows nothing, so that the guest's last line tells it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PROGRAM_H
#define LIMPET_PROGRAM_H

#include "vm/platforms.h"
#include "vm/vm.h"

/* Files in the folder of its own in which it runs, by which every path is plain. */
#define PROGRAM_IMAGE  "image"
#define PROGRAM_MODULE "module"
#define PROGRAM_CONFIG "config.json"
#define PROGRAM_LOG    "log"

#define PROGRAM_ANY_CPUS 0

/* What it is asked for. Texts are borrowed. */
struct program_guest {
    const char *version; /* of the program: "1.12.0"; "" where it does not tell */
    unsigned cpus, mem_mib;
    const char *line;   /* the guest's, "" for none */
    const char *module; /* PROGRAM_MODULE, or NULL */
};

struct program {
    const char *name;    /* in PATH: "firecracker" */
    const char *title;   /* in sentences: "Firecracker" */
    const char *version; /* its argument that has it tell its version */
    const char *behind;  /* the words there behind which the version stands */
    const char *get;     /* where it comes from, for who has none */
    const char *tried;   /* what of it was really run by us, or NULL: only its source was read */
    const char *source;  /* which */

    unsigned cpus_max;   /* or PROGRAM_ANY_CPUS */
    size_t line_max;     /* bytes of the guest's line */
    bool takes_module;   /* one, as an initrd: without a name or arguments */
    bool reads_terminal; /* it reads its guest's input from a terminal only */
    char escape;         /* a byte of the input that it keeps unless it comes twice; or 0 */
    unsigned lost;       /* so many bytes of the first input may not reach the guest */
    bool logs;           /* to PROGRAM_LOG what went wrong */

    int reset_status;    /* its own when the guest resets the machine by the keyboard controller */
    int crash_status;    /* when a triple fault does; the same: that cannot be told from it */
    const char *gave_up; /* words of its errors when KVM cannot go on, though its status may be 0;
                            or NULL */
    const char *reset_event; /* it starts a reset guest anew, and tells so with these words through
                                PROC_EXTRA_FD; or NULL: it ends */

    /* Pure. Why a version cannot take the guest by a door, or NULL; or no such function. */
    const char *(*refuse)(const char *version, const char *door);
    /* config: the text of PROGRAM_CONFIG, caller frees; or no such function. */
    void (*arguments)(const struct program_guest *guest, struct args *out);
    char *(*config)(const struct program_guest *guest);
};

extern const struct program firecracker, cloud_hypervisor, crosvm, kvmtool;

/* Is a version ("1.12.0") at least so high? Pure. */
bool program_version_is(const char *version, unsigned major, unsigned minor);

/* The version in what a program says of itself, "" where it does not stand there; caller frees.
 * Pure. */
char *program_version(const struct program *p, const char *said);

/* What of the line it would not take, or NULL; caller frees. Pure. */
char *program_line_trouble(const struct program *p, const char *line);

/* Has the ELF file of that path no interpreter, so that it runs in a lab too? */
bool program_is_static(const char *path);

bool program_is_here(const struct program *p); /* in PATH */

/* What a platform's three functions do. */
enum offer program_probe(const struct program *p, struct buf *why);
const char *program_refuse(const struct vm_config *config, const struct args *modules);
vm_run_fn program_run;

#endif
