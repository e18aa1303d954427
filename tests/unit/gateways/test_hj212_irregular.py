"""What devices send that HJ 212 does not say: each row of the table by itself, by default and with --strict."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.fold import Fold
from streams.gateways.hj212.decode import Decoder, decode_lines
from streams.gateways.hj212.irregular import IRREGULARITIES
from streams.messages import Quality
from tests.support.books import the_book
from tests.support.pure.hj212 import HEAD, framed, uploaded
from tests.support.pure.polluter import register

PAGE = Path(__file__).parents[3] / "docs" / "operate" / "hj212.md"
MN = "410102A8900016F000169DC0"
AT = "DataTime=20260601080000"
GOOD = "a34013-Avg=7,a34013-Flag=N"
KEPT = {"a34013": {"unit": "mg/m³", "avg": 7, "flag": "N"}}


def decoded(raw: bytes, strict: bool = False) -> list[dict[str, Any]]:
    """The events of one frame."""
    return [json.loads(event) for event in decode_lines([raw], Decoder(strict=strict))]


def small() -> bytes:
    """A right frame whose CRC has a letter, in lower case."""
    frames = (header("PW=123456", f"PW={n}") for n in range(100_000, 101_000))
    raw = next(frame for frame in frames if frame[-6:-2] != frame[-6:-2].lower())
    return raw[:-6] + raw[-6:].lower()


def header(before: str, after: str) -> bytes:
    """A right frame of an hour with other text in its header."""
    return framed(HEAD.format(cn="2061", flag=5, content=f"{AT};{GOOD}").replace(before, after))


def hour(content: str, time: str = AT) -> bytes:
    """A right frame of an hour with a good factor and more."""
    return uploaded("2061", f"{time};{GOOD};{content}")


def times(cn: str, stamp: str, qn: str = "20260602000200000") -> bytes:
    """A right frame with this DataTime and QN."""
    segment = HEAD.format(cn=cn, flag=5, content=f"DataTime={stamp};{GOOD}")
    return framed(segment.replace("QN=20260601080000000", f"QN={qn}" if qn else "").removeprefix(";"))


SO2 = {"unit": "mg/m³", "avg": 12.5}
CASES = [
    ("crc-case", small(), "CRC", None, None),
    ("mn-characters", header(f"MN={MN}", "MN=410102_A89-01"), "MN", None, None),
    ("name-case", header("Flag=5", "FLAG=5"), "Flag", None, None),
    ("name-case", hour("", AT.replace("DataTime", "datatime")), "DataTime", None, None),
    ("name-case", hour("a21026-AVG=12.5"), "a21026-Avg", SO2, None),
    ("code-case", hour("A21026-Avg=12.5"), "a21026", SO2, None),
    ("flag-case", hour("a21026-Avg=12.5,a21026-Flag=n"), "a21026-Flag", SO2 | {"flag": "N"}, None),
    ("flag-case", hour("a21026-Avg=12.5,a21026-Flag=d"), "a21026-Flag", SO2 | {"flag": "D"}, None),
    ("time-milliseconds", hour("", AT + "123"), "DataTime", None, "2026-06-01T09:00:00+08:00"),
    ("hour-24", times("2031", "20260601240000"), "DataTime", None, "2026-06-02T00:00:00+08:00"),
    ("hour-24", times("2061", "20260601240000"), "DataTime", None, "2026-06-02T00:00:00+08:00"),
    ("hour-24", times("2061", "20260601240000", "20260602010100000"), "DataTime", None, "2026-06-02T01:00:00+08:00"),
    ("hour-24", times("2061", "20260601240000", ""), "DataTime", None, "2026-06-02T01:00:00+08:00"),
    ("hour-24", times("2011", "20260601240000"), "DataTime", None, "2026-06-02T00:00:00+08:00"),
    ("blanks", hour("a21026-Avg= 12.5 "), "a21026-Avg", SO2, None),
    ("blanks", hour("", AT + " "), "DataTime", None, "2026-06-01T09:00:00+08:00"),
    ("empty", hour("a21026-Avg=,a21026-Flag=D"), "a21026-Avg", {"unit": "mg/m³", "flag": "D"}, None),
    ("empty", hour("a21026-Avg="), "a21026-Avg", None, None),
    ("not-a-number", hour("a21026-Avg=NaN,a21026-Max=20"), "a21026-Avg", {"unit": "mg/m³", "max": 20}, None),
    ("not-a-number", hour("a21026-Avg=--"), "a21026-Avg", None, None),
    ("not-a-number", hour("a21026-Avg=<2"), "a21026-Avg", None, None),
    ("not-a-number", hour("a21026-Avg=1e999"), "a21026-Avg", None, None),
    ("out-of-range", hour("a21026-Avg=9999999999999.99"), "a21026-Avg", None, None),
    ("too-long", hour("a21026-Avg=12.5,a21026-Flag=NORMAL"), "a21026-Flag", SO2, None),
    ("twice", hour("a21026-Avg=12.5,a21026-Max=1,a21026-Max=2"), "a21026-Max", SO2, None),
    ("twice", hour("A21026-Avg=1;a21026-Avg=2;a21026-Avg=1"), "a21026-Avg", None, None),
    ("no-value", hour("a21026-Avg=12.5,oops"), "item 5", SO2, None),
]  # (row, frame, field of the note, factor a21026 of the fact, its time)


@pytest.mark.parametrize(("row", "raw", "field", "factor", "time"), CASES)
def test_each_irregularity(row: str, raw: bytes, field: str, factor: dict[str, Any] | None, time: str | None) -> None:
    """The good fields are in the fact; the note names row, field and fate; the text of what was refused stands nowhere."""
    fact, notes = decoded(raw)
    assert fact["data"]["factors"] == KEPT | ({"a21026": factor} if factor else {})
    assert time is None or fact["time"] == time
    assert (notes["type"], notes["subject"], notes["time"]) == ("environment.field_note", fact["subject"], fact["time"])
    assert notes["data"]["of"] == fact["type"].removeprefix("environment.")
    found = [note for note in notes["data"]["notes"] if note["reason"] == row]
    assert [(note["field"], note["taken"]) for note in found] == [(field, IRREGULARITIES[row].taken)]


@pytest.mark.parametrize(("row", "raw"), [case[:2] for case in CASES])
def test_strict_refuses_each(row: str, raw: bytes) -> None:
    """With --strict the same frame is a bad frame that names the irregularity, and there is no fact."""
    registered, bad = decoded(raw, strict=True)
    assert (registered["type"], bad["type"]) == ("environment.registered", "environment.bad_frame")
    assert bad["data"]["reason"] == "irregular"
    assert IRREGULARITIES[row].what in bad["data"]["message"]


def test_strict_takes_what_is_regular() -> None:
    """A frame by the letter of the standard is taken with --strict, without a note."""
    (fact,) = decoded(uploaded("2061", f"{AT};{GOOD};a21026-Avg=12.5,a21026-Flag=N"), strict=True)
    assert fact["data"]["factors"] == KEPT | {"a21026": SO2 | {"flag": "N"}}


def test_every_row_is_tried_and_told() -> None:
    """Each row of the table has a case here and a line on the page, with its fate."""
    assert {case[0] for case in CASES} == set(IRREGULARITIES) - {"edition-other"}  # needs a register: test_hj212_reception
    lines = dict(re.findall(r"^\| `([a-z0-9-]+)` \| .* \| (taken|refused) \|", PAGE.read_text("utf-8"), re.MULTILINE))
    assert lines == {name: "taken" if row.taken else "refused" for name, row in IRREGULARITIES.items()}


@pytest.mark.parametrize(
    ("content", "devices"),
    [
        ("SB1-RS=1;SB2-RS=7", {"SB1": {"state": 1}}),
        ("SB1-RS=1;SB2-RS=", {"SB1": {"state": 1}}),
        ("SB1-RS=1;SB2-RS=0.5", {"SB1": {"state": 1}}),
        ("SB1-RS=1;SB2-RT=25", {"SB1": {"state": 1}}),
    ],
)
def test_facilities_field_by_field(content: str, devices: dict[str, Any]) -> None:
    """Table 4: RS is 0 to 5, RT 0 to 24 hours; what is not is refused, the other facility stays."""
    fact, notes = decoded(uploaded("2021", f"{AT};{content}"))
    assert fact["data"]["devices"] == devices
    assert [note["taken"] for note in notes["data"]["notes"]] == [False]


def test_a_frame_without_one_good_field_is_bad() -> None:
    """Where every value is refused there is no fact, and the message names each field."""
    _, bad = decoded(uploaded("2061", f"{AT};a21026-Avg=;a34013-Avg=NaN"))
    assert bad["type"] == "environment.bad_frame"
    assert all(field in bad["data"]["message"] for field in ("a21026-Avg", "a34013-Avg"))


def test_no_value_stands_in_a_note() -> None:
    """A note has the size of what was refused, not its text."""
    notes = decoded(hour("a21026-Avg=secret?"))[1]
    assert "secret" not in json.dumps(notes)
    assert notes["data"]["notes"][0]["size"] == len("secret?")


def test_a_remark_is_told_once_a_day_and_counted_always() -> None:
    """Of 3 frames with a small CRC on one day and one on the next, 2 are told, 4 counted; refused fields are told each time."""
    decoder = Decoder()
    days = [20260601080000, 20260601090000, 20260601100000, 20260602100000]
    lines = [uploaded("2061", f"DataTime={day};{GOOD};A21026-Avg=") for day in days]
    events = [json.loads(event) for event in decode_lines(lines, decoder)]
    notes = [note for event in events if event["type"].endswith("field_note") for note in event["data"]["notes"]]
    assert [note["reason"] for note in notes].count("code-case") == 2
    assert [note["reason"] for note in notes].count("empty") == 4
    assert (decoder.remarks, decoder.refused, decoder.bad) == (4, 4, 0)


def test_the_judge_makes_records_of_notes_apart() -> None:
    """DQ-15 for a refused field, DQ-09 for a remark, each with its field and the device; the fact is judged all the same."""
    events = list(decode_lines([hour("A21026-Avg=NaN")], Decoder()))
    fold = Fold(the_book(), "test.events.environment", 0, keyed=False)
    values = [register("air_source", MN), *events]
    found = [out for out in fold.run((n, None, value) for n, value in enumerate(values)) if isinstance(out, Quality)]
    assert [(record.rule, record.reason, record.subject) for record in found] == [
        ("DQ-09", "inconsistent", MN),
        ("DQ-15", "inconsistent", MN),
    ]
    assert "a21026-Avg" in found[1].message
    assert len({record.id for record in found}) == 2


BAD = st.sampled_from(["", "NaN", "--", "<2", "1,0", "x", "1e999", " ", "--5", "null", "9" * 40])
NUMBERS = st.lists(st.integers(0, 999), min_size=2, max_size=7)
CODES = ["a21026", "a21002", "a34013", "a19001", "a01012", "a01013", "a01014"]


@settings(max_examples=200, deadline=None)
@given(NUMBERS, BAD, st.data())
def test_one_bad_value_never_changes_the_others(values: list[int], bad: str, data: st.DataObject) -> None:
    """Whatever stands in one factor, the other factors are what they are without it."""
    at = data.draw(st.integers(0, len(values) - 1))
    texts = [bad if n == at else str(value) for n, value in enumerate(values)]
    fact, *_ = decoded(uploaded("2061", ";".join([AT, *(f"{c}-Avg={t}" for c, t in zip(CODES, texts, strict=False))])))
    found = {code: factor["avg"] for code, factor in fact["data"]["factors"].items() if code != CODES[at]}
    assert found == {code: value for n, (code, value) in enumerate(zip(CODES, values, strict=False)) if n != at}
