# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What the scripts of this folder share: a browser without a network, on files. To be sourced.
profile=$(mktemp -d "${TMPDIR:-/tmp}/limpet-browser.XXXXXX")
trap 'rm -rf "$profile"' EXIT

# browser SCHEME PAGE OPTION…: light or dark. Its standard output stands in $profile/dom; what the page
# itself had to say in $profile/console. (The browser complains about the missing desktop, too.)
browser() {
    local said=0 scheme=1 page=$2
    [ "$1" = light ] || scheme=0
    shift 2
    timeout 120 chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
        --disable-background-networking --host-resolver-rules='MAP * ~NOTFOUND' \
        --blink-settings=preferredColorScheme=$scheme \
        --enable-logging=stderr --v=0 --user-data-dir="$profile" "$@" "file://$page" \
        > "$profile/dom" 2> "$profile/said" || said=$?
    grep CONSOLE "$profile/said" >> "$profile/console" || true
    [ $said = 0 ] || tail -n 5 "$profile/said" >&2
    return $said
}
