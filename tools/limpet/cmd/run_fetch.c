/* limpet run --fetch: files of the guest's, written here when it has ended (kernel/sys/fetch.h).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "base/msg.h"
#include "cmd/run.h"
#include "host/place.h"
#include "results/told.h"
#include "tools/status.h"
#include "vm/observed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void told(void *ctx, const char *line) { told_take(ctx, line); }

/* Has the path a part ".."? */
static bool climbs(const char *path)
{
    for (const char *at = path; (at = strstr(at, "..")); at += 2)
        if ((at == path || at[-1] == '/') && (!at[2] || at[2] == '/'))
            return true;
    return false;
}

/* Where a path of the guest's goes that was asked for as wanted: below --root's folder as it stands
 * in the guest's root; without one into the current folder by its last name. Caller frees. */
static char *destination(const struct options *o, const char *wanted, const char *path)
{
    size_t from = 0, n = strlen(wanted);

    if (!o->root) {
        while (n > 0 && wanted[n - 1] == '/')
            n--;
        while (n > 0 && wanted[n - 1] != '/')
            n--;
        from = n;
    }
    while (path[from] == '/')
        from++;
    return xasprintf("%s/%s", o->root ? o->root : ".", path + from);
}

/* Which of the wanted paths this one is, or is below; NULL: none, and the guest is not to write
 * there. */
static const char *wanted_by(const struct options *o, const char *path)
{
    for (size_t i = 0; i < o->fetch.n && !climbs(path); i++) {
        size_t n = strlen(o->fetch.v[i]);

        if (!strncmp(path, o->fetch.v[i], n) && (!path[n] || path[n] == '/' || path[n - 1] == '/'))
            return o->fetch.v[i];
    }
    return NULL;
}

/* Makes the folders that lead to a path. Returns 0, or -1 with a message. */
static int make_folders(char *path)
{
    for (char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/')) {
        bool failed;

        *c = '\0';
        failed = mkdir(path, 0777) && errno != EEXIST;
        if (failed)
            warn("--fetch: cannot make the folder %s: %s", path, strerror(errno));
        *c = '/';
        if (failed)
            return -1;
    }
    return 0;
}

static int write_file(char *to, const struct told_file *f)
{
    char *inside = xasprintf("%s/", to);
    int failed = make_folders(f->kind == TOLD_FOLDER ? inside : to);

    free(inside);
    if (failed || f->kind == TOLD_FOLDER)
        return failed;
    if (!output_replaces(to) || output_file(to, f->bytes.data, f->bytes.len))
        return -1;
    if (chmod(to, f->mode)) {
        warn("--fetch: %s: cannot set its permissions: %s", to, strerror(errno));
        return -1;
    }
    return 0;
}

/* All of them, or none when a line of the guest's was lost. Returns ST_OK, or ST_FAILED with a
 * message. */
static int write_all(const struct options *o, const struct told *t)
{
    int failed = 0;

    if (!t->done || t->damaged) {
        warn("--fetch: nothing is written: %s",
             t->damaged ? "some lines of the guest are damaged or lost"
                        : "the guest has told no files: it uses none, or did not end by exit()");
        return ST_FAILED;
    }
    for (size_t i = 0; i < t->n; i++) {
        const struct told_file *f = &t->files[i];
        const char *wanted = wanted_by(o, f->path);
        char *to = wanted ? destination(o, wanted, f->path) : NULL;

        if (!wanted)
            warn("--fetch: the guest tells %s, which was not asked for", f->path);
        else if (f->kind == TOLD_NONE)
            warn("--fetch: the guest has no file or folder %s; links are not followed", f->path);
        failed |= !wanted || f->kind == TOLD_NONE || write_file(to, f);
        free(to);
    }
    return failed ? ST_FAILED : ST_OK;
}

int run_fetch_check(const struct options *o, const struct image *image)
{
    char *inputs[] = {image->path, (char *)o->vm.qemu, "/dev/stdin"};

    for (size_t i = 0; i < o->fetch.n; i++) {
        char *to = destination(o, o->fetch.v[i], o->fetch.v[i]);
        bool good = output_spares(to, inputs, sizeof inputs / sizeof *inputs);

        free(to);
        if (!good)
            return ST_USAGE;
        if (climbs(o->fetch.v[i])) {
            warn("--fetch %s: give the path from the guest's root on, without ..", o->fetch.v[i]);
            return ST_USAGE;
        }
    }
    return ST_OK;
}

int run_fetched(const struct platform *platform, const struct image *image, struct options *o,
                const struct console_listener *listener)
{
    struct told t = {0};
    struct observed observed = {.what = "fetch ", .rest = *listener, .told = told, .ctx = &t};
    struct console_listener outer = observed_listener(&observed);
    int status, wrote;

    if (!o->fetch.n)
        return run_covered(platform, image, o, listener);
    if (platform->reference) {
        warn("%s: --fetch: a program of Linux has no files of Limpet's", platform->name);
        return ST_USAGE;
    }
    for (size_t i = 0; i < o->fetch.n; i++)
        args_addf(&o->env, "LIMPET_FETCH=%s", o->fetch.v[i]);
    status = run_covered(platform, image, o, &outer);
    observed_finish(&observed);
    wrote = write_all(o, &t);
    told_free(&t);
    return status ? status : wrote;
}
