"""The story of an alert in plain words, and what judging its events again says of it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.offline import explain
from agents.offline.explain import Made, Story, differences, told
from streams.messages import HOUR, MINUTE, Alert, Audit
from tests.support.books import the_book
from tests.support.events import START, act, clean, records, registered, tick

BOOK = the_book()
HOSTILE = "\x1b[2J已核\u202e实\n伪造的一行"


def lived(reason: str = "已派人核查") -> tuple[Alert, tuple[Audit, ...], list[bytes]]:
    """An ozone alert with its trail, and the events that made it: 250 at 08:00, acknowledged, 100 an hour later."""
    begin = [registered(), tick(START), clean(START, o3=250)]
    first = next(each for each in Fold(BOOK, "t.events.environment", 0).run(records(begin)) if isinstance(each, Alert))
    events = [*begin, act(first.id, reason=reason), tick(START + HOUR + MINUTE), clean(START + HOUR, o3=100)]
    out = Fold(BOOK, "t.events.environment", 0).run(records(events))
    alert = [each for each in out if isinstance(each, Alert) and each.id == first.id][-1]
    return alert, tuple(each for each in out if isinstance(each, Audit) and each.alert == alert.id), events


def test_a_file_tells_the_whole_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Value and limit, clause with edition and text, evidence with its bytes, who did what and why: in both languages."""
    alert, _, events = lived()
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"".join(event + b"\n" for event in events))
    assert explain.main([alert.id, "--from", str(file)]) == 0
    chinese = capsys.readouterr().out
    assert explain.main([alert.id, "--from", str(file), "--lang", "en"]) == 0
    english = capsys.readouterr().out
    for said in (chinese, english):
        assert all(part in said for part in ("GB 3095", alert.rule_version, alert.subject, '"o3":250', "张值班", "已派人核查"))
        assert "250 µg/m³" in said
        assert all(f"{n}. " in said for n in (1, 2, 3))
    assert "摘要一致" in chinese
    assert "摘要不一致" not in chinese
    assert "B → C" in english
    assert alert.clause.text.en in english


def test_a_story_cannot_write_into_the_terminal() -> None:
    """What a person or a device wrote moves no cursor, turns no writing round and begins no line of its own."""
    alert, trail, _ = lived(HOSTILE)
    lines = told(Story(alert, trail, {}), "zh")
    assert all(line.isprintable() for line in lines)
    assert any("已核" in line and "伪造的一行" in line for line in lines)
    assert any("原始记录已不在" in line for line in lines)


def test_other_bytes_than_the_evidence_are_seen() -> None:
    """A record that is not the one that was judged does not have its digest."""
    alert, trail, _ = lived()
    forged = {alert.evidence[0].place: clean(START, o3=150)}
    assert any("摘要不一致" in line for line in told(Story(alert, trail, forged), "zh"))


def test_whatever_differs_is_named() -> None:
    """Equal stories differ in nothing; a changed field, a changed, a lost and an added entry are each named."""
    alert, trail, _ = lived()
    made = Made({alert.id: alert}, trail)

    def told_of(*kept: Made) -> list[str]:
        return [each.split(":")[0] for each in differences(*kept)]

    assert told_of(made, made) == []
    assert told_of(Made({alert.id: replace(alert, value=150.0)}, trail), made) == ["value"]
    altered = (trail[0], replace(trail[1], reason="另有其因"), trail[2])
    assert told_of(Made(made.things, altered), made) == ["entry 2"]
    assert told_of(Made(made.things, trail[:2]), made) == ["entry 3"]
    assert told_of(Made(made.things, (*trail, replace(trail[-1], n=4))), made) == ["entry 4"]
    assert differences(made, Made()) == ["nothing of this id is made of the events"]
