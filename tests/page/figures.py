#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every figure of a result file, computed here once more, against what each view of it shows.

usage: figures.py check|table|list RESULT TABLES MD HTML CSV [EXPECTED]

The views are limpet report's of RESULT, in its four forms. check: tells what differs; EXPECTED: lines as list
prints them, which somebody has read. table: one line for each figure, with what the views show."""
import csv
import html.parser
import json
import math
import re
import sys
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from statistics import median

PERCENTILES = {"p95": 0.95, "p99": 0.99, "p999": 0.999}
UNITS = {"us": "µs"}
# Where tables name a row otherwise than the result does.
CLASSIC = {
    "system call (getpid)": "getpid",
    "reschedule (sched_yield)": "sched_yield",
    "malloc()": "malloc(1 MiB)",
    "write access (first page access)": "first page access",
    "first page access, all pages mixed": "first page access",
    "4 KiB, memory new to the guest": "fault 4 KiB fresh",
    "4 KiB, backed by the host already": "fault 4 KiB",
    "second touch of a page": "second touch",
}


def interval(values):
    """The sign test's interval of a median: its ends and what it covers."""
    v, n, k = sorted(values), len(values), 1
    if n > 1000:
        k = math.floor((n - 1.96 * math.sqrt(n)) / 2)
        return v[k - 1], v[n - k], 0.95
    outside = Fraction(2, 2**n)  # twice the chance of no heads
    while 2 * (k + 1) <= n and 1 - (outside + Fraction(2 * math.comb(n, k), 2**n)) >= Fraction(95, 100):
        outside += Fraction(2 * math.comb(n, k), 2**n)
        k += 1
    return v[k - 1], v[n - k], float(max(0, 1 - outside))


def estimate(values):
    low, high, coverage = interval(values)
    return {"value": median(values), "low": low, "high": high, "coverage": coverage, "n": len(values)}


def modern(row):
    """A row of an older file, in which STREAM's samples were rates and boots were samples only."""
    row = {"runs": row.get("samples")} | row
    if row["suite"] != "stream" or "bytes" in row:
        return row
    bytes_moved = 8 * row["elements"] * {"Copy": 2, "Scale": 2, "Add": 3, "Triad": 3}[row["name"]]
    samples = [bytes_moved / 1e6 / rate for rate in row["samples"]]
    each = len(samples) // len(row["runs"])
    runs = [samples[i : i + each] for i in range(0, len(samples), each)]
    times = {"min_s": min, "max_s": max, "avg_s": lambda run: sum(run) / len(run)}
    times = {key: median(map(of, runs)) for key, of in times.items()}
    return row | {"samples": samples, "bytes": bytes_moved, "sample_unit": "s"} | times


def samples_of(row):
    if "histogram" in row:
        return [v for v, count in row["histogram"] for _ in range(count)]
    return row.get("samples", row["runs"])


def has_samples(row):
    """Were they kept? Of some older rows only the statistics were."""
    return "histogram" in row or "samples" in row or row["stats"]["n"] == len(row["runs"])


def compute(row):
    """All figures of a row: of its runs and of its samples."""
    samples = sorted(samples_of(row))
    stats = {"min": samples[0], "max": samples[-1], "mean": math.fsum(samples) / len(samples)}
    for key, p in PERCENTILES.items():
        if round(len(samples) * (1 - p), 9) >= 10:
            stats[key] = samples[math.ceil(p * len(samples) - 1e-9) - 1]
    return estimate(row["runs"]), estimate(samples), stats


def decimals_of(x, digits):
    return digits - 1 - math.floor(math.log10(abs(x))) if x else 0


def digits(e):
    """So many decimals has a figure: two digits of its error, or one: as the Particle Data Group has it."""
    error, x = (e["high"] - e["low"]) / 2, e["value"]
    if not e["coverage"] or not error:
        return 0 if x == math.floor(x) else max(0, decimals_of(x, 3))
    n, least = decimals_of(error, 2), decimals_of(x, 2)
    n -= error * 10 ** (n - 1) >= 3.55
    if abs(x) <= error:
        least = min(least, max(n, 0))
    n = max(n, least)
    if n > 0:
        n = min(n, max(decimals_of(x, 4), 0))
    return min(n, 9)


def printed(x, n, commas):
    if n < 0:
        x = math.floor(x / 10**-n + 0.5) * 10**-n
    number = Decimal(x).quantize(Decimal(1).scaleb(-max(n, 0)), ROUND_HALF_EVEN)
    text = f"{abs(number):,f}" if commas else f"{abs(number):f}"
    return text if number >= 0 else ("−" if commas else "-") + text


def number(e, commas):
    return printed(e["value"], digits(e), commas) + (" noise" if e["value"] < 0 else "")


def bounds(e, commas):
    if not e["coverage"]:
        return ""
    text = printed(e["low"], digits(e), commas) + "–" + printed(e["high"], digits(e), commas)
    return text if e["coverage"] >= 0.95 else f"{text} at {math.floor(e['coverage'] * 100)} %"


def beside(e, x, commas):
    n = digits(e)
    if n < 0 or x == math.floor(x):
        return printed(x, 0, commas)
    return printed(x, min(9, max(n, decimals_of(x, 2))), commas)


def stat_text(e, stats, key, commas):
    return beside(e, stats[key], commas) if key in stats else "–" if commas else "-"


def text_tables(path):
    """The text's tables: lists of cells; a line of words is a table of its own."""
    table = []
    for line in open(path, encoding="utf-8"):
        cells = re.split(r" {2,}", line.strip())
        if len(cells) > 1:
            table.append(cells)
        elif table and not line.startswith(" "):  # else a line of the heading with one cell
            yield table
            table = []
    if table:
        yield table


def md_tables(path):
    table = []
    for line in open(path, encoding="utf-8"):
        if line.startswith("| "):
            table.append([c.strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]])
        elif table:
            yield [[c.replace("\\", "") for c in r] for r in table if not r[0].startswith("---")]
            table = []


class Tables(html.parser.HTMLParser):
    """The page's tables; notes stand in brackets, as in Markdown."""

    def __init__(self):
        super().__init__()
        self.tables, self.cell = [], None
        self.lanes, self.lane, self.bar = [], False, False  # the drawing of boots: [label, length behind it, widths]

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.cell = ""
        elif tag == "small" and self.cell is not None:
            self.cell += " (" if self.cell else "("
        elif dict(attrs).get("class", "") == "lane":
            self.lanes.append([dict(attrs)["aria-label"], "", []])
            self.lane, self.bar = False, True
        elif tag == "i" and self.bar:
            self.lanes[-1][2].append(float(re.search(r"width:([\d.]+)%", dict(attrs)["style"]).group(1)))
        elif tag == "span":
            self.lane = True

    def handle_endtag(self, tag):
        if tag == "small" and self.cell is not None:
            self.cell += ")"
        elif tag == "span":
            self.bar = False
        elif tag in ("td", "th"):
            self.tables[-1][-1].append(self.cell.strip())
            self.cell = None

    def handle_data(self, data):
        data = data.replace("\xa0", " ")
        if self.lane and self.lanes and not self.lanes[-1][1]:
            self.lanes[-1][1] = data
        if self.cell is not None:
            self.cell += data


def html_tables(path):
    parser = Tables()
    parser.feed(open(path, encoding="utf-8").read())
    return parser.tables, parser.lanes


class Views:
    """What the four views show of each row: of its figure and of its distribution."""

    def __init__(self, titles, text, md, page, lines):
        self.titles = titles
        self.text, self.md = list(text_tables(text)), list(md_tables(md))
        self.html, self.lanes = html_tables(page)
        with open(lines, encoding="utf-8", newline="") as f:
            self.csv = list(csv.DictReader(f, strict=True))

    def all_figures(self, tables, row):
        """A row's line of the table of all rows."""
        head = (f"{row['name']} ({row['suite']})", self.titles[row["platform"]])
        told = re.compile(r" \((lab|emulated|lab, emulated)\)$")
        for table in tables:
            for line in table:
                if "median of all samples" in table[0] and (line[0], told.sub("", line[1])) == head:
                    return line[2:]
        return None

    def distribution(self, row):
        """A row's line of the text's table of a suite's rows: its cells by their headings."""
        name = row["name"] if row["unit"] == "cycles" else f"{row['name']} [{UNITS.get(row['unit'], row['unit'])}]"
        for table in self.text:
            for line in table[1:] if "median" in table[0] and "mean" in table[0] else []:
                if line[:2] == [name, self.titles[row["platform"]]]:
                    keys, seen = [], False
                    for key in table[0][1:]:
                        keys.append("runs' interval" if key == "95 % interval" and not seen and "figure" in keys else key)
                        seen |= key == "runs"
                    return dict(zip(keys, line[2:]))
        return None

    def classic(self, tables, row):
        """The cells of tables that have a column for each platform."""
        label = re.compile(r" \[[^]]*\]$")
        for table in tables:
            if table[0][0].startswith("Boot time line"):  # of one boot, the middle one
                continue
            if self.titles[row["platform"]] not in [re.sub(r" \(.*", "", c, flags=re.S) for c in table[0][1:]]:
                continue
            column = [re.sub(r" \(.*", "", c, flags=re.S) for c in table[0]].index(self.titles[row["platform"]])
            for line in table[1:]:
                name = re.sub(r" guests? at once", " at once", label.sub("", line[0]).replace(", median", "").replace("CPU time of", "CPU of"))
                name = re.sub(r"\(\)$", "", name)
                if CLASSIC.get(line[0], name) == row["name"] and column < len(line):
                    yield line[column]


def close(a, b):
    return math.isclose(float(a), b, rel_tol=1e-9, abs_tol=1e-12)


def check_json(row, figures):
    value, middle, stats = figures
    told = row["stats"]
    want = [(row, "value", value["value"]), (told, "p50", middle["value"]), (told, "n", middle["n"])]
    want += [(told, k, v) for k, v in stats.items()]
    for where, e in ((row, value), (told, middle)):
        if e["coverage"]:
            want += [(where, "coverage", e["coverage"])]
            if not (close(where["ci"][0], e["low"]) and close(where["ci"][1], e["high"])):
                yield f"ci {where['ci']}, not {e['low']}, {e['high']}"
        elif "ci" in where:
            yield "an interval of one"
    for where, key, x in want:
        if key not in where or not close(where[key], x):
            yield f"{key} {where.get(key)}, not {x}"
    for key in PERCENTILES:
        if key in told and key not in stats:
            yield f"{key} of {middle['n']} samples"


def check_csv(line, figures):
    value, middle, stats = figures
    want = {"value": value["value"], "runs": value["n"], "p50": middle["value"], "n": middle["n"]}
    for prefix, e in (("", value), ("p50_", middle)):
        for key, part in (("ci_lo", "low"), ("ci_hi", "high"), ("coverage", "coverage")):
            want[prefix + key] = e[part] if e["coverage"] else ""
    want |= {key: stats.get(key, "") for key in ("min", "p95", "p99", "p999", "max", "mean")}
    for key, x in want.items():
        if (x == "") != (line[key] == "") or (x != "" and not close(line[key], x)):
            yield f"CSV's {key} is {line[key]!r}, not {x!r}"


def expected_line(row, figures):
    """What the table of all figures must have."""
    value, middle, stats = figures
    unit = UNITS.get(row["unit"], row["unit"])
    other = " " + row["sample_unit"] if "sample_unit" in row else ""
    keys = ("min", "p95", "p99", "p999", "max", "mean")
    return [
        f"{number(value, True)} {unit}", bounds(value, True) or "–", f"{value['n']:,}",
        number(middle, True) + other, bounds(middle, True) or "–", f"{middle['n']:,}",
    ] + [stat_text(middle, stats, key, True) for key in keys]  # fmt: skip


def check_distribution(cells, row, figures):
    value, middle, stats = figures
    want = {"median": number(middle, False), "95 % interval": bounds(middle, False) or "-", "n": str(middle["n"])}
    if "figure" in cells:
        own = value["n"] != middle["n"]
        want |= {"figure": number(value, False) if own else "-", "runs": str(value["n"]) if own else "-"}
        want["runs' interval"] = (bounds(value, False) if own else "") or "-"
    names = {"p999": "p99.9"}
    for key in ("min", "p95", "p99", "p999", "max", "mean"):
        if names.get(key, key) in cells:
            want[names.get(key, key)] = stat_text(middle, stats, key, False)
    for key, x in want.items():
        if cells.get(key) != x:
            yield f"the text's {key} is {cells.get(key)!r}, not {x!r}"


def check_row(views, row, figures, line):
    value = figures[0]
    if "coverage" in row.get("stats", {}) or ("stats" in row and len(row["runs"]) == 1):  # else of an older file
        yield from check_json(row, figures)
    yield from check_csv(line, figures)
    for name, tables in (("Markdown", views.md), ("page", views.html)):
        if views.all_figures(tables, row) != expected_line(row, figures):
            yield f"{name} has {views.all_figures(tables, row)}, not {expected_line(row, figures)}"
    cells = views.distribution(row)
    if cells:
        yield from check_distribution(cells, row, figures)
    elif row["suite"] in ("basic", "vmm") or (row["suite"] == "boot" and "stage" not in row):
        yield "the text's distributions have no such line"
    shown = [c for c in views.classic(views.text, row)]
    if not shown and row["suite"] in ("stream", "throughput"):
        yield "the text has no such line"
    for cell in shown:
        if cell not in (number(value, False), f"{number(value, False)} (n {value['n']})"):
            yield f"the text's table has {cell!r}, not {number(value, False)!r}"
    for name, tables in (("Markdown", views.md), ("page", views.html)):
        for cell in views.classic(tables, row):
            interval_text = bounds(value, True)
            want = f"({interval_text}, n {value['n']:,}" if interval_text else f"(n {value['n']:,}"
            if not cell.startswith(number(value, True)) or want not in cell:
                yield f"{name}'s table has {cell!r}, not {number(value, True)!r} and {want!r}"


PHASES = ("VMM", "firmware", "loader", "up to the image", "stub", "door to main", "main to last line", "to the end")


def phases_of(stages):
    """A boot's phases: (name, ms) of its stages in order, told apart by what they end at."""
    names = [name for name, _ in stages]
    entry = next((n for n in ("to stub", "to door", "to door, and from main to first byte") if n in names), None)
    told = "main to last line" if "to last line" in names else "to the end"
    booted = "door to main" if "to main" in names else told
    sums, heard, after = {}, "to start" not in names, entry is None and booted
    for name, ms in stages:
        if after:
            phase = after
        elif not heard:
            phase, heard = "VMM", name == "to start"
        elif name != entry:
            phase, heard = "firmware", "told"
        else:
            phase = "loader" if heard == "told" else "up to the image"
        if name == "to stub":
            after = "stub"
        elif "door" in name:
            after = booted
        elif name == "to main":
            after = told
        elif name == "to last line":
            after = "to the end"
        sums[phase] = sums.get(phase, 0) + ms
    return sums


def boots_of(rows):
    """Of each platform the phases of its middle boot, and its length; none where boots have not the same stages."""
    for platform in sorted({r["platform"] for r in rows if r["suite"] == "boot" and "stage" in r}):
        ours = [r for r in rows if (r["suite"], r["platform"]) == ("boot", platform)]
        total = next(r["samples"] for r in ours if r["name"] == "start to exit")
        at = total.index(sorted(total)[(len(total) - 1) // 2])
        stages = sorted((r for r in ours if "stage" in r), key=lambda r: r["stage"])
        if all(len(r["samples"]) == len(total) for r in stages):
            yield platform, phases_of([(r["name"], r["samples"][at] / 1e3) for r in stages]), total[at]


def ms_text(ms, commas):
    return printed(ms, 0 if ms == math.floor(ms) else max(0, decimals_of(ms, 3)), commas)


def phase_line(tables, title):
    """A platform's line of a table of phases: its cells by their headings, without notes."""
    for table in tables:
        if table[0][0].startswith("the middle boot"):
            for line in table[1:]:
                if line[0].split(",")[0] == title:
                    return {re.sub(r" \(.*", "", k): re.sub(r" \(.*", "", v) for k, v in zip(table[0][2:-2], line[2:-2])}
    return {}


def check_phases(views, rows):
    """The phases of the middle boots, in each view, and in the page's drawing of them."""
    scales = {}
    for platform, sums, total in boots_of(rows):
        title = views.titles[platform]
        for view, tables in (("text", views.text), ("Markdown", views.md), ("page", views.html)):
            commas = view != "text"
            want = {p: ms_text(sums[p], commas) for p in PHASES if p in sums} | {"start to exit": ms_text(total, commas)}
            got = {k: v for k, v in phase_line(tables, title).items() if v not in ("–", "-")}
            if got != want:
                yield f"the phases of {title}: {view} has {got}, not {want}"
        words = ", ".join(f"{p} {ms_text(sums[p], True)} ms" for p in PHASES if p in sums)
        lanes = [lane for lane in views.lanes if re.match(re.escape(title) + r"(, [^:]*)?: ", lane[0])]
        whole = [lane for lane in lanes if lane[0].split(": ", 1)[1] == words]
        if not whole or any(lane[1] != ms_text(total, True) for lane in whole):
            yield f"the drawing of {title}: {lanes}, not {words}"
        else:  # all of a place at one scale, in its first drawing
            parts = [sums[p] for p in PHASES if sums.get(p, 0) > 0]
            where = next(line[1] for table in views.md if table[0][0].startswith("the middle boot")
                         for line in table[1:] if line[0].split(",")[0] == title)
            own = sum(whole[0][2]) / sum(parts)
            scale = scales.setdefault(where.split(",")[0], own)
            wrong = len(parts) != len(whole[0][2]) or not math.isclose(own, scale, rel_tol=0.01)
            if wrong or any(abs(w - p * own) > 0.002 for w, p in zip(whole[0][2], parts)):
                yield f"the drawing of {title}: widths {whole[0][2]} of {parts}, and the scale is {scale}"


def check_stream(row, text):
    """Rate times time is the bytes moved; the times stand in the text."""
    moved = row["value"] * 1e6 * row["min_s"] / row["bytes"]
    if abs(moved - 1) > 0.001:
        yield f"rate × least time / bytes is {moved:.4f}"
    want = [f"{row[key]:.6f}" for key in ("avg_s", "min_s", "max_s")]
    if not any(line[:1] == [row["name"]] and line[2:] == want for table in text for line in table):
        yield f"the text has not {want}"


def summary(row, figures):
    """One line for people who check by hand."""
    value, middle, stats = figures
    spread = [f"{key} {stat_text(middle, stats, key, True)}" for key in ("min", "p95", "p99", "max") if key in stats]
    text = f"{row['suite']}\t{row['platform']}\t{row['name']}\t{number(value, True)} {UNITS.get(row['unit'], row['unit'])}"
    text += f"\t{bounds(value, True) or '–'}\tn {value['n']:,}\t{number(middle, True)} of {middle['n']:,}\t{', '.join(spread)}"
    if "bytes" in row:
        text += f"\t{row['value'] * 1e6 * row['min_s'] / row['bytes']:.2f}"
    return text


def table(views, rows):
    print("| row | platform | JSON | CSV | text | Markdown | page |\n| --- | --- | --: | --: | --: | --: | --: |")
    for row, figures, line in rows:
        cells = views.distribution(row) or {}
        text = cells.get("figure") or cells.get("median") or next(views.classic(views.text, row), "(time line)")
        md, page = (views.all_figures(t, row)[0] for t in (views.md, views.html))
        print(f"| {row['name']} | {views.titles[row['platform']]} | {row['value']:.9g} | {float(line['value']):.9g} | {text} | {md} | {page} |")


def main(command, result, text, md, page, lines, expected=None):
    result = json.loads(open(result, encoding="utf-8").read().strip().split("\n")[-1])
    titles = {"qemu": "QEMU", "kvm": "KVM", "vmm": "VMM", "xen-hvm": "HVM", "xen-pvh": "PVH"}
    titles |= {"xen-hvm-disk": "HVM-disk", "xen-hvm-disk-fast": "HVM-disk-fast"}
    titles |= {f"{p}-{way}": f"{p.upper()}-{way.upper()}" for p in ("qemu", "kvm") for way in ("bios", "uefi")}
    views = Views(titles, text, md, page, lines)
    rows = [(row, line) for row, line in zip(map(modern, result["rows"]), views.csv) if has_samples(row)]
    rows = [(row, compute(row), line) for row, line in rows]
    wrong = [] if len(views.csv) == len(result["rows"]) else ["CSV has not as many lines as there are rows"]
    if command == "table":
        return table(views, rows)
    if command == "list":
        return print("\n".join(summary(row, figures) for row, figures, _ in rows))
    for row, figures, line in rows:
        found = list(check_row(views, row, figures, line))
        found += check_stream(row, views.text) if row["suite"] == "stream" else []
        wrong += [f"{row['name']} on {row['platform']}: {f}" for f in found]
    wrong += check_phases(views, result["rows"])
    if expected:
        known = open(expected, encoding="utf-8").read().strip("\n").split("\n")
        ours = [summary(row, figures) for row, figures, _ in rows]
        wrong += [f"not as it was read: {a!r}, {b!r}" for a, b in zip(known, ours) if a != b]
        wrong += [] if len(known) == len(ours) else [f"{len(ours)} rows, and {len(known)} were read"]
    print("\n".join(wrong[:20]))
    print(f"{len(rows)} rows, {len(wrong)} wrong")
    sys.exit(1 if wrong or not rows else 0)


main(*sys.argv[1:])
