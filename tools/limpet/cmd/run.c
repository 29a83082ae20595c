/* limpet run: boot one app, its console on stdout, its status as ours.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/run.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "tools/status.h"
#include "host/archive.h"
#include "vm/doors.h"

#include <stdlib.h>

/* Is what the guest will write none of what is read? */
static bool spares(const struct options *o, const struct image *image)
{
    char *inputs[] = {image->path, (char *)o->vm.qemu, "/dev/stdin"};
    bool good = output_spares(NULL, inputs, sizeof inputs / sizeof *inputs);

    for (size_t i = 0; i < o->modules.n && good; i++) {
        const char *rest;
        char *path = vm_module_path(o->modules.v[i], &rest);

        good = output_spares(NULL, &path, 1);
        free(path);
    }
    return good;
}

int run_pack_root(struct options *o, char **dir)
{
    struct archive_size size;
    struct args modules = {0};
    char *file, *why;

    *dir = NULL;
    if (!o->root)
        return ST_OK;
    *dir = cleanup_tmpdir();
    if (!*dir)
        return ST_FAILED;
    file = xasprintf("%s/root.cpio", *dir);
    why = archive_pack(o->root, file, &size);
    if (why) {
        warn("--root: %s", why);
    } else {
        if (o->verbose)
            warn("root: %zu names, an archive of %.1f MiB", size.entries,
                 (double)size.bytes / (1 << 20));
        args_add(&modules, file); /* the first one: the others keep their order */
        for (size_t i = 0; i < o->modules.n; i++)
            args_add(&modules, o->modules.v[i]);
        args_free(&o->modules);
        o->modules = modules;
        args_add(&o->kernel, "root=0");
    }
    free(file);
    free(why);
    return why ? ST_USAGE : ST_OK;
}

static int cmd_run(int argc, char **argv)
{
    struct console_listener listener = {.bytes = output_bytes};
    const struct platform *list[PLATFORMS_MAX];
    struct image image = {0};
    struct options o;
    char *root;
    int count = 1, status = options_parse(OPT_RUN, argc, argv, &o);

    listener.show_exit = o.verbose;
    if (status < 0 && (!o.rest_count || !o.rest[0][0])) {
        warn("run what? for instance: limpet run hello");
        status = ST_USAGE;
    }
    if (status < 0 && o.platforms)
        count = platform_list(o.platforms, list, PLATFORMS_MAX);
    else if (status < 0)
        list[0] = run_usual_platform(&o);
    if (count > 0)
        count = doors_keep(list, count, o.vm.door);
    if (count < 1)
        status = ST_USAGE;
    if (status < 0 && o.gdb && (count > 1 || o.tap)) {
        warn("--gdb is for one guest: name one platform, without --tap");
        status = ST_USAGE;
    }
    if (status < 0 && o.fetch.n && (count > 1 || o.tap)) {
        warn("--fetch is for one guest: name one platform, without --tap");
        status = ST_USAGE;
    }
    o.vm.gdb = o.gdb ? -1 : 0;
    root = NULL;
    if (status < 0 && run_pack_root(&o, &root))
        status = ST_USAGE;
    for (int i = 0; i < count && status < 0; i++)
        if (!platform_accepts(list[i], &o.vm, &o.modules))
            status = ST_USAGE;
    if (status < 0 && (status = image_find(o.rest[0], &image)) == 0) {
        if (!spares(&o, &image) || run_fetch_check(&o, &image))
            status = ST_USAGE;
        else if (count > 1 || o.tap)
            status = run_each(list, count, &image, &o);
        else
            status = run_fetched(list[0], &image, &o, &listener);
    }
    if (root)
        cleanup_remove(root);
    free(root);
    image_free(&image);
    options_free(&o);
    return output_failed() ? ST_FAILED : status;
}

const struct command command_run = {
    .name = "run",
    .fn = cmd_run,
    .help = "boot an app; its console on stdout, its status as the exit status",
    .usage = "limpet run APP [OPTION…] [-- ARGS…]",
    .options = OPT_RUN,
    .notes = "\n"
             "APP is a path, or a name: NAME.elf in $LIMPET_APPS or in the folder apps beside\n"
             "the tool.\n"
             "Standard input goes to the guest's console.\n"
             "On several platforms it runs one after the other: each guest's console with the\n"
             "platform's name before every line, then a line with the platform and its status;\n"
             "with --tap all of it as TAP. The exit status is 0 when all ended with 0, else\n"
             "the first other one. Standard input must be a file then, which each reads.\n"
             "Where a door takes an image in another file than its ELF (NAME.bz, .efi, .iso\n"
             "beside it) that is made for the run when it is missing or older.\n"
             "\n"
             "Exit status: the guest's own, 0 to 255. When one of the following is the tool's,\n"
             "a line that begins with \"limpet: \" on stderr says so:\n"
             "    2  wrong use                               122  time-out: the guest hangs\n"
             "  119  the guest ended without its last line   123  the guest's kernel panicked\n"
             "  120  no such image, or not an image          124  triple fault, crash or reset\n"
             "  121  QEMU or xl could not start the guest    125  the lab failed\n"
             "  126  QEMU or the domain was killed           130, 143  Ctrl-C, SIGTERM\n",
    .example = "limpet run hello -p qemu -- a b",
    .words = WORDS_APP,
};
