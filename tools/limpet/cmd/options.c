/* Options by the table: parsed, explained, and given to the tool inside a lab.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/options.h"
#include "base/msg.h"
#include "base/near.h"
#include "base/quote.h"
#include "measure/suites.h"
#include "show/text.h"
#include "tools/status.h"
#include "vm/platforms.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_COLUMNS 24
#define HELP_COLUMNS   53 /* beside the option: 80 in all */
#define ROWS_MAX       64 /* of one command */

/* The first row of a command at or after this one, or NULL. */
static const struct option_row *row_of(unsigned command, const struct option_row *r)
{
    while (r->name && !(r->commands & command))
        r++;
    return r->name ? r : NULL;
}

#define FOR_ROWS(r, command)                                                                       \
    for (const struct option_row *r = row_of(command, option_rows); r; r = row_of(command, r + 1))

void options_help_text(struct buf *out, const char *text)
{
    size_t n = strcspn(text, "@#");

    buf_add(out, text, n);
    for (const struct platform *const *p = platforms; text[n] == '@' && *p; p++)
        buf_printf(out, "%s%s", p == platforms ? "" : p[1] ? ", " : " or ", (*p)->name);
    if (text[n] == '#')
        suites_usual(out);
    buf_str(out, text[n] ? text + n + 1 : "");
}

/* A text beside the option's, in lines of its own. */
static void help_beside(const char *option, const char *text)
{
    struct buf whole = {0}, lines = {0};

    options_help_text(&whole, text);
    text_wrap(whole.data, HELP_COLUMNS, &lines);
    if (strlen(option) > OPTION_COLUMNS) { /* a line of its own */
        printf("  %s\n", option);
        option = "";
    }
    for (const char *line = lines.data; *line; option = "") {
        size_t n = strcspn(line, "\n");

        printf("  %-*s %.*s\n", OPTION_COLUMNS, option, (int)n, line);
        line += n + 1;
    }
    buf_free(&lines);
    buf_free(&whole);
}

void options_help(unsigned command)
{
    FOR_ROWS(r, command)
    {
        struct buf text = {0};

        if (r->letter)
            buf_printf(&text, "-%c, ", r->letter);
        buf_printf(&text, "--%s%s%s%s", r->name,
                   r->bare  ? "[="
                   : r->arg ? " "
                            : "",
                   r->arg ? r->arg : "", r->bare ? "]" : "");
        help_beside(text.data, r->help);
        buf_free(&text);
    }
}

bool parse_number(const char *text, unsigned min, unsigned max, unsigned *value)
{
    unsigned long n;
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    n = strtoul(text, &end, 10);
    if (errno || *end || n < min || n > max)
        return false;
    *value = (unsigned)n;
    return true;
}

bool parse_mem(const char *text, unsigned *mib)
{
    char digits[16];
    size_t n = strspn(text, "0123456789");
    unsigned value, unit = text[n] == 'G' ? 1024 : 1;

    if (n >= sizeof digits || (text[n] && (!strchr("MG", text[n]) || text[n + 1])))
        return false;
    memcpy(digits, text, n);
    digits[n] = '\0';
    if (!parse_number(digits, 0, UINT_MAX / 1024, &value))
        return false;
    *mib = value * unit;
    return true;
}

const char *const tty_words[] = {"none", "in", "out", "both"};

static int take_number(const struct option_row *r, const char *text, unsigned *field)
{
    bool automatic = r->values && !strcmp(r->values, OPTION_AUTO);
    char wanted[64];

    if (parse_number(text, r->min, r->max, field))
        return -1;
    if (automatic && !strcmp(text, OPTION_AUTO)) {
        *field = RUNS_AUTO;
        return -1;
    }
    snprintf(wanted, sizeof wanted,
             r->max == UINT_MAX ? "a number from %u" : "a number from %u to %u%s", r->min, r->max,
             automatic ? ", or auto" : "");
    return option_refuse(r->name, text, wanted);
}

static int take_memory(const struct option_row *r, const char *text, unsigned *field)
{
    if (!parse_mem(text, field))
        return option_refuse(r->name, text, "an amount of memory: a number of MiB, or 2G");
    if (*field >= r->min)
        return -1;
    warn("%u MiB of memory is too little: Limpet needs at least %u", *field, r->min);
    return ST_USAGE;
}

static int take_seconds(const struct option_row *r, const char *text, double *field)
{
    char *end;

    *field = strtod(text, &end);
    if (end == text || *end || !(*field >= 0.001 && *field <= 1e9))
        return option_refuse(r->name, text, "a number of seconds from 0.001 to 1e9");
    return -1;
}

/* A number above 0 with one of some units behind it, or with none, which is as with the first. */
static int take_scaled(const struct option_row *r, const char *text, const char *units,
                       const double *scale, const char *wanted, double *field)
{
    const char *unit;
    char *end;

    *field = strtod(text, &end);
    unit = *end ? strchr(units, *end) : units;
    if (end == text || !unit || (*end && end[1]) || !(*field > 0 && *field <= 1e6))
        return option_refuse(r->name, text, wanted);
    *field *= scale[unit - units];
    return -1;
}

static int take_time(const struct option_row *r, const char *text, double *field)
{
    static const double scale[] = {1, 60, 3600};

    return take_scaled(r, text, "smh", scale, "a time: 90 or 90s, 10m, 2h", field);
}

static int take_percent(const struct option_row *r, const char *text, double *field)
{
    static const double scale[] = {0.01};

    return take_scaled(r, text, "%", scale, "a number of percent above 0: 5 or 2.5%", field);
}

/* One of the words of arg, "in|out|both". */
static int take_choice(const struct option_row *r, const char *text, const char **field)
{
    size_t n = strlen(text);
    struct buf wanted = {0};
    int status;

    *field = text;
    if (r->bare && !n)
        return -1;
    for (const char *p = r->arg; n && (p = strstr(p, text)); p += n)
        if ((p == r->arg || p[-1] == '|') && (p[n] == '|' || !p[n]))
            return -1;
    for (const char *p = r->arg; *p; p++) {
        if (*p != '|')
            buf_add(&wanted, p, 1);
        else
            buf_str(&wanted, strchr(p + 1, '|') ? ", " : " or ");
    }
    status = option_refuse(r->name, text, wanted.data);
    buf_free(&wanted);
    return status;
}

/* Puts a value into its field. Returns -1, or a status with a message. */
static int take(const struct option_row *r, const char *text, struct options *o)
{
    void *field = (char *)o + r->at;

    switch (r->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return -1;
    case OPTION_TEXT:
    case OPTION_NAME:
        *(const char **)field = text;
        return -1;
    case OPTION_CHOICE:
        return take_choice(r, text, field);
    case OPTION_NUMBER:
        return take_number(r, text, field);
    case OPTION_MEMORY:
        return take_memory(r, text, field);
    case OPTION_SECONDS:
        return take_seconds(r, text, field);
    case OPTION_TIME:
        return take_time(r, text, field);
    case OPTION_PERCENT:
        return take_percent(r, text, field);
    case OPTION_LIST:
        args_add(field, text);
        return -1;
    case OPTION_HELP:
        return OPTIONS_HELP;
    }
    return ST_USAGE;
}

static int take_checked(const struct option_row *r, const char *text, struct options *o)
{
    bool names = r->kind == OPTION_NAME || r->kind == OPTION_LIST;
    int status;

    if (names && !text[0]) {
        warn("--%s: its value is empty; it wants %s", r->name, r->arg);
        return ST_USAGE;
    }
    status = take(r, text, o);
    return status < 0 && r->check ? r->check(o) : status;
}

/* The command's options for getopt_long(), each known by its letter, or its place from 256 on. */
static void getopt_tables(unsigned command, struct option longs[ROWS_MAX + 1],
                          char shorts[2 * ROWS_MAX + 2])
{
    char *s = shorts;

    if (command == OPT_EXEC)
        *s++ = '+'; /* what follows the image is not for us */
    *s++ = ':';
    FOR_ROWS(r, command)
    {
        *longs++ = (struct option){r->name,
                                   r->bare  ? optional_argument
                                   : r->arg ? required_argument
                                            : no_argument,
                                   NULL, 256 + (int)(r - option_rows)};
        if (r->letter)
            *s++ = r->letter;
        if (r->letter && r->arg)
            *s++ = ':';
    }
    *longs = (struct option){0};
    *s = '\0';
}

/* The row that getopt_long() has found. */
static const struct option_row *row_found(unsigned command, int key)
{
    if (key >= 256)
        return &option_rows[key - 256];
    FOR_ROWS(r, command)
    if (r->letter == key)
        return r;
    return NULL;
}

/* Adds "near it: --runs; ", where a command has options nearly of that name. */
static void near_option(unsigned command, const char *word, struct buf *out)
{
    char *bare = xasprintf("%.*s", (int)strcspn(word, "="), word);
    const char *names[ROWS_MAX + 1] = {NULL};
    struct args dashed = {0};
    struct buf near = {0};

    FOR_ROWS(r, command)
    args_addf(&dashed, "--%s", r->name);
    for (size_t i = 0; i < dashed.n && i < ROWS_MAX; i++)
        names[i] = dashed.v[i];
    near_names(&near, bare, names);
    if (strlen(bare) == strlen(word) && !strncmp(near.data, "near", 4))
        buf_printf(out, "%s; ", near.data);
    buf_free(&near);
    args_free(&dashed);
    free(bare);
}

/* What getopt_long() could not take: a letter, which others may follow in its word, or the word
 * before the next. Of a letter that is no ASCII, optopt is the first byte. */
static int refuse_option(unsigned command, int key, const char *shorts, char **argv)
{
    struct buf near = {0};
    bool letter = key == '?' && optopt && optopt < 256 && !strchr(shorts, optopt);
    const char *what = key == ':' ? "a value is missing after" : "unknown option";

    if (letter && optopt > 0 && optopt < 128)
        warn("%s \"-%c\"; see: limpet %s --help", what, optopt, argv[0]);
    else {
        const char *word = argv[letter ? optind : optind - 1];

        near_option(command, word, &near);
        warn("%s \"%s\"; %ssee: limpet %s --help", what, word, near.data ? near.data : "", argv[0]);
        buf_free(&near);
    }
    return ST_USAGE;
}

int options_parse(unsigned command, int argc, char **argv, struct options *o)
{
    struct option longs[ROWS_MAX + 1];
    char shorts[2 * ROWS_MAX + 2];
    int key, status = -1;

    *o = (struct options){0};
    for (int i = 1; i < argc && !o->behind; i++) /* getopt takes it out */
        o->behind = strcmp(argv[i], "--") ? 0 : argc - 1 - i;
    getopt_tables(command, longs, shorts);
    opterr = 0;
    optind = 0; /* a side's options are parsed after the command's */
    while (status < 0 && (key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (key == '?' || key == ':')
            return refuse_option(command, key, shorts, argv);
        status = take_checked(row_found(command, key), optarg ? optarg : "", o);
    }
    o->rest = argv + optind;
    o->rest_count = argc - optind;
    return status;
}

void options_to_args(unsigned command, const struct options *o, struct args *out)
{
    FOR_ROWS(r, command)
    {
        const void *field = (const char *)o + r->at;
        const char *text;

        if (!r->travels)
            continue;
        switch (r->kind) {
        case OPTION_FLAG:
            if (*(const bool *)field)
                args_addf(out, "--%s", r->name);
            break;
        case OPTION_TEXT:
        case OPTION_NAME:
        case OPTION_CHOICE:
            text = *(const char *const *)field;
            if (text)
                args_addf(out, "--%s=%s", r->name, text);
            break;
        case OPTION_NUMBER:
        case OPTION_MEMORY:
            if (*(const unsigned *)field)
                args_addf(out, "--%s=%u", r->name, *(const unsigned *)field);
            break;
        case OPTION_SECONDS:
        case OPTION_TIME:
            if (*(const double *)field > 0)
                args_addf(out, "--%s=%.12g", r->name, *(const double *)field);
            break;
        case OPTION_LIST:
            for (size_t i = 0; i < ((const struct args *)field)->n; i++)
                args_addf(out, "--%s=%s", r->name, ((const struct args *)field)->v[i]);
            break;
        case OPTION_PERCENT:
            if (*(const double *)field > 0)
                args_addf(out, "--%s=%.12g", r->name, *(const double *)field * 100);
            break;
        case OPTION_HELP:
            break;
        }
    }
}

bool options_fit_program(const struct options *o, const char *program)
{
    const char *what = o->behind       ? "what stands behind \"--\""
                       : o->until      ? "--until"
                       : o->any_output ? "--any-output"
                                       : NULL;

    if (what && !program)
        warn("%s is for a program of your own: limpet bench ./mine.elf", what);
    return !what || program;
}

struct measure_plan options_plan(const struct options *o)
{
    return (struct measure_plan){
        .vm = o->vm,
        .runs = o->runs,
        .parallel = o->parallel,
        .exits = o->exits,
        .usual = o->usual,
        .only = o->only,
        .stream_args = o->stream_args,
        .arguments = {o->rest + o->rest_count - o->behind, (size_t)o->behind},
        .until = o->until,
        .quick = o->quick,
        .any_output = o->any_output,
        .warmup = o->warmup,
        .prepare = o->prepare};
}

char *options_command(int argc, char **argv)
{
    struct buf words = {0};

    buf_str(&words, "limpet");
    quote_shell_all(&words, argv, (size_t)argc);
    return words.data;
}

void options_free(struct options *o)
{
    args_free(&o->env);
    args_free(&o->kernel);
    args_free(&o->modules);
    args_free(&o->fetch);
    args_free(&o->paths);
}

bool options_norm(const struct options *o)
{
    const struct platform *one[PLATFORMS_MAX];

    if (!o->norm || platform_find(o->norm))
        return true;
    if (strchr(o->norm, ',') || platform_list_has_all(o->norm))
        warn("--norm takes one platform, not \"%s\"", o->norm);
    else
        platform_list(o->norm, one, PLATFORMS_MAX); /* tells what may have been meant */
    return false;
}
