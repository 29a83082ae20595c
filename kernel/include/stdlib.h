/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's <stdlib.h>, and what of glibc's it has not. */
#include_next <stdlib.h>

#ifndef LIMPET_STDLIB_H
#define LIMPET_STDLIB_H

#ifdef __cplusplus
extern "C" {
#endif

#if __MISC_VISIBLE
int clearenv(void); /* always 0 */
#endif
#if __GNU_VISIBLE
char *canonicalize_file_name(const char *path); /* realpath(path, NULL) */
#endif

#ifdef __cplusplus
}
#endif

#endif
