/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory; each page that they take comes from the host's heap and is to go back there. */
#include "unit.h"
#include <errno.h>
#include "sys/directory.c"
#include "sys/memfs.c"
#include "mm/slab.c"

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
static int set_up(void **state)
{
    (void)state;
    root = (struct inode){.directory = true, .links = 1, .number = 1, .parent = &root};
    made = false;
    memset(&info, 0, sizeof info);
    fs_init(&info);
    pages_left = 1 << 30;
    return 0;
}

static void remove_tree(struct inode *dir)
{
    while (dir->entries != 0) {
        struct inode *node = dir->entries->node;
        if (node->directory)
            remove_tree(node);
        directory_remove(&dir->entries);
        node->links--;
        release(node);
    }
}

/* Nothing was leaked, nothing is kept. */
static int tear_down(void **state)
{
    (void)state;
    remove_tree(&root);
    return pages_out == 0 ? 0 : -1;
}

static struct inode *opened(const char *path, bool create)
{
    struct inode *node = NULL;
    int error = fs_open(path, create, false, &node);
    if (error != 0)
        fail_msg("%s: %d", path, error);
    return node;
}

static void make_file(const char *path, const char *text)
{
    struct inode *f = opened(path, true);
    assert_int_equal(fs_write(f, 0, text, strlen(text)), strlen(text));
    fs_close(f);
}

static void assert_file(const char *path, const char *text)
{
    char got[64] = {0};
    struct inode *f = opened(path, false);
    assert_int_equal(fs_read(f, 0, got, sizeof got), strlen(text));
    assert_string_equal(got, text);
    fs_close(f);
}

static int open_error(const char *path)
{
    struct inode *node;
    return fs_open(path, false, false, &node);
}

static void bytes(void **state)
{
    (void)state;
    char got[16];
    struct inode *f = opened("/tmp/a", true);
    assert_true(f->size == 0 && f->links == 1 && f->opens == 1 && f->mtime_tsc == 0);
    assert_int_equal(fs_read(f, 0, got, 16), 0);
    assert_int_equal(fs_write(f, 0, "", 0), 0);
    assert_int_equal(fs_write(f, 0, "hello", 5), 5);
    assert_true(f->size == 5 && f->mtime_tsc != 0);
    assert_int_equal(fs_write(f, 3, "LO, you", 7), 7);
    assert_int_equal(fs_read(f, 0, got, 16), 10);
    assert_memory_equal(got, "helLO, you", 10);
    assert_int_equal(fs_read(f, 8, got, 1), 1);
    assert_int_equal(got[0], 'o');
    assert_int_equal(fs_read(f, 10, got, 1), 0);
    assert_int_equal(fs_read(f, UINT64_MAX, got, 16), 0);
    fs_close(f);
    assert_file("tmp/a", "helLO, you");
}

/* Gaps read as zeros, also where there was something before. */
static void gaps(void **state)
{
    (void)state;
    static char got[40000], zeros[40000];
    struct inode *f = opened("/g", true);
    assert_int_equal(fs_write(f, 0, "xxxxxxxx", 8), 8);
    assert_int_equal(fs_truncate(f, 2), 0);
    assert_int_equal(fs_write(f, 5, "y", 1), 1);
    assert_int_equal(fs_read(f, 0, got, 8), 6);
    assert_memory_equal(got, "xx\0\0\0y", 6);
    assert_int_equal(fs_write(f, 30000, "end", 3), 3); /* over a larger block */
    assert_int_equal(fs_read(f, 6, got, sizeof got), 30003 - 6);
    assert_memory_equal(got, zeros, 30000 - 6);
    assert_memory_equal(got + 30000 - 6, "end", 3);
    assert_int_equal(fs_truncate(f, 0), 0);
    assert_int_equal(fs_truncate(f, 39999), 0);
    assert_int_equal(fs_read(f, 0, got, sizeof got), 39999);
    assert_memory_equal(got, zeros, 39999);
    fs_close(f);
}

static void growing(void **state)
{
    (void)state;
    struct inode *f = opened("/big", true);
    uint64_t moves = 0, capacity = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        assert_int_equal(fs_write(f, 4ull * i, &i, 4), 4);
        moves += f->capacity != capacity;
        capacity = f->capacity;
    }
    assert_in_range(moves, 1, 14); /* by doubling */
    for (uint32_t i = 0, got; i < 100000; i += 777) {
        assert_int_equal(fs_read(f, 4ull * i, &got, 4), 4);
        assert_int_equal(got, i);
    }
    fs_close(f);
    assert_int_equal(fs_unlink("/big"), 0);
    assert_in_range(pages_out, 1, 4); /* /tmp, /dev and their names */
}

static void too_large(void **state)
{
    (void)state;
    struct inode *f = opened("/f", true);
    assert_int_equal(fs_write(f, 0, "keep", 4), 4);
    assert_int_equal(fs_write(f, INT64_MAX, "x", 1), -EFBIG);
    assert_int_equal(fs_write(f, UINT64_MAX, "x", 1), -EFBIG);
    assert_int_equal(fs_write(f, INT64_MAX - 1, "x", 1), -ENOSPC);
    assert_int_equal(fs_truncate(f, INT64_MAX), -ENOSPC);
    assert_int_equal(fs_truncate(f, 1ull << 31), -ENOSPC);
    pages_left = 1;
    assert_int_equal(fs_write(f, 4096, "x", 1), -ENOSPC);
    assert_true(f->size == 4 && f->capacity == 64);
    assert_int_equal(fs_write(f, 4095, "x", 1), 1);
    assert_true(f->size == 4096 && f->capacity == 4096);
    fs_close(f);
}

/* A file that is emptied keeps no memory. */
static void truncated(void **state)
{
    (void)state;
    struct inode *f = opened("/f", true);
    int before = pages_out;
    assert_int_equal(fs_truncate(f, 1 << 20), 0);
    assert_int_equal(pages_out, before + 256);
    assert_int_equal(fs_truncate(f, 0), 0);
    assert_int_equal(pages_out, before);
    assert_int_equal(fs_write(f, 1, "x", 1), 1);
    fs_close(f);
    assert_int_equal(fs_unlink("/f"), 0);
}

static void opening(void **state)
{
    (void)state;
    struct inode *node;
    assert_int_equal(open_error("/no"), -ENOENT);
    assert_int_equal(open_error(""), -ENOENT);
    assert_int_equal(open_error("/no/where"), -ENOENT);
    assert_int_equal(fs_open("/no/where", true, false, &node), -ENOENT);
    assert_int_equal(fs_open("/new", true, true, &node), 0);
    fs_close(node);
    assert_int_equal(fs_open("/new", true, true, &node), -EEXIST);
    assert_int_equal(fs_open("/", true, true, &node), -EEXIST);
    assert_int_equal(open_error("/new/x"), -ENOTDIR);
    assert_int_equal(fs_open("/new", false, true, &node),
                     0); /* exclusive means something to create */
    fs_close(node);
    static const char *const roots[] = {"/", "//", ".", "./", "/./.", "/./"};
    for (size_t i = 0; i < COUNT(roots); i++) {
        node = opened(roots[i], false);
        assert_ptr_equal(node, &root);
        assert_int_equal(fs_read(node, 0, &node, 1), -EISDIR);
        assert_int_equal(fs_write(node, 0, "x", 1), -EISDIR);
        assert_int_equal(fs_truncate(node, 0), -EISDIR);
        fs_close(node);
    }
}

/* What each call makes of a path. /f is a file, /d an empty directory, /d2 one with a file. */
static void paths(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int open, create, mkdir, rmdir, unlink;
    } rows[] = {
        {"", -ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT},
        {"/", 0, -EISDIR, -EEXIST, -EBUSY, -EISDIR},
        {"/..", 0, -EISDIR, -EEXIST, -ENOTEMPTY, -EISDIR},
        {".", 0, -EISDIR, -EEXIST, -EINVAL, -EISDIR},
        {"/f", 0, 0, -EEXIST, -ENOTDIR, 0},
        {"f", 0, 0, -EEXIST, -ENOTDIR, 0},
        {"//./d/..//f", 0, 0, -EEXIST, -ENOTDIR, 0},
        {"/../../f", 0, 0, -EEXIST, -ENOTDIR, 0},
        {"/f/", -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR},
        {"/f/.", -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR},
        {"/f/..", -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR},
        {"/f/x", -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR, -ENOTDIR},
        {"/d", 0, -EISDIR, -EEXIST, 0, -EISDIR},
        {"/d/", 0, -EISDIR, -EEXIST, 0, -EISDIR},
        {"/d/.", 0, -EISDIR, -EEXIST, -EINVAL, -EISDIR},
        {"/d/./", 0, -EISDIR, -EEXIST, -EINVAL, -EISDIR},
        {"/d/..", 0, -EISDIR, -EEXIST, -ENOTEMPTY, -EISDIR},
        {"/d2/", 0, -EISDIR, -EEXIST, -ENOTEMPTY, -EISDIR},
        {"/new", -ENOENT, 0, 0, -ENOENT, -ENOENT},
        {"/new/", -ENOENT, -EISDIR, 0, -ENOENT, -ENOENT},
        {"/new/.", -ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT},
        {"/new/..", -ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT},
        {"/new/x", -ENOENT, -ENOENT, -ENOENT, -ENOENT, -ENOENT},
        {"/d/../new", -ENOENT, 0, 0, -ENOENT, -ENOENT},
        {"/...", -ENOENT, 0, 0, -ENOENT, -ENOENT}, /* a name like others */
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int call = 0; call < 5; call++) {
            const char *path = rows[i].path;
            struct inode *node = NULL;
            make_file("/f", "x");
            assert_int_equal(fs_mkdir("/d") | fs_mkdir("/d2"), 0);
            make_file("/d2/f", "x");
            int wanted = (const int[]){rows[i].open, rows[i].create, rows[i].mkdir, rows[i].rmdir,
                                       rows[i].unlink}[call];
            int got = call < 2    ? fs_open(path, call == 1, false, &node)
                      : call == 2 ? fs_mkdir(path)
                      : call == 3 ? fs_rmdir(path)
                                  : fs_unlink(path);
            if (got != wanted)
                fail_msg("\"%s\", call %d: %d, not %d", path, call, got, wanted);
            if (node != NULL)
                fs_close(node);
            remove_tree(&root);
        }
}

static void names(void **state)
{
    (void)state;
    char path[260] = "/";
    struct inode *node;
    memset(path + 1, 'n', 255);
    make_file(path, "255");
    assert_file(path, "255");
    path[256] = 'n';
    assert_int_equal(open_error(path), -ENAMETOOLONG);
    assert_int_equal(fs_open(path, true, false, &node), -ENAMETOOLONG);
    assert_int_equal(fs_mkdir(path), -ENAMETOOLONG);
    path[256] = '\0';
    path[255] = '\0'; /* the beginning of another name */
    assert_int_equal(open_error(path), -ENOENT);
    make_file(path, "254");
    assert_file(path, "254");
    path[255] = 'n';
    assert_file(path, "255");
    path[256] = 'n';
    assert_int_equal(fs_link("/tmp/none", path), -ENOENT);
    make_file("/f", "f");
    assert_int_equal(fs_link("/f", path), -ENAMETOOLONG);
    assert_int_equal(fs_rename("/f", path), -ENAMETOOLONG);
    assert_file("/f", "f");
}

/* How deep the tree is: what a search costs at most. */
static unsigned depth_of(const struct entry *e)
{
    if (e == NULL)
        return 0;
    unsigned a = depth_of(e->child[0]), b = depth_of(e->child[1]);
    return 1 + (a > b ? a : b);
}

/* However many names there are, and in whatever order they come and go. */
static void many_names(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    static bool there[MANY];
    char path[32], other[32];
    struct inode *node;
    uint64_t seed = 1, kept = 0;
    assert_int_equal(fs_mkdir("/d"), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "/d/f%d", i);
        assert_int_equal(fs_open(path, true, true, &node), 0);
        fs_close(node);
        there[i] = true;
    }
    node = opened("/d", false);
    assert_in_range(depth_of(node->entries), 15, 45);
    assert_in_range(pages_out, 1, MANY * 128 / PAGE_SIZE); /* an inode of 64 bytes, a name of 48 */
    for (int i = 0; i < MANY; i++) {
        int at = (int)(next_random(&seed) % MANY), to = (int)(next_random(&seed) % MANY);
        snprintf(path, sizeof path, "/d/f%d", at);
        snprintf(other, sizeof other, "/d/f%d", to);
        if (i % 2 == 0) {
            assert_int_equal(fs_unlink(path), there[at] ? 0 : -ENOENT);
            there[at] = false;
        } else {
            assert_int_equal(fs_rename(path, other), there[at] ? 0 : -ENOENT);
            there[to] |= there[at];
            there[at] &= at == to;
        }
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "/d/f%d", i);
        assert_int_equal(open_error(path), there[i] ? 0 : -ENOENT);
        kept += there[i];
        if (there[i])
            directory_find(&node->entries, path + 3, strlen(path + 3))[0]->node->opens = 0;
    }
    assert_in_range(kept, MANY / 4, MANY);
    fs_close(node);
}

/* Two names with one hash are two names. */
static void equal_hashes(void **state)
{
    (void)state;
    struct entry *tree = NULL;
    struct inode nodes[6] = {{.number = 1}};
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(directory_add(&tree, names[i], 1, &nodes[i]), 0);
        assert_int_equal((*directory_find(&tree, names[i], 1))->hash, hash_of(names[i], 1));
    }
    /* a chain behind the last bit, as equal hashes make it */
    struct entry *e[6];
    for (size_t i = 0; i < COUNT(names); i++)
        e[i] = *directory_find(&tree, names[i], 1);
    for (size_t i = 0; i < COUNT(names); i++) {
        e[i]->child[0] = i + 1 < COUNT(names) ? e[i + 1] : NULL;
        e[i]->child[1] = NULL;
        e[i]->hash = 0;
    }
    tree = e[0];
    directory_remove(&e[1]->child[0]); /* "c", in the middle */
    directory_remove(&tree);           /* "a": the last one takes its place */
    unsigned left = 0;
    for (struct entry *at = tree; at != NULL; at = at->child[0])
        left |= 1u << (at->name[0] - 'a');
    assert_int_equal(left, 0x3a); /* b, d, e, f */
    while (tree != NULL)
        directory_remove(&tree);
}

static void links(void **state)
{
    (void)state;
    make_file("/a", "text");
    assert_int_equal(fs_link("/a", "/tmp/b"), 0);
    assert_int_equal(fs_link("/a", "/tmp/b"), -EEXIST);
    assert_int_equal(fs_link("/a", "/a"), -EEXIST);
    assert_int_equal(fs_link("/tmp", "/t"), -EPERM);
    assert_int_equal(fs_link("/x", "/y"), -ENOENT);
    assert_int_equal(fs_link("/a", "/no/y"), -ENOENT);
    struct inode *b = opened("/tmp/b", false);
    assert_int_equal(b->links, 2);
    assert_int_equal(fs_unlink("/a"), 0);
    assert_int_equal(b->links, 1);
    assert_int_equal(fs_unlink("/a"), -ENOENT);
    fs_close(b);
    assert_file("/tmp/b", "text");
    assert_int_equal(fs_unlink("/tmp"), -EISDIR);
    assert_int_equal(fs_unlink("/"), -EISDIR);
}

static void open_files_survive(void **state)
{
    (void)state;
    char got[8] = {0};
    make_file("/a", "text");
    struct inode *first = opened("/a", false), *second = opened("/a", false);
    assert_ptr_equal(first, second);
    assert_int_equal(fs_unlink("/a"), 0);
    assert_int_equal(open_error("/a"), -ENOENT);
    make_file("/a", "other");
    fs_close(first);
    assert_int_equal(fs_write(second, 4, "!", 1), 1);
    assert_int_equal(fs_read(second, 0, got, sizeof got), 5);
    assert_string_equal(got, "text!");
    assert_int_equal(fs_truncate(second, 5000), 0);
    int before = pages_out;
    fs_close(second);
    assert_int_equal(pages_out, before - 2);
    assert_file("/a", "other");
}

static void directories(void **state)
{
    (void)state;
    assert_int_equal(fs_mkdir("/d"), 0);
    assert_int_equal(fs_mkdir("/d"), -EEXIST);
    assert_int_equal(fs_mkdir("/"), -EEXIST);
    assert_int_equal(fs_mkdir("/no/d"), -ENOENT);
    assert_int_equal(fs_mkdir("/d/e/"), 0);
    make_file("/d/e/f", "deep");
    assert_file("d//e/./f", "deep");
    assert_int_equal(fs_rmdir("/d/e/f"), -ENOTDIR);
    assert_int_equal(fs_rmdir("/d"), -ENOTEMPTY);
    assert_int_equal(fs_rmdir("/d/e"), -ENOTEMPTY);
    assert_int_equal(fs_rmdir("/x"), -ENOENT);
    assert_int_equal(fs_rmdir("/"), -EBUSY);
    assert_int_equal(fs_unlink("/d/e/f"), 0);
    assert_int_equal(fs_rmdir("/d/e"), 0);
    assert_int_equal(fs_rmdir("/d"), 0);
    assert_int_equal(open_error("/d"), -ENOENT);
    assert_int_equal(fs_rmdir("/tmp"), 0); /* nothing special */
}

static void renames(void **state)
{
    (void)state;
    make_file("/a", "A");
    make_file("/b", "B");
    assert_int_equal(fs_rename("/a", "/c"), 0);
    assert_int_equal(open_error("/a"), -ENOENT);
    assert_file("/c", "A");
    struct inode *b = opened("/b", false);
    assert_int_equal(fs_rename("/c", "/b"), 0); /* replaces; who has it open keeps it */
    assert_int_equal(open_error("/c"), -ENOENT);
    assert_file("/b", "A");
    assert_true(b->links == 0 && b->opens == 1);
    fs_close(b);
    assert_int_equal(fs_rename("/b", "/b"), 0);
    assert_int_equal(fs_link("/b", "/b2"), 0);
    assert_int_equal(fs_rename("/b", "/b2"), 0); /* two names of one file: POSIX leaves both */
    assert_file("/b", "A");
    assert_file("/b2", "A");
    assert_int_equal(fs_rename("/no", "/b"), -ENOENT);
    assert_int_equal(fs_rename("/b", "/no/b"), -ENOENT);
    assert_int_equal(fs_rename("/b", "/tmp"), -EISDIR);
    assert_int_equal(fs_rename("/b", "/"), -EBUSY);
    assert_int_equal(fs_rename("/b", "/new/"), -ENOTDIR);
    assert_int_equal(fs_rename("/b", "/b2/x"), -ENOTDIR);
    assert_int_equal(fs_rename("/b", "/tmp/b"), 0);
    assert_file("/tmp/b", "A");
}

static void renamed_directories(void **state)
{
    (void)state;
    assert_int_equal(fs_mkdir("/d") | fs_mkdir("/d/e") | fs_mkdir("/empty"), 0);
    make_file("/d/e/f", "deep");
    assert_int_equal(fs_rename("/d", "/d/e/x"), -EINVAL); /* into itself */
    assert_int_equal(fs_rename("/d", "/d/x"), -EINVAL);
    assert_int_equal(fs_rename("/d", "/d"), 0);
    assert_int_equal(fs_rename("/d", "/d/e/f"), -EINVAL);
    assert_int_equal(fs_rename("/empty", "/d"), -ENOTEMPTY);
    assert_int_equal(fs_rename("/empty", "/d/e/f"), -ENOTDIR);
    assert_int_equal(fs_rename("/d/.", "/x"), -EBUSY);
    assert_int_equal(fs_rename("/d", "/d/.."), -EBUSY);
    assert_int_equal(fs_rename("/", "/x"), -EBUSY);
    assert_int_equal(fs_rename("/d/e", "/tmp/moved/"), 0);
    assert_file("/tmp/moved/f", "deep");
    assert_file("/tmp/moved/../../tmp/moved/f", "deep"); /* its parent is another now */
    assert_int_equal(open_error("/d/e"), -ENOENT);
    assert_int_equal(fs_rename("/tmp/moved", "/empty"), 0); /* takes an empty one's place */
    assert_file("/empty/f", "deep");
    assert_file("/empty/../empty/f", "deep");
    assert_int_equal(fs_rmdir("/d"), 0);
}

static void devices(void **state)
{
    (void)state;
    char got[4] = "abc";
    struct inode *null = opened("/dev/null", false), *zero = opened("/dev/zero", false);
    assert_int_equal(fs_write(null, 0, got, 4), 4);
    assert_int_equal(fs_read(null, 0, got, 4), 0);
    assert_int_equal(fs_truncate(null, 0), 0);
    assert_int_equal(fs_write(zero, 1ull << 40, got, 4), 4);
    assert_int_equal(fs_read(zero, 1ull << 40, got, 4), 4);
    assert_memory_equal(got, "\0\0\0", 4);
    assert_int_equal(null->size + zero->size, 0);
    fs_close(null);
    fs_close(zero);
    struct inode *tty = opened("/dev/tty", false);
    assert_int_equal(tty->device, DEVICE_CONSOLE);
    fs_close(tty);
}

static void boot_modules(void **state)
{
    (void)state;
    static uint8_t memory[3][16] = {"first module", "second", "third"};
    static const char *const given[] = {"data.bin", "", "data.bin"};
    for (uint32_t i = 0; i < 3; i++, info.modules_told++)
        info.modules[info.module_count++] =
            (struct boot_module){(uint64_t)memory[i], strlen((char *)memory[i]), given[i]};
    assert_file("/modules/data.bin", "first module");
    assert_file("/modules/1", "second");
    assert_file("/modules/2", "third");
    struct inode *f = opened("/modules/data.bin", false);
    assert_int_equal(fs_write(f, 0, "F", 1), 1); /* a copy: the module's memory stays as it was */
    assert_memory_equal(memory[0], "first module", 13);
    assert_int_equal(fs_write(f, 12, "!", 1), 1);
    fs_close(f);
    assert_file("/modules/data.bin", "First module!");
    f = opened("/modules/1", false);
    assert_int_equal(fs_truncate(f, 3), 0);
    assert_int_equal(fs_truncate(f, 5), 0);
    char got[8];
    assert_int_equal(fs_read(f, 0, got, 8), 5);
    assert_memory_equal(got, "sec\0\0", 5);
    assert_memory_equal(memory[1], "second", 7);
    fs_close(f);
    f = opened("/modules/2", false);
    assert_int_equal(fs_truncate(f, 0), 0);
    assert_int_equal(fs_write(f, 2, "x", 1), 1);
    assert_memory_equal(memory[2], "third", 6);
    fs_close(f);
    assert_int_equal(fs_unlink("/modules/data.bin"), 0);
    assert_int_equal(fs_unlink("/modules/1"), 0);
}

/* More than boot keeps, read when the tree is made; what is missing is told. */
static void many_boot_modules(void **state)
{
    (void)state;
    char path[32], got[2];
    modules_to_come = 3 * BOOT_MODULES + 1;
    info.modules_told = modules_to_come + 2; /* one more than there is */
    info.modules[info.module_count++] = (struct boot_module){(uint64_t) "x", 1, "m5"};
    told[0] = '\0';
    fs_init(&info); /* before anybody asks */
    assert_false(readable);
    for (uint32_t i = 1; i <= modules_to_come; i++) {
        snprintf(path, sizeof path, i == 5 ? "/modules/%u" : "/modules/m%u", i);
        struct inode *f = opened(path, false);
        assert_int_equal(fs_read(f, 0, got, 2), 1);
        assert_int_equal(got[0], i);
        fs_close(f);
    }
    assert_file("/modules/m5", "x"); /* the first of that name */
    snprintf(path, sizeof path, "number %u on are lost", modules_to_come + 1);
    assert_non_null(strstr(told, path));
    modules_to_come = 0;
}

/* Without memory each call fails cleanly, and works when there is some again. */
static void no_memory(void **state)
{
    (void)state;
    struct inode *node;
    make_file("/a", "x");
    int made_files = 0;
    pages_left = 0;
    for (char path[] = "/f00"; made_files < 99; made_files++) {
        path[2] = (char)('0' + made_files / 10);
        path[3] = (char)('0' + made_files % 10);
        int error = fs_open(path, true, false, &node);
        if (error != 0) {
            assert_int_equal(error, -ENOSPC);
            assert_int_equal(open_error(path), -ENOENT);
            break;
        }
        assert_int_equal(fs_write(node, 5000, "x", 1), -ENOSPC);
        fs_close(node);
    }
    assert_in_range(made_files, 5, 63);
    assert_int_equal(fs_link("/a", "/a longer name is of another class"), -ENOSPC);
    assert_int_equal(fs_mkdir("/d"), -ENOSPC);
    pages_left = 100;
    make_file("/d", "y");
    assert_file("/d", "y");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes),
        TEST(gaps),
        TEST(growing),
        TEST(too_large),
        TEST(opening),
        TEST(names),
        TEST(links),
        TEST(open_files_survive),
        TEST(directories),
        TEST(renames),
        TEST(boot_modules),
        TEST(many_boot_modules),
        TEST(no_memory),
        TEST(many_names),
        TEST(equal_hashes),
        TEST(paths),
        TEST(renamed_directories),
        TEST(devices),
        TEST(truncated),
    };
    return cmocka_run_group_tests_name("fs", tests, 0, 0);
}
