/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this file an image that can be wrapped for other loaders? What is wrong is told in a sentence.
 *
 * usage: check-image TOOL FILE      status 0; 1 after "TOOL: FILE …"
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tools/vmm/elf.h"

#define PAGE 4096u
#define GIB  (1ull << 30)

/* What all doors want beyond what limpet-vmm does: whole pages, which lie where every loader has
 * memory. */
static const char *check_plan(const struct image_plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++)
        if (plan->segments[i].address % PAGE != 0)
            return "has a segment that does not begin at a page (4096 bytes): link it with "
                   "limpet-cc";
    if (plan->end > GIB)
        return "has a segment beyond the first GiB: link it with limpet-cc";
    return NULL;
}

static const char *check(const void *bytes, size_t n)
{
    struct image_plan plan;
    const char *wrong = image_plan(bytes, n, UINT64_MAX, &plan);
    if (wrong == NULL)
        wrong = image_lacks(&plan, DOOR_PVH);
    return wrong != NULL ? wrong : check_plan(&plan);
}

int main(int argc, char **argv)
{
    struct stat st;
    if (argc != 3) {
        fputs("usage: check-image TOOL FILE\n", stderr);
        return 2;
    }
    const char *wrong = NULL, *path = argv[2];
    const void *bytes = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        fprintf(stderr, "%s: cannot read %s: %s\n", argv[1], path, strerror(errno));
        return 1;
    }
    if (!S_ISREG(st.st_mode)) {
        fprintf(stderr, "%s: cannot read %s: it is not a regular file\n", argv[1], path);
        return 1;
    }
    if (st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) {
        fprintf(stderr, "%s: cannot read %s: %s\n", argv[1], path, strerror(errno));
        return 1;
    }
    wrong = check(bytes, (size_t)st.st_size);
    if (wrong != NULL)
        fprintf(stderr, "%s: %s %s\n", argv[1], path, wrong);
    return wrong != NULL;
}
