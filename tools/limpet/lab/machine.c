/* The lab's machines: QEMU's arguments, from the files that the image brings along.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "base/msg.h"
#include "host/host.h"
#include "host/place.h"
#include "lab/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A name without blanks and commas, which QEMU's lists could not hold. */
#define IMAGE_LINK "image"

bool lab_uses_kvm(void)
{
    struct buf why = {0};
    bool native;

    if (place()->lab_accel)
        return !strcmp(place()->lab_accel, "kvm");
    native = kvm_probe(&why) && kvm_nests();
    buf_free(&why);
    return native;
}

char *lab_argument(const char *line, const char *dir, const char *append)
{
    static const char *const words[] = {"@DIR@", "@APPEND@"};
    const char *const values[] = {dir, append};
    struct buf out = {0};

    buf_str(&out, "");
    while (*line) {
        int i = 0;

        while (i < 2 && strncmp(line, words[i], strlen(words[i])))
            i++;
        if (i < 2) {
            buf_str(&out, values[i]);
            line += strlen(words[i]);
        } else {
            buf_add(&out, line++, 1);
        }
    }
    return out.data;
}

/* The arguments of the file, line by line. */
static int read_arguments(const char *lab, const char *dir, const char *append, struct args *out)
{
    char *path = xasprintf("%s/%s.args", dir, lab), *save = NULL;
    size_t n;
    char *text = file_read(path, 1 << 20, &n);

    if (!text)
        warn("lab %s: cannot read %s: %s", lab, path, strerror(errno));
    for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line;
         line = strtok_r(NULL, "\n", &save)) {
        char *word = lab_argument(line, IMAGE_LINK, append);

        args_add(out, word);
        free(word);
    }
    free(path);
    free(text);
    return text ? 0 : -1;
}

int lab_machine(const char *lab, const struct lab_image *image, const char *append, const char *dir,
                struct args *out)
{
    char *link = xasprintf("%s/" IMAGE_LINK, dir);
    int failed = symlink(image->dir, link);

    if (failed)
        warn("lab %s: cannot make the link %s: %s", lab, link, strerror(errno));
    free(link);
    args_add(out, "qemu-system-x86_64");
    if (failed || read_arguments(lab, image->dir, append, out))
        return -1;
    args_words(out, lab_uses_kvm() ? "-accel kvm -cpu host"
                                   : "-accel tcg -cpu EPYC,+svm,-smap,-smep,-xsavec,-monitor");
    args_words(out, "-display none");
    return 0;
}
