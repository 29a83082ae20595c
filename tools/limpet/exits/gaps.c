/* Who had the CPU: the exits within the gaps that a guest saw.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "exits/exits.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define GAPS_ROW "longest gaps with an exit"

/* What is found of all gaps together. */
struct found {
    double gaps, with_exit;
    struct exit_counts exits;
};

static void add_exits(struct exit_counts *all, const struct exit_counts *more)
{
    for (size_t i = 0; i < more->n; i++) {
        size_t k = 0;

        while (k < all->n && strcmp(all->reasons[k].name, more->reasons[i].name) != 0)
            k++;
        if (k == all->n)
            exit_counts_add(all, more->reasons[i].name, more->reasons[i].count);
        else
            all->reasons[k].count += more->reasons[i].count;
    }
    all->total += more->total;
    all->known = true;
}

/* One gap, by the guest's TSC. An exit that may be on either side of its end is none of it. */
static void look_into(const struct exits *e, long long begin, long long end, struct found *found)
{
    struct buf why = {0};
    struct exit_counts exits = exits_between(e, begin, end, &why);

    if (exits.known) {
        found->gaps++;
        found->with_exit += exits.total > 0;
        add_exits(&found->exits, &exits);
    }
    exit_counts_free(&exits);
    buf_free(&why);
}

/* "AT+TICKS AT+TICKS …", at: from begin. Ends where it is not of that form. */
static void look_into_all(const struct exits *e, long long begin, const char *list,
                          struct found *found)
{
    while (isdigit((unsigned char)*list)) {
        char *end;
        long long at = begin + strtoll(list, &end, 10), ticks;

        if (*end != '+' || !isdigit((unsigned char)end[1]))
            return;
        ticks = strtoll(end + 1, &end, 10);
        look_into(e, at, at + ticks, found);
        list = end + (*end == ' ');
    }
}

void exits_give_gaps(const struct exits *e, const struct guest_lines *lines, struct rows *rows)
{
    struct found found = {0};

    for (size_t i = 0; i < facts_count(lines->facts, "info"); i++) {
        const struct facts *info = facts_element(lines->facts, "info", i);

        if (!strcmp(facts_text(info, "limpet"), "gaps"))
            look_into_all(e, (long long)facts_number(info, "begin"), facts_text(info, "longest"),
                          &found);
    }
    if (found.gaps > 0) {
        struct row *row =
            rows_figure(rows, "jitter", GAPS_ROW, "%", "more", 100 * found.with_exit / found.gaps);

        exit_counts_free(&row->exits);
        row->exits = found.exits;
    } else {
        exit_counts_free(&found.exits);
    }
}
