/* The options of all commands: one table, one parser, one help.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/options.h"
#include "measure/bench.h"
#include "base/msg.h"
#include "base/near.h"
#include "tools/status.h"
#include "base/proc.h"
#include "show/table.h"
#include "base/quote.h"
#include "base/parallel.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELP_COLUMNS 53 /* beside the option: 80 in all */

enum {
    O_MACHINE = 256,
    O_CPU,
    O_SMP,
    O_MEM,
    O_TIMEOUT,
    O_MODULE,
    O_QEMU,
    O_QEMU_ARGS,
    O_LAB,
    O_TAP,
    O_STREAM,
    O_ONLY,
    O_PARTIAL,
    O_SEED,
    O_EXITS,
    O_PARALLEL,
    O_JSON,
    O_MARKDOWN,
    O_TABLES,
    O_CSV,
    O_TEXT,
    O_A,
    O_B,
    O_APPS,
    O_FORCE,
    O_IMAGE,
    O_INITRD,
    O_APPEND,
    O_UNTIL,
    O_TTY
};

static const struct row {
    int key; /* a letter is the short form */
    const char *name, *arg, *help;
    unsigned commands;
} rows[] = {
    {'p', "platform", "LIST|all",
     "qemu, kvm, vmm, xen-pvh, xen-hvm, xen-hvm-disk or xen-hvm-disk-fast;"
     " several by commas (default: kvm when it is native here, else qemu)",
     OPT_RUN},
    {O_TAP, "tap", NULL, "tell the results as TAP, the guests' output as its comments", OPT_RUN},
    {O_LAB, "lab", NULL, "boot in the lab, whatever this machine has itself", OPT_RUN},
    {'p', "platforms", "LIST|all", "which platforms, separated by commas (default: all)",
     OPT_BENCH},
    {O_IMAGE, "kernel", "FILE", "the kernel", OPT_BOOT},
    {O_INITRD, "initrd", "FILE", "its initial file system", OPT_BOOT},
    {O_APPEND, "append", "TEXT", "more for its command line", OPT_BOOT},
    {O_UNTIL, "until", "TEXT", "time it to the first line with TEXT (default: its first byte)",
     OPT_BOOT},
    {'p', "platform", "PLATFORM", "qemu or kvm (default: kvm when it is native here, else qemu)",
     OPT_BOOT},
    {'n', "runs", "RUNS", "boots of each (default: 5)", OPT_BOOT},
    {O_MACHINE, "machine", "MACHINE", "QEMU's -machine: q35, pc, microvm, … (default: q35)",
     OPT_BOOT},
    {O_A, "a", "\"OPTIONS\"",
     "of the side A: --qemu, --qemu-args, --machine, --cpu, --smp, --mem, --apps, --stream-args",
     OPT_COMPARE},
    {O_B, "b", "\"OPTIONS\"", "of the side B", OPT_COMPARE},
    {'p', "platforms", "LIST", "where the sides take turns (default: qemu)", OPT_COMPARE},
    {'n', "runs", "ROUNDS", "in each of which A, A again and B run in random order (default: 20)",
     OPT_COMPARE},
    {O_FORCE, "force", NULL, "compare rows of unlike machines all the same", OPT_COMPARE},
    {O_APPS, "apps", "DIR", "take the images from there", OPT_SIDE},
    {'n', "runs", "RUNS",
     "runs per platform, in random order (default: basic 3, stream 1, boot 20, on"
     " Xen 10, from a disk 2, throughput 5, vmm 5; fewer in an emulated"
     " lab). From 12 up in three to five parts, each with a boot of the "
     "lab",
     OPT_BENCH},
    {O_SEED, "seed", "N", "of that order: 1 up; a result tells which it was (default: random)",
     OPT_BENCH | OPT_COMPARE | OPT_BOOT},
    {'o', "output", "FILE",
     "append the result as a line of JSON; the file is left alone when the run fails",
     OPT_BENCH | OPT_BOOT},
    {'o', "output", "FILE", "append the results, a line of JSON for each of A, A again and B",
     OPT_COMPARE},
    {O_PARTIAL, "partial", NULL, "with -o: write also when a cell could not be measured",
     OPT_BENCH},
    {O_ONLY, "only", "ROWS", "of basic these rows only, separated by commas: getpid,sched_yield",
     OPT_BENCH | OPT_COMPARE},
    {O_STREAM, "stream-args", "\"ARGS\"", "arguments for stream", OPT_BENCH | OPT_SIDE},
    {O_EXITS, "exits", NULL, "count VM exits too, in one more run of basic and boot (as root)",
     OPT_BENCH},
    {O_PARALLEL, "parallel", "N", "of vmm: also N guests at once, each with a memory of its own",
     OPT_BENCH},
    {O_MACHINE, "machine", "MACHINE",
     "QEMU's -machine: q35, pc, microvm, … (default: the leanest microvm)",
     OPT_RUN | OPT_BENCH | OPT_SIDE},
    {O_CPU, "cpu", "CPU", "QEMU's -cpu (default: max, with KVM host)",
     OPT_RUN | OPT_BENCH | OPT_SIDE | OPT_BOOT},
    {O_SMP, "smp", "N", "processors (default: 1)", OPT_RUN | OPT_BENCH | OPT_SIDE | OPT_BOOT},
    {O_MEM, "mem", "MIB", "memory in MiB, or with a suffix M or G (default: 512)",
     OPT_RUN | OPT_BENCH | OPT_SIDE | OPT_BOOT},
    {O_TIMEOUT, "timeout", "S",
     "seconds until a guest counts as hanging (default: 60; 240 in the lab;"
     " a benchmark has four times as much)",
     OPT_RUN | OPT_BENCH | OPT_COMPARE | OPT_BOOT},
    {'e', "env", "NAME=VALUE", "set a variable in the guest's environment", OPT_RUN},
    {'k', "kernel", "OPTION", "set a kernel option: heap=2m gives the guest limpet.heap=2m",
     OPT_RUN},
    {O_MODULE, "module", "FILE", "give the guest a file, as a boot module (may be repeated)",
     OPT_RUN},
    {O_QEMU, "qemu", "PATH", "the QEMU to use (default: qemu-system-x86_64 in PATH)",
     OPT_RUN | OPT_BENCH | OPT_SIDE | OPT_BOOT},
    {O_TTY, "tty", "none|in|out|both", "what the guest takes for a terminal (default: what is one)",
     OPT_RUN},
    {O_QEMU_ARGS, "qemu-args", "\"ARGS\"",
     "more arguments for it, after ours: \"-d int -D /tmp/log\"",
     OPT_RUN | OPT_BENCH | OPT_SIDE | OPT_BOOT},
    {'v', "verbose", NULL,
     "show QEMU's command line or the domain's configuration, the guest's last"
     " line and the times",
     OPT_RUN},
    {O_JSON, "json", NULL, "machine-readable output", OPT_PLATFORMS},
    {'o', "output", "FILE", "write there", OPT_REPORT},
    {O_MARKDOWN, "md", NULL, "the tables as Markdown instead of a page", OPT_REPORT},
    {O_TABLES, "tables", NULL, "all tables as text instead of a page, wider than a screen",
     OPT_REPORT},
    {O_CSV, "csv", NULL, "every row as a line of CSV instead of a page", OPT_REPORT},
    {O_TEXT, "text", NULL,
     "a screen with the classic tables and the findings (on a terminal: default)", OPT_REPORT},
    {'h', "help", NULL, "this help",
     OPT_RUN | OPT_BENCH | OPT_PLATFORMS | OPT_LAB | OPT_COMPARE | OPT_REPLAY | OPT_BOOT |
         OPT_REPORT},
};

#define ROWS (sizeof rows / sizeof *rows)

/* A text beside the option's, in lines of its own. */
static void help_beside(const char *option, const char *text)
{
    struct buf lines = {0};

    text_wrap(text, HELP_COLUMNS, &lines);
    for (const char *line = lines.data; *line; option = "") {
        size_t n = strcspn(line, "\n");

        printf("  %-24s %.*s\n", option, (int)n, line);
        line += n + 1;
    }
    buf_free(&lines);
}

void options_help(unsigned command)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *r = &rows[i];
        char text[64];
        int n = 0;

        if (!(r->commands & command))
            continue;
        if (r->key < 256)
            n = snprintf(text, sizeof text, "-%c, ", r->key);
        snprintf(text + n, sizeof text - (size_t)n, "--%s%s%s", r->name, r->arg ? " " : "",
                 r->arg ? r->arg : "");
        help_beside(text, r->help);
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

static int usage(const char *option, const char *text, const char *wanted)
{
    warn("--%s: \"%s\" is not %s", option, text, wanted);
    return ST_USAGE;
}

static int take_memory(const char *text, struct options *o)
{
    if (!parse_mem(text, &o->vm.mem_mib))
        return usage("mem", text, "an amount of memory: a number of MiB, or 2G");
    if (o->vm.mem_mib >= VM_MIN_MEM_MIB)
        return -1;
    warn("%u MiB of memory is too little: Limpet needs at least %d", o->vm.mem_mib, VM_MIN_MEM_MIB);
    return ST_USAGE;
}

static int take_timeout(const char *text, struct options *o)
{
    char *end;

    o->vm.timeout_s = strtod(text, &end);
    if (end == text || *end || !(o->vm.timeout_s >= 0.001 && o->vm.timeout_s <= 1e9))
        return usage("timeout", text, "a number of seconds from 0.001 to 1e9");
    return -1;
}

/* Rows of basic by commas, each of which there is. */
static int take_only(const char *text, struct options *o)
{
    for (const char *at = text;; at++) {
        size_t n = basic_row_length(at);
        struct buf near = {0};
        char *name;

        if (n && !at[n]) {
            o->only = text;
            return -1;
        }
        at += n;
        if (n)
            continue;
        name = xasprintf("%.*s", (int)strcspn(at, ","), at);
        near_names(&near, name, basic_rows);
        warn("--only: basic has no row \"%s\"; %s", name, near.data);
        buf_free(&near);
        free(name);
        return ST_USAGE;
    }
}

static int take_qemu_args(const char *text, struct options *o)
{
    struct args words = {0};
    int failed = quote_split(text, &words);

    args_free(&words);
    o->vm.qemu_args = text;
    return failed ? usage("qemu-args", text, "a list of words: a quote is left open") : -1;
}

static int take_env(const char *text, struct options *o)
{
    if (text[0] == '=' || !strchr(text, '=') || strcspn(text, " \t\"\\") < strcspn(text, "="))
        return usage("env", text, "of the form NAME=VALUE");
    args_add(&o->env, text);
    return -1;
}

/* Found now, as guests are started in other folders. */
static int take_qemu(const char *text, struct options *o)
{
    char *path = proc_program(text);

    if (!path) {
        warn("--qemu: cannot run \"%s\": %s%s", text, strerror(errno),
             strchr(text, ' ') ? " (arguments for it go into --qemu-args)" : "");
        return ST_START;
    }
    args_add(&o->paths, path);
    o->vm.qemu = o->paths.v[o->paths.n - 1];
    free(path);
    return -1;
}

/* Options without a value. Returns false when the key is none of them. */
static bool take_flag(int key, struct options *o)
{
    const struct {
        int key;
        bool *flag;
    } flags[] = {
        {'v', &o->verbose},   {O_EXITS, &o->exits},       {O_PARTIAL, &o->partial},
        {O_JSON, &o->json},   {O_LAB, &o->lab},           {O_TAP, &o->tap},
        {O_FORCE, &o->force}, {O_MARKDOWN, &o->markdown}, {O_TABLES, &o->tables},
        {O_CSV, &o->csv},     {O_TEXT, &o->text},
    };

    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (key == flags[i].key)
            return *flags[i].flag = true;
    return false;
}

/* Options whose text is only kept. Returns false when the key is none of them. */
static bool take_text(int key, const char *text, struct options *o)
{
    switch (key) {
    case 'p':
        o->platforms = text;
        return true;
    case 'o':
        o->output = text;
        return true;
    case O_MACHINE:
        o->vm.machine = text;
        return true;
    case O_CPU:
        o->vm.cpu = text;
        return true;
    case O_IMAGE:
        o->image = text;
        return true;
    case O_INITRD:
        o->initrd = text;
        return true;
    case O_APPEND:
        o->append = text;
        return true;
    case O_UNTIL:
        o->until = text;
        return true;
    case O_STREAM:
        o->stream_args = text;
        return true;
    case O_A:
        o->a = text;
        return true;
    case O_B:
        o->b = text;
        return true;
    case O_APPS:
        o->apps = text;
        return true;
    case 'k':
        args_add(&o->kernel, text);
        return true;
    case O_MODULE:
        args_add(&o->modules, text);
        return true;
    default:
        return false;
    }
}

static int take(int key, const char *text, struct options *o)
{
    switch (key) {
    case 'n':
        return parse_number(text, 1, 100000, &o->runs)
                   ? -1
                   : usage("runs", text, "a number from 1 to 100000");
    case 'e':
        return take_env(text, o);
    case O_SMP:
        return parse_number(text, 1, 255, &o->vm.smp)
                   ? -1
                   : usage("smp", text, "a number from 1 to 255");
    case O_MEM:
        return take_memory(text, o);
    case O_QEMU:
        return take_qemu(text, o);
    case O_QEMU_ARGS:
        return take_qemu_args(text, o);
    case O_ONLY:
        return take_only(text, o);
    case O_TIMEOUT:
        return take_timeout(text, o);
    case O_TTY:
        o->tty = text;
        for (size_t i = 0; i < 4; i++)
            if (!strcmp(text, tty_words[i]))
                return -1;
        return usage("tty", text, "none, in, out or both");
    case O_SEED:
        return parse_number(text, 1, UINT_MAX, &o->seed) ? -1
                                                         : usage("seed", text, "a number from 1");
    case O_PARALLEL:
        return parse_number(text, 2, PARALLEL_MAX, &o->parallel)
                   ? -1
                   : usage("parallel", text, "a number from 2 to 16");
    default:
        return take_flag(key, o) || take_text(key, text, o) ? -1 : ST_USAGE;
    }
}

/* Options whose value names something: "" does not. */
static bool is_name(int key)
{
    static const int names[] = {'p',    'o',      O_MACHINE, O_CPU,    O_QEMU, O_IMAGE,
                                O_ONLY, O_INITRD, O_APPS,    O_MODULE, 'k'};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (key == names[i])
            return true;
    return false;
}

static int refuse_empty(unsigned command, int key)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].key == key && rows[i].commands & command)
            warn("--%s: its value is empty; it wants %s", rows[i].name, rows[i].arg);
    return ST_USAGE;
}

/* The command's options for getopt_long(). */
static void getopt_tables(unsigned command, struct option longs[ROWS + 1],
                          char shorts[2 * ROWS + 2])
{
    char *s = shorts;

    *s++ = ':';
    for (size_t i = 0; i < ROWS; i++) {
        if (!(rows[i].commands & command))
            continue;
        *longs++ = (struct option){rows[i].name, rows[i].arg ? required_argument : no_argument,
                                   NULL, rows[i].key};
        if (rows[i].key < 256)
            *s++ = (char)rows[i].key;
        if (rows[i].key < 256 && rows[i].arg)
            *s++ = ':';
    }
    *longs = (struct option){0};
    *s = '\0';
}

/* What getopt_long() could not take: a letter, which others may follow in its word, or the word
 * before the next. Of a letter that is no ASCII, optopt is the first byte. */
static int refuse_option(int key, const char *shorts, char **argv)
{
    bool letter = key == '?' && optopt && optopt < 256 && !strchr(shorts, optopt);
    const char *what = key == ':' ? "a value is missing after" : "unknown option";

    if (letter && optopt > 0 && optopt < 128)
        warn("%s \"-%c\"; see: limpet %s --help", what, optopt, argv[0]);
    else
        warn("%s \"%s\"; see: limpet %s --help", what, argv[letter ? optind : optind - 1], argv[0]);
    return ST_USAGE;
}

int options_parse(unsigned command, int argc, char **argv, struct options *o)
{
    struct option longs[ROWS + 1];
    char shorts[2 * ROWS + 2];
    const char *value;
    int key, status = -1;

    *o = (struct options){0};
    getopt_tables(command, longs, shorts);
    opterr = 0;
    optind = 0; /* a side's options are parsed after the command's */
    while (status < 0 && (key = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (key == 'h')
            return OPTIONS_HELP;
        if (key == '?' || key == ':')
            return refuse_option(key, shorts, argv);
        value = optarg ? optarg : "";
        status =
            optarg && !value[0] && is_name(key) ? refuse_empty(command, key) : take(key, value, o);
    }
    o->rest = argv + optind;
    o->rest_count = argc - optind;
    return status;
}

void options_free(struct options *o)
{
    args_free(&o->env);
    args_free(&o->kernel);
    args_free(&o->modules);
    args_free(&o->paths);
}
