// SPDX-License-Identifier: BSD-2-Clause
// The counts, of parts of a run: see sections.h.

#include "sections.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "marks.h"

#define STAGES 64
#define ROWS   256
#define TAIL   (1u << 16) // instructions behind the end of which functions are taken back

struct section {
    bool used;
    struct counts sum;   // of what is over
    struct counts begun; // while it is open
    uint64_t *of;        // instructions, by function
};

static struct section stages[STAGES], rows[ROWS];
static struct section *stage, *row; // the ones that run, or NULL
static unsigned row_number;         // of the next mark's row, from 1
static uint64_t *addresses;
static unsigned functions; // with the one below all addresses; 0: no sections are wanted
// The functions of the last instructions: the guest may run on a little behind its end.
static unsigned tail[TAIL];
static struct section *tail_of[TAIL];
static uint64_t tail_at;

#define KEY(key)                                                                                   \
    {                                                                                              \
#key, offsetof(struct counts, key)                                                         \
    }
static const struct {
    const char *name;
    size_t offset;
} keys[] = {KEY(insns), KEY(stos),  KEY(again), KEY(loads), KEY(stores),  KEY(port), KEY(mmio),
            KEY(cpuid), KEY(rdmsr), KEY(wrmsr), KEY(pages), KEY(regions), KEY(exits)};
#define KEYS (sizeof(keys) / sizeof(keys[0]))

static uint64_t value(const struct counts *c, size_t key)
{
    return *(const uint64_t *)((const char *)c + keys[key].offset);
}

void counts_print(FILE *f, const char *name, const struct counts *c)
{
    for (size_t i = 0; i < KEYS; i++)
        fprintf(f, "%s.%s %" PRIu64 "\n", name, keys[i].name, value(c, i));
}

bool sections_open(const char *path)
{
    FILE *f = fopen(path, "r");
    unsigned room = 1 << 20;
    if (!f) {
        fprintf(stderr, "cost: %s: %s\n", path, strerror(errno));
        return false;
    }
    addresses = calloc(room, sizeof(*addresses));
    for (functions = 1; addresses && functions < room; functions++)
        if (fscanf(f, "%" SCNx64, &addresses[functions]) != 1)
            break;
    fclose(f);
    if (!addresses)
        fprintf(stderr, "cost: out of memory\n");
    return addresses != NULL;
}

unsigned sections_function(uint64_t address)
{
    unsigned low = 1, high = functions;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (addresses[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

static void add(struct section *s, const struct counts *now)
{
    for (size_t i = 0; i < KEYS; i++)
        *(uint64_t *)((char *)&s->sum + keys[i].offset) += value(now, i) - value(&s->begun, i);
}

static struct section *begin(struct section *s, const struct counts *now)
{
    if (!s->of)
        s->of = calloc(functions, sizeof(*s->of));
    if (!s->of) {
        fprintf(stderr, "cost: out of memory\n");
        abort();
    }
    s->used = true;
    s->begun = *now;
    return s;
}

void sections_stage(unsigned number, const struct counts *now)
{
    if (!functions || number >= STAGES)
        return;
    if (stage)
        add(stage, now);
    stage = begin(&stages[number], now);
}

void sections_mark(uint32_t mark, const struct counts *now)
{
    if (!functions)
        return;
    if (row)
        add(row, now);
    row = NULL;
    if (mark == MARK_ROW)
        row_number++;
    else if (mark == MARK_BEGIN && row_number > 0 && row_number <= ROWS)
        row = begin(&rows[row_number - 1], now);
}

void sections_add(unsigned function, uint64_t n)
{
    if (!functions || !stage)
        return;
    stage->of[function] += n;
    if (row)
        row->of[function] += n;
    for (; n > 0; n--) {
        tail[tail_at % TAIL] = function;
        tail_of[tail_at++ % TAIL] = stage;
    }
}

static void print(FILE *f, const char *what, unsigned number, const struct section *s)
{
    char name[32];
    if (!s->used || s->sum.insns == 0)
        return;
    snprintf(name, sizeof(name), "%s.%u", what, number);
    counts_print(f, name, &s->sum);
    for (unsigned i = 0; i < functions; i++)
        if (s->of[i] > 0)
            fprintf(f, "%s.function.%u %" PRIu64 "\n", name, i, s->of[i]);
}

void sections_print(FILE *f, const struct counts *end, const struct counts *now)
{
    uint64_t behind = now->insns - end->insns;
    if (!functions)
        return;
    if (stage && stage->begun.insns <= end->insns)
        add(stage, end);
    for (; behind > 0 && behind <= TAIL && behind <= tail_at; behind--) {
        uint64_t at = (tail_at - behind) % TAIL;
        tail_of[at]->of[tail[at]]--;
    }
    for (unsigned i = 0; i < STAGES; i++)
        print(f, "stage", i, &stages[i]);
    for (unsigned i = 0; i < ROWS && i < row_number; i++)
        print(f, "row", i, &rows[i]);
}
