/* SPDX-License-Identifier: BSD-2-Clause */
/* FT: a partial differential equation solved in space's Fourier transform, six steps of time. */
#include "npb.h"
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS    6
#define SAMPLES  1024 /* of the field, added up after each step */
#define ALPHA    1e-6
#define SIDE_MAX 256
#define LINES    8 /* that are transformed together: their points lie side by side */
#define PI       3.14159265358979323846

typedef double complex number;

static const struct size {
    unsigned side[3]; /* the first is that of neighbours in memory */
    number sums[STEPS];
} classes[CLASSES] = {
    {{32, 32, 32},
     {537.7889159453457 + 603.2787954587162 * I, 537.2168198787335 + 602.3341297470473 * I,
      536.6548010284235 + 601.4013243123323 * I, 536.1026866642802 + 600.4802068635370 * I,
      535.5603071923194 + 599.5706078796825 * I, 535.0274960928389 + 598.6723605623094 * I}},
    {{64, 64, 64},
     {554.6087004964 + 484.5363331978 * I, 554.6385409189 + 486.5304269511 * I,
      554.6148406171 + 488.3910722336 * I, 554.5423607415 + 490.1273169046 * I,
      554.4255039624 + 491.7475857993 * I, 554.2683411902 + 493.2597244941 * I}},
    {{128, 128, 32},
     {567.3612178944 + 529.3246849175 * I, 563.1436885271 + 528.2149986629 * I,
      559.4024089970 + 527.0996558037 * I, 556.0698047020 + 526.0027904925 * I,
      553.0898991250 + 524.9400845633 * I, 550.4159734538 + 523.9212247086 * I}},
    {{256, 256, 128},
     {504.6735008193 + 511.4047905510 * I, 505.9412319734 + 509.8809666433 * I,
      506.9376896287 + 509.8144042213 * I, 507.7892868474 + 510.1336130759 * I,
      508.5233095391 + 510.4914655194 * I, 509.1487099959 + 510.7917842803 * I}},
};

static const unsigned *side;
static size_t points;
static number *field, *space;  /* the transform as it is now; what it is the transform of */
static double *decay;          /* of each frequency in a step */
static number roots[SIDE_MAX]; /* exp(2 pi i k / SIDE_MAX) */

static inline number product(number a, number b)
{
    double ar = creal(a), ai = cimag(a), br = creal(b), bi = cimag(b);
    return __builtin_complex(ar * br - ai * bi, ar * bi + ai * br); /* of finite numbers */
}

/* Transforms LINES lines of n points, by Stockham's passes: from one buffer to the other and back.
 * Returns the one that has the result. sign: 1, or -1 for the way back. */
static number *transform(number *from, number *to, unsigned n, int sign)
{
    for (unsigned half = n / 2, stride = 1; half >= 1; half /= 2, stride *= 2) {
        for (unsigned k = 0; k < half; k++) {
            number root = roots[k * (SIDE_MAX / 2 / half)];
            if (sign < 0)
                root = conj(root);
            for (unsigned s = 0; s < stride; s++) {
                const number *a = from + (s + stride * k) * LINES, *b = a + stride * half * LINES;
                number *c = to + (s + stride * 2 * k) * LINES, *d = c + stride * LINES;
                for (unsigned l = 0; l < LINES; l++) {
                    number x = a[l], y = b[l];
                    c[l] = x + y;
                    d[l] = product(root, x - y);
                }
            }
        }
        number *other = from;
        from = to;
        to = other;
    }
    return from;
}

/* All lines along one axis. Lines beside each other are `near` points apart; there are groups of
 * them, in `far` steps. */
static void transform_axis(unsigned axis, int sign)
{
    size_t step = axis == 0 ? 1 : axis == 1 ? side[0] : (size_t)side[0] * side[1];
    size_t near = axis == 0 ? side[0] : 1, across = axis == 0 ? side[1] : side[0];
    size_t far = axis == 1   ? (size_t)side[0] * side[1]
                 : axis == 0 ? (size_t)side[0] * side[1]
                             : side[0];
    size_t layers = axis == 2 ? side[1] : side[2];
    unsigned n = side[axis];
#pragma omp parallel for schedule(static)
    for (size_t layer = 0; layer < layers; layer++) {
        number buffers[2][SIDE_MAX * LINES];
        for (size_t line = 0; line < across; line += LINES) {
            number *at = space + layer * far + line * near;
            for (unsigned i = 0; i < n; i++)
                for (unsigned l = 0; l < LINES; l++)
                    buffers[0][i * LINES + l] = at[i * step + l * near];
            const number *done = transform(buffers[0], buffers[1], n, sign);
            for (unsigned i = 0; i < n; i++)
                for (unsigned l = 0; l < LINES; l++)
                    at[i * step + l * near] = done[i * LINES + l];
        }
    }
}

/* A frequency's distance from none, on an axis where those of the upper half are negative. */
static double frequency(unsigned i, unsigned n) { return i < n / 2 ? i : (double)i - n; }

static void prepare(void)
{
    double random = NPB_SEED, factor = -4 * ALPHA * PI * PI;
    for (unsigned k = 0; k < SIDE_MAX; k++)
        roots[k] = __builtin_complex(cos(2 * PI * k / SIDE_MAX), sin(2 * PI * k / SIDE_MAX));
    npb_randoms(2 * points, &random, (double *)space);
#pragma omp parallel for schedule(static)
    for (unsigned z = 0; z < side[2]; z++)
        for (unsigned y = 0; y < side[1]; y++)
            for (unsigned x = 0; x < side[0]; x++) {
                double fx = frequency(x, side[0]), fy = frequency(y, side[1]),
                       fz = frequency(z, side[2]);
                decay[((size_t)z * side[1] + y) * side[0] + x] =
                    exp(factor * (fx * fx + fy * fy + fz * fz));
            }
}

static void evolve(void)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < points; i++) {
        field[i] *= decay[i];
        space[i] = field[i];
    }
}

static number sum_samples(void)
{
    number sum = 0;
    for (size_t j = 1; j <= SAMPLES; j++)
        sum += space[(5 * j % side[2] * side[1] + 3 * j % side[1]) * side[0] + j % side[0]];
    return sum / (double)points;
}

static bool solve(const struct size *size)
{
    bool right = true;
    prepare();
    for (unsigned axis = 0; axis < 3; axis++)
        transform_axis(axis, 1);
    memcpy(field, space, points * sizeof *field);
    for (int step = 0; step < STEPS; step++) {
        evolve();
        for (unsigned axis = 3; axis-- > 0;)
            transform_axis(axis, -1);
        number sum = sum_samples();
        right &= npb_near(creal(sum), creal(size->sums[step]), 1e-12) &&
                 npb_near(cimag(sum), cimag(size->sums[step]), 1e-12);
    }
    return right;
}

static void run(enum npb_class class, struct npb_result *result)
{
    const struct size *size = &classes[class];
    double n, logarithm;
    side = size->side;
    points = (size_t)side[0] * side[1] * side[2];
    field = malloc(points * sizeof *field);
    space = malloc(points * sizeof *space);
    decay = malloc(points * sizeof *decay);
    n = (double)points;
    logarithm = log(n);
    result->mop =
        n * 1e-6 * (14.8157 + 7.19641 * logarithm + STEPS * (5.23518 + 7.21113 * logarithm));
    if (field != NULL && space != NULL && decay != NULL) {
        memset(field, 0, points * sizeof *field); /* their pages are there before the time begins */
        memset(space, 0, points * sizeof *space);
        memset(decay, 0, points * sizeof *decay);
        npb_begin(result);
        bool right = solve(size);
        npb_end(result);
        if (!right)
            result->invalid = NPB_WRONG;
    } else {
        result->invalid = NPB_NO_MEMORY;
    }
    free(decay);
    free(space);
    free(field);
}

const struct npb npb_ft = {"FT", run};
