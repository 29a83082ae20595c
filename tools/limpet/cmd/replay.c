/* limpet replay: published tables beside ours, a verdict for every cell.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"
#include "base/msg.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "tools/status.h"

int cmd_replay(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_REPLAY, argc, argv, &o);

    if (status < 0 && !o.rest_count) {
        status = replay_usage(NULL);
    } else if (status < 0 && o.rest_count > 2) {
        warn("replay takes a name and a file; \"%s\" is too much", o.rest[2]);
        status = ST_USAGE;
    }
    if (status < 0)
        status = replay(o.rest[0], o.rest[1]);
    options_free(&o);
    return status;
}
