/* Where this tool runs: the one place that reads its environment's LIMPET_….
 * SPDX-License-Identifier: BSD-2-Clause */
#include "host/place.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] ? value : NULL;
}

const struct place *place(void)
{
    static struct place here;
    static bool known;
    const char *nesting = variable("LIMPET_NESTING");

    if (!known)
        here = (struct place){.lab = variable("LIMPET_LAB"),
                              .nesting = nesting ? atoi(nesting) : 0,
                              .emulated_by = variable("LIMPET_EMULATED"),
                              .lab_accel = variable("LIMPET_LAB_ACCEL"),
                              .lab_dir = variable("LIMPET_LAB_DIR"),
                              .apps = variable("LIMPET_APPS"),
                              .vmm = variable("LIMPET_VMM"),
                              .ovmf_code = variable("LIMPET_OVMF_CODE"),
                              .ovmf_vars = variable("LIMPET_OVMF_VARS")};
    known = true;
    return &here;
}
