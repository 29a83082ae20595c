#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A report as a browser shows it: report-light.png, report-dark.png, report-phone.png and report.pdf in
# a folder, and what its console said, in console.txt.
#
# usage: tests/page/shots.sh PAGE.html FOLDER [NAME HEIGHT]
# With NAME: NAME-light.png and NAME-dark.png alone, of the page's beginning, so many pixels high.
set -eu
page=$(realpath "$1")
out=$(realpath "$2")
profile=$(mktemp -d "${TMPDIR:-/tmp}/limpet-browser.XXXXXX")
trap 'rm -rf "$profile"' EXIT
: > "$out/console.txt"

# Without a network: names are not looked up.
browser() {
    local said=0
    timeout 120 chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --no-first-run \
        --disable-background-networking --host-resolver-rules='MAP * ~NOTFOUND' \
        --enable-logging=stderr --v=0 --user-data-dir="$profile" "$@" "file://$page" \
        > "$profile/dom" 2> "$profile/said" || said=$?
    # What the page itself had to say; the browser complains about the missing desktop, too.
    grep CONSOLE "$profile/said" >> "$out/console.txt" || true
    [ $said = 0 ] || tail -n 5 "$profile/said" >&2
    return $said
}

if [ $# = 4 ]; then
    browser --window-size="1000,$4" --blink-settings=preferredColorScheme=1 --screenshot="$out/$3-light.png"
    browser --window-size="1000,$4" --blink-settings=preferredColorScheme=0 --screenshot="$out/$3-dark.png"
    exit
fi

# preferredColorScheme: 0 is dark, 1 light.
browser --window-size=1120,1700 --blink-settings=preferredColorScheme=1 --screenshot="$out/report-light.png"
browser --window-size=1120,1700 --blink-settings=preferredColorScheme=0 --screenshot="$out/report-dark.png"
browser --window-size=360,1400 --blink-settings=preferredColorScheme=1 --screenshot="$out/report-phone.png"
browser --no-pdf-header-footer --print-to-pdf="$out/report.pdf"

# How wide the page is on a phone, told by a copy of it in a frame (a window is 500 wide at least).
sed 's|</body>|<script>parent.postMessage(innerWidth + " " + document.documentElement.scrollWidth, "*")</script></body>|' \
    "$page" > "$profile/phone.html"
page=$profile/frame.html
cat > "$page" << 'END'
<script>onmessage = (message) => document.title = message.data</script>
<iframe src="phone.html" style="width: 360px; height: 800px; border: 0"></iframe>
END
browser --window-size=800,900 --virtual-time-budget=5000 --dump-dom
sed -n 's|.*<title>\([0-9]* [0-9]*\)</title>.*|\1|p' "$profile/dom" > "$out/phone.txt"
