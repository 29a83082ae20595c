/* What limpet-vmm --stats tells of one guest, as rows of the suite vmm.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/vmm_stats.h"
#include "results/results.h"
#include "stats/stats.h"
#include "results/rows.h"

#include <stdlib.h>
#include <string.h>

static void figure(json_t *tally, const char *app, const char *what, double us)
{
    char *name = xasprintf("%s, %s", app, what);

    tally_figure(tally, "vmm", name, "us", "less", us);
    free(name);
}

/* From the interrupt controllers to the last vCPU. */
static void creation(json_t *stats, const char *app, json_t *tally)
{
    json_t *parts = json_object_get(stats, "setup"), *part;
    double cpus = json_number_value(json_object_get(stats, "vcpus"));
    size_t i;

    for (i = 0; (part = json_array_get(parts, i)); i++)
        if (!strcmp(json_text(part, "to"), "vCPUs") && cpus > 0)
            figure(tally, app, "a vCPU's creation",
                   json_number_value(json_object_get(part, "ns")) / cpus / 1e3);
}

/* Of all exits of all vCPUs: each in the histogram, the median for the run. */
static void handling(json_t *stats, const char *app, json_t *tally)
{
    json_t *histogram = json_array(), *cpu, *reason, *pair;
    char *name = xasprintf("%s, an exit's handling", app);
    struct value *values = NULL;
    size_t c, i, k, n = 0;

    for (c = 0; (cpu = json_array_get(json_object_get(stats, "cpus"), c)); c++)
        for (i = 0; (reason = json_array_get(json_object_get(cpu, "reasons"), i)); i++)
            for (k = 0; (pair = json_array_get(json_object_get(reason, "handling_ns"), k)); k++) {
                json_int_t count = json_integer_value(json_array_get(pair, 1));
                double us = json_number_value(json_array_get(pair, 0)) / 1e3;

                values = xrealloc(values, (n + 1) * sizeof *values);
                values[n++] = (struct value){us, (size_t)count};
                json_array_append_new(histogram, json_pack("[f,I]", us, count));
            }
    n = values_merge(values, n);
    if (n) {
        json_t *rows =
            json_pack("[{s:s,s:s,s:s,s:s,s:f,s:O}]", "suite", "vmm", "name", name, "unit", "us",
                      "better", "less", "value", stats_middle(values, n), "histogram", histogram);

        tally_rows(tally, rows);
        json_decref(rows);
    }
    json_decref(histogram);
    free(values);
    free(name);
}

static void add(json_t *reasons, const char *name, json_int_t count)
{
    json_int_t before = json_integer_value(json_object_get(reasons, name));

    if (count > 0)
        json_object_set_new(reasons, name, json_integer(before + count));
}

/* {"total":N,"reasons":{…}} of all vCPUs. */
static json_t *exits_of(json_t *stats)
{
    json_t *reasons = json_object(), *cpu, *reason;
    json_int_t in_vmm = 0, all = 0;
    size_t c, i;

    for (c = 0; (cpu = json_array_get(json_object_get(stats, "cpus"), c)); c++) {
        for (i = 0; (reason = json_array_get(json_object_get(cpu, "reasons"), i)); i++)
            add(reasons, json_text(reason, "reason"),
                json_integer_value(json_object_get(reason, "count")));
        in_vmm += json_integer_value(json_object_get(cpu, "exits"));
        all += json_integer_value(json_object_get(json_object_get(cpu, "kvm"), "exits"));
    }
    add(reasons, "handled by KVM", all - in_vmm);
    return json_pack("{s:I,s:o}", "total", all > in_vmm ? all : in_vmm, "reasons", reasons);
}

void vmm_stats_give(json_t *stats, const char *app, json_t *tally)
{
    char *name = xasprintf("%s, start to exit", app);
    json_t *life = NULL, *row;
    size_t i;

    for (i = 0; (row = json_array_get(tally, i)); i++)
        if (!strcmp(json_text(row, "name"), name))
            life = row;
    free(name);
    if (!life || strcmp(json_text(stats, "schema"), "limpet-vmm-1") != 0)
        return;
    if (!json_object_get(life, "exits")) {
        json_object_set_new(life, "exits", exits_of(stats));
        json_object_del(life, "no_exits");
    }
    creation(stats, app, tally);
    handling(stats, app, tally);
}
