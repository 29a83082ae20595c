/* limpet run: on one platform, or on several one after the other.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_RUN_H
#define LIMPET_RUN_H

#include "cmd/options.h"
#include "vm/console.h"
#include "vm/image.h"
#include "vm/platforms.h"

/* A time-out for a guest that may take as long as it likes. */
#define RUN_FOR_EVER_S 1e9

/* Where a run is that names no platform. */
const struct platform *run_usual_platform(const struct options *o);

/* Packs the folder of --root into a file of a temporary folder (*dir, or NULL; the caller removes
 * it and frees), which becomes the first module. ST_OK, or a status with a message. */
int run_pack_root(struct options *o, char **dir);

/* Runs the app (o->rest[0], whose image was found) on a platform, natively or in its lab; the
 * listener hears its console. Returns its status, with a message unless it is the guest's own. */
int run_on(const struct platform *platform, const struct image *image, const struct options *o,
           const struct console_listener *listener);

/* The same, and of an image that was linked with --coverage adds what it counted to the .gcda files
 * beside its objects. */
int run_covered(const struct platform *platform, const struct image *image, struct options *o,
                const struct console_listener *listener);

/* The same, and then writes the files that --fetch asks for. The first looks beforehand whether
 * their paths will do: ST_OK, or ST_USAGE with a message. */
int run_fetch_check(const struct options *o, const struct image *image);
int run_fetched(const struct platform *platform, const struct image *image, struct options *o,
                const struct console_listener *listener);

/* The same on several: each guest's console with the platform's name before every line, then a line
 * with its status; or all of it as TAP (--tap), the consoles as comments. Returns 0 when all ended
 * with status 0, else the first other one. */
int run_each(const struct platform *const *list, int count, const struct image *image,
             struct options *o);

#endif
