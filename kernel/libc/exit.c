/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that exit() calls, any number of them: under newlib's atexit(), on_exit() and
 * __cxa_atexit(); behind them the program's destructors. And system(), for which there is nothing
 * to run. */
#include "base/console.h"
#include "mm/page.h"
#include "sched/mutex.h"
#include <errno.h>
#include <stdlib.h>

extern void (*__fini_array_start[])(void);
extern void (*__fini_array_end[])(void);

/* newlib's enum __atexit_types. */
enum { ATEXIT, ON_EXIT, CXA_ATEXIT };

struct handler {
    int type;
    void (*function)(void);
    void *argument, *object; /* object: the part of the program that it belongs to */
};

/* Of pages, so that a program without malloc() stays one. */
#define BLOCK ((PAGE_SIZE - 16) / sizeof(struct handler))
struct block {
    struct block *before;
    uint64_t used;
    struct handler handlers[];
};

static struct block *last;
static struct mutex mutex;

int __register_exitproc(int type, void (*function)(void), void *argument, void *object);
int __register_exitproc(int type, void (*function)(void), void *argument, void *object)
{
    mutex_lock(&mutex);
    if (last == 0 || last->used == BLOCK) {
        uint64_t page = page_alloc(0);
        if (page == 0) {
            mutex_unlock(&mutex);
            return -1;
        }
        struct block *b = phys_to_virt(page);
        b->before = last;
        b->used = 0;
        last = b;
    }
    last->handlers[last->used++] = (struct handler){type, function, argument, object};
    mutex_unlock(&mutex);
    return 0;
}

/* Takes out the newest, of this object or of all (NULL). False: there is none. */
static bool take(const void *object, struct handler *out)
{
    bool found = false;
    mutex_lock(&mutex);
    while (last != 0 && last->used == 0) {
        uint64_t empty = (uint64_t)last - PHYS_BASE;
        last = last->before;
        page_free(empty, 0);
    }
    for (struct block *b = last; b != 0 && !found; b = b->before)
        for (uint64_t i = b->used; i-- > 0 && !found;)
            if (b->handlers[i].function != 0 && (object == 0 || b->handlers[i].object == object)) {
                *out = b->handlers[i];
                b->handlers[i].function = 0;
                found = true;
            }
    while (last != 0 && last->used > 0 && last->handlers[last->used - 1].function == 0)
        last->used--;
    mutex_unlock(&mutex);
    return found;
}

void __call_exitprocs(int status, void *object);
void __call_exitprocs(int status, void *object)
{
    struct handler h;
    while (take(object, &h)) {
        if (h.type == ATEXIT)
            h.function();
        else if (h.type == ON_EXIT)
            ((void (*)(int, void *))h.function)(status, h.argument);
        else
            ((void (*)(void *))h.function)(h.argument);
    }
    if (object == 0)
        for (void (**f)(void) = __fini_array_end; f != __fini_array_start;)
            (*--f)();
}

int system(const char *command)
{
    static bool told;
    if (command == 0)
        return 0; /* there is no shell */
    if (!told)
        kprintf("LIMPET: system: not supported (ENOSYS)\n");
    told = true;
    errno = ENOSYS;
    return -1;
}
