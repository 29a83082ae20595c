/* SPDX-License-Identifier: BSD-2-Clause */
/* SP, scalar pentadiagonal: along an axis the equations are first taken apart into five that have
 * nothing to do with each other (by the eigenvectors of the flux), then lines are solved for each.
 */
#include "cfd.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HALF_ROOT 0.70710678118654752440 /* sqrt(1/2) */
#define BAND      5

static double *sound; /* its speed, at each point */

static void find_sound(void)
{
#pragma omp parallel for schedule(static)
    for (size_t p = 0; p < cfd_points(); p++)
        sound[p] = sqrt(C1 * C2 * (cfd.gas[p].energy1 - cfd.gas[p].kinetic1));
}

/* From the equations to the five of the first axis. */
static void enter(double r[EQUATIONS], const struct gas *g, double c)
{
    const double *v = g->v;
    double t1 =
        C2 / (c * c) * (g->kinetic1 * r[0] - v[0] * r[1] - v[1] * r[2] - v[2] * r[3] + r[4]);
    double t2 = HALF_ROOT * g->inverse * (v[0] * r[0] - r[1]);
    double t3 = HALF_ROOT * g->inverse * c * t1;
    double y = g->inverse * (r[3] - v[2] * r[0]), z = g->inverse * (v[1] * r[0] - r[2]);
    r[0] -= t1;
    r[1] = y;
    r[2] = z;
    r[3] = t3 - t2;
    r[4] = t3 + t2;
}

/* From those of the first axis to those of the second. */
static void turn_first(double r[EQUATIONS])
{
    double difference = HALF_ROOT * (r[3] - r[4]), mean = 0.5 * (r[3] + r[4]);
    double t = HALF_ROOT * r[2], first = r[0];
    r[0] = -r[1];
    r[1] = first;
    r[2] = difference;
    r[3] = mean - t;
    r[4] = mean + t;
}

/* From those of the second to those of the third. */
static void turn_second(double r[EQUATIONS])
{
    double difference = HALF_ROOT * (r[3] - r[4]), mean = 0.5 * (r[3] + r[4]);
    double t = HALF_ROOT * r[0], second = r[1];
    r[0] = difference;
    r[1] = -r[2];
    r[2] = second;
    r[3] = mean - t;
    r[4] = mean + t;
}

/* And back. */
static void leave(double r[EQUATIONS], const struct gas *g, double c, double density)
{
    const double *v = g->v;
    double t1 = HALF_ROOT * density / c * (r[3] + r[4]);
    double t2 = r[2] + t1, t3 = HALF_ROOT * density * (r[3] - r[4]);
    double x = density * r[1], y = density * r[0];
    r[0] = t2;
    r[1] = v[0] * t2 - x;
    r[2] = v[1] * t2 + y;
    r[3] = v[2] * t2 + t3;
    r[4] = v[1] * y - v[0] * x + g->kinetic1 * t2 + c * c / C2 * t1 + v[2] * t3;
}

/* The bands of a line: of what moves with the gas, and with sound one way (1) or the other (-1). */
static void set_bands(unsigned axis, size_t first, double dt, int way, double bands[][BAND])
{
    size_t step = cfd.stride[axis];
    double diffusion[SIDE_MAX], speed[SIDE_MAX];
    for (size_t i = 0; i < cfd.side; i++) {
        const struct gas *g = &cfd.gas[first + i * step];
        /* of the energy, which is the greatest of all equations' */
        diffusion[i] = dt * cfd.t1 * (cfd_diffusion[axis] + C1345 * g->inverse);
        speed[i] = dt * cfd.t2 * (g->v[axis] + way * sound[first + i * step]);
    }
    for (size_t i = 1; i < cfd.side - 1; i++) {
        for (unsigned b = 0; b < BAND; b++)
            bands[i][b] = dt * FOURTH * cfd.fourth[i][b];
        bands[i][1] -= speed[i - 1] + diffusion[i - 1];
        bands[i][2] += 1 + 2 * diffusion[i];
        bands[i][3] += speed[i + 1] - diffusion[i + 1];
    }
}

/* Solves it for equations from `low` to `high`. On both ends the solution is 0, and so are the
 * bands of the two rows there. */
static void solve_bands(double bands[][BAND], double r[][EQUATIONS], unsigned low, unsigned high)
{
    size_t last = cfd.side - 1;
    for (size_t i = 1; i < last; i++) {
        double *here = bands[i], *next = bands[i + 1], *second = bands[i + 2];
        double inverse = 1 / here[2], by = next[1], by2 = second[0];
        here[3] *= inverse;
        here[4] *= inverse;
        next[2] -= by * here[3];
        next[3] -= by * here[4];
        second[1] -= by2 * here[3];
        second[2] -= by2 * here[4];
        for (unsigned m = low; m <= high; m++) {
            r[i][m] *= inverse;
            r[i + 1][m] -= by * r[i][m];
            r[i + 2][m] -= by2 * r[i][m];
        }
    }
    for (size_t i = last - 1; i > 0; i--)
        for (unsigned m = low; m <= high; m++)
            r[i][m] -= bands[i][3] * r[i + 1][m] + bands[i][4] * r[i + 2][m];
}

static void solve_line(unsigned axis, size_t first, double dt)
{
    double bands[SIDE_MAX + 1][BAND], r[SIDE_MAX + 1][EQUATIONS] = {{0}};
    size_t last = cfd.side - 1, step = cfd.stride[axis];
    memset(bands, 0, sizeof bands);
    for (size_t i = 1; i < last; i++) {
        size_t p = first + i * step;
        memcpy(r[i], cfd.right[p], sizeof r[i]);
        if (axis == 0)
            enter(r[i], &cfd.gas[p], sound[p]);
    }
    set_bands(axis, first, dt, 0, bands);
    solve_bands(bands, r, 0, 2);
    set_bands(axis, first, dt, 1, bands);
    solve_bands(bands, r, 3, 3);
    set_bands(axis, first, dt, -1, bands);
    solve_bands(bands, r, 4, 4);
    for (size_t i = 1; i < last; i++) {
        size_t p = first + i * step;
        if (axis == 0)
            turn_first(r[i]);
        else if (axis == 1)
            turn_second(r[i]);
        else
            leave(r[i], &cfd.gas[p], sound[p], cfd.u[p][0]);
        memcpy(cfd.right[p], r[i], sizeof r[i]);
    }
}

static void step(double dt)
{
    cfd_right_side(dt);
    find_sound();
    for (unsigned axis = 0; axis < 3; axis++)
        cfd_lines(axis, dt, solve_line);
    cfd_update(1);
}

static const struct cfd_program program = {
    .classes =
        {
            {10,
             15,
             0.015,
             {53.8182744782609, 7.70465348399462, 15.0815924085784, 13.346033284605,
              104.075041435115},
             {2.0656464170284, 0.191809164869798, 0.540696410406382, 0.476235445305952,
              3.85309050166505},
             0},
            {12,
             100,
             0.015,
             {2.7470315451339479e-02, 1.0360746705285417e-02, 1.6235745065095532e-02,
              1.5840557224455615e-02, 3.4849040609362460e-02},
             {2.7289258557377227e-05, 1.0364446640837285e-05, 1.6154798287166471e-05,
              1.5750704994480102e-05, 3.4177666183390531e-05},
             0},
            {36,
             400,
             0.0015,
             {0.1893253733584e-02, 0.1717075447775e-03, 0.2778153350936e-03, 0.2887475409984e-03,
              0.3143611161242e-02},
             {0.7542088599534e-04, 0.6512852253086e-05, 0.1049092285688e-04, 0.1128838671535e-04,
              0.1212845639773e-03},
             0},
            {64,
             400,
             0.0015,
             {2.4799822399300195, 1.1276337964368832, 1.5028977888770491, 1.4217816211695179,
              2.1292113035138280},
             {1.0900140297820550e-04, 3.7343951769282091e-05, 5.0092785406541633e-05,
              4.7671093939528255e-05, 1.3621613399213001e-04},
             0},
        },
    .operations = {881.174, -4683.91, 11484.5, -19272.4},
    .step = step,
};

static void run(enum npb_class class, struct npb_result *result)
{
    size_t side = program.classes[class].side;
    sound = malloc(side * side * side * sizeof *sound);
    if (sound != NULL)
        cfd_run(&program, class, result);
    else
        result->invalid = NPB_NO_MEMORY;
    free(sound);
}

const struct npb npb_sp = {"SP", run};
