/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of open files and descriptors: see file.h. */
#include "sys/file.h"
#include "sys/wait.h"
#include "sched/interruption.h"
#include "mm/page.h"
#include <limits.h>
#include <string.h>

static struct file standard[3] = {{.users = 1, .flags = O_RDONLY},
                                  {.users = 1, .flags = O_WRONLY},
                                  {.users = 1, .flags = O_WRONLY}};
static struct file *few[FEW_FILES] = {&standard[0], &standard[1], &standard[2]};

struct mutex file_mutex;
struct file **descriptors = few;
int descriptor_count = FEW_FILES;
int descriptor_limit = OPEN_MAX;

/* The table for as many as there may be; who reads without the mutex sees it before its size. */
static bool grow(void)
{
    uint64_t pa = page_alloc(order_for(OPEN_MAX * sizeof(struct file *)));
    if (pa == 0)
        return false;
    struct file **more = phys_to_virt(pa);
    memcpy(more, descriptors, sizeof few);
    memset(more + FEW_FILES, 0, (OPEN_MAX - FEW_FILES) * sizeof(struct file *));
    __atomic_store_n(&descriptors, more, __ATOMIC_RELEASE);
    __atomic_store_n(&descriptor_count, OPEN_MAX, __ATOMIC_RELEASE);
    return true;
}

int file_closed_descriptor(int from)
{
    if (from >= descriptor_count && !grow())
        return -EMFILE;
    while (from < descriptor_count && descriptors[from] != 0)
        if (++from == descriptor_count && from < OPEN_MAX && !grow())
            return -EMFILE;
    return from < descriptor_count && from < descriptor_limit ? from : -EMFILE;
}

/* Free ones are of this kind: whoever still has one in hand takes it for no console. */
static const struct file_kind no_kind;
static struct file *free_files;

static bool more_files(void)
{
    static struct file first[FEW_FILES - 3];
    static bool used;
    struct file *f = first;
    size_t n = sizeof first / sizeof *first;
    if (used) {
        uint64_t pa = page_alloc(0);
        if (pa == 0)
            return false;
        f = phys_to_virt(pa);
        n = PAGE_SIZE / sizeof *f;
    }
    used = true;
    for (; n-- > 0; f++) {
        *f = (struct file){.kind = &no_kind, .next_free = free_files};
        free_files = f;
    }
    return true;
}

struct file *file_new(const struct file_kind *kind, int flags)
{
    if (free_files == 0 && !more_files())
        return 0;
    struct file *f = free_files;
    free_files = f->next_free;
    *f = (struct file){.users = 1, .flags = flags, .kind = kind};
    return f;
}

void file_drop(struct file *f)
{
    if (--f->users != 0)
        return;
    if (f->kind != 0 && f->kind->close != 0)
        f->kind->close(f);
    *f = (struct file){.kind = &no_kind, .next_free = free_files};
    free_files = f;
}

int file_wait(struct wait_list *list)
{
    uint32_t event = 0;
    struct waiter w = {.event = &event};
    wait_list_add(list, &w);
    mutex_unlock(&file_mutex);
    int error = futex_wait_interruptible(&event, 0, NO_DEADLINE);
    wait_list_remove(&w);
    mutex_lock(&file_mutex);
    return error == -EINTR ? -EINTR : 0;
}

bool file_interruption(void)
{
    mutex_unlock(&file_mutex);
    bool ended = thread_interruption();
    mutex_lock(&file_mutex);
    return ended;
}
