/* limpet run: boot one app, its console on stdout, its status as ours.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/run.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "measure/bench.h"
#include "tools/status.h"

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

int cmd_run(int argc, char **argv)
{
    struct console_listener listener = {.bytes = output_bytes};
    const struct platform *list[BENCH_PLATFORMS];
    struct image image = {0};
    struct options o;
    int count = 1, status = options_parse(OPT_RUN, argc, argv, &o);

    listener.show_exit = o.verbose;
    if (status < 0 && (!o.rest_count || !o.rest[0][0])) {
        warn("run what? for instance: limpet run hello");
        status = ST_USAGE;
    }
    if (status < 0 && o.platforms)
        count = platform_list(o.platforms, list, BENCH_PLATFORMS);
    else if (status < 0)
        list[0] = run_usual_platform(&o);
    if (count < 1)
        status = ST_USAGE;
    for (int i = 0; i < count && status < 0; i++)
        if (!platform_accepts(list[i], &o.vm, &o.modules))
            status = ST_USAGE;
    if (status < 0 && (status = image_find(o.rest[0], &image)) == 0) {
        if (!spares(&o, &image))
            status = ST_USAGE;
        else if (count > 1 || o.tap)
            status = run_each(list, count, &image, &o);
        else
            status = run_on(list[0], &image, &o, &listener);
    }
    image_free(&image);
    options_free(&o);
    return output_failed() ? ST_FAILED : status;
}
