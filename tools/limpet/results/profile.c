/* Where a guest's time went: what its sampler told, by function.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/profile.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 1024

/* The next word as a number; what stands behind it goes to *line. */
static bool number(const char **line, int base, uint64_t *value)
{
    char *end;

    while (**line == ' ')
        ++*line;
    if (!strchr("0123456789abcdef", **line) || !**line)
        return false;
    *value = strtoull(*line, &end, base);
    if (end == *line || (*end && *end != ' '))
        return false;
    *line = end;
    return true;
}

static bool take_totals(struct profile *p, const char *line)
{
    const struct {
        const char *name;
        uint64_t *to;
    } fields[] = {{"hz", &p->hz},           {"cpus", &p->cpus},  {"ns", &p->ns},
                  {"samples", &p->samples}, {"idle", &p->idle},  {"lost", &p->lost},
                  {"late", &p->late},       {"depth", &p->depth}};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t n = strlen(fields[i].name);

        if (strncmp(line, fields[i].name, n) || line[n] != ' ')
            return false;
        line += n;
        if (!number(&line, 10, fields[i].to))
            return false;
        line += *line == ' ';
    }
    return !*line && p->idle <= p->samples && p->lost <= p->samples && p->hz && p->cpus && p->ns;
}

static bool take_stack(struct profile *p, const char *line, bool idle)
{
    struct profile_stack s = {.idle = idle};
    uint64_t pc;

    if (!number(&line, 10, &s.count) || !s.count)
        return false;
    while (s.n < DEPTH_MAX && number(&line, 16, &pc)) {
        s.pc = xrealloc(s.pc, (s.n + 1) * sizeof *s.pc);
        s.pc[s.n++] = pc;
    }
    if (!s.n || *line) {
        free(s.pc);
        return false;
    }
    p->stacks = xrealloc(p->stacks, (p->n + 1) * sizeof *p->stacks);
    p->stacks[p->n++] = s;
    return true;
}

void profile_take(struct profile *p, const char *line)
{
    uint64_t lines = 0, counted = 0;
    bool good = false;

    if (!strncmp(line, "stack ", 6)) {
        good = take_stack(p, line + 6, false);
    } else if (!strncmp(line, "idle ", 5)) {
        good = take_stack(p, line + 5, true);
    } else if (!strncmp(line, "end ", 4)) {
        line += 4;
        good = number(&line, 10, &lines) && !*line;
        for (size_t i = 0; i < p->n; i++)
            counted += p->stacks[i].count;
        p->whole = good && p->begun && lines == p->n && counted == p->samples - p->lost;
    } else if (!p->begun) {
        good = p->begun = take_totals(p, line);
    }
    p->damaged |= !good;
}

void profile_add_exact(struct profile *p, uint64_t address, uint64_t instructions)
{
    struct profile_stack s = {.count = instructions, .n = 1};

    s.pc = xrealloc(NULL, sizeof *s.pc);
    s.pc[0] = address;
    p->stacks = xrealloc(p->stacks, (p->n + 1) * sizeof *p->stacks);
    p->stacks[p->n++] = s;
    p->samples += instructions;
    p->exact = p->begun = p->whole = true;
}

void profile_free(struct profile *p)
{
    for (size_t i = 0; i < p->n; i++)
        free(p->stacks[i].pc);
    free(p->stacks);
    *p = (struct profile){0};
}

uint64_t profile_busy(const struct profile *p) { return p->samples - p->idle; }

static int by_self(const void *a, const void *b)
{
    const struct profile_row *x = a, *y = b;

    if (x->self != y->self)
        return x->self < y->self ? 1 : -1;
    if (x->total != y->total)
        return x->total < y->total ? 1 : -1;
    return strcmp(x->name, y->name);
}

const char *profile_name(const struct functions *f, uint64_t address)
{
    size_t i = functions_find(f, address);

    return i < f->n ? f->name[i] : "?";
}

size_t profile_rows(const struct profile *p, const struct functions *f, struct profile_row **rows)
{
    struct profile_row *row = xrealloc(NULL, (f->n + 1) * sizeof *row);
    size_t *seen =
        xrealloc(NULL, (f->n + 1) * sizeof *seen); /* in this stack already: its number */
    size_t n = 0;

    for (size_t i = 0; i <= f->n; i++) {
        row[i] = (struct profile_row){.name = i < f->n ? f->name[i] : "?"};
        seen[i] = 0;
    }
    for (size_t k = 0; k < p->n; k++) {
        const struct profile_stack *s = &p->stacks[k];

        if (s->idle)
            continue;
        for (size_t i = 0; i < s->n; i++) {
            size_t at = functions_find(f, s->pc[i]);

            row[at].self += i ? 0 : s->count;
            row[at].total += seen[at] != k + 1 ? s->count : 0;
            seen[at] = k + 1;
        }
    }
    for (size_t i = 0; i <= f->n; i++)
        if (row[i].total)
            row[n++] = row[i];
    qsort(row, n, sizeof *row, by_self);
    free(seen);
    *rows = row;
    return n;
}

/* One line a stack, without its count. */
static char *fold(const struct profile *p, const struct functions *f, const struct profile_stack *s)
{
    struct buf line = {0};

    if (s->idle)
        buf_str(&line, "[idle];");
    if (s->n == p->depth)
        buf_str(&line, "[deeper];");
    for (size_t i = s->n; i-- > 0;)
        buf_printf(&line, "%s%s", profile_name(f, s->pc[i]), i ? ";" : "");
    return line.data;
}

struct folded {
    char *line;
    uint64_t count;
};

static int by_line(const void *a, const void *b)
{
    return strcmp(((const struct folded *)a)->line, ((const struct folded *)b)->line);
}

void profile_folded(const struct profile *p, const struct functions *f, struct buf *out)
{
    struct folded *lines = xrealloc(NULL, (p->n + 1) * sizeof *lines);

    for (size_t i = 0; i < p->n; i++)
        lines[i] = (struct folded){fold(p, f, &p->stacks[i]), p->stacks[i].count};
    qsort(lines, p->n, sizeof *lines, by_line);
    for (size_t i = 0; i < p->n; i++) {
        uint64_t count = lines[i].count;

        for (; i + 1 < p->n && !strcmp(lines[i].line, lines[i + 1].line); i++) {
            count += lines[i + 1].count;
            free(lines[i].line);
        }
        buf_printf(out, "%s %llu\n", lines[i].line, (unsigned long long)count);
        free(lines[i].line);
    }
    free(lines);
}
