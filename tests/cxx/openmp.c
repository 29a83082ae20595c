/* SPDX-License-Identifier: BSD-2-Clause */
/* Each construct of OpenMP against the serial result. More threads than CPUs are right, too. */
#include "../guest/check.h"
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>

enum { N = 20000 };
static int marks[N];
static int threads;
static int mine; /* one a thread */
#pragma omp threadprivate(mine)

static bool each_once(void)
{
    bool right = true;
    for (int i = 0; i < N; i++) {
        right = right && marks[i] == 1;
        marks[i] = 0;
    }
    return right;
}

static const char *check_loops(void)
{
#pragma omp parallel for schedule(static, 7)
    for (int i = 0; i < N; i++)
        marks[i]++;
    EXPECT(each_once()); /* schedule(static, 7) */
#pragma omp parallel for schedule(dynamic, 11)
    for (int i = 0; i < N; i++)
        marks[i]++;
    EXPECT(each_once()); /* schedule(dynamic, 11) */
#pragma omp parallel for schedule(guided)
    for (int i = 0; i < N; i++)
        marks[i]++;
    EXPECT(each_once()); /* schedule(guided) */
#pragma omp parallel for schedule(runtime)
    for (int i = 0; i < N; i++)
        marks[i]++;
    EXPECT(each_once()); /* schedule(runtime), by OMP_SCHEDULE */
#pragma omp parallel for collapse(2)
    for (int i = 0; i < N / 100; i++)
        for (int j = 0; j < 100; j++)
            marks[i * 100 + j]++;
    EXPECT(each_once()); /* collapse(2) */
    int next = 0;
    bool in_order = true;
#pragma omp parallel for ordered schedule(dynamic)
    for (int i = 0; i < 500; i++) {
#pragma omp ordered
        in_order = in_order && next++ == i;
    }
    EXPECT(in_order && next == 500); /* ordered */
    int last = 0;
#pragma omp parallel for lastprivate(last)
    for (int i = 0; i < N; i++)
        last = i;
    EXPECT(last == N - 1); /* lastprivate */
    return NULL;
}

static const char *check_reductions(void)
{
    long sum = 0, least = N, most = 0, all = -1;
    double product = 1;
#pragma omp parallel for reduction(+ : sum) reduction(min : least) reduction(max : most) reduction(& : all)
    for (int i = 1; i <= N; i++) {
        sum += i;
        least = i < least ? i : least;
        most = i > most ? i : most;
        all &= ~1L;
    }
#pragma omp parallel for reduction(* : product)
    for (int i = 0; i < 60; i++)
        product *= 2;
    EXPECT(sum == N * (N + 1L) / 2 && least == 1 && most == N &&
           all == -2);         /* reduction(+, min, max, &) */
    EXPECT(product == 0x1p60); /* reduction(*) */
    return NULL;
}

static const char *check_exclusion(void)
{
    long atomic = 0, critical = 0, locked = 0, captured = 0;
    omp_lock_t lock;
    omp_init_lock(&lock);
#pragma omp parallel for
    for (int i = 0; i < N; i++) {
        long old;
#pragma omp atomic
        atomic++;
#pragma omp critical(one)
        critical++;
        omp_set_lock(&lock);
        locked++;
        omp_unset_lock(&lock);
#pragma omp atomic capture
        old = captured++;
        __atomic_fetch_add(&marks[old], 1, __ATOMIC_RELAXED);
    }
    omp_destroy_lock(&lock);
    EXPECT(atomic == N && captured == N && each_once()); /* atomic */
    EXPECT(critical == N);                               /* critical */
    EXPECT(locked == N);                                 /* omp_set_lock */
    omp_nest_lock_t nest;
    omp_init_nest_lock(&nest);
    omp_set_nest_lock(&nest);
    int depth = omp_test_nest_lock(&nest);
    omp_unset_nest_lock(&nest);
    omp_unset_nest_lock(&nest);
    omp_destroy_nest_lock(&nest);
    EXPECT(depth == 2); /* omp_test_nest_lock */
    return NULL;
}

static const char *check_team(void)
{
    int team = 0, singles = 0, masters = 0, sections = 0, late = 0, copies = 0, privates = 0;
    int phase[64] = {0};
    mine = 5;
#pragma omp parallel copyin(mine)
    {
        mine += omp_get_thread_num();
#pragma omp atomic
        privates += mine - omp_get_thread_num();
#pragma omp atomic
        team++;
#pragma omp single
        singles++;
#pragma omp master
        masters++;
#pragma omp sections
        {
#pragma omp section
            __atomic_fetch_add(&sections, 1, __ATOMIC_RELAXED);
#pragma omp section
            __atomic_fetch_add(&sections, 10, __ATOMIC_RELAXED);
#pragma omp section
            __atomic_fetch_add(&sections, 100, __ATOMIC_RELAXED);
        }
        int copy = 0;
#pragma omp single copyprivate(copy)
        copy = 7;
#pragma omp atomic
        copies += copy;
        for (int round = 1; round <= 200; round++) { /* nobody is a round ahead */
            phase[omp_get_thread_num()] = round;
#pragma omp barrier
            for (int i = 0; i < omp_get_num_threads(); i++)
                if (phase[i] != round)
                    __atomic_fetch_add(&late, 1, __ATOMIC_RELAXED);
#pragma omp barrier
        }
    }
    EXPECT(team == threads); /* a team of as many threads as were asked for */
    EXPECT(singles == 1 && masters == 1 && sections == 111); /* single, master, sections */
    EXPECT(copies == 7 * threads &&
           privates == 5 * threads); /* copyprivate, threadprivate, copyin */
    EXPECT(late == 0);               /* 400 barriers */
    return NULL;
}

static long fibonacci(int n)
{
    long a, b;
    if (n < 2)
        return n;
#pragma omp task shared(a) if (n > 8)
    a = fibonacci(n - 1);
#pragma omp task shared(b) if (n > 8)
    b = fibonacci(n - 2);
#pragma omp taskwait
    return a + b;
}

static const char *check_tasks(void)
{
    long value = 0;
    int chain = 0, loop = 0, group = 0, after = 0;
#pragma omp parallel
#pragma omp single
    {
        value = fibonacci(18);
        for (int i = 0; i < 100; i++) {
#pragma omp task depend(inout : chain)
            chain = chain * 3 % 1001 + 1;
        }
#pragma omp taskwait
#pragma omp taskloop grainsize(10)
        for (int i = 0; i < 1000; i++)
            __atomic_fetch_add(&loop, i, __ATOMIC_RELAXED);
#pragma omp taskgroup
        for (int i = 0; i < 50; i++) {
#pragma omp task
            __atomic_fetch_add(&group, 1, __ATOMIC_RELAXED);
        }
        after = group;
    }
    int serial = 0;
    for (int i = 0; i < 100; i++)
        serial = serial * 3 % 1001 + 1;
    EXPECT(value == 2584);                 /* tasks that make tasks */
    EXPECT(chain == serial);               /* depend */
    EXPECT(loop == 499500 && after == 50); /* taskloop, taskgroup */
    return NULL;
}

static const char *check_nested(void)
{
    int inner = 0, level = 0;
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(2)
#pragma omp parallel num_threads(3)
    {
        __atomic_fetch_add(&inner, 1, __ATOMIC_RELAXED);
#pragma omp single
        __atomic_fetch_add(&level, omp_get_level(), __ATOMIC_RELAXED);
    }
    omp_set_max_active_levels(1);
    EXPECT(inner == 6 && level == 4); /* nested */
    int odd = 0;
#pragma omp parallel for simd reduction(+ : odd)
    for (int i = 0; i < N; i++)
        odd += i & 1;
    EXPECT(odd == N / 2); /* for simd */
    return NULL;
}

static const char *check_numbers(void)
{
    const char *cpus = getenv("CPUS"), *asked = getenv("OMP_NUM_THREADS");
    double start = omp_get_wtime();
    EXPECT(cpus == NULL || omp_get_num_procs() == atoi(cpus));
    EXPECT(omp_get_max_threads() == (asked != NULL ? atoi(asked) : omp_get_num_procs()));
    EXPECT(omp_get_wtime() >= start && omp_get_wtick() > 0 && omp_get_wtick() < 0.01);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"numbers", check_numbers},
        {"loops", check_loops},
        {"reductions", check_reductions},
        {"exclusion", check_exclusion},
        {"team", check_team},
        {"tasks", check_tasks},
        {"nested teams", check_nested},
        {0},
    };
    threads = omp_get_max_threads();
    return run_checks(rows, argc, argv);
}
