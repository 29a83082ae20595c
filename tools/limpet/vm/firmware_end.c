/* When a virtual machine's firmware handed over to a loader.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/firmware_end.h"

#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

void firmware_end_watch(struct firmware_end *f, const char *disk)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

    if (fd < 0)
        return;
    if (inotify_add_watch(fd, disk, IN_ACCESS) < 0)
        close(fd);
    else
        f->disk = fd + 1;
}

int firmware_end_poll(const struct firmware_end *f) { return f->disk - 1; }

void firmware_end_touched(struct firmware_end *f, double now)
{
    char events[4096];
    bool any = read(f->disk - 1, events, sizeof events) > 0;

    if (!any || !f->runs)
        return;
    f->handed_s = now;
    firmware_end_free(f); /* all that follows is the loader's */
}

/* How many of the words' first m letters, the last of them, are their beginning too. */
static size_t border(const char *words, size_t m)
{
    size_t k = m - 1;

    while (k && memcmp(words, words + m - k, k) != 0)
        k--;
    return k;
}

void firmware_end_words(struct firmware_end *f, const char *data, size_t n, double now)
{
    for (size_t i = 0; i < n && f->words; i++) {
        while (f->matched && data[i] != f->words[f->matched])
            f->matched = border(f->words, f->matched);
        f->matched += data[i] == f->words[f->matched];
        if (!f->words[f->matched]) {
            f->handed_s = now;
            f->matched = 0;
        }
    }
}

void firmware_end_free(struct firmware_end *f)
{
    if (f->disk)
        close(f->disk - 1);
    f->disk = 0;
}
