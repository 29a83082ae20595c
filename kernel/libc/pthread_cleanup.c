/* SPDX-License-Identifier: BSD-2-Clause */
/* What a thread runs when it ends before its time: see pthread_cleanup_push() in pthread.h. */
#include "libc/local.h"

void _pthread_cleanup_push(struct _pthread_cleanup_context *context, void (*routine)(void *),
                           void *argument)
{
    struct local *local = local_self();
    *context = (struct _pthread_cleanup_context){routine, argument, local->cleanup};
    local->cleanup = context;
}

void _pthread_cleanup_pop(struct _pthread_cleanup_context *context, int execute)
{
    local_self()->cleanup = context->_previous;
    if (execute)
        context->_routine(context->_arg);
}
