# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# docs/ci.md: the steps of both workflows, run as they stand there, with few rounds, in folders of their own.
check "ci: the workflows are whole" tests/ci.py check
for flow in github gitlab; do tests/ci.py $flow > "$TMP/$flow.sh"; done
mkdir "$TMP/bin"
ln -s "$(realpath "$B/limpet")" "$TMP/bin/limpet"
# What would speak to a server: they note what they were given. A comment is made anew when there is none to edit.
cat > "$TMP/bin/gh" << 'END'
#!/bin/sh
echo "$*" >> gh.log
case " $* " in *" --edit-last "*) exit 1 ;; esac
END
cat > "$TMP/bin/curl" << 'END'
#!/bin/sh
echo "$*" >> curl.log
END
# A QEMU that begins half a second late: a boot takes a fifth of that.
cat > "$TMP/slow-qemu" << 'END'
#!/bin/sh
case " $* " in *" --version "*) ;; *) sleep 0.5 ;; esac
exec qemu-system-x86_64 "$@"
END
chmod +x "$TMP/bin/gh" "$TMP/bin/curl" "$TMP/slow-qemu"
steps() { # FLOW B'S-QEMU ROUNDS: in $TMP/FLOW
    rm -rf "${TMP:?}/$1" && mkdir "$TMP/$1" || return
    (cd "$TMP/$1" && env -i PATH="$TMP/bin:$PATH" HOME="$TMP" PLATFORMS=qemu ROUNDS="$3" QEMU_A=qemu-system-x86_64 QEMU_B="$2" \
        GITHUB_SHA=0123 GITHUB_STEP_SUMMARY=summary.md GITHUB_REPOSITORY=o/r GH_TOKEN=t PR=7 \
        CI_COMMIT_SHA=0123 CI_API_V4_URL=https://gitlab.example/api/v4 CI_PROJECT_ID=1 CI_MERGE_REQUEST_IID=7 LIMPET_TOKEN=t \
        bash "../$1.sh")
}
kept() { # FLOW: all that goes with the job
    local file
    for file in sides.jsonl verdict.md verdict.json report.html; do [ -s "$TMP/$1/$file" ] || { echo "no $file"; return 1; }; done
    jq -e '.schema == "limpet-comparison-1" and (.rows | length) > 2' "$TMP/$1/verdict.json" && jq -es 'length == 3 and all(.[]; .label == "0123")' "$TMP/$1/sides.jsonl" &&
        grep -qF "$(jq -r .sentence "$TMP/$1/verdict.json")" "$TMP/$1/verdict.md"
}
commented() { grep -qx 'pr comment 7 --repo o/r --body-file verdict.md' "$TMP/github/gh.log" && cmp "$TMP/github/verdict.md" "$TMP/github/summary.md"; }
expect "ci: GitHub, cannot tell" 0 '^::warning::\*\*' steps github qemu-system-x86_64 2
check "ci: GitHub, artifacts" kept github
check "ci: GitHub, the comment" commented
expect "ci: GitLab, cannot tell" 0 '^allowed: 4$' steps gitlab qemu-system-x86_64 2
check "ci: GitLab, artifacts" kept gitlab
check "ci: GitLab, the note" grep -F -- '--form body=<verdict.md https://gitlab.example/api/v4/projects/1/merge_requests/7/notes' "$TMP/gitlab/curl.log"
expect "ci: GitHub, worse" 3 '^::error::\*\*B is WORSE than A in ' steps github "$TMP/slow-qemu" 8
check "ci: GitHub, told all the same" commented
expect "ci: GitLab, worse" 3 '^\*\*B is WORSE than A in ' steps gitlab "$TMP/slow-qemu" 8
expect "ci: GitHub, a broken set-up" 121 'cannot run' steps github "$TMP/no-qemu" 2
expect "ci: GitLab, a broken set-up" 121 'cannot run' steps gitlab "$TMP/no-qemu" 2
