/* The machine that the tool runs on: its processor, its state, its KVM.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "host/host.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
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

/* Where the line's rest begins that starts with these words, or NULL. */
static const char *find_line(const char *text, const char *words)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, words, strlen(words)))
            return line + strlen(words);
    }
    return NULL;
}

char *cpuinfo_microcode(const char *cpuinfo)
{
    const char *p = find_line(cpuinfo, "microcode");
    size_t digits;

    if (!p)
        return NULL;
    p += strspn(p, " \t:");
    digits = strncmp(p, "0x", 2) != 0 ? 0 : strspn(p + 2, "0123456789abcdef");
    if (!digits || !strchr("\n", p[2 + digits]))
        return NULL; /* a hypervisor's guest may be told anything */
    return xasprintf("%.*s", (int)(2 + digits), p);
}

char *os_release_name(const char *text)
{
    const char *p = find_line(text, "PRETTY_NAME="), *ends = "\n";
    size_t n;

    if (!p)
        return NULL;
    if (*p == '"')
        ends = "\"\n";
    else if (*p == '\'')
        ends = "'\n";
    p += *ends != '\n';
    n = strcspn(p, ends);
    return n && n < 256 ? xasprintf("%.*s", (int)n, p) : NULL;
}

const char *smt_state(const char *text)
{
    static const char *const states[][2] = {
        {"on", "on"},
        {"off", "off"},
        {"forceoff", "off"},
        {"notsupported", "notsupported"},
        {"notimplemented", "notsupported"},
    };

    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        size_t n = strlen(states[i][0]);

        if (!strncmp(text, states[i][0], n) && strchr("\n", text[n]))
            return states[i][1];
    }
    return NULL;
}

char *bracketed_word(const char *text)
{
    const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;

    if (!close || close == open + 1 || strcspn(open, " \n") < (size_t)(close - open))
        return NULL;
    return xasprintf("%.*s", (int)(close - open - 1), open + 1);
}

char *first_word(const char *text)
{
    const char *word = text + strspn(text, " \t\n");
    size_t n = strcspn(word, " \t\n");

    return n && n < 64 ? xasprintf("%.*s", (int)n, word) : NULL;
}

/* The text of a small file of /etc, /proc or /sys; "" when there is none. */
static char *read_small(const char *path)
{
    size_t n;
    char *text = file_read(path, 1 << 16, &n);

    return text ? text : xstrdup("");
}

/* A text, or what is to stand for it. Takes over text. */
static void set(struct facts *facts, const char *name, char *text, const char *otherwise)
{
    facts_set_text(facts, name, text && text[0] ? text : otherwise);
    free(text);
}

/* What is made of a file's text. */
static void set_from(struct facts *facts, const char *name, const char *path,
                     char *(*parse)(const char *), const char *otherwise)
{
    char *text = read_small(path);

    set(facts, name, parse(text), otherwise);
    free(text);
}

struct facts *host_facts(void)
{
    struct utsname u;
    char *cpuinfo = cpuinfo_read(), *smt = read_small("/sys/devices/system/cpu/smt/control");
    double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE), load[3];
    struct facts *facts = facts_new();

    uname(&u);
    facts_set_text(facts, "hostname", u.nodename);
    set(facts, "cpu_model", cpuinfo_model(cpuinfo), "unknown");
    set(facts, "microcode", cpuinfo_microcode(cpuinfo), NULL);
    facts_set_text(facts, "kernel", u.release);
    set_from(facts, "distribution", "/etc/os-release", os_release_name, "unknown");
    facts_set_truth(facts, "virtualized", cpuinfo_flag(cpuinfo, "hypervisor"));
    facts_set_count(facts, "cpus", sysconf(_SC_NPROCESSORS_ONLN));
    facts_set_text(facts, "smt", smt_state(smt));
    set_from(facts, "governor", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", first_word,
             NULL);
    set_from(facts, "huge_pages", "/sys/kernel/mm/transparent_hugepage/enabled", bracketed_word,
             NULL);
    facts_set_text(facts, "load", NULL);
    if (getloadavg(load, 3) == 3)
        facts_set_list(facts, "load", load, 3);
    facts_set_count(facts, "memory_mib", (long long)(memory / (1 << 20)));
    free(smt);
    free(cpuinfo);
    return facts;
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

bool kvm_interprets(void)
{
    struct buf why = {0};
    bool native = kvm_probe(&why);

    buf_free(&why);
    return !native && !kvm_trouble();
}

/* Is this parameter of a kernel module on? */
static bool parameter_on(const char *module, const char *name)
{
    char *path = xasprintf("/sys/module/%s/parameters/%s", module, name);
    size_t n;
    char *text = file_read(path, 64, &n);
    bool on = text && (text[0] == '1' || text[0] == 'Y');

    free(text);
    free(path);
    return on;
}

bool kvm_nests(void)
{
    return parameter_on("kvm_amd", "nested") || parameter_on("kvm_intel", "nested");
}

void kvm_confidential(struct buf *out)
{
    static const struct {
        const char *module, *parameter, *name;
    } kinds[] = {{"kvm_amd", "sev", "SEV"},
                 {"kvm_amd", "sev_es", "SEV-ES"},
                 {"kvm_amd", "sev_snp", "SEV-SNP"},
                 {"kvm_intel", "tdx", "TDX"}};
    const char *before = "";

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (parameter_on(kinds[i].module, kinds[i].parameter)) {
            buf_printf(out, "%s%s", before, kinds[i].name);
            before = ", ";
        }
    if (!before[0])
        buf_str(out, "none");
}
