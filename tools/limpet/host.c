/* The machine that the tool runs on: its processor and its KVM.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "host.h"
#include "image.h"
#include "limpet.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
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

bool kvm_probe(struct buf *why)
{
    const char *trouble = kvm_trouble();
    char *cpuinfo = cpuinfo_read();
    bool vmx = cpuinfo_flag(cpuinfo, "vmx"), svm = cpuinfo_flag(cpuinfo, "svm");

    free(cpuinfo);
    if (trouble)
        buf_str(why, trouble);
    else if (vmx || svm)
        buf_printf(why, "/dev/kvm with %s", vmx ? "VT-x" : "AMD SVM");
    else
        buf_str(why, "KVM here interprets instructions (no vmx/svm in /proc/cpuinfo): "
                     "its timings are not KVM's");
    return !trouble && (vmx || svm);
}

bool kvm_nests(void)
{
    static const char *const modules[] = {"kvm_amd", "kvm_intel"};
    bool nests = false;

    for (int i = 0; i < 2 && !nests; i++) {
        char *path = xasprintf("/sys/module/%s/parameters/nested", modules[i]);
        size_t n;
        char *text = file_read(path, 64, &n);

        nests = text && (text[0] == '1' || text[0] == 'Y');
        free(text);
        free(path);
    }
    return nests;
}
