/* SPDX-License-Identifier: BSD-2-Clause */
/* The C-bit into an image's page tables: see private.h. Intel SDM vol. 3A, 4.5; AMD APM vol.
 * 2, 15.34. */
#include "private.h"
#include <stddef.h>

#define PRESENT 0x001ull
#define LARGE   0x080ull              /* in entries of levels 2 and 3: a page, not a table */
#define ADDRESS 0x000ffffffffff000ull /* bits 12 to 51 */
#define LOWEST  (1ull << 39) /* the image uses 512 GiB of physical memory (PTE_RAM, cpu.h) */
#define HIGHEST (1ull << 51)
#define TABLES  1024 /* an image has some six: more are a circle, or nonsense */

struct view {
    unsigned char *memory;
    uint64_t first, size, bit;
    unsigned tables; /* seen */
};

static uint64_t *table_at(const struct view *v, uint64_t address)
{
    if (address < v->first || v->size < 4096 || address - v->first > v->size - 4096)
        return NULL;
    return (uint64_t *)(void *)(v->memory + (address - v->first));
}

/* The table's entries, then those of the tables below; level 1 has pages only. */
static const char *patch(struct view *v, uint64_t address, unsigned level)
{
    uint64_t *table = table_at(v, address);
    if (table == NULL)
        return "has page tables outside its memory";
    if (v->tables++ == TABLES)
        return "has more than 1,024 page tables, or tables that lead in a circle";
    for (unsigned i = 0; i < 512; i++) {
        if (!(table[i] & PRESENT))
            continue;
        table[i] |= v->bit;
        if (level == 1 || (level < 4 && table[i] & LARGE))
            continue;
        const char *wrong = patch(v, table[i] & ADDRESS & ~v->bit, level - 1);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

const char *private_patch(void *memory, uint64_t first, uint64_t size, uint64_t cr3, uint64_t bit)
{
    struct view v = {memory, first, size, bit, 0};
    if (bit < LOWEST || bit > HIGHEST || (bit & (bit - 1)) != 0)
        return "cannot have its memory encrypted by this bit of an address: 39 to 51 are possible";
    if (cr3 % 4096 != 0 || (uintptr_t)memory % 8 != first % 8)
        return "has page tables that are not aligned";
    return patch(&v, cr3, 4);
}
