/* The images of the apps that are measured.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/images.h"
#include "base/file.h"
#include "base/msg.h"
#include "tools/status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct image *images_of(const struct images *images, const char *app)
{
    for (size_t i = 0; i < images->n; i++)
        if (!strcmp(images->v[i].app, app))
            return &images->v[i].image;
    return NULL;
}

static int find(struct images *images, const char *app, const char *path, bool own)
{
    struct image image = {0};
    int status = images_of(images, app) ? 0 : image_find(path, &image);

    if (!image.path)
        return status;
    images->v = xrealloc(images->v, (images->n + 1) * sizeof *images->v);
    images->v[images->n++] = (struct app_image){app, image, own};
    return status;
}

static int find_app(struct images *images, const char *app, const char *folder)
{
    char *path = folder ? xasprintf("%s/%s.elf", folder, app) : xstrdup(app);
    int status = find(images, app, path, false);

    free(path);
    return status;
}

int images_find(struct images *images, const struct suite_list *chosen, const char *folder,
                const char *program)
{
    int status = find_app(images, RULER, folder);

    for (size_t s = 0; s < chosen->n; s++)
        for (const struct suite_app *app = chosen->v[s]->apps; app->name && !status; app++)
            status = app->own ? find(images, app->name, program, true)
                              : find_app(images, app->name, folder);
    return status;
}

bool images_spare(const struct images *images, const char *output)
{
    for (size_t i = 0; i < images->n; i++)
        if (!output_spares(output, &images->v[i].image.path, 1))
            return false;
    return true;
}

int images_snapshot(struct images *images, const char *folder, unsigned wrappings)
{
    char *own = xasprintf("%s/" IMAGES_OWN, folder);
    int status = 0;

    for (size_t i = 0; i < images->n && !status; i++) {
        bool apart = images->v[i].own;

        if (apart && mkdir(own, 0700) && errno != EEXIST) {
            warn("cannot make the folder %s: %s", own, strerror(errno));
            status = ST_FAILED;
        } else {
            status = image_snapshot(&images->v[i].image, apart ? own : folder, wrappings);
        }
    }
    free(own);
    return status;
}

bool images_add(const struct images *images, struct lab_job *job, const char *folder,
                unsigned wrappings)
{
    char *own = xasprintf("%s-" IMAGES_OWN, folder);
    bool good = true;

    for (size_t i = 0; i < images->n && good; i++) {
        char *name =
            lab_add_image(job, images->v[i].own ? own : folder, images->v[i].image.path, wrappings);

        good = name != NULL;
        free(name);
    }
    free(own);
    return good;
}

void images_add_program(const struct images *images, const struct args *arguments,
                        const char *folder, struct args *words)
{
    const struct image *image = images_of(images, SUITE_PROGRAM);

    if (!image)
        return;
    args_addf(words, "/job/%s-" IMAGES_OWN "%s", folder, strrchr(image->path, '/'));
    args_add(words, "--");
    for (size_t i = 0; i < arguments->n; i++)
        args_add(words, arguments->v[i]);
}

void images_free(struct images *images)
{
    for (size_t i = 0; i < images->n; i++)
        image_free(&images->v[i].image);
    free(images->v);
    *images = (struct images){0};
}
