/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What BT, SP and LU have in common: the flow of a compressible gas through a cube, discretized,
 * its forcing chosen so that a polynomial is the exact solution. They differ in how a step is
 * solved.
 */
#ifndef CFD_H
#define CFD_H

#include "npb.h"

#define EQUATIONS 5  /* mass, three momenta, energy */
#define ENERGY    4  /* momenta are 1, 2, 3: of axis a it is 1 + a */
#define SIDE_MAX  64 /* of class A */

/* The specification's constants C1 and C2, and products of the others. */
#define C1     1.4
#define C2     0.4
#define C34    0.1               /* C3 C4: viscosity */
#define C1345  (1.4 * 1.4 * C34) /* C1 C5 C3 C4: conduction of heat */
#define FOURTH 0.25              /* of the fourth-order dissipation */

typedef double block[EQUATIONS][EQUATIONS];

/* What the equations want of a point, from its five unknowns. */
struct gas {
    double inverse;  /* of the density */
    double v[3];     /* velocity */
    double kinetic;  /* energy, of a volume */
    double kinetic1; /* of a mass */
    double energy1;  /* all energy, of a mass */
};

/* The cube, one at a time. A point's number is the sum of its coordinates times the strides. */
extern struct cfd {
    size_t side, stride[3];
    double t1, t2;              /* of second and first differences: 1/h^2, 1/2h */
    double fourth[SIDE_MAX][5]; /* weights of fourth differences, by the coordinate */
    double (*u)[EQUATIONS];     /* the unknowns */
    double (*right)[EQUATIONS]; /* the right-hand side, then the step's solution */
    double (*forcing)[EQUATIONS];
    struct gas *gas; /* of u, as cfd_right_side() has found it */
} cfd;

extern const double cfd_diffusion[3]; /* of each axis */

struct cfd_class {
    unsigned side, steps;
    double dt;
    double residual[EQUATIONS], error[EQUATIONS]; /* the norms that verify it */
    double surface;                               /* the same, of LU's integral */
};

struct cfd_program {
    struct cfd_class classes[CLASSES];
    double operations[4]; /* of a step: a polynomial of the side, from its cube down */
    void (*step)(double dt);
    double (*surface)(void); /* or NULL */
};

/* How many points there are. */
static inline size_t cfd_points(void) { return cfd.side * cfd.side * cfd.side; }

/* Solves, measures, verifies. */
void cfd_run(const struct cfd_program *program, enum npb_class class, struct npb_result *result);

/* The right-hand side of all points, times a factor; 0 on the cube's surface. */
void cfd_right_side(double factor);

/* u += factor * right */
void cfd_update(double factor);

/* To a block of the implicit system it adds the derivative of the flux along an axis, of the
 * convective or of the viscous part, times a factor. */
void cfd_add_convective(block to, const struct gas *g, unsigned axis, double factor);
void cfd_add_viscous(block to, const struct gas *g, unsigned axis, double factor);

/* Calls it for each line of inner points along an axis, with the number of the line's first point,
 * on all threads. */
void cfd_lines(unsigned axis, double dt, void (*line)(unsigned axis, size_t first, double dt));

/* Solves a x = right for some right-hand sides beside each other, and puts x there. a is spoilt.
 * Inline, as loops of known length are much faster. */
static inline void cfd_solve(block a, size_t width, double right[EQUATIONS][width])
{
    for (size_t p = 0; p < EQUATIONS; p++) {
        double inverse = 1 / a[p][p];
        for (size_t c = p + 1; c < EQUATIONS; c++)
            a[p][c] *= inverse;
        for (size_t c = 0; c < width; c++)
            right[p][c] *= inverse;
        for (size_t row = 0; row < EQUATIONS; row++) {
            double factor = a[row][p];
            if (row == p)
                continue;
            for (size_t c = p + 1; c < EQUATIONS; c++)
                a[row][c] -= factor * a[p][c];
            for (size_t c = 0; c < width; c++)
                right[row][c] -= factor * right[p][c];
        }
    }
}

#endif
