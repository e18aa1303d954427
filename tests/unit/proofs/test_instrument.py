"""What a case says of the instrument whose readings it rests on (行政处罚法 41, 生态环境监测条例 22)."""

import json
from collections.abc import Callable
from functools import cache

import pytest
from msgspec.structs import replace

from agents.evidence.case import Files, listed, newest_of, packed
from agents.evidence.instrument import instrument
from agents.evidence.verify import verified
from streams.messages import DAY, HOUR, Name, Place, event_bytes, format_time
from tests.support.events import START, STATION, act, clean, registered, tick
from tests.support.proofs.case import ALERT, files_of, found_in, instrument_in
from tests.support.proofs.sealed import TOPIC, SealedLog

TRAITS = {
    "instrument_model": "XHAQMS3000",
    "instrument_no": "2021-0457",
    "accepted": "2021-11-03",
    "verified_until": "2026-10-31",
}


def fact(of: str, at: int, /, **data: object) -> bytes:
    """A fact about the station's monitor."""
    time = format_time(at)
    return event_bytes(type=f"environment.{of}", source="test", id=f"{of}-{time}", time=time, subject=STATION, data=data)


def entered(at: int, **traits: str) -> bytes:
    """A registration of the station with these traits."""
    return fact("registered", at, kind="air_station", name=Name(zh="测试站", en="Test"), adcode="410102", traits=traits)


def lived(*facts: tuple[str, int, dict[str, object]], traits: dict[str, str] | None = None) -> SealedLog:
    """A log in which an alert of 2026-06-01 rests on the station's reading, with facts of its monitor before and after."""
    made = SealedLog("live", acts=True)
    made.judge(made.acted(entered(START, **(traits or {})), made.registrar) if traits else registered(), tick(START))
    signed = sorted(facts, key=lambda each: each[1])
    for kind, at, data in signed:
        if at < START:
            made.judge(made.acted(fact(kind, at, **data), made.registrar))
    made.judge(clean(START, o3=230))
    made.judge(made.acted(act(ALERT, reason="已派人")))
    for kind, at, data in signed:
        if at >= START:
            made.judge(made.acted(fact(kind, at, **data), made.registrar))
    made.seal()
    made.anchor()
    return made


@cache
def case() -> tuple[Files, str]:
    """A case with a registered instrument, a mark that holds on the day, one of another day, and two checks."""
    day = {"since": format_time(START - HOUR), "until": format_time(START + HOUR)}
    past = {"since": format_time(START - 3 * DAY), "until": format_time(START - 2 * DAY)}
    made = lived(
        ("quality_check", START - 20 * DAY, {"check": "zero-span", "passed": False}),
        ("quality_check", START - 9 * DAY, {"check": "zero-span", "passed": True}),
        ("quality_check", START - 30 * DAY, {"check": "comparison", "passed": True}),
        ("device_mark", START - 3 * DAY, {"mark": "cems-maintenance", **past}),
        ("device_mark", START + 2 * HOUR, {"mark": "link-lost", **day}),
        ("quality_check", START + 2 * DAY, {"check": "zero-span", "passed": True}),
        traits=TRAITS,
    )
    return files_of(made), made.roots.logid


def test_registration_marks_and_checks_of_the_day_are_in_the_case() -> None:
    """A mark set afterwards for that day counts, the newest check of each sort before it, and nothing of other days."""
    files, logid = case()
    own = json.loads(files["case.json"])["instrument"]
    assert own["days"] == ["2026-06-01", "2026-06-01"]
    assert own["facts"] == TRAITS
    assert own["missing"] == ["calibrated_until", "siting_published", "legal_review", "technical_review"]
    assert own["reviewed"] is False
    said = [json.loads(files[f"instrument/{place}.json"]) for place in own["records"]]
    assert [(each["type"].partition(".")[2], each["time"][:10]) for each in said] == [
        ("registered", "2026-06-01"),
        ("quality_check", "2026-05-02"),
        ("quality_check", "2026-05-23"),
        ("device_mark", "2026-06-01"),
    ]
    assert verified(packed(files), logid).intact == []


def test_the_readme_says_what_is_not_known_of_the_instrument() -> None:
    """What the registration does not have is said, and that no review is known: 线索，未经审核."""
    text = case()[0]["README.md"].decode()
    assert "型号 XHAQMS3000；出厂编号 2021-0457；验收 2021-11-03；检定有效至 2026-10-31；校准有效至 **未登记**" in text
    assert "审核：未见法制和技术审核" in text
    assert "Reviews: no review is known" in text
    assert "线索，未经审核" in text


def test_both_reviews_are_told_where_the_registration_names_them() -> None:
    """法制和技术审核 are two: one alone is none."""
    both = {"legal_review": "郑环法审〔2026〕3号", "technical_review": "郑环技审〔2026〕7号"}
    assert instrument_in(lived(traits=both)).reviewed
    assert not instrument_in(lived(traits={"legal_review": both["legal_review"]})).reviewed


def test_text_of_a_registration_makes_no_markdown() -> None:
    """What somebody writes into a registration stands in the README as plain text."""
    text = files_of(lived(traits={"instrument_model": "[x](http://a)<b>\n# y"}))["README.md"].decode()
    assert "型号 _x_(http://a)_b___ y" in text


def of_kind(files: Files, kind: str) -> str:
    """The first record of a kind."""
    return next(name for name in files if name.startswith("instrument/") and json.loads(files[name])["type"].endswith(kind))


def changed(files: Files) -> Files:
    """A check that failed is made one that passed."""
    name = of_kind(files, "quality_check")
    return {**files, name: files[name].replace(b'"passed":true', b'"passed":false')}


def other(files: Files) -> Files:
    """A record of another subject stands in the place of one."""
    name = of_kind(files, "device_mark")
    return {**files, name: files[name].replace(STATION.encode(), b"other")}


def fewer(files: Files) -> Files:
    """A mark is left out."""
    return {name: data for name, data in files.items() if name != of_kind(files, "device_mark")}


@pytest.mark.parametrize("change", [changed, other, fewer])
def test_a_record_that_was_signed_cannot_be_changed_left_out_or_put_in(change: Callable[[Files], Files]) -> None:
    """Under new digests too: the signature, the subject or the list of the case does not fit."""
    files, logid = case()
    wrong = verified(packed(listed(change(files))), logid).intact
    assert any(each.startswith("instrument:") for each in wrong), wrong


def test_what_nobody_signed_is_said() -> None:
    """A registration of before the log was opened is under the list of digests alone, and the program says so."""
    made = lived()
    found = verified(packed(files_of(made)), made.roots.logid)
    assert found.intact == []
    assert any("1 records of the instrument bear no signature" in each for each in found.said), found.said
    assert [each.place.topic for each in instrument_in(made).records] == [TOPIC]


def test_an_alert_that_rests_on_no_record_has_the_day_on_which_it_opened() -> None:
    """Of silence there may be no reading: what is known of the instrument is said all the same."""
    made = lived(traits=TRAITS)
    silent = replace(newest_of(found_in(made)), evidence=())
    own = instrument(silent, ((Place(TOPIC, 0, n), value) for n, value in enumerate(made.records)))
    assert (own.days, own.facts) == (("2026-06-01", "2026-06-01"), TRAITS)
