/* limpet, the host tool: its commands and their help.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/descriptors.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "tools/status.h"
#include "tools/version.h"
#include "cmd/options.h"
#include "base/proc.h"
#include "host/place.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct command commands[] = {
    {"platforms", cmd_platforms, "what this machine offers: native, in the lab, or why not",
     "limpet platforms [--json]", OPT_PLATFORMS, "limpet platforms", WORDS_NONE},
    {"run", cmd_run, "boot an app; its console on stdout, its status as the exit status",
     "limpet run APP [OPTION…] [-- ARGS…]", OPT_RUN, "limpet run hello -p qemu -- a b", WORDS_APP},
    {"bench", cmd_bench, "measure: basic, stream and boot on every platform",
     "limpet bench [SUITE…] [OPTION…]", OPT_BENCH,
     "limpet bench basic boot -p qemu,kvm -n 20 -o result.json", WORDS_SUITES},
    {"compare", cmd_compare, "two results, or two sides in turn: what differs, what is noise",
     "limpet compare A.json B.json\n"
     "       limpet compare --a \"OPTIONS\" --b \"OPTIONS\" [SUITE…] [OPTION…]",
     OPT_COMPARE, "limpet compare --b \"--qemu ./qemu-new\" basic boot", WORDS_SUITES_FILES},
    {"boot", cmd_boot, "time any kernel under QEMU, to a line of its console, beside hello",
     "limpet boot --kernel FILE [--until TEXT] [OPTION…]", OPT_BOOT,
     "limpet boot --kernel /boot/vmlinuz-$(uname -r) --until \"Run /init\"", WORDS_NONE},
    {"replay", cmd_replay, "a published table beside ours, with a verdict for every cell",
     "limpet replay NAME|all [FILE]", OPT_REPLAY, "limpet replay hermitcore", WORDS_PUBLICATION},
    {"report", cmd_report, "results as one page: tables, plots, where they come from",
     "limpet report FILE… [-o FILE.html] [--md | --csv | --text | --tables]", OPT_REPORT,
     "limpet report result.json -o result.html", WORDS_FILES},
    {"lab", cmd_lab, "the nested labs: KVM and Xen on a machine that has none",
     "limpet lab build\n"
     "       limpet lab status\n"
     "       limpet lab shell LAB\n"
     "       limpet lab exec LAB -- COMMAND",
     OPT_LAB, "limpet lab exec xen -- xl info", WORDS_LAB},
    {"version", cmd_version, "the version of this tool", "limpet version", 0, "limpet version",
     WORDS_NONE},
    {"help", cmd_help, "help on a command", "limpet help [COMMAND]", 0, "limpet help run",
     WORDS_COMMAND},
};

#define COMMANDS (sizeof commands / sizeof *commands)

static const char run_notes[] =
    "\n"
    "APP is a path, or a name: NAME.elf in $LIMPET_APPS or in the folder apps beside\n"
    "the tool.\n"
    "Standard input goes to the guest's console.\n"
    "On several platforms it runs one after the other: each guest's console with the\n"
    "platform's name before every line, then a line with the platform and its status;\n"
    "with --tap all of it as TAP. The exit status is 0 when all ended with 0, else\n"
    "the first other one. Standard input must be a file then, which each reads. On\n"
    "Xen an app that has no disk gets one made when it boots from a disk.\n"
    "\n"
    "Exit status: the guest's own, 0 to 255. When one of the following is the tool's,\n"
    "a line that begins with \"limpet: \" on stderr says so:\n"
    "    2  wrong use                               122  time-out: the guest hangs\n"
    "  119  the guest ended without its last line   123  the guest's kernel panicked\n"
    "  120  no such image, or not an image          124  triple fault, crash or reset\n"
    "  121  QEMU or xl could not start the guest    125  the lab failed\n"
    "  126  QEMU or the domain was killed           130, 143  Ctrl-C, SIGTERM\n";

static const char bench_notes[] =
    "\n"
    "Suites: basic (cycles per call), stream (memory bandwidth), boot (time to boot);\n"
    "these by default. And throughput (boots a second, 1, 2, 4 … guests at once); and\n"
    "vmm (a published VMM's guests: cycles, exits, whole lives).\n"
    "One suite on one platform is shown with all its figures; more than that on one\n"
    "screen: what is left out there, limpet report shows of a file (-o).\n"
    "A cell that could not be measured is SKIP, its reason stands below, and the exit\n"
    "status is 1.\n";

static const char compare_notes[] =
    "\n"
    "Of a file the last result counts. A and B are figures of a side's best runs, to\n"
    "which others on the machine have added least, not the medians of a report. The\n"
    "floor is what the same thing differs by from itself; a change inside it is no\n"
    "difference. Where noise would hide 5 %, or there are fewer than 6 runs, nothing\n"
    "is told: -n says how many would. Each side is started once before anything is\n"
    "measured; when one fails later, what all of them gave before is told, and\n"
    "written with -o.\n"
    "\n"
    "Exit status:\n"
    "  0  every row of B is the same or better  1  a side failed, or rows are refused\n"
    "  3  some row is worse                     2  wrong use\n"
    "  4  none is worse, but of some nothing can be told\n";

static const char lab_notes[] =
    "\n"
    "LAB is kvm or xen; one build serves both. The lab runs on this machine's KVM\n"
    "where that lets its guests virtualize, else under QEMU's TCG;\n"
    "LIMPET_LAB_ACCEL=kvm or tcg decides.\n"
    "exec runs the COMMAND by the lab's shell in /job, a new folder with limpet and\n"
    "apps in it; its output is shown, its status is the exit status.\n";

static const char boot_notes[] =
    "\n"
    "The kernel is whatever QEMU's -kernel takes: Linux, multiboot or PVH. Each\n"
    "machine is ended as soon as its console holds TEXT (without --until: anything).\n"
    "hello runs in turn with it, in random order, on the same machine and on the\n"
    "leanest microvm, until it greets.\n"
    "Linux gets console=ttyS0, which it opens late: earlyprintk=serial with --append\n"
    "shows its first words.\n"
    "Without --initrd, Linux gets initrd.img-V beside vmlinuz-V, or else one of a few\n"
    "bytes whose /init powers the machine off.\n"
    "Exit status: 0, or that of limpet run for a boot that failed; 1 when it ended\n"
    "before TEXT.\n";

static const char replay_notes[] =
    "\n"
    "FILE is a result of limpet bench -o; of several, the last counts. Default:\n"
    "results/latest.json beside the tool, which make bench writes. Without NAME: the\n"
    "names.\n"
    "A cell without a figure of ours is SKIP, with its reason, and the exit status is\n"
    "1.\n";

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static void help_command(const struct command *c)
{
    printf("limpet %s: %s\n\nUsage: %s\n", c->name, c->help, c->usage);
    if (c->options) {
        puts("\nOptions:");
        options_help(c->options);
    }
    if (c->options == OPT_RUN)
        fputs(run_notes, stdout);
    if (c->options == OPT_BENCH)
        fputs(bench_notes, stdout);
    if (c->options == OPT_COMPARE)
        fputs(compare_notes, stdout);
    if (c->options == OPT_BOOT)
        fputs(boot_notes, stdout);
    if (c->options == OPT_REPLAY)
        fputs(replay_notes, stdout);
    if (c->options == OPT_LAB)
        fputs(lab_notes, stdout);
    printf("\nExample: %s\n", c->example);
}

static int unknown_command(const char *name)
{
    warn("unknown command \"%s\"; see: limpet --help", name);
    return ST_USAGE;
}

/* limpet help --complete WORD…, for shells. */
static int complete(int n, char *const words[])
{
    const struct command *c = n > 1 ? find(words[0]) : NULL;

    if (n == 1 || (n == 2 && c && c->words == WORDS_COMMAND))
        completion_commands(commands, COMMANDS, words[n - 1]);
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
        return unknown_command(argv[1]);
    if (c) {
        help_command(c);
        return ST_OK;
    }
    puts(
        "limpet: boots one image on every hypervisor and measures it\n\nUsage: limpet COMMAND …\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
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
        return unknown_command(name);
    status = c->fn(argc - 1, argv + 1);
    if (status == OPTIONS_HELP) {
        help_command(c);
        status = ST_OK;
    }
    return finish(status);
}
