/* SPDX-License-Identifier: BSD-2-Clause */
/* What BT, SP and LU have in common: see cfd.h. */
#include "cfd.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cfd cfd;
const double cfd_diffusion[3] = {0.75, 0.75, 1};

/* The exact solution's coefficients: the constant, then those of x, y, z, of their squares, cubes
 * and fourth powers. */
static const double exact[EQUATIONS][13] = {
    {2, 0, 0, 4, 5, 3, 0.5, 0.02, 0.01, 0.03, 0.5, 0.4, 0.3},
    {1, 0, 0, 0, 1, 2, 3, 0.01, 0.03, 0.02, 0.4, 0.3, 0.5},
    {2, 2, 0, 0, 0, 2, 3, 0.04, 0.03, 0.05, 0.3, 0.5, 0.4},
    {2, 2, 0, 0, 0, 2, 3, 0.03, 0.05, 0.04, 0.2, 0.1, 0.3},
    {5, 4, 3, 2, 0.1, 0.4, 0.3, 0.05, 0.04, 0.03, 0.1, 0.3, 0.2},
};

static double exact_at(unsigned m, const double x[3])
{
    double sum = exact[m][0];
    for (unsigned a = 0; a < 3; a++)
        sum +=
            x[a] * (exact[m][1 + a] +
                    x[a] * (exact[m][4 + a] + x[a] * (exact[m][7 + a] + x[a] * exact[m][10 + a])));
    return sum;
}

static void set_exact(double u[EQUATIONS], const double x[3])
{
    for (unsigned m = 0; m < EQUATIONS; m++)
        u[m] = exact_at(m, x);
}

/* On the surface the exact solution, within what lies between the six faces' values. */
static void set_initial(double u[EQUATIONS], const double x[3])
{
    for (unsigned m = 0; m < EQUATIONS; m++) {
        double p[3];
        for (unsigned a = 0; a < 3; a++) {
            double near[3] = {x[0], x[1], x[2]}, far[3] = {x[0], x[1], x[2]};
            near[a] = 0;
            far[a] = 1;
            p[a] = (1 - x[a]) * exact_at(m, near) + x[a] * exact_at(m, far);
        }
        u[m] = p[0] + p[1] + p[2] - p[0] * p[1] - p[1] * p[2] - p[2] * p[0] + p[0] * p[1] * p[2];
    }
    for (unsigned a = 0; a < 3; a++)
        if (x[a] == 0 || x[a] == 1)
            set_exact(u, x);
}

/* Where is a point, each coordinate from 0 to 1? */
static void place(size_t point, double x[3])
{
    for (unsigned a = 0; a < 3; a++)
        x[a] = (double)(point / cfd.stride[a] % cfd.side) / (double)(cfd.side - 1);
}

static void set_all(void (*set)(double u[EQUATIONS], const double x[3]))
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < cfd_points(); p++) {
        double x[3];
        place(p, x);
        set(cfd.u[p], x);
    }
}

static void find_gas(void)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < cfd_points(); p++) {
        const double *u = cfd.u[p];
        struct gas *g = &cfd.gas[p];
        g->inverse = 1 / u[0];
        for (unsigned a = 0; a < 3; a++)
            g->v[a] = u[1 + a] * g->inverse;
        g->kinetic = 0.5 * (u[1] * g->v[0] + u[2] * g->v[1] + u[3] * g->v[2]);
        g->kinetic1 = g->kinetic * g->inverse;
        g->energy1 = u[ENERGY] * g->inverse;
    }
}

static inline double second(double before, double here, double after)
{
    return before - 2 * here + after;
}

/* What an axis adds at a point: its flux's differences, diffusion, and dissipation. */
static inline void add_axis(double right[EQUATIONS], size_t point, unsigned axis, size_t at)
{
    size_t step = cfd.stride[axis];
    const double *u = cfd.u[point], *before = cfd.u[point - step], *after = cfd.u[point + step];
    const struct gas *g = &cfd.gas[point], *gb = g - step, *ga = g + step;
    const double *v = &g->v[axis], vb = gb->v[axis], va = ga->v[axis], *w = cfd.fourth[at];
    const double *before2 = w[0] != 0 ? cfd.u[point - 2 * step] : u;
    const double *after2 = w[4] != 0 ? cfd.u[point + 2 * step] : u;
    for (unsigned m = 0; m < EQUATIONS; m++)
        right[m] += cfd_diffusion[axis] * cfd.t1 * second(before[m], u[m], after[m]) -
                    FOURTH * (w[0] * before2[m] + w[1] * before[m] + w[2] * u[m] + w[3] * after[m] +
                              w[4] * after2[m]);
    right[0] -= cfd.t2 * (after[1 + axis] - before[1 + axis]);
    for (unsigned a = 0; a < 3; a++)
        right[1 + a] +=
            (a == axis ? 4.0 / 3 : 1) * C34 * cfd.t1 * second(gb->v[a], g->v[a], ga->v[a]) -
            cfd.t2 * (after[1 + a] * va - before[1 + a] * vb);
    right[1 + axis] -= cfd.t2 * C2 * (after[ENERGY] - ga->kinetic - before[ENERGY] + gb->kinetic);
    right[ENERGY] += cfd.t1 * ((C34 - C1345) * second(gb->kinetic1, g->kinetic1, ga->kinetic1) +
                               C34 / 6 * second(vb * vb, *v * *v, va * va) +
                               C1345 * second(gb->energy1, g->energy1, ga->energy1)) -
                     cfd.t2 * ((C1 * after[ENERGY] - C2 * ga->kinetic) * va -
                               (C1 * before[ENERGY] - C2 * gb->kinetic) * vb);
}

void cfd_right_side(double factor)
{
    size_t last = cfd.side - 1;
    find_gas();
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < last; i++)
        for (size_t j = 1; j < last; j++)
            for (size_t k = 1; k < last; k++) {
                size_t p = i * cfd.stride[0] + j * cfd.stride[1] + k;
                double right[EQUATIONS];
                memcpy(right, cfd.forcing[p], sizeof right);
                add_axis(right, p, 0, i);
                add_axis(right, p, 1, j);
                add_axis(right, p, 2, k);
                for (unsigned m = 0; m < EQUATIONS; m++)
                    cfd.right[p][m] = factor * right[m];
            }
}

void cfd_update(double factor)
{
    double *u = *cfd.u, *right = *cfd.right;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < cfd_points() * EQUATIONS; i++)
        u[i] += factor * right[i];
}

void cfd_add_convective(block to, const struct gas *g, unsigned axis, double factor)
{
    double v = factor * g->v[axis], pressure = factor * C2;
    unsigned along = 1 + axis;
    to[0][along] += factor;
    for (unsigned a = 0; a < 3; a++) {
        to[1 + a][0] -= v * g->v[a];
        to[1 + a][along] += factor * g->v[a];
        to[1 + a][1 + a] += v;
        to[along][1 + a] -= pressure * g->v[a];
        to[ENERGY][1 + a] -= C2 * v * g->v[a];
    }
    to[along][0] += pressure * g->kinetic1;
    to[along][ENERGY] += pressure;
    to[ENERGY][0] += (2 * C2 * g->kinetic1 - C1 * g->energy1) * v;
    to[ENERGY][along] += factor * (C1 * g->energy1 - C2 * g->kinetic1);
    to[ENERGY][ENERGY] += C1 * v;
}

void cfd_add_viscous(block to, const struct gas *g, unsigned axis, double factor)
{
    double each = factor * g->inverse;
    for (unsigned m = 0; m < EQUATIONS; m++)
        to[m][m] += factor * cfd_diffusion[axis];
    for (unsigned a = 0; a < 3; a++) {
        double viscosity = a == axis ? 4.0 / 3 * C34 : C34, v = g->v[a];
        to[1 + a][0] -= each * viscosity * v;
        to[1 + a][1 + a] += each * viscosity;
        to[ENERGY][0] -= each * (viscosity - C1345) * v * v;
        to[ENERGY][1 + a] += each * (viscosity - C1345) * v;
    }
    to[ENERGY][0] -= each * C1345 * g->energy1;
    to[ENERGY][ENERGY] += each * C1345;
}

void cfd_lines(unsigned axis, double dt, void (*line)(unsigned axis, size_t first, double dt))
{
    size_t outer = cfd.stride[axis == 0], inner = cfd.stride[axis == 2 ? 1 : 2];
#pragma omp parallel for schedule(static)
    for (size_t i = 1; i < cfd.side - 1; i++)
        for (size_t j = 1; j < cfd.side - 1; j++)
            line(axis, i * outer + j * inner, dt);
}

/* The root of the mean square, of each equation: of the right-hand side, or of the error. */
static void norm(bool of_error, double out[EQUATIONS])
{
    for (unsigned m = 0; m < EQUATIONS; m++) {
        double sum = 0, inner = (double)(cfd.side - 2);
#pragma omp parallel for reduction(+ : sum) schedule(static)
        for (size_t p = 0; p < cfd_points(); p++) {
            double x[3], value = cfd.right[p][m];
            if (of_error) {
                place(p, x);
                value = cfd.u[p][m] - exact_at(m, x);
            }
            sum += value * value;
        }
        out[m] = sqrt(sum / (inner * inner * inner));
    }
}

static bool verified(const struct cfd_program *program, const struct cfd_class *class)
{
    double residual[EQUATIONS], error[EQUATIONS];
    cfd_right_side(1);
    norm(false, residual);
    norm(true, error);
    bool right = program->surface == NULL || npb_near(program->surface(), class->surface, 1e-8);
    for (unsigned m = 0; m < EQUATIONS; m++)
        right &= npb_near(residual[m], class->residual[m], 1e-8) &&
                 npb_near(error[m], class->error[m], 1e-8);
    return right;
}

/* On the surface everything stays as it is; beside it differences lack what would lie outside. */
static void prepare(void)
{
    size_t last = cfd.side - 1;
    cfd.stride[0] = cfd.side * cfd.side;
    cfd.stride[1] = cfd.side;
    cfd.stride[2] = 1;
    cfd.t1 = (double)(last * last);
    cfd.t2 = (double)last / 2;
    for (size_t i = 1; i < last; i++) {
        double *w = cfd.fourth[i];
        w[0] = i > 2;
        w[1] = i > 1 ? -4 : 0;
        w[2] = i == 1 || i == last - 1 ? 5 : 6;
        w[3] = i < last - 1 ? -4 : 0;
        w[4] = i < last - 2;
    }
    memset(cfd.right, 0, cfd_points() * sizeof *cfd.right);
    memset(cfd.forcing, 0, cfd_points() * sizeof *cfd.forcing);
    set_all(set_exact);
    cfd_right_side(-1);
    memcpy(cfd.forcing, cfd.right, cfd_points() * sizeof *cfd.forcing);
    set_all(set_initial);
}

static double polynomial(const double c[4], double x)
{
    return ((c[0] * x + c[1]) * x + c[2]) * x + c[3];
}

void cfd_run(const struct cfd_program *program, enum npb_class class, struct npb_result *result)
{
    const struct cfd_class *c = &program->classes[class];
    cfd.side = c->side;
    cfd.u = malloc(cfd_points() * sizeof *cfd.u);
    cfd.right = malloc(cfd_points() * sizeof *cfd.right);
    cfd.forcing = malloc(cfd_points() * sizeof *cfd.forcing);
    cfd.gas = malloc(cfd_points() * sizeof *cfd.gas);
    result->mop = c->steps * polynomial(program->operations, c->side) * 1e-6;
    if (cfd.u != NULL && cfd.right != NULL && cfd.forcing != NULL && cfd.gas != NULL) {
        prepare();
        program->step(c->dt); /* to warm up */
        set_all(set_initial);
        npb_begin(result);
        for (unsigned i = 0; i < c->steps; i++)
            program->step(c->dt);
        npb_end(result);
        if (!verified(program, c))
            result->invalid = NPB_WRONG;
    } else {
        result->invalid = NPB_NO_MEMORY;
    }
    free(cfd.gas);
    free(cfd.forcing);
    free(cfd.right);
    free(cfd.u);
}
