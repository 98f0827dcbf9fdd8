from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converter.model.moment import Moment
from converter.text.json_text import (
    JsonTextError,
    JsonValue,
    Members,
    Number,
    decode,
    depth,
    dotnet_date,
    dump,
    is_dotnet_date,
    mend,
    number_text,
    object_text,
    offset_date,
    parse,
    quote,
)
from tests.mnemo.builders import data_path, needs_data

_TEXT = st.text(st.characters(codec="utf-8"))
_ANY_TEXT = st.text(st.characters())


def _parsed(text: str) -> JsonValue:
    return parse(text, 512).value


def test_escapes_everything_but_a_small_set_of_ascii() -> None:
    assert quote("a'b\"c+d<e>&f`é😀/\x7f") == (
        '"a\\u0027b\\u0022c\\u002Bd\\u003Ce\\u003E\\u0026f\\u0060\\u00E9\\uD83D\\uDE00/\\u007F"'
    )
    assert quote("\t\n\x01\\\b\f\r\x00") == '"\\t\\n\\u0001\\\\\\b\\f\\r\\u0000"'


def test_a_lone_surrogate_in_memory_becomes_the_replacement_character_each() -> None:
    assert quote("a\ud800\udfffb") == '"a\\uFFFD\\uFFFDb"'
    assert mend("\ud83d x \ude00") == "\ufffd x \ufffd"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (300.0, "300"),
        (0.5, "0.5"),
        (1e-5, "1E-05"),
        (1e16, "10000000000000000"),
        (1e17, "1E+17"),
        (-0.0, "-0"),
        (1.2345678901234568e17, "1.2345678901234568E+17"),
        (5e-324, "5E-324"),
        (1e100, "1E+100"),
    ],
)
def test_doubles(value: float, text: str) -> None:
    assert number_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
@settings(deadline=None, max_examples=300, derandomize=True)
def test_doubles_round_trip(value: float) -> None:
    text = number_text(value)

    assert float(text) == value
    assert math.copysign(1, float(text)) == math.copysign(1, value)
    assert _parsed(text) == Number(text)


@pytest.mark.parametrize(
    ("ticks", "expected"),
    [(0, "2026-05-18T10:00:00"), (1000, "2026-05-18T10:00:00.0001"), (1234567, "2026-05-18T10:00:00.1234567")],
)
def test_dates(ticks: int, expected: str) -> None:
    moment = Moment(639_146_952_000_000_000 + ticks, 0)

    assert dotnet_date(moment) == expected + "Z"
    assert offset_date(moment) == expected + "+00:00"


def test_a_date_keeps_its_distance_and_a_bare_one_is_midnight() -> None:
    assert dotnet_date(Moment(639_146_880_000_000_000, 120)) == "2026-05-18T10:00:00+02:00"
    assert dotnet_date(Moment(639_146_592_000_000_000, None, day=True)) == "2026-05-18T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("2026-05-18", True),
        ("2026-05-18T10:00", True),
        ("2026-05-18T10:00:00.Z", True),
        ("2026-05-18T10:00:00.1234567890123456Z", True),
        ("2026-05-18T10:00:00+02", True),
        ("2026-05-18T10:00:00+14:00", True),
        ("2026-05-18 10:00:00", False),
        ("2026-05-18T10:00:00z", False),
        ("2026-05-18T10:00:00+0200", False),
        ("2026-05-18T10:00:00+14:01", False),
        ("2026-05-18T10:00:00.12345678901234567Z", False),
        ("2026-05-18T10:00:00.", False),
        ("2026-05-18T24:00:00Z", False),
        ("2026-02-29T00:00:00Z", False),
        ("0000-01-01T00:00:00Z", False),
    ],
)
def test_which_dates_dotnet_reads(text: str, accepted: bool) -> None:
    assert is_dotnet_date(text) is accepted


def test_reading_keeps_literals_repeated_names_and_order() -> None:
    value = _parsed('{"b":1.50,"a":[1e400,-0,{"x":1,"x":2}],"b":null}')

    assert isinstance(value, Members)
    assert [name for name, _ in value.pairs] == ["b", "a", "b"]
    assert dump(value) == '{"b":1.50,"a":[1e400,-0,{"x":1,"x":2}],"b":null}'


def test_blanks_go_and_strings_are_escaped_anew() -> None:
    assert dump(_parsed(' {"ü" : [ "\\u00e9\\/" , true ] }\n')) == '{"\\u00FC":["\\u00E9/",true]}'


def test_lone_surrogate_escapes_are_mended_and_counted_in_names_too() -> None:
    parsed = parse('{"\\ud800":"\\udc00 \\ud83d\\ude00","a":["\\ud83d"]}', 9)

    assert dump(parsed.value) == '{"\\uFFFD":"\\uFFFD \\uD83D\\uDE00","a":["\\uFFFD"]}'
    assert parsed.surrogates == 3
    assert parse('"\\ud800"', 9).value == "\ufffd"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("[1 2]", 1, 4),
        ('{"a":1}\n x', 2, 2),
        ('{"a":\n\n01}', 3, 2),
        ('{"a":NaN}', 0, 0),
        ('{"a":tru}', 1, 6),
        ('"\x01"', 1, 2),
        ("\ufeff{}", 1, 1),
        ("{'a':1}", 1, 2),
        ("// c\n{}", 1, 1),
        ('"\\x41"', 1, 2),
    ],
)
def test_what_is_no_json_says_where(text: str, line: int, column: int) -> None:
    with pytest.raises(JsonTextError) as caught:
        parse(text, 512)

    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("levels", [513, 100_000])
def test_nesting_has_a_limit_of_our_own(levels: int) -> None:
    with pytest.raises(JsonTextError, match="json_depth"):
        parse("[" * levels + "]" * levels, 512)


def test_nesting_up_to_the_limit_is_read_and_written() -> None:
    text = '{"a":[' * 200 + "1" + "]}" * 200

    assert dump(parse(text, 512).value) == text
    assert depth(text) == 400
    assert depth('["[[[{", "\\"[", {"}":[]}]') == 3


def test_bytes_that_are_not_utf_8_are_replaced_and_counted() -> None:
    assert decode(b'"a\xffb\xc3"') == ('"a\ufffdb\ufffd"', 2)
    assert decode("é\ufffd".encode()) == ("é\ufffd", 0)


def test_object_text() -> None:
    assert object_text([("a+", "1"), ("b", '"x"')]) == '{"a\\u002B":1,"b":"x"}'


@given(_TEXT)
@settings(deadline=None, max_examples=300, derandomize=True)
def test_strings_round_trip_as_ascii(text: str) -> None:
    written = quote(text)

    assert written.isascii()
    assert _parsed(written) == text
    assert json.loads(written) == text


@given(_ANY_TEXT)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_strings_with_surrogates_come_back_mended(text: str) -> None:
    assert _parsed(quote(text)) == mend(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(_JSON)
@settings(deadline=None, max_examples=200, derandomize=True)
def test_documents_round_trip(value: object) -> None:
    written = dump(_parsed(json.dumps(value, ensure_ascii=False)))

    assert json.loads(written) == value
    assert dump(_parsed(written)) == written


@given(st.text(alphabet='{}[]",:\\u0ad1.e-+ntf \n\ud800é', max_size=40))
@settings(deadline=None, max_examples=300, derandomize=True)
def test_nothing_but_our_error(text: str) -> None:
    try:
        written = dump(parse(text, 20).value)
    except JsonTextError:
        return
    assert dump(_parsed(written)) == written


@needs_data
def test_the_application_s_strings_doubles_and_dates() -> None:
    seen = 0
    for line in data_path("blocks", "text-rules.jsonl").read_text("utf-8").strip().split("\n"):
        record = json.loads(line)
        written = _written(record)
        if written is not None and "written" in record:
            seen += 1
            assert written == record["written"], record["what"]
        elif record["kind"] == "datetimeoffset-read" and not record["literal"].startswith('"0001'):
            literal = json.loads(record["literal"])
            accepted = isinstance(literal, str) and is_dotnet_date(literal)
            assert accepted is ("written" in record), record["what"]
    assert seen > 700


def _written(record: dict[str, object]) -> str | None:
    match record:
        case {"kind": "string", "utf16": list(units)}:
            data = b"".join(unit.to_bytes(2, "little") for unit in units)
            return quote(data.decode("utf-16-le", "surrogatepass"))
        case {"kind": "double", "bits": str(bits), "written": _}:
            return number_text(struct.unpack(">d", bytes.fromhex(bits))[0])
        case {"kind": "datetime", "date_kind": "Utc", "ticks": int(ticks)}:
            return f'"{dotnet_date(Moment(ticks, 0))}"'
        case {"kind": "datetimeoffset", "ticks": int(ticks), "offset_minutes": int(minutes)}:
            return f'"{offset_date(Moment(ticks - minutes * 600_000_000, minutes))}"'
        case _:
            return None
