/* SPDX-License-Identifier: BSD-2-Clause */
/* A tree of files from an archive. */
#include "kernel/fs.h"

static uint8_t bytes[4096];
static size_t used;

static void entry(const char *name, uint32_t inode, uint32_t mode, uint32_t links, const char *data)
{
    size_t n = strlen(name) + 1, size = strlen(data);
    used += (size_t)sprintf((char *)bytes + used,
                            "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", inode,
                            mode, 0, 0, links, 77u, size, 0, 0, 0, 0, n, 0);
    memcpy(bytes + used, name, n);
    used = (used + n + 3) & ~(size_t)3;
    memcpy(bytes + used, data, size);
    used = (used + size + 3) & ~(size_t)3;
}

static const char *unpack(void)
{
    entry("TRAILER!!!", 0, 0, 1, "");
    return archive_unpack(tree_root(), bytes, used);
}

static int begin(void **state)
{
    used = 0;
    memset(bytes, 0, sizeof bytes);
    return set_up(state);
}

static void tree(void **state)
{
    (void)state;
    entry(".", 1, S_IFDIR | 0700, 2, "");
    entry("./a", 2, S_IFDIR | 0750, 2, "");
    entry("a/f", 3, S_IFREG | 0640, 2, "text");
    entry("/b//deep/g", 4, S_IFREG | 0600, 1, "made on the way");
    entry("a/hard", 3, S_IFREG | 0640, 2, "");
    entry("link", 5, S_IFLNK | 0777, 1, "a/f");
    entry("dev/null", 6, S_IFREG | 0600, 1, "not ours");
    entry("a/device", 7, S_IFCHR | 0600, 1, "");
    assert_null(unpack());
    assert_file("/a/f", "text");
    assert_file("/a/hard", "text");
    assert_file("/link", "text");
    assert_file("/b/deep/g", "made on the way");
    struct inode *f = opened("/a/hard", false), *a = opened("/a", false);
    assert_true(f->mode == (S_IFREG | 0640) && f->links == 2 && f->capacity == 0);
    assert_true(f->data > bytes && f->data < bytes + used); /* where it was */
    assert_true((f->told & 6) == 6 && f->times[MODIFIED] == 77000000000);
    assert_true(a->mode == (S_IFDIR | 0750) && a->told == 7 && a->times[MODIFIED] == 77000000000);
    assert_int_equal(memfs_write(f, 4, "!", 1), 1);
    assert_file("/a/f", "text!");
    path_close(f);
    path_close(a);
    f = opened("/dev/null", false);
    assert_int_equal(f->device, DEVICE_NULL);
    path_close(f);
    assert_int_equal(open_error("/a/device"), -ENOENT);
}

static void wrong(void **state)
{
    (void)state;
    entry("f", 1, S_IFREG | 0600, 1, "x");
    entry("f/g", 2, S_IFREG | 0600, 1, "x");
    assert_non_null(strstr(unpack(), "leads through a file"));
    used = 0;
    entry("../f", 1, S_IFREG | 0600, 1, "x");
    assert_non_null(unpack());
    used = 0;
    entry("f", 1, S_IFREG | 0600, 1, "of which a part is missing");
    for (size_t n = 0; n < used; n++)
        assert_non_null(archive_unpack(tree_root(), bytes, n));
    bytes[10] = 'x';
    assert_non_null(unpack());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tree, begin, tear_down),
        cmocka_unit_test_setup_teardown(wrong, begin, tear_down),
    };
    return cmocka_run_group_tests_name("archive", tests, 0, 0);
}
