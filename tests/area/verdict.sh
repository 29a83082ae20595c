# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What compare's verdicts are worth: simulated machines, changes that are known; $VERDICT_SHARE of the tries (1): long.
simulate() { # on two processors
    make -s B="$B" "$B/tests/simulate" > "$TMP/out" 2>&1 || return
    "$B/tests/simulate" "${VERDICT_SHARE:-1}" 0 2 > "$TMP/first" &
    "$B/tests/simulate" "${VERDICT_SHARE:-1}" 1 2 > "$TMP/second"
    wait $!
}
simulate
while IFS='|' read -r good item model figure share limit tries; do
    name="verdict (${item// /}):$model:$figure"
    if [ "${good// /}" = ok ]; then ok "$name"; else fail "$name" "$share %, and is to be $limit %, of $tries tries"; fi
done < <(cat "$TMP/first" "$TMP/second")
check "verdict: all cells ran" test "$(cat "$TMP/first" "$TMP/second" | wc -l)" -ge 200
