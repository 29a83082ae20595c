/* The lab's image: where it is, that it is as it was built, and that it stays while it is used.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "lab/image.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/sha256.h"
#include "host/place.h"
#include "tools/status.h"
#include "vm/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX  (1u << 30)
#define ATTEMPTS  10
#define SUM_WORDS "\nsums "
#define CHECKED   "checked" /* what the files looked like when their sums were right */

char *lab_source_path(const char *file)
{
    if (place()->lab_dir)
        return xasprintf("%s/%s", place()->lab_dir, file);
    return xasprintf("%s/%s/%s", tool_dir(), place_is_installed() ? "lab" : "../tools/lab", file);
}

bool lab_is_built(const char *lab)
{
    char *name = xasprintf("%s.args", lab), *args = place_lab_image(name);
    char *sums = place_lab_image("sums");
    bool built = !access(args, R_OK) && !access(sums, R_OK);

    free(sums);
    free(name);
    free(args);
    return built;
}

static char *read_in(const char *dir, const char *name, size_t *n)
{
    char *path = xasprintf("%s/%s", dir, name), *data = file_read(path, FILE_MAX, n);

    free(path);
    return data;
}

/* Is a file's sum the one that stands in hex, which something else follows? */
static bool has_sum(const char *dir, const char *name, const char *hex)
{
    char sum[SHA256_HEX_SIZE] = "";
    size_t n = 0;
    char *data = read_in(dir, name, &n);

    if (data)
        sha256_hex(data, n, sum);
    free(data);
    return sum[0] && !strncmp(sum, hex, strlen(sum));
}

/* Appends what changes whenever a file does. */
static bool add_look(const char *dir, const char *name, struct buf *out)
{
    char *path = xasprintf("%s/%s", dir, name);
    struct stat st;
    bool there = !stat(path, &st);

    if (there)
        buf_printf(out, "%s %lld %lld.%09ld %lld.%09ld %llu\n", name, (long long)st.st_size,
                   (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (long long)st.st_ctim.tv_sec,
                   st.st_ctim.tv_nsec, (unsigned long long)st.st_ino);
    free(path);
    return there;
}

/* Goes through the list of sums: looks at each file, and with read sums it up. Returns what is
 * wrong, or NULL; caller frees. */
static char *go_through(const char *dir, char *sums, bool read, struct buf *looks)
{
    char *save = NULL, *copy = xstrdup(sums), *why = NULL;

    for (char *line = strtok_r(copy, "\n", &save); line && !why;
         line = strtok_r(NULL, "\n", &save)) {
        const char *name = strlen(line) > SHA256_HEX_SIZE + 3 ? line + SHA256_HEX_SIZE + 3 : "";

        if (!add_look(dir, name, looks))
            why = xasprintf("%s is missing", name);
        else if (read && !has_sum(dir, name, line))
            why = xasprintf("%s is not as it was built", name);
    }
    free(copy);
    return why;
}

/* Keeps what the files look like now. Where that cannot be written, they are read every time. */
static void keep_looks(const char *dir, const struct buf *looks)
{
    char *path = xasprintf("%s/" CHECKED, dir), *fresh = xasprintf("%s.%d", path, (int)getpid());
    FILE *f = fopen(fresh, "wx");
    bool good = f && fwrite(looks->data, 1, looks->len, f) == looks->len;

    if (f && (fclose(f) || !good || rename(fresh, path)))
        unlink(fresh);
    free(fresh);
    free(path);
}

char *lab_image_trouble(const char *dir)
{
    struct buf looks = {0}, now = {0};
    size_t n = 0;
    char *manifest = read_in(dir, "manifest", &n), *sums = read_in(dir, "sums", &n), *why = NULL;
    const char *sum = manifest ? strstr(manifest, SUM_WORDS) : NULL;
    char *before = read_in(dir, CHECKED, &n);

    buf_str(&looks, "");
    buf_str(&now, "");
    if (!sums || !sum || !has_sum(dir, "sums", sum + sizeof SUM_WORDS - 1))
        why = xstrdup("its list of sums is damaged");
    else
        why = go_through(dir, sums, false, &looks);
    if (!why && (!before || strcmp(before, looks.data))) {
        why = go_through(dir, sums, true, &now);
        if (!why && !strcmp(now.data, looks.data))
            keep_looks(dir, &now);
    }
    buf_free(&looks);
    buf_free(&now);
    free(before);
    free(manifest);
    free(sums);
    return why;
}

/* Opens the folder to which the link leads now, and locks it: a build removes none that is locked.
 * Returns a descriptor, or -1. */
static int lock_image(void)
{
    char *link = place_lab_image(NULL);
    struct stat mine, now;
    int fd = -1;

    for (int i = 0; i < ATTEMPTS && fd < 0; i++) {
        fd = open(link, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_SH) && errno == EINTR)
            break;
        if (fd >= 0 && !fstat(fd, &mine) && !stat(link, &now) && mine.st_dev == now.st_dev &&
            mine.st_ino == now.st_ino)
            break;
        if (fd >= 0)
            close(fd);
        fd = -1; /* replaced in this very moment */
    }
    free(link);
    return fd;
}

int lab_image_use(const char *lab, struct lab_image *image)
{
    char *link = place_lab_image(NULL), *why = NULL;

    *image = (struct lab_image){.lock = lock_image()};
    image->dir = image->lock >= 0 ? realpath(link, NULL) : NULL;
    why = image->dir ? lab_image_trouble(image->dir) : xasprintf("cannot open %s", link);
    if (why) {
        warn("lab %s: its image is damaged: %s; to build it anew: limpet lab build", lab, why);
        lab_image_release(image);
    }
    free(link);
    free(why);
    return image->dir ? ST_OK : ST_LAB;
}

void lab_image_release(struct lab_image *image)
{
    if (image->lock >= 0)
        close(image->lock);
    free(image->dir);
    *image = (struct lab_image){.lock = -1};
}
