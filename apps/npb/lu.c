/* SPDX-License-Identifier: BSD-2-Clause */
/* LU, lower-upper: a step is one iteration of symmetric successive over-relaxation, a sweep from
 * one corner of the cube to the other and one back, each point solved with those it comes from. */
#include "cfd.h"
#include <string.h>

#define OMEGA 1.2 /* over-relaxation */

/* What a point's neighbours, which the sweep has been at, have to do with it. */
static void add_neighbours(size_t point, ptrdiff_t direction, double dt, double sum[EQUATIONS])
{
    for (unsigned axis = 0; axis < 3; axis++) {
        size_t from = point - (size_t)(direction * (ptrdiff_t)cfd.stride[axis]);
        block b = {{0}};
        cfd_add_convective(b, &cfd.gas[from], axis, -(double)direction * dt * cfd.t2);
        cfd_add_viscous(b, &cfd.gas[from], axis, -dt * cfd.t1);
        for (unsigned m = 0; m < EQUATIONS; m++)
            for (unsigned n = 0; n < EQUATIONS; n++)
                sum[m] += b[m][n] * cfd.right[from][n];
    }
}

static void solve_point(size_t point, ptrdiff_t direction, double dt)
{
    double *right = cfd.right[point], sum[EQUATIONS] = {0}, x[EQUATIONS][1];
    block diagonal = {{0}};
    add_neighbours(point, direction, dt, sum);
    for (unsigned axis = 0; axis < 3; axis++)
        cfd_add_viscous(diagonal, &cfd.gas[point], axis, 2 * dt * cfd.t1);
    for (unsigned m = 0; m < EQUATIONS; m++) {
        diagonal[m][m] += 1;
        x[m][0] = direction > 0 ? right[m] - OMEGA * sum[m] : OMEGA * sum[m];
    }
    cfd_solve(diagonal, 1, x);
    for (unsigned m = 0; m < EQUATIONS; m++)
        right[m] = direction > 0 ? x[m][0] : right[m] - x[m][0];
}

/* Lines along the last axis whose other coordinates have one sum wait for those of the sum before
 * only, and threads share them. */
static void sweep(ptrdiff_t direction, double dt)
{
    size_t inner = cfd.side - 2;
    for (size_t sum = 0; sum < 2 * inner - 1; sum++) {
        size_t low = sum < inner ? 0 : sum - inner + 1, high = sum < inner ? sum : inner - 1;
#pragma omp parallel for schedule(static)
        for (size_t i = low; i <= high; i++) {
            size_t point = (i + 1) * cfd.stride[0] + (sum - i + 1) * cfd.stride[1] + 1;
            for (size_t k = 0; k < inner; k++) /* the way back is the way there, upside down */
                solve_point(direction > 0 ? point + k : cfd_points() - 1 - point - k, direction,
                            dt);
        }
    }
}

static void step(double dt)
{
    cfd_right_side(dt);
    sweep(1, dt);
    sweep(-1, dt);
    cfd_update(1 / (OMEGA * (2 - OMEGA)));
}

static double pressure(size_t point)
{
    return C2 * (cfd.u[point][ENERGY] - cfd.gas[point].kinetic);
}

/* The pressure's integral over the faces of a cuboid within. */
static double surface(void)
{
    const size_t low[3] = {1, 1, 2}, high[3] = {cfd.side - 2, cfd.side - 3, cfd.side - 2};
    double sum = 0, h = 1 / (double)(cfd.side - 1);
    for (unsigned axis = 0; axis < 3; axis++) {
        unsigned a = axis == 0, b = axis == 2 ? 1 : 2;
        for (size_t i = low[a]; i < high[a]; i++)
            for (size_t j = low[b]; j < high[b]; j++)
                for (unsigned face = 0; face < 2; face++) {
                    size_t p = (face ? high : low)[axis] * cfd.stride[axis] + i * cfd.stride[a] +
                               j * cfd.stride[b];
                    sum += pressure(p) + pressure(p + cfd.stride[a]) + pressure(p + cfd.stride[b]) +
                           pressure(p + cfd.stride[a] + cfd.stride[b]);
                }
    }
    return 0.25 * h * h * sum;
}

static const struct cfd_program program = {
    .classes =
        {
            {10,
             10,
             0.5,
             {152.45075782368, 15.8040182624728, 37.9222211879412, 34.5021021290203,
              363.947075810918},
             {5.94814897158965, 0.629911435451423, 1.41403956525373, 1.28397980760688,
              14.0073544252001},
             18.3541520340033},
            {12,
             50,
             0.5,
             {1.6196343210976702e-02, 2.1976745164821318e-03, 1.5179927653399185e-03,
              1.5029584435994323e-03, 3.4264073155896461e-02},
             {6.4223319957960924e-04, 8.4144342047347926e-05, 5.8588269616485186e-05,
              5.8474222595157350e-05, 1.3103347914111294e-03},
             7.8418928865937083},
            {33,
             300,
             0.0015,
             {12.36511638192, 1.317228477799, 2.550120713095, 2.326187750252, 28.26799444189},
             {0.4867877144216, 0.05064652880982, 0.09281818101960, 0.08570126542733,
              1.084277417792},
             11.61399311023},
            {64,
             250,
             2,
             {7.7902107606689367e+02, 6.3402765259692870e+01, 1.9499249727292479e+02,
              1.7845301160418537e+02, 1.8384760349464247e+03},
             {2.9964085685471943e+01, 2.8194576365003349, 7.3473412698774742, 6.7139225687777051,
              7.0715315688392578e+01},
             2.6030925604886277e+01},
        },
    .operations = {1984.77, -10923.3, 27770.9, -144010},
    .step = step,
    .surface = surface,
};

static void run(enum npb_class class, struct npb_result *result)
{
    cfd_run(&program, class, result);
}

const struct npb npb_lu = {"LU", run};
