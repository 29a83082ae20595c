/* Fuzzes what QEMU says on its QMP socket, a message a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "vm/qmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qmp q = {.fd = -1, .asked = true};

    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t n = end ? (size_t)(end - data) - at : size - at;

        qmp_message(&q, (const char *)data + at, n);
        at += n + 1;
    }
    rule(strnlen(q.places, sizeof q.places) < sizeof q.places, "places end");
    rule(strnlen(q.version, sizeof q.version) < sizeof q.version, "the version ends");
    rule(strnlen(q.shutdown, sizeof q.shutdown) < sizeof q.shutdown, "the reason ends");
    return 0;
}
