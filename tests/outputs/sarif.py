"""What SARIF 2.1.0 (OASIS standard, section 3) requires: its own schema, and a closer one of what a report uses.

In the closer one, of each object only those members are allowed that reports write, so that any other is found.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator

TEXT = {"type": "string", "minLength": 1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
BAG: dict[str, Any] = {"type": "object", "properties": {"tags": {"type": "array", "items": TEXT, "uniqueItems": True}}}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


MESSAGE = closed(["text"], text=TEXT, markdown=TEXT)
REGION = closed(
    ["startLine"], startLine={"type": "integer", "minimum": 1}, startColumn={"type": "integer", "minimum": 1}
)
ARTIFACT = closed(
    ["uri", "uriBaseId"],
    uri={"type": "string", "pattern": r"^(?!/)([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"},
    uriBaseId={"const": "%SRCROOT%"},
)
LOGICAL = closed(["fullyQualifiedName"], fullyQualifiedName=TEXT, name=TEXT, kind=TEXT)
LOCATION = closed(
    ["physicalLocation"],
    physicalLocation=closed(["artifactLocation"], artifactLocation=ARTIFACT, region=REGION),
    logicalLocations={"type": "array", "items": LOGICAL, "minItems": 1, "uniqueItems": True},
)
RULE = closed(
    ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
    id=TEXT,
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=closed(["level"], level=LEVEL),
    properties=BAG,
)
RESULT = closed(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId=TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations={"type": "array", "items": LOCATION, "minItems": 1},
    partialFingerprints={"type": "object", "additionalProperties": TEXT, "minProperties": 1},
    occurrenceCount={"type": "integer", "minimum": 1},
    properties=BAG,
)
NOTIFICATION = closed(["message"], message=MESSAGE, level=LEVEL)
INVOCATION = closed(
    ["executionSuccessful", "exitCode"],
    executionSuccessful={"type": "boolean"},
    exitCode={"type": "integer"},
    toolExecutionNotifications={"type": "array", "items": NOTIFICATION},
)
BASE_URI = closed(["uri"], uri={"type": "string", "pattern": "^file:///.*/$"})
RUN = closed(
    ["tool", "results", "invocations"],
    tool=closed(
        ["driver"],
        driver=closed(["name"], name=TEXT, version=TEXT, rules={"type": "array", "items": RULE, "uniqueItems": True}),
    ),
    automationDetails=closed(["id"], id=TEXT),
    invocations={"type": "array", "items": INVOCATION, "minItems": 1, "maxItems": 1},
    originalUriBaseIds=closed(["%SRCROOT%"], **{"%SRCROOT%": BASE_URI}),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
LOG = closed(
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN},
)
VALIDATOR = Draft202012Validator(LOG)
STANDARD = Draft4Validator(
    json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")),
    format_checker=Draft4Validator.FORMAT_CHECKER,
)
"""The schema that the standard comes with; sarif-2.1.0-rtm.5.txt says where it is from."""


def check_sarif(log: dict[str, Any]) -> None:
    """Hold a log against the standard: its shape, and that what its parts say of each other is true."""
    STANDARD.validate(log)
    VALIDATOR.validate(log)
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(set(rules)) == len(rules)
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
