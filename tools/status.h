/* The exit statuses of limpet and of limpet-vmm.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOLS_STATUS_H
#define TOOLS_STATUS_H

/* The tool's own exit statuses; anything else that `run` returns is the guest's. Whenever one of
 * these is used, a line that begins with "limpet: " stands on stderr, so that a guest which returns
 * the same number is told apart. */
enum status {
    ST_OK = 0,
    ST_FAILED = 1, /* bench: a cell could not be measured; a file could not be written */
    ST_USAGE = 2,  /* unknown command, option, suite, platform; a value out of range */
    ST_WORSE = 3,  /* compare: B is worse than A somewhere */
    ST_UNSURE = 4, /* compare: B is nowhere worse as far as can be told, which is not all */
    ST_UNLIKE = 5, /* compare: the sides have no row that may be compared, or some may not */
    ST_NO_LAST_LINE = 119, /* the guest ended without saying how */
    ST_IMAGE = 120,        /* no such image, or not an image */
    ST_START = 121,        /* QEMU or xl could not start the guest, or the hypervisor gave up */
    ST_HANG = 122,         /* the guest did not end in time */
    ST_PANIC = 123,        /* the guest's kernel panicked */
    ST_RESET = 124,        /* triple fault, crash or reset */
    ST_LAB = 125,          /* the lab failed */
    ST_SIGNAL = 126,       /* QEMU was killed by a signal, or the domain destroyed */
    ST_INTERRUPT = 128,    /* + the signal's number: 130 for Ctrl-C, 143 for SIGTERM */
};

#endif
