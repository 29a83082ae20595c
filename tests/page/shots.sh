#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# A report as a browser shows it: NAME-light.png and NAME-dark.png, so many pixels high; and, unless a
# height is given, NAME-phone.png and NAME.pdf, too. What its console says is said, and fails.
#
# usage: tests/page/shots.sh PAGE.html FOLDER NAME [HEIGHT]
set -eu
page=$(realpath "$1")
shots=$(realpath "$2")/$3
# shellcheck source=tests/page/browser.sh
. "$(dirname "$0")/browser.sh"

for scheme in light dark; do
    browser $scheme "$page" --window-size="1120,${4:-1700}" --screenshot="$shots-$scheme.png"
done
if [ $# = 3 ]; then
    browser light "$page" --window-size=360,1600 --screenshot="$shots-phone.png"
    browser light "$page" --no-pdf-header-footer --print-to-pdf="$shots.pdf"
fi
cat "$profile/console"
[ ! -s "$profile/console" ]
