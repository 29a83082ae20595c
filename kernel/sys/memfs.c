/* SPDX-License-Identifier: BSD-2-Clause */
/* Files in memory: see memfs.h. A file's bytes stand in one block: of pages or, when they are few,
 * of a slab. */
#include "sys/memfs.h"
#include "base/console.h"
#include "arch.h"
#include "sys/directory.h"
#include "mm/page.h"
#include "mm/slab.h"
#include "mm/vm.h"
#include <errno.h>
#include <string.h>

_Static_assert(BOOT_NAME <= DIRECTORY_NAME_MAX, "a module's name is a file's");
_Static_assert(sizeof(struct inode) <= SLAB_MAX, "an inode is one block");

static BOOT_READER boot = {.read = memfs_init};
static struct inode root = {.directory = true, .links = 1, .number = 1, .parent = &root};
static bool made;
const char *memfs_first_name;

static void free_data(struct inode *node)
{
    if (node->capacity > SLAB_MAX)
        page_free((uint64_t)node->data - PHYS_BASE, order_for(node->capacity));
    else if (node->capacity != 0)
        slab_free(node->data, node->capacity);
}

static void release(struct inode *node)
{
    if (node->links != 0 || node->opens != 0)
        return;
    free_data(node);
    slab_free(node, sizeof *node);
}

/* Names. */

static struct entry **find_entry(struct inode *dir, const char *name, size_t n)
{
    return directory_find(&dir->entries, name, n);
}

static int add_entry(struct inode *dir, const char *name, size_t n, struct inode *node)
{
    if (n > DIRECTORY_NAME_MAX)
        return -ENAMETOOLONG;
    int error = directory_add(&dir->entries, name, n, node);
    if (error == 0)
        node->links++;
    return error;
}

static struct inode *new_inode(bool directory)
{
    static uint32_t next_number = 2;
    struct inode *node = slab_alloc(sizeof *node);
    if (node != 0)
        *node = (struct inode){.directory = directory, .number = next_number++};
    return node;
}

static int make(struct inode *dir, const char *name, size_t n, bool directory, struct inode **out)
{
    struct inode *node = new_inode(directory);
    int error = node == 0 ? -ENOSPC : add_entry(dir, name, n, node);
    if (error != 0 && node != 0)
        slab_free(node, sizeof *node);
    if (error == 0 && directory)
        node->parent = dir;
    *out = node;
    return error;
}

static void make_devices(void)
{
    static const struct {
        const char *name;
        enum device device;
    } rows[] = {{"null", DEVICE_NULL},     {"zero", DEVICE_ZERO},      {"tty", DEVICE_CONSOLE},
                {"stdin", DEVICE_CONSOLE}, {"stdout", DEVICE_CONSOLE}, {"stderr", DEVICE_CONSOLE}};
    struct inode *dir, *node;
    if (make(&root, "dev", 3, true, &dir) != 0)
        return;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (make(dir, rows[i].name, strlen(rows[i].name), false, &node) == 0)
            node->device = rows[i].device;
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
    while (*find_entry(dir, name, n) != 0 && n < DIRECTORY_NAME_MAX)
        name[n++] = '~';
    return n;
}

static void add_module(struct inode *dir, const struct boot_module *m, uint32_t number)
{
    char spare[DIRECTORY_NAME_MAX];
    struct inode *file;
    const char *told = number == 0 && memfs_first_name != 0 ? memfs_first_name : m->name;
    const char *name = told;
    size_t n = strlen(name);
    bool usable = n > 0 && !(name[0] == '.' && (n == 1 || (n == 2 && name[1] == '.')));
    if (!usable || *find_entry(dir, name, n) != 0) {
        n = spare_name(dir, number, spare);
        if (*told != '\0') {
            spare[n < DIRECTORY_NAME_MAX ? n : n - 1] = '\0';
            kprintf("LIMPET: module %u, \"%s\", is /modules/%s: its name is taken\n", number, told,
                    spare);
        }
        name = spare;
    }
    if (make(dir, name, n, false, &file) != 0) {
        kprintf("LIMPET: no memory is left for the name of module %u\n", number);
        return;
    }
    file->data = phys_to_virt(m->base);
    file->size = m->size;
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
    make(&root, "tmp", 3, true, &dir);
    make_devices();
    if (boot.info->modules_told != 0 && make(&root, "modules", 7, true, &dir) == 0)
        make_modules(dir);
}

/* Where a path leads. */
struct place {
    enum { ROOT, DOT, DOT_DOT, NAMED } last; /* its last part */
    bool slash;                              /* a slash stands behind that */
    struct inode *node;                      /* what is there; NULL: nothing */
    struct inode *dir;                       /* NAMED: the directory that has it, or may */
    const char *name;                        /* NAMED: of length bytes */
    size_t length;
};

/*
 * POSIX.1-2017, 4.13, for paths that all begin at the root, without symbolic links. What does not
 * exist is found (node NULL) if only the last part is missing. 0, or -errno.
 */
static int resolve(const char *path, struct place *p)
{
    if (!made)
        make_tree();
    *p = (struct place){.last = ROOT, .node = &root};
    if (*path == '\0')
        return -ENOENT;
    for (;;) {
        p->slash = *path == '/';
        path += strspn(path, "/");
        size_t n = strcspn(path, "/");
        if (p->node != 0 && !p->node->directory && (n > 0 || p->slash))
            return -ENOTDIR;
        if (n == 0)
            return 0;
        if (p->node == 0)
            return -ENOENT;
        if (n > DIRECTORY_NAME_MAX)
            return -ENAMETOOLONG;
        struct inode *dir = p->node;
        bool dot = n == 1 && path[0] == '.', dots = n == 2 && path[0] == '.' && path[1] == '.';
        const struct entry *e = dot || dots ? 0 : *find_entry(dir, path, n);
        *p = (struct place){.last = dot ? DOT : dots ? DOT_DOT : NAMED, .dir = dir};
        p->node = dot ? dir : dots ? dir->parent : e != 0 ? e->node : 0;
        p->name = path;
        p->length = n;
        path += n;
    }
}

int memfs_open(const char *path, bool create, bool exclusive, struct inode **out)
{
    struct place p;
    int error = resolve(path, &p);
    if (error != 0)
        return error;
    if (p.node != 0 && create && exclusive)
        return -EEXIST;
    if (p.node == 0 && !create)
        return -ENOENT;
    if (create && (p.node != 0 ? p.node->directory : p.slash))
        return -EISDIR;
    if (p.node == 0 && (error = make(p.dir, p.name, p.length, false, &p.node)) != 0)
        return error;
    *out = p.node;
    p.node->opens++;
    return 0;
}

void memfs_close(struct inode *node)
{
    node->opens--;
    release(node);
}

int memfs_mkdir(const char *path)
{
    struct place p;
    int error = resolve(path, &p);
    if (error != 0)
        return error;
    return p.node != 0 ? -EEXIST : make(p.dir, p.name, p.length, true, &p.node);
}

/* A path that leads to something. */
static int resolve_existing(const char *path, struct place *p)
{
    int error = resolve(path, p);
    return error == 0 && p->node == 0 ? -ENOENT : error;
}

/* Two paths, of which the first leads to something. */
static int resolve_both(const char *from, const char *to, struct place *a, struct place *b)
{
    int error = resolve_existing(from, a);
    return error != 0 ? error : resolve(to, b);
}

int memfs_link(const char *from, const char *to)
{
    struct place a, b;
    int error = resolve_both(from, to, &a, &b);
    if (error != 0)
        return error;
    if (a.node->directory)
        return -EPERM;
    if (b.node != 0)
        return -EEXIST;
    return b.slash ? -ENOENT : add_entry(b.dir, b.name, b.length, a.node);
}

static void remove_entry(const struct place *p, struct inode *node)
{
    directory_remove(find_entry(p->dir, p->name, p->length));
    node->links--;
    release(node);
}

int memfs_unlink(const char *path)
{
    struct place p;
    int error = resolve_existing(path, &p);
    if (error != 0)
        return error;
    if (p.node->directory)
        return -EISDIR;
    remove_entry(&p, p.node);
    return 0;
}

int memfs_rmdir(const char *path)
{
    struct place p;
    int error = resolve_existing(path, &p);
    if (error != 0)
        return error;
    if (!p.node->directory)
        return -ENOTDIR;
    if (p.last != NAMED)
        return p.last == DOT ? -EINVAL : p.last == ROOT ? -EBUSY : -ENOTEMPTY;
    if (p.node->entries != 0)
        return -ENOTEMPTY;
    remove_entry(&p, p.node);
    return 0;
}

/* May a, which exists, take b's place? */
static int check_rename(const struct place *a, const struct place *b)
{
    if (a->last != NAMED || b->last != NAMED)
        return -EBUSY;
    if (!a->node->directory) /* resolve() has seen to a slash behind what exists */
        return b->node != 0 ? (b->node->directory ? -EISDIR : 0) : b->slash ? -ENOTDIR : 0;
    for (const struct inode *above = b->dir; above != &root; above = above->parent)
        if (above == a->node)
            return -EINVAL; /* into itself */
    if (b->node == 0)
        return 0;
    return !b->node->directory ? -ENOTDIR : b->node->entries != 0 ? -ENOTEMPTY : 0;
}

/* Whatever happens, under the new name there is always one or the other. */
int memfs_rename(const char *from, const char *to)
{
    struct place a, b;
    int error = resolve_both(from, to, &a, &b);
    if (error == 0 && a.node == b.node && a.last == NAMED && b.last == NAMED)
        return 0;
    if (error == 0)
        error = check_rename(&a, &b);
    if (error == 0 && b.node == 0)
        error = add_entry(b.dir, b.name, b.length, a.node);
    if (error != 0)
        return error;
    if (b.node != 0) {
        (*find_entry(b.dir, b.name, b.length))->node = a.node;
        a.node->links++;
        b.node->links--;
        release(b.node);
    }
    if (a.node->directory)
        a.node->parent = b.dir;
    remove_entry(&a, a.node);
    return 0;
}

/* Bytes. */

int64_t memfs_read(struct inode *node, uint64_t offset, void *buf, size_t n)
{
    if (node->directory)
        return -EISDIR;
    if (node->device == DEVICE_ZERO) {
        memset(buf, 0, n);
        return (int64_t)n;
    }
    if (offset >= node->size)
        return 0;
    if (n > node->size - offset)
        n = node->size - offset;
    memcpy(buf, node->data + offset, n);
    return (int64_t)n;
}

/* The room that a file of size bytes gets: doubling it keeps the copying linear in what was
 * written. */
static uint64_t capacity_for(uint64_t size)
{
    if (size > SLAB_MAX)
        return PAGE_SIZE << order_for(size);
    uint64_t capacity = 64;
    while (capacity < size)
        capacity *= 2;
    return capacity;
}

static int make_room(struct inode *node, uint64_t size)
{
    if (size <= node->capacity)
        return 0; /* a boot module's memory has none: the first write moves it */
    if (size > PAGE_SIZE << ORDER_MAX)
        return -ENOSPC;
    uint64_t capacity = capacity_for(size), pa = 0;
    uint8_t *data = capacity <= SLAB_MAX ? slab_alloc(capacity) : 0;
    if (capacity > SLAB_MAX && (pa = page_alloc(order_for(capacity))) != 0)
        data = phys_to_virt(pa);
    if (data == 0)
        return -ENOSPC;
    if (node->size != 0)
        memcpy(data, node->data, node->size < size ? node->size : size);
    free_data(node);
    node->data = data;
    node->capacity = capacity;
    return 0;
}

/* Sets the size; what lies between the old end and from reads as zeros. */
static int resize(struct inode *node, uint64_t size, uint64_t from)
{
    int error = make_room(node, size);
    if (error != 0)
        return error;
    if (from > node->size)
        memset(node->data + node->size, 0, from - node->size);
    node->size = size;
    node->mtime_tsc = cpu_stamp();
    return 0;
}

int64_t memfs_write(struct inode *node, uint64_t offset, const void *buf, size_t n)
{
    if (node->directory)
        return -EISDIR;
    if (n == 0 || node->device != DEVICE_NONE)
        return (int64_t)n;
    if (offset > INT64_MAX - n)
        return -EFBIG;
    int error = resize(node, offset + n > node->size ? offset + n : node->size, offset);
    if (error != 0)
        return error;
    memcpy(node->data + offset, buf, n);
    return (int64_t)n;
}

int memfs_truncate(struct inode *node, uint64_t size)
{
    if (node->directory)
        return -EISDIR;
    if (size == 0) { /* nothing is kept of what may have been large */
        free_data(node);
        node->data = 0;
        node->capacity = 0;
    }
    return size == node->size || node->device != DEVICE_NONE ? 0 : resize(node, size, size);
}

/* The tree is made when it is first asked for; but what the loader left may lie where later nobody
 * can read. */
void memfs_init(const struct boot_info *info)
{
    boot.info = info;
    if (info->modules_told > info->module_count) {
        paging_show_null();
        make_tree();
        paging_drop_null();
    }
}
