/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: the kernel's options, the environment, the app's arguments. */
#ifndef KERNEL_ARGS_H
#define KERNEL_ARGS_H

#include <stdint.h>

#define ARGS_MAX 128

/*
 * Splits line in place at spaces. "Double quotes" group, a backslash takes the next character as it
 * is. Writes at most max words and returns how many the line has. Pure.
 */
int args_split(char *line, char **words, int max);

/*
 * Takes the command line apart: leading words limpet.OPTION=VALUE are the kernel's, env.NAME=VALUE
 * the environment; a word "--" ends them; the rest are argv[1] on. In a line that is shared with
 * the loader, as Linux' protocol wants it, what else stands before a "--" is the loader's and
 * passed over, and so is, with or without, BOOT_IMAGE=FILE at the head. Panics when there are too
 * many.
 */
struct boot_info;
void args_read(const struct boot_info *info);

extern char *args_argv[ARGS_MAX + 2]; /* [0] is the image's name; ends with NULL */
extern int args_argc;

/* The main thread's stack in bytes: LIMPET_MAIN_STACK() of limpet.h, or the default. */
extern const uint64_t limpet_main_stack;

/* The app's thread: libc, constructors, main, exit (libc/start.c). */
void app_thread(void *unused);

#endif
