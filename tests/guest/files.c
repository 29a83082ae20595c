/* SPDX-License-Identifier: BSD-2-Clause */
/* Files as POSIX has them: links, folders, permissions, times, the calls relative to a folder. */
#define _GNU_SOURCE
#include "check.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#define FAILS(call, error) ((call) == -1 && errno == (error))

static int make_file(const char *path, const char *text)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);
    int good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    return good && close(fd) == 0;
}

static const char *links(void)
{
    char to[64] = "";
    struct stat st;
    EXPECT(mkdir("/tmp/l", 0755) == 0 && make_file("/tmp/l/file", "text"));
    EXPECT(symlink("file", "/tmp/l/link") == 0 && symlink("/tmp/l", "/tmp/l/up") == 0);
    EXPECT(readlink("/tmp/l/link", to, sizeof to) == 4 && strcmp(to, "file") == 0);
    EXPECT(readlink("/tmp/l/link", to, 2) == 2 && FAILS(readlink("/tmp/l/file", to, 9), EINVAL));
    EXPECT(stat("/tmp/l/link", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 4);
    EXPECT(lstat("/tmp/l/link", &st) == 0 && S_ISLNK(st.st_mode) && st.st_size == 4);
    EXPECT(stat("/tmp/l/up/up/up/link", &st) == 0 && lstat("/tmp/l/up/", &st) == 0);
    EXPECT(S_ISDIR(st.st_mode) && FAILS(stat("/tmp/l/link/", &st), ENOTDIR));
    EXPECT(FAILS(open("/tmp/l/link", O_RDONLY | O_NOFOLLOW), ELOOP));
    EXPECT(FAILS(open("/tmp/l/link", O_CREAT | O_EXCL | O_RDWR, 0600), EEXIST));
    EXPECT(symlink("loop", "/tmp/l/loop") == 0 && FAILS(stat("/tmp/l/loop", &st), ELOOP));
    EXPECT(symlink("nothing", "/tmp/l/hole") == 0 && FAILS(stat("/tmp/l/hole", &st), ENOENT));
    EXPECT(make_file("/tmp/l/hole", "") && stat("/tmp/l/nothing", &st) == 0);
    EXPECT(FAILS(symlink("", "/tmp/l/x"), ENOENT) && FAILS(symlink("x", "/tmp/l/up"), EEXIST));
    EXPECT(link("/tmp/l/link", "/tmp/l/hard") == 0 && lstat("/tmp/l/hard", &st) == 0);
    EXPECT(S_ISLNK(st.st_mode) && st.st_nlink == 2);
    EXPECT(linkat(AT_FDCWD, "/tmp/l/link", AT_FDCWD, "/tmp/l/harder", AT_SYMLINK_FOLLOW) == 0);
    EXPECT(lstat("/tmp/l/harder", &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 2);
    EXPECT(FAILS(link("/tmp/l", "/tmp/dir"), EPERM) && FAILS(rmdir("/tmp/l/up"), ENOTDIR));
    static const char *const all[] = {"link", "up",   "loop",   "hole",
                                      "hard", "file", "harder", "nothing"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        snprintf(to, sizeof to, "/tmp/l/%s", all[i]);
        EXPECT(unlink(to) == 0);
    }
    return rmdir("/tmp/l") == 0 ? NULL : "something is left";
}

static const char *folders(void)
{
    char path[PATH_MAX], *name;
    struct stat a, b;
    EXPECT(getcwd(path, sizeof path) == path && strcmp(path, "/") == 0);
    EXPECT(mkdir("/tmp/a", 0755) == 0 && mkdir("/tmp/a/b", 0755) == 0 && chdir("/tmp/a") == 0);
    EXPECT(chdir("b") == 0 && getcwd(path, sizeof path) && strcmp(path, "/tmp/a/b") == 0);
    EXPECT(getcwd(path, 8) == NULL && errno == ERANGE && getcwd(path, 0) == NULL);
    EXPECT((name = getcwd(NULL, 0)) != NULL && strcmp(name, "/tmp/a/b") == 0);
    free(name);
    EXPECT(make_file("f", "x") && stat("../b/f", &a) == 0 && stat("/tmp/a/b/f", &b) == 0);
    EXPECT(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    EXPECT(symlink("../b", "/tmp/a/s") == 0 || errno == 0);
    EXPECT(unlink("/tmp/a/s") == 0 && symlink("b/../b", "/tmp/a/s") == 0);
    EXPECT(realpath("../s/./f", path) == path && strcmp(path, "/tmp/a/b/f") == 0);
    EXPECT((name = realpath("/tmp//a/../a/s", NULL)) && strcmp(name, "/tmp/a/b") == 0);
    free(name);
    EXPECT(realpath("none", path) == NULL && errno == ENOENT && realpath("/", path) != NULL);
    EXPECT(strcmp(path, "/") == 0 && stat("/tmp/a", &a) == 0 && a.st_nlink == 3);
    EXPECT(FAILS(chdir("f"), ENOTDIR) && FAILS(chdir("none"), ENOENT));
    int here = open(".", O_RDONLY | O_DIRECTORY);
    EXPECT(here >= 0 && chdir("/") == 0 && fchdir(here) == 0 && unlink("f") == 0);
    EXPECT(FAILS(open("/dev/null", O_RDONLY | O_DIRECTORY), ENOTDIR));
    EXPECT(rmdir("/tmp/a/b") == 0 && getcwd(path, sizeof path) == NULL && errno == ENOENT);
    EXPECT(FAILS(open("new", O_CREAT | O_RDWR, 0600), ENOENT) && FAILS(mkdir("new", 0700), ENOENT));
    EXPECT(chdir("/") == 0 && close(here) == 0 && unlink("/tmp/a/s") == 0 && rmdir("/tmp/a") == 0);
    memset(path, 'p', sizeof path);
    path[sizeof path - 1] = '\0';
    EXPECT(FAILS(stat(path, &a), ENAMETOOLONG));
    for (size_t i = 0; i < sizeof path - 1; i += 2)
        memcpy(path + i, "/.", 2);
    EXPECT(FAILS(stat(path + 1, &a), 0) || stat(path + 3, &a) == 0);
    return FAILS(stat(NULL, &a), EFAULT) ? NULL : "a path that is none";
}

static const char *relative(void)
{
    struct stat st;
    char to[8] = "";
    int fd, dir, file;
    EXPECT(mkdir("/tmp/at", 0755) == 0 && (dir = open("/tmp/at", O_RDONLY)) >= 0);
    EXPECT((fd = openat(dir, "f", O_CREAT | O_RDWR, 0640)) >= 0 && write(fd, "12345", 5) == 5);
    EXPECT(mkdirat(dir, "d", 0700) == 0 && symlinkat("f", dir, "s") == 0);
    EXPECT(readlinkat(dir, "s", to, sizeof to) == 1 && to[0] == 'f');
    EXPECT(fstatat(dir, "s", &st, 0) == 0 && S_ISREG(st.st_mode) && st.st_size == 5);
    EXPECT(fstatat(dir, "s", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode));
    EXPECT(linkat(dir, "f", dir, "d/hard", 0) == 0 && renameat(dir, "d/hard", dir, "h") == 0);
    EXPECT(faccessat(dir, "h", R_OK | W_OK, 0) == 0 && FAILS(faccessat(dir, "h", X_OK, 0), EACCES));
    EXPECT(fchmodat(dir, "h", 0755, 0) == 0 && faccessat(dir, "f", X_OK, 0) == 0);
    EXPECT(FAILS(unlinkat(dir, "d", 0), EISDIR) && unlinkat(dir, "d", AT_REMOVEDIR) == 0);
    EXPECT(FAILS(openat(fd, "x", O_RDONLY), ENOTDIR) && FAILS(openat(77, "x", O_RDONLY), EBADF));
    EXPECT((file = openat(77, "/tmp/at/f", O_RDONLY)) >= 0 && close(file) == 0);
    EXPECT(unlinkat(dir, "f", 0) == 0 && unlinkat(dir, "h", 0) == 0 && unlinkat(dir, "s", 0) == 0);
    EXPECT(close(dir) == 0 && close(fd) == 0 && rmdir("/tmp/at") == 0);
    return FAILS(fstatat(AT_FDCWD, "/", &st, 1 << 20), EINVAL) ? NULL : "unknown flags";
}

static const char *permissions(void)
{
    struct stat st;
    mode_t before = umask(027);
    int fd = open("/tmp/mode", O_CREAT | O_RDWR, 0666);
    EXPECT(before == 022 && fstat(fd, &st) == 0 && st.st_mode == (S_IFREG | 0640));
    EXPECT(fchmod(fd, 04711) == 0 && fstat(fd, &st) == 0 && st.st_mode == (S_IFREG | 04711));
    EXPECT(chmod("/tmp/mode", 0) == 0 && stat("/tmp/mode", &st) == 0 && st.st_mode == S_IFREG);
    EXPECT(mkdir("/tmp/moded", 0777) == 0 && stat("/tmp/moded", &st) == 0);
    EXPECT(st.st_mode == (S_IFDIR | 0750) && rmdir("/tmp/moded") == 0 && umask(022) == 027);
    EXPECT(chown("/tmp/mode", 0, 0) == 0 && fchown(fd, (uid_t)-1, (gid_t)-1) == 0);
    EXPECT(FAILS(chown("/tmp/mode", 7, 0), EPERM) && st.st_uid == 0 && st.st_gid == 0);
    EXPECT(FAILS(chmod("/tmp/none", 0600), ENOENT) && FAILS(access("/tmp/none", F_OK), ENOENT));
    return close(fd) == 0 && unlink("/tmp/mode") == 0 ? NULL : "the end";
}

static const char *times(void)
{
    struct stat st, later;
    char byte;
    time_t now = time(NULL);
    int fd = open("/tmp/times", O_CREAT | O_RDWR, 0600);
    EXPECT(fstat(fd, &st) == 0 && st.st_mtime >= now - 1 && st.st_mtime <= time(NULL));
    EXPECT(st.st_atim.tv_nsec == st.st_mtim.tv_nsec && st.st_ctim.tv_sec == st.st_mtim.tv_sec);
    EXPECT(write(fd, "x", 1) == 1 && fstat(fd, &later) == 0);
    EXPECT(later.st_mtim.tv_sec * 1000000000 + later.st_mtim.tv_nsec >
           st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec);
    EXPECT(later.st_atim.tv_nsec == st.st_atim.tv_nsec);
    EXPECT(pread(fd, &byte, 1, 0) == 1 && fstat(fd, &st) == 0);
    EXPECT(st.st_atim.tv_nsec != later.st_atim.tv_nsec);
    EXPECT(st.st_mtim.tv_nsec == later.st_mtim.tv_nsec);
    struct timespec set[2] = {{1, 2}, {-3, 999999999}};
    EXPECT(futimens(fd, set) == 0 && fstat(fd, &st) == 0);
    EXPECT(st.st_atim.tv_sec == 1 && st.st_atim.tv_nsec == 2);
    EXPECT(st.st_mtim.tv_sec == -3 && st.st_mtim.tv_nsec == 999999999 && st.st_ctime >= now - 1);
    set[0] = (struct timespec){0, UTIME_OMIT};
    set[1] = (struct timespec){0, UTIME_NOW};
    EXPECT(utimensat(AT_FDCWD, "/tmp/times", set, 0) == 0 && stat("/tmp/times", &st) == 0);
    EXPECT(st.st_atim.tv_sec == 1 && st.st_mtime >= now - 1);
    set[0].tv_nsec = 1000000000;
    EXPECT(FAILS(futimens(fd, set), EINVAL));
    EXPECT(utime("/tmp/times", &(struct utimbuf){11, 22}) == 0 && fstat(fd, &st) == 0);
    EXPECT(st.st_atime == 11 && st.st_mtime == 22);
    EXPECT(utimes("/tmp/times", (struct timeval[]){{5, 6}, {7, 8}}) == 0 && fstat(fd, &st) == 0);
    EXPECT(st.st_atim.tv_nsec == 6000 && st.st_mtime == 7 && utime("/tmp/times", NULL) == 0);
    return close(fd) == 0 && unlink("/tmp/times") == 0 ? NULL : "the end";
}

static const char *pieces(void)
{
    char a[4] = "", b[8] = "";
    struct stat st;
    struct iovec out[3] = {{"one ", 4}, {NULL, 0}, {"two three", 9}}, in[2] = {{a, 3}, {b, 7}};
    int fd = open("/tmp/pieces", O_CREAT | O_RDWR, 0600);
    EXPECT(writev(fd, out, 3) == 13 && pwrite(fd, "TWO", 3, 4) == 3);
    EXPECT(lseek(fd, 0, SEEK_CUR) == 13 && lseek(fd, 1, SEEK_SET) == 1 && readv(fd, in, 2) == 10);
    EXPECT(strcmp(a, "ne ") == 0 && strcmp(b, "TWO thr") == 0 && readv(fd, in, 2) == 2);
    EXPECT(preadv(fd, in, 2, 4) == 9 && memcmp(a, "TWO", 3) == 0 && memcmp(b, " three", 6) == 0);
    EXPECT(pwritev(fd, out, 3, 100) == 13 && fstat(fd, &st) == 0 && st.st_size == 113);
    EXPECT(pread(fd, a, 3, 113) == 0 && FAILS(pread(fd, a, 1, -1), EINVAL));
    EXPECT(FAILS(readv(fd, in, -1), EINVAL) && FAILS(pread(0, a, 1, 0), ESPIPE));
    EXPECT(FAILS(pread(fd, (void *)1, 1, 0), EFAULT) && FAILS(writev(99, out, 1), EBADF));
    EXPECT(ftruncate(fd, 2) == 0 && truncate("/tmp/pieces", 5) == 0 && pread(fd, b, 8, 0) == 5);
    EXPECT(memcmp(b, "on\0\0\0", 5) == 0 && FAILS(ftruncate(fd, -1), EINVAL));
    EXPECT(FAILS(truncate("/tmp", 0), EISDIR) && fsync(fd) == 0 && fdatasync(fd) == 0);
    EXPECT(fcntl(fd, F_SETFL, O_APPEND) == 0 && lseek(fd, 0, SEEK_SET) == 0 &&
           write(fd, "!", 1) == 1);
    EXPECT(lseek(fd, 0, SEEK_CUR) == 6 && close(fd) == 0 && unlink("/tmp/pieces") == 0);
    return FAILS(fsync(99), EBADF) && FAILS(fsync(1), EINVAL) ? NULL : "fsync";
}

/* A folder's entries come once each, whatever is removed and added meanwhile. */
static const char *entries(void)
{
    enum { MANY = 3000 };
    static char seen[MANY];
    char name[300];
    struct dirent *e, copy, **list;
    int n = 0, dots = 0;
    EXPECT(mkdir("/tmp/e", 0755) == 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "/tmp/e/%d", i);
        EXPECT(make_file(name, ""));
    }
    DIR *dir = opendir("/tmp/e");
    EXPECT(dir != NULL && dirfd(dir) > 2);
    for (errno = 0; (e = readdir(dir)) != NULL; n++) {
        if (e->d_name[0] == '.') {
            dots += e->d_type == DT_DIR;
            continue;
        }
        int i = atoi(e->d_name);
        EXPECT(i >= 0 && i < MANY && seen[i]++ == 0 && e->d_type == DT_REG && e->d_ino != 0);
        snprintf(name, sizeof name, "/tmp/e/%d", i);
        EXPECT(unlink(name) == 0);
        snprintf(name, sizeof name, "/tmp/e/.new%d", i);
        EXPECT(i % 8 != 0 || make_file(name, ""));
    }
    EXPECT(errno == 0 && dots == 2);
    for (int i = 0; i < MANY; i++)
        EXPECT(seen[i] == 1);
    rewinddir(dir);
    EXPECT((e = readdir(dir)) != NULL && strcmp(e->d_name, ".") == 0);
    for (int i = 0; i < 100; i++)
        EXPECT(readdir(dir) != NULL);
    long at = telldir(dir);
    EXPECT(readdir_r(dir, &copy, &e) == 0 && e == &copy);
    for (int i = 0; i < 100; i++)
        EXPECT(readdir(dir) != NULL);
    seekdir(dir, at);
    EXPECT((e = readdir(dir)) != NULL && strcmp(e->d_name, copy.d_name) == 0);
    EXPECT(closedir(dir) == 0 && (n = scandir("/tmp/e", &list, NULL, alphasort)) == MANY / 8 + 2);
    for (int i = 0; i < n; i++) {
        EXPECT(i == 0 || strcmp(list[i - 1]->d_name, list[i]->d_name) < 0);
        snprintf(name, sizeof name, "/tmp/e/%s", list[i]->d_name);
        EXPECT(i < 2 || unlink(name) == 0);
        free(list[i]);
    }
    free(list);
    EXPECT(rmdir("/tmp/e") == 0 && opendir("/tmp/e") == NULL && errno == ENOENT);
    return opendir("/dev/null") == NULL && errno == ENOTDIR ? NULL : "no folder";
}

static const char *devices(void)
{
    char bytes[16] = "x", name[32];
    struct stat st;
    struct winsize size;
    int fd = open("/dev/zero", O_RDWR), n = 0;
    EXPECT(read(fd, bytes, 16) == 16 && bytes[0] == 0 && write(fd, bytes, 16) == 16);
    EXPECT(fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && close(fd) == 0);
    EXPECT((fd = open("/dev/full", O_RDWR)) >= 0 && FAILS(write(fd, "x", 1), ENOSPC));
    EXPECT(read(fd, bytes, 2) == 2 && close(fd) == 0);
    if ((fd = open("/dev/urandom", O_RDONLY)) >= 0)
        EXPECT(read(fd, bytes, 16) == 16 && memcmp(bytes, bytes + 8, 8) != 0 && close(fd) == 0);
    EXPECT(make_file("/tmp/dev", "abc") && (fd = open("/tmp/dev", O_RDWR)) >= 0);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    int again = open(name, O_RDONLY);
    EXPECT(again > fd && read(again, bytes, 1) == 1 && read(fd, bytes + 1, 1) == 1);
    EXPECT(memcmp(bytes, "ab", 2) == 0 && stat(name, &st) == 0 && st.st_size == 3);
    EXPECT(close(again) == 0 && FAILS(unlink(name), EPERM) && FAILS(link(name, "/tmp/x"), EPERM));
    EXPECT(FAILS(open("/dev/fd/999", O_RDONLY), ENOENT) && FAILS(mkdir("/dev/fd/x", 0700), EPERM));
    EXPECT(FAILS(open("/dev/stdin", O_WRONLY), EACCES) && close(fd) == 0);
    EXPECT((fd = open("/dev/stdout", O_WRONLY)) >= 0 && isatty(fd) == isatty(1));
    DIR *dir = opendir("/dev/fd");
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    EXPECT(n == 2 + 3 + 2 && closedir(dir) == 0 && close(fd) == 0); /* fd, and the folder's */
    EXPECT(ioctl(1, TIOCGWINSZ, &size) == 0 ? size.ws_row == 0 : errno == ENOTTY);
    EXPECT((fd = open("/tmp/dev", O_RDONLY)) >= 0 && ioctl(fd, FIONREAD, &n) == 0 && n == 3);
    EXPECT(FAILS(ioctl(fd, TIOCGWINSZ, &size), ENOTTY) && FAILS(ioctl(99, FIONREAD, &n), EBADF));
    return close(fd) == 0 && unlink("/tmp/dev") == 0 ? NULL : "the end";
}

static const char *descriptors(void)
{
    struct statvfs room;
    int fd = open("/tmp/fd", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    EXPECT(fcntl(fd, F_SETLK, &lock) == 0 && fcntl(fd, F_GETLK, &lock) == 0);
    EXPECT(lock.l_type == F_UNLCK && lockf(fd, F_TLOCK, 0) == 0 && flock(fd, LOCK_EX) == 0);
    EXPECT(FAILS(dup3(fd, fd, 0), EINVAL) && dup3(fd, 700, O_CLOEXEC) == 700 && close(700) == 0);
    EXPECT(fcntl(fd, F_GETFL) == O_RDWR && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    EXPECT(fcntl(fd, F_GETFL) == (O_RDWR | O_NONBLOCK) && FAILS(fcntl(fd, 77), EINVAL));
    EXPECT(fcntl(fd, F_DUPFD, OPEN_MAX - 1) == OPEN_MAX - 1);
    EXPECT(FAILS(fcntl(fd, F_DUPFD, OPEN_MAX - 1), EMFILE) &&
           FAILS(fcntl(fd, F_DUPFD, OPEN_MAX), EINVAL));
    EXPECT(FAILS(dup2(fd, OPEN_MAX), EBADF) && close(OPEN_MAX - 1) == 0 && close(fd) == 0);
    EXPECT(statvfs("/tmp", &room) == 0 && room.f_namemax == NAME_MAX && room.f_bfree > 0);
    EXPECT(room.f_bfree <= room.f_blocks && FAILS(statvfs("/none", &room), ENOENT));
    return unlink("/tmp/fd") == 0 ? NULL : "the end";
}

static const char *renames(void)
{
    struct stat st;
    EXPECT(mkdir("/tmp/r", 0755) == 0 && mkdir("/tmp/r/a", 0755) == 0 &&
           mkdir("/tmp/r/b", 0755) == 0);
    EXPECT(rename("/tmp/r/a", "/tmp/r/b") == 0 && stat("/tmp/r", &st) == 0 && st.st_nlink == 3);
    EXPECT(mkdir("/tmp/r/b/c", 0755) == 0 && rename("/tmp/r/b/c", "/tmp/r/c") == 0);
    EXPECT(stat("/tmp/r", &st) == 0 && st.st_nlink == 4 && stat("/tmp/r/c/..", &st) == 0);
    EXPECT(st.st_nlink == 4 && FAILS(rename("/tmp/r", "/tmp/r/b/x"), EINVAL));
    EXPECT(make_file("/tmp/r/f", "") && FAILS(rename("/tmp/r/f", "/tmp/r/b"), EISDIR));
    EXPECT(FAILS(rename("/tmp/r/b", "/tmp/r/f"), ENOTDIR) && symlink("f", "/tmp/r/s") == 0);
    EXPECT(rename("/tmp/r/s", "/tmp/r/f") == 0 && lstat("/tmp/r/f", &st) == 0 &&
           S_ISLNK(st.st_mode));
    EXPECT(unlink("/tmp/r/f") == 0 && rmdir("/tmp/r/b") == 0 && rmdir("/tmp/r/c") == 0);
    return rmdir("/tmp/r") == 0 ? NULL : "something is left";
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"links", links},
        {"folders", folders},
        {"relative", relative},
        {"permissions", permissions},
        {"times", times},
        {"pieces", pieces},
        {"entries", entries},
        {"devices", devices},
        {"descriptors", descriptors},
        {"renames", renames},
        {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
