# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A program of others from Debian's source, zlib, and its own tests; where that source is here.
if [ -d "$B/ports/sources/zlib" ]; then
    expect "port zlib: its own tests" 0 '^zlib: [0-9]+ passed, 0 failed' apps/ports/run.sh zlib
else
    skip "port zlib" "its source is not here: make port-zlib fetches it"
fi
