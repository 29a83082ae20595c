/* SPDX-License-Identifier: BSD-2-Clause */
/* All rows of micro, and what their predicates share. */
#include "micro.h"

uint64_t micro_asked, micro_done;
const char *micro_trouble;

const struct benchmark *const micro_lists[] = {
    micro_calls,   micro_files,  micro_signals, micro_pages, micro_switches,
    micro_threads, micro_memory, micro_scaling, micro_none,  NULL};

const char *micro_begin(void)
{
    micro_asked = micro_done = 0;
    micro_trouble = NULL;
    return NULL;
}

const char *micro_end(void)
{
    micro_must(micro_done == micro_asked, "it did not happen as often as it was asked for");
    return micro_trouble;
}
