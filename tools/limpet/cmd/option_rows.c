/* The table of all options, and what is asked of some values.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "base/near.h"
#include "base/parallel.h"
#include "base/proc.h"
#include "base/quote.h"
#include "cmd/options.h"
#include "measure/suites.h"
#include "tools/status.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 64 /* of a suite */

int option_refuse(const char *option, const char *text, const char *wanted)
{
    warn("--%s: \"%s\" is not %s", option, text, wanted);
    return ST_USAGE;
}

/* Rows of basic by commas, each of which there is. */
static int check_only(struct options *o)
{
    const struct suite *basic = suite_find("basic");
    const char *at = o->only, *names[ROWS_MAX + 1] = {NULL};
    struct buf near = {0};
    char *name;

    for (size_t n; (n = suite_row_length(basic, at)); at += n + 1)
        if (!at[n])
            return -1;
    for (size_t i = 0; i < ROWS_MAX && basic->rows[i].name; i++)
        names[i] = basic->rows[i].name;
    name = xasprintf("%.*s", (int)strcspn(at, ","), at);
    near_names(&near, name, names);
    warn("--only: basic has no row \"%s\"; %s", name, near.data);
    buf_free(&near);
    free(name);
    return ST_USAGE;
}

static int check_qemu_args(struct options *o)
{
    struct args words = {0};
    int failed = quote_split(o->vm.qemu_args, &words);

    args_free(&words);
    return failed ? option_refuse("qemu-args", o->vm.qemu_args,
                                  "a list of words: a quote is left open")
                  : -1;
}

static int check_env(struct options *o)
{
    const char *text = o->env.v[o->env.n - 1];

    if (text[0] == '=' || !strchr(text, '=') || strcspn(text, " \t\"\\") < strcspn(text, "="))
        return option_refuse("env", text, "of the form NAME=VALUE");
    return -1;
}

/* Found now, as guests are started in other folders. */
static int check_qemu(struct options *o)
{
    char *path = proc_program(o->vm.qemu);

    if (!path) {
        warn("--qemu: cannot run \"%s\": %s%s", o->vm.qemu, strerror(errno),
             strchr(o->vm.qemu, ' ') ? " (arguments for it go into --qemu-args)" : "");
        return ST_START;
    }
    args_add(&o->paths, path);
    o->vm.qemu = o->paths.v[o->paths.n - 1];
    free(path);
    return -1;
}

static int check_until(struct options *o)
{
    return strchr(o->until, '\n') ? option_refuse("until", o->until, "one line") : -1;
}

static int check_label(struct options *o)
{
    for (const char *c = o->label; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 127)
            return option_refuse("label", o->label, "a line of text");
    return -1;
}

/* A field, which must be of this type. */
#define AT(type, field)                                                                            \
    (offsetof(struct options, field) + 0 * sizeof((type *)0 == &((struct options *)0)->field))
#define FLAG(field)   .kind = OPTION_FLAG, .at = AT(bool, field)
#define TEXT(field)   .kind = OPTION_TEXT, .at = AT(const char *, field)
#define NAME(field)   .kind = OPTION_NAME, .at = AT(const char *, field)
#define CHOICE(field) .kind = OPTION_CHOICE, .at = AT(const char *, field)
#define NUMBER(field, low, high)                                                                   \
    .kind = OPTION_NUMBER, .at = AT(unsigned, field), .min = low, .max = high
#define MEMORY(field, low) .kind = OPTION_MEMORY, .at = AT(unsigned, field), .min = low
#define SECONDS(field)     .kind = OPTION_SECONDS, .at = AT(double, field)
#define TIME(field)        .kind = OPTION_TIME, .at = AT(double, field)
#define PERCENT(field)     .kind = OPTION_PERCENT, .at = AT(double, field)
#define LIST(field)        .kind = OPTION_LIST, .at = AT(struct args, field)
#define TRAVELS            .travels = true
#define FILES              .values = OPTION_FILES
#define PLATFORMS          .values = OPTION_PLATFORMS
#define DOORS              .values = OPTION_DOORS

const struct option_row option_rows[] = {
    {"platform", 'p', OPT_RUN, "LIST|all",
     "@; several by commas (default: kvm when it is native here, else qemu)", NAME(platforms),
     PLATFORMS},
    {"tap", 0, OPT_RUN, NULL, "tell the results as TAP, the guests' output as its comments",
     FLAG(tap)},
    {"lab", 0, OPT_RUN | OPT_EXEC | OPT_PROFILE, NULL,
     "boot in the lab, whatever this machine has itself", FLAG(lab)},
    {"platform", 'p', OPT_PROFILE, "PLATFORM", "@ (default: kvm when it is native here, else qemu)",
     NAME(platforms), PLATFORMS},
    {"platform", 'p', OPT_EXEC, "PLATFORM", "@ (default: the fastest that is native here)",
     NAME(platforms), PLATFORMS},
    {"rate", 0, OPT_PROFILE, "HZ", "samples a second of each CPU (default: 997)",
     NUMBER(rate, 1, 10000)},
    {"exact", 0, OPT_PROFILE, NULL, "count every instruction instead, once: on qemu, of any image",
     FLAG(exact)},
    {"top", 0, OPT_PROFILE, "N", "functions in the table (default: 20)", NUMBER(top, 1, 100000)},
    {"folded", 0, OPT_PROFILE, "FILE",
     "write the call stacks, a line each: what flamegraph.pl and speedscope read", NAME(folded),
     FILES},
    {"output", 'o', OPT_PROFILE, "FILE",
     "write a page with a flame graph; FILE.svg: the flame graph alone", NAME(output), FILES},
    {"platforms", 'p', OPT_BENCH, "LIST|all", "which platforms, separated by commas (default: all)",
     NAME(platforms), PLATFORMS},
    {"kernel", 0, OPT_BOOT, "FILE", "the kernel", NAME(image), FILES},
    {"initrd", 0, OPT_BOOT, "FILE", "its initial file system", NAME(initrd), FILES},
    {"append", 0, OPT_BOOT, "TEXT", "more for its command line", TEXT(append)},
    {"until", 0, OPT_BOOT, "TEXT", "time it to the first line with TEXT (default: its first byte)",
     TEXT(until)},
    {"until", 0, OPT_BENCH | OPT_COMPARE, "TEXT",
     "time a program of your own to the first line with TEXT, and end it there (default: to its "
     "exit)",
     NAME(until), TRAVELS, .check = check_until},
    {"any-output", 0, OPT_BENCH | OPT_COMPARE, NULL,
     "what a program of your own says may differ from run to run", FLAG(any_output), TRAVELS},
    {"platform", 'p', OPT_BOOT, "PLATFORM",
     "qemu or kvm (default: kvm when it is native here, else qemu)", NAME(platforms),
     .values = "qemu kvm"},
    {"runs", 'n', OPT_BOOT, "RUNS", "boots of each (default: 5)", NUMBER(runs, 1, 100000)},
    {"machine", 0, OPT_BOOT, "MACHINE", "QEMU's -machine: q35, pc, microvm, … (default: q35)",
     NAME(vm.machine), TRAVELS, .values = "microvm q35 pc"},
    {"a", 0, OPT_COMPARE, "\"OPTIONS\"",
     "of the side A: --qemu, --qemu-args, --machine, --door, --cpu, --smp, --mem, --apps, "
     "--stream-args",
     TEXT(a)},
    {"b", 0, OPT_COMPARE, "\"OPTIONS\"", "of the side B", TEXT(b)},
    {"platforms", 'p', OPT_COMPARE, "LIST",
     "where the sides take turns (default: qemu); in a lab where it is not native: three boots, "
     "all "
     "sides in each",
     NAME(platforms), PLATFORMS},
    {"runs", 'n', OPT_COMPARE, "ROUNDS|auto",
     "in each of which A, A again and B run in random order (default: 20); auto: until there is a "
     "verdict on every row",
     NUMBER(runs, 1, 100000), .values = OPTION_AUTO},
    {"budget", 0, OPT_COMPARE, "TIME",
     "with -n auto: what would take longer (10m, 2h) is not waited for", TIME(budget_s)},
    {"most", 0, OPT_COMPARE, "N", "with -n auto: rounds at most (default: 250)",
     NUMBER(most, 10, 100000)},
    {"within", 0, OPT_COMPARE, "PERCENT",
     "what counts as the same (default: 5; of the rows' tails 25)", PERCENT(within)},
    {"rows", 0, OPT_COMPARE, "LIST",
     "judge these alone, by commas: fewer are told with fewer rounds", NAME(rows)},
    {"fail-above", 0, OPT_COMPARE, "PERCENT",
     "status 3 only of rows whose whole interval is worse by more", PERCENT(fail_above)},
    {"unsure-ok", 0, OPT_COMPARE, NULL, "status 0 also where one cannot tell", FLAG(unsure_ok)},
    {"md", 0, OPT_COMPARE, NULL, "as Markdown, for a pull request", FLAG(markdown)},
    {"json", 0, OPT_COMPARE | OPT_HISTORY, NULL, "as JSON, for programs (docs/results.md)",
     FLAG(json)},
    {"force", 0, OPT_COMPARE, NULL, "compare rows of unlike machines all the same", FLAG(force)},
    {"apps", 0, OPT_SIDE, "DIR", "take the images from there", NAME(apps), FILES},
    {"runs", 'n', OPT_BENCH, "RUNS",
     "runs per platform, in random order (default: #; fewer in an emulated"
     " lab). From 12 up in three to five parts, each with a boot of the "
     "lab",
     NUMBER(runs, 1, 100000)},
    {"quick", 0, OPT_BENCH, NULL, "a first look: a quarter of the usual runs", FLAG(quick),
     TRAVELS},
    {"quick", 0, OPT_COMPARE, NULL,
     "a first look: the fewest rounds that tell so many rows, 6 at least", FLAG(quick)},
    {"time-limit", 0, OPT_BENCH, "TIME",
     "begin no run later than that (90s, 10m, 2h), but for the first of each: what was measured by "
     "then is the result, and says that it is partial",
     TIME(time_limit_s)},
    {"warmup", 0, OPT_BENCH | OPT_COMPARE, "N",
     "first so many runs of each that do not count (default: none)", NUMBER(warmup, 1, 1000),
     TRAVELS},
    {"prepare", 0, OPT_BENCH | OPT_COMPARE, "COMMAND",
     "run this by the shell before each run, in a lab there; when it fails, so does the run",
     NAME(prepare), TRAVELS},
    {"seed", 0, OPT_BENCH | OPT_COMPARE | OPT_BOOT, "N",
     "of that order: 1 up; a result tells which it was (default: random)",
     NUMBER(seed, 1, UINT_MAX)},
    {"output", 'o', OPT_BENCH | OPT_BOOT, "FILE",
     "append the result as a line of JSON; the file is left alone when the run fails", NAME(output),
     FILES},
    {"output", 'o', OPT_COMPARE, "FILE",
     "append the results, a line of JSON for each of A, A again and B", NAME(output), FILES},
    {"label", 0, OPT_BENCH | OPT_COMPARE | OPT_BOOT, "TEXT",
     "with -o: what to call the result where several stand side by side", NAME(label),
     .check = check_label},
    {"partial", 0, OPT_BENCH, NULL, "with -o: write also when a cell could not be measured",
     FLAG(partial)},
    {"only", 0, OPT_BENCH | OPT_COMPARE, "ROWS",
     "of basic these rows only, separated by commas: getpid,sched_yield", NAME(only), TRAVELS,
     .check = check_only},
    {"stream-args", 0, OPT_BENCH | OPT_SIDE, "\"ARGS\"", "arguments for stream", TEXT(stream_args),
     TRAVELS},
    {"exits", 0, OPT_BENCH, NULL, "count VM exits too, in one more run of basic and boot (as root)",
     FLAG(exits)},
    {"count", 0, OPT_BENCH, NULL,
     "count rather than time, exactly, in one run: instructions, memory and port accesses, pages, "
     "of "
     "each row and stage of a boot (default platform: qemu)",
     FLAG(count)},
    {"count", 0, OPT_BOOT, NULL,
     "count the kernel's boot rather than time it, exactly, in one run (without --until to the end "
     "of "
     "its machine; platform qemu)",
     FLAG(count)},
    {"count", 0, OPT_COMPARE, NULL,
     "count rather than time: in one run a difference of 1 is told, and in which functions; "
     "--within is then 0 by default",
     FLAG(count)},
    {"usual", 0, OPT_BENCH, NULL,
     "each platform in those suites only in which it is measured with -p all: of those with a "
     "firmware boot alone",
     FLAG(usual), TRAVELS},
    {"parallel", 0, OPT_BENCH, "N", "of vmm: also N guests at once, each with a memory of its own",
     NUMBER(parallel, 2, PARALLEL_MAX), TRAVELS},
    {"machine", 0, OPT_RUN | OPT_PROFILE | OPT_BENCH | OPT_SIDE, "MACHINE",
     "QEMU's -machine: q35, pc, microvm, … (default: the leanest microvm; pc under a BIOS, q35 "
     "under "
     "UEFI)",
     NAME(vm.machine), TRAVELS, .values = "microvm q35 pc"},
    {"door", 0, OPT_RUN | OPT_PROFILE | OPT_BENCH | OPT_SIDE, "DOOR",
     "by which of its doors a platform starts the guest (default: the first that limpet platforms "
     "tells of it); platforms without are left out",
     NAME(vm.door), TRAVELS, DOORS},
    {"cpu", 0, OPT_RUN | OPT_PROFILE | OPT_BENCH | OPT_SIDE | OPT_BOOT, "CPU",
     "QEMU's -cpu (default: max, with KVM host)", NAME(vm.cpu), TRAVELS,
     .values = "max host qemu64 EPYC Skylake-Client"},
    {"smp", 0, OPT_RUN | OPT_EXEC | OPT_PROFILE | OPT_BENCH | OPT_SIDE | OPT_BOOT, "N",
     "processors (default: 1)", NUMBER(vm.smp, 1, 255), TRAVELS},
    {"mem", 0, OPT_RUN | OPT_EXEC | OPT_PROFILE | OPT_BENCH | OPT_SIDE | OPT_BOOT, "MIB",
     "memory in MiB, or with a suffix M or G (default: 512)", MEMORY(vm.mem_mib, VM_MIN_MEM_MIB),
     TRAVELS},
    {"timeout", 0, OPT_RUN | OPT_PROFILE | OPT_BENCH | OPT_COMPARE | OPT_BOOT, "S",
     "seconds until a guest counts as hanging (default: 60; 240 in the lab;"
     " a benchmark has four times as much)",
     SECONDS(vm.timeout_s), TRAVELS},
    {"timeout", 0, OPT_EXEC, "S", "seconds until the program counts as hanging (default: none)",
     SECONDS(vm.timeout_s), TRAVELS},
    {"env", 'e', OPT_EXEC, "NAME[=VALUE]",
     "set a variable in the program's environment, or give it ours: \"TEST_*\" all of such names",
     LIST(env), TRAVELS},
    {"env", 'e', OPT_RUN | OPT_PROFILE, "NAME=VALUE", "set a variable in the guest's environment",
     LIST(env), TRAVELS, .check = check_env},
    {"kernel", 'k', OPT_RUN | OPT_EXEC | OPT_PROFILE, "OPTION",
     "set a kernel option: heap=2m gives the guest limpet.heap=2m", LIST(kernel), TRAVELS,
     .values = "heap=4k heap=2m"},
    {"module", 0, OPT_RUN | OPT_EXEC | OPT_PROFILE, "FILE",
     "give the guest a file, as a boot module (may be repeated)", LIST(modules), FILES},
    {"root", 0, OPT_RUN | OPT_EXEC | OPT_PROFILE, "DIR",
     "give the guest a folder as its root: a copy of all files, in its memory", NAME(root), FILES},
    {"fetch", 0, OPT_RUN | OPT_EXEC, "PATH",
     "write a file or folder of the guest's here when it has ended: to the same place below "
     "--root's folder, else into the current one (may be repeated)",
     LIST(fetch)},
    {"gdb", 0, OPT_RUN, "wait",
     "start the guest stopped, with gdb on it, or with the command that attaches gdb where there "
     "is "
     "no terminal or =wait is given; no time-out unless --timeout gives one",
     .bare = true, CHOICE(gdb), TRAVELS},
    {"qemu", 0, OPT_RUN | OPT_PROFILE | OPT_BENCH | OPT_SIDE | OPT_BOOT, "PATH",
     "the QEMU to use (default: qemu-system-x86_64 in PATH)", NAME(vm.qemu), .check = check_qemu,
     FILES},
    {"tty", 0, OPT_RUN | OPT_EXEC, "none|in|out|both",
     "what the guest takes for a terminal (default: what is one)", CHOICE(tty), TRAVELS},
    {"qemu-args", 0, OPT_RUN | OPT_PROFILE | OPT_BENCH | OPT_SIDE | OPT_BOOT, "\"ARGS\"",
     "more arguments for it, after ours: \"-d int -D /tmp/log\"", TEXT(vm.qemu_args), TRAVELS,
     .check = check_qemu_args},
    {"verbose", 'v', OPT_RUN | OPT_EXEC, NULL,
     "show QEMU's command line or the domain's configuration, the guest's last"
     " line and the times",
     FLAG(verbose), TRAVELS},
    {"json", 0, OPT_PLATFORMS, NULL, "machine-readable output", FLAG(json)},
    {"output", 'o', OPT_REPORT | OPT_HISTORY, "FILE", "write there", NAME(output), FILES},
    {"columns", 0, OPT_REPORT, "host|version|label|file",
     "of several files: what has a column, in which those of the same stand together (default: "
     "what differs)",
     CHOICE(columns)},
    {"md", 0, OPT_HISTORY, NULL, "the changes as Markdown instead of a page", FLAG(markdown)},
    {"text", 0, OPT_HISTORY, NULL, "the changes as text (on a terminal: default)", FLAG(text)},
    {"norm", 0, OPT_REPORT | OPT_BENCH, "PLATFORM",
     "every row as a ratio to that platform's, with its interval, and each suite's geometric mean",
     TEXT(norm)},
    {"json", 0, OPT_REPORT, NULL, "with --norm: the ratios as JSON", FLAG(json)},
    {"md", 0, OPT_REPORT, NULL, "the tables as Markdown instead of a page", FLAG(markdown)},
    {"tables", 0, OPT_REPORT, NULL, "all tables as text instead of a page, wider than a screen",
     FLAG(tables)},
    {"csv", 0, OPT_REPORT, "rows|samples",
     "every row as a line of CSV instead of a page, or every sample (docs/results.md); with "
     "--norm: the ratios",
     .bare = true, CHOICE(csv)},
    {"text", 0, OPT_REPORT, NULL,
     "a screen with the classic tables and the findings (on a terminal: default)", FLAG(text)},
    {"help", 'h',
     OPT_RUN | OPT_BENCH | OPT_PLATFORMS | OPT_LAB | OPT_COMPARE | OPT_REPLAY | OPT_BOOT |
         OPT_REPORT | OPT_HISTORY | OPT_PROFILE | OPT_EXEC,
     NULL, "this help", .kind = OPTION_HELP},
    {.name = NULL},
};
