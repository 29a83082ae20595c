/* Fuzzes result files: what is read of one is shown in every way.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "results/comparison.h"
#include "page/page.h"
#include "results/results.h"
#include "show/screen.h"
#include "show/tables.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void show(const struct result *result)
{
    struct buf out = {0};
    struct comparison comparison;
    struct view views[2], view;
    struct across across;

    view_init(&view, result, "file");
    views[0] = views[1] = view;
    across = across_of(views, 2, NULL);
    across_format(&across, &out);
    across_html(&across, &out);
    across_md(&across, &out);
    across_free(&across);
    page_html(&view, 1, &out);
    page_md(&view, 1, &out);
    page_csv(&view, 1, &out);
    tables_format(&view, &out);
    screen_format(result, &out);
    comparison = comparison_of((struct side){&result, 1}, result, (struct side){&result, 1},
                               &(struct judging){.force = true});
    comparison_format(&comparison, &out);
    comparison_free(&comparison);
    buf_free(&out);
}

/* All results of a file over time. */
static void show_history(struct results *all)
{
    struct history h = {.n = 0};
    struct buf out = {0};

    history_add(&h, all, "file");
    history_finish(&h, NULL);
    history_format(&h, &out);
    history_html(&h, &out);
    history_md(&h, &out);
    free(history_json(&h));
    history_free(&h);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("result", 0);
    char path[40];
    struct results all;

    rule(fd >= 0 && write(fd, data, size) == (ssize_t)size, "a file to read");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    all = results_load(path);
    for (size_t i = 0; i < all.n; i++)
        show(all.v[i]);
    show_history(&all);
    close(fd);
    return 0;
}
