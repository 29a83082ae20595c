/* Where a platform's figures come from, in a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/origin.h"

#include <stdlib.h>
#include <string.h>

static const char *known_text(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "?";
}

void origin_line(json_t *result, const struct platform *platform, struct buf *out)
{
    json_t *run, *first = NULL;
    struct buf images = {0};
    size_t i;

    for (i = 0; (run = json_array_get(json_object_get(result, "runs"), i)); i++)
        if (!strcmp(known_text(run, "platform"), platform->name)) {
            char *image =
                xasprintf("%s %.12s", known_text(run, "image"), known_text(run, "image_sha256"));

            first = first ? first : run;
            if (!images.len || !strstr(images.data, image))
                buf_printf(&images, "%s%s", images.len ? ", " : "", image);
            free(image);
        }
    if (first)
        buf_printf(out, "%s: %s, nesting %d%s%s; %s %s; Linux %s; %s; %d vCPU, %d MiB; %s\n",
                   platform->title, known_text(first, "mode"),
                   (int)json_integer_value(json_object_get(first, "nesting")),
                   json_is_true(json_object_get(first, "emulated")) ? ", emulated: " : "",
                   json_is_true(json_object_get(first, "emulated"))
                       ? known_text(first, "emulated_by")
                       : "",
                   known_text(first, "vmm"), known_text(first, "vmm_version"),
                   known_text(first, "kernel"), known_text(first, "cpu_model"),
                   (int)json_integer_value(json_object_get(first, "vcpus")),
                   (int)json_integer_value(json_object_get(first, "mem_mib")), images.data);
    buf_free(&images);
}
