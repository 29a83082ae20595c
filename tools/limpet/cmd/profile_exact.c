/* limpet profile --exact: every instruction counted, by the plugin that bench --count uses.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "cmd/profile.h"
#include "measure/count.h"
#include "results/counted.h"
#include "tools/status.h"
#include "vm/counting.h"

#include <stdlib.h>
#include <string.h>

/* The functions, numbered from 1 on in the place of addresses. */
static void to_profile(const struct counts *all, struct profile *p, struct functions *f)
{
    struct buf names = {0};
    size_t at = 0;

    for (size_t i = 0; i < all->n; i++) {
        const char *name = all->functions[i].name;

        buf_add(&names, *name ? name : "?", strlen(*name ? name : "?") + 1);
    }
    *f = (struct functions){.names = names.data, .n = all->n};
    f->at = xrealloc(NULL, (all->n + 1) * sizeof *f->at);
    f->name = xrealloc(NULL, (all->n + 1) * sizeof *f->name);
    for (size_t i = 0; i < all->n; at += strlen(f->name[i++]) + 1) {
        f->name[i] = names.data + at;
        f->at[i] = (uint32_t)i + 1;
        profile_add_exact(p, i + 1, (uint64_t)all->functions[i].n);
    }
}

/* Returns 0, or ST_FAILED with a message. */
static int read_counts(const struct counting *counting, struct profile *p, struct functions *f)
{
    struct counted counted = {0};
    struct counts all = {0};
    size_t n = 0;
    char *text = counting_text(counting, &n);
    bool good = text && counted_parse(text, n, counting->functions, counting->count, &counted);

    for (size_t i = 0; good && i < counted.n; i++)
        if (counted.v[i].kind == SECTION_STAGE)
            counts_add_all(&all, &counted.v[i].counts);
    if (good && all.n)
        to_profile(&all, p, f);
    else
        warn("the plugin's counts are missing, or do not add up");
    good = good && all.n;
    counts_free(&all);
    counted_free(&counted);
    free(text);
    return good ? ST_OK : ST_FAILED;
}

int profile_exact(struct options *o, const struct platform *platform, const struct image *image,
                  const struct console_listener *listener, struct profile *p, struct functions *f)
{
    const char *trouble =
        o->vm.smp > 1 ? "none: one CPU is counted; leave out --smp"
        : platform->reference
            ? "none: Linux' own functions are not known; qemu runs the image itself"
            : count_trouble(platform);
    struct counting counting;
    struct buf why = {0};
    int status = ST_FAILED, counted;

    if (trouble) {
        warn("profile --exact on %s: %s", platform->name, trouble);
        return ST_USAGE;
    }
    o->vm.mem_mib = o->vm.mem_mib ? o->vm.mem_mib : VM_DEFAULT_MEM_MIB;
    if (counting_begin(&counting, image->path, o->vm.mem_mib, NULL, &why)) {
        o->vm.plugin = counting.plugin;
        status = run_on(platform, image, o, listener);
        counted = read_counts(&counting, p, f);
        status = status ? status : counted;
        o->vm.plugin = NULL;
    } else {
        warn("profile --exact: %s", why.data);
    }
    counting_end(&counting);
    buf_free(&why);
    return status;
}
