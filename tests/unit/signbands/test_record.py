"""How often a sign called and how often rightly, from an archive of figures that the stage told and of what the desk did."""

import json
from pathlib import Path

import pytest

from agents.core.alerts.alarm import alert_id
from agents.signs.book.read import sign_book
from agents.signs.command import main
from streams.archive import files
from streams.command import Trouble
from streams.messages import MINUTE, Act, Actor, Name, event_bytes, format_time, parse_time, tick_bytes

SUBJECT = "city-air/410100"
START = parse_time("2026-08-20T08:00:00+08:00")
DESK = Actor(id="wang", name="王值班", role="supervisor")


def event(type_: str, at: int, **data: object) -> bytes:
    """An event about the sign."""
    return event_bytes(type=type_, source="t", id=f"{type_}/{at}", time=format_time(at), subject=SUBJECT, data=data)


def figure(at: int, value: float | None) -> bytes:
    """How the sign stands, as the stage tells it."""
    missing = value is None
    return event("signs.figure", at, sign="city-air", state="na" if missing else "ok", value=value, missing=int(missing))


def verified(at: int, opened: int, occurrence: int, finding: str) -> bytes:
    """The desk verifies an occurrence."""
    alert = alert_id("sign-city-air", "", SUBJECT, opened)
    act = Act(alert=alert, occurrence=occurrence, actor=DESK, reason="现场核实", finding=finding)
    name = f"{occurrence}/{finding}"
    return event_bytes(type="command.verify", source="t", id=name, time=format_time(at), subject=SUBJECT, data=act)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three hours: the sign is beyond, back, beyond again; then it has no data. The first call is true, the second false."""
    root = tmp_path_factory.mktemp("archive")
    name = Name(zh="空气", en="Air")
    lines = [
        tick_bytes(START),
        event("signs.registered", START, kind="sign", name=name, adcode="410100", traits={"sign": "city-air"}),
    ]
    values = {0: 160.0, 30: 50.0, 60: 170.0, 90: 50.0, 120: None}
    for minute in range(0, 181, 10):
        at = START + minute * MINUTE
        lines += [tick_bytes(at)] if minute else []
        lines += [figure(at, values[minute])] if minute in values else []
        lines += [verified(at, START, 1, "true")] if minute == 20 else []
        lines += [verified(at, START, 2, "false-alarm")] if minute == 80 else []
    chunk = files.Chunk(0.0)
    for offset, value in enumerate(lines):
        chunk.add(offset, 0, None if b"clock.tick" in value else SUBJECT.encode(), value)
    files.write(root, "live.events.signs", 0, chunk)
    return root


def told(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[dict[str, object]]:
    """The lines that the command writes."""
    assert main(["record", *arguments]) == 0
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def test_calls_and_verdicts_are_those_of_the_alarm_system(archive: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Two crossings, one true and one false; one silence of data; a sign that never called has a record of noughts."""
    asked = ("--archive", str(archive), "--from")
    found = {each["sign"]: each for each in told(capfdbinary, *asked, "2026-08-20", "--to", "2026-08-20")}
    counts = {"calls": 2, "silences": 1, "verified": {"true": 1, "false": 1, "unclear": 0}, "right": 50}
    assert found["city-air"] == {"sign": "city-air"} | counts
    nothing = {"calls": 0, "silences": 0, "verified": {"true": 0, "false": 0, "unclear": 0}, "right": None}
    assert found["site-availability"] == {"sign": "site-availability"} | nothing
    assert found.keys() == sign_book().keys()
    later = {each["sign"]: each for each in told(capfdbinary, *asked, "2026-08-21", "--to", "2026-08-22")}
    assert later["city-air"] == {"sign": "city-air"} | nothing


def test_an_archive_without_figures_of_signs_is_refused(tmp_path: Path) -> None:
    """Its silence says nothing of any sign."""
    chunk = files.Chunk(0.0)
    chunk.add(0, 0, None, tick_bytes(START))
    files.write(tmp_path, "live.events.cyber", 0, chunk)
    with pytest.raises(Trouble, match="has no figures of signs"):
        main(["record", "--archive", str(tmp_path), "--from", "2026-08-20", "--to", "2026-08-20"])
