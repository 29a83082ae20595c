/* Where a platform's figures come from, in a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/origin.h"

#include <stdlib.h>
#include <string.h>

static const char *known_text(const struct facts *run, const char *name)
{
    return facts_has(run, name) ? facts_text(run, name) : "?";
}

void origin_line(const struct result *result, const struct platform *platform, struct buf *out)
{
    const struct facts *run, *first = NULL;
    struct buf images = {0};

    for (size_t i = 0; i < result->run_count; i++) {
        char *image;

        run = result->runs[i];
        if (strcmp(facts_text(run, "platform"), platform->name) != 0)
            continue;
        image = xasprintf("%s %.12s", known_text(run, "image"), known_text(run, "image_sha256"));
        first = first ? first : run;
        if (!images.len || !strstr(images.data, image))
            buf_printf(&images, "%s%s", images.len ? ", " : "", image);
        free(image);
    }
    if (first) {
        bool emulated = facts_true(first, "emulated");
        const char *hidden = run_confidential(first);

        buf_printf(
            out, "%s: %s%s%s, nesting %.0f%s%s%s%s; %s %s; Linux %s; %s; %.0f vCPU, %.0f MiB; %s\n",
            platform->title, known_text(first, "mode"), facts_has(first, "door") ? ", door " : "",
            facts_text(first, "door"), facts_number(first, "nesting"),
            emulated ? ", emulated: " : "", emulated ? known_text(first, "emulated_by") : "",
            hidden[0] ? ", confidential: " : "", hidden, known_text(first, "vmm"),
            known_text(first, "vmm_version"), known_text(first, "kernel"),
            known_text(first, "cpu_model"), facts_number(first, "vcpus"),
            facts_number(first, "mem_mib"), images.data);
    }
    buf_free(&images);
}
