/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of areas against a map of single pages: random areas added, cut and taken away. */
#include "unit.h"
#include "mm/area.c"

#define PAGES 600u
static struct area pool[PAGES];
static struct area *at[PAGES]; /* the area that has the page */
static struct area *tree;
static unsigned state = 1;

static unsigned draw(unsigned below)
{
    state = state * 1103515245 + 12345;
    return (state >> 8) % below;
}

static unsigned first_gap(unsigned pages)
{
    for (unsigned i = 0, run = 0; i < PAGES; i++)
        if ((run = at[i] == NULL ? run + 1 : 0) == pages)
            return i + 1 - pages;
    return PAGES;
}

static void fill(struct area *a, struct area *with)
{
    for (uint64_t i = a->start; i < a->end; i++)
        at[i - 1000] = with;
}

static void look_at_all(void)
{
    for (unsigned i = 0; i < PAGES; i++) {
        assert_ptr_equal(area_find(tree, 1000 + i, false), at[i]);
        unsigned next = i;
        while (next < PAGES && at[next] == NULL)
            next++;
        assert_ptr_equal(area_find(tree, 1000 + i, true), next < PAGES ? at[next] : NULL);
    }
}

static void test_against_pages(void **unused)
{
    (void)unused;
    for (unsigned step = 0; step < 20000; step++) {
        unsigned pages = 1 + draw(20), gap = first_gap(pages), page = draw(PAGES);
        uint64_t room = area_room(tree, 1000, 1000 + PAGES, pages);
        assert_int_equal(room, gap < PAGES ? 1000 + gap : 0);
        struct area *a = at[page];
        if (draw(3) != 0 && room != 0) {
            a = &pool[gap]; /* nobody's: it has the number of its first page */
            a->start = room;
            a->end = room + pages;
            area_insert(&tree, a);
            fill(a, a);
        } else if (a != NULL && a->end - a->start > 1 && draw(2) != 0) {
            fill(a, NULL);
            area_resize(&tree, a, a->start, a->end - 1);
            fill(a, a);
        } else if (a != NULL) {
            area_remove(&tree, a);
            fill(a, NULL);
        }
        if (step % 100 == 0)
            look_at_all();
    }
    look_at_all();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_pages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
