# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What a boot costs by every door, those behind much firmware too, against docs/cost.md and the goal.
if grep -q '^cc=.*clang' "$B/limpet-cc"; then
    skip "costs: as docs/cost.md says" "the table holds gcc's images, these are clang's"
else
    check "costs: by every door as docs/cost.md says, within 2 %" make -s B="$B" cost-doors
fi
