"""Reading back what a report was printed as: how many findings of which code, and whether it can do harm."""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

from jsonschema import Draft202012Validator

from converter.findings.published import json_schema
from tests.outputs.sarif import check_sarif

LINES = Draft202012Validator(json_schema("lines-1"))
REPORT = Draft202012Validator(json_schema("report-1"))
_COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")
_ESCAPED = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
_TURNS = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}


def is_harmless(text: str) -> bool:
    """Whether nothing in it moves a cursor, turns a line around or cannot be encoded; line breaks are its own."""
    signs = set(text) - {"\n"}
    controls = {sign for sign in signs if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")}
    return not controls and not {sign for sign in signs if unicodedata.bidirectional(sign) in _TURNS}


def of_json(text: str) -> Counter[str]:
    document = json.loads(text)
    REPORT.validate(document)
    return Counter(finding["code"] for finding in document["findings"])


def lines_of(text: str) -> list[dict[str, Any]]:
    """The lines of a report in JSON Lines, each valid, the header first and the summary last."""
    assert text.endswith("\n")
    lines = [json.loads(line) for line in text[:-1].split("\n")]
    for line in lines:
        LINES.validate(line)
    kinds = [line["type"] for line in lines]
    assert (kinds[0], kinds[-1]) == ("header", "summary")
    assert kinds.count("header") == kinds.count("summary") == 1
    return lines


def of_jsonl(text: str) -> Counter[str]:
    return Counter(line["code"] for line in lines_of(text) if line["type"] == "finding")


def of_sarif(text: str) -> Counter[str]:
    log = json.loads(text)
    check_sarif(log)
    return Counter(result["ruleId"] for result in log["runs"][0]["results"])


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands of a text as GitHub's runner reads them: level, properties, message."""
    found = []
    for line in text.splitlines():
        match = _COMMAND.fullmatch(line)
        assert match is not None, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert set(properties) <= {"file", "line", "col", "title"}
        found.append((match[1], {name: _plain(value) for name, value in properties.items()}, _plain(match[3])))
    return found


def of_github(text: str) -> Counter[str]:
    return Counter(properties["title"] for _, properties, _ in commands_of(text))


def suites_of(text: str) -> list[ET.Element]:
    """The suites of a JUnit file, with counts that are those of their cases."""
    root = ET.fromstring(text)  # noqa: S314 - our own output
    suites = root.findall("testsuite")
    for name, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error")):
        assert root.get(name) == str(sum(len(suite.findall(tag)) for suite in suites))
        assert all(suite.get(name) == str(len(suite.findall(tag))) for suite in suites)
    assert all(len(case.findall("failure")) <= 1 for suite in suites for case in suite)
    return suites


def of_junit(text: str) -> Counter[str]:
    """Findings by code: those that a failure tells, one a paragraph, and those that the last case counts."""
    found: Counter[str] = Counter()
    for suite in suites_of(text):
        for failure in suite.iter("failure"):
            found.update(re.findall(r"(?m)^(?:error|warning|info) ([a-z0-9-]+)(?: \(×[\d,]+\))?: ", failure.text or ""))
        for rest in suite.iter("system-out"):
            for code, number in re.findall(r"(?m)^\w+ ([a-z0-9-]+): ([\d,]+) items?$", rest.text or ""):
                found[code] += int(number.replace(",", ""))
    return found


def _plain(text: str) -> str:
    return re.sub("%0D|%0A|%3A|%2C|%25", lambda match: _ESCAPED[match[0]], text)


FORMS = {"json": of_json, "jsonl": of_jsonl, "sarif": of_sarif, "github": of_github, "junit": of_junit}
