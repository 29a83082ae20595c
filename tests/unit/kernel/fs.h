/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree of files; each page that it takes comes from the host's heap and is to go back there. */
#ifndef TESTS_FS_H
#define TESTS_FS_H

#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#undef PATH_MAX
#undef LINK_MAX
#define LINK_MAX 32767
#define PATH_MAX 4096
#include "sys/directory.c"
#include "sys/memfs.c"
#include "sys/archive.c"
#include "sys/tree.c"
#include "sys/path.c"
#include "mm/slab.c"

_Noreturn void panic(const char *format, ...)
{
    fail_msg("%s", format);
    abort();
}

bool arch_has_entropy(void) { return true; }
void fetch_begin(struct inode *top) { (void)top; }

/* From the root. */
static inline int memfs_open(const char *path, bool create, bool exclusive, struct inode **out)
{
    int flags = (create ? O_CREAT : 0) | (exclusive ? O_EXCL : 0);
    return path_open(tree_root(), path, flags, 0644, out);
}
static inline void memfs_close(struct inode *node) { path_close(node); }
static inline int memfs_mkdir(const char *path)
{
    struct inode *node;
    return path_make(tree_root(), path, S_IFDIR | 0755, &node);
}
static inline int memfs_rmdir(const char *path) { return path_remove(tree_root(), path, true); }
static inline int memfs_unlink(const char *path) { return path_remove(tree_root(), path, false); }
static inline int memfs_link(const char *path, const char *new)
{
    return path_link(tree_root(), path, tree_root(), new, false);
}
static inline int memfs_rename(const char *path, const char *new)
{
    return path_rename(tree_root(), path, tree_root(), new);
}

static int pages_left = 1 << 30, pages_out; /* what page_alloc() may still give; has given */

uint64_t page_alloc(unsigned order)
{
    if (order > 12 || pages_left < 1 << order)
        return 0;
    void *p = aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);
    assert_non_null(p);
    memset(p, 0xa5, PAGE_SIZE << order); /* the contents are unspecified */
    pages_left -= 1 << order;
    pages_out += 1 << order;
    return (uint64_t)p;
}

void page_free(uint64_t pa, unsigned order)
{
    memset((void *)pa, 0x5a, PAGE_SIZE << order); /* and as large as it was allocated */
    free((void *)pa);
    pages_left += 1 << order;
    pages_out -= 1 << order;
}

static struct boot_info info;
static uint32_t modules_to_come; /* behind those of info */
static char told[256];

void kprintf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(told, sizeof told, format, args);
    va_end(args);
}

/* Below 64 KiB, where the list may lie. */
static bool readable;
void paging_show_null(void) { readable = true; }
void paging_drop_null(void) { readable = false; }

/* As the loader's list would be read: one byte, its number, each. */
const char *boot_info_more(const struct boot_info *first, uint32_t before, struct boot_info *out)
{
    static uint8_t bytes[256];
    memset(out, 0, sizeof *out);
    assert_true(readable);
    if (before >= first->module_count + modules_to_come)
        return "It is cut off.";
    for (uint32_t i = before; i < first->module_count + modules_to_come; i++) {
        if (out->module_count == BOOT_MODULES)
            break;
        bytes[i] = (uint8_t)i;
        char *name = out->strings + out->strings_used;
        out->strings_used += (uint32_t)sprintf(name, "m%u", i) + 1;
        out->modules[out->module_count++] = (struct boot_module){(uint64_t)&bytes[i], 1, name};
    }
    return NULL;
}

/* A tree of its own for each test. */
static inline int set_up(void **state)
{
    (void)state;
    root = (struct inode){.mode = S_IFDIR | 0755, .links = 1, .number = 1, .parent = &root};
    made = false;
    memset(&info, 0, sizeof info);
    read_boot(&info);
    pages_left = 1 << 30;
    return 0;
}

static void remove_tree(struct inode *dir)
{
    while (dir->entries != 0) {
        if (is_directory(dir->entries->node))
            remove_tree(dir->entries->node);
        assert_int_equal(memfs_remove(dir, dir->entries->name, dir->entries->length), 0);
    }
}

/* Nothing was leaked, nothing is kept. */
static inline int tear_down(void **state)
{
    (void)state;
    remove_tree(&root);
    return pages_out == 0 ? 0 : -1;
}

static inline struct inode *opened(const char *path, bool create)
{
    struct inode *node = NULL;
    int error = memfs_open(path, create, false, &node);
    if (error != 0)
        fail_msg("%s: %d", path, error);
    return node;
}

static inline void make_file(const char *path, const char *text)
{
    struct inode *f = opened(path, true);
    assert_int_equal(memfs_write(f, 0, text, strlen(text)), strlen(text));
    memfs_close(f);
}

static inline void assert_file(const char *path, const char *text)
{
    char got[64] = {0};
    struct inode *f = opened(path, false);
    assert_int_equal(memfs_read(f, 0, got, sizeof got), strlen(text));
    assert_string_equal(got, text);
    memfs_close(f);
}

static inline int open_error(const char *path)
{
    struct inode *node;
    return memfs_open(path, false, false, &node);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
