/* The commands. One file here is one command: it parses its options, calls what does the work in a
 * room below, and shows what came of it. Every room may be used.
 *
 * To add one:
 *   1. cmd/NAME.c with cmd_NAME(), which begins with options_parse(OPT_NAME, …);
 *   2. its declaration below, and OPT_NAME in cmd/options.h;
 *   3. its options in the table of cmd/options.c: new ones, and OPT_NAME at those that it shares;
 *   4. its row in the table of main.c: help and completion are made from that.
 *
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CMD_H
#define LIMPET_CMD_H

/* One row of the command table (main.c). fn gets argv[0] = the command's name and returns the exit
 * status. */
struct command {
    const char *name;
    int (*fn)(int argc, char **argv);
    const char *help;  /* one line */
    const char *usage; /* "limpet run APP …" */
    unsigned options;  /* which rows of the option table it takes (options.h) */
    const char *example;
};

int cmd_platforms(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_report(int argc, char **argv);

#endif
