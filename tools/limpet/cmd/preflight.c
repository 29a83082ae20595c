/* What can be known of a run before anything starts, the same on every platform.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/preflight.h"
#include "base/msg.h"
#include "base/quote.h"
#include "kernel/base/environment.h"
#include "kernel/boot/args.h"
#include "kernel/boot/info.h"
#include "lab/lab.h"
#include "tools/status.h"
#include "vm/doors.h"
#include "vm/qemu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *line_trouble(const char *line)
{
    struct args words = {0};
    char *why = NULL;
    size_t env = 0, n;

    quote_split(line, &words);
    n = words.n;
    for (size_t i = 0; i < n && strcmp(words.v[i], "--"); i++)
        env += !strncmp(words.v[i], "env.", 4);
    if (strlen(line) > GUEST_LINE_MAX)
        why = xasprintf("the arguments, quoted, with the kernel's options and the environment make "
                        "%zu bytes; an image takes "
                        "%d at most",
                        strlen(line), GUEST_LINE_MAX);
    else if (n > ARGS_MAX)
        why = xasprintf(
            "the arguments with the kernel's options and the environment make %zu words; an "
            "image takes %d at most",
            n, ARGS_MAX);
    else if (env > ENV_MAX)
        why = xasprintf("there are %zu environment variables; an image takes %d at most", env,
                        ENV_MAX);
    args_free(&words);
    return why;
}

char *module_trouble(const char *module)
{
    const char *rest;
    char *path = vm_module_path(module, &rest), *why = NULL;
    struct stat st;

    if (stat(path ? path : module, &st) || (path && access(path, R_OK)))
        why = xasprintf("cannot use the module %s: %s", module, strerror(errno));
    else if (S_ISDIR(st.st_mode))
        why = xasprintf("cannot use the module %s: is a directory", module);
    else if (!path || !S_ISREG(st.st_mode))
        why = xasprintf("cannot use the module %s: it is no regular file; write it to one first",
                        module);
    else if (!st.st_size)
        why = xasprintf(
            "cannot use the module %s: it is empty, and loaders take none without bytes", module);
    free(path);
    return why;
}

char *modules_trouble(const struct args *modules, unsigned mem_mib)
{
    unsigned mib = mem_mib ? mem_mib : VM_DEFAULT_MEM_MIB;
    unsigned long long bytes = 0;

    for (size_t i = 0; i < modules->n; i++) {
        const char *rest;
        char *path = vm_module_path(modules->v[i], &rest);
        struct stat st;

        if (path && !stat(path, &st))
            bytes += (unsigned long long)st.st_size;
        free(path);
    }
    if (bytes >> 20 < mib)
        return NULL;
    return xasprintf("the modules, %llu MiB, do not fit into %u MiB of memory: give more by --mem",
                     bytes >> 20, mib);
}

char *wrapping_trouble(const struct platform *p, const char *door, const char *image)
{
    enum wrapping wrapping = door_wrapping(p, door);
    char *file = image_wrapping(image, wrapping), *tool = wrapping_tool(wrapping), *why = NULL;

    if (wrapping != WRAPPING_NONE && !image_is_wrapped(image, wrapping))
        why = xasprintf("%s: its door \"%s\" takes %s, which %s%s%s%s", p->name, door_used(p, door),
                        file, access(file, R_OK) ? "is not there" : "is older than the image",
                        tool ? ", and " : "", tool ? tool : "",
                        tool ? ", which makes it, is not there either"
                             : ": limpet-cc --host makes it, of the same sources");
    free(file);
    free(tool);
    return why;
}

int preflight(const struct platform *p, const struct options *o, const struct image *app,
              bool in_lab)
{
    struct buf line = {0};
    int status = ST_USAGE;
    char *why;

    buf_str(&line, "");
    quote_guest_line(&line, &o->kernel, &o->env, o->rest + 1, (size_t)o->rest_count - 1);
    why = line_trouble(line.data);
    if (!why && p->run == qemu_run)
        why = qemu_line_trouble(p, o->vm.door, line.data);
    if (!why && in_lab)
        why = lab_memory_trouble(p->lab, o->vm.mem_mib);
    if (!why)
        why = modules_trouble(&o->modules, o->vm.mem_mib);
    if (!why) {
        status = ST_IMAGE;
        why = wrapping_trouble(p, o->vm.door, app->path);
    }
    for (size_t i = 0; i < o->modules.n && !why; i++)
        why = module_trouble(o->modules.v[i]);
    if (why)
        warn("%s", why);
    free(why);
    buf_free(&line);
    return why ? status : ST_OK;
}
