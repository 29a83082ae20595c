/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine that a debugger's session asks, played: for its unit test and its fuzzer. */
#ifndef TESTS_RSP_MACHINE_H
#define TESTS_RSP_MACHINE_H

#include "../../../tools/vmm/rsp.c"
#include "../../../tools/vmm/rsp_registers.c"

#define PLAYED_CPUS 3
#define PLAYED_AT   0xffff800000001000u /* the one address range that is mapped: */
static uint8_t played_memory[3000];
static struct rsp_state played_state[PLAYED_CPUS];
static uint64_t played_break; /* where the last one was put; 0: taken away again */

static bool play_state(unsigned cpu, struct rsp_state *s)
{
    *s = played_state[cpu];
    return true;
}

static bool play_set_state(unsigned cpu, const struct rsp_state *s)
{
    played_state[cpu] = *s;
    return true;
}

/* How many of n bytes from there on are mapped. */
static size_t played_room(uint64_t address, size_t n)
{
    uint64_t at = address - PLAYED_AT;
    if (at >= sizeof played_memory)
        return 0;
    return n < sizeof played_memory - at ? n : sizeof played_memory - at;
}

static size_t play_read(unsigned cpu, uint64_t address, uint8_t *bytes, size_t n)
{
    (void)cpu;
    n = played_room(address, n);
    if (n != 0)
        memcpy(bytes, played_memory + (address - PLAYED_AT), n);
    return n;
}

static size_t play_write(unsigned cpu, uint64_t address, const uint8_t *bytes, size_t n)
{
    (void)cpu;
    n = played_room(address, n);
    if (n != 0)
        memcpy(played_memory + (address - PLAYED_AT), bytes, n);
    return n;
}

static bool play_break(unsigned cpu, uint64_t address, bool put)
{
    (void)cpu;
    played_break = put ? address : 0;
    return played_room(address, 1) == 1;
}

static const struct rsp_machine played = {play_state, play_set_state, play_read, play_write,
                                          play_break};

#endif
