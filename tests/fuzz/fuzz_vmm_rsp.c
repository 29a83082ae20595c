/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes what a debugger sends limpet-vmm: whole packets that are no more than bytes, each command
 * of them, and bytes that make packets of their own. */
#include "vmm/rsp_machine.h"
#include "fuzz.h"

static struct rsp session;

static void check_answer(const struct rsp_packet *p)
{
    static struct rsp_answer a;
    rsp_begin(&a);
    enum rsp_next next = rsp_command(&session, p, &a);
    rsp_end(&a);
    rule(next <= RSP_KILL, "something comes of it");
    rule(a.n >= 4 && a.n <= sizeof a.text && a.text[0] == '$' && a.text[a.n - 3] == '#',
         "an answer is a packet");
    rule(session.selected < session.cpus && session.stop.slot < RSP_HW_MAX, "of what there is");
}

/* The input's lines, each a command; and all of it as it would come. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rsp_packet p;
    session = (struct rsp){.machine = &played, .cpus = PLAYED_CPUS};
    p = (struct rsp_packet){.n = 0};
    for (size_t i = 0; i < size; i++)
        if (rsp_take(&p, data[i]) == RSP_PACKET)
            check_answer(&p);
    for (size_t i = 0, n; i < size; i += n + 1) {
        const uint8_t *end = memchr(data + i, '\n', size - i);
        n = end != NULL ? (size_t)(end - data) - i : size - i;
        p.n = n < RSP_BYTES ? n : RSP_BYTES;
        memcpy(p.bytes, data + i, p.n);
        p.bytes[p.n] = '\0';
        check_answer(&p);
    }
    return 0;
}
