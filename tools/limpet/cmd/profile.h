/* limpet profile's two ways: samples, and exact counts.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CMD_PROFILE_H
#define LIMPET_CMD_PROFILE_H

#include "cmd/run.h"
#include "results/profile.h"

/* Runs the app under the plugin that counts, its console to the listener; what was counted goes to
 * p and its functions to f. Returns the guest's status, or one of ours with a message. */
int profile_exact(struct options *o, const struct platform *platform, const struct image *image,
                  const struct console_listener *listener, struct profile *p, struct functions *f);

#endif
