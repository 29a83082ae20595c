/* Completion for shells (tools/completion): what may stand in the place of a command line's last
 * word, by the tables of commands and options and the lists of platforms, suites and publications.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "host/place.h"
#include "measure/suites.h"
#include "replay/replay.h"
#include "vm/doors.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last word: what of it is decided, "--platform=kvm,", and what is to be completed. */
struct completion {
    const char *word;
    size_t decided;
    const char *platforms; /* that were chosen before, or NULL */
};

/* One that it may become, with a few words about it. */
static void offer(const struct completion *c, const char *name, const char *help)
{
    const char *begun = c->word + c->decided;

    if (!strncmp(name, begun, strlen(begun)))
        printf("%.*s%s\t%.*s\n", (int)c->decided, c->word, name, (int)strcspn(help, ";(:"), help);
}

static void offer_words(const struct completion *c, const char *words, const char *between)
{
    char *copy = xstrdup(words), *save = NULL;

    for (char *word = strtok_r(copy, between, &save); word; word = strtok_r(NULL, between, &save))
        offer(c, word, "");
    free(copy);
}

/* The shell itself knows its files. */
static void offer_files(void) { puts(OPTION_FILES); }

static void offer_platforms(struct completion *c, bool several)
{
    const char *comma = strrchr(c->word + c->decided, ',');

    if (several && comma)
        c->decided = (size_t)(comma + 1 - c->word);
    for (const struct platform *const *p = platforms; *p; p++)
        offer(c, (*p)->name, (*p)->title);
    if (several && !comma)
        offer(c, "all", "every platform");
}

/* Those of the chosen platforms, each once, with the platforms that have it. */
static void offer_doors(const struct completion *c)
{
    const struct platform *list[PLATFORMS_MAX];
    int n = platform_list(c->platforms ? c->platforms : "all", list, PLATFORMS_MAX);

    for (int i = 0; i < n; i++)
        for (const char *const *door = list[i]->doors; door && *door; door++) {
            struct buf whose = {0};
            bool first = true;

            buf_str(&whose, "");
            for (int k = 0; k < n; k++) {
                if (!door_used(list[k], *door))
                    continue;
                first &= k >= i;
                buf_printf(&whose, "%s%s", whose.len ? ", " : "", list[k]->name);
            }
            if (first)
                offer(c, *door, whose.data);
            buf_free(&whose);
        }
}

static void offer_apps(const struct completion *c)
{
    const char *given = place()->apps;
    char *pattern = given ? xasprintf("%s/*.elf", given) : xasprintf("%s/apps/*.elf", tool_dir());
    glob_t found;

    if (!glob(pattern, 0, NULL, &found)) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            char *name = strrchr(found.gl_pathv[i], '/') + 1;

            name[strlen(name) - 4] = '\0';
            offer(c, name, "");
        }
        globfree(&found);
    }
    free(pattern);
    offer_files();
}

static void offer_suites(const struct completion *c)
{
    for (const struct suite *const *s = suites; *s; s++)
        offer(c, (*s)->name, (*s)->help);
    offer(c, SUITES_EXTRA, "all that make bench-all runs");
}

static void offer_publications(const struct completion *c)
{
    for (const struct publication *p = publications; p->name; p++)
        offer(c, p->name, p->line);
    offer(c, "all", "all of them");
}

static void offer_topic(void *ctx, const char *name, const char *help) { offer(ctx, name, help); }

void completion_topics(const char *word)
{
    struct completion c = {.word = word};

    topics_list(offer_topic, &c);
}

void completion_commands(const struct command *const *commands, const char *word)
{
    struct completion c = {.word = word};

    for (size_t i = 0; commands[i]; i++)
        offer(&c, commands[i]->name, commands[i]->help);
    offer(&c, "--help", "all commands");
    offer(&c, "--version", "the version of this tool");
}

static void offer_options(const struct completion *c, unsigned command)
{
    for (const struct option_row *r = option_rows; r->name; r++) {
        struct buf name = {0}, help = {0};

        buf_printf(&name, "--%s", r->name);
        options_help_text(&help, r->help);
        if (r->commands & command)
            offer(c, name.data, help.data);
        buf_free(&name);
        buf_free(&help);
    }
}

static void offer_values(struct completion *c, const struct option_row *r)
{
    if (!r->arg || (!r->values && r->kind != OPTION_CHOICE))
        ;
    else if (r->kind == OPTION_CHOICE)
        offer_words(c, r->arg, "|");
    else if (!strcmp(r->values, OPTION_FILES))
        offer_files();
    else if (!strcmp(r->values, OPTION_PLATFORMS))
        offer_platforms(c, !strncmp(r->arg, "LIST", 4));
    else if (!strcmp(r->values, OPTION_DOORS))
        offer_doors(c);
    else
        offer_words(c, r->values, " ");
}

/* The option of a command that a word gives, "--name", "--name=…" or "-n"; or NULL. */
static const struct option_row *option_of(unsigned command, const char *word)
{
    for (const struct option_row *r = option_rows; r->name; r++) {
        size_t n = strlen(r->name);

        if (r->commands & command &&
            ((!strncmp(word, "--", 2) && !strncmp(word + 2, r->name, n) &&
              strchr("=", word[2 + n])) ||
             (word[0] == '-' && r->letter && word[1] == r->letter && !word[2])))
            return r;
    }
    return NULL;
}

/* The words of a command that are no options. */
static void offer_argument(const struct completion *c, const struct command *command, int position)
{
    static const char *const labs[] = {"build status shell exec open", "kvm xen qemu-cfi"};

    if (command->words == WORDS_APP && position == 0)
        offer_apps(c);
    else if (command->words == WORDS_PUBLICATION && position == 0)
        offer_publications(c);
    else if (command->words == WORDS_LAB && position < 2)
        offer_words(c, labs[position], " ");
    else if (command->words == WORDS_SUITES || command->words == WORDS_SUITES_FILES)
        offer_suites(c);
    if (command->words == WORDS_FILES || command->words == WORDS_SUITES_FILES ||
        (command->words == WORDS_PUBLICATION && position == 1))
        offer_files();
}

void completion_words(const struct command *command, char *const words[], int n)
{
    struct completion c = {.word = words[n - 1]};
    const struct option_row *value = NULL; /* of which option the word is one */
    int position = 0;

    for (int i = 0; i < n - 1; i++) {
        const struct option_row *r = option_of(command->options, words[i]);

        if (value && !strcmp(words[i], "=")) /* as bash splits "--name=value" */
            continue;
        if (!value && !strcmp(words[i], "--")) {
            offer_files();
            return;
        }
        if (value && value->values && !strcmp(value->values, OPTION_PLATFORMS))
            c.platforms = words[i];
        if (!value && words[i][0] != '-')
            position++;
        if (value || !r || !r->arg || strchr(words[i], '=') ||
            (r->bare && strcmp(words[i + 1], "=")))
            r = NULL;
        value = r;
    }
    if (value && !strcmp(c.word, "="))
        c.word = "";
    if (!value && strchr(c.word, '=') && (value = option_of(command->options, c.word)))
        c.decided = (size_t)(strchr(c.word, '=') + 1 - c.word);
    if (value)
        offer_values(&c, value);
    else if (c.word[0] == '-')
        offer_options(&c, command->options);
    else
        offer_argument(&c, command, position);
}
