/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: sorted, without overlaps, neighbours of one type joined. Where a loader's ranges
 * overlap, what is not RAM wins. A map of more pieces than there is room for loses nothing as long
 * as joining what is not RAM helps; then the smallest pieces of RAM go, and are counted.
 */
#include "boot/info.h"

static uint64_t end_of(const struct boot_range *r) { return r->base + r->size; }

static void remove_at(struct boot_info *out, uint32_t i)
{
    out->range_count--;
    for (; i < out->range_count; i++)
        out->ranges[i] = out->ranges[i + 1];
}

/* Ranges that are not RAM, with none between them, become one: what is between is nobody's. */
static bool join_reserved(struct boot_info *out)
{
    uint32_t before = out->range_count;
    for (uint32_t i = 0; i + 1 < out->range_count;) {
        struct boot_range *r = &out->ranges[i];
        if (r[0].type == RANGE_USABLE || r[1].type == RANGE_USABLE) {
            i++;
            continue;
        }
        *r = (struct boot_range){r->base, end_of(&r[1]) - r->base, RANGE_RESERVED};
        remove_at(out, i + 1);
    }
    out->ranges_joined |= out->range_count != before;
    return out->range_count != before;
}

static void give_up_smallest(struct boot_info *out)
{
    uint32_t smallest = BOOT_RANGES;
    for (uint32_t i = 0; i < out->range_count; i++)
        if (out->ranges[i].type == RANGE_USABLE &&
            (smallest == BOOT_RANGES || out->ranges[i].size < out->ranges[smallest].size))
            smallest = i;
    out->ram_lost += out->ranges[smallest].size;
    remove_at(out, smallest);
}

/* Nothing else holds any of [base, end). The array has a place for one too many. */
static void insert(struct boot_info *out, uint64_t base, uint64_t end, uint32_t type)
{
    uint32_t i = out->range_count++;
    for (; i > 0 && out->ranges[i - 1].base > base; i--)
        out->ranges[i] = out->ranges[i - 1];
    struct boot_range *r = &out->ranges[i];
    *r = (struct boot_range){base, end - base, type};
    if (i + 1 < out->range_count && r[1].base == end && r[1].type == type) {
        r->size += r[1].size;
        remove_at(out, i + 1);
    }
    if (i > 0 && end_of(&r[-1]) == base && r[-1].type == type) {
        r[-1].size += r->size;
        remove_at(out, i);
    }
    if (out->range_count > BOOT_RANGES && !join_reserved(out))
        give_up_smallest(out);
}

/* Takes [base, end) out of the ranges that are RAM. */
static void cut(struct boot_info *out, uint64_t base, uint64_t end)
{
    for (uint32_t i = 0; i < out->range_count;) {
        struct boot_range *r = &out->ranges[i++];
        uint64_t r_base = r->base, r_end = end_of(r);
        if (r->type != RANGE_USABLE || r_end <= base || r_base >= end)
            continue;
        remove_at(out, --i);
        if (r_base < base)
            insert(out, r_base, base, RANGE_USABLE);
        if (r_end > end)
            insert(out, end, r_end, RANGE_USABLE);
        i = 0; /* what follows may have moved */
    }
}

/* Adds what no range holds yet of [base, end). */
static void add_gaps(struct boot_info *out, uint64_t base, uint64_t end, uint32_t type)
{
    while (base < end) {
        const struct boot_range *r = out->ranges, *last = r + out->range_count;
        while (r < last && end_of(r) <= base)
            r++;
        uint64_t next = r < last && r->base < end ? r->base : end;
        if (next > base) {
            insert(out, base, next, type);
        } else {
            next = end_of(r) < end ? end_of(r) : end;
            if (type == RANGE_USABLE && r->type != RANGE_USABLE && out->ranges_joined)
                out->ram_lost += next - base; /* it may be what was nobody's */
        }
        base = next;
    }
}

/* Where it stands among others, or overlaps them. Out of line, or all pay for its registers. */
static __attribute__((noinline)) void add_among(struct boot_info *out, uint64_t base, uint64_t size,
                                                uint32_t type)
{
    if (type != RANGE_USABLE)
        cut(out, base, base + size);
    add_gaps(out, base, base + size, type);
}

void boot_info_add_range(struct boot_info *out, uint64_t base, uint64_t size, uint32_t type)
{
    if (size > UINT64_MAX - base)
        size = UINT64_MAX - base;
    if (size == 0)
        return;
    struct boot_range *r = &out->ranges[out->range_count];
    uint64_t before = out->range_count != 0 ? end_of(r - 1) : 0;
    if (out->range_count >= BOOT_RANGES || before > base ||
        (before == base && out->range_count != 0 && r[-1].type == type)) {
        add_among(out, base, size, type);
        return;
    }
    r->base = base; /* loaders sort their maps: this is all there is to do */
    r->size = size;
    r->type = type;
    out->range_count++;
}
