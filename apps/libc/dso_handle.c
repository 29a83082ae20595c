/* SPDX-License-Identifier: BSD-2-Clause */
/* By what constructors of C++ tell __cxa_atexit() which program or library they are of: there is
 * but one. */
extern void *const __dso_handle;
void *const __dso_handle = 0;
