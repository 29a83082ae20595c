/* The images of the apps that are measured.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/images.h"
#include "base/file.h"
#include "base/msg.h"

#include <stdlib.h>
#include <string.h>

const struct image *images_of(const struct images *images, const char *app)
{
    for (size_t i = 0; i < images->n; i++)
        if (!strcmp(images->v[i].app, app))
            return &images->v[i].image;
    return NULL;
}

static int find(struct images *images, const char *app, const char *folder)
{
    char *path = folder ? xasprintf("%s/%s.elf", folder, app) : xstrdup(app);
    struct image image = {0};
    int status = images_of(images, app) ? 0 : image_find(path, &image);

    free(path);
    if (!image.path)
        return status;
    images->v = xrealloc(images->v, (images->n + 1) * sizeof *images->v);
    images->v[images->n++] = (struct app_image){app, image};
    return status;
}

int images_find(struct images *images, const struct suite_list *chosen, const char *folder)
{
    int status = find(images, RULER, folder);

    for (size_t s = 0; s < chosen->n; s++)
        for (const struct suite_app *app = chosen->v[s]->apps; app->name && !status; app++)
            status = find(images, app->name, folder);
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
    int status = 0;

    for (size_t i = 0; i < images->n && !status; i++)
        status = image_snapshot(&images->v[i].image, folder, wrappings);
    return status;
}

void images_free(struct images *images)
{
    for (size_t i = 0; i < images->n; i++)
        image_free(&images->v[i].image);
    free(images->v);
    *images = (struct images){0};
}
