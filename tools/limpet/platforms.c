/* The hypervisors and what this machine has of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "platforms.h"
#include "image.h"
#include "lab.h"
#include "limpet.h"
#include "options.h"
#include "proc.h"
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool cpuinfo_flag(const char *cpuinfo, const char *flag)
{
    const char *p = strstr(cpuinfo, "\nflags");
    size_t n = strlen(flag), end;

    if (!p)
        return false;
    p++;
    end = strcspn(p, "\n");
    for (const char *at = p; (at = strstr(at, flag)) && at < p + end; at += n)
        if (strchr(" \t", at[-1]) && strchr(" \t\n", at[n]))
            return true;
    return false;
}

char *cpuinfo_model(const char *cpuinfo)
{
    const char *p = strstr(cpuinfo, "model name");

    p = p ? strchr(p, ':') : NULL;
    if (!p)
        return xstrdup("unknown");
    p += 1 + strspn(p + 1, " \t");
    return xasprintf("%.*s", (int)strcspn(p, "\n"), p);
}

char *cpuinfo_read(void)
{
    size_t n;
    char *text = file_read("/proc/cpuinfo", 64u << 20, &n);

    return text ? text : xstrdup("");
}

static enum offer probe_qemu(struct buf *why)
{
    char *argv[] = {VM_DEFAULT_QEMU, "--version", NULL};
    char *version = proc_output(argv);
    const char *number = version ? strstr(version, "version ") : NULL;

    if (number)
        buf_printf(why, "QEMU %.*s, TCG", (int)strcspn(number + 8, "\n"), number + 8);
    else
        buf_str(why, VM_DEFAULT_QEMU " is not here: apt-get install qemu-system-x86");
    free(version);
    return number ? OFFER_NATIVE : OFFER_NO;
}

/* What /dev/kvm says: NULL when it works, else what is wrong with it. */
static const char *kvm_trouble(void)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), version;

    if (fd < 0 && errno == EACCES)
        return "no permission for /dev/kvm (to use it: sudo usermod -aG kvm $USER, then log in "
               "again)";
    if (fd < 0)
        return errno == ENOENT ? "no /dev/kvm here" : "/dev/kvm does not open";
    version = ioctl(fd, KVM_GET_API_VERSION, 0);
    close(fd);
    return version == 12 ? NULL : "/dev/kvm has an unknown interface version";
}

static enum offer probe_kvm(struct buf *why)
{
    const char *trouble = kvm_trouble();
    char *cpuinfo = cpuinfo_read();
    bool vmx = cpuinfo_flag(cpuinfo, "vmx"), svm = cpuinfo_flag(cpuinfo, "svm");
    enum offer offer = OFFER_LAB;

    if (!trouble && (vmx || svm)) {
        buf_printf(why, "/dev/kvm with %s", vmx ? "VT-x" : "AMD SVM");
        offer = OFFER_NATIVE;
    } else if (!trouble) {
        buf_str(why, "KVM here interprets instructions (no vmx/svm in /proc/cpuinfo): "
                     "its timings are not KVM's");
    } else {
        buf_str(why, trouble);
    }
    if (offer == OFFER_LAB && getenv("LIMPET_LAB"))
        offer = OFFER_NO;
    if (offer == OFFER_LAB)
        buf_str(why, "; using the lab");
    if (offer == OFFER_LAB && !lab_is_built())
        buf_str(why, " (not built yet: limpet lab build kvm)");
    free(cpuinfo);
    return offer;
}

static enum offer probe_later(struct buf *why)
{
    buf_str(why, "not yet supported by this version");
    return OFFER_LATER;
}

const struct platform platforms[] = {
    {"qemu", "QEMU", false, probe_qemu},    {"kvm", "KVM", true, probe_kvm},
    {"vmm", "VMM", true, probe_later},      {"xen-pvh", "PVH", false, probe_later},
    {"xen-hvm", "HVM", false, probe_later}, {NULL, NULL, false, NULL},
};

/* The order of the classic tables: KVM, QEMU, HVM, PVH, VMM. */
static const char *const table_order[] = {"kvm", "qemu", "xen-hvm", "xen-pvh", "vmm"};

const struct platform *platform_find(const char *name)
{
    for (const struct platform *p = platforms; p->name; p++)
        if (!strcmp(p->name, name))
            return p;
    return NULL;
}

static bool in_list(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = list; (p = strstr(p, name)); p += n)
        if ((p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
            return true;
    return false;
}

/* Are all words of the list platforms that this version supports? */
static bool check_list(const char *list)
{
    char *copy = xstrdup(list), *save = NULL;
    bool good = list[0] != '\0';

    if (!good)
        warn("an empty list of platforms; try: limpet platforms");
    for (char *word = strtok_r(copy, ",", &save); word && good; word = strtok_r(NULL, ",", &save)) {
        const struct platform *p = platform_find(word);

        good = p && p->probe != probe_later;
        if (!p)
            warn("unknown platform \"%s\"; try: limpet platforms", word);
        else if (!good)
            warn("platform %s: not yet supported by this version", word);
    }
    free(copy);
    return good;
}

int platform_list(const char *list, const struct platform **out, int max)
{
    bool all = !strcmp(list, "all");
    int n = 0;

    if (!all && !check_list(list))
        return -1;
    for (size_t i = 0; i < sizeof table_order / sizeof *table_order && n < max; i++) {
        const struct platform *p = platform_find(table_order[i]);

        if (all ? p->probe != probe_later : in_list(list, p->name))
            out[n++] = p;
    }
    return n;
}

static const char *offer_text(enum offer offer)
{
    static const char *const text[] = {"native", "lab", "no", "no"};

    return text[offer];
}

int cmd_platforms(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_PLATFORMS, argc, argv, &o);
    json_t *list;

    if (status >= 0)
        return status;
    if (o.rest_count) {
        warn("platforms takes no argument; \"%s\" was given", o.rest[0]);
        return ST_USAGE;
    }
    list = json_array();
    for (const struct platform *p = platforms; p->name; p++) {
        struct buf why = {0};
        enum offer offer = p->probe(&why);

        if (!o.json)
            printf("%-8s %-7s %s\n", p->name, offer_text(offer), why.data);
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "platform", p->name, "mode",
                                              offer_text(offer), "text", why.data));
        buf_free(&why);
    }
    if (o.json) {
        json_dumpf(list, stdout, JSON_INDENT(2));
        putchar('\n');
    }
    json_decref(list);
    return ST_OK;
}
