/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which lines ran: gcc's counters of every object, in the bytes of its .gcda file. libgcov makes
 * them (GCC's manual, "Profiling and Test Coverage in Freestanding Environments"); the host adds
 * them to the file that is there (gcov-tool).
 */
#include "observe/observe.h"
#include "base/base64.h"

struct gcov_info;

/* The objects', one pointer each: -fprofile-info-section, image.lds.S. */
extern const struct gcov_info *const __gcov_info_start[], *const __gcov_info_end[];

/* libgcov's. Calls filename() once, dump() often. */
__attribute__((weak)) void
__gcov_info_to_gcda(const struct gcov_info *info, void (*filename)(const char *name, void *context),
                    void (*dump)(const void *data, unsigned n, void *context),
                    void *(*allocate)(unsigned n, void *context), void *context);

/* What an object names as the way to add its counters to those of an older file: that is the
 * host's. */
void __gcov_merge_add(int64_t *counters, unsigned n);
void __gcov_merge_add(int64_t *counters, unsigned n) { (void)counters, (void)n; }

/* Of profiles of values, which no object here has, libgcov would take memory. */
void *observe_no_mmap(void);
void *observe_no_mmap(void) { return (void *)-1; }
static void *allocate(unsigned n, void *context)
{
    (void)n, (void)context;
    return 0;
}

#define BYTES_A_LINE 57 /* 76 letters: RFC 2045 */

struct gcda {
    struct observe_line line;
    uint8_t bytes[BYTES_A_LINE];
    unsigned held;
    uint64_t total;
};

static void write_bytes(struct gcda *g)
{
    char letters[BASE64_LETTERS(BYTES_A_LINE) + 1];
    if (g->held == 0)
        return;
    letters[base64(g->bytes, g->held, letters)] = '\0';
    observe_word(&g->line, "LIMPET: coverage data ");
    observe_word(&g->line, letters);
    observe_end(&g->line);
    g->total += g->held;
    g->held = 0;
}

static void take_bytes(const void *data, unsigned n, void *context)
{
    struct gcda *g = context;
    for (unsigned i = 0; i < n; i++) {
        g->bytes[g->held++] = ((const uint8_t *)data)[i];
        if (g->held == BYTES_A_LINE)
            write_bytes(g);
    }
}

static void take_name(const char *name, void *context)
{
    struct gcda *g = context;
    observe_word(&g->line, "LIMPET: coverage file ");
    observe_word(&g->line, name);
    observe_end(&g->line);
}

void coverage_print(void)
{
    static struct gcda g;
    for (const struct gcov_info *const *i = __gcov_info_start; i != __gcov_info_end; i++) {
        g.total = 0;
        __gcov_info_to_gcda(*i, take_name, take_bytes, allocate, &g);
        write_bytes(&g);
        observe_word(&g.line, "LIMPET: coverage end");
        observe_number(&g.line, g.total, 10);
        observe_end(&g.line);
    }
}
