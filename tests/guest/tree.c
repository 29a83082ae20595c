/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes down a tree of files: a line for each name with its kind, permissions, names, size, time
 * and a sum of what it holds, or where it leads. Built for the host too: the same tree, the same
 * lines.
 *
 * usage: tree FOLDER [TIME]   with TIME every file is written to, which changes no other
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int bad;

static unsigned sum_of(const char *path)
{
    static unsigned char block[4096];
    unsigned sum = 1;
    ssize_t n;
    int fd = open(path, O_RDONLY);
    while ((n = read(fd, block, sizeof block)) > 0)
        for (ssize_t i = 0; i < n; i++)
            sum = sum * 31 + block[i];
    if (fd < 0 || n < 0)
        bad = 1;
    close(fd);
    return sum;
}

static void show(const char *path, const char *name, int touch);

static int is_entry(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

static void show_folder(const char *path, const char *name, int touch)
{
    struct dirent **list;
    int n = scandir(path, &list, is_entry, alphasort);
    bad |= n < 0;
    for (int i = 0; i < n; i++) {
        size_t room = strlen(path) + strlen(list[i]->d_name) + 2;
        char *below = malloc(room), *inner = malloc(room);
        snprintf(below, room, "%s/%s", path, list[i]->d_name);
        snprintf(inner, room, "%s/%s", name, list[i]->d_name);
        if (strcmp(inner, "/dev") != 0 && strcmp(inner, "/tmp") != 0 &&
            strcmp(inner, "/modules") != 0)
            show(below, inner, touch);
        free(below);
        free(inner);
        free(list[i]);
    }
    free(n < 0 ? NULL : list);
}

static void show(const char *path, const char *name, int touch)
{
    struct stat st;
    char to[256] = "";
    if (lstat(path, &st) != 0) {
        bad = 1;
        return;
    }
    int links = S_ISREG(st.st_mode) ? (int)st.st_nlink : 1;
    printf("%o %d %lld %s", (unsigned)st.st_mode, links, (long long)st.st_mtime, name);
    if (S_ISLNK(st.st_mode)) {
        bad |= readlink(path, to, sizeof to - 1) <= 0;
        printf(" -> %s\n", to);
    } else if (S_ISREG(st.st_mode)) {
        printf(" %lld %u\n", (long long)st.st_size, sum_of(path));
    } else {
        puts("");
        show_folder(path, name, touch);
    }
    if (touch && S_ISREG(st.st_mode)) {
        int fd = open(path, O_WRONLY | O_APPEND);
        bad |= fd < 0 || write(fd, "more", 4) != 4 || close(fd) != 0;
    }
}

int main(int argc, char **argv)
{
    show_folder(argv[1], "", argc > 2);
    return bad;
}
