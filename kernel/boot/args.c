/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: see args.h. */
#include "boot/args.h"
#include "boot/info.h"
#include "boot/options.h"
#include "base/environment.h"
#include "base/panic.h"
#include "base/symbols.h"
#include <string.h>

char *args_argv[ARGS_MAX + 2];
int args_argc;

int args_split(char *line, char **words, int max)
{
    int n = 0;
    while (*line == ' ')
        line++;
    while (*line != '\0') {
        char *out = line;
        int quoted = 0;
        if (n < max)
            words[n] = line;
        n++;
        for (; *line != '\0' && (quoted || *line != ' '); line++) {
            if (*line == '"') {
                quoted = !quoted;
            } else {
                if (*line == '\\' && line[1] != '\0')
                    line++;
                *out++ = *line;
            }
        }
        while (*line == ' ')
            line++; /* before the NUL is written, which may fall on the space */
        *out = '\0';
    }
    return n;
}

static bool begins(const char *word, const char *with)
{
    return strncmp(word, with, strlen(with)) == 0;
}

/*
 * Where the loader's words end that begin with word i: behind the image's name, or at the "--" that
 * ends them all; i: this one is not the loader's. That the line is shared may be said only behind
 * such words.
 */
static int loaders_end(char *const *word, int n, int i, const struct boot_info *info)
{
    bool shared = line_is_shared || info->protocol == BOOT_LINUX;
    int end = shared && begins(word[i], "BOOT_IMAGE=") ? i + 1 : i;
    for (; i < n; i++) {
        if (strcmp(word[i], "--") == 0)
            return shared ? i : end;
        shared |= strcmp(word[i], "limpet.line=shared") == 0;
    }
    return end;
}

void args_read(const struct boot_info *info)
{
    char **word = args_argv + 1;
    int n = args_split(info->cmdline, word, ARGS_MAX), env = 0, i = 0;
    int theirs = 0; /* what stands before is the loader's, where it is not ours */
    if (n > ARGS_MAX)
        panic("The command line has %d words; Limpet takes at most %d.", n, ARGS_MAX);
    for (; i < n; i++) {
        if (begins(word[i], "limpet."))
            kernel_option(word[i] + 7);
        else if (begins(word[i], "env.") && env < ENV_MAX)
            args_env[env++] = word[i] + 4;
        else if (begins(word[i], "env."))
            panic("The command line sets more than %d environment variables.", ENV_MAX);
        else if (i >= theirs && (theirs = loaders_end(word, n, i, info)) == i)
            break;
    }
    if (i < n && strcmp(word[i], "--") == 0)
        i++;
    memmove(word, word + i, (size_t)(n - i) * sizeof *word);
    word[n - i] = 0;
    args_argc = n - i + 1;
    args_argv[0] = (char *)limpet_image_name;
}
