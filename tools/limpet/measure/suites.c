/* All suites: a line each.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suites.h"
#include "base/msg.h"
#include "base/near.h"

#include <string.h>

#define SUITES(EACH)                                                                               \
    EACH(basic)                                                                                    \
    EACH(stream)                                                                                   \
    EACH(boot)                                                                                     \
    EACH(throughput)                                                                               \
    EACH(vmm)                                                                                      \
    EACH(cpuid)                                                                                    \
    EACH(jitter)                                                                                   \
    EACH(micro)                                                                                    \
    EACH(memory)                                                                                   \
    EACH(npb)                                                                                      \
    EACH(sqlite)                                                                                   \
    EACH(lz4)                                                                                      \
    EACH(compile)                                                                                  \
    EACH(qemu_cfi)                                                                                 \
    EACH(program)

#define DECLARE(name) extern const struct suite suite_##name;
#define POINT(name)   &suite_##name,
#define COUNT(name)   +1

SUITES(DECLARE)
const struct suite *const suites[] = {SUITES(POINT) NULL};
_Static_assert(0 SUITES(COUNT) <= SUITES_MAX, "a list has room for all of them");

const struct suite *suite_find(const char *name)
{
    for (const struct suite *const *s = suites; *s; s++)
        if (!strcmp((*s)->name, name))
            return *s;
    return NULL;
}

static void tell_unknown(const char *word)
{
    const char *names[SUITES_MAX + 2] = {NULL};
    struct buf near = {0};

    size_t n = 0;

    for (; suites[n]; n++)
        names[n] = suites[n]->name;
    names[n] = SUITES_EXTRA;
    near_names(&near, word, names);
    warn("unknown suite \"%s\"; %s", word, near.data);
    buf_free(&near);
}

static bool is_path(const char *word) { return strchr(word, '/') || ends_in(word, ".elf"); }

/* Returns false with a message. */
static bool is_known(const char *name)
{
    const struct suite *suite = suite_find(name);

    if (!strcmp(name, SUITES_EXTRA))
        return true;
    if (!suite)
        tell_unknown(name);
    else if (suite->own_rows)
        warn("%s: give your program itself: limpet bench ./mine.elf", name);
    return suite && !suite->own_rows;
}

bool suites_choose(char *const names[], int count, struct suite_list *chosen, const char **program)
{
    bool named = false;

    *chosen = (struct suite_list){.n = 0};
    for (int i = 0; i < count; i++) {
        if (!is_path(names[i]) && !is_known(names[i]))
            return false;
        if (is_path(names[i]) && named) {
            warn("one program of your own at a time: %s or %s", *program, names[i]);
            return false;
        }
        if (is_path(names[i])) {
            *program = names[i];
            named = true;
        }
    }
    for (const struct suite *const *s = suites; *s; s++) {
        bool wanted = (!count && !*program && (*s)->by_default) || (*program && (*s)->own_rows);

        for (int i = 0; i < count; i++)
            wanted |=
                !strcmp(names[i], (*s)->name) || ((*s)->extra && !strcmp(names[i], SUITES_EXTRA));
        if (wanted)
            chosen->v[chosen->n++] = *s;
    }
    return true;
}

/* Several have no platforms that are theirs alone. */
const char *suites_usual_on(const struct suite_list *chosen)
{
    return chosen->n == 1 ? chosen->v[0]->usual_on : NULL;
}

const char *suites_norm(const struct suite_list *chosen)
{
    return chosen->n == 1 ? chosen->v[0]->norm : NULL;
}

/* "basic (cycles per call), stream (memory bandwidth)" */
static void help_of(bool by_default, const char *between, struct buf *out)
{
    bool first = true;

    for (const struct suite *const *s = suites; *s; s++) {
        if ((*s)->by_default != by_default)
            continue;
        buf_printf(out, "%s%s (%s)", first ? "" : between, (*s)->name, (*s)->help);
        first = false;
    }
}

void suites_help(struct buf *out)
{
    buf_str(out, "Suites: ");
    help_of(true, ", ", out);
    buf_str(out, "; these by default. And ");
    help_of(false, "; and ", out);
    buf_str(out, "; " SUITES_EXTRA " is all of those but the last.");
}

void suites_usual(struct buf *out)
{
    for (const struct suite *const *s = suites; *s; s++) {
        buf_printf(out, "%s%s ", s == suites ? "" : ", ", (*s)->name);
        if ((*s)->usual)
            buf_str(out, (*s)->usual);
        else
            buf_printf(out, "%u", (*s)->apps->runs);
    }
}
