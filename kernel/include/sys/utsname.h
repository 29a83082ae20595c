/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX' names of the system: Limpet's, of a machine x86_64. */
#ifndef LIMPET_SYS_UTSNAME_H
#define LIMPET_SYS_UTSNAME_H

#define UTSNAME_LENGTH 65 /* with the NUL; as in Linux */

struct utsname {
    char sysname[UTSNAME_LENGTH];
    char nodename[UTSNAME_LENGTH];
    char release[UTSNAME_LENGTH];
    char version[UTSNAME_LENGTH];
    char machine[UTSNAME_LENGTH];
};

/* Always 0. */
#ifdef __cplusplus
extern "C"
#endif
    int
    uname(struct utsname *names);

#endif
