/* What limpet-vmm --stats tells of one guest, as rows of the suite vmm.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/vmm_stats.h"
#include "stats/stats.h"
#include "base/buf.h"
#include "results/rows.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_text(json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value && !strcmp(value, text);
}

static void figure(struct rows *rows, const char *app, const char *what, double us)
{
    char *name = xasprintf("%s, %s", app, what);

    rows_figure(rows, "vmm", name, "us", "less", us);
    free(name);
}

/* From the interrupt controllers to the last vCPU. */
static void creation(json_t *stats, const char *app, struct rows *rows)
{
    json_t *parts = json_object_get(stats, "setup"), *part;
    double cpus = json_number_value(json_object_get(stats, "vcpus"));
    size_t i;

    for (i = 0; (part = json_array_get(parts, i)); i++)
        if (is_text(part, "to", "vCPUs") && cpus > 0)
            figure(rows, app, "a vCPU's creation",
                   json_number_value(json_object_get(part, "ns")) / cpus / 1e3);
}

/* Of all exits of all vCPUs: each in the histogram, the median for the run. */
static void handling(json_t *stats, const char *app, struct rows *rows)
{
    char *name = xasprintf("%s, an exit's handling", app);
    struct row *row = row_new("vmm", name, "us");
    json_t *cpu, *reason, *pair;
    struct value *values;
    size_t c, i, k;

    row->histogram = true;
    for (c = 0; (cpu = json_array_get(json_object_get(stats, "cpus"), c)); c++)
        for (i = 0; (reason = json_array_get(json_object_get(cpu, "reasons"), i)); i++)
            for (k = 0; (pair = json_array_get(json_object_get(reason, "handling_ns"), k)); k++)
                row_add_sample(row, json_number_value(json_array_get(pair, 0)) / 1e3,
                               (size_t)json_integer_value(json_array_get(pair, 1)));
    values = row->samples;
    row->sample_count = values_merge(values, row->sample_count);
    if (row->sample_count) {
        row->value = stats_middle(values, row->sample_count);
        rows_add(rows, &(struct rows){&row, 1});
    }
    row_free(row);
    free(name);
}

static void add(struct exit_counts *exits, const char *reason, double count)
{
    for (size_t i = 0; i < exits->n; i++)
        if (!strcmp(exits->reasons[i].name, reason)) {
            exits->reasons[i].count += count;
            return;
        }
    if (count > 0)
        exit_counts_add(exits, reason, count);
}

static double number(json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* Of all vCPUs. */
static struct exit_counts exits_of(json_t *stats)
{
    struct exit_counts exits = {.known = true};
    double in_vmm = 0, all = 0;
    json_t *cpu, *reason;
    size_t c, i;

    for (c = 0; (cpu = json_array_get(json_object_get(stats, "cpus"), c)); c++) {
        for (i = 0; (reason = json_array_get(json_object_get(cpu, "reasons"), i)); i++) {
            const char *name = json_string_value(json_object_get(reason, "reason"));

            add(&exits, name ? name : "", number(reason, "count"));
        }
        in_vmm += number(cpu, "exits");
        all += number(json_object_get(cpu, "kvm"), "exits");
    }
    add(&exits, "handled by KVM", all - in_vmm);
    exits.total = fmax(all, in_vmm);
    return exits;
}

void vmm_stats_give(const char *text, size_t n, const char *app, struct rows *rows)
{
    json_t *stats = json_loadb(text, n, 0, NULL);
    char *name = xasprintf("%s, start to exit", app);
    struct row *life = rows_find(rows, name);

    free(name);
    if (life && is_text(stats, "schema", "limpet-vmm-1")) {
        if (!life->exits.known) {
            life->exits = exits_of(stats);
            row_set_text(&life->no_exits, NULL);
        }
        creation(stats, app, rows);
        handling(stats, app, rows);
    }
    json_decref(stats);
}
