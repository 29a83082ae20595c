# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# All programs of others, from Debian's sources, and their own tests; fetches 40 MB.
for recipe in apps/ports/*/recipe; do
    port=$(basename "$(dirname "$recipe")")
    variable=$(sed -n 's/^variable=\([A-Z_]*\) .*/\1/p' "$recipe")
    if [ "$variable" ] && [ -z "${!variable-}" ]; then
        skip "port $port" "$variable names no folder with its source"
        continue
    fi
    expect "port $port: its own tests" 0 "^$port: [0-9]+ passed, 0 failed" apps/ports/run.sh "$port"
done
