/* Published tables beside ours, a verdict for every cell.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"
#include "results/busy.h"
#include "results/disturbance.h"
#include "results/estimate.h"
#include "base/msg.h"
#include "tools/status.h"
#include "base/file.h"
#include "vm/platforms.h"
#include "results/results.h"
#include "stats/stats.h"
#include "show/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum state { CELL_MISSING, CELL_UNLIKE, CELL_EMULATED, CELL_JUDGED };

struct pair {
    enum state state;
    struct figure theirs, ours; /* theirs.value 0: nothing is published here */
    struct estimate shown;      /* ours, in the published unit */
    struct estimate median;     /* where ours is a mean far from it; else not known */
    const char *why;            /* CELL_MISSING, CELL_UNLIKE; owned by the result or static */
};

/* What one publication's replay works on. */
struct replay {
    const struct publication *publication;
    const struct result *result;
    struct buf *out;
    struct sheet cells, shapes;
    unsigned missing;
    bool marked; /* a ratio with an asterisk was shown */
};

/* Why our row does not measure what theirs does, or NULL. */
static const char *unlike(const struct replay *r, const struct replay_row *line, int column,
                          const struct row *row, const struct facts *run)
{
    if (line->unlike[column])
        return line->unlike[column];
    if (facts_number(run, "vcpus") != r->publication->vcpus ||
        facts_number(run, "mem_mib") != r->publication->mem_mib)
        return "ours had other memory or processors";
    if (facts_false(run, "valid.ok"))
        return "ours computed wrong results";
    if (line->elements && row->elements != (double)line->elements)
        return "ours had arrays of another size";
    return NULL;
}

/* Ours, in the published unit; only "value" has an interval. */
static struct estimate estimate_of(const struct replay_row *line, const struct row *row)
{
    double scale = line->scale > 0 ? line->scale : 1;
    struct estimate e = estimate_value(row);

    double time = !strcmp(line->key, "min_s")   ? row->min_s
                  : !strcmp(line->key, "avg_s") ? row->avg_s
                                                : row->max_s;

    if (strcmp(line->key, "value") != 0) {
        e.value = isnan(time) ? 0 : time;
        e.coverage = 0;
    }
    e.value *= scale;
    e.low *= scale;
    e.high *= scale;
    return e;
}

static void take_ours(struct replay *r, const struct replay_row *line, int column,
                      const struct row *row, struct pair *cell)
{
    const struct facts *run = results_run_of(r->result, row);
    struct estimate e = cell->shown = estimate_of(line, row);
    struct figure *f = &cell->ours;
    struct buf apart = {0};

    f->value = f->low = f->high = e.value;
    disturbance_text(row, run, NUMBER_PLAIN, &apart);
    if (apart.len && !strcmp(line->key, "value"))
        cell->median = estimate_median(row);
    buf_free(&apart);
    if (!(f->value > 0)) {
        cell->why = "our result has no such figure";
        return;
    }
    if (strcmp(row->unit, line->unit) != 0) {
        f->value = 0;
        cell->why = "our result has another unit";
        return;
    }
    if (e.coverage >= STATS_CONFIDENCE) {
        f->low = e.low;
        f->high = e.high;
    }
    cell->why = unlike(r, line, column, row, run);
    f->place = run_in_emulated_lab(run) ? "lab" : facts_text(run, "mode");
    if (cell->why)
        cell->state = CELL_UNLIKE;
    else
        cell->state = run_in_emulated_lab(run) ? CELL_EMULATED : CELL_JUDGED;
    f->apart = cell->why != NULL;
}

static struct pair make_cell(struct replay *r, const struct replay_row *line, int column)
{
    const char *name = r->publication->columns[column], *reason;
    const char *title = platform_find(name)->title;
    double published = line->theirs[column];
    const struct row *row = results_row(r->result, line->suite, line->name, name);
    struct pair cell = {
        .theirs = {title, published, published, published, line->grain, "there", false},
        .ours = {.title = title}};

    if (row)
        take_ours(r, line, column, row, &cell);
    else if ((reason = results_reason(r->result, line->suite, name)))
        cell.why = reason;
    else if (results_find_run(r->result, line->suite, name))
        cell.why = "our result has no such row";
    else
        cell.why = "not measured in our result";
    return cell;
}

static void add_verdict(struct replay *r, const struct pair *c, bool more)
{
    struct buf words = {0};

    buf_str(&words, "");
    if (!(c->theirs.value > 0))
        ; /* ours alone */
    else if (c->state == CELL_MISSING)
        buf_printf(&words, "SKIP: %s", c->why);
    else if (c->state == CELL_UNLIKE)
        buf_printf(&words, "not comparable: %s", c->why);
    else if (c->state == CELL_EMULATED)
        buf_str(&words, "emulated: only the shape counts");
    else
        rank_judgement(&c->theirs, &c->ours, more, &words);
    if (c->theirs.value > 0 && c->median.known) {
        buf_str(&words, "; ours is a mean, its median ");
        estimate_text(&words, &c->median, NUMBER_PLAIN);
    }
    sheet_cell(&r->cells, "%s", words.data);
    buf_free(&words);
}

static void add_cell(struct replay *r, const struct replay_row *line, const struct pair *c,
                     bool first)
{
    bool marked = c->state == CELL_UNLIKE || c->state == CELL_EMULATED;
    struct buf ours = {0};

    estimate_text(&ours, &c->shown, NUMBER_PLAIN);
    sheet_cell(&r->cells, "%s", first ? line->label : "");
    sheet_cell(&r->cells, "%s", c->theirs.title);
    if (c->theirs.value > 0)
        sheet_cell(&r->cells, "%.*f", line->digits, c->theirs.value);
    else
        sheet_cell(&r->cells, "%s", "");
    sheet_cell(&r->cells, "%s", c->ours.value > 0 ? ours.data : "-");
    if (c->ours.value > 0)
        sheet_cell(&r->cells, "%zu", c->shown.n);
    else
        sheet_cell(&r->cells, "%s", "");
    buf_free(&ours);
    if (c->theirs.value > 0 && c->ours.value > 0)
        sheet_cell(&r->cells, "%.3g%s", c->ours.value / c->theirs.value, marked ? "*" : " ");
    else
        sheet_cell(&r->cells, "%s", "");
    r->marked |= marked && c->theirs.value > 0;
    add_verdict(r, c, line->more);
}

/* One row of theirs: its cells, and how the platforms rank. */
static void add_row(struct replay *r, const struct replay_row *line)
{
    struct figure theirs[RANK_MAX], ours[RANK_MAX];
    struct buf there = {0}, here = {0}, match = {0};
    bool published = false;
    int n = 0, shown = 0;

    for (; r->publication->columns[n]; n++) {
        struct pair c = make_cell(r, line, n);

        theirs[n] = c.theirs;
        ours[n] = c.ours;
        if (c.theirs.value > 0 || c.ours.value > 0)
            add_cell(r, line, &c, !shown++);
        published |= c.theirs.value > 0;
        r->missing += c.theirs.value > 0 && c.state == CELL_MISSING;
    }
    if (!published)
        return;
    buf_str(&there, "");
    buf_str(&here, "");
    rank_format(theirs, n, &there);
    rank_format(ours, n, &here);
    rank_match(theirs, ours, n, &match);
    sheet_cell(&r->shapes, "%s", line->label);
    sheet_cell(&r->shapes, "%s", there.data);
    sheet_cell(&r->shapes, "%s", here.data);
    sheet_cell(&r->shapes, "%s", match.data);
    buf_free(&there);
    buf_free(&here);
    buf_free(&match);
}

static void header(struct sheet *t, const char *const *titles)
{
    for (; *titles; titles++)
        sheet_cell(t, "%s", *titles);
}

static void finish(struct replay *r, struct sheet *t)
{
    sheet_text(t, r->out);
    sheet_free(t);
    buf_str(r->out, "\n");
}

/* The rows from one section's first to its last; returns the next section's first. */
static const struct replay_row *section(struct replay *r, const struct replay_row *line)
{
    const char *const cells[] = {line->section,  "",        "theirs", "ours", "n",
                                 "ours/theirs ", "verdict", NULL};
    const char *const shapes[] = {"shape", "theirs", "ours", "", NULL};

    r->cells = (struct sheet){.columns = 7, .left = 1 << 1 | 1 << 6};
    r->shapes = (struct sheet){.columns = 4, .left = ~0u};
    header(&r->cells, cells);
    header(&r->shapes, shapes);
    do
        add_row(r, line++);
    while (line->label && !line->section);
    finish(r, &r->cells);
    finish(r, &r->shapes);
    return line;
}

/* Where ours come from: a line for each platform, with the first of its runs on a busy machine. */
static void provenance(struct replay *r)
{
    for (const char *const *name = r->publication->columns; *name; name++) {
        const struct facts *run, *found = NULL;
        struct buf busy = {0};
        size_t i;

        for (i = 0; i < r->result->run_count && (run = r->result->runs[i]); i++) {
            if (strcmp(facts_text(run, "platform"), *name) != 0)
                continue;
            found = found ? found : run;
            if (!busy.len && busy_tell(run, &busy) && found != run)
                buf_printf(&busy, " (%s)", facts_text(run, "suite"));
        }
        if (!found)
            continue;
        buf_printf(
            r->out, "  %s: %s, %s %s%s%s", platform_find(*name)->title, facts_text(found, "mode"),
            platform_find(*name)->process ? "Linux" : facts_text(found, "vmm"),
            facts_text(found, "vmm_version"), facts_true(found, "emulated") ? ", emulated: " : "",
            facts_text(found, "emulated_by"));
        if (busy.len)
            buf_printf(r->out, "; on a busy machine: %s", busy.data);
        buf_free(&busy);
        buf_str(r->out, "\n");
    }
}

static void faults(const struct publication *p, struct buf *out)
{
    buf_str(out, p->faults ? "\nTo mind of theirs:\n" : "");
    for (const char *const *fault = p->faults; fault && *fault; fault++)
        buf_printf(out, "- %s\n", *fault);
    buf_str(out, p->faults ? "\n" : "");
}

static void play(struct replay *r, const char *path)
{
    const struct publication *p = r->publication;
    const struct facts *whole = r->result->facts;

    buf_printf(r->out, "%s\ntheirs: %s\nours:   %s of %s; %s%s\n", p->line, p->setting, path,
               facts_text(whole, "created"), facts_text(whole, "host.cpu_model"),
               facts_true(whole, "host.virtualized") ? ", itself virtual" : "");
    provenance(r);
    buf_str(r->out, "\n");
    for (const struct replay_row *line = p->rows; line && line->label;)
        line = section(r, line);
    if (p->claims)
        r->missing += claims_format(p->claims, r->result, r->out);
    for (const char *const *note = p->notes; *note; note++)
        buf_printf(r->out, "- %s\n", *note);
    faults(p, r->out);
    buf_str(
        r->out,
        "- ≈ and \"the same\": within 10 %, within the 95 % interval of our median, or within the "
        "step in which theirs is given. The machines differ: a ratio holds for both together.\n");
    if (p->rows)
        buf_str(r->out, "- A shape is judged pair by pair, and only between rows of one place: a "
                        "lab whose hardware is emulated says nothing about a native row.\n");
    if (r->marked)
        buf_str(r->out, "- * shown, but no comparison of speed: see the verdict.\n");
    buf_str(r->out, "\n");
}

int replay_usage(const char *name)
{
    if (name)
        warn("no publication \"%s\"; there are:", name);
    else
        warn("replay what? there are:");
    for (const struct publication *p = publications; p->name; p++)
        fprintf(stderr, "  %-12s %s\n", p->name, p->line);
    fprintf(stderr, "  %-12s all of them\n", "all");
    return ST_USAGE;
}

/* Takes what the last result of a file has of suites that are not there yet. Returns false with a
 * message. */
static bool add_file(const char *path, struct result **all, struct buf *paths)
{
    char *name = (char *)path;
    struct result *more = output_spares(NULL, &name, 1) ? results_read(path) : NULL;

    if (!more)
        return false;
    buf_printf(paths, "%s%s", paths->len ? ", " : "", path);
    if (*all)
        results_merge(*all, more);
    else
        *all = more;
    if (*all != more)
        results_free(more);
    return true;
}

/* The results to replay as one, or NULL with a message; paths: where they are from. */
static struct result *load(char *const files[], int count, struct buf *paths)
{
    static const char *const usual[] = {"latest", "extra"};
    struct result *all = NULL;
    bool good = true;

    for (int i = 0; i < count && good; i++)
        good = add_file(files[i], &all, paths);
    for (size_t i = 0; i < 2 && !count && good; i++) {
        char *path = xasprintf("%s/results/%s.json", tool_dir(), usual[i]);

        if (!access(path, R_OK))
            good = add_file(path, &all, paths);
        else if (!i)
            good = false;
        if (!good && access(path, R_OK))
            warn("there is no %s yet: run `make bench`, or give a FILE of limpet bench -o", path);
        free(path);
    }
    if (!good) {
        results_free(all);
        return NULL;
    }
    return all;
}

int replay(const char *name, char *const files[], int count)
{
    bool all = !strcmp(name, "all"), known = all;
    struct buf out = {0}, paths = {0};
    unsigned missing = 0;
    struct result *result;

    for (const struct publication *p = publications; p->name; p++)
        known |= !strcmp(name, p->name);
    if (!known)
        return replay_usage(name);
    if (!output_spares(NULL, files, (size_t)count))
        return ST_USAGE;
    result = load(files, count, &paths);
    for (const struct publication *p = publications; p->name && result; p++)
        if (all || !strcmp(name, p->name)) {
            struct replay r = {.publication = p, .result = result, .out = &out};

            play(&r, paths.data);
            missing += r.missing;
        }
    output_text(&out);
    fflush(stdout); /* what follows on stderr is about it */
    if (missing)
        warn("%u published cell%s without a figure of ours", missing, missing > 1 ? "s" : "");
    buf_free(&out);
    buf_free(&paths);
    results_free(result);
    return result && !missing ? ST_OK : ST_FAILED;
}
