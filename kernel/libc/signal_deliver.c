/* SPDX-License-Identifier: BSD-2-Clause */
/* Handlers are called here, in the thread that they are for: see signals.h. */
#include "libc/signals.h"
#include "arch.h"
#include "mm/vm.h"
#include "signal_entry.h"
#include <string.h>

extern const char __kernel_text_end[], __rodata_start[];

/* What a handler is called with, on whichever stack. */
struct call {
    struct sigaction action;
    siginfo_t *info;
    struct trap_frame *frame;
    void *fpu, *caller;
    struct signals *signals;
    sigset_t mask; /* to go on with */
};

static void call_handler(void *argument)
{
    struct call *c = argument;
    if (!(c->action.sa_flags & SA_SIGINFO)) {
        c->action.sa_handler(c->info->si_signo);
        return;
    }
    ucontext_t context = {.uc_stack = c->signals->alternate, .uc_sigmask = c->mask};
    arch_signal_context(&context, c->frame, c->fpu, c->caller);
    context.uc_mcontext.gregs[REG_CR2] = (greg_t)c->signals->fault_address;
    c->action.sa_sigaction(c->info->si_signo, c->info, &context);
    c->mask = context.uc_sigmask & ~CANNOT_BLOCK;
    if (c->frame != 0)
        arch_signal_resume(&context, c->frame);
}

static bool on_alternate(const struct signals *s, uint64_t sp)
{
    return sp - (uint64_t)s->alternate.ss_sp < s->alternate.ss_size;
}

static void call_where(struct call *c)
{
    const struct signals *s = c->signals;
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    if (c->action.sa_flags & SA_ONSTACK && s->alternate.ss_size != 0 && !on_alternate(s, here))
        arch_signal_call_on((uint64_t)s->alternate.ss_sp + s->alternate.ss_size, call_handler, c);
    else
        call_handler(c);
}

/* Calls the handler of a signal that was taken, whose lock is held, and dropped. */
static bool handle(struct call *c, unsigned long flags)
{
    struct signals *s = c->signals;
    int number = c->info->si_signo;
    struct sigaction action = signal_actions[number];
    bool ignored = signal_is_ignored(number);
    if (ignored || action.sa_handler == SIG_DFL) {
        lock_drop(&signal_lock, flags);
        if (!ignored)
            signal_end_by(number);
        return false;
    }
    c->action = action;
    c->mask = s->mask;
    s->mask |= action.sa_mask | (action.sa_flags & SA_NODEFER ? 0 : BIT(number));
    if (action.sa_flags & SA_RESETHAND)
        signal_actions[number].sa_handler = SIG_DFL;
    lock_drop(&signal_lock, flags);
    call_where(c);
    s->mask = c->mask;
    return true;
}

enum handled signal_deliver(struct trap_frame *frame, void *fpu, void *caller)
{
    siginfo_t info;
    struct call c = {
        .info = &info, .frame = frame, .fpu = fpu, .caller = caller, .signals = signals_self()};
    enum handled handled = HANDLED_NONE;
    for (;;) {
        unsigned long flags = lock_take(&signal_lock);
        int number = signal_take(c.signals, ~c.signals->mask, &info);
        if (number == 0) {
            lock_drop(&signal_lock, flags);
            return handled;
        }
        bool restarts = signal_actions[number].sa_flags & SA_RESTART;
        if (handle(&c, flags))
            handled = !restarts                 ? HANDLED_EINTR
                      : handled == HANDLED_NONE ? HANDLED_RESTART
                                                : handled;
    }
}

enum handled signal_handlers(void) { return signal_deliver(0, 0, __builtin_return_address(0)); }

/* At the end of an interrupt that came while the running thread was to look; interrupts are off. */
static void at_interrupt(struct trap_frame *frame, void *fpu)
{
    struct thread *t = thread_self();
    uint64_t at = frame->rip;
    this_cpu()->look = 0;
    if (!t->interrupted || t == &cpu_here()->idle)
        return;
    if (at < (uint64_t)__kernel_text_end || at >= (uint64_t)__rodata_start ||
        t->library_locks != 0 || t->ending) {
        thread_look_later();
        return;
    }
    thread_looks();
    cpu_interrupts_on();
    signal_deliver(frame, fpu, 0);
    if (t->cancelled) {
        interruption_cancel_async();
        t->interrupted = true; /* for the next cancellation point */
    }
    cpu_interrupts_off();
}

/*
 * An exception, on the fault stack. True: the running thread goes on at arch_signal_fault(), with a
 * copy of the frame on the stack that its handler shall have. False: nobody wants it, or it cannot
 * be had: interrupts were off, the signal is blocked, the stack has no room.
 */
static bool fault(struct trap_frame *frame, uint64_t address)
{
    const uint64_t room = arch_signal_room();
    siginfo_t info = {.si_pid = 1};
    struct thread *t = thread_self();
    arch_signal_info(frame, address, &info);
    int number = info.si_signo;
    if (number == 0 || t == &cpu_here()->idle || !(frame->rflags & RFLAGS_IF) || t->ending)
        return false;
    struct signals *s = signals_self();
    const struct sigaction *action = &signal_actions[number];
    if (action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN || s->mask & BIT(number))
        return false;
    uint64_t top = frame->rsp - 128;
    if (action->sa_flags & SA_ONSTACK && s->alternate.ss_size != 0 && !on_alternate(s, frame->rsp))
        top = (uint64_t)s->alternate.ss_sp + s->alternate.ss_size;
    top &= ~15ull;
    if (!vm_accessible((void *)(top - room), room, true))
        return false;
    s->fault_address = address;
    s->fault = info;
    top -= sizeof *frame;
    *(struct trap_frame *)top = *frame;
    frame->rip = (uint64_t)arch_signal_fault;
    frame->rsp = top;
    frame->rflags &= ~(uint64_t)RFLAGS_IF;
    return true;
}

/* On that stack; interrupts are off. */
static void at_fault(struct trap_frame *frame, void *fpu)
{
    struct signals *s = signals_self();
    siginfo_t info = s->fault;
    struct call c = {.info = &info, .frame = frame, .fpu = fpu, .signals = s};
    arch_signal_float(&info, fpu);
    unsigned long flags = lock_take(&signal_lock);
    cpu_interrupts_on();
    handle(&c, flags);
    cpu_interrupts_off();
}

/* The running thread, which counts as begun now, takes what came for the process while nobody did:
 * signal_post() looks once more after it has put that down. */
static void begin(void)
{
    if (__atomic_load_n(&signal_pending.set, __ATOMIC_SEQ_CST) != 0)
        signal_handlers();
}

void signal_install(void)
{
    interruption_handlers = signal_handlers;
    interruption_begins = begin;
    interruption_leaves = signal_leave;
    arch_signal_at_interrupt = at_interrupt;
    arch_signal_at_fault = at_fault;
    trap_handler = fault;
    interruption_entry = arch_signal_entry;
}
