/* limpet help TOPIC: what several commands have in common, by their tables.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/near.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "measure/suites.h"
#include "show/text.h"
#include "vm/doors.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS   80
#define NAMES_MAX 64

static void paragraph(struct buf *text)
{
    struct buf lines = {0};

    text_wrap(text->data, COLUMNS, &lines);
    fputs(lines.data, stdout);
    buf_free(&lines);
    buf_free(text);
}

/* What each command's help says of its statuses. */
static void statuses(const struct command *const *commands)
{
    for (; *commands; commands++) {
        const char *at = (*commands)->notes ? strstr((*commands)->notes, "Exit status") : NULL;

        if (at)
            printf("\nlimpet %s\n%s", (*commands)->name, at);
    }
    puts("\nThe other commands end with 0, or, where they fail, with one of limpet run's.");
}

static void platform_topic(const struct command *const *commands)
{
    (void)commands;
    putchar('\n');
    for (const struct platform *const *p = platforms; *p; p++) {
        struct buf text = {0};

        buf_printf(&text, "%s (%s)", (*p)->name, (*p)->title);
        for (const char *const *door = (*p)->doors; door && *door; door++)
            buf_printf(&text, "%s%s", door == (*p)->doors ? ": doors " : ", ", *door);
        if ((*p)->lab)
            buf_printf(&text, "; in the lab %s where this machine has none", (*p)->lab);
        paragraph(&text);
    }
    puts("\nWhat this machine has of them: limpet platforms");
}

static void suite_topic(const struct command *const *commands)
{
    (void)commands;
    for (const struct suite *const *s = suites; *s; s++) {
        struct buf text = {0};

        putchar('\n');
        buf_printf(&text, "%s: %s%s", (*s)->name, (*s)->what,
                   (*s)->by_default ? "" : " (when named)");
        paragraph(&text);
        if ((*s)->note)
            buf_str(&text, (*s)->note);
        if ((*s)->note)
            paragraph(&text);
        for (const struct suite_row *r = (*s)->rows; r->name; r++)
            buf_printf(&text, "%s%s", r == (*s)->rows ? "Rows: " : "; ", r->name);
        paragraph(&text);
    }
}

static void lab_topic(const struct command *const *commands)
{
    for (; *commands; commands++)
        if (*commands == &command_lab)
            printf("\nUsage: %s\n\n%s\n", (*commands)->usage, (*commands)->notes + 1);
    for (const struct platform *const *p = platforms; *p; p++)
        if ((*p)->lab)
            printf("%-18s in the lab %s\n", (*p)->name, (*p)->lab);
}

/* Which options take a file, of which commands. */
static void file_topic(const struct command *const *commands)
{
    for (; *commands; commands++)
        for (const struct option_row *r = option_rows; r->name; r++) {
            struct buf text = {0};

            if (!(r->commands & (*commands)->options) || !r->values ||
                strcmp(r->values, OPTION_FILES) != 0)
                continue;
            buf_printf(&text, "limpet %s --%s %s: ", (*commands)->name, r->name, r->arg);
            options_help_text(&text, r->help);
            putchar('\n');
            paragraph(&text);
        }
    puts("\nA result file holds a line of JSON for each measurement: docs/results.md.");
}

static const char platform_name[] = "platforms"; /* a command's name, too */

static const struct topic {
    const char *name, *help;
    void (*tell)(const struct command *const *commands);
} topics[] = {
    {"statuses", "exit statuses, by command", statuses},
    {platform_name, "the hypervisors, their doors and labs", platform_topic},
    {"suites", "what is measured, row by row", suite_topic},
    {"labs", "hypervisors that this machine does not have", lab_topic},
    {"files", "which options read or write files", file_topic},
};
#define TOPICS (sizeof topics / sizeof *topics)

bool topics_tell(const char *name, const struct command *const *commands)
{
    for (size_t i = 0; i < TOPICS; i++)
        if (!strcmp(topics[i].name, name)) {
            printf("limpet help %s: %s\n", name, topics[i].help);
            topics[i].tell(commands);
            return true;
        }
    return false;
}

void topics_list(void (*take)(void *ctx, const char *name, const char *help), void *ctx)
{
    for (size_t i = 0; i < TOPICS; i++)
        take(ctx, topics[i].name, topics[i].help);
}

void topics_near(struct buf *out, const char *word, const struct command *const *commands,
                 bool with_topics)
{
    const char *names[NAMES_MAX + 1] = {NULL};
    size_t n = 0;

    for (size_t i = 0; with_topics && i < TOPICS; i++)
        names[n++] = topics[i].name;
    for (; *commands && n < NAMES_MAX; commands++)
        if (!with_topics || strcmp((*commands)->name, platform_name) != 0)
            names[n++] = (*commands)->name;
    near_names(out, word, names);
}
