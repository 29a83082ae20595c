/* The images of the apps that are measured.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_IMAGES_H
#define LIMPET_IMAGES_H

#include "lab/lab.h"
#include "measure/suites.h"
#include "vm/image.h"

/* Each app's once. Zero-initialize; images_free() it. */
struct images {
    struct app_image {
        const char *app;
        struct image image;
        bool own; /* the user's own program, in a folder for itself: it may have any name */
    } * v;
    size_t n;
};

#define RULER "ruler" /* the app that checks a guest's clock: always among them */

/* Finds those of the chosen suites, in a folder (NULL: as limpet run does), and the user's own
 * program (NULL: none is chosen). Returns 0, or a status with a message. */
int images_find(struct images *images, const struct suite_list *chosen, const char *folder,
                const char *program);

/* The folder of the user's own program, inside that of the others. */
#define IMAGES_OWN "own"

/* Is what will be written (NULL: the standard output) none of them? If not, a message. */
bool images_spare(const struct images *images, const char *output);

/* Replaces them by copies in a folder, with a set of wrappings (WRAPPING_BIT()): a build at the
 * same time must not change what is compared. Returns 0, or a status with a message. */
int images_snapshot(struct images *images, const char *folder, unsigned wrappings);

/* Copies them into a folder of a lab's job with that set of wrappings. Returns false with a message
 * when that failed. */
bool images_add(const struct images *images, struct lab_job *job, const char *folder,
                unsigned wrappings);

/* Adds the words by which the tool inside a lab measures the user's own program from that folder,
 * with its arguments, if there is one: they come last. */
void images_add_program(const struct images *images, const struct args *arguments,
                        const char *folder, struct args *words);

/* That of an app; it must be there. */
const struct image *images_of(const struct images *images, const char *app);

void images_free(struct images *images);

#endif
