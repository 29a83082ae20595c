/* SPDX-License-Identifier: BSD-2-Clause */
/* MG, multigrid: Poisson's equation on a periodic cube, by V-cycles over grids each half as fine.
 */
#include "npb.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS     9 /* of a cube of 256; the coarsest has 2 points a side */
#define ITERATIONS 4
#define CHARGES    10 /* of each sign */

static const struct {
    unsigned levels; /* log2 of the side */
    double norm;
} classes[CLASSES] = {
    {4, 1.66950113748083e-4},
    {5, 0.5307707005734e-4},
    {7, 0.6467329375339e-5},
    {8, 0.2433365309e-5},
};

/* The operator, and the smoother of classes up to A: by the distance of a neighbour, from 0 to the
 * corners. Neither's zero is multiplied by. */
static const double operator[] = {-8.0 / 3, 0, 1.0 / 6, 1.0 / 12};
static const double smoother[] = {-3.0 / 8, 1.0 / 32, -1.0 / 64, 0};

/* A cube with a layer around it in which the opposite side is repeated: side + 2 points a side. */
struct grid {
    size_t side; /* with the layers */
    double *v;
};
static struct grid u[LEVELS], r[LEVELS], v;

static double *row(const struct grid *g, size_t i, size_t j)
{
    return g->v + (i * g->side + j) * g->side;
}

static size_t volume(const struct grid *g) { return g->side * g->side * g->side; }
static void clear(struct grid *g) { memset(g->v, 0, volume(g) * sizeof(double)); }

static void wrap(struct grid *g)
{
    size_t m = g->side, plane = m * m;
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < m - 1; i++) {
        for (size_t j = 1; j < m - 1; j++) {
            double *x = row(g, i, j);
            x[0] = x[m - 2];
            x[m - 1] = x[1];
        }
        memcpy(row(g, i, 0), row(g, i, m - 2), m * sizeof(double));
        memcpy(row(g, i, m - 1), row(g, i, 1), m * sizeof(double));
    }
    memcpy(g->v, g->v + (m - 2) * plane, plane * sizeof(double));
    memcpy(g->v + (m - 1) * plane, g->v + plane, plane * sizeof(double));
}

/* Of each point of a row the sum of the four beside it across the row, and of the four diagonals.
 */
static void sum_across(const struct grid *g, size_t i, size_t j, double *restrict beside,
                       double *restrict diagonal)
{
    const double *n = row(g, i, j - 1), *s = row(g, i, j + 1), *w = row(g, i - 1, j),
                 *e = row(g, i + 1, j), *nw = row(g, i - 1, j - 1), *sw = row(g, i - 1, j + 1),
                 *ne = row(g, i + 1, j - 1), *se = row(g, i + 1, j + 1);
    for (size_t k = 0; k < g->side; k++) {
        beside[k] = n[k] + s[k] + w[k] + e[k];
        diagonal[k] = nw[k] + sw[k] + ne[k] + se[k];
    }
}

#define SIDE_MAX ((1u << (LEVELS - 1)) + 2)

/* to = right - A from; to may be right. */
static void residual(struct grid *to, const struct grid *right, const struct grid *from)
{
    size_t m = to->side;
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < m - 1; i++) {
        double b[SIDE_MAX], d[SIDE_MAX];
        for (size_t j = 1; j < m - 1; j++) {
            const double *x = row(from, i, j), *y = row(right, i, j);
            double *out = row(to, i, j);
            sum_across(from, i, j, b, d);
            for (size_t k = 1; k < m - 1; k++)
                out[k] = y[k] - operator[0] * x[k] - operator[2] *(d[k] + b[k - 1] + b[k + 1]) -
                                operator[3] *(d[k - 1] + d[k + 1]);
        }
    }
    wrap(to);
}

/* to += S from */
static void smooth(struct grid *to, const struct grid *from)
{
    size_t m = to->side;
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < m - 1; i++) {
        double b[SIDE_MAX], d[SIDE_MAX];
        for (size_t j = 1; j < m - 1; j++) {
            const double *x = row(from, i, j);
            double *out = row(to, i, j);
            sum_across(from, i, j, b, d);
            for (size_t k = 1; k < m - 1; k++)
                out[k] += smoother[0] * x[k] + smoother[1] * (x[k - 1] + x[k + 1] + b[k]) +
                          smoother[2] * (d[k] + b[k - 1] + b[k + 1]);
        }
    }
    wrap(to);
}

/* To the grid half as fine: each point with its 26 neighbours, by halves with the distance. */
static void restrict_to(struct grid *coarse, const struct grid *fine)
{
    size_t m = coarse->side;
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < m - 1; i++) {
        double b[SIDE_MAX], d[SIDE_MAX];
        for (size_t j = 1; j < m - 1; j++) {
            const double *x = row(fine, 2 * i, 2 * j);
            double *out = row(coarse, i, j);
            sum_across(fine, 2 * i, 2 * j, b, d);
            for (size_t k = 1; k < m - 1; k++) {
                size_t at = 2 * k;
                out[k] = 0.5 * x[at] + 0.25 * (x[at - 1] + x[at + 1] + b[at]) +
                         0.125 * (b[at - 1] + b[at + 1] + d[at]) + 0.0625 * (d[at - 1] + d[at + 1]);
            }
        }
    }
    wrap(coarse);
}

/* A row of the fine grid gets what lies between so many of the coarse one's. */
static void add_between(double *restrict fine, const double *restrict sum, size_t m, double share)
{
    for (size_t k = 0; k < m - 1; k++) {
        fine[2 * k] += share * sum[k];
        fine[2 * k + 1] += 0.5 * share * (sum[k] + sum[k + 1]);
    }
}

/* To the grid twice as fine: what is between points is their mean. */
static void interpolate(struct grid *fine, const struct grid *coarse)
{
    size_t m = coarse->side;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < m - 1; i++) {
        double next[SIDE_MAX], above[SIDE_MAX], both[SIDE_MAX];
        for (size_t j = 0; j < m - 1; j++) {
            const double *x = row(coarse, i, j), *y = row(coarse, i, j + 1),
                         *up = row(coarse, i + 1, j), *up_y = row(coarse, i + 1, j + 1);
            for (size_t k = 0; k < m; k++) {
                next[k] = x[k] + y[k];
                above[k] = x[k] + up[k];
                both[k] = next[k] + up[k] + up_y[k];
            }
            add_between(row(fine, 2 * i, 2 * j), x, m, 1);
            add_between(row(fine, 2 * i, 2 * j + 1), next, m, 0.5);
            add_between(row(fine, 2 * i + 1, 2 * j), above, m, 0.5);
            add_between(row(fine, 2 * i + 1, 2 * j + 1), both, m, 0.25);
        }
    }
}

static void cycle(unsigned top)
{
    for (unsigned k = top; k > 1; k--)
        restrict_to(&r[k - 1], &r[k]);
    clear(&u[1]);
    smooth(&u[1], &r[1]);
    for (unsigned k = 2; k <= top; k++) {
        if (k < top)
            clear(&u[k]);
        interpolate(&u[k], &u[k - 1]);
        residual(&r[k], k < top ? &r[k] : &v, &u[k]);
        smooth(&u[k], &r[k]);
    }
}

/* The ten greatest of the random numbers become +1, the ten least -1, all others 0. */
static void charge(struct grid *g)
{
    size_t n = g->side - 2, places[2][CHARGES];
    double random = NPB_SEED, values[2][CHARGES];
    for (int c = 0; c < CHARGES; c++) {
        values[0][c] = 1;
        values[1][c] = 0;
    }
    memset(places, 0, sizeof places);
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= n; j++)
            for (size_t k = 1; k <= n; k++) {
                double x = npb_random(&random, NPB_MULTIPLIER);
                for (int end = 0; end < 2; end++) {
                    int c = CHARGES - 1; /* the list's last is the one that yields */
                    if (end == 0 ? x >= values[0][c] : x <= values[1][c])
                        continue;
                    for (; c > 0 && (end == 0 ? x < values[0][c - 1] : x > values[1][c - 1]); c--) {
                        values[end][c] = values[end][c - 1];
                        places[end][c] = places[end][c - 1];
                    }
                    values[end][c] = x;
                    places[end][c] = (size_t)(row(g, i, j) + k - g->v);
                }
            }
    clear(g);
    for (int c = 0; c < CHARGES; c++) {
        g->v[places[0][c]] = -1;
        g->v[places[1][c]] = 1;
    }
    wrap(g);
}

static double norm_of(const struct grid *g)
{
    size_t m = g->side;
    double sum = 0, n = (double)(m - 2);
#pragma omp parallel for reduction(+ : sum) schedule(static)
    for (size_t i = 1; i < m - 1; i++)
        for (size_t j = 1; j < m - 1; j++)
            for (size_t k = 1; k < m - 1; k++)
                sum += row(g, i, j)[k] * row(g, i, j)[k];
    return sqrt(sum / (n * n * n));
}

static bool create(unsigned top)
{
    bool good = true;
    for (unsigned k = 1; k <= top; k++) {
        u[k].side = r[k].side = ((size_t)1 << k) + 2;
        u[k].v = calloc(volume(&u[k]), sizeof(double));
        r[k].v = calloc(volume(&r[k]), sizeof(double));
        good &= u[k].v != NULL && r[k].v != NULL;
    }
    v.side = u[top].side;
    v.v = calloc(volume(&v), sizeof(double));
    return good && v.v != NULL;
}

static double iterate(unsigned top, int iterations)
{
    clear(&u[top]);
    residual(&r[top], &v, &u[top]);
    for (int i = 0; i < iterations; i++) {
        cycle(top);
        residual(&r[top], &v, &u[top]);
    }
    return norm_of(&r[top]);
}

static void run(enum npb_class class, struct npb_result *result)
{
    unsigned top = classes[class].levels;
    double points = ldexp(1, 3 * (int)top), norm;
    result->mop = 58 * ITERATIONS * points * 1e-6;
    if (create(top)) {
        charge(&v);
        iterate(top, 1); /* to warm up */
        npb_begin(result);
        norm = iterate(top, ITERATIONS);
        npb_end(result);
        if (!npb_near(norm, classes[class].norm, 1e-8))
            result->invalid = NPB_WRONG;
    } else {
        result->invalid = NPB_NO_MEMORY;
    }
    free(v.v);
    for (unsigned k = 1; k <= top; k++) {
        free(u[k].v);
        free(r[k].v);
    }
}

const struct npb npb_mg = {"MG", run};
