/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the C-bit's way into page tables: nothing but tables is touched, and no table twice
 * otherwise. The input is entries: a page, an index, eight bytes. */
#include "../../platform/efi/private.c"
#include "fuzz.h"

#include <string.h>

#define PAGES 8
#define BASE  0x100000ull
#define BIT   (1ull << 47)

struct __attribute__((packed)) write {
    uint8_t page;
    uint16_t index;
    uint64_t entry;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint64_t memory[PAGES][512], before[PAGES][512];
    struct write w;
    memset(memory, 0, sizeof memory);
    for (; size >= sizeof w; data += sizeof w, size -= sizeof w) {
        memcpy(&w, data, sizeof w);
        if (w.entry & LARGE << 8) /* more often into this memory than not */
            w.entry = (w.entry & ~ADDRESS) | (BASE + 4096 * (w.entry >> 12 & 15));
        memory[w.page % PAGES][w.index % 512] = w.entry;
    }
    memcpy(before, memory, sizeof before);
    const char *wrong = private_patch(memory, BASE, sizeof memory, BASE, BIT);
    for (unsigned p = 0; p < PAGES; p++)
        for (unsigned i = 0; i < 512; i++) {
            uint64_t was = before[p][i], is = memory[p][i];
            rule(is == was || is == (was | BIT), "the bit is all that changes");
            rule(was & PRESENT || is == was, "in present entries");
            rule(p != 0 || wrong != NULL || !(was & PRESENT) || is & BIT, "in all of the root's");
        }
    if (wrong != NULL)
        return 0;
    memcpy(before, memory, sizeof before);
    rule(private_patch(memory, BASE, sizeof memory, BASE, BIT) == NULL, "again it is right");
    rule(memcmp(before, memory, sizeof before) == 0, "and changes nothing");
    return 0;
}
