/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * open_memstream() and open_wmemstream(): streams into memory that grows. What stands behind the
 * position stays, as in glibc; newlib's put a NUL over it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define FIRST_ROOM 64 /* characters */

/* All counts are of characters: of bytes, or wide ones. */
struct memory {
    void *text;
    size_t unit;          /* bytes of a character */
    size_t at, end, room; /* the position, what was written, what there is memory for */
    mbstate_t state;      /* wide ones come from the stream as bytes */
    char **bytes;         /* the caller's pointer is this one */
    wchar_t **wide;       /* or this one */
    size_t *size;
};

/* What the caller sees after each flush. */
static void publish(struct memory *m)
{
    if (m->wide != NULL)
        *m->wide = m->text;
    else
        *m->bytes = m->text;
    *m->size = m->at < m->end ? m->at : m->end;
}

/* Memory for n characters and a NUL. */
static int make_room(struct memory *m, size_t n)
{
    size_t room = n + 1 > m->room + m->room / 2 ? n + 1 : m->room + m->room / 2;
    if (n < m->room)
        return 0;
    if (room > SIZE_MAX / 2 / m->unit) {
        errno = EFBIG;
        return -1;
    }
    void *text = realloc(m->text, room * m->unit);
    if (text == NULL)
        return -1;
    m->text = text;
    m->room = room;
    return 0;
}

/* Moves the position over n characters that the caller fills in: a gap before them is of NULs, and
 * one stands at the end. Returns where they begin. */
static char *advance(struct memory *m, size_t n)
{
    if (make_room(m, m->at + n) != 0)
        return NULL;
    char *text = m->text, *start = text + m->at * m->unit;
    if (m->at > m->end)
        memset(text + m->end * m->unit, 0, (m->at - m->end) * m->unit);
    m->at += n;
    if (m->at > m->end) {
        m->end = m->at;
        memset(text + m->end * m->unit, 0, m->unit);
    }
    return start;
}

static ssize_t write_bytes(void *cookie, const char *from, size_t n)
{
    struct memory *m = cookie;
    char *to = advance(m, n);
    if (to == NULL)
        return -1;
    memcpy(to, from, n);
    publish(m);
    return (ssize_t)n;
}

static ssize_t write_wide(void *cookie, const char *from, size_t n)
{
    struct memory *m = cookie;
    for (size_t done = 0; done < n;) {
        wchar_t c;
        size_t used = mbrtowc(&c, from + done, n - done, &m->state);
        if (used == (size_t)-1)
            return -1;
        if (used == (size_t)-2) /* the rest of it comes later */
            break;
        char *to = advance(m, 1);
        if (to == NULL)
            return -1;
        memcpy(to, &c, sizeof c);
        done += used != 0 ? used : 1;
    }
    publish(m);
    return (ssize_t)n;
}

static int seek(void *cookie, off_t *offset, int whence)
{
    struct memory *m = cookie;
    off_t from = whence == SEEK_SET ? 0 : (off_t)(whence == SEEK_CUR ? m->at : m->end), to;
    if (__builtin_add_overflow(from, *offset, &to) || to < 0) {
        errno = EINVAL;
        return -1;
    }
    m->at = (size_t)to;
    m->state = (mbstate_t){0};
    *offset = to;
    publish(m);
    return 0;
}

static int end(void *cookie)
{
    free(cookie); /* the text is the caller's */
    return 0;
}

static FILE *open_memory(struct memory from, cookie_write_function_t *write)
{
    struct memory *m = malloc(sizeof *m);
    if (m == NULL)
        return NULL;
    *m = from;
    m->room = FIRST_ROOM;
    m->text = calloc(FIRST_ROOM, m->unit);
    FILE *f = m->text == NULL
                  ? NULL
                  : fopencookie(m, "w", (cookie_io_functions_t){NULL, write, seek, end});
    if (f == NULL) {
        free(m->text);
        free(m);
        return NULL;
    }
    publish(m);
    return f;
}

FILE *open_memstream(char **text, size_t *size)
{
    if (text == NULL || size == NULL) {
        errno = EINVAL;
        return NULL;
    }
    return open_memory((struct memory){.unit = 1, .bytes = text, .size = size}, write_bytes);
}

FILE *open_wmemstream(wchar_t **text, size_t *size)
{
    if (text == NULL || size == NULL) {
        errno = EINVAL;
        return NULL;
    }
    FILE *f = open_memory((struct memory){.unit = sizeof(wchar_t), .wide = text, .size = size},
                          write_wide);
    if (f != NULL)
        fwide(f, 1);
    return f;
}
