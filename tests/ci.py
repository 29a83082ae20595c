#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The workflows of docs/ci.md, as the tests run them.

usage: ci.py github|gitlab   its shell commands as a script, less those that build and install
       ci.py check           what is wrong with the workflows, a line each

Of GitHub each step is a shell of its own with -e, its "env" given by the caller; the last status
counts, steps after a failure run when they say "if: always()", and may fail where they say
"continue-on-error".
"""
import re
import shlex
import sys

import yaml

LEFT_OUT = ["Build both sides", "Install Limpet"]  # of GitHub's steps; of GitLab's all of before_script


def workflows():
    text = open("docs/ci.md", encoding="utf-8").read()
    return [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", text, re.S | re.M)]


def github(flow):
    yield "failed=0"
    for step in flow["jobs"]["compare"]["steps"]:
        if "run" not in step or step["name"] in LEFT_OUT:
            continue
        shell = "bash -e -o pipefail -c " + shlex.quote(step["run"])
        allowed = "true" if step.get("continue-on-error") else "failed=$?"
        condition = "" if step.get("if") == "always()" else "[ $failed != 0 ] || "
        yield f"{condition}{shell} || {allowed}"
    yield "exit $failed"


def gitlab(flow):
    job = flow["guests"]
    yield "failed=0"
    yield "bash -e -o pipefail -c " + shlex.quote("\n".join(job["script"])) + " || failed=$?"
    yield "bash -e -o pipefail -c " + shlex.quote("\n".join(job["after_script"])) + " || true"
    allowed = " | ".join(str(code) for code in job["allow_failure"]["exit_codes"])
    yield f'case $failed in {allowed}) echo "allowed: $failed"; failed=0 ;; esac'
    yield "exit $failed"


def check(hub, lab):
    steps = hub["jobs"]["compare"]["steps"]
    names = [step["name"] for step in steps if "name" in step]
    kept = [step["with"]["path"].split() for step in steps if "upload" in step.get("uses", "")]
    if names != LEFT_OUT + ["Compare", "Tell the pull request"]:
        yield f"steps: {names}"
    if kept != [lab["guests"]["artifacts"]["paths"]]:
        yield f"artifacts: {kept}, {lab['guests']['artifacts']['paths']}"
    if hub["permissions"].get("pull-requests") != "write" or True not in hub and "on" not in hub:
        yield "it cannot comment, or runs never"
    if [step["with"]["path"] for step in steps if "checkout" in step.get("uses", "")] != ["after", "before"]:
        yield "the sides are not checked out"


if __name__ == "__main__":
    hub, lab = workflows()
    what = {"github": lambda: github(hub), "gitlab": lambda: gitlab(lab), "check": lambda: check(hub, lab)}
    lines = list(what[sys.argv[1]]())
    print("\n".join(lines))
    sys.exit(1 if sys.argv[1] == "check" and lines else 0)
