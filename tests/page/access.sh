#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Looks at a report in a browser as access.js does: on a desk and on a phone, light and dark. Prints
# what is wrong, a line each, and the console's words; fails when there are any.
#
# usage: tests/page/access.sh PAGE.html
set -eu
page=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
# shellcheck source=tests/page/browser.sh
. "$here/browser.sh"

{
    echo '<!DOCTYPE html><script>var errors = []; onerror = (text) => { errors.push(text) }</script>'
    cat "$page"
    echo '<script>'
    cat "$here/access.js"
    echo '</script>'
} > "$profile/page.html"
cat > "$profile/frame.html" << 'END'
<!DOCTYPE html><pre></pre><script>
onmessage = (message) => document.querySelector('pre').append(message.data + '\n')
</script>
<iframe src="page.html" style="width: 1120px; height: 800px"></iframe>
<iframe src="page.html" style="width: 360px; height: 800px"></iframe>
END
for scheme in light dark; do
    browser $scheme "$profile/frame.html" --window-size=1200,900 --virtual-time-budget=3000 --dump-dom
    sed -n '/<pre>/,/<\/pre>/p' "$profile/dom" | sed "s/.*<pre>//; /<\/pre>/d; s/^/$scheme, /"
done > "$profile/wrong"
cat "$profile/wrong" "$profile/console" | grep -v ' looked at' || true
# Each of the four has looked, and found nothing.
[ "$(grep -c ' looked at' "$profile/wrong")" = 4 ] || { echo "it was not looked at"; exit 1; }
[ "$(grep -cv ' looked at' "$profile/wrong")" = 0 ] && [ ! -s "$profile/console" ]
