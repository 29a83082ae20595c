/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the xenstore client: the input is what xenstored answers, in pieces, and its indices. */
#include "fuzz.h"
#include "platform/xenstored.h"

static const uint8_t *input;
static size_t left;

/* Each turn takes what was asked, and begins with a byte that says how much follows; 254: as much
 * as the ring holds; 255: nonsense for an index. */
static void turn(void)
{
    if (left == 0)
        return;
    size_t n = *input;
    input++, left--;
    if (n == 255) {
        shared.req_cons ^= 0x80000000;
        return;
    }
    shared.req_cons = shared.req_prod;
    if (n == 254)
        n = XENSTORE_RING_SIZE - (shared.rsp_prod - shared.rsp_cons) % XENSTORE_RING_SIZE;
    for (n = n < left ? n : left; n > 0; n--, left--)
        shared.rsp[MASK_XENSTORE_IDX(shared.rsp_prod++)] = (char)*input++;
}

static void wanted(void) {}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char value[64], text[XENSTORE_PAYLOAD_MAX + 64];
    if (size < 2)
        return 0;
    input = data + 2;
    left = size - 2;
    xenstored_reset(turn);
    shared.rsp_prod = shared.rsp_cons = data[0] * 257u; /* where in the ring it begins */
    shared.req_prod = shared.req_cons = data[1] * 257u;
    size_t length = data[0] * 17u % sizeof text;
    memset(text, 'x', length);
    text[length] = '\0';
    memset(value, 'x', sizeof value);
    xenstore_watch_shutdown(wanted);
    size_t space = XENSTORE_VALUE_LEAST + data[1] % (sizeof value - XENSTORE_VALUE_LEAST + 1);
    if (xenstore_read("a", value, space) >= 0)
        rule(memchr(value, 0, space) != NULL, "a value that was read ends with a NUL");
    xenstore_write("a", text);
    xenstore_tell("a", text);
    xenstore_event(STORE_PORT);
    return 0;
}
