/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tree of files has at the start: see tree.h. */
#include "sys/tree.h"
#include "base/console.h"
#include "base/panic.h"
#include "arch.h"
#include "sys/archive.h"
#include "sys/directory.h"
#include "sys/fetch.h"
#include "mm/page.h"
#include "mm/vm.h"
#include <string.h>

_Static_assert(BOOT_NAME <= DIRECTORY_NAME_MAX, "a module's name is a file's");

static void read_boot(const struct boot_info *info);
static BOOT_READER boot = {.read = read_boot};
static struct inode root = {.mode = S_IFDIR | 0755, .links = 1, .number = 1, .parent = &root};
static bool made;
struct inode *tree_current = &root;
const char *tree_first_name;
uint32_t tree_archive = NO_ARCHIVE;

static struct inode *make(struct inode *dir, const char *name, uint32_t mode)
{
    struct inode *node;
    return memfs_make(dir, name, strlen(name), mode, &node) == 0 ? node : 0;
}

static void make_link(struct inode *dir, const char *name, const char *target)
{
    struct inode *node = make(dir, name, S_IFLNK | 0777);
    if (node != 0 && memfs_write(node, 0, target, strlen(target) + 1) > 0)
        node->size--; /* without the NUL */
}

/* Where the CPU has no entropy there is none here. */
static void make_devices(struct inode *dir)
{
    static const struct {
        const char *name;
        enum device device;
    } rows[] = {{"null", DEVICE_NULL},      {"zero", DEVICE_ZERO},      {"full", DEVICE_FULL},
                {"random", DEVICE_RANDOM},  {"urandom", DEVICE_RANDOM}, {"tty", DEVICE_CONSOLE},
                {"console", DEVICE_CONSOLE}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].device == DEVICE_RANDOM && !arch_has_entropy())
            continue;
        struct inode *node = make(dir, rows[i].name, S_IFCHR | 0666);
        if (node != 0)
            node->device = (uint8_t)rows[i].device;
    }
    struct inode *descriptors = make(dir, "fd", S_IFDIR | 0555);
    if (descriptors != 0)
        descriptors->device = DEVICE_DESCRIPTORS;
    make_link(dir, "stdin", "fd/0");
    make_link(dir, "stdout", "fd/1");
    make_link(dir, "stderr", "fd/2");
}

/* The name of one whose own is taken, or that has none: its number, with tildes until it is free.
 */
static size_t spare_name(struct inode *dir, uint32_t number, char name[DIRECTORY_NAME_MAX])
{
    char digits[10];
    size_t n = 0, d = 0;
    do
        digits[d++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (d > 0)
        name[n++] = digits[--d];
    while (*directory_find(&dir->entries, name, n) != 0 && n < DIRECTORY_NAME_MAX)
        name[n++] = '~';
    return n;
}

static void add_module(struct inode *dir, const struct boot_module *m, uint32_t number)
{
    char spare[DIRECTORY_NAME_MAX];
    struct inode *file;
    if (number == tree_archive) {
        const char *wrong = archive_unpack(&root, phys_to_virt(m->base), m->size);
        if (wrong != 0)
            panic("The root, module %u, cannot be used. %s", number, wrong);
        return;
    }
    const char *told = number == 0 && tree_first_name != 0 ? tree_first_name : m->name;
    const char *name = told;
    size_t n = strlen(name);
    bool usable = n > 0 && !(name[0] == '.' && (n == 1 || (n == 2 && name[1] == '.')));
    if (!usable || *directory_find(&dir->entries, name, n) != 0) {
        n = spare_name(dir, number, spare);
        if (*told != '\0') {
            spare[n < DIRECTORY_NAME_MAX ? n : n - 1] = '\0';
            kprintf("LIMPET: module %u, \"%s\", is /modules/%s: its name is taken\n", number, told,
                    spare);
        }
        name = spare;
    }
    if (memfs_make(dir, name, n, S_IFREG | 0644, &file) != 0) {
        kprintf("LIMPET: no memory is left for the name of module %u\n", number);
        return;
    }
    file->data = phys_to_virt(m->base);
    file->size = m->size;
    memset(file->times, 0, sizeof file->times);
}

/* Those that boot has kept, then the others, read from where the loader left them. */
static void make_modules(struct inode *dir)
{
    const struct boot_info *info = boot.info;
    struct boot_info *more = 0;
    const char *wrong = 0;
    uint32_t number = 0;
    for (;;) {
        for (uint32_t i = 0; i < info->module_count; i++)
            add_module(dir, &info->modules[i], number++);
        if (number >= boot.info->modules_told || (info != boot.info && info->module_count == 0))
            break;
        uint64_t pa = more == 0 ? page_alloc(order_for(sizeof *more)) : 0;
        if (more == 0 && pa == 0)
            wrong = "No memory is left to read of them.";
        more = more == 0 && pa != 0 ? phys_to_virt(pa) : more;
        if (wrong != 0 || (wrong = boot_info_more(boot.info, number, more)) != 0)
            break;
        info = more;
    }
    if (number < boot.info->modules_told)
        kprintf("LIMPET: the modules from number %u on are lost: %s\n", number,
                wrong != 0 ? wrong : "Their list has changed.");
    if (more != 0)
        page_free((uint64_t)more - PHYS_BASE, order_for(sizeof *more));
}

static void make_tree(void)
{
    struct inode *dir;
    made = true;
    root.opens++; /* the current folder */
    make(&root, "tmp", S_IFDIR | S_ISVTX | 0777);
    if ((dir = make(&root, "dev", S_IFDIR | 0755)) != 0)
        make_devices(dir);
    if (boot.info->modules_told != 0 && (dir = make(&root, "modules", S_IFDIR | 0755)) != 0)
        make_modules(dir);
}

struct inode *tree_root(void)
{
    if (!made)
        make_tree();
    return &root;
}

/* What the loader left may lie where later nobody can read. */
static void read_boot(const struct boot_info *info)
{
    boot.info = info;
    fetch_begin(&root);
    if (info->modules_told > info->module_count) {
        paging_show_null();
        make_tree();
        paging_drop_null();
    }
}
