#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Checks result files (JSON Lines) against docs/result.schema.json; tells FILE:LINE: what is wrong.

usage: tests/schema.py FILE…"""
import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).parent.parent / "docs" / "result.schema.json"


def faults(validator, line):
    """Yields what is wrong with one line."""
    if not line.endswith("\n"):
        yield "the line has no newline at its end"
    try:
        result = json.loads(line)
    except ValueError as error:
        yield f"no JSON: {error}"
        return
    for error in validator.iter_errors(result):
        yield f"{error.json_path}: {error.message[:300]}"
    if isinstance(result, dict) and not list(validator.iter_errors(result)):
        for number, row in enumerate(result["rows"]):
            if row["run"] >= len(result["runs"]):
                yield f"$.rows[{number}].run: there are only {len(result['runs'])} runs"
            if "parts" in row and sum(row["parts"]) != len(row["runs"]):
                yield f"$.rows[{number}].parts: they add up to {sum(row['parts'])}, the runs are {len(row['runs'])}"
            samples = sum(count for _, count in row.get("histogram", []))
            if "histogram" in row and samples != row["stats"]["n"]:
                yield f"$.rows[{number}].histogram: it has {samples} samples, stats.n of them are {row['stats']['n']}"


def main(paths):
    if not paths:
        sys.exit(__doc__)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    found = 0
    for path in paths:
        with open(path, encoding="utf-8", newline="\n") as file:
            lines = file.readlines()
        if not lines:
            found += 1
            print(f"{path}: empty")
        for number, line in enumerate(lines, 1):
            for fault in faults(validator, line):
                found += 1
                print(f"{path}:{number}: {fault}")
    sys.exit(found > 0)


main(sys.argv[1:])
