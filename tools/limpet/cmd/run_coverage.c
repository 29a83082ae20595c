/* limpet run of an image that counts which of its lines run: the counts go into .gcda files.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cmd/run.h"
#include "host/place.h"
#include "results/coverage.h"
#include "tools/status.h"
#include "vm/observed.h"

#include <stdlib.h>

static void told(void *ctx, const char *line) { told_take(ctx, line); }

/* The tool inside a lab hands the lines on: the files are outside. */
int run_covered(const struct platform *platform, const struct image *image, struct options *o,
                const struct console_listener *listener)
{
    struct told c = {0};
    struct observed observed = {.what = "coverage ", .rest = *listener, .told = told, .ctx = &c};
    struct console_listener outer = observed_listener(&observed);
    size_t options = o->kernel.n;
    int status;

    if (place()->lab || !image->observes)
        return run_on(platform, image, o, listener);
    args_add(&o->kernel, "coverage=on");
    status = run_on(platform, image, o, &outer);
    observed_finish(&observed);
    if (c.n && coverage_write(&c) && !status)
        status = ST_FAILED;
    told_free(&c);
    free(o->kernel.v[options]);
    o->kernel.v[o->kernel.n = options] = NULL;
    return status;
}
