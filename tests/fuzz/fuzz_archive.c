/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the archive that is a guest's root: nothing beyond it is read, all that it makes is freed.
 */
#include "fuzz.h"
#include "kernel/fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct archive_entry e;
    uint64_t at = 0, before = 0;
    while (archive_next(data, size, &at, &e) == 1) {
        rule(at > before, "an archive's entries go on");
        rule((const uint8_t *)e.name >= data && (const uint8_t *)e.name + e.length < data + size,
             "a name lies in the archive");
        rule(e.data >= data && e.data + e.size <= data + size, "what a file holds lies in it");
        before = at;
    }
    set_up(NULL);
    tree_root();
    uint8_t *copy = malloc(size + 1); /* where it ends is seen */
    memcpy(copy, data, size);
    const char *wrong = archive_unpack(&root, copy, size);
    rule(wrong == NULL || wrong[strlen(wrong) - 1] == '.', "what is wrong is a sentence");
    rule(tear_down(NULL) == 0, "all that was made is freed");
    free(copy);
    return 0;
}
