/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet-vmm: boots one image straight on KVM. Options, and the order of things. */
#include "vmm.h"
#include "tools/limpet/base/descriptors.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_MAX_MIB (512u << 10)

static const char version[] = "limpet-vmm " LIMPET_VERSION "\n";
static const char help[] =
    "limpet-vmm: boots one image straight on KVM, without QEMU\n\n"
    "Usage: limpet-vmm [OPTION…] IMAGE [-- ARGS…]\n\n"
    "Options:\n"
    "  --mem MIB              memory in MiB (default: 128)\n"
    "  --smp N                processors, up to 64 (default: 1)\n"
    "  --timeout S            seconds until the guest counts as hanging (default: none)\n"
    "  --module FILE          give the guest a file, as a boot module (may be repeated)\n"
    "  --append TEXT          put before ARGS on the command line, as it is\n"
    "  --door DOOR            enter IMAGE, an ELF file, by its PVH note (pvh), its Limpet note "
    "(long;\n"
    "                         the default, where it has one) or as Linux (linux64, linux32), or\n"
    "                         IMAGE, a bzImage, as Linux (bz64, bz32)\n"
    "  --bare[=zeros|ones]    be as another VMM is: no port or CPUID leaf of our own, unknown "
    "ports\n"
    "                         read so (default: zeros), --door pvh (docs/vmm.md)\n"
    "  --huge                 back memory by the host's huge pages\n"
    "  --no-xsave             hide XSAVE, and AVX with it, from the guest\n"
    "  --sev[=C]              imitate AMD SEV: memory is there only at addresses with bit C\n"
    "                         (default: the highest); possible: CPUID alone tells of SEV;\n"
    "                         es: the first CPUID raises #VC, as under SEV-ES (docs/vmm.md)\n"
    "  --gdb SOCKET           wait for gdb before the first instruction; SOCKET: the path of a\n"
    "                         Unix socket to make, or fd:N, one that listens (docs/gdb.md)\n"
    "  --stats FILE           write what was counted and timed as JSON (docs/vmm.md)\n"
    "  --clock                write clocks to file descriptor 3 when the guest starts "
    "(docs/vmm.md)\n"
    "  --version, --help      the version, this help\n\n"
    "The guest's console is standard input and output.\n\n"
    "Exit status: the guest's own, 0 to 255. When one of the following is limpet-vmm's, a line\n"
    "that begins with \"limpet-vmm: \" on stderr says so:\n"
    "    1  a file could not be written             122  time-out: the guest hangs\n"
    "    2  wrong use                               123  the guest's kernel panicked\n"
    "  120  no such image, or not an image          124  triple fault, crash or reset\n"
    "  121  no KVM, or KVM gave up                  130, 143  interrupted (Ctrl-C, SIGTERM)\n\n"
    "Example: limpet-vmm --mem 64 hello.elf -- a b\n";

static double number(const char *option, const char *text, double min, double max)
{
    char *end;
    double n = strtod(text, &end);
    if (end == text || *end != '\0' || !(n >= min && n <= max))
        fail(ST_USAGE, "--%s: \"%s\" is not a number from %g to %g", option, text, min, max);
    return n;
}

static enum door door_named(const char *name)
{
    for (enum door d = DOOR_ANY + 1; d < DOORS; d++)
        if (strcmp(name, door_names[d]) == 0)
            return d;
    fail(ST_USAGE, "--door: \"%s\" is none of long, pvh, linux64, linux32, bz64 and bz32", name);
}

static void take(int key, const char *text, struct options *o)
{
    if (key == 'm')
        o->memory_mib = (unsigned)number("mem", text, 2, MEMORY_MAX_MIB);
    else if (key == 's')
        o->cpus = (unsigned)number("smp", text, 1, VMM_CPUS_MAX);
    else if (key == 't')
        o->timeout_s = number("timeout", text, 0.001, 1e9);
    else if (key == 'd')
        o->door = door_named(text);
    else if (key == 'b' && text != NULL && strcmp(text, "ones") == 0)
        o->bare = BARE_ONES;
    else if (key == 'b' && (text == NULL || strcmp(text, "zeros") == 0))
        o->bare = BARE_ZEROS;
    else if (key == 'b')
        fail(ST_USAGE, "--bare: \"%s\" is neither zeros nor ones", text);
    else if (key == 'f')
        o->modules[o->module_count++] = text;
    else if (key == 'a')
        o->append = text;
    else if (key == 'c')
        sev_take(&o->sev, text);
    else if (key == 'S')
        o->stats = text;
    else if (key == 'g')
        o->gdb = text;
    else if (key == 'h' || key == 'v')
        exit(printf("%s", key == 'h' ? help : version) > 0 && fflush(stdout) == 0 ? ST_OK
                                                                                  : ST_FAILED);
}

static void parse(int argc, char **argv, struct options *o)
{
    const struct option longs[] = {
        {"mem", 1, NULL, 'm'},    {"smp", 1, NULL, 's'},      {"timeout", 1, NULL, 't'},
        {"module", 1, NULL, 'f'}, {"append", 1, NULL, 'a'},   {"stats", 1, NULL, 'S'},
        {"door", 1, NULL, 'd'},   {"clock", 0, &o->clock, 1}, {"sev", 2, NULL, 'c'},
        {"bare", 2, NULL, 'b'},   {"huge", 0, &o->huge, 1},   {"no-xsave", 0, &o->no_xsave, 1},
        {"gdb", 1, NULL, 'g'},    {"help", 0, NULL, 'h'},     {"version", 0, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    int key;
    *o = (struct options){
        .memory_mib = 128, .cpus = 1, .modules = calloc((size_t)argc, sizeof *o->modules)};
    if (o->modules == NULL)
        fail(ST_FAILED, "out of memory");
    opterr = 0;
    while ((key = getopt_long(argc, argv, "+:h", longs, NULL)) != -1) {
        if (key == '?' || key == ':')
            fail(ST_USAGE, "%s \"%s\"; see: limpet-vmm --help",
                 key == ':' ? "a value is missing after" : "unknown option", argv[optind - 1]);
        take(key, optarg, o);
    }
    o->image = argv[optind++];
    if (o->image == NULL)
        fail(ST_USAGE, "which image? for instance: limpet-vmm build/apps/hello.elf");
    if (optind < argc && strcmp(argv[optind], "--") != 0)
        fail(ST_USAGE, "\"%s\": the guest's arguments come after --", argv[optind]);
    o->args = optind < argc ? argv + optind + 1 : argv + argc;
}

/* The door that is to be taken, and a plan of what is loaded where. */
static void plan_image(const struct machine *m, struct options *o, const struct file *image,
                       struct image_plan *plan, struct bz_header *header)
{
    bool bz = o->door == DOOR_BZ64 || o->door == DOOR_BZ32;
    const char *wrong = bz ? bz_plan(image->bytes, image->size, m->low, plan, header)
                           : image_plan(image->bytes, image->size, m->low, plan);
    if (wrong == NULL)
        wrong = image_lacks(plan, o->door);
    if (wrong != NULL)
        fail(ST_IMAGE, "%s %s", o->image, wrong);
    if (o->door == DOOR_ANY)
        o->door = plan->has_long && o->bare == BARE_NOT ? DOOR_LONG : DOOR_PVH;
    bool one = o->door != DOOR_LONG && (o->door != DOOR_PVH || o->bare != BARE_NOT);
    if (one && o->module_count > 1)
        fail(ST_USAGE, "by --door %s%s a guest gets one module at most (its initrd), not %u",
             door_names[o->door], o->bare != BARE_NOT ? " with --bare" : "", o->module_count);
}

int main(int argc, char **argv)
{
    static struct image_plan plan;
    struct bz_header header = {.n = 0};
    struct file *modules;
    struct options o;
    struct machine m = {.options = &o, .stats_fd = -1};
    if (!descriptors_open())
        fail(ST_START, "/dev/null cannot be opened: %s", strerror(errno));
    parse(argc, argv, &o);
    if (o.clock && fcntl(CLOCK_FD, F_GETFD) < 0)
        fail(ST_USAGE, "--clock: file descriptor %d is not open", CLOCK_FD);
    int kept = o.clock ? CLOCK_FD + 1 : CLOCK_FD;
    if (o.gdb != NULL)
        gdb_listen(o.gdb, kept++);
    if (syscall(SYS_close_range, kept, ~0u, 0) != 0)
        fail(ST_START, "cannot close what was inherited: %s", strerror(errno));
    signals_catch();
    uint64_t bytes = (uint64_t)o.memory_mib << 20;
    m.low = bytes < GAP_BEGIN ? bytes : GAP_BEGIN;
    m.high = bytes - m.low;
    struct file image = file_open(o.image);
    plan_image(&m, &o, &image, &plan, &header);
    sev_check(&o);
    stats_spare(&o, &image, o.image);
    modules = calloc(o.module_count + 1, sizeof *modules);
    if (modules == NULL)
        fail(ST_FAILED, "out of memory");
    for (unsigned i = 0; i < o.module_count; i++) {
        modules[i] = module_open(o.modules[i]);
        stats_spare(&o, &modules[i], o.modules[i]);
    }
    jail_drop_rights();
    stats_open(&o);
    machine_create(&m);
    load_image(&m, &image, &plan);
    sev_patch(&m, &plan);
    uint32_t told = load_boot_data(&m, modules, plan.end, &header);
    machine_add_cpus(&m);
    machine_enter(&m, &plan, told);
    stats_watch(&m);
    machine_run(&m);
    stats_write(&m);
    if (m.text[0] != '\0')
        fail(m.status, "%s", m.text);
    _exit(m.status);
}
