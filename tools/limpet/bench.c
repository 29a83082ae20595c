/* limpet bench: every suite on every platform, as the classic tables and as JSON.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"
#include "cleanup.h"
#include "limpet.h"
#include "results.h"
#include "tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct suite suites[] = {
    {"basic", "basic", "--json", SUITE_BASIC, suite_once},
    {"stream", "stream", "--json", SUITE_STREAM, suite_once},
    {"boot", "hello", "--ledger=json", SUITE_BOOT, suite_boot},
};

#define SUITES (sizeof suites / sizeof *suites)

bool suite_has(const struct suite *suite, const struct bench *b, const struct platform *platform)
{
    return b->chosen & suite->bit && (!platform->boot_only || suite->bit == SUITE_BOOT);
}

/* Which suites are meant. Returns 0 for an unknown one, with a message. */
static unsigned choose_suites(const struct options *o)
{
    unsigned chosen = 0;

    for (int i = 0; i < o->rest_count; i++) {
        unsigned bit = 0;

        for (size_t s = 0; s < SUITES; s++)
            if (!strcmp(o->rest[i], suites[s].name))
                bit = suites[s].bit;
        if (!bit) {
            warn("unknown suite \"%s\"; there are basic, stream and boot", o->rest[i]);
            return 0;
        }
        chosen |= bit;
    }
    return chosen ? chosen : SUITE_BASIC | SUITE_STREAM | SUITE_BOOT;
}

/* Copies of the chosen suites' images in a folder: a build at the same time must not change what is
 * compared. Returns 0 or a status with a message. */
static int find_images(unsigned chosen, struct image *images, const char *dir)
{
    int status = dir ? 0 : ST_FAILED;

    for (size_t s = 0; s < SUITES && !status; s++) {
        if (!(chosen & suites[s].bit))
            continue;
        status = image_find(suites[s].app, &images[s]);
        if (!status)
            status = image_snapshot(&images[s], dir);
    }
    return status;
}

/* Sorts the platforms into those that are native and those of a lab; notes why the others are not
 * there. */
static void sort(struct bench *b, struct lab_bench labs[LABS])
{
    for (int i = 0; i < b->count; i++) {
        const struct platform *p = b->platforms[i];
        struct buf why = {0};
        enum offer offer = platform_offer(p, &why);
        struct lab_bench *lab = NULL;

        for (int l = 0; l < LABS && offer == OFFER_LAB; l++)
            if (!strcmp(labs[l].name, p->lab))
                lab = &labs[l];
        if (lab)
            lab->platforms[lab->count++] = p;
        else if (offer == OFFER_NATIVE ||
                 (offer == OFFER_NO && b->options->vm.qemu && !p->hardware))
            b->native[b->native_count++] = p;
        else
            for (size_t s = 0; s < SUITES; s++)
                if (suite_has(&suites[s], b, p))
                    results_skip(b->result, suites[s].name, p->name, why.data);
        buf_free(&why);
    }
}

/* Measures everything; returns 0, ST_LAB when a lab failed, or an interruption's status. */
static int measure(struct bench *b, const struct image *images)
{
    bool good = true;
    struct lab_bench labs[LABS] = {{.name = "kvm"}, {.name = "xen"}};

    sort(b, labs);
    for (size_t s = 0; s < SUITES && !interrupted; s++)
        if ((b->chosen & suites[s].bit) && b->native_count)
            suites[s].fn(&suites[s], b, &images[s]);
    for (int l = 0; l < LABS && !interrupted; l++)
        if (labs[l].count)
            good &= bench_lab(b, &labs[l], suites, images, SUITES);
    progress("%s", "");
    if (interrupted)
        return ST_INTERRUPT + interrupted;
    return good ? 0 : ST_LAB;
}

static int show(const struct bench *b)
{
    const char *output = b->options->output;
    struct buf out = {0};
    unsigned failed = tables_format(b->result, b->chosen, b->platforms, b->count, &out);

    if (out.len)
        fputs(out.data, stdout);
    buf_free(&out);
    if (failed)
        warn("%u cell%s could not be measured", failed, failed > 1 ? "s" : "");
    if (output && failed && !b->options->partial)
        warn("%s was not written (--partial writes it all the same)", output);
    else if (output && results_write(b->result, output))
        return ST_FAILED;
    return failed ? ST_FAILED : ST_OK;
}

/* What is to be measured on what. Returns -1 to go on, or ST_USAGE with a message. */
static int choose(struct bench *b)
{
    const struct options *o = b->options;
    bool any = false;

    b->chosen = choose_suites(o);
    if (!b->chosen)
        return ST_USAGE;
    b->count = platform_list(o->platforms ? o->platforms : "all", b->platforms, BENCH_PLATFORMS);
    for (int i = 0; i < b->count; i++) {
        if (!platform_accepts(b->platforms[i], &o->vm, NULL))
            return ST_USAGE;
        any |= !b->platforms[i]->boot_only || b->chosen & SUITE_BOOT;
    }
    if (b->count > 0 && !any)
        warn("%s: only the suite boot is measured there", b->platforms[0]->name);
    return any ? -1 : ST_USAGE;
}

int cmd_bench(int argc, char **argv)
{
    struct image images[SUITES] = {0};
    struct options o;
    struct bench b = {.options = &o};
    char *dir = NULL;
    int status = options_parse(OPT_BENCH, argc, argv, &o);

    if (status < 0 && (status = choose(&b)) < 0) {
        dir = cleanup_tmpdir();
        status = find_images(b.chosen, images, dir);
        if (!status) {
            b.result = results_new();
            status = measure(&b, images);
        }
        if (!interrupted && b.result) {
            int shown = show(&b);

            status = status ? status : shown;
        }
        json_decref(b.result);
    }
    for (size_t s = 0; s < SUITES; s++)
        image_free(&images[s]);
    if (dir)
        cleanup_remove(dir);
    free(dir);
    options_free(&o);
    return status;
}
