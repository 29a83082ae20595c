/* limpet exec: runs an image as though it were a program of this machine, for build systems.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/quote.h"
#include "cmd/cmd.h"
#include "cmd/run.h"
#include "lab/lab.h"
#include "tools/status.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of our environment a program has these unasked: what its words, dates and threads depend on, and
 * where Automake tells its tests their files are. The rest describes this machine, not the guest's.
 */
static const char *const usual_env[] = {"TZ",     "LANG",   "LC_*",       "OMP_*",
                                        "GOMP_*", "srcdir", "top_srcdir", NULL};

/* Adds those variables of our environment whose names a pattern matches, but none twice. */
static void add_matching(const char *pattern, struct args *env)
{
    for (char **e = environ; *e; e++) {
        size_t n = strcspn(*e, "=");
        char *name = xasprintf("%.*s", (int)n, *e);
        bool skip = !n || fnmatch(pattern, name, 0);

        for (size_t i = 0; i < env->n && !skip; i++)
            skip = !strncmp(env->v[i], *e, n + 1);
        if (!skip)
            args_add(env, *e);
        free(name);
    }
}

/* Puts in place of -e NAME what our environment has of it; NAME=VALUE stays. */
static void gather_env(struct options *o)
{
    struct args asked = o->env;

    o->env = (struct args){0};
    for (size_t i = 0; i < asked.n; i++)
        if (strchr(asked.v[i], '='))
            args_add(&o->env, asked.v[i]);
    for (size_t i = 0; i < asked.n; i++)
        if (!strchr(asked.v[i], '='))
            add_matching(asked.v[i], &o->env);
    for (const char *const *pattern = usual_env; *pattern; pattern++)
        add_matching(*pattern, &o->env);
    args_free(&asked);
}

/* The first of these that this machine has itself and that can do what is asked for; else plain
 * QEMU. */
static const struct platform *fastest_platform(const struct options *o)
{
    static const char *const fast[] = {"vmm", "kvm", "xen-pvh", NULL};

    for (const char *const *name = fast; *name; name++) {
        const struct platform *platform = platform_find(*name);
        struct buf why = {0};
        bool good = lab_offer(platform, &why) == OFFER_NATIVE &&
                    (!platform->refuse || !platform->refuse(&o->vm, &o->modules));

        buf_free(&why);
        if (good)
            return platform;
    }
    return platform_find("qemu");
}

static const struct platform *choose_platform(const struct options *o)
{
    const struct platform *list[PLATFORMS_MAX];
    int count;

    if (!o->platforms)
        return o->lab ? platform_find("kvm") : fastest_platform(o);
    count = platform_list(o->platforms, list, PLATFORMS_MAX);
    if (count > 1)
        warn("exec runs a program on one platform, not on several: limpet run does");
    return count == 1 ? list[0] : NULL;
}

/* The command's words, with those of $LIMPET_EXEC before its own: where a program starts an image
 * itself, nobody can give options. Returns false, with a message, when a quote is open. */
static bool gather_words(int argc, char **argv, struct args *words)
{
    const char *more = getenv("LIMPET_EXEC");

    args_add(words, argv[0]);
    if (more && quote_split(more, words)) {
        warn("$LIMPET_EXEC: a quote is left open in: %s", more);
        return false;
    }
    for (int i = 1; i < argc; i++)
        args_add(words, argv[i]);
    return true;
}

static int cmd_exec(int argc, char **argv)
{
    struct args words = {0};
    struct console_listener listener = {.bytes = output_bytes};
    const struct platform *platform = NULL;
    struct image image = {0};
    struct options o = {0};
    char *root = NULL;
    int status = ST_USAGE;

    if (gather_words(argc, argv, &words))
        status = options_parse(OPT_EXEC, (int)words.n, words.v, &o);

    listener.show_exit = o.verbose;
    if (status < 0 && (!o.rest_count || !o.rest[0][0])) {
        warn("execute what? for instance: limpet exec ./mine.elf");
        status = ST_USAGE;
    }
    if (status < 0 && run_pack_root(&o, &root))
        status = ST_USAGE;
    if (status < 0)
        platform = choose_platform(&o);
    if (status < 0 && (!platform || !platform_accepts(platform, &o.vm, &o.modules)))
        status = ST_USAGE;
    if (status < 0 && o.vm.timeout_s <= 0)
        o.vm.timeout_s = RUN_FOR_EVER_S; /* as any program may take */
    if (status < 0 && (status = image_find(o.rest[0], &image)) == 0) {
        gather_env(&o);
        status = run_fetch_check(&o, &image);
        if (!status)
            status = run_fetched(platform, &image, &o, &listener);
    }
    if (root)
        cleanup_remove(root);
    free(root);
    image_free(&image);
    options_free(&o);
    args_free(&words);
    return output_failed() ? ST_FAILED : status;
}

const struct command command_exec = {
    .name = "exec",
    .fn = cmd_exec,
    .help = "run an image as though it were a program of this machine",
    .usage = "limpet exec [OPTION…] IMAGE [ARG…]",
    .options = OPT_EXEC,
    .notes = "\n"
             "What stands behind IMAGE is the program's, options too. It has our standard\n"
             "input and output, and of our environment TZ, LANG, LC_*, OMP_*, GOMP_*, srcdir\n"
             "and top_srcdir; others by -e. --root . gives it a copy of the current folder.\n"
             "Nothing is said but what the program says, and it may take as long as it\n"
             "likes. Any number may run beside each other (make -j check). Options in\n"
             "$LIMPET_EXEC come before those of the command: for images by limpet-cc\n"
             "--runnable, which other programs start as they start any. The platform is the\n"
             "fastest that this machine has itself: vmm, kvm, xen-pvh, else qemu. Build\n"
             "systems take it as CMAKE_CROSSCOMPILING_EMULATOR and exe_wrapper: the files\n"
             "limpet.cmake and limpet.ini in share/limpet have both (docs/apps.md).\n"
             "\n"
             "Exit status: the program's own. 2, 119 to 126, 130 and 143 may be the tool's,\n"
             "as of limpet run; a line that begins with \"limpet: \" on stderr says so then.\n",
    .example = "limpet exec ./mine.elf --its-option < input",
    .words = WORDS_APP,
};
