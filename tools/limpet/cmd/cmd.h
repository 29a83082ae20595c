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

#include <stddef.h>

/* What its arguments are that are no options, for completion. */
enum command_words {
    WORDS_NONE,
    WORDS_APP, /* and arguments of its own */
    WORDS_FILES,
    WORDS_SUITES,
    WORDS_SUITES_FILES, /* either */
    WORDS_PUBLICATION,  /* and a file */
    WORDS_LAB,          /* what to do with which lab */
    WORDS_COMMAND
};

/* One row of the command table (main.c). fn gets argv[0] = the command's name and returns the exit
 * status. */
struct command {
    const char *name;
    int (*fn)(int argc, char **argv);
    const char *help;  /* one line */
    const char *usage; /* "limpet run APP …" */
    unsigned options;  /* which rows of the option table it takes (options.h) */
    const char *example;
    enum command_words words;
};

int cmd_platforms(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_bench(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_boot(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_report(int argc, char **argv);

/* Prints what the first word of a command line may become, or the last of those behind a command:
 * lines "WORD\tHELP", and OPTION_FILES alone where a file's name will do. */
void completion_commands(const struct command *commands, size_t n, const char *word);
void completion_words(const struct command *command, char *const words[], int n);

#endif
