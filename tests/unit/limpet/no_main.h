/* SPDX-License-Identifier: BSD-2-Clause */
/* Included into every test: what options.c asks of main.c, which tests go without. */
void help_command(const char *name);
void help_command(const char *name) { (void)name; }
