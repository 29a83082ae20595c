/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's name, as glibc and the BSDs have it; a program that does not ask for it has none.
 */
#include <string.h>

extern char *__progname, *program_invocation_name, *program_invocation_short_name;
char *__progname, *program_invocation_name, *program_invocation_short_name;

static __attribute__((constructor)) void keep_name(int argc, char **argv)
{
    char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    program_invocation_name = argc > 0 ? argv[0] : "";
    __progname = slash != NULL ? slash + 1 : program_invocation_name;
    program_invocation_short_name = __progname;
}
