/* SPDX-License-Identifier: BSD-2-Clause */
/* What files hold: bytes, gaps, what boot brought along. */
#include "kernel/fs.h"

static void bytes(void **state)
{
    (void)state;
    char got[16];
    struct inode *f = opened("/tmp/a", true);
    assert_true(f->size == 0 && f->links == 1 && f->opens == 1);
    assert_int_equal(memfs_read(f, 0, got, 16), 0);
    assert_int_equal(memfs_write(f, 0, "", 0), 0);
    assert_int_equal(memfs_write(f, 0, "hello", 5), 5);
    assert_true(f->size == 5 && f->times[MODIFIED] != 0);
    assert_int_equal(memfs_write(f, 3, "LO, you", 7), 7);
    assert_int_equal(memfs_read(f, 0, got, 16), 10);
    assert_memory_equal(got, "helLO, you", 10);
    assert_int_equal(memfs_read(f, 8, got, 1), 1);
    assert_int_equal(got[0], 'o');
    assert_int_equal(memfs_read(f, 10, got, 1), 0);
    assert_int_equal(memfs_read(f, UINT64_MAX, got, 16), 0);
    memfs_close(f);
    assert_file("tmp/a", "helLO, you");
}

/* Gaps read as zeros, also where there was something before. */
static void gaps(void **state)
{
    (void)state;
    static char got[40000], zeros[40000];
    struct inode *f = opened("/g", true);
    assert_int_equal(memfs_write(f, 0, "xxxxxxxx", 8), 8);
    assert_int_equal(memfs_truncate(f, 2), 0);
    assert_int_equal(memfs_write(f, 5, "y", 1), 1);
    assert_int_equal(memfs_read(f, 0, got, 8), 6);
    assert_memory_equal(got, "xx\0\0\0y", 6);
    assert_int_equal(memfs_write(f, 30000, "end", 3), 3); /* over a larger block */
    assert_int_equal(memfs_read(f, 6, got, sizeof got), 30003 - 6);
    assert_memory_equal(got, zeros, 30000 - 6);
    assert_memory_equal(got + 30000 - 6, "end", 3);
    assert_int_equal(memfs_truncate(f, 0), 0);
    assert_int_equal(memfs_truncate(f, 39999), 0);
    assert_int_equal(memfs_read(f, 0, got, sizeof got), 39999);
    assert_memory_equal(got, zeros, 39999);
    memfs_close(f);
}

static void growing(void **state)
{
    (void)state;
    struct inode *f = opened("/big", true);
    uint64_t moves = 0, capacity = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        assert_int_equal(memfs_write(f, 4ull * i, &i, 4), 4);
        moves += f->capacity != capacity;
        capacity = f->capacity;
    }
    assert_in_range(moves, 1, 14); /* by doubling */
    for (uint32_t i = 0, got; i < 100000; i += 777) {
        assert_int_equal(memfs_read(f, 4ull * i, &got, 4), 4);
        assert_int_equal(got, i);
    }
    memfs_close(f);
    assert_int_equal(memfs_unlink("/big"), 0);
    assert_in_range(pages_out, 1, 4); /* /tmp, /dev and their names */
}

static void too_large(void **state)
{
    (void)state;
    struct inode *f = opened("/f", true);
    assert_int_equal(memfs_write(f, 0, "keep", 4), 4);
    assert_int_equal(memfs_write(f, INT64_MAX, "x", 1), -EFBIG);
    assert_int_equal(memfs_write(f, UINT64_MAX, "x", 1), -EFBIG);
    assert_int_equal(memfs_write(f, INT64_MAX - 1, "x", 1), -ENOSPC);
    assert_int_equal(memfs_truncate(f, INT64_MAX), -ENOSPC);
    assert_int_equal(memfs_truncate(f, 1ull << 31), -ENOSPC);
    pages_left = 1;
    assert_int_equal(memfs_write(f, 4096, "x", 1), -ENOSPC);
    assert_true(f->size == 4 && f->capacity == 64);
    assert_int_equal(memfs_write(f, 4095, "x", 1), 1);
    assert_true(f->size == 4096 && f->capacity == 4096);
    memfs_close(f);
}

/* A file that is emptied keeps no memory. */
static void truncated(void **state)
{
    (void)state;
    struct inode *f = opened("/f", true);
    int before = pages_out;
    assert_int_equal(memfs_truncate(f, 1 << 20), 0);
    assert_int_equal(pages_out, before + 256);
    assert_int_equal(memfs_truncate(f, 0), 0);
    assert_int_equal(pages_out, before);
    assert_int_equal(memfs_write(f, 1, "x", 1), 1);
    memfs_close(f);
    assert_int_equal(memfs_unlink("/f"), 0);
}

static void opening(void **state)
{
    (void)state;
    struct inode *node;
    assert_int_equal(open_error("/no"), -ENOENT);
    assert_int_equal(open_error(""), -ENOENT);
    assert_int_equal(open_error("/no/where"), -ENOENT);
    assert_int_equal(memfs_open("/no/where", true, false, &node), -ENOENT);
    assert_int_equal(memfs_open("/new", true, true, &node), 0);
    memfs_close(node);
    assert_int_equal(memfs_open("/new", true, true, &node), -EEXIST);
    assert_int_equal(memfs_open("/", true, true, &node), -EEXIST);
    assert_int_equal(open_error("/new/x"), -ENOTDIR);
    assert_int_equal(memfs_open("/new", false, true, &node),
                     0); /* exclusive means something to create */
    memfs_close(node);
    static const char *const roots[] = {"/", "//", ".", "./", "/./.", "/./"};
    for (size_t i = 0; i < COUNT(roots); i++) {
        node = opened(roots[i], false);
        assert_ptr_equal(node, &root);
        assert_int_equal(memfs_read(node, 0, &node, 1), -EISDIR);
        assert_int_equal(memfs_write(node, 0, "x", 1), -EISDIR);
        assert_int_equal(memfs_truncate(node, 0), -EISDIR);
        memfs_close(node);
    }
}

static void open_files_survive(void **state)
{
    (void)state;
    char got[8] = {0};
    make_file("/a", "text");
    struct inode *first = opened("/a", false), *second = opened("/a", false);
    assert_ptr_equal(first, second);
    assert_int_equal(memfs_unlink("/a"), 0);
    assert_int_equal(open_error("/a"), -ENOENT);
    make_file("/a", "other");
    memfs_close(first);
    assert_int_equal(memfs_write(second, 4, "!", 1), 1);
    assert_int_equal(memfs_read(second, 0, got, sizeof got), 5);
    assert_string_equal(got, "text!");
    assert_int_equal(memfs_truncate(second, 5000), 0);
    int before = pages_out;
    memfs_close(second);
    assert_int_equal(pages_out, before - 2);
    assert_file("/a", "other");
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
    assert_int_equal(memfs_write(f, 0, "F", 1),
                     1); /* a copy: the module's memory stays as it was */
    assert_memory_equal(memory[0], "first module", 13);
    assert_int_equal(memfs_write(f, 12, "!", 1), 1);
    memfs_close(f);
    assert_file("/modules/data.bin", "First module!");
    f = opened("/modules/1", false);
    assert_int_equal(memfs_truncate(f, 3), 0);
    assert_int_equal(memfs_truncate(f, 5), 0);
    char got[8];
    assert_int_equal(memfs_read(f, 0, got, 8), 5);
    assert_memory_equal(got, "sec\0\0", 5);
    assert_memory_equal(memory[1], "second", 7);
    memfs_close(f);
    f = opened("/modules/2", false);
    assert_int_equal(memfs_truncate(f, 0), 0);
    assert_int_equal(memfs_write(f, 2, "x", 1), 1);
    assert_memory_equal(memory[2], "third", 6);
    memfs_close(f);
    assert_int_equal(memfs_unlink("/modules/data.bin"), 0);
    assert_int_equal(memfs_unlink("/modules/1"), 0);
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
    read_boot(&info); /* before anybody asks */
    assert_false(readable);
    for (uint32_t i = 1; i <= modules_to_come; i++) {
        snprintf(path, sizeof path, i == 5 ? "/modules/%u" : "/modules/m%u", i);
        struct inode *f = opened(path, false);
        assert_int_equal(memfs_read(f, 0, got, 2), 1);
        assert_int_equal(got[0], i);
        memfs_close(f);
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
        int error = memfs_open(path, true, false, &node);
        if (error != 0) {
            assert_int_equal(error, -ENOSPC);
            assert_int_equal(open_error(path), -ENOENT);
            break;
        }
        assert_int_equal(memfs_write(node, 5000, "x", 1), -ENOSPC);
        memfs_close(node);
    }
    assert_in_range(made_files, 5, 63);
    assert_int_equal(
        memfs_link("/a",
                   "/a name as long as this one is of a class of blocks that nothing else has"),
        -ENOSPC);
    assert_int_equal(memfs_mkdir("/d"), -ENOSPC);
    pages_left = 100;
    make_file("/d", "y");
    assert_file("/d", "y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes),        TEST(gaps),
        TEST(growing),      TEST(too_large),
        TEST(opening),      TEST(open_files_survive),
        TEST(boot_modules), TEST(many_boot_modules),
        TEST(no_memory),    TEST(truncated),
    };
    return cmocka_run_group_tests_name("memfs", tests, 0, 0);
}
