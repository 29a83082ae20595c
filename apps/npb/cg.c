/* SPDX-License-Identifier: BSD-2-Clause */
/* CG, conjugate gradient: the least eigenvalue of a large sparse matrix, by inverse iteration. */
#include "npb.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONDITION 0.1 /* the reciprocal of the matrix's */
#define STEPS     25  /* of conjugate gradients in one iteration */

static const struct size {
    unsigned n, nonzero, iterations;
    double shift, zeta;
} classes[CLASSES] = {
    {700, 5, 5, 8, 5.83031846962438},
    {1400, 7, 15, 10, 8.5971775078648},
    {7000, 8, 15, 12, 10.362595087124},
    {14000, 11, 15, 20, 17.130235054029},
};

/* By rows: row i has the elements first[i] to first[i + 1]. */
static struct {
    size_t n;
    uint32_t *first, *column;
    double *value;
} a;

static double *x, *z, *p, *q, *r;

/* A sparse vector for each row, of which the matrix is the weighted sum of outer products. */
static struct vector {
    unsigned n;
    uint32_t *place;
    double *value;
} * vectors;

static void create_vector(const struct size *size, unsigned row, double *random)
{
    struct vector *v = &vectors[row];
    unsigned power = 1;
    while (power < size->n)
        power *= 2;
    while (v->n < size->nonzero) {
        double value = npb_random(random, NPB_MULTIPLIER);
        uint32_t place = (uint32_t)(power * npb_random(random, NPB_MULTIPLIER));
        bool there = place >= size->n;
        for (unsigned i = 0; i < v->n && !there; i++)
            there = v->place[i] == place;
        if (there)
            continue;
        v->place[v->n] = place;
        v->value[v->n++] = value;
    }
    unsigned i = 0;
    while (i < v->n && v->place[i] != row)
        i++;
    v->n += i == v->n;
    v->place[i] = row;
    v->value[i] = 0.5;
}

/* Adds to an element, in a row that stays in order of columns. */
static void add(uint32_t row, uint32_t *used, uint32_t column, double value)
{
    uint32_t at = a.first[row], end = at + *used;
    while (at < end && a.column[at] < column)
        at++;
    if (at == end || a.column[at] != column) {
        memmove(a.column + at + 1, a.column + at, (end - at) * sizeof *a.column);
        memmove(a.value + at + 1, a.value + at, (end - at) * sizeof *a.value);
        a.column[at] = column;
        a.value[at] = 0;
        (*used)++;
    }
    a.value[at] += value;
}

/* Rows have room for all that the vectors may bring; afterwards they move together. */
static void sum_products(const struct size *size, uint32_t *used)
{
    double weight = 1, ratio = pow(CONDITION, 1.0 / size->n);
    for (uint32_t i = 0; i < size->n; i++, weight *= ratio) {
        const struct vector *v = &vectors[i];
        for (unsigned j = 0; j < v->n; j++)
            for (unsigned k = 0; k < v->n; k++) {
                double value = v->value[k] * (weight * v->value[j]);
                if (v->place[j] == i && v->place[k] == i)
                    value += CONDITION - size->shift;
                add(v->place[j], &used[v->place[j]], v->place[k], value);
            }
    }
    uint32_t end = 0;
    for (uint32_t i = 0; i < size->n; i++) {
        memmove(a.column + end, a.column + a.first[i], used[i] * sizeof *a.column);
        memmove(a.value + end, a.value + a.first[i], used[i] * sizeof *a.value);
        a.first[i] = end;
        end += used[i];
    }
    a.first[size->n] = end;
}

/* Room in the rows: a vector with an element there brings as many as it has. */
static bool lay_out(const struct size *size)
{
    size_t room = 0;
    uint32_t *rows = calloc(size->n + 1, sizeof *rows);
    a.n = size->n;
    a.first = rows;
    for (unsigned i = 0; i < size->n && rows != NULL; i++)
        for (unsigned j = 0; j < vectors[i].n; j++)
            rows[vectors[i].place[j]] += vectors[i].n;
    for (unsigned i = 0; i < size->n && rows != NULL; i++) {
        size_t mine = rows[i];
        rows[i] = (uint32_t)room;
        room += mine;
    }
    a.column = malloc(room * sizeof *a.column);
    a.value = malloc(room * sizeof *a.value);
    return rows != NULL && a.column != NULL && a.value != NULL;
}

static bool create_matrix(const struct size *size)
{
    size_t each = size->nonzero + 1;
    double random = NPB_SEED, *values = malloc(size->n * each * sizeof *values);
    uint32_t *places = malloc(size->n * each * sizeof *places);
    uint32_t *used = calloc(size->n, sizeof *used);
    vectors = calloc(size->n, sizeof *vectors);
    bool good = values != NULL && places != NULL && used != NULL && vectors != NULL;
    npb_random(&random, NPB_MULTIPLIER);
    for (unsigned i = 0; i < size->n && good; i++) {
        vectors[i].place = places + i * each;
        vectors[i].value = values + i * each;
        create_vector(size, i, &random);
    }
    good = good && lay_out(size);
    if (good)
        sum_products(size, used);
    free(vectors);
    free(used);
    free(places);
    free(values);
    return good;
}

/* to = A from */
static void multiply(double *restrict to, const double *restrict from)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < a.n; i++) {
        double sum = 0;
        for (uint32_t k = a.first[i]; k < a.first[i + 1]; k++)
            sum += a.value[k] * from[a.column[k]];
        to[i] = sum;
    }
}

static double dot(const double *u, const double *v)
{
    double sum = 0;
#pragma omp parallel for reduction(+ : sum) schedule(static)
    for (size_t i = 0; i < a.n; i++)
        sum += u[i] * v[i];
    return sum;
}

/* Solves A z = x as well as 25 steps do. Returns the norm of what is left. */
static double solve(void)
{
    double rho, left = 0;
    for (size_t i = 0; i < a.n; i++) {
        z[i] = 0;
        r[i] = p[i] = x[i];
    }
    rho = dot(r, r);
    for (int step = 0; step < STEPS; step++) {
        multiply(q, p);
        double alpha = rho / dot(p, q), before = rho;
        rho = 0;
#pragma omp parallel for reduction(+ : rho) schedule(static)
        for (size_t i = 0; i < a.n; i++) {
            z[i] += alpha * p[i];
            r[i] -= alpha * q[i];
            rho += r[i] * r[i];
        }
        double beta = rho / before;
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < a.n; i++)
            p[i] = r[i] + beta * p[i];
    }
    multiply(r, z);
#pragma omp parallel for reduction(+ : left) schedule(static)
    for (size_t i = 0; i < a.n; i++)
        left += (x[i] - r[i]) * (x[i] - r[i]);
    return sqrt(left);
}

/* Returns zeta after so many iterations, each from the one before. */
static double iterate(const struct size *size, unsigned iterations)
{
    double zeta = 0;
    for (size_t i = 0; i < a.n; i++)
        x[i] = 1;
    for (unsigned it = 0; it < iterations; it++) {
        solve();
        zeta = size->shift + 1 / dot(x, z);
        double scale = 1 / sqrt(dot(z, z));
#pragma omp parallel for schedule(static)
        for (size_t i = 0; i < a.n; i++)
            x[i] = scale * z[i];
    }
    return zeta;
}

static double operations(const struct size *size)
{
    double k = size->nonzero * (size->nonzero + 1.0);
    return 2 * size->iterations * (double)size->n * (3 + k + STEPS * (5 + k) + 3);
}

static void run(enum npb_class class, struct npb_result *result)
{
    const struct size *size = &classes[class];
    double *vectors_of_all = malloc(5 * size->n * sizeof(double)), zeta;
    a.column = NULL;
    a.value = NULL;
    a.first = NULL;
    result->mop = operations(size) * 1e-6;
    if (vectors_of_all != NULL && create_matrix(size)) {
        x = vectors_of_all;
        z = x + size->n;
        p = z + size->n;
        q = p + size->n;
        r = q + size->n;
        iterate(size, 1); /* to warm up */
        npb_begin(result);
        zeta = iterate(size, size->iterations);
        npb_end(result);
        if (!npb_near(zeta, size->zeta, 1e-10))
            result->invalid = NPB_WRONG;
    } else {
        result->invalid = NPB_NO_MEMORY;
    }
    free(a.value);
    free(a.column);
    free(a.first);
    free(vectors_of_all);
}

const struct npb npb_cg = {"CG", run};
