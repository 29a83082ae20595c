/* limpet run on several platforms: what each guest says, and a line for each.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/run.h"
#include "tools/status.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Puts a prefix before every line of a guest's console. */
struct prefixer {
    const char *prefix;
    bool inside; /* a line */
};

static void prefixed_bytes(void *ctx, const char *data, size_t n)
{
    struct prefixer *p = ctx;
    struct buf out = {0};

    while (n) {
        const char *end = memchr(data, '\n', n);
        size_t part = end ? (size_t)(end - data) + 1 : n;

        if (!p->inside)
            buf_str(&out, p->prefix);
        buf_add(&out, data, part);
        p->inside = !end;
        data += part;
        n -= part;
    }
    if (out.len)
        output_bytes(NULL, out.data, out.len);
    buf_free(&out);
}

/* A file is read by each guest from where it stands. What comes once only can be no guest's: all
 * get an end of input at once. Returns where, or -1. */
static off_t share_input(void)
{
    off_t at = isatty(STDIN_FILENO) ? -1 : lseek(STDIN_FILENO, 0, SEEK_CUR);
    struct pollfd f = {.fd = STDIN_FILENO, .events = POLLIN};
    struct stat st;
    int null;

    if (at >= 0 || fstat(STDIN_FILENO, &st))
        return at;
    if (!S_ISCHR(st.st_mode) && poll(&f, 1, 0) == 1 && f.revents & POLLIN)
        warn("standard input can be read once only, and is given to none of several platforms: "
             "give a file");
    null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        close(null);
    }
    return -1;
}

static void tell(const struct options *o, int number, const char *platform, int status)
{
    struct buf line = {0};

    if (o->tap) {
        buf_printf(&line, "%s %d - %s on %s", status ? "not ok" : "ok", number,
                   basename(o->rest[0]), platform);
        if (status)
            buf_printf(&line, ", status %d", status);
    } else {
        buf_printf(&line, "%-17s %3d", platform, status);
    }
    buf_str(&line, "\n");
    output_text(&line);
    fflush(stdout);
    buf_free(&line);
}

int run_each(const struct platform *const *list, int count, const struct image *image,
             struct options *o)
{
    off_t input = count > 1 ? share_input() : -1;
    int first = ST_OK;

    if (o->tap)
        printf("TAP version 13\n1..%d\n", count);
    fflush(stdout);
    for (int i = 0; i < count && !interrupted; i++) {
        char *prefix = o->tap ? xstrdup("# ") : xasprintf("%s | ", list[i]->name);
        struct prefixer p = {.prefix = prefix};
        struct console_listener listener = {
            .ctx = &p, .bytes = prefixed_bytes, .show_exit = o->verbose};
        int status;

        if (input >= 0)
            lseek(STDIN_FILENO, input, SEEK_SET);
        status = run_covered(list[i], image, o, &listener);
        if (p.inside)
            output_bytes(NULL, "\n", 1);
        if (!interrupted)
            tell(o, i + 1, list[i]->name, status);
        first = first ? first : status;
        free(prefix);
    }
    if (interrupted && o->tap)
        puts("Bail out! interrupted");
    return interrupted && interrupted != SIGPIPE ? ST_INTERRUPT + interrupted : first;
}
