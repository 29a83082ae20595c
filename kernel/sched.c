/* SPDX-License-Identifier: BSD-2-Clause */
/* The scheduler: run queues, the switch, a thread's life. Sleepers are in sleep.c. */
#include "sched.h"
#include "arch.h"
#include "lock.h"
#include "page.h"
#include "panic.h"
#include "vm.h"
#include <errno.h>
#include <string.h>

struct cpu boot_cpu = {.armed = NO_DEADLINE};
static struct lock lock;

static struct cpu *cpu_here(void) { return (struct cpu *)this_cpu(); }

/* Run queues. */

static void enqueue(struct cpu *cpu, struct thread *t, bool first)
{
    struct queue *q = &cpu->queue[t->priority];
    t->state = THREAD_READY;
    if (!(cpu->ready & 1u << t->priority)) {
        t->next = t->prev = 0;
        q->head = q->tail = t;
        cpu->ready |= 1u << t->priority;
    } else if (first) {
        t->prev = 0;
        t->next = q->head;
        q->head->prev = t;
        q->head = t;
    } else {
        t->next = 0;
        t->prev = q->tail;
        q->tail->next = t;
        q->tail = t;
    }
}

static void dequeue(struct cpu *cpu, struct thread *t)
{
    struct queue *q = &cpu->queue[t->priority];
    queue_remove(q, t);
    if (q->head == 0)
        cpu->ready &= ~(1u << t->priority);
}

static unsigned highest(uint32_t ready) { return 31 - (unsigned)__builtin_clz(ready); }

static bool someone_else_ought_to_run(const struct cpu *cpu, const struct thread *current)
{
    return cpu->ready != 0 && (current == &cpu->idle || highest(cpu->ready) > current->priority);
}

/* Stacks: by size class, mapped once, kept for the next thread of their class. */

static struct thread *spare[24]; /* by order; linked by next */
static uint64_t next_stack[24];
static bool main_stack_made;

static struct thread *new_stack(unsigned order)
{
    uint64_t size = PAGE_SIZE << order;
    uint64_t pa = page_alloc(order);
    if (pa == 0)
        return 0;
    uint64_t base = VM_STACKS + order * VM_STACK_CLASS + next_stack[order] * size;
    if (!main_stack_made && size <= VM_MAIN_STACK_TOP - VM_DEVICES_END)
        base = VM_MAIN_STACK_TOP - size; /* the tables for it are there already */
    else
        next_stack[order]++;
    main_stack_made = true;
    if (paging_map_run(base + PAGE_SIZE, pa + PAGE_SIZE, size - PAGE_SIZE) != 0) {
        unsigned shift;
        for (uint64_t at = PAGE_SIZE; at < size; at += PAGE_SIZE)
            paging_unmap(base + at, &shift);
        page_free(pa, order);
        return 0;
    }
    struct thread *t = phys_to_virt(pa); /* the guard's page, which the stack does not use */
    t->stack = base;
    t->stack_size = size;
    return t;
}

static struct thread *get_stack(unsigned order)
{
    unsigned long flags = lock_take(&lock);
    struct thread *t = spare[order];
    if (t != 0)
        spare[order] = t->next;
    else
        t = new_stack(order);
    lock_drop(&lock, flags);
    return t;
}

static void reap(struct cpu *cpu)
{
    struct thread *t = cpu->dead;
    if (t == 0)
        return;
    cpu->dead = 0;
    unsigned order = order_for(t->stack_size);
    t->next = spare[order];
    spare[order] = t;
}

/*
 * Runs the best ready thread, or idle when there is none. Interrupts are off, and the running
 * thread's state and place already say what becomes of it.
 */
static void run_next(struct cpu *cpu)
{
    struct thread *current = cpu->base.thread, *next = &cpu->idle;
    if (cpu->ready != 0) {
        next = cpu->queue[highest(cpu->ready)].head;
        dequeue(cpu, next);
    }
    next->state = THREAD_RUNNING;
    cpu->base.thread = next;
    cpu->base.resched = 0;
    if (cpu->ready != 0 && !cpu->slice_armed)
        timer_update(cpu);
    if (next == current)
        return;
    cpu->switches++;
    if (next->thread_pointer != 0)
        arch_set_thread_pointer(next->thread_pointer);
    arch_switch(&current->sp, next->sp, current == &cpu->idle);
    reap(cpu_here());
}

void sched_yield_now(void)
{
    struct cpu *cpu = cpu_here();
    if (cpu->ready == 0)
        return;
    unsigned long flags = lock_take(&lock);
    struct thread *t = cpu->base.thread;
    if (cpu->ready != 0 && highest(cpu->ready) >= t->priority) {
        enqueue(cpu, t, false);
        run_next(cpu);
    }
    lock_drop(&lock, flags);
}

void sched_block(void) { run_next(cpu_here()); }

void sched_wake(struct thread *t)
{
    struct cpu *cpu = cpu_here();
    if (t->deadline != NO_DEADLINE)
        sleep_remove(cpu, t);
    enqueue(cpu, t, false);
    if (someone_else_ought_to_run(cpu, cpu->base.thread))
        cpu->base.resched = 1;
    else if (!cpu->slice_armed)
        timer_update(cpu);
}

/* After an interrupt that asked for it: the rest of the interrupted thread's slice is gone. */
void sched_preempt(void)
{
    struct cpu *cpu = cpu_here();
    struct thread *t = cpu->base.thread;
    if (cpu->ready == 0 || (t != &cpu->idle && highest(cpu->ready) < t->priority)) {
        cpu->base.resched = 0;
        return;
    }
    if (t != &cpu->idle) /* which is on no queue */
        enqueue(cpu, t, highest(cpu->ready) > t->priority);
    run_next(cpu);
}

void sched_give_way(void)
{
    unsigned long flags = lock_take(&lock);
    struct cpu *cpu = cpu_here();
    if (cpu->base.resched && cpu->base.thread != &cpu->idle) {
        enqueue(cpu, cpu->base.thread, true);
        run_next(cpu);
    }
    lock_drop(&lock, flags);
}

/* A thread's life. */

void sched_init(void)
{
    boot_cpu.idle.state = THREAD_RUNNING;
    boot_cpu.idle.deadline = NO_DEADLINE;
    boot_cpu.base.thread = &boot_cpu.idle;
}

extern char __tdata_start[], __tdata_size[], __tls_size[], __tls_align[];

/* ELF TLS, variant II: the block ends at the thread pointer, which points at itself. */
static uint64_t make_tls(struct thread *t, uint64_t top)
{
    uint64_t size = (uint64_t)__tls_size, align = (uint64_t)__tls_align;
    if (size == 0)
        return top;
    uint64_t tp = (top - 64) & ~((align < 16 ? 16 : align) - 1);
    uint64_t block = tp - ((size + align - 1) & ~(align - 1));
    memset((void *)block, 0, tp - block);
    memcpy((void *)block, __tdata_start, (uint64_t)__tdata_size);
    *(uint64_t *)tp = tp;
    t->thread_pointer = tp;
    return block & ~15ull;
}

int thread_create(void (*start)(void *), void *argument, uint64_t stack_bytes, uint8_t priority,
                  struct thread **created)
{
    static uint32_t next_id = 1;
    /* beside what was asked for: the guard page, thread-local storage, its alignment */
    unsigned order = order_for(stack_bytes + PAGE_SIZE +
                               ((uint64_t)__tls_size != 0 ? (uint64_t)__tls_size + 256 : 0));
    struct thread *t = order <= ORDER_MAX ? get_stack(order) : 0;
    if (t == 0)
        return -ENOMEM;
    uint64_t stack = t->stack, size = t->stack_size;
    memset(t, 0, sizeof *t);
    t->local = t + 1;
    t->priority = priority;
    t->deadline = NO_DEADLINE;
    t->start = start;
    t->argument = argument;
    t->stack = stack;
    t->stack_size = size;
    t->sp = arch_new_stack(make_tls(t, stack + size));

    unsigned long flags = lock_take(&lock);
    t->id = next_id++;
    *created = t;
    sched_wake(t);
    lock_drop(&lock, flags);
    sched_give_way();
    return 0;
}

/* Where a new thread begins, on its own stack (trap.S). */
void thread_entry(void);
void thread_entry(void)
{
    struct thread *t = thread_self();
    reap(cpu_here());
    cpu_interrupts_on();
    t->start(t->argument);
    thread_exit();
}

_Noreturn void thread_exit(void)
{
    struct cpu *cpu = cpu_here();
    lock_take(&lock);
    cpu->base.thread->state = THREAD_DEAD;
    cpu->dead = cpu->base.thread; /* its stack is in use until the switch is over */
    run_next(cpu);
    panic("A dead thread was run.");
}

void thread_set_priority(struct thread *t, uint8_t priority)
{
    unsigned long flags = lock_take(&lock);
    struct cpu *cpu = cpu_here();
    if (t->state == THREAD_READY && t != &cpu->idle) {
        dequeue(cpu, t);
        t->priority = priority;
        enqueue(cpu, t, false);
    } else {
        t->priority = priority;
        if (t->state == THREAD_BLOCKED && t->wait_address != 0)
            futex_requeue(t);
    }
    if (someone_else_ought_to_run(cpu, cpu->base.thread))
        cpu->base.resched = 1;
    else if (!cpu->slice_armed)
        timer_update(cpu);
    lock_drop(&lock, flags);
    sched_give_way();
}

_Noreturn void sched_idle(void)
{
    struct cpu *cpu = cpu_here();
    for (;;) {
        lock_take(&lock);
        if (cpu->ready != 0)
            run_next(cpu);
        else
            cpu_idle();
    }
}

bool thread_guard_hit(uint64_t va)
{
    const struct thread *t = thread_self();
    return t->stack_size != 0 && va >= t->stack && va < t->stack + PAGE_SIZE;
}

bool thread_stack_holds(uint64_t va, uint64_t n)
{
    extern char __boot_stack_guard[], __fault_stack_end[];
    const struct thread *t = thread_self();
    uint64_t low = (uint64_t)__boot_stack_guard + PAGE_SIZE, high = (uint64_t)__fault_stack_end;
    if (va & 7)
        return false;
    if (va >= low && va <= high - n)
        return true;
    return va >= t->stack + PAGE_SIZE && va <= t->stack + t->stack_size - n;
}
