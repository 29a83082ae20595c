/* How much the machine has to do.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "host/load.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void load_begin(struct load_since *since)
{
    /* proc(5): user nice system idle iowait irq softirq steal */
    FILE *f = fopen("/proc/stat", "r");
    double v[8] = {0};

    *since = (struct load_since){0};
    if (f && fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &v[0], &v[1], &v[2], &v[3], &v[4],
                    &v[5], &v[6], &v[7]) == 8)
        for (int i = 0; i < 8; i++)
            since->all += v[i];
    since->stolen = v[7];
    if (f)
        fclose(f);
}

void load_end(const struct load_since *since, struct load *out)
{
    struct load_since now;
    double load;

    load_begin(&now);
    out->stolen =
        now.all > since->all ? fmax(0, now.stolen - since->stolen) / (now.all - since->all) : 0;
    out->load = getloadavg(&load, 1) == 1 ? load : 0;
    out->cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
}
