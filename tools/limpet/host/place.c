/* Where this tool runs: the one place that reads its environment's LIMPET_….
 * SPDX-License-Identifier: BSD-2-Clause */
#include "host/place.h"

#include "base/buf.h"
#include "base/file.h"

#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value && value[0] ? value : NULL;
}

/* As the XDG base directory specification 0.8 has it: what is no absolute path does not count. */
static const char *cache_folder(void)
{
    const char *folder = variable("XDG_CACHE_HOME"), *home = variable("HOME");
    const struct passwd *user = home ? NULL : getpwuid(getuid());

    if (folder && folder[0] == '/')
        return folder;
    home = user ? user->pw_dir : home;
    return home && home[0] == '/' ? xasprintf("%s/.cache", home) : NULL;
}

const struct place *place(void)
{
    static struct place here;
    static bool known;
    const char *nesting = variable("LIMPET_NESTING");

    if (!known)
        here = (struct place){.lab = variable("LIMPET_LAB"),
                              .nesting = nesting ? atoi(nesting) : 0,
                              .emulated_by = variable("LIMPET_EMULATED"),
                              .lab_accel = variable("LIMPET_LAB_ACCEL"),
                              .lab_open = variable("LIMPET_LAB_OPEN"),
                              .lab_dir = variable("LIMPET_LAB_DIR"),
                              .apps = variable("LIMPET_APPS"),
                              .vmm = variable("LIMPET_VMM"),
                              .gdb = variable("LIMPET_GDB"),
                              .ovmf_code = variable("LIMPET_OVMF_CODE"),
                              .ovmf_vars = variable("LIMPET_OVMF_VARS"),
                              .linux_kernel = variable("LIMPET_LINUX"),
                              .cache = cache_folder()};
    known = true;
    return &here;
}

bool place_is_installed(void)
{
    char *script = xasprintf("%s/lab/" LAB_SCRIPT, tool_dir());
    bool there = !access(script, R_OK);

    free(script);
    return there;
}

/* The folder of what is built for labs. */
static char *built(void)
{
    const char *cache = place_is_installed() ? place()->cache : NULL;

    return xasprintf("%s%s/lab", cache ? cache : tool_dir(), cache ? "/limpet" : "");
}

char *place_lab_image(const char *file)
{
    char *dir = built();
    char *path = xasprintf("%s/image%s%s", dir, file ? "/" : "", file ? file : "");

    free(dir);
    return path;
}

char *place_qemu_build(const char *name)
{
    char *dir = built(), *path = name ? xasprintf("%s/qemu-cfi/%s/qemu-system-x86_64", dir, name)
                                      : xasprintf("%s/qemu-cfi", dir);

    free(dir);
    return path;
}
