/* SPDX-License-Identifier: BSD-2-Clause */
/* What a struct sigevent asks for: a signal, or a thread. */
#include "libc/signals.h"

void signal_start_thread(const struct sigevent *event)
{
    pthread_attr_t attr;
    pthread_t id;
    union {
        void (*notify)(union sigval);
        void *(*start)(void *);
    } f = {.notify = event->sigev_notify_function};
    pthread_attr_init(&attr);
    attr._explicit = 1; /* not this thread's */
    if (event->sigev_notify_attributes != 0)
        attr = *event->sigev_notify_attributes;
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_create(&id, &attr, f.start, event->sigev_value.sival_ptr);
}

bool signal_event_is_valid(const struct sigevent *event)
{
    return event->sigev_notify == SIGEV_NONE || event->sigev_notify == SIGEV_THREAD ||
           (event->sigev_notify == SIGEV_SIGNAL && signal_is_valid(event->sigev_signo));
}

void signal_tell(const struct sigevent *event, int code)
{
    const siginfo_t info = {.si_signo = event->sigev_signo,
                            .si_code = code,
                            .si_pid = 1,
                            .si_value = event->sigev_value};
    if (event->sigev_notify == SIGEV_THREAD)
        signal_start_thread(event);
    else if (event->sigev_notify == SIGEV_SIGNAL)
        signal_send(&info, 0);
}
