/* SPDX-License-Identifier: BSD-2-Clause */
/* The arguments as a command line: see words.h. */
#include "words.h"

#define BYTE_ORDER_MARK 0xfeff
#define REPLACEMENT     0xfffd /* of what is no character */

void line_begin(struct line *line, char *bytes, size_t room)
{
    *line = (struct line){.bytes = bytes, .room = room};
    bytes[0] = '\0';
}

static void add_byte(struct line *line, uint32_t byte)
{
    if (line->used + 1 >= line->room) {
        line->too_long = true;
        return;
    }
    line->bytes[line->used++] = (char)byte;
    line->bytes[line->used] = '\0';
}

/* RFC 3629, 3: a character as one to four bytes. */
static void add_character(struct line *line, uint32_t c)
{
    if (c < 0x80) {
        add_byte(line, c);
        return;
    }
    if (c < 0x800) {
        add_byte(line, 0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            add_byte(line, 0xe0 | c >> 12);
        } else {
            add_byte(line, 0xf0 | c >> 18);
            add_byte(line, 0x80 | (c >> 12 & 0x3f));
        }
        add_byte(line, 0x80 | (c >> 6 & 0x3f));
    }
    add_byte(line, 0x80 | (c & 0x3f));
}

/* UTF-16LE at any address: unit i. */
static uint16_t unit_at(const uint8_t *text, size_t i)
{
    return (uint16_t)(text[2 * i] | text[2 * i + 1] << 8);
}

/* The character at *i, of n units, which goes on behind it. RFC 2781, 2.2. */
static uint32_t next_character(const uint8_t *text, size_t n, size_t *i)
{
    uint32_t c = unit_at(text, (*i)++);
    if (c < 0xd800 || c > 0xdfff)
        return c;
    uint32_t low = *i < n ? unit_at(text, *i) : 0;
    if (c > 0xdbff || low < 0xdc00 || low > 0xdfff)
        return REPLACEMENT;
    ++*i;
    return 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
}

static bool is_space(uint32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static bool is_ascii(uint32_t c) { return is_space(c) || (c > ' ' && c < 0x7f); }

/* ASCII up to the first NUL, and NULs from there on. */
static bool is_ascii_text(const uint8_t *text, size_t n)
{
    size_t i = 0;
    while (i < n && is_ascii(text[i]))
        i++;
    while (i < n && text[i] == 0)
        i++;
    return i == n;
}

/* Any two bytes may be a character: text has a NUL behind it, or something of ASCII in it. */
static bool is_utf16_text(const uint8_t *text, size_t units)
{
    size_t i = 0;
    bool has_ascii = false;
    for (; i < units && unit_at(text, i) != 0; i++) {
        uint16_t c = unit_at(text, i);
        if (!is_ascii(c) && (c < 0xa0 || c >= 0xfffe))
            return false;
        has_ascii |= is_ascii(c);
    }
    return i < units || has_ascii;
}

static void add_utf16(struct line *line, const uint8_t *text, size_t units)
{
    for (size_t i = 0; i < units && unit_at(text, i) != 0;) {
        uint32_t c = next_character(text, units, &i);
        add_character(line, is_space(c) ? ' ' : c);
    }
}

bool line_add_options(struct line *line, const void *options, size_t n)
{
    const uint8_t *text = options;
    if (is_ascii_text(text, n)) {
        for (size_t i = 0; i < n && text[i] != 0; i++)
            add_byte(line, is_space(text[i]) ? ' ' : text[i]);
        return true;
    }
    if (n % 2 != 0 || !is_utf16_text(text, n / 2))
        return false;
    size_t mark = unit_at(text, 0) == BYTE_ORDER_MARK;
    add_utf16(line, text + 2 * mark, n / 2 - mark);
    return true;
}

void line_add_word(struct line *line, const uint16_t *word)
{
    size_t n = 0;
    bool plain = word[0] != 0;
    for (; word[n] != 0; n++)
        plain &= !is_space(word[n]) && word[n] != '"' && word[n] != '\\';
    if (line->used != 0)
        add_byte(line, ' ');
    if (!plain)
        add_byte(line, '"');
    for (size_t i = 0; i < n;) {
        uint32_t c = next_character((const uint8_t *)word, n, &i);
        if (c == '"' || c == '\\')
            add_byte(line, '\\');
        add_character(line, c);
    }
    if (!plain)
        add_byte(line, '"');
}

/* A file's characters, one after another: bytes of UTF-8, or what UTF-16 has. */
struct reader {
    const uint8_t *bytes;
    size_t n, at; /* in bytes, or in units */
    bool utf16;
};

/* Returns 0 at the end, or at a NUL. */
static uint32_t read_next(struct reader *r)
{
    if (r->at >= r->n)
        return 0;
    return r->utf16 ? next_character(r->bytes, r->n, &r->at) : r->bytes[r->at++];
}

static void skip_marks(struct reader *r, const uint8_t *bytes, size_t n)
{
    *r = (struct reader){.bytes = bytes, .n = n};
    if (n >= 2 && unit_at(bytes, 0) == BYTE_ORDER_MARK)
        *r = (struct reader){.bytes = bytes, .n = n / 2, .at = 1, .utf16 = true};
    else if (n >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf)
        r->at = 3; /* the same mark in UTF-8, as editors leave it */
}

void line_add_file(struct line *line, const void *file, size_t n)
{
    struct reader r;
    uint32_t c;
    skip_marks(&r, file, n);
    for (c = read_next(&r); c == '#'; c = c != 0 ? read_next(&r) : 0)
        while (c != 0 && c != '\n')
            c = read_next(&r);
    for (; c != 0 && c != '\n'; c = read_next(&r)) {
        if (is_space(c))
            c = ' ';
        if (r.utf16)
            add_character(line, c);
        else
            add_byte(line, c);
    }
}

bool command_file_path(uint16_t *path, size_t room)
{
    static const char extension[] = ".cmd";
    size_t n = 0, end = 0;
    for (; n < room && path[n] != 0; n++)
        end = path[n] == '.' ? n : path[n] == '\\' || path[n] == '/' ? 0 : end;
    end = end != 0 ? end : n;
    if (end + sizeof extension > room)
        return false;
    for (size_t i = 0; i < sizeof extension; i++)
        path[end + i] = (uint16_t)extension[i];
    return true;
}
