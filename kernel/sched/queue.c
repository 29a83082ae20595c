/* SPDX-License-Identifier: BSD-2-Clause */
/* Queues of threads: a CPU's of the ready ones, one for each priority; others by priority. */
#include "sched/sched.h"

void sched_enqueue(struct cpu *cpu, struct thread *t, bool first)
{
    struct queue *q = &cpu->queue[t->priority];
    t->state = THREAD_READY;
    t->cpu = cpu;
    if (!first)
        t->turn = 0;
    if (!(cpu->ready & 1ull << t->priority)) {
        t->next = t->prev = 0;
        q->head = q->tail = t;
        cpu->ready |= 1ull << t->priority;
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

void sched_dequeue(struct cpu *cpu, struct thread *t)
{
    struct queue *q = &cpu->queue[t->priority];
    queue_remove(q, t);
    if (q->head == 0)
        cpu->ready &= ~(1ull << t->priority);
}

void queue_insert(struct queue *q, struct thread *t, bool first)
{
    struct thread *after = q->tail;
    while (after != 0 && after->priority < t->priority + first)
        after = after->prev;
    t->prev = after;
    t->next = after != 0 ? after->next : q->head;
    if (t->next != 0)
        t->next->prev = t;
    else
        q->tail = t;
    if (after != 0)
        after->next = t;
    else
        q->head = t;
}
