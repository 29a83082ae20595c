/* The reasons of VM exits in words.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/exit_log.h"

#include <stddef.h>
#include <string.h>

struct name {
    unsigned code;
    const char *name; /* ours */
    const char *kvm;  /* KVM's, where it is another */
};

/* AMD64 Architecture Programmer's Manual, volume 2, appendix C. */
static const struct name svm[] = {
    {0x000, "read_cr0", NULL},
    {0x003, "read_cr3", NULL},
    {0x004, "read_cr4", NULL},
    {0x008, "read_cr8", NULL},
    {0x010, "write_cr0", NULL},
    {0x013, "write_cr3", NULL},
    {0x014, "write_cr4", NULL},
    {0x018, "write_cr8", NULL},
    {0x041, "exception DB", "DB excp"},
    {0x043, "exception BP", "BP excp"},
    {0x046, "exception UD", "UD excp"},
    {0x047, "exception NM", "NM excp"},
    {0x04d, "exception GP", "GP excp"},
    {0x04e, "exception PF", "PF excp"},
    {0x051, "exception AC", "AC excp"},
    {0x052, "exception MC", "MC excp"},
    {0x060, "interrupt", NULL},
    {0x061, "nmi", NULL},
    {0x062, "smi", NULL},
    {0x063, "init", NULL},
    {0x064, "vintr", NULL},
    {0x065, "write_cr0", "cr0_sel_write"},
    {0x066, "read_idtr", NULL},
    {0x067, "read_gdtr", NULL},
    {0x06a, "write_idtr", NULL},
    {0x06b, "write_gdtr", NULL},
    {0x06e, "rdtsc", NULL},
    {0x06f, "rdpmc", NULL},
    {0x072, "cpuid", NULL},
    {0x074, "iret", NULL},
    {0x076, "invd", NULL},
    {0x077, "pause", NULL},
    {0x078, "hlt", NULL},
    {0x079, "invlpg", NULL},
    {0x07b, "io", NULL},
    {0x07c, "msr", NULL},
    {0x07d, "task_switch", NULL},
    {0x07f, "shutdown", NULL},
    {0x081, "hypercall", NULL},
    {0x087, "rdtscp", NULL},
    {0x089, "wbinvd", NULL},
    {0x08a, "monitor", NULL},
    {0x08b, "mwait", NULL},
    {0x08d, "xsetbv", NULL},
    {0x0a2, "invpcid", NULL},
    {0x400, "npf", NULL},
    {0x401, "avic_incomplete_ipi", NULL},
    {0x402, "avic_unaccelerated_access", NULL},
};

/* Intel 64 Software Developer's Manual, volume 3, appendix C. */
static const struct name vmx[] = {
    {0, "exception", "EXCEPTION_NMI"},
    {1, "interrupt", "EXTERNAL_INTERRUPT"},
    {2, "shutdown", "TRIPLE_FAULT"},
    {3, "init", "INIT_SIGNAL"},
    {7, "vintr", "INTERRUPT_WINDOW"},
    {8, "nmi window", "NMI_WINDOW"},
    {9, "task_switch", "TASK_SWITCH"},
    {10, "cpuid", "CPUID"},
    {12, "hlt", "HLT"},
    {13, "invd", "INVD"},
    {14, "invlpg", "INVLPG"},
    {15, "rdpmc", "RDPMC"},
    {16, "rdtsc", "RDTSC"},
    {18, "hypercall", "VMCALL"},
    {28, "cr", "CR_ACCESS"},
    {29, "dr", "DR_ACCESS"},
    {30, "io", "IO_INSTRUCTION"},
    {31, "msr", "MSR_READ"},
    {32, "msr", "MSR_WRITE"},
    {36, "mwait", "MWAIT_INSTRUCTION"},
    {39, "monitor", "MONITOR_INSTRUCTION"},
    {40, "pause", "PAUSE_INSTRUCTION"},
    {43, "tpr", "TPR_BELOW_THRESHOLD"},
    {44, "apic access", "APIC_ACCESS"},
    {45, "eoi", "EOI_INDUCED"},
    {46, "gdtr, idtr", "GDTR_IDTR"},
    {48, "npf", "EPT_VIOLATION"},
    {49, "npf mmio", "EPT_MISCONFIG"},
    {51, "rdtscp", "RDTSCP"},
    {52, "timer", "PREEMPTION_TIMER"},
    {54, "wbinvd", "WBINVD"},
    {55, "xsetbv", "XSETBV"},
    {56, "apic write", "APIC_WRITE"},
    {58, "invpcid", "INVPCID"},
    {62, "pml", "PML_FULL"},
};

#define SVM (sizeof svm / sizeof *svm)
#define VMX (sizeof vmx / sizeof *vmx)

const char *exit_name(bool intel, unsigned code)
{
    const struct name *table = intel ? vmx : svm;

    for (size_t i = 0; i < (intel ? VMX : SVM); i++)
        if (table[i].code == code)
            return table[i].name;
    return NULL;
}

static const char *find(const struct name *table, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (table[i].kvm && !strcmp(table[i].kvm, text))
            return table[i].name;
    return NULL;
}

const char *exit_name_kvm(const char *text)
{
    const char *name = find(svm, SVM, text);

    name = name ? name : find(vmx, VMX, text);
    return name ? name : text;
}
