/* What the kernel of a Linux guest is given.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/linux_guest.h"
#include "base/quote.h"
#include "host/archive.h"
#include "host/place.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

void linux_words(const char *line, struct args *environment, struct args *arguments)
{
    struct args words = {0};
    size_t i = 0;

    quote_split(line, &words);
    for (; i < words.n; i++)
        if (!strncmp(words.v[i], "env.", 4))
            args_add(environment, words.v[i] + 4);
        else if (strncmp(words.v[i], "limpet.", 7) != 0)
            break;
    if (i < words.n && !strcmp(words.v[i], "--"))
        i++;
    for (; i < words.n; i++)
        args_add(arguments, words.v[i]);
    args_free(&words);
}

static void pad(struct buf *out)
{
    static const char zeros[4];

    buf_add(out, zeros, -out->len % 4);
}

static void add_file(struct buf *out, const char *name, mode_t mode, dev_t device, const void *data,
                     size_t n)
{
    struct stat st = {.st_mode = mode, .st_nlink = 1, .st_rdev = device};
    char header[ARCHIVE_HEADER + 1];

    archive_header(header, name, &st, 0, n);
    buf_add(out, header, ARCHIVE_HEADER);
    buf_add(out, name, strlen(name) + 1);
    pad(out);
    buf_add(out, data, n);
    pad(out);
}

void linux_initramfs(const char *program, size_t n, const char *line, struct buf *out)
{
    struct args environment = {0}, arguments = {0};
    struct buf text = {0};

    linux_words(line, &environment, &arguments);
    buf_printf(&text, "%zu", environment.n);
    buf_add(&text, "", 1);
    for (size_t i = 0; i < environment.n; i++)
        buf_add(&text, environment.v[i], strlen(environment.v[i]) + 1);
    for (size_t i = 0; i < arguments.n; i++)
        buf_add(&text, arguments.v[i], strlen(arguments.v[i]) + 1);
    add_file(out, "dev", S_IFDIR | 0755, 0, NULL, 0);
    add_file(out, "dev/console", S_IFCHR | 0600, makedev(5, 1), NULL, 0);
    add_file(out, "arguments", S_IFREG | 0400, 0, text.data, text.len);
    add_file(out, "init", S_IFREG | 0755, 0, program, n);
    add_file(out, "TRAILER!!!", 0, 0, NULL, 0);
    buf_free(&text);
    args_free(&environment);
    args_free(&arguments);
}

char *linux_kernel(void)
{
    return place()->linux_kernel ? xstrdup(place()->linux_kernel) : place_lab_image("vmlinuz");
}
