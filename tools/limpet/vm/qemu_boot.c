/* How QEMU starts a guest: what its folder holds for that, and the arguments that name it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/qemu_boot.h"
#include "base/file.h"
#include "base/quote.h"
#include "tools/status.h"
#include "vm/doors.h"
#include "vm/image.h"
#include "vm/iso.h"
#include "vm/linux_guest.h"
#include "vm/ovmf.h"
#include "vm/qemu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ISO_MAX (1u << 30)
#define ESP     "esp" /* a folder that QEMU shows as a disk with a FAT */
#define INITRD  "initrd.cpio"
#define ISO     "disk.iso" /* a copy, with the guest's arguments */
#define CODE    "OVMF_CODE.fd"
#define VARS    "OVMF_VARS.fd"

const char *const qemu_doors[] = {"multiboot", "bz", NULL};
const char *const qemu_bios_doors[] = {"disk", "cd", "bz", NULL};
const char *const qemu_uefi_doors[] = {"efi", "esp", "disk", "cd", NULL};
const char *const qemu_linux_doors[] = {DOOR_LINUX, NULL};

const char *qemu_boot_machine(const struct platform *p)
{
    static const char *const machines[] = {[QEMU_DIRECT] = QEMU_DEFAULT_MACHINE,
                                           [QEMU_BIOS] = "pc",
                                           [QEMU_UEFI] = "q35",
                                           [QEMU_LINUX] = "q35"};

    return machines[p->variant];
}

/* Is a door this one? */
static bool is(const struct vm_config *c, const char *door)
{
    const char *used = door_used(c->platform, c->door);

    return used && !strcmp(used, door);
}

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/* A link to path in a folder, under its name, or what of it needs no quoting anywhere; that is the
 * caller's to free. */
static char *link_plain(const char *dir, const char *path, const char *own)
{
    char *name = xstrdup(own), *full;

    for (char *p = name; *p; p++)
        if (!strchr(plain, *p))
            *p = '_';
    full = xasprintf("%s/%s", dir, name);
    if (symlink(path, full)) {
        free(name);
        name = NULL;
    }
    free(full);
    return name;
}

/* One module of -initrd: "N/NAME ARGUMENTS", commas doubled; by multiboot the kernel is told the
 * name (kernel/boot/info.h) where QEMU's word cannot be it. Returns 0 or -errno. */
static int add_module(const char *dir, size_t number, const char *module, bool multiboot,
                      struct buf *out)
{
    const char *arguments;
    char *path = vm_module_path(module, &arguments), *sub, *name, *file;
    const char *own;
    int error;

    if (!path)
        return -errno;
    file = xasprintf("%.*s", (int)(arguments - module), module);
    own = basename(file);
    sub = xasprintf("%s/%zu", dir, number);
    name = mkdir(sub, 0700) ? NULL : link_plain(sub, path, own);
    error = name ? 0 : -errno;
    if (name)
        buf_printf(out, "%s%zu/%s", number ? "," : "", number, name);
    if (name && multiboot && strcmp(name, own)) {
        buf_str(out, " limpet.name=");
        quote_name(out, own);
    }
    for (const char *p = arguments; *p && name; p++)
        buf_add(out, *p == ',' ? ",," : p, *p == ',' ? 2 : 1);
    free(name);
    free(sub);
    free(file);
    free(path);
    return error;
}

static bool fail(struct vm_result *r, int status, char *text)
{
    r->status = status;
    free(r->text);
    r->text = text;
    return false;
}

/* A copy of the ISO with the guest's line in the place that its firmware reads. */
static bool write_iso(const char *from, const char *to, const char *line, enum iso_slot slot,
                      struct vm_result *r)
{
    size_t n;
    char *iso = file_read(from, ISO_MAX, &n), *why;

    if (!iso)
        return fail(r, ST_IMAGE, xasprintf("cannot read %s: %s", from, strerror(errno)));
    why = iso_put_line(iso, n, line, slot);
    if (why)
        fail(r, ST_IMAGE, xasprintf("%s: %s", from, why));
    else if (output_file(to, iso, n))
        fail(r, ST_FAILED, xasprintf("cannot write %s", to));
    free(why);
    free(iso);
    return !r->text;
}

/* The folder of an EFI system partition: the program, under the name by which firmware finds it,
 * and beside it its arguments. */
static bool write_esp(const char *from, const char *dir, const char *line, struct vm_result *r)
{
    static const char *const folders[] = {ESP, ESP "/EFI", ESP "/EFI/BOOT"};
    char *program = xasprintf("%s/" ESP "/EFI/BOOT/BOOTX64.EFI", dir);
    char *words = xasprintf("%s/" ESP "/EFI/BOOT/BOOTX64.CMD", dir);
    char *text = xasprintf("%s\n", line);
    bool good = true;

    for (size_t i = 0; i < sizeof folders / sizeof *folders && good; i++) {
        char *path = xasprintf("%s/%s", dir, folders[i]);

        good = !mkdir(path, 0700);
        free(path);
    }
    good = good && !file_copy(from, program, 0600) && !output_file(words, text, strlen(text));
    free(program);
    free(words);
    free(text);
    return good || fail(r, ST_FAILED, xasprintf("cannot fill the folder %s/" ESP, dir));
}

/* Linux, whose initial file system holds the program and its arguments. */
static bool add_linux(const char *program, const char *dir, const char *line,
                      struct qemu_boot *boot, struct vm_result *r)
{
    char *kernel = linux_kernel(), *to = xasprintf("%s/" INITRD, dir), *data;
    struct buf initrd = {0};
    size_t n;

    data = file_read(program, ISO_MAX, &n);
    boot->image = link_plain(dir, kernel, "vmlinuz");
    boot->line = LINUX_LINE;
    if (data)
        linux_initramfs(data, n, line, &initrd);
    if (!data || !boot->image)
        fail(r, ST_IMAGE, xasprintf("cannot use %s with %s: %s", program, kernel, strerror(errno)));
    else if (output_file(to, initrd.data, initrd.len))
        fail(r, ST_FAILED, xasprintf("cannot write %s", to));
    buf_str(&boot->modules, INITRD);
    buf_free(&initrd);
    free(data);
    free(to);
    free(kernel);
    return !r->text;
}

/* UEFI's flash: the variables are a copy, to which the firmware writes. */
static bool add_flash(const char *dir, struct vm_result *r)
{
    struct ovmf ovmf;
    char *code = xasprintf("%s/" CODE, dir), *vars = xasprintf("%s/" VARS, dir);

    if (!ovmf_find(&ovmf))
        fail(r, ST_START, xstrdup(OVMF_MISSING));
    else if (symlink(ovmf.code, code) || file_copy(ovmf.vars, vars, 0600))
        fail(r, ST_FAILED, xasprintf("cannot put OVMF into %s", dir));
    free(code);
    free(vars);
    return !r->text;
}

static bool add_modules(const struct vm_config *c, const struct vm_job *job, const char *dir,
                        struct qemu_boot *boot, struct vm_result *r)
{
    buf_str(&boot->modules, "");
    for (size_t i = 0; job->modules && i < job->modules->n; i++) {
        int error = add_module(dir, i, job->modules->v[i], is(c, "multiboot"), &boot->modules);

        if (error)
            return fail(
                r, ST_IMAGE,
                xasprintf("cannot use the module %s: %s", job->modules->v[i], strerror(-error)));
    }
    return true;
}

/* The image itself, in the file that its door takes. */
static bool add_image(const struct vm_config *c, const struct vm_job *job, const char *file,
                      const char *dir, struct qemu_boot *boot, struct vm_result *r)
{
    enum iso_slot slot = c->platform->variant == QEMU_UEFI ? ISO_UEFI : ISO_GRUB;
    char *iso = xasprintf("%s/" ISO, dir);
    bool good = true;

    if (access(file, R_OK))
        good = fail(r, ST_IMAGE,
                    xasprintf("there is no %s, which the door \"%s\" takes (make builds it)", file,
                              door_used(c->platform, c->door)));
    else if (is(c, DOOR_LINUX))
        good = add_linux(file, dir, job->line, boot, r);
    else if (is(c, "esp"))
        good = write_esp(file, dir, job->line, r);
    else if (is(c, "disk") || is(c, "cd"))
        good = write_iso(file, iso, job->line, slot, r);
    else if (!(boot->image = link_plain(dir, file, basename(file))))
        good =
            fail(r, ST_IMAGE, xasprintf("cannot link %s into %s: %s", file, dir, strerror(errno)));
    free(iso);
    return good;
}

bool qemu_boot_prepare(const struct vm_config *c, const struct vm_job *job, const char *dir,
                       struct qemu_boot *boot, struct vm_result *r)
{
    char *file = image_wrapping(job->image, door_wrapping(c->platform, c->door));
    bool good;

    boot->line = job->line;
    good = add_image(c, job, file, dir, boot, r) && add_modules(c, job, dir, boot, r) &&
           (c->platform->variant != QEMU_UEFI || add_flash(dir, r));

    free(file);
    return good;
}

void qemu_boot_arguments(const struct vm_config *c, const struct qemu_boot *boot, struct args *out)
{
    if (c->platform->variant == QEMU_UEFI)
        args_words(out, "-drive if=pflash,unit=0,format=raw,readonly=on,file=" CODE
                        " -drive if=pflash,unit=1,format=raw,file=" VARS);
    if (is(c, "esp")) {
        args_words(out, "-drive format=raw,file=fat:rw:" ESP);
    } else if (is(c, "disk")) {
        args_words(out, "-drive format=raw,file=" ISO);
    } else if (is(c, "cd")) {
        args_words(out, "-cdrom " ISO);
    } else {
        args_add(out, "-kernel");
        args_add(out, boot->image);
        if (boot->line[0]) {
            args_add(out, "-append");
            args_add(out, boot->line);
        }
    }
    if (boot->modules.len) {
        args_add(out, "-initrd");
        args_add(out, boot->modules.data);
    }
}

void qemu_boot_watch(const struct vm_config *c, const char *dir, struct firmware_end *end)
{
    char *disk = xasprintf("%s/" ISO, dir);

    if (c->platform->variant == QEMU_UEFI)
        end->words = FIRMWARE_UEFI;
    else if (c->platform->variant == QEMU_BIOS && is(c, "disk"))
        firmware_end_watch(end, disk);
    free(disk);
}

char *qemu_line_trouble(const struct platform *p, const char *door, const char *line)
{
    const char *used = door_used(p, door);
    char *why = NULL, *text;

    if (!used)
        return NULL;
    if (!strcmp(used, "disk") || !strcmp(used, "cd"))
        why = iso_line_trouble(line, p->variant == QEMU_UEFI ? ISO_UEFI : ISO_GRUB);
    else if (!strcmp(used, "esp"))
        why = iso_line_trouble(line, ISO_UEFI);
    if (!why)
        return NULL;
    text = xasprintf("%s, door \"%s\": %s", p->name, used, why);
    free(why);
    return text;
}

const char *qemu_refuse(const struct vm_config *c, const struct args *modules)
{
    const char *rest;
    bool words = false;

    if ((c->platform->variant == QEMU_BIOS || c->platform->variant == QEMU_UEFI) && c->machine &&
        !strncmp(c->machine, "microvm", 7))
        return "--machine: this platform starts by a firmware of a PC: pc or q35";
    if (!modules || !modules->n || is(c, "multiboot"))
        return NULL;
    if (is(c, DOOR_LINUX))
        return "--module: a Linux guest has none";
    if (is(c, "esp") || is(c, "disk") || is(c, "cd"))
        return "--module: this door has no way for modules; use the platform qemu or kvm";
    for (size_t i = 0; i < modules->n; i++) {
        free(vm_module_path(modules->v[i], &rest));
        words |= *rest != '\0';
    }
    if (modules->n > 1)
        return "--module: this door takes one module at most";
    return words ? "--module: this door gives a module no arguments" : NULL;
}

void qemu_boot_free(struct qemu_boot *boot)
{
    free(boot->image);
    buf_free(&boot->modules);
}
