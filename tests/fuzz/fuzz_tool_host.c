/* Fuzzes what the host's programs and files say: xl and Xen's log, Linux's traces, limpet-vmm's
 * statistics, /proc. The first byte chooses.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "exits/exits.h"
#include "host/host.h"
#include "vm/kvm_trace.h"
#include "measure/vmm_stats.h"
#include "vm/xen/host.h"
#include "vm/xen/offset.h"
#include "vm/xen/stages.h"

static void xen(const char *text, const uint8_t *data, size_t size)
{
    struct vm_stage stages[VM_STAGES];
    struct xen_seen seen = {.reason = 0};
    struct xen_cpu cpu;
    long long offset;

    xen_list_state(text, 1, &seen);
    xen_list_find(text, "00000000-0000-0000-0000-000000000001");
    rule(xen_stages(text, 1, stages) <= VM_STAGES, "stages fit");
    xen_offset(text, 1, &offset);
    xen_context_cpu(data, size, &cpu);
}

static void trace(char *text)
{
    struct exit_log log = {.n = 0};
    struct kvm_events events = {.log = &log};
    char *save = NULL;

    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        kvm_trace_line(&events, line);
    kvm_events_trouble(&events);
    exit_log_free(&log);
}

static void statistics(const uint8_t *data, size_t size)
{
    struct rows rows = {0};

    rows_figure(&rows, "vmm", "hello, start to exit", "ms", "less", 1);
    vmm_stats_give((const char *)data, size, "hello", &rows);
    rows_finish(&rows);
    rows_free(&rows);
}

static void proc(const char *text)
{
    cpuinfo_flag(text, "vmx");
    smt_state(text);
    free(cpuinfo_model(text));
    free(cpuinfo_microcode(text));
    free(os_release_name(text));
    free(bracketed_word(text));
    free(first_word(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text;

    if (!size)
        return 0;
    text = string_of(data + 1, size - 1);
    if (data[0] == 'x')
        xen(text, data + 1, size - 1);
    else if (data[0] == 't')
        trace(text);
    else if (data[0] == 's')
        statistics(data + 1, size - 1);
    else
        proc(text);
    free(text);
    return 0;
}
