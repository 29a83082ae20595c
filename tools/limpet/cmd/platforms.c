/* limpet platforms: what this machine has of every hypervisor.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/file.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "host/host.h"
#include "lab/lab.h"
#include "tools/status.h"
#include "vm/doors.h"

#include <jansson.h>
#include <stdio.h>

static const char *offer_text(enum offer offer)
{
    static const char *const text[] = {"native", "lab", "no"};

    return text[offer];
}

static json_t *doors(const struct platform *p)
{
    json_t *names = json_array();

    for (const char *const *door = p->doors; door && *door; door++)
        json_array_append_new(names, json_string(*door));
    return names;
}

static int cmd_platforms(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_PLATFORMS, argc, argv, &o);
    struct buf out = {0};
    json_t *list;

    if (status >= 0)
        return status;
    if (o.rest_count) {
        warn("platforms takes no argument; \"%s\" was given", o.rest[0]);
        return ST_USAGE;
    }
    list = json_array();
    for (const struct platform *const *next = platforms; *next; next++) {
        const struct platform *p = *next;
        struct buf why = {0};
        enum offer offer = lab_offer(p, &why);

        if (!o.json) {
            buf_printf(&out, "%-17s %-7s %s; doors: ", p->name, offer_text(offer), why.data);
            doors_tell(&out, p, ", ");
            buf_str(&out, "\n");
        }
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:s,s:o}", "platform", p->name, "mode",
                                        offer_text(offer), "text", why.data, "doors", doors(p)));
        buf_free(&why);
    }
    if (o.json) {
        json_dumpf(list, stdout, JSON_INDENT(2));
        putchar('\n');
    } else {
        buf_str(&out, "confidential guests, by this machine's KVM: ");
        kvm_confidential(&out);
        buf_str(&out, "\n");
    }
    output_text(&out);
    buf_free(&out);
    json_decref(list);
    return ST_OK;
}

const struct command command_platforms = {
    .name = "platforms",
    .fn = cmd_platforms,
    .help = "what this machine offers: native, in the lab, or why not",
    .usage = "limpet platforms [--json]",
    .options = OPT_PLATFORMS,
    .example = "limpet platforms",
};
