/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files for the host, at the end: see fetch.h. Who is not asked for any pays nothing: only then the
 * platform is a copy of it that sees what is written, and the last line in it.
 */
#include "sys/fetch.h"
#include "base/base64.h"
#include "base/platform.h"
#include "base/environment.h"
#include "sys/directory.h"
#include "sys/memfs.h"
#include <limits.h>
#include <string.h>

#define WANTED "LIMPET_FETCH="
#define LAST   "LIMPET: exit "
#define BYTES  3072u /* in a line */

static struct inode *top;
static const struct platform *before;
static struct platform asked;
static char path[PATH_MAX];
static size_t path_n;
static char line[PATH_MAX + 64];
static size_t line_n;
static bool open_line; /* the app's last line was open: the first of ours tells so by its end */

static void add(const char *text, size_t n)
{
    memcpy(line + line_n, text, n);
    line_n += n;
}

static void begin(const char *word)
{
    line_n = 0;
    add("LIMPET: fetch ", 14);
    add(word, strlen(word));
}

static void end(void)
{
    if (open_line)
        add("\r", 1);
    open_line = false;
    add("\n", 1);
    before->console_write(line, line_n);
}

static void tell(const char *word)
{
    begin(word);
    add(path, path_n);
    end();
}

static void add_number(uint64_t value, unsigned base)
{
    char digits[21];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + value % base);
    while ((value /= base) != 0);
    digits[--at] = ' ';
    add(digits + at, sizeof digits - at);
}

static void tell_file(struct inode *node)
{
    static uint8_t bytes[BYTES];
    _Static_assert(BASE64_LETTERS(BYTES) + 64 <= sizeof line, "a line of data fits");
    uint64_t at = 0;
    int64_t n;
    tell("file ");
    while ((n = memfs_read(node, at, bytes, BYTES)) > 0) {
        begin("data ");
        line_n += base64(bytes, (size_t)n, line + line_n);
        end();
        at += (uint64_t)n;
    }
    begin("end");
    add_number(at, 10);
    add_number(node->mode & 0777, 8);
    end();
}

/* The path goes on by a name; false: it would be too long. */
static bool enter(const struct entry *e)
{
    if (path_n + 1 + e->length >= sizeof path)
        return false;
    if (path_n > 0 && path[path_n - 1] != '/')
        path[path_n++] = '/';
    memcpy(path + path_n, e->name, e->length);
    path_n += e->length;
    return true;
}

/* Back to the folder above; returns the key of the name that was left. */
static uint64_t leave(struct inode **dir)
{
    size_t at = path_n;
    while (at > 0 && path[at - 1] != '/')
        at--;
    *dir = (*dir)->parent;
    uint64_t key = directory_key(*directory_find(&(*dir)->entries, path + at, path_n - at));
    path_n = at > 1 ? at - 1 : at;
    return key;
}

/* Without recursion: a tree may be deeper than the stack. */
static void tell_folder(struct inode *folder)
{
    struct inode *dir = folder;
    uint64_t key = 0;
    tell("folder ");
    for (;;) {
        const struct entry *e = directory_after(dir->entries, key);
        if (e == 0 && dir == folder)
            return;
        if (e == 0) {
            key = leave(&dir) + 1;
            continue;
        }
        key = directory_key(e) + 1;
        if (is_directory(e->node) ? e->node->device != DEVICE_NONE : !S_ISREG(e->node->mode))
            continue;
        size_t n = path_n;
        if (!enter(e)) {
            tell("none "); /* a longer path than any call takes */
        } else if (is_directory(e->node)) {
            tell("folder ");
            dir = e->node;
            key = 0;
            continue;
        } else {
            tell_file(e->node);
        }
        path_n = n;
    }
}

/* What a path names, from the root on, by no symbolic link; NULL: nothing. */
static struct inode *find(const char *name)
{
    struct inode *node = top;
    for (;;) {
        while (*name == '/')
            name++;
        if (*name == '\0')
            return node;
        size_t n = 0;
        while (name[n] != '\0' && name[n] != '/')
            n++;
        if (!is_directory(node))
            return 0;
        if (n != 1 || *name != '.') {
            struct entry *e = *directory_find(&node->entries, name, n);
            if (e == 0)
                return 0;
            node = e->node;
        }
        name += n;
    }
}

static void tell_path(const char *wanted)
{
    struct inode *node = find(wanted);
    path_n = strlen(wanted);
    if (path_n >= sizeof path)
        path_n = sizeof path - 1;
    memcpy(path, wanted, path_n);
    if (node != 0 && is_directory(node) && node->device == DEVICE_NONE)
        tell_folder(node);
    else if (node != 0 && S_ISREG(node->mode))
        tell_file(node);
    else
        tell("none ");
}

/* The last line begins so (kernel/sys/syscall.c), and ends in one more CR behind an open line. */
static void console_write(const char *text, size_t n)
{
    if (n > sizeof LAST && memcmp(text, LAST, sizeof LAST - 1) == 0) {
        size_t digits = sizeof LAST - 1;
        platform = before;
        open_line = text[n - 2] == '\r';
        for (char **e = args_env; *e != 0; e++)
            if (strncmp(*e, WANTED, sizeof WANTED - 1) == 0)
                tell_path(*e + sizeof WANTED - 1);
        begin("done");
        end();
        while (text[digits] >= '0' && text[digits] <= '9')
            digits++;
        line_n = 0;
        add(text, digits);
        text = line;
        line[n = digits] = '\n';
        n++;
    }
    before->console_write(text, n);
}

void fetch_begin(struct inode *root)
{
    for (char **e = args_env; *e != 0 && before == 0; e++)
        if (strncmp(*e, WANTED, sizeof WANTED - 1) == 0) {
            top = root;
            before = platform;
            asked = *platform;
            asked.console_write = console_write;
            platform = &asked;
        }
}
