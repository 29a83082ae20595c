/* Boot images: where an app's image is, and whether a file is one.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/image.h"
#include "base/msg.h"
#include "tools/status.h"
#include "base/file.h"
#include "base/proc.h"
#include "host/place.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_PHYS32_ENTRY 18
#define NOTE_OBSERVE      0x100 /* arch/x86_64/observe/note.S */
#define IMAGE_MAX         (1u << 30)
#define WRAP_S            60.0 /* to make a wrapping */

static size_t round4(size_t n) { return (n + 3) & ~(size_t)3; }

/* Is there a note of this owner and type, of 4 bytes or more, among these? */
static bool has_note(const uint8_t *p, size_t n, const char *owner, unsigned type)
{
    size_t name = strlen(owner) + 1;
    Elf64_Nhdr note;

    while (n >= sizeof note) {
        size_t size;

        memcpy(&note, p, sizeof note);
        size = sizeof note + round4(note.n_namesz) + round4(note.n_descsz);
        if (size > n)
            return false;
        if (note.n_type == type && note.n_namesz == name && note.n_descsz >= 4 &&
            !memcmp(p + sizeof note, owner, name))
            return true;
        p += size;
        n -= size;
    }
    return false;
}

/* As image_check(), which asks for Xen's door. */
static enum image_check look(const uint8_t *bytes, size_t n, const char *owner, unsigned type)
{
    Elf64_Ehdr eh;
    Elf64_Phdr ph;

    if (n < EI_NIDENT || memcmp(bytes, ELFMAG, SELFMAG))
        return IMAGE_NOT_ELF;
    if (bytes[EI_CLASS] != ELFCLASS64 || bytes[EI_DATA] != ELFDATA2LSB)
        return IMAGE_NOT_X86_64;
    if (n < sizeof eh)
        return IMAGE_DAMAGED;
    memcpy(&eh, bytes, sizeof eh);
    if (eh.e_machine != EM_X86_64)
        return IMAGE_NOT_X86_64;
    if (eh.e_phnum && (eh.e_phentsize != sizeof ph || eh.e_phoff > n ||
                       (uint64_t)eh.e_phnum * sizeof ph > n - eh.e_phoff))
        return IMAGE_DAMAGED;
    for (size_t i = 0; i < eh.e_phnum; i++) {
        memcpy(&ph, bytes + eh.e_phoff + i * sizeof ph, sizeof ph);
        if (ph.p_type != PT_LOAD && ph.p_type != PT_NOTE)
            continue;
        if (ph.p_offset > n || ph.p_filesz > n - ph.p_offset)
            return IMAGE_DAMAGED;
        if (ph.p_type == PT_NOTE && has_note(bytes + ph.p_offset, ph.p_filesz, owner, type))
            return IMAGE_OK;
    }
    return IMAGE_NO_DOOR;
}

enum image_check image_check(const void *data, size_t n)
{
    return look(data, n, "Xen", NOTE_PHYS32_ENTRY);
}

const char *image_check_text(enum image_check check)
{
    static const char *const text[] = {
        [IMAGE_OK] = "a Limpet image",
        [IMAGE_NOT_ELF] = "not an ELF file",
        [IMAGE_NOT_X86_64] = "an ELF file, but not x86-64",
        [IMAGE_NO_DOOR] = "an x86-64 ELF file, but it has no Limpet door (build it with limpet-cc)",
        [IMAGE_DAMAGED] = "a damaged ELF file: its headers point outside the file",
    };
    return text[check];
}

static bool is_file(const char *path)
{
    struct stat st;

    return !stat(path, &st) && !S_ISDIR(st.st_mode);
}

/* The path of an app, or NULL with a message. */
static char *search(const char *app)
{
    const char *folders[2] = {place()->apps, NULL};
    char *beside = xasprintf("%s/apps", tool_dir()), *path = NULL;

    if (strchr(app, '/')) {
        free(beside);
        return xstrdup(app);
    }
    folders[1] = beside;
    for (int i = 0; i < 2 && !path; i++) {
        if (!folders[i])
            continue;
        path = xasprintf("%s/%s.elf", folders[i], app);
        if (!is_file(path)) {
            free(path);
            path = NULL;
        }
    }
    if (!path && is_file(app))
        path = xstrdup(app);
    if (!path)
        warn("no app \"%s\": there is no %s.elf in %s%s%s (build it with make, or give a path)",
             app, app, folders[0] ? folders[0] : "", folders[0] ? " or " : "", beside);
    free(beside);
    return path;
}

int image_find(const char *app, struct image *image)
{
    char *path = search(app), *data;
    enum image_check check;
    size_t n = 0;

    *image = (struct image){0};
    if (!path)
        return ST_IMAGE;
    image->path = realpath(path, NULL);
    data = image->path ? file_read(image->path, IMAGE_MAX, &n) : NULL;
    if (!data) {
        warn("cannot read the image %s: %s", path, strerror(errno));
        free(path);
        return ST_IMAGE;
    }
    check = image_check(data, n);
    if (check == IMAGE_OK)
        sha256_hex(data, n, image->sha256);
    else
        warn("%s is no Limpet image: %s", path, image_check_text(check));
    image->observes =
        check == IMAGE_OK && look((uint8_t *)data, n, "Limpet", NOTE_OBSERVE) == IMAGE_OK;
    free(data);
    free(path);
    return check == IMAGE_OK ? 0 : ST_IMAGE;
}

void image_free(struct image *image)
{
    free(image->path);
    *image = (struct image){0};
}

char *image_wrapping(const char *image, enum wrapping wrapping)
{
    size_t n = strlen(image);

    if (wrapping == WRAPPING_NONE)
        return xstrdup(image);
    if (ends_in(image, ".elf"))
        n -= strlen(".elf");
    return xasprintf("%.*s%s", (int)n, image, wrapping_kinds[wrapping].extension);
}

bool image_is_wrapped(const char *image, enum wrapping wrapping)
{
    char *path = image_wrapping(image, wrapping);
    struct stat elf, st;
    bool there =
        !stat(image, &elf) && !stat(path, &st) && S_ISREG(st.st_mode) &&
        (st.st_mtim.tv_sec > elf.st_mtim.tv_sec ||
         (st.st_mtim.tv_sec == elf.st_mtim.tv_sec && st.st_mtim.tv_nsec >= elf.st_mtim.tv_nsec));

    free(path);
    return there;
}

char *image_bios(void) { return xasprintf("%s/seabios/bios.bin", tool_dir()); }

/* Makes a wrapping of an image, beside it. Returns 0, or ST_IMAGE with a message. */
static int wrap(const char *image, enum wrapping wrapping, const char *tool)
{
    const char *option = wrapping_kinds[wrapping].option;
    char *path = image_wrapping(image, wrapping);
    struct args argv = {0};
    struct buf words = {0};
    int failed;

    args_add(&argv, tool);
    args_add(&argv, image);
    if (option)
        args_add(&argv, option);
    args_add(&argv, path);
    failed = proc_run(argv.v, NULL, WRAP_S, NULL, &words);
    if (failed)
        warn("%s could not be made: %s", basename(path),
             words.len ? words.data : "that takes too long");
    args_free(&argv);
    buf_free(&words);
    free(path);
    return failed ? ST_IMAGE : 0;
}

/* Puts an image's wrapping beside its copy: itself, or a new one where it is missing or older. What
 * is missing without its tool is told by who needs it. */
static int snapshot_wrapping(const char *image, const char *copy, enum wrapping wrapping)
{
    char *from = image_wrapping(image, wrapping), *to = image_wrapping(copy, wrapping);
    char *tool = wrapping_tool(wrapping);
    int status = 0;

    if (image_is_wrapped(image, wrapping))
        status = file_copy(from, to, wrapping == WRAPPING_LINUX ? 0755 : 0644) ? ST_IMAGE : 0;
    else if (tool && !access(tool, X_OK))
        status = wrap(copy, wrapping, tool);
    free(tool);
    free(from);
    free(to);
    return status;
}

int image_snapshot(struct image *image, const char *dir, unsigned wrappings)
{
    const char *slash = strrchr(image->path, '/');
    char *to = xasprintf("%s%s", dir, slash);
    bool there = is_file(to); /* by another suite of the same app */
    int status = !there && file_copy(image->path, to, 0644) ? ST_IMAGE : 0;

    for (int w = WRAPPING_NONE + 1; w < WRAPPINGS && !status && !there; w++)
        if (wrappings & WRAPPING_BIT(w))
            status = snapshot_wrapping(image->path, to, w);
    image_free(image);
    if (!status)
        status = image_find(to, image);
    free(to);
    return status;
}
