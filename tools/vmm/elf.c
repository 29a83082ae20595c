/* SPDX-License-Identifier: BSD-2-Clause */
/* The image's file: see elf.h. ELF-64 Object File Format 1.5; Xen's elfnote.h. */
#include "elf.h"
#include <elf.h>
#include <string.h>

#define XEN_PHYS32_ENTRY 18

static bool holds(uint64_t bytes, uint64_t at, uint64_t n)
{
    return at <= bytes && n <= bytes - at;
}

/* The n bytes from a on lie in one loaded segment. */
static bool is_loaded(const struct image_plan *plan, uint64_t a, uint64_t n)
{
    for (unsigned i = 0; i < plan->count; i++)
        if (a >= plan->segments[i].address &&
            holds(plan->segments[i].memory_bytes, a - plan->segments[i].address, n))
            return true;
    return false;
}

static const char *check_header(const uint8_t *bytes, size_t n, Elf64_Ehdr *eh)
{
    if (n < SELFMAG || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return "is not an ELF file";
    if (n < sizeof *eh)
        return "is cut off in its ELF header";
    if (bytes[EI_CLASS] != ELFCLASS64)
        return "is a 32-bit ELF file: an x86-64 one is wanted";
    if (bytes[EI_DATA] != ELFDATA2LSB)
        return "is an ELF file for a big-endian machine";
    memcpy(eh, bytes, sizeof *eh);
    if (eh->e_machine != EM_X86_64)
        return "is an ELF file for another machine than x86-64";
    if (eh->e_type != ET_EXEC)
        return "is no program with fixed addresses (ELF type EXEC)";
    if (eh->e_phentsize != sizeof(Elf64_Phdr))
        return "has program headers of an unknown size";
    if (!holds(n, eh->e_phoff, (uint64_t)eh->e_phnum * sizeof(Elf64_Phdr)))
        return "is cut off in its program headers";
    return NULL;
}

static const char *add_segment(const Elf64_Phdr *ph, size_t n, uint64_t memory_end,
                               struct image_plan *plan)
{
    struct image_segment s = {ph->p_paddr, ph->p_memsz, ph->p_offset, ph->p_filesz};
    if (!holds(n, s.offset, s.file_bytes))
        return "has a segment that goes past the end of the file";
    if (s.file_bytes > s.memory_bytes)
        return "has a segment with more bytes in the file than in memory";
    if (s.memory_bytes == 0)
        return NULL;
    if (s.address < IMAGE_FLOOR)
        return "has a segment below 640 KiB";
    if (s.memory_bytes > UINT64_MAX - s.address)
        return "has a segment that goes past the end of the address space";
    if (s.address + s.memory_bytes > memory_end)
        return "has a segment outside the guest's memory: give it more (--mem)";
    for (unsigned i = 0; i < plan->count; i++)
        if (s.address < plan->segments[i].address + plan->segments[i].memory_bytes &&
            plan->segments[i].address < s.address + s.memory_bytes)
            return "has segments that overlap";
    if (plan->count == IMAGE_SEGMENTS)
        return "has more than 16 segments";
    plan->segments[plan->count++] = s;
    if (plan->end < s.address + s.memory_bytes)
        plan->end = s.address + s.memory_bytes;
    return NULL;
}

static uint64_t round4(uint64_t n) { return (n + 3) & ~3ull; }

static bool is_note(const Elf64_Nhdr *note, const uint8_t *name, uint32_t type, const char *owner)
{
    size_t n = strlen(owner) + 1;
    return note->n_type == type && note->n_namesz == n && memcmp(name, owner, n) == 0;
}

static const char *read_notes(const uint8_t *bytes, uint64_t n, struct image_plan *plan)
{
    while (n >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, bytes, sizeof note);
        uint64_t name = sizeof note, data = name + round4(note.n_namesz);
        uint64_t size = data + round4(note.n_descsz);
        if (size > n)
            return "has a note that is cut off";
        if (is_note(&note, bytes + name, XEN_PHYS32_ENTRY, "Xen") && note.n_descsz >= 4) {
            memcpy(&plan->entry, bytes + data, 4);
            plan->has_pvh = true;
        } else if (is_note(&note, bytes + name, VMM_NOTE_LONG, VMM_NOTE_OWNER) &&
                   note.n_descsz == sizeof plan->long_mode) {
            memcpy(&plan->long_mode, bytes + data, sizeof plan->long_mode);
            plan->has_long = true;
        }
        bytes += size;
        n -= size;
    }
    return NULL;
}

/* Entries and tables that the notes name must have been loaded. */
static const char *check_notes(const struct image_plan *plan)
{
    const struct vmm_note *l = &plan->long_mode;
    if (plan->has_pvh && !is_loaded(plan, plan->entry, 1))
        return "has its PVH entry outside its segments";
    if (!plan->has_long)
        return NULL;
    if (!is_loaded(plan, l->entry, 1))
        return "has its 64-bit entry outside its segments";
    if (l->cr3 % 4096 != 0 || !is_loaded(plan, l->cr3, 4096))
        return "has its page tables outside its segments";
    if (l->gdt_limit > 0xffff || !is_loaded(plan, l->gdt, l->gdt_limit + 1ull))
        return "has its GDT outside its segments";
    for (unsigned i = 0; i < VMM_NOTE_LINKS; i++)
        if (!is_loaded(plan, l->links[i].at, sizeof l->links[i].value))
            return "has page tables outside its segments";
    return NULL;
}

/*
 * What boots a vmlinux enters it in 64-bit mode at e_entry, if that is at 1 MiB or above
 * (rust-vmm's linux-loader 0.14). Of the 32-bit door an ELF file tells nothing; an image that keeps
 * a bzImage's distance between the two has it, and one with the Limpet note has both or neither.
 */
static void find_linux_doors(struct image_plan *plan, uint64_t e_entry)
{
    uint64_t first = UINT64_MAX;
    for (unsigned i = 0; i < plan->count; i++)
        if (first > plan->segments[i].address)
            first = plan->segments[i].address;
    bool both = e_entry - first == LINUX_DOOR_64;
    if (e_entry >= 0x100000 && is_loaded(plan, e_entry, 1) && (both || !plan->has_long)) {
        plan->linux64 = e_entry;
        plan->linux32 = both ? first : 0;
    }
}

const char *image_plan(const void *data, size_t n, uint64_t memory_end, struct image_plan *plan)
{
    const uint8_t *bytes = data;
    const char *wrong;
    Elf64_Ehdr eh;
    Elf64_Phdr ph;
    memset(plan, 0, sizeof *plan);
    wrong = check_header(bytes, n, &eh);
    for (unsigned i = 0; wrong == NULL && i < eh.e_phnum; i++) {
        memcpy(&ph, bytes + eh.e_phoff + i * sizeof ph, sizeof ph);
        if (ph.p_type == PT_LOAD)
            wrong = add_segment(&ph, n, memory_end, plan);
        else if (ph.p_type == PT_NOTE && !holds(n, ph.p_offset, ph.p_filesz))
            wrong = "has notes that go past the end of the file";
        else if (ph.p_type == PT_NOTE)
            wrong = read_notes(bytes + ph.p_offset, ph.p_filesz, plan);
    }
    if (wrong == NULL && plan->count == 0)
        wrong = "has nothing to load";
    if (wrong == NULL)
        wrong = check_notes(plan);
    if (wrong == NULL)
        find_linux_doors(plan, eh.e_entry);
    return wrong;
}

void image_link(const struct image_plan *plan, uint8_t *memory, uint64_t first)
{
    for (unsigned i = 0; plan->has_long && i < VMM_NOTE_LINKS; i++)
        memcpy(memory + (plan->long_mode.links[i].at - first), &plan->long_mode.links[i].value,
               sizeof plan->long_mode.links[i].value);
}

const char *const door_names[] = {"", "long", "pvh", "linux64", "linux32", "bz64", "bz32"};

const char *image_lacks(const struct image_plan *plan, enum door door)
{
    if ((door == DOOR_ANY || door == DOOR_PVH) && !plan->has_pvh)
        return "has no PVH note (build it with limpet-cc)";
    if (door == DOOR_LONG && !plan->has_long)
        return "has no Limpet note, which --door long wants";
    if (door == DOOR_LINUX64 && plan->linux64 == 0)
        return "has no 64-bit Linux door: its entry (e_entry) is not at 1 MiB or above in a "
               "segment";
    if (door == DOOR_LINUX32 && plan->linux32 == 0)
        return "has no 32-bit Linux door: its entry (e_entry) is not 0x200 behind its first byte";
    if (door == DOOR_BZ64 && plan->linux64 == 0)
        return "has no 64-bit door, as its setup header says (xloadflags)";
    return NULL;
}
