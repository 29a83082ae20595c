/* The commands. One file here is one command: it parses its options, calls what does the work in a
 * room below, and shows what came of it. This room may use every other.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CMD_H
#define LIMPET_CMD_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * To add one:
 *   1. cmd/NAME.c with command_NAME, whose fn begins with options_parse(OPT_NAME, …);
 *   2. its declaration below, and its line in the list of main.c;
 *   3. OPT_NAME in cmd/options.h, and its options in the table of cmd/option_rows.c: new ones, and
 *      OPT_NAME at those that it shares.
 * Help and completion are made from these.
 */

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

/* A command. fn gets argv[0] = the command's name and returns the exit
 * status. */
struct command {
    const char *name;
    int (*fn)(int argc, char **argv);
    const char *help;  /* one line */
    const char *usage; /* "limpet run APP …" */
    unsigned options;  /* which rows of the option table it takes (options.h) */
    const char *notes; /* more help, or NULL */
    const char *example;
    enum command_words words;
};

extern const struct command command_platforms, command_run, command_exec, command_bench,
    command_compare, command_boot, command_replay, command_report, command_history, command_lab,
    command_profile;

/* Help on what several commands have in common (topics.c). Returns false when there is no such
 * topic. */
bool topics_tell(const char *name, const struct command *const *commands);

/* Hands out each topic with a few words about it. */
void topics_list(void (*take)(void *ctx, const char *name, const char *help), void *ctx);

/* Appends which command, or topic, a mistyped word may have meant. */
void topics_near(struct buf *out, const char *word, const struct command *const *commands,
                 bool with_topics);

/* Prints what the first word of a command line may become, or the last of those behind a command:
 * lines "WORD\tHELP", and OPTION_FILES alone where a file's name will do. */
void completion_commands(const struct command *const *commands, const char *word);
void completion_topics(const char *word);
void completion_words(const struct command *command, char *const words[], int n);

#endif
