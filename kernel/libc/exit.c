/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions that exit() calls, any number of them: under newlib's atexit(), on_exit() and
 * __cxa_atexit(). And system(), for which there is nothing to run. */
#include "base/console.h"
#include "sched/mutex.h"
#include <errno.h>
#include <stdlib.h>

/* newlib's enum __atexit_types. */
enum { ATEXIT, ON_EXIT, CXA_ATEXIT };

struct handler {
    int type;
    void (*function)(void);
    void *argument, *object; /* object: the part of the program that it belongs to */
};

#define BLOCK 32 /* C11, 7.22.4.2: so many at least */

struct block {
    struct block *before;
    unsigned used;
    struct handler handlers[BLOCK];
};

static struct block first, *last = &first;
static struct mutex mutex;

int __register_exitproc(int type, void (*function)(void), void *argument, void *object);
int __register_exitproc(int type, void (*function)(void), void *argument, void *object)
{
    mutex_lock(&mutex);
    if (last->used == BLOCK) {
        struct block *b = malloc(sizeof *b);
        if (b == 0) {
            mutex_unlock(&mutex);
            return -1;
        }
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
    while (last->used == 0 && last->before != 0) {
        struct block *empty = last;
        last = last->before;
        free(empty);
    }
    for (struct block *b = last; b != 0 && !found; b = b->before)
        for (unsigned i = b->used; i-- > 0 && !found;)
            if (b->handlers[i].function != 0 && (object == 0 || b->handlers[i].object == object)) {
                *out = b->handlers[i];
                b->handlers[i].function = 0;
                found = true;
            }
    while (last->used > 0 && last->handlers[last->used - 1].function == 0)
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
