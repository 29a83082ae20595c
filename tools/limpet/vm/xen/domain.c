/* One Xen domain of ours: made, and ended by its number, whatever its name has become.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/domain.h"
#include "base/cleanup.h"
#include "vm/image.h"
#include "vm/linux_guest.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/msg.h"
#include "tools/status.h"
#include "vm/platforms.h"
#include "base/proc.h"
#include "vm/xen/config.h"
#include "host/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#define CREATE_S  60.0 /* xl create */
#define DESTROY_S 60.0 /* xl destroy */
#define INFO_S    10.0

#define PROGRAM_MAX (64u << 20) /* of Linux, in its initial file system */

/* What each domain of ours has in xenstore, so that a later run can tell whether its owner lives:
 * OWNERS-UUID = "NAMESPACE PID START NAME", of the owner's process. */
#define OWNERS_DIR  "/tool"
#define OWNERS_NAME "limpet-"

bool domain_fail(struct domain *d, int status, char *text)
{
    d->result->status = interrupted ? ST_INTERRUPT + interrupted : status;
    d->result->text = interrupted ? xstrdup("interrupted") : text;
    if (interrupted)
        free(text);
    return false;
}

void domain_name(struct domain *d)
{
    unsigned char uuid[16];

    while (getrandom(uuid, sizeof uuid, 0) != sizeof uuid)
        ;
    uuid[6] = (uuid[6] & 0x0f) | 0x40; /* version 4, RFC 4122, 4.4 */
    uuid[8] = (uuid[8] & 0x3f) | 0x80;
    xen_uuid_text(uuid, d->uuid);
    d->name = xasprintf("limpet-%.13s", d->uuid);
}

static char *path_in(const struct domain *d, const char *name)
{
    return xasprintf("%s/%s", d->dir, name);
}

char *domain_node(const struct domain *d, const char *name)
{
    return xasprintf("/local/domain/%d/%s", d->id, name);
}

int xen_xl(struct xen_host *h, char *const argv[], const char *dir, double limit_s, struct buf *out,
           struct buf *err)
{
    if (xen_store_answers(&h->store))
        return proc_run(argv, dir, limit_s, out, err);
    if (err)
        buf_str(err, "xenstored does not answer\n");
    return -EIO;
}

static bool write_file(struct domain *d, const char *path, const struct buf *text)
{
    FILE *f = fopen(path, "w");
    bool good = f && fwrite(text->data, 1, text->len, f) == text->len;

    if (f && fclose(f))
        good = false;
    return good ||
           domain_fail(d, ST_FAILED, xasprintf("cannot write %s: %s", path, strerror(errno)));
}

/* The disk that the domain gets: a copy, which it may write to. NULL with the result set. */
static char *copy_disk(struct domain *d)
{
    char *from = image_wrapping(d->job->image, WRAPPING_ISO), *to = path_in(d, "disk.iso");

    if (access(from, R_OK))
        domain_fail(d, ST_IMAGE, xasprintf("no disk %s to boot from (make builds it)", from));
    else if (file_copy(from, to, 0600))
        domain_fail(d, ST_FAILED, xasprintf("cannot copy %s", from));
    free(from);
    if (!d->result->text)
        return to;
    free(to);
    return NULL;
}

/* The firmware that such a domain gets, where it is not Xen's own, or NULL; caller frees. */
static char *firmware_of(enum xen_way way)
{
    return way == XEN_HVM_DISK_FAST ? image_bios() : way == XEN_HVM_UEFI ? xstrdup(XEN_OVMF) : NULL;
}

static bool have_firmware(struct domain *d, const char *path)
{
    return !access(path, R_OK) ||
           domain_fail(
               d, ST_IMAGE,
               xasprintf("no %s (%s)", path,
                         strcmp(path, XEN_OVMF) ? "make setup builds it" : "apt-get install ovmf"));
}

/* Linux' initial file system with the program and its arguments. Returns its path (caller frees),
 * or NULL with the result set. */
static char *make_initrd(struct domain *d)
{
    char *program = image_wrapping(d->job->image, WRAPPING_LINUX), *to = path_in(d, "initrd");
    struct buf initrd = {0};
    size_t n;
    char *data = file_read(program, PROGRAM_MAX, &n);

    if (data)
        linux_initramfs(data, n, d->job->line, &initrd);
    if (!data)
        domain_fail(d, ST_IMAGE, xasprintf("cannot use %s: %s", program, strerror(errno)));
    else
        write_file(d, to, &initrd);
    buf_free(&initrd);
    free(data);
    free(program);
    if (!d->result->text)
        return to;
    free(to);
    return NULL;
}

bool domain_configure(struct domain *d)
{
    const struct vm_config *c = d->config;
    const struct args *modules = d->job->modules;
    const char *module = modules && modules->n ? modules->v[0] : NULL, *rest;
    char *ramdisk = module ? vm_module_path(module, &rest) : NULL, *disk = NULL;
    char *file = path_in(d, "domain.cfg"), *bios = firmware_of(c->platform->variant);
    char *linux_image = c->platform->variant == XEN_LINUX_PVH ? linux_kernel() : NULL;
    struct xen_domain x = {.way = c->platform->variant,
                           .name = d->name,
                           .uuid = d->uuid,
                           .image = d->job->image,
                           .line = d->job->line,
                           .bios = bios,
                           .ramdisk = ramdisk,
                           .smp = c->smp ? c->smp : 1,
                           .mem_mib = c->mem_mib ? c->mem_mib : VM_DEFAULT_MEM_MIB,
                           /* QEMU's SVM lets a guest's XSETBV pass Xen by: see qemu.c. */
                           .no_xsave = place()->emulated_by != NULL};
    struct buf text = {0};
    bool good = true;

    if (module && !ramdisk)
        good = domain_fail(d, ST_IMAGE,
                           xasprintf("cannot use the module %s: %s", module, strerror(errno)));
    if (good && bios)
        good = have_firmware(d, bios);
    if (good && linux_image) {
        x.image = linux_image;
        x.line = LINUX_XEN_LINE;
        good = (x.ramdisk = ramdisk = make_initrd(d)) != NULL;
    }
    if (good && xen_way_has_disk(x.way))
        good = (x.image = disk = copy_disk(d)) != NULL;
    if (good) {
        xen_config(&x, &text);
        good = write_file(d, file, &text);
        d->result->command_line = text.data;
    }
    free(linux_image);
    free(ramdisk);
    free(disk);
    free(bios);
    free(file);
    return good;
}

/* The files that the toolstack and xenconsoled keep of a domain of that name. */
#define LOGS 3
static char *log_file(const char *name, int number)
{
    static const char *const heads[LOGS] = {"qemu-dm-", "guest-", "xl-"};

    return xasprintf("/var/log/xen/%s%s.log", heads[number], name);
}

static void remove_logs(const char *name)
{
    for (int i = 0; i < LOGS; i++) {
        char *path = log_file(name, i);

        unlink(path);
        free(path);
    }
}

/* How much memory Xen has free, in MiB, or a negative number. */
static double free_mib(struct xen_host *h)
{
    char *argv[] = {"xl", "info", NULL}, *line;
    struct buf out = {0};
    double mib = -1;

    if (!xen_xl(h, argv, NULL, INFO_S, &out, NULL) && out.len) {
        line = strstr(out.data, "free_memory");
        if (!line || sscanf(line, "free_memory : %lf", &mib) != 1)
            mib = -1;
    }
    buf_free(&out);
    return mib;
}

/* Why a domain could not be built: in our words, then in those of xl and the device model. */
static char *build_failure(struct domain *d, int status, const struct buf *errors)
{
    unsigned wanted = d->config->mem_mib ? d->config->mem_mib : VM_DEFAULT_MEM_MIB;
    char *path = log_file(d->name, 0), *log, *text;
    double left = free_mib(&d->host);
    struct buf out = {0};
    size_t n = 0;

    buf_str(&out, "domain build: ");
    if (left >= 0 && left < wanted)
        buf_printf(&out,
                   "Xen has %.0f MiB of memory free, the domain wants %u and a little for "
                   "itself; give it less by --mem",
                   left, wanted);
    else if (status > 0 && WIFSIGNALED(status))
        buf_printf(&out, "xl create had not ended after %g s", CREATE_S);
    else
        buf_str(&out, "xl create failed");
    if (errors->len)
        buf_printf(&out, "; xl says:\n%s", errors->data);
    log = file_read(path, 1 << 20, &n);
    if (log && n)
        buf_printf(&out, "The device model:\n%s", log);
    for (text = out.data, n = out.len; n && text[n - 1] == '\n'; n--)
        text[n - 1] = '\0';
    free(path);
    free(log);
    return text;
}

/* A process for the list of owners: its number means something within its namespace until it ends.
 * Returns false when there is no such process. */
static bool process_text(int pid, struct buf *out)
{
    unsigned long long start = proc_start_time(pid);
    char space[64];
    ssize_t n = readlink("/proc/self/ns/pid", space, sizeof space - 1);

    space[n > 0 ? n : 0] = '\0';
    buf_printf(out, "%s %d %llu ", space, pid, start);
    return start > 0;
}

/* Has the owner of such an entry ended for certain? */
static bool owner_ended(const char *entry)
{
    struct buf now = {0};
    const char *number = strchr(entry, ' ');
    int pid = number ? atoi(number) : 0;
    bool lives = pid <= 0 || process_text(pid, &now), same_space, same;

    same = now.data && !strncmp(entry, now.data, now.len);
    same_space = now.data && !strncmp(entry, now.data, strcspn(now.data, " ") + 1);
    buf_free(&now);
    return pid > 0 && same_space && (!lives || !same);
}

static char *owner_path(const char *uuid)
{
    return xasprintf(OWNERS_DIR "/" OWNERS_NAME "%s", uuid);
}

static void enter_owner(struct domain *d, bool yes)
{
    char *path = owner_path(d->uuid);
    struct buf entry = {0};

    process_text(getpid(), &entry);
    buf_str(&entry, d->name);
    if (yes)
        xen_store_write(&d->host.store, path, entry.data);
    else
        xen_store_remove(&d->host.store, path);
    buf_free(&entry);
    free(path);
}

/* Returns what is wrong, or NULL; caller frees. */
static char *end_domain(struct xen_host *h, int id)
{
    char *text = xasprintf("%d", id), *argv[] = {"xl", "destroy", text, NULL}, *why = NULL;
    bool answers = xen_store_answers(&h->store);
    struct buf errors = {0};
    struct xen_seen seen;

    if (answers && proc_run(argv, NULL, DESTROY_S, NULL, &errors) &&
        h->state(h, id, &seen) != XEN_GONE)
        why = xasprintf("xl destroy %d failed; try it by hand%s%s", id, errors.len ? ":\n" : "",
                        errors.len ? errors.data : "");
    else if (!answers && h->destroy && h->destroy(h, id))
        why = xasprintf("xenstored does not answer: domain %d was ended in Xen alone; what the "
                        "toolstack has of it is left",
                        id);
    else if (!answers)
        why = xasprintf("xenstored does not answer: domain %d is left; when it does again, "
                        "xl destroy %d",
                        id, id);
    buf_free(&errors);
    free(text);
    return why;
}

static void undo(void *context) { domain_destroy(context); }

bool domain_create(struct domain *d)
{
    char *argv[] = {"xl", "create", "-q", "-e", "-p", "domain.cfg", NULL};
    struct buf errors = {0};
    int status;

    enter_owner(d, true);
    if (xen_consoled_trouble()) /* for which xl would wait in vain */
        return domain_fail(d, ST_START,
                           xasprintf("toolstack: xenconsoled %s", xen_consoled_trouble()));
    if (!xen_store_answers(&d->host.store))
        return domain_fail(d, ST_START, xstrdup("toolstack: xenstored does not answer"));
    d->io.origin = now_s();
    cleanup_undo(undo, d);
    status = proc_run(argv, d->dir, CREATE_S, NULL, &errors);
    d->result->created_s = now_s() - d->io.origin;
    d->result->domain = d->id = d->host.find(&d->host, d->uuid);
    if (status || interrupted)
        domain_fail(d, ST_START, build_failure(d, status, &errors));
    else if (d->id < 0)
        domain_fail(d, ST_START, xasprintf("domain build: there is no domain %s", d->name));
    buf_free(&errors);
    return !d->result->text;
}

void domain_destroy(struct domain *d)
{
    char *why = NULL;

    cleanup_undone(d);
    if (d->id >= 0 && !d->facts.gone)
        why = end_domain(&d->host, d->id);
    if (why)
        warn("%s", why);
    enter_owner(d, false);
    remove_logs(d->name);
    free(why);
}

/* Ends the domain of an entry whose owner has ended, and removes the entry. */
static void clear_leftover(struct xen_host *h, const char *uuid)
{
    char *path = owner_path(uuid), *entry = xen_store_read(&h->store, path), *why = NULL;
    const char *name = entry ? strrchr(entry, ' ') : NULL;
    int id = name && owner_ended(entry) ? h->find(h, uuid) : -2;

    if (id >= 0) {
        why = end_domain(h, id);
        warn("%s", why ? why : "a domain that a killed limpet left behind was ended");
    }
    if (id >= -1 && !why) {
        xen_store_remove(&h->store, path);
        if (!strchr(name, '/'))
            remove_logs(name + 1);
    }
    free(why);
    free(entry);
    free(path);
}

void xen_clear_leftovers(struct xen_host *h)
{
    struct args names = {0};

    xen_store_list(&h->store, OWNERS_DIR, &names);
    for (size_t i = 0; i < names.n; i++)
        if (!strncmp(names.v[i], OWNERS_NAME, sizeof OWNERS_NAME - 1))
            clear_leftover(h, names.v[i] + sizeof OWNERS_NAME - 1);
    args_free(&names);
}
