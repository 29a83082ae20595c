/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: files made and deleted, and read again. */
#include "micro.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST    100 /* files in the folder */
#define LARGEST 10240
#define REREAD  (64u << 10) /* bytes at a time */
#define MAPPED  (1u << 20)

static char names[MOST][sizeof MICRO_FOLDER + 4], content[LARGEST];
static size_t bytes; /* in each file */

static const char *make_folder(size_t size)
{
    micro_begin();
    bytes = size;
    memset(content, 'm', sizeof content);
    for (unsigned i = 0; i < MOST; i++)
        snprintf(names[i], sizeof names[i], MICRO_FOLDER "/%u", i);
    return mkdir(MICRO_FOLDER, 0700) != 0 && errno != EEXIST ? "no folder can be made" : NULL;
}

static const char *folder_0k(void) { return make_folder(0); }
static const char *folder_1k(void) { return make_folder(1024); }
static const char *folder_4k(void) { return make_folder(4096); }
static const char *folder_10k(void) { return make_folder(LARGEST); }

static const char *remove_folder(void)
{
    micro_must(rmdir(MICRO_FOLDER) == 0, "the folder is not empty");
    return micro_end();
}

static void create(uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        int fd = creat(names[i], 0600);
        if (bytes != 0)
            micro_must(write(fd, content, bytes) == (ssize_t)bytes, "a file was not written");
        close(fd);
    }
}

static void delete (uint64_t n)
{
    for (uint64_t i = 0; i < n; i++)
        unlink(names[i]);
}

/* Counts the files that are as they ought to be, and deletes them. */
static void count_created(uint64_t n)
{
    struct stat s;
    micro_asked += n;
    for (uint64_t i = 0; i < n; i++)
        micro_done += stat(names[i], &s) == 0 && s.st_size == (off_t)bytes;
    delete (n);
}

static void count_deleted(uint64_t n)
{
    struct stat s;
    micro_asked += n;
    for (uint64_t i = 0; i < n; i++)
        micro_done += stat(names[i], &s) == -1 && errno == ENOENT;
}

/* A file whose pages all differ, to be read again and again. */
static char *buffer, *mapping;
static uint64_t sum_wanted;
static int fd = -1;

static uint64_t sum(const char *from, size_t size)
{
    uint64_t all = 0, word;
    for (size_t i = 0; i < size; i += sizeof word) {
        memcpy(&word, from + i, sizeof word);
        all += word;
    }
    return all;
}

static const char *make_file(size_t size)
{
    const char *trouble = make_folder(0);
    if (trouble != NULL)
        return trouble;
    buffer = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    fd = open(names[0], O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (buffer == MAP_FAILED || fd < 0)
        return "no memory for a file";
    for (size_t i = 0; i < size; i++)
        buffer[i] = (char)(i * 7 + i / 4096);
    sum_wanted = sum(buffer, size);
    return write(fd, buffer, size) != (ssize_t)size ? "no memory for a file" : NULL;
}

static const char *make_reread(void) { return make_file(REREAD); }

static const char *make_mapped(void)
{
    const char *trouble = make_file(MAPPED);
    mapping = trouble == NULL ? mmap(NULL, MAPPED, PROT_READ, MAP_SHARED, fd, 0) : NULL;
    return mapping == MAP_FAILED ? "a file cannot be mapped" : trouble;
}

static const char *remove_file(size_t size)
{
    munmap(buffer, size);
    close(fd);
    unlink(names[0]);
    return remove_folder();
}

static const char *remove_reread(void) { return remove_file(REREAD); }

static const char *remove_mapped(void)
{
    munmap(mapping, MAPPED);
    return remove_file(MAPPED);
}

static void reread(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        buffer[0] = buffer[REREAD - 1] = 'x';
        lseek(fd, 0, SEEK_SET);
        micro_done +=
            read(fd, buffer, REREAD) == (ssize_t)REREAD && sum(buffer, REREAD) == sum_wanted;
    }
}

static void reread_mapped(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        micro_barrier();
        micro_done += sum(mapping, MAPPED) == sum_wanted;
    }
}

#define CREATE(size, folder)                                                                       \
    {                                                                                              \
        "file create, " size, .call = create, .calls = MOST, .setup = folder,                      \
                              .undo = count_created, .check = remove_folder                        \
    }
#define DELETE(size, folder)                                                                       \
    {                                                                                              \
        "file delete, " size, .ready = create, .call = delete, .calls = MOST, .setup = folder,     \
                              .undo = count_deleted, .check = remove_folder                        \
    }

const struct benchmark micro_files[] = {
    CREATE("0 KiB", folder_0k),
    DELETE("0 KiB", folder_0k),
    CREATE("1 KiB", folder_1k),
    DELETE("1 KiB", folder_1k),
    CREATE("4 KiB", folder_4k),
    DELETE("4 KiB", folder_4k),
    CREATE("10 KiB", folder_10k),
    DELETE("10 KiB", folder_10k),
    {"file reread, 64 KiB", .call = reread, .calls = MICRO_FEW, .setup = make_reread,
     .check = remove_reread, .note = "read and summed"},
    {"mmap reread, 1 MiB", .call = reread_mapped, .calls = MICRO_FEW, .setup = make_mapped,
     .check = remove_mapped, .note = "summed"},
    {.name = NULL},
};
