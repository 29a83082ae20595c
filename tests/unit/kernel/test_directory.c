/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: paths, directories, links, renames. */
#include "kernel/fs.h"

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
            assert_int_equal(memfs_mkdir("/d") | memfs_mkdir("/d2"), 0);
            make_file("/d2/f", "x");
            int wanted = (const int[]){rows[i].open, rows[i].create, rows[i].mkdir, rows[i].rmdir,
                                       rows[i].unlink}[call];
            int got = call < 2    ? memfs_open(path, call == 1, false, &node)
                      : call == 2 ? memfs_mkdir(path)
                      : call == 3 ? memfs_rmdir(path)
                                  : memfs_unlink(path);
            if (got != wanted)
                fail_msg("\"%s\", call %d: %d, not %d", path, call, got, wanted);
            if (node != NULL)
                memfs_close(node);
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
    assert_int_equal(memfs_open(path, true, false, &node), -ENAMETOOLONG);
    assert_int_equal(memfs_mkdir(path), -ENAMETOOLONG);
    path[256] = '\0';
    path[255] = '\0'; /* the beginning of another name */
    assert_int_equal(open_error(path), -ENOENT);
    make_file(path, "254");
    assert_file(path, "254");
    path[255] = 'n';
    assert_file(path, "255");
    path[256] = 'n';
    assert_int_equal(memfs_link("/tmp/none", path), -ENOENT);
    make_file("/f", "f");
    assert_int_equal(memfs_link("/f", path), -ENAMETOOLONG);
    assert_int_equal(memfs_rename("/f", path), -ENAMETOOLONG);
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
    assert_int_equal(memfs_mkdir("/d"), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "/d/f%d", i);
        assert_int_equal(memfs_open(path, true, true, &node), 0);
        memfs_close(node);
        there[i] = true;
    }
    node = opened("/d", false);
    assert_in_range(depth_of(node->entries), 15, 45);
    assert_in_range(pages_out, 1, MANY * 150 / PAGE_SIZE); /* an inode of 96 bytes, a name of 48 */
    for (int i = 0; i < MANY; i++) {
        int at = (int)(next_random(&seed) % MANY), to = (int)(next_random(&seed) % MANY);
        snprintf(path, sizeof path, "/d/f%d", at);
        snprintf(other, sizeof other, "/d/f%d", to);
        if (i % 2 == 0) {
            assert_int_equal(memfs_unlink(path), there[at] ? 0 : -ENOENT);
            there[at] = false;
        } else {
            assert_int_equal(memfs_rename(path, other), there[at] ? 0 : -ENOENT);
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
    memfs_close(node);
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
    assert_int_equal(memfs_link("/a", "/tmp/b"), 0);
    assert_int_equal(memfs_link("/a", "/tmp/b"), -EEXIST);
    assert_int_equal(memfs_link("/a", "/a"), -EEXIST);
    assert_int_equal(memfs_link("/tmp", "/t"), -EPERM);
    assert_int_equal(memfs_link("/x", "/y"), -ENOENT);
    assert_int_equal(memfs_link("/a", "/no/y"), -ENOENT);
    struct inode *b = opened("/tmp/b", false);
    assert_int_equal(b->links, 2);
    assert_int_equal(memfs_unlink("/a"), 0);
    assert_int_equal(b->links, 1);
    assert_int_equal(memfs_unlink("/a"), -ENOENT);
    memfs_close(b);
    assert_file("/tmp/b", "text");
    assert_int_equal(memfs_unlink("/tmp"), -EISDIR);
    assert_int_equal(memfs_unlink("/"), -EISDIR);
}

static void directories(void **state)
{
    (void)state;
    assert_int_equal(memfs_mkdir("/d"), 0);
    assert_int_equal(memfs_mkdir("/d"), -EEXIST);
    assert_int_equal(memfs_mkdir("/"), -EEXIST);
    assert_int_equal(memfs_mkdir("/no/d"), -ENOENT);
    assert_int_equal(memfs_mkdir("/d/e/"), 0);
    make_file("/d/e/f", "deep");
    assert_file("d//e/./f", "deep");
    assert_int_equal(memfs_rmdir("/d/e/f"), -ENOTDIR);
    assert_int_equal(memfs_rmdir("/d"), -ENOTEMPTY);
    assert_int_equal(memfs_rmdir("/d/e"), -ENOTEMPTY);
    assert_int_equal(memfs_rmdir("/x"), -ENOENT);
    assert_int_equal(memfs_rmdir("/"), -EBUSY);
    assert_int_equal(memfs_unlink("/d/e/f"), 0);
    assert_int_equal(memfs_rmdir("/d/e"), 0);
    assert_int_equal(memfs_rmdir("/d"), 0);
    assert_int_equal(open_error("/d"), -ENOENT);
    assert_int_equal(memfs_rmdir("/tmp"), 0); /* nothing special */
}

static void renames(void **state)
{
    (void)state;
    make_file("/a", "A");
    make_file("/b", "B");
    assert_int_equal(memfs_rename("/a", "/c"), 0);
    assert_int_equal(open_error("/a"), -ENOENT);
    assert_file("/c", "A");
    struct inode *b = opened("/b", false);
    assert_int_equal(memfs_rename("/c", "/b"), 0); /* replaces; who has it open keeps it */
    assert_int_equal(open_error("/c"), -ENOENT);
    assert_file("/b", "A");
    assert_true(b->links == 0 && b->opens == 1);
    memfs_close(b);
    assert_int_equal(memfs_rename("/b", "/b"), 0);
    assert_int_equal(memfs_link("/b", "/b2"), 0);
    assert_int_equal(memfs_rename("/b", "/b2"), 0); /* two names of one file: POSIX leaves both */
    assert_file("/b", "A");
    assert_file("/b2", "A");
    assert_int_equal(memfs_rename("/no", "/b"), -ENOENT);
    assert_int_equal(memfs_rename("/b", "/no/b"), -ENOENT);
    assert_int_equal(memfs_rename("/b", "/tmp"), -EISDIR);
    assert_int_equal(memfs_rename("/b", "/"), -EBUSY);
    assert_int_equal(memfs_rename("/b", "/new/"), -ENOTDIR);
    assert_int_equal(memfs_rename("/b", "/b2/x"), -ENOTDIR);
    assert_int_equal(memfs_rename("/b", "/tmp/b"), 0);
    assert_file("/tmp/b", "A");
}

static void renamed_directories(void **state)
{
    (void)state;
    assert_int_equal(memfs_mkdir("/d") | memfs_mkdir("/d/e") | memfs_mkdir("/empty"), 0);
    make_file("/d/e/f", "deep");
    assert_int_equal(memfs_rename("/d", "/d/e/x"), -EINVAL); /* into itself */
    assert_int_equal(memfs_rename("/d", "/d/x"), -EINVAL);
    assert_int_equal(memfs_rename("/d", "/d"), 0);
    assert_int_equal(memfs_rename("/d", "/d/e/f"), -EINVAL);
    assert_int_equal(memfs_rename("/empty", "/d"), -ENOTEMPTY);
    assert_int_equal(memfs_rename("/empty", "/d/e/f"), -ENOTDIR);
    assert_int_equal(memfs_rename("/d/.", "/x"), -EBUSY);
    assert_int_equal(memfs_rename("/d", "/d/.."), -EBUSY);
    assert_int_equal(memfs_rename("/", "/x"), -EBUSY);
    assert_int_equal(memfs_rename("/d/e", "/tmp/moved/"), 0);
    assert_file("/tmp/moved/f", "deep");
    assert_file("/tmp/moved/../../tmp/moved/f", "deep"); /* its parent is another now */
    assert_int_equal(open_error("/d/e"), -ENOENT);
    assert_int_equal(memfs_rename("/tmp/moved", "/empty"), 0); /* takes an empty one's place */
    assert_file("/empty/f", "deep");
    assert_file("/empty/../empty/f", "deep");
    assert_int_equal(memfs_rmdir("/d"), 0);
}

static void devices(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int device;
    } rows[] = {{"/dev/null", DEVICE_NULL},         {"/dev/zero", DEVICE_ZERO},
                {"/dev/full", DEVICE_FULL},         {"/dev/tty", DEVICE_CONSOLE},
                {"/dev/random", DEVICE_RANDOM},     {"/dev/fd", DEVICE_DESCRIPTORS},
                {"/dev/stdout", DEVICE_DESCRIPTOR}, {"/dev/fd/12", DEVICE_DESCRIPTOR}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct inode *node = opened(rows[i].path, false);
        assert_int_equal(node->device, rows[i].device);
        assert_int_equal(node->size, i == 6 ? 1 : i == 7 ? 12 : 0);
        memfs_close(node);
    }
    assert_int_equal(open_error("/dev/fd/x"), -ENOENT);
    assert_int_equal(open_error("/dev/fd/01"), -ENOENT);
    assert_int_equal(memfs_mkdir("/dev/fd/x"), -EPERM);
    assert_int_equal(memfs_unlink("/dev/fd/0"), -EPERM);
    assert_int_equal(memfs_rename("/dev/fd/0", "/x"), -EPERM);
    assert_int_equal(memfs_rmdir("/dev/fd"), -EBUSY);
}

/* The order of names is whole, and what is removed and added disturbs nobody else's place in it. */
static void listing(void **state)
{
    (void)state;
    enum { MANY = 500 };
    char path[32];
    uint64_t key = 0;
    int seen = 0;
    assert_int_equal(memfs_mkdir("/d"), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof path, "/d/%d", i);
        make_file(path, "");
    }
    struct inode *dir = opened("/d", false);
    for (const struct entry *e; (e = directory_after(dir->entries, key)) != NULL; seen++) {
        assert_true(directory_key(e) >= key && directory_key(e) < 1ull << 40);
        key = directory_key(e) + 1;
        snprintf(path, sizeof path, "/d/%.*s", e->length, e->name);
        assert_int_equal(memfs_unlink(path), 0);
    }
    assert_int_equal(seen, MANY);
    assert_null(dir->entries);
    memfs_close(dir);
}

static void symbolic_links(void **state)
{
    (void)state;
    char path[32], other[32];
    assert_int_equal(memfs_mkdir("/d"), 0);
    make_file("/d/f", "x");
    assert_int_equal(path_symlink("/d/f", tree_root(), "/l0"), 0);
    for (int i = 0; i < PATH_LINKS; i++) { /* one more than a way may have */
        snprintf(path, sizeof path, "/l%d", i + 1);
        snprintf(other, sizeof other, i % 2 ? "l%d" : "/d/.././l%d", i);
        assert_int_equal(path_symlink(other, tree_root(), path), 0);
    }
    assert_file("/l39", "x");
    assert_int_equal(open_error("/l40"), -ELOOP);
    assert_int_equal(open_error("/l0/"), -ENOTDIR);
    assert_int_equal(path_symlink("d/", tree_root(), "/s"), 0);
    assert_file("/s/f", "x");
    assert_file("/s/../s//f", "x");
    assert_int_equal(memfs_rmdir("/s"), -ENOTDIR);
    assert_int_equal(memfs_rename("/s", "/s2"), 0);
    assert_int_equal(memfs_unlink("/s2"), 0);
    assert_int_equal(path_symlink("/", tree_root(), "/d/top"), 0);
    assert_file("/d/top/d/top/d/f", "x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(names),      TEST(links),        TEST(directories),    TEST(renames),
        TEST(many_names), TEST(equal_hashes), TEST(paths),          TEST(renamed_directories),
        TEST(devices),    TEST(listing),      TEST(symbolic_links),
    };
    return cmocka_run_group_tests_name("directory", tests, 0, 0);
}
