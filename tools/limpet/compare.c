/* limpet compare: two result files, or two sides that take turns; what differs, and what is noise.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "bench.h"
#include "cleanup.h"
#include "limpet.h"
#include "output.h"
#include "results.h"
#include "table.h"
#include "tables.h"
#include "verdict.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is compared: again is NULL when the sides did not take turns. */
struct pair {
    json_t *a, *again, *b;
    bool force;
    unsigned same, less, more, unknown, refused;
    unsigned hidden; /* of the same: those where the noise is such that nothing small could show */
};

#define SMALL 0.05

/* What makes two rows unlike (caller frees), or NULL. */
static char *unlike(json_t *run_a, json_t *run_b)
{
    static const char *const keys[] = {"cpu_model", "vcpus",   "mem_mib",
                                       "mode",      "nesting", "emulated_by"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *x = json_object_get(run_a, keys[i]), *y = json_object_get(run_b, keys[i]);
        char *of_a, *of_b, *why;

        if (json_equal(x, y) || (!x && !y))
            continue;
        of_a = x ? json_dumps(x, JSON_ENCODE_ANY) : NULL;
        of_b = y ? json_dumps(y, JSON_ENCODE_ANY) : NULL;
        why = xasprintf("%s differs: %s, %s", keys[i], of_a ? of_a : "none", of_b ? of_b : "none");
        free(of_a);
        free(of_b);
        return why;
    }
    return NULL;
}

/* A row's figures, one a run; caller frees. Of a run of many loops the least counts: what others do
 * on the machine can only add to it. */
static double *runs_of(json_t *row, size_t *n)
{
    json_t *least = json_object_get(row, "least");
    json_t *runs = least ? least : json_object_get(row, "runs");
    double *numbers;

    *n = json_array_size(runs);
    numbers = xrealloc(NULL, (*n + 1) * sizeof *numbers);
    for (size_t i = 0; i < *n; i++)
        numbers[i] = json_number_value(json_array_get(runs, i));
    return numbers;
}

static bool more_is_better(json_t *row) { return !strcmp(json_text(row, "better"), "more"); }

/* The runs of each part of a row; caller frees. *count is 0 for a row that is not in parts. */
static size_t *parts_of(json_t *row, size_t runs, size_t *count)
{
    json_t *parts = json_object_get(row, "parts");
    size_t n = json_array_size(parts), sum = 0, *each = xrealloc(NULL, (n + 1) * sizeof *each);

    *count = n;
    for (size_t i = 0; i < n && *count; i++) {
        each[i] = (size_t)json_integer_value(json_array_get(parts, i));
        if (!each[i] || each[i] > runs - sum)
            *count = 0;
        else
            sum += each[i];
    }
    if (sum != runs)
        *count = 0;
    return each;
}

/* What a row's runs are, to compare; figures_free() it. */
static struct figures figures_of(json_t *row)
{
    struct figures f;

    f.v = runs_of(row, &f.n);
    f.parts = parts_of(row, f.n, &f.part_count);
    return f;
}

static void figures_free(struct figures f)
{
    free((double *)f.v);
    free((size_t *)f.parts);
}

static struct difference differ(json_t *row_a, json_t *row_again, json_t *row_b)
{
    json_t *least = json_object_get(row_a, "least");
    bool loops = least && !json_equal(least, json_object_get(row_a, "runs"));
    struct best which = {.upper = more_is_better(row_a), .share = loops ? BEST_LOOPS : BEST_BOOTS};
    struct figures a = figures_of(row_a), again = figures_of(row_again), b = figures_of(row_b);
    struct difference d =
        row_again ? difference_in_turn(a, again, b, which.upper) : difference_apart(a, b, which);

    figures_free(a);
    figures_free(again);
    figures_free(b);
    return d;
}

/* The verdict in words; counts it. */
static const char *say(struct pair *p, const struct difference *d, bool more)
{
    if (!d->known) {
        p->unknown++;
        return d->divisible ? "too few runs to tell" : "none to divide by";
    }
    if (!d->real) {
        p->same++;
        p->hidden += noise_of(d) > SMALL;
        return "no difference";
    }
    if ((d->change > 0) == more) {
        p->more++;
        return more ? "B is higher, better" : "B is less, better";
    }
    p->less++;
    return more ? "B is lower, WORSE" : "B is more, WORSE";
}

static void show_row(struct pair *p, json_t *row, const struct difference *d, struct table *t)
{
    table_cell(t, "%s [%s]", json_text(row, "name"), unit_text(json_text(row, "unit")));
    table_cell(t, "%.6g", d->a);
    table_cell(t, "%.6g", d->b);
    if (d->divisible || d->known)
        table_cell(t, "%+.1f %%", d->change * 100);
    else
        table_cell(t, "-");
    if (d->known) {
        table_cell(t, "%+.1f … %+.1f", d->interval[0] * 100, d->interval[1] * 100);
        table_cell(t, "%.1f", d->floor * 100);
    } else {
        table_cell(t, "-");
        table_cell(t, "-");
    }
    table_cell(t, "%s", say(p, d, more_is_better(row)));
}

static void heading(struct table *t, const char *title)
{
    static const char *const cells[] = {"A", "B", "change", "99 % interval", "floor", "verdict"};

    t->columns = 7;
    table_cell(t, "%s", title);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        table_cell(t, "%s", cells[i]);
}

/* All rows of a suite on a platform that both sides have. */
static void compare_suite(struct pair *p, const char *suite, const struct platform *platform)
{
    json_t *run_a = results_find_run(p->a, suite, platform->name), *row, *rows;
    json_t *run_b = results_find_run(p->b, suite, platform->name);
    char *why = run_a && run_b ? unlike(run_a, run_b) : NULL;
    struct difference *found;
    struct table t = {0};
    struct buf out = {0};
    size_t i, n = 0, *common; /* of the rows, those that both have */
    char *title;

    if (!run_a || !run_b)
        return;
    title = xasprintf("%s on %s", suite, platform->title);
    heading(&t, title);
    rows = json_object_get(p->a, "rows");
    found = xrealloc(NULL, (json_array_size(rows) + 1) * sizeof *found);
    common = xrealloc(NULL, (json_array_size(rows) + 1) * sizeof *common);
    for (i = 0; (row = json_array_get(rows, i)); i++) {
        json_t *b, *again;

        if (strcmp(json_text(row, "suite"), suite) ||
            strcmp(json_text(row, "platform"), platform->name))
            continue;
        b = results_row(p->b, suite, json_text(row, "name"), platform->name);
        again =
            p->again ? results_row(p->again, suite, json_text(row, "name"), platform->name) : NULL;
        if (!b || (p->again && !again))
            continue;
        if (why && !p->force) {
            p->refused++;
        } else {
            common[n] = i;
            found[n++] = differ(row, again, b);
        }
    }
    if (!p->again)
        raise_floors(found, n);
    for (i = 0; i < n; i++)
        show_row(p, json_array_get(rows, common[i]), &found[i], &t);
    if (why && !p->force)
        printf("%s: refused: %s (--force compares all the same)\n\n", title, why);
    if (t.cells.n > t.columns) {
        table_format(&t, &out);
        printf("%s\n", out.data);
    }
    table_free(&t);
    buf_free(&out);
    free(found);
    free(common);
    free(title);
    free(why);
}

/* Prints all tables and the sum of verdicts. Returns the exit status. */
static int show(struct pair *p)
{
    unsigned all;

    for (const struct platform *platform = platforms; platform->name; platform++)
        for (size_t s = 0; s < SUITES; s++)
            if (suite_first(&suites[s]))
                compare_suite(p, suites[s].name, platform);
    all = p->same + p->less + p->more + p->unknown + p->refused;
    printf("%u rows: %u no difference", all, p->same);
    if (p->hidden)
        printf(" (in %u of them noise would hide %.0f %%)", p->hidden, SMALL * 100);
    printf(", %u B worse, %u B better", p->less, p->more);
    if (p->unknown)
        printf(", %u not told (too few runs, fewer than %d, or none to divide by)", p->unknown,
               VERDICT_LEAST_RUNS);
    if (p->refused)
        printf(", %u refused", p->refused);
    printf("\n");
    if (!all)
        warn("the two have no row in common");
    if (!all || p->refused)
        return ST_FAILED;
    return p->less ? ST_WORSE : ST_OK;
}

static int compare_files(const struct options *o)
{
    struct pair p = {.force = o->force};
    int status = ST_FAILED;

    if (o->output) {
        warn("-o takes what two sides measure in turn; two files are only compared");
        return ST_USAGE;
    }
    if (!output_spares(NULL, o->rest, 2))
        return ST_USAGE;
    p.a = results_read(o->rest[0]);
    if (p.a)
        p.b = results_read(o->rest[1]);
    if (p.b)
        status = show(&p);
    json_decref(p.a);
    json_decref(p.b);
    return status;
}

/* One side's options and images. */
struct contender {
    struct options options;
    struct args words;
    struct image images[SUITES], ruler;
    const char *output; /* of the command, or NULL */
    char *dir;
};

static int find_image(const struct contender *c, const char *app, struct image *image)
{
    char *path = c->options.apps ? xasprintf("%s/%s.elf", c->options.apps, app) : xstrdup(app);
    int status = image_find(path, image);

    free(path);
    if (!status && !output_spares(c->output, &image->path, 1))
        status = ST_USAGE;
    return status ? status : image_snapshot(image, c->dir);
}

/* Reads a side's options and copies its images. */
static int prepare(struct contender *c, const char *text, const struct options *both,
                   unsigned chosen)
{
    int status;

    args_add(&c->words, "compare");
    if (words_split(text ? text : "", &c->words) != 0) {
        warn("a quote is left open in: %s", text);
        return ST_USAGE;
    }
    status = options_parse(OPT_SIDE, (int)c->words.n, c->words.v, &c->options);
    if (status < 0 && c->options.rest_count) {
        warn("a side has options only, no \"%s\"", c->options.rest[0]);
        status = ST_USAGE;
    }
    if (status >= 0)
        return status;
    c->options.vm.timeout_s = both->vm.timeout_s;
    c->options.only = both->only;
    c->output = both->output;
    c->dir = cleanup_tmpdir();
    status = c->dir ? find_image(c, "ruler", &c->ruler) : ST_FAILED;
    for (size_t s = 0; s < SUITES && !status; s++)
        if (chosen & suites[s].bit)
            status = find_image(c, suites[s].app, &c->images[s]);
    return status;
}

static void contender_free(struct contender *c)
{
    for (size_t s = 0; s < SUITES; s++)
        image_free(&c->images[s]);
    image_free(&c->ruler);
    if (c->dir)
        cleanup_remove(c->dir);
    free(c->dir);
    options_free(&c->options);
    args_free(&c->words);
}

/* The three sides of every platform take turns: A, A again, B. */
static int measure(struct pair *p, const struct options *o, struct contender c[2], unsigned chosen,
                   const struct platform *platform, unsigned long long *random)
{
    json_t *const results[3] = {p->a, p->again, p->b};
    static const char *const labels[3] = {"A", "A again", "B"};
    struct side sides[3];
    int status;

    for (int i = 0; i < 3; i++)
        sides[i] = (struct side){.platform = platform,
                                 .options = &c[i / 2].options,
                                 .images = c[i / 2].images,
                                 .ruler = &c[i / 2].ruler,
                                 .result = results[i],
                                 .label = labels[i]};
    rounds_check_rulers(sides, 3);
    for (size_t s = 0; s < SUITES && !interrupted; s++)
        if (suite_has(&suites[s], chosen, platform) && suites[s].collect)
            rounds_run(&suites[s], sides, 3, o->runs ? o->runs : COMPARE_ROUNDS, random);
    progress("%s", "");
    sides_free(sides, 3);
    status = interrupted ? ST_INTERRUPT + interrupted : ST_OK;
    for (int i = 0; i < 3 && !status; i++) {
        json_t *skip = json_array_get(json_object_get(results[i], "skipped"), 0);

        if (skip) {
            warn("%s, %s on %s: %s", labels[i], json_text(skip, "suite"), platform->title,
                 json_text(skip, "reason"));
            status = ST_FAILED;
        }
        json_object_set_new(results[i], "side", json_string(labels[i]));
    }
    return status;
}

static int compare_sides(const struct options *o, const char *command)
{
    const struct platform *list[BENCH_PLATFORMS];
    unsigned long long seed = o->seed ? o->seed : random_seed(), random = seed;
    unsigned chosen = bench_suites(o->rest, o->rest_count);
    int count = platform_list(o->platforms ? o->platforms : "qemu", list, BENCH_PLATFORMS);
    struct contender c[2] = {0};
    struct pair p = {.force = true};
    struct buf why = {0};
    int status = chosen && count > 0 ? ST_OK : ST_USAGE;

    if (chosen & SUITE_THROUGHPUT) {
        warn("sides cannot take turns in the suite throughput: compare two result files");
        status = ST_USAGE;
    }
    for (int i = 0; i < count && !status; i++) {
        if (platform_offer(list[i], &why) == OFFER_NATIVE)
            continue;
        warn("%s is not native here (%s). In a lab: limpet lab exec %s -- ./limpet compare …",
             list[i]->name, why.data, list[i]->lab ? list[i]->lab : "kvm");
        status = ST_LAB;
    }
    for (int i = 0; i < 2 && !status; i++) {
        status = prepare(&c[i], i ? o->b : o->a, o, chosen);
        for (int k = 0; k < count && !status; k++)
            status = platform_accepts(list[k], &c[i].options.vm, NULL) ? ST_OK : ST_USAGE;
    }
    if (!status && o->output && !results_can_append(o->output))
        status = ST_FAILED;
    if (!status) {
        p.a = results_new(command, seed);
        p.again = results_new(command, seed);
        p.b = results_new(command, seed);
        printf("A: %s\nB: %s\nin turn, in random order (seed %llu), A twice in every round for the "
               "floor\n\n",
               o->a && o->a[0] ? o->a : "(as usual)", o->b && o->b[0] ? o->b : "(as usual)", seed);
        for (int i = 0; i < count && !status; i++)
            status = measure(&p, o, c, chosen, list[i], &random);
    }
    if (!status && o->output &&
        (results_append(p.a, o->output) || results_append(p.again, o->output) ||
         results_append(p.b, o->output)))
        status = ST_FAILED;
    if (!status)
        status = show(&p);
    json_decref(p.a);
    json_decref(p.again);
    json_decref(p.b);
    contender_free(&c[0]);
    contender_free(&c[1]);
    buf_free(&why);
    return status;
}

int cmd_compare(int argc, char **argv)
{
    char *command = bench_command(argc, argv);
    struct options o;
    int status = options_parse(OPT_COMPARE, argc, argv, &o);

    if (status < 0 && (o.a || o.b))
        status = compare_sides(&o, command);
    else if (status < 0 && o.rest_count == 2)
        status = compare_files(&o);
    else if (status < 0) {
        warn("compare what? Two result files, or --a and --b; see: limpet compare --help");
        status = ST_USAGE;
    }
    options_free(&o);
    free(command);
    return status;
}
