/* limpet replay: published tables beside ours, a verdict for every cell.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "replay/replay.h"
#include "tools/status.h"

static int cmd_replay(int argc, char **argv)
{
    struct options o;
    int status = options_parse(OPT_REPLAY, argc, argv, &o);

    if (status < 0 && !o.rest_count)
        status = replay_usage(NULL);
    if (status < 0)
        status = replay(o.rest[0], o.rest + 1, o.rest_count - 1);
    options_free(&o);
    return status;
}

const struct command command_replay = {
    .name = "replay",
    .fn = cmd_replay,
    .help = "a published table beside ours, with a verdict for every cell",
    .usage = "limpet replay NAME|all [FILE…]",
    .options = OPT_REPLAY,
    .notes = "\n"
             "FILE is a result of limpet bench -o; of several in it, the last counts; of a\n"
             "suite that two FILEs have, the first. Default: what make bench and make\n"
             "bench-all write, results/latest.json and extra.json beside the tool. Without\n"
             "NAME: the names.\n"
             "A cell without a figure of ours is SKIP, with its reason, and the exit status is\n"
             "1.\n",
    .example = "limpet replay hermitcore",
    .words = WORDS_PUBLICATION,
};
