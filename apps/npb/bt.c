/* SPDX-License-Identifier: BSD-2-Clause */
/* BT, block tridiagonal: a step is solved along the lines of one axis after the other, each line a
 * system of blocks of 5 x 5, by elimination and substitution. */
#include "cfd.h"
#include <string.h>

#define RIGHT EQUATIONS /* the column behind a block's: the right-hand side */

static void set_blocks(unsigned axis, size_t point, double dt, block before, block here,
                       block after)
{
    const struct gas *g = &cfd.gas[point];
    size_t step = cfd.stride[axis];
    memset(before, 0, sizeof(block));
    memset(here, 0, sizeof(block));
    memset(after, 0, sizeof(block));
    cfd_add_convective(before, g - step, axis, -dt * cfd.t2);
    cfd_add_viscous(before, g - step, axis, -dt * cfd.t1);
    cfd_add_viscous(here, g, axis, 2 * dt * cfd.t1);
    cfd_add_convective(after, g + step, axis, dt * cfd.t2);
    cfd_add_viscous(after, g + step, axis, -dt * cfd.t1);
    for (unsigned m = 0; m < EQUATIONS; m++)
        here[m][m] += 1;
}

/* On both ends, on the surface, the solution is 0. */
static void solve_line(unsigned axis, size_t first, double dt)
{
    size_t last = cfd.side - 1, step = cfd.stride[axis];
    double rows[SIDE_MAX][EQUATIONS][EQUATIONS + 1]; /* what is left: the block after, the right */
    memset(rows[0], 0, sizeof rows[0]);
    for (size_t i = 1; i < last; i++) {
        block before, here, after;
        size_t point = first + i * step;
        set_blocks(axis, point, dt, before, here, after);
        for (unsigned m = 0; m < EQUATIONS; m++) {
            memcpy(rows[i][m], after[m], sizeof after[m]);
            rows[i][m][RIGHT] = cfd.right[point][m];
            for (unsigned n = 0; n < EQUATIONS; n++) {
                const double *done = rows[i - 1][n];
                for (unsigned c = 0; c < EQUATIONS; c++)
                    here[m][c] -= before[m][n] * done[c];
                rows[i][m][RIGHT] -= before[m][n] * done[RIGHT];
            }
        }
        cfd_solve(here, EQUATIONS + 1, rows[i]);
    }
    for (size_t i = last - 1; i > 0; i--)
        for (unsigned m = 0; m < EQUATIONS; m++) {
            for (unsigned n = 0; n < EQUATIONS && i < last - 1; n++)
                rows[i][m][RIGHT] -= rows[i][m][n] * rows[i + 1][n][RIGHT];
            cfd.right[first + i * step][m] = rows[i][m][RIGHT];
        }
}

static void step(double dt)
{
    cfd_right_side(dt);
    for (unsigned axis = 0; axis < 3; axis++)
        cfd_lines(axis, dt, solve_line);
    cfd_update(1);
}

static const struct cfd_program program = {
    .classes =
        {
            {10,
             10,
             0.01,
             {806.081890066929, 61.595166961691, 202.678702454852, 183.854112992332,
              1850.64530193651},
             {29.9411216183571, 2.64992632868691, 7.42515253257278, 6.77678263004284,
              71.0663405666179},
             0},
            {12,
             60,
             0.01,
             {1.7034283709541311e-01, 1.2975252070034097e-02, 3.2527926989486055e-02,
              2.6436421275166801e-02, 1.9211784131744430e-01},
             {4.9976913345811579e-04, 4.5195666782961927e-05, 7.3973765172921357e-05,
              7.3821238632439731e-05, 8.9269630987491446e-04},
             0},
            {24,
             200,
             0.0008,
             {112.5590409344, 11.80007595731, 27.10329767846, 24.69174937669, 263.8427874317},
             {4.419655736008, 0.4638531260002, 1.011551749967, 0.9235878729944, 10.18045837718},
             0},
            {64,
             200,
             0.0008,
             {1.0806346714637264e+02, 1.1319730901220813e+01, 2.5974354511582465e+01,
              2.3665622544678910e+01, 2.5278963211748344e+02},
             {4.2348416040525025e+00, 4.4390282496995698e-01, 9.6692480136345650e-01,
              8.8302063039765474e-01, 9.7379901770829278e+00},
             0},
        },
    .operations = {3478.8, -17655.7, 28023.7, 0},
    .step = step,
};

static void run(enum npb_class class, struct npb_result *result)
{
    cfd_run(&program, class, result);
}

const struct npb npb_bt = {"BT", run};
