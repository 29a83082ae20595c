/* What is the same for every suite.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"
#include "host/place.h"
#include "results/rows.h"

#include <string.h>

void suite_quick(const struct measure_plan *plan, struct args *argv)
{
    if (plan->quick)
        args_add(argv, "-q");
}

void suite_collect_rows(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                        const struct vm_result *vm, const struct guest_lines *lines)
{
    (void)suite;
    (void)app;
    (void)vm;
    rows_add(rows, &lines->rows);
}

void suite_collect_vmm(const struct suite *suite, struct rows *rows, const struct vm_result *vm)
{
    if (vm->user_s + vm->system_s > 0) {
        rows_figure(rows, suite->name, "CPU of the VMM, user", "ms", "less", vm->user_s * 1e3);
        rows_figure(rows, suite->name, "CPU of the VMM, system", "ms", "less", vm->system_s * 1e3);
    }
    if (vm->rss_mib > 0)
        rows_figure(rows, suite->name, "memory of the VMM", "MiB", "less", vm->rss_mib);
    if (vm->domain_mib > 0)
        rows_figure(rows, suite->name, "memory of the domain", "MiB", "less", vm->domain_mib);
}

char *suite_called(const struct suite *suite, const struct result *result)
{
    const struct facts *run = NULL;

    for (size_t i = 0; i < result->run_count && !run; i++)
        if (!strcmp(facts_text(result->runs[i], "suite"), suite->name))
            run = result->runs[i];
    if (!suite->own_rows || !run)
        return xstrdup(suite->screen);
    return xasprintf("%s%s%s, median", facts_text(run, "image"),
                     facts_has(run, "arguments") ? " " : "", facts_text(run, "arguments"));
}

bool suite_is_boot_alone(const struct platform *platform, bool usual)
{
    return platform->suites == BOOT_ONLY || (usual && platform->suites == BOOT_USUALLY);
}

bool suite_fits(const struct suite *suite, const struct platform *platform, bool usual)
{
    if (usual && suite->usual_on)
        return platform_in_list(suite->usual_on, platform->name);
    if (usual && platform->suites == OWN_USUALLY)
        return false;
    return suite->is_boot || !suite_is_boot_alone(platform, usual);
}

bool suite_takes_turns(const struct suite *suite)
{
    const struct suite_app *app = suite->apps;

    while (app->name && !app->collect)
        app++;
    return app->name != NULL;
}

bool suite_is_rate(const struct suite *suite) { return !strcmp(suite->rows->better, "more"); }

unsigned suite_usual_runs(const struct suite_app *app, const struct platform *platform)
{
    unsigned runs = app->runs ? app->runs : platform->boots;

    return place()->emulated_by && runs > app->lab_runs ? app->lab_runs : runs;
}

size_t suite_row_length(const struct suite *suite, const char *list)
{
    for (const struct suite_row *r = suite->rows; r->name; r++) {
        size_t n = strlen(r->name);

        if (!strncmp(list, r->name, n) && (!list[n] || list[n] == ','))
            return n;
    }
    return place()->apps ? strcspn(list, ",") : 0; /* an app of one's own may have others */
}
