/* limpet, the host tool: its commands and their help.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/msg.h"
#include "base/proc.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "host/place.h"
#include "measure/suites.h"
#include "show/text.h"
#include "tools/status.h"
#include "tools/version.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct command command_version = {
    .name = "version",
    .fn = cmd_version,
    .help = "the version of this tool",
    .usage = "limpet version",
    .example = "limpet version",
};

static const struct command command_help = {
    .name = "help",
    .fn = cmd_help,
    .help = "help on a command or a topic",
    .usage = "limpet help [COMMAND|TOPIC]",
    .example = "limpet help run",
    .words = WORDS_COMMAND,
};

static const struct command *const commands[] = {
    &command_platforms, &command_run,
    &command_exec,      &command_bench,
    &command_compare,   &command_boot,
    &command_replay,    &command_report,
    &command_history,   &command_profile,
    &command_lab,       &command_version,
    &command_help,      NULL,
};

static const struct command *find(const char *name)
{
    for (size_t i = 0; commands[i]; i++)
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    return NULL;
}

static void help_suites(void)
{
    struct buf text = {0}, lines = {0};

    suites_help(&text);
    text_wrap(text.data, 80, &lines);
    printf("\n%s", lines.data);
    buf_free(&text);
    buf_free(&lines);
}

static void help_command(const struct command *c)
{
    printf("limpet %s: %s\n\nUsage: %s\n", c->name, c->help, c->usage);
    if (c->options) {
        puts("\nOptions:");
        options_help(c->options);
    }
    if (c->words == WORDS_SUITES)
        help_suites();
    if (c->notes)
        fputs(c->notes, stdout);
    printf("\nExample: %s\n", c->example);
}

static int unknown(const char *what, const char *name, bool with_topics)
{
    struct buf near = {0};

    topics_near(&near, name, commands, with_topics);
    warn("unknown %s \"%s\"; %s (limpet --help tells more)", what, name, near.data);
    buf_free(&near);
    return ST_USAGE;
}

static void list_topic(void *ctx, const char *name, const char *help)
{
    (void)ctx;
    printf("  %-10s %s\n", name, help);
}

/* limpet help --complete WORD…, for shells. */
static int complete(int n, char *const words[])
{
    const struct command *c = n > 1 ? find(words[0]) : NULL;

    if (n == 1 || (n == 2 && c && c->words == WORDS_COMMAND))
        completion_commands(commands, words[n - 1]);
    if (n == 2 && c && c->words == WORDS_COMMAND)
        completion_topics(words[1]);
    else if (c)
        completion_words(c, words + 1, n - 1);
    return ST_OK;
}

static int cmd_help(int argc, char **argv)
{
    const struct command *c = argc > 1 ? find(argv[1]) : NULL;

    if (argc > 2 && !strcmp(argv[1], "--complete"))
        return complete(argc - 2, argv + 2);
    if (argc > 1 && !c)
        return topics_tell(argv[1], commands) ? ST_OK : unknown("command or topic", argv[1], true);
    if (c) {
        help_command(c);
        putchar('\n');
        topics_tell(argv[1], commands); /* of the same name, where there is one */
        return ST_OK;
    }
    puts(
        "limpet: boots one image on every hypervisor and measures it\n\nUsage: limpet COMMAND …\n");
    for (size_t i = 0; commands[i]; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->help);
    puts("\nTopics (limpet help TOPIC):\n");
    topics_list(list_topic, NULL);
    puts("\nMore: limpet help COMMAND, limpet --version\n\nExample: limpet run hello -- a b");
    return ST_OK;
}

static int cmd_version(int argc, char **argv)
{
    (void)argc, (void)argv;
    puts("limpet " LIMPET_VERSION);
    return ST_OK;
}

/* What was said must have been written: a full disk is a failure, a reader that is gone is not. */
static int finish(int status)
{
    struct pollfd reader = {.fd = STDOUT_FILENO, .events = POLLOUT};

    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno == EPIPE || (poll(&reader, 1, 0) == 1 && reader.revents & POLLERR))
        return status;
    warn("cannot write to the standard output: %s", errno ? strerror(errno) : "some of it is lost");
    return status ? status : ST_FAILED;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    const struct command *c = find(name);
    int status;

    if (!descriptors_open()) {
        warn("/dev/null cannot be opened: %s", strerror(errno));
        return ST_FAILED;
    }
    cleanup_init();
    proc_environment();
    progress_mark(place()->lab != NULL);
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        return finish(cmd_help(1, argv));
    if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
        return finish(cmd_version(argc, argv));
    }
    if (argc < 2) {
        warn("a command is missing; see: limpet --help");
        return ST_USAGE;
    }
    if (!c)
        return unknown("command", name, false);
    status = c->fn(argc - 1, argv + 1);
    if (status == OPTIONS_HELP) {
        help_command(c);
        status = ST_OK;
    }
    return finish(status);
}
