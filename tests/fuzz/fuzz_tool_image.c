/* Fuzzes the looks at files that are to boot: ours, and Linux's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "vm/image.h"
#include "measure/foreign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum image_check check = image_check(data, size);

    rule(image_check_text(check)[0] != '\0', "a reason");
    foreign_is_linux(data, size);
    return 0;
}
