#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks one thing about a report. usage: check.py html|colours|stages|csv|pages FILE [RESULT | MOST]"""
import collections
import csv
import html.parser
import json
import math
import os
import re
import sys

VOID = {"meta", "link", "br", "img"}


class Page(html.parser.HTMLParser):
    """Collects what is wrong with a page's structure."""

    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids, self.seen = [], [], set(), collections.Counter()
        self.level, self.svg = 0, None

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        self.seen[tag] += 1
        self.check(tag, a)
        if self.svg is not None and tag == "title":
            self.svg = True
        if tag == "svg":
            self.svg = False
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen[tag] += 1
        self.check(tag, dict(attrs))

    def check(self, tag, a):
        need = {"html": ["lang"], "svg": ["role", "aria-label", "viewbox"], "th": ["scope"]}
        for name in need.get(tag, []):
            if not a.get(name):
                self.wrong.append(f"<{tag}> without {name}")
        if a.get("role") == "img" and not a.get("aria-label"):
            self.wrong.append(f"<{tag} role=img> without a label")
        if "id" in a and a["id"] in self.ids:
            self.wrong.append(f"two of id {a['id']}")
        self.ids.add(a.get("id"))
        if any(n.startswith("on") or n in ("src", "xlink:href") for n in a):
            self.wrong.append(f"<{tag}> with a script or from elsewhere: {a}")
        if tag == "script" and (a or self.seen[tag] > 1 or self.open[-1] != "body"):
            self.wrong.append(f"a script that is not the page's own: {a}")
        if "href" in a and not re.fullmatch(r"#r\d+-\d+|data:,|\./[\w.~%-]+", a["href"]):
            self.wrong.append(f"a link to {a['href']}")
        if re.fullmatch("h[1-6]", tag):
            if int(tag[1]) > self.level + 1:
                self.wrong.append(f"{tag} after h{self.level}")
            self.level = int(tag[1])

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at line {self.getpos()[0]} closes nothing of its own")
        if tag == "svg":
            if not self.svg:
                self.wrong.append("an svg without a title")
            self.svg = None


def check_history(path):
    return check_html(path, 1)


def check_html(path, plots=8):
    text = open(path, encoding="utf-8").read()
    page = Page()
    page.feed(text)
    wrong = page.wrong + [f"<{t}> stays open" for t in page.open]
    if page.seen["caption"] != page.seen["table"]:
        wrong.append("a table without a caption")
    if page.seen["figure"] != page.seen["figcaption"]:
        wrong.append("a figure without a caption")
    text, script = text.rsplit("<script>", 1)
    wrong += re.findall(r"\b(?:fetch|XMLHttpRequest|import|eval|innerHTML|https?://(?!www\.w3\.org/2000/svg))\b", script)
    wrong += re.findall(r"https?://[^\s<]*|url\([^)]*\)|@import", text)
    wrong += re.findall(r"rgb\([^)]*\)|['\"]black['\"]", text)  # would not turn dark
    if page.seen["svg"] < plots:
        wrong.append(f"{page.seen['svg']} plots")
    if len(text.encode()) > 2 << 20:
        wrong.append("more than 2 MB")
    return wrong


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(2 * c for c in colour[1:])
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def check_colours(path):
    """WCAG AA: text 4.5, drawings 3, in each of the colour schemes."""
    style = re.search(r"<style>(.*?)</style>", open(path, encoding="utf-8").read(), re.S).group(1)
    schemes = [s for s in re.findall(r":root(?:, \.light)? \{(.*?)\}", style, re.S) if "--ink" in s]
    wrong = [] if len(schemes) == 2 else [f"{len(schemes)} colour schemes"]
    for number, scheme in enumerate(schemes):
        c = dict(re.findall(r"--(\w+): (#\w+)", scheme))
        pairs = [(t, g, 4.5) for t in ("ink", "soft", "link") for g in ("paper", "tint")]
        pairs += [("ink", "warn", 4.5), ("soft", "warn", 4.5)]
        for p in [n for n in c if re.fullmatch(r"p\d", n)]:
            pairs += [(p, "paper", 3), ("on", p, 4.5)]
        for a, b, least in pairs:
            if contrast(c[a], c[b]) < least:
                wrong.append(f"scheme {number}: {a} on {b}: {contrast(c[a], c[b]):.2f}")
    return wrong


def check_stages(path, result):
    """The stages of the report (Markdown) add up to its total, which is the median boot's."""
    sums, wrong, total = collections.Counter(), [], {}
    for line in open(path, encoding="utf-8"):
        cells = [c.strip() for c in line.split("|")[1:-1]]
        if len(cells) != 4 or not re.fullmatch(r"[\d,]+\.\d{3}", cells[2]):
            continue
        value = float(cells[2].replace(",", ""))
        if re.fullmatch(r"start to exit \(the middle one of \d+ boots\)", cells[1]):
            total[cells[0]] = value
        else:
            sums[cells[0]] += value
    for title, value in total.items():
        if abs(sums[title] - value) > 0.01:
            wrong.append(f"{title}: the stages add up to {sums[title]}, not {value}")
    medians = []
    for row in last(result)["rows"]:
        if row["suite"] == "boot" and row["name"] == "start to exit":
            medians.append(sorted(row["samples"])[(len(row["samples"]) - 1) // 2])
    if not medians or sorted(round(m, 3) for m in medians) != sorted(total.values()):
        wrong.append(f"totals {sorted(total.values())}, medians {sorted(medians)}")
    return wrong


def check_pages(path, most):
    """So many pages a PDF has at most."""
    pages = len(re.findall(rb"/Type\s*/Page\b", open(path, "rb").read()))
    return [] if 0 < pages <= int(most) else [f"{pages} pages"]


def last(path):
    return json.loads(open(path, encoding="utf-8").read().strip().split("\n")[-1])


def check_csv(path, result):
    """Every row of the result and where it comes from; its figures are figures.py's."""
    with open(path, encoding="utf-8", newline="") as f:
        lines = list(csv.DictReader(f, strict=True))
    name = os.path.basename(result)
    result, wrong = last(result), []
    if len(lines) != len(result["rows"]):
        return [f"{len(lines)} lines for {len(result['rows'])} rows"]
    for line, row in zip(lines, result["rows"]):
        run = result["runs"][row["run"]]
        want = {k: row[k] for k in ("suite", "platform", "name", "unit", "value")}
        want |= {k: run[k] for k in ("nesting", "mode", "vmm", "vmm_version", "image_sha256")}
        want["emulated"] = "true" if run["emulated"] else "false"
        want["created"] = result["created"]
        want["sample_unit"] = "s" if row["suite"] == "stream" else row["unit"]
        want["side"] = result.get("side", "")
        want["door"] = run.get("door", "")
        want["confidential"] = run.get("confidential", {}).get("active", "")
        want["file"] = name
        want["label"], want["tool"] = result.get("label", ""), result["tool"]
        want["host"] = result["host"].get("hostname", "")
        if list(line) != HEAD:
            return [f"heading {list(line)}"]
        for k, v in want.items():
            number = isinstance(v, (int, float)) and line[k] != ""
            if not (math.isclose(float(line[k]), v, rel_tol=1e-12) if number else line[k] == v):
                wrong.append(f"{row['name']}, {k}: {line[k]!r}, not {v!r}")
    return wrong


HEAD = (
    "suite,platform,name,unit,value,ci_lo,ci_hi,coverage,runs,"
    "sample_unit,p50,p50_ci_lo,p50_ci_hi,p50_coverage,n,min,p95,p99,p999,max,mean,"
    "nesting,emulated,mode,vmm,vmm_version,image_sha256,created,side,door,confidential,label,"
    "file,host,tool,none"
).split(",")

if __name__ == "__main__":
    found = globals()["check_" + sys.argv[1]](*sys.argv[2:])
    print("\n".join(found[:20]))
    sys.exit(1 if found else 0)
