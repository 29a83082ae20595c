/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm: boots one image straight on KVM. Options, and the order of things. */
#include "vmm.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_MAX_MIB (512u << 10)

static const char help[] =
    "limpet-vmm: boots one image straight on KVM, without QEMU\n"
    "\n"
    "Usage: limpet-vmm [OPTION…] IMAGE [-- ARGS…]\n"
    "\n"
    "Options:\n"
    "  --mem MIB              memory in MiB (default: 128)\n"
    "  --smp N                processors, up to 64 (default: 1)\n"
    "  --timeout S            seconds until the guest counts as hanging (default: none)\n"
    "  --module FILE          give the guest a file, as a boot module (may be repeated); also\n"
    "                         \"FILE ARGUMENTS\"\n"
    "  --append TEXT          put before ARGS on the command line, as it is\n"
    "  --door pvh|long        enter in 32-bit mode by the PVH note, or in 64-bit mode by the "
    "Limpet\n"
    "                         note (default: long where the image has that note)\n"
    "  --huge                 back memory by the host's huge pages\n"
    "  --no-xsave             hide XSAVE, and AVX with it, from the guest\n"
    "  --stats FILE           count and time exits, set-up and dirty pages: JSON (docs/vmm.md)\n"
    "  --clock FD             write \"host's ns, guest's TSC\" there when the guest starts\n"
    "  --version              the version\n"
    "  --help                 this help\n"
    "\n"
    "The guest's console is standard input and output.\n"
    "\n"
    "Exit status: the guest's own, 0 to 255. When one of the following is limpet-vmm's, a line "
    "that\n"
    "begins with \"limpet-vmm: \" on stderr says so:\n"
    "    1  a file could not be written             122  time-out: the guest hangs\n"
    "    2  wrong use                               123  the guest's kernel panicked\n"
    "  120  no such image, or not an image          124  triple fault, crash or reset\n"
    "  121  no KVM, or KVM gave up                  130, 143  interrupted (Ctrl-C, SIGTERM)\n"
    "\n"
    "Example: limpet-vmm --mem 64 build/apps/hello.elf -- a b\n";

void say(const char *text)
{
    char line[512];
    int n = snprintf(line, sizeof line, "limpet-vmm: %s\n", text);
    if (n >= (int)sizeof line) {
        n = sizeof line - 1;
        line[n - 1] = '\n';
    }
    (void)!write(STDERR_FILENO, line, (size_t)n);
}

void fail(int status, const char *format, ...)
{
    char text[480];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say(text);
    _exit(status);
}

static unsigned number(const char *option, const char *text, unsigned min, unsigned max)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno != 0 || *end != '\0' || n < min || n > max)
        fail(ST_USAGE, "--%s: \"%s\" is not a number from %u to %u", option, text, min, max);
    return (unsigned)n;
}

static double seconds(const char *text)
{
    char *end;
    double s = strtod(text, &end);
    if (end == text || *end != '\0' || !(s >= 1e-3 && s <= 1e6))
        fail(ST_USAGE, "--timeout: \"%s\" is not a number of seconds above 0", text);
    return s;
}

static enum door door_named(const char *text)
{
    if (strcmp(text, "pvh") == 0)
        return DOOR_PVH;
    if (strcmp(text, "long") != 0)
        fail(ST_USAGE, "--door: \"%s\" is neither pvh nor long", text);
    return DOOR_LONG;
}

static void take(int key, const char *text, struct options *o)
{
    switch (key) {
    case 'm':
        o->memory_mib = number("mem", text, 2, MEMORY_MAX_MIB);
        break;
    case 's':
        o->cpus = number("smp", text, 1, MAX_CPUS);
        break;
    case 't':
        o->timeout_s = seconds(text);
        break;
    case 'd':
        o->door = door_named(text);
        break;
    case 'c':
        o->clock_fd = (int)number("clock", text, 3, 1023);
        break;
    case 'f':
        if (o->module_count == MAX_MODULES)
            fail(ST_USAGE, "--module: more than %d modules", MAX_MODULES);
        o->modules[o->module_count++] = text;
        break;
    case 'h':
        fputs(help, stdout);
        exit(ST_OK);
    case 'v':
        puts("limpet-vmm " LIMPET_VERSION);
        exit(ST_OK);
    }
}

static void parse(int argc, char **argv, struct options *o)
{
    int huge = 0, no_xsave = 0, key;
    const struct option longs[] = {
        {"mem", required_argument, NULL, 'm'},
        {"smp", required_argument, NULL, 's'},
        {"timeout", required_argument, NULL, 't'},
        {"module", required_argument, NULL, 'f'},
        {"append", required_argument, NULL, 'a'},
        {"stats", required_argument, NULL, 'S'},
        {"door", required_argument, NULL, 'd'},
        {"clock", required_argument, NULL, 'c'},
        {"huge", no_argument, &huge, 1},
        {"no-xsave", no_argument, &no_xsave, 1},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };

    *o = (struct options){.memory_mib = 128, .cpus = 1, .clock_fd = -1};
    opterr = 0;
    while ((key = getopt_long(argc, argv, "+:h", longs, NULL)) != -1) {
        if (key == '?' || key == ':')
            fail(ST_USAGE, "%s \"%s\"; see: limpet-vmm --help",
                 key == ':' ? "a value is missing after" : "unknown option", argv[optind - 1]);
        if (key == 'S')
            o->stats = optarg;
        else if (key == 'a')
            o->append = optarg;
        else
            take(key, optarg, o);
    }
    o->huge = huge;
    o->no_xsave = no_xsave;
    o->image = argv[optind];
    if (o->image == NULL)
        fail(ST_USAGE, "which image? for instance: limpet-vmm build/apps/hello.elf");
    o->args = argv + optind + 1;
    o->arg_count = argc - optind - 1;
    if (o->arg_count > 0 && strcmp(o->args[0], "--") != 0)
        fail(ST_USAGE, "\"%s\": the guest's arguments come after --", o->args[0]);
    if (o->arg_count > 0) {
        o->args++;
        o->arg_count--;
    }
}

/* What was inherited is nobody's business here. */
static void close_others(int but)
{
    unsigned from = 3;
    if (but >= 3) {
        if (but > 3)
            syscall(SYS_close_range, 3u, (unsigned)but - 1, 0u);
        from = (unsigned)but + 1;
    }
    syscall(SYS_close_range, from, ~0u, 0u);
}

int main(int argc, char **argv)
{
    static struct image_plan plan;
    static struct file modules[MAX_MODULES];
    struct options o;
    struct machine m = {.options = &o, .stats_fd = -1};
    const char *wrong;

    parse(argc, argv, &o);
    close_others(o.clock_fd);
    uint64_t bytes = (uint64_t)o.memory_mib << 20;
    m.low = bytes < GAP_BEGIN ? bytes : GAP_BEGIN;
    m.high = bytes - m.low;

    struct file image = file_open(o.image);
    if ((wrong = image_plan(image.bytes, image.size, m.low, &plan)) != NULL)
        fail(ST_IMAGE, "%s %s", o.image, wrong);
    if (o.door == DOOR_LONG && !plan.has_long)
        fail(ST_IMAGE, "%s has no Limpet note, which --door long wants", o.image);
    for (unsigned i = 0; i < o.module_count; i++)
        modules[i] = module_open(o.modules[i]);

    stats_open(&o);
    machine_create(&m);
    load_image(&m, &image, &plan);
    uint32_t start_info = load_boot_data(&m, modules, plan.end);
    machine_add_cpus(&m);
    machine_enter(&m, &plan, start_info);
    stats_watch(&m);
    machine_run(&m);
    stats_write(&m, &plan);
    if (m.text[0] != '\0')
        say(m.text);
    _exit(m.status);
}
