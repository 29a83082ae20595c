/* Two sides that take turns, A twice in every round: here, and in labs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TURNS_H
#define LIMPET_TURNS_H

#include "measure/images.h"
#include "measure/suites.h"
#include "results/comparison.h"

#define TURNS_SIDES  3  /* A, A again, B */
#define TURNS_ROUNDS 20 /* by default */
#define TURNS_QUICK  6  /* by --quick, and as many more as so many rows want */
#define TURNS_MOST   250
#define TURNS_BOOTS  3 /* of a lab, so many rounds at least in each: */
#define TURNS_EACH   5

/* What is held against the other: options and images. */
struct contender {
    struct measure_plan plan;
    struct images images;
    const char *words;      /* what makes it, as it was given */
    struct args travelling; /* options for the tool inside a lab */
};

struct turns {
    struct contender contenders[2];
    const struct platform *platforms[PLATFORMS_MAX];
    int count;
    struct suite_list chosen;
    struct args travelling;          /* options for the tool inside a lab, of both sides alike */
    unsigned long long seed, random; /* random: how far its numbers are used up */
    bool quick;                      /* rounds, and more if no row could be told by so few */
    unsigned rounds;                 /* 0: until every row has a verdict, at most: */
    unsigned most;
    double budget_s; /* and no longer; 0: any time */
    struct judging judging;
    struct result *results[TURNS_SIDES]; /* get all that is measured */
    unsigned looks;                      /* how often one looked whether that is enough */
};

extern const char *const turns_labels[TURNS_SIDES];

/*
 * Each side is started once on every platform that is native here before anything is measured, so
 * that one that does not start costs nobody's time. begin: called when all have. A side
 * that fails later ends a suite there; what all sides gave before stays. A platform of a lab is
 * measured in several boots of it, all sides in each. Returns 0, or a status with a message.
 */
int turns_measure(struct turns *turns, void (*begin)(void *ctx), void *ctx);

/* Is a platform measured in a lab? */
bool turns_in_lab(const struct platform *platform);

/* One boot of a lab with so many rounds of its platforms (turns_lab.c): their results are joined
 * with what earlier ones gave. steps: of progress. Returns 0, or a status with a message. */
int turns_lab(struct turns *turns, const char *lab, unsigned boot, unsigned rounds, double steps);

#endif
