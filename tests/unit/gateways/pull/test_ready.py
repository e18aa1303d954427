"""The ready mappings, each on the real file that it is for and on its stand-in, against counts made without the engine."""

import csv
import json
import re
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.core.alerts.fold import Fold
from streams.command import Trouble
from streams.gateways.files import Content, read_file
from streams.gateways.foreign import fridge_tag
from streams.gateways.foreign.document import Unreadable
from streams.gateways.foreign.mapping import Foreign, load
from streams.messages import Quality, tick_bytes
from tests.support.books import the_book
from tests.support.shared import either, shared

READY = Path(fridge_tag.__file__).parents[1] / "ready"


def content(name: str, ready: str, *, ours: bool) -> Content:
    """A file of others by a ready mapping."""
    return read_file(shared(name, ours=ours), "environment", READY / ready)


def facts(found: Content, kind: str) -> list[dict[str, Any]]:
    """The events of a kind."""
    events = [json.loads(each.value) for each in found.arrivals]
    return [event for event in events if event["type"].endswith(f".{kind}")]


def slots(events: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Subject and time of each: no two facts of one kind may share both."""
    return {(event["subject"], event["time"]) for event in events}


def refused(found: Content, domain: str) -> set[str]:
    """Why the judge refuses any of it, each with the clock at its own time."""
    fold = Fold(the_book(), f"test.events.{domain}", 0, keyed=False)
    values = [value for each in found.arrivals for value in (tick_bytes(each.at), each.value)]
    outs = fold.run((n, None, value) for n, value in enumerate(values))
    return {out.reason for out in outs if isinstance(out, Quality)}


@pytest.mark.parametrize("folder", sorted(path.name for path in READY.iterdir() if path.is_dir()))
def test_each_ready_mapping_has_no_fault(folder: str) -> None:
    """A kind of the catalogue, places that are paths, formats of times."""
    assert all(isinstance(mapping, Foreign) for mapping in load(READY / folder))


@either
def test_each_day_of_a_fridge_tag(ours: bool) -> None:
    """Days, minutes and extremes as a regular expression finds them in the text; the judge refuses none of them."""
    text = shared("cold_chain/sample-fridge-tag-kaivandivier.txt", ours=ours).read_text("utf-8")
    pattern = r"Date: (\S+)\s+Min T: (\S+),.*?Max T: (\S+),.*?0:\s+t Acc: (\d+).*?1:\s+t Acc: (\d+)"
    by_hand = re.findall(pattern, text, re.DOTALL)
    found = content("cold_chain/sample-fridge-tag-kaivandivier.txt", "fridge_tag", ours=ours)
    days = sorted(facts(found, "fridge_day"), key=lambda event: event["time"], reverse=True)
    assert len(days) == len(by_hand) == (5 if ours else 60)
    for event, (_, low, high, below, above) in zip(days, by_hand, strict=True):
        data = event["data"]
        assert (data["minimum"], data["maximum"]) == (float(low), float(high))
        assert (data["below_minutes"], data["above_minutes"]) == (float(below), float(above))
    second = datetime.fromisoformat(f"{by_hand[1][0]}T00:00:00+08:00") + timedelta(1)
    assert datetime.fromisoformat(days[1]["time"]) == second
    assert (found.odd, refused(found, "food_drug")) == ([], set())
    if not ours:
        assert days[0]["time"] == "2026-04-29T16:21:00+08:00"
        assert {event["subject"] for event in days} == {"fridge.410100.160400347643"}


def outline(*dates: str, unit: str = "C", limits: tuple[str, str] = ("-0.5", "+8.0")) -> str:
    """A text of a Fridge-tag with these days."""
    alarms = "".join(f"  {n}:\n   T AL: {limit}, t AL: 60\n" for n, limit in enumerate(limits))
    days = "".join(
        f" {n}:\n  Date: {day}\n  Min T: +36.5, TS Min T: 01:00\n  Max T: +50.0\n"
        "  Alarm:\n   0:\n    t Acc: 1\n   1:\n    t Acc: 2\n"
        for n, day in enumerate(dates, 1)
    )
    return f"Device: Q-tag\nConf:\n Serial: 7\n Temp unit: {unit}\n Alarm:\n{alarms}Hist:\n{days}"


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (("2026-05-02", "2026-05-01"), "2026-05-03"),
        (("02.05.2026", "01.05.2026"), "2026-05-03"),
        (("05/02/2026", "05/01/2026"), "2026-05-03"),
        (("01/06/2026", "31/05/2026"), "2026-06-02"),
    ],
)
def test_the_order_of_day_and_month_is_told_by_days_that_follow(dates: tuple[str, ...], first: str) -> None:
    """Each day is the one before that above it in one order alone, whichever the device writes."""
    found = fridge_tag.read_fridge_tag(outline(*dates))
    assert found["days"][0]["until"] == f"{first} 00:00:00"


def test_an_order_that_cannot_be_told_is_refused() -> None:
    """One day, 05/06: the fifth of June or the sixth of May."""
    with pytest.raises(Unreadable, match="cannot be told"):
        fridge_tag.read_fridge_tag(outline("05/06/2026"))


def test_degrees_fahrenheit_of_a_fridge_tag_are_celsius() -> None:
    """36.5 °F is 2.5 °C, 50 °F is 10 °C; the limits 31.1 and 46.4 °F are -0.5 and 8.0 °C."""
    found = fridge_tag.read_fridge_tag(outline("2026-05-01", unit="F", limits=("31.1", "46.4")))
    assert (found["days"][0]["minimum"], found["days"][0]["maximum"]) == (2.5, 10.0)


def test_minutes_at_other_limits_are_refused() -> None:
    """Alarms at +2 and +8 °C: minutes below +2 °C are not minutes of frost."""
    with pytest.raises(Unreadable, match="alarms"):
        fridge_tag.read_fridge_tag(outline("2026-05-01", limits=("+2.0", "+8.0")))


def test_a_logger_in_fahrenheit(tmp_path: Path) -> None:
    """39.2 °F is 4 °C, 46.4 °F is 8 °C; an empty cell and a word are no value, and the word is told."""
    path = tmp_path / "K3.csv"
    rows = ["05/01/2026 08:00,39.2,45", "05/01/2026 08:30,46.4,", "05/01/2026 09:00,warm,50"]
    path.write_text("\n".join(["Time,Temperature(°F),Humidity(%rh)", *rows]), "utf-8")
    found = read_file(path, "food_drug", READY / "cold_store_fahrenheit")
    assert [event["data"] for event in facts(found, "drug_climate")] == [
        {"temperature": 4.0, "humidity": 45},
        {"temperature": 8.0},
        {"humidity": 50},
    ]
    assert [(odd.line, odd.reason) for odd in found.odd] == [(4, "not-a-number")]
    assert {event["subject"] for event in facts(found, "registered")} == {"drug-store.410100.K3"}


@either
def test_inspections_of_chicago(ours: bool) -> None:
    """Each row is an inspection with the result that the table has; none shares its subject and time with another."""
    with shared("food_inspections/chicago_4000.csv", ours=ours).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = content("food_inspections/chicago_4000.csv", "inspections_chicago", ours=ours)
    inspections = facts(found, "inspection")
    words = {"Pass": "pass", "Pass w/ Conditions": "conditions", "Fail": "fail"}
    assert Counter(event["data"]["result"] for event in inspections) == Counter(words[row["Results"]] for row in rows)
    critical = sum(event["data"]["critical"] for event in inspections)
    assert critical == sum(float(row["criticalCount"]) for row in rows)
    assert len(slots(inspections)) == len(inspections) == (18 if ours else 4_000)
    assert {event["subject"] for event in inspections} == {event["subject"] for event in facts(found, "registered")}
    assert found.odd == []


def test_recalls_of_the_fda() -> None:
    """Of 72 lines 21 are of food or drugs; one of them names no firm, and is told; the others have the class of the line."""
    path = shared("recalls/ucm308307.json")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    ours = [line for line in lines if line["product-type"] in {"Food", "Drugs"}]
    named = [line for line in ours if "recalling-firm" in line]
    found = content("recalls/ucm308307.json", "recalls_fda", ours=False)
    recalls = facts(found, "recall")
    assert (len(lines), len(ours), len(recalls)) == (72, 21, len(named))
    classes = {1: "Class I", 2: "Class II", 3: "Class III"}
    assert Counter(classes[event["data"]["level"]] for event in recalls) == Counter(line["classification"] for line in named)
    assert Counter(odd.reason for odd in found.odd) == {"no-subject": 2 * (len(ours) - len(named))}
    assert len(slots(recalls)) == len(recalls)


@either
def test_a_report_of_an_adverse_event(ours: bool) -> None:
    """openFDA: one fact a report, of the suspect drug; serious, since it says so and no death; nothing else of the patient."""
    report = json.loads(shared("recalls/event.postannotation.json", ours=ours).read_text("utf-8"))
    [event] = facts(content("recalls/event.postannotation.json", "adverse_event_fda", ours=ours), "adr")
    [drug] = {each["medicinalproduct"] for each in report["patient"]["drug"] if each["drugcharacterization"] == "1"}
    assert event["data"] == {
        "case": report["safetyreportid"],
        "drug": drug,
        "reaction": report["patient"]["reaction"][0]["reactionmeddrapt"],
        "grade": "serious",
        "step": "reported",
    }


@pytest.mark.parametrize(
    ("said", "grade"),
    [({"serious": "1", "seriousnessdeath": "1"}, "death"), ({"serious": "1"}, "serious"), ({"serious": "2"}, "other")],
)
def test_the_grade_of_an_adverse_event(tmp_path: Path, said: dict[str, str], grade: str) -> None:
    """E2B, as openFDA writes it: `serious` 1 or 2; `seriousnessdeath` stands there where somebody died."""
    report = json.loads(shared("recalls/event.postannotation.json", ours=True).read_text("utf-8"))
    path = tmp_path / "report.json"
    path.write_text(json.dumps({name: value for name, value in report.items() if name != "serious"} | said), "utf-8")
    [event] = facts(read_file(path, "environment", READY / "adverse_event_fda"), "adr")
    assert event["data"]["grade"] == grade


@either
def test_logins_of_openssh_by_its_log_and_by_its_table(ours: bool) -> None:
    """The log has 520 lines of failures, two of which syslog says to have repeated 5 times: 528 of 23 sources; and a success.

    Its table says the same, attempt by attempt. What PAM writes of the same attempts is not counted again.
    """
    pattern = re.compile(r"sshd\S+ (?:message repeated (\d+) times: \[ )?(Failed|Accepted) password for .* from (\S+) port")
    lines = shared("ssh_log/OpenSSH_2k.log", ours=ours).read_text("utf-8").splitlines()
    matches = [match for line in lines if (match := pattern.search(line))]
    by_hand = [match.group(2, 3) for match in matches for _ in range(int(match[1] or 1))]
    by_log = facts(content("ssh_log/OpenSSH_2k.log", "openssh_log", ours=ours), "login")
    by_table = facts(content("ssh_log/OpenSSH_2k.log_structured.csv", "openssh_table", ours=ours), "login")
    outcomes = {"Failed": "failure", "Accepted": "success"}
    assert [(each["data"]["outcome"], each["data"]["source"]) for each in by_log] == [
        (outcomes[word], source) for word, source in by_hand
    ]
    assert [each["data"] for each in by_table] == [each["data"] for each in by_log]
    assert [each["time"] for each in by_table] == [each["time"] for each in by_log]
    failed = [each for each in by_log if each["data"]["outcome"] == "failure"]
    assert (len(failed), len({each["data"]["source"] for each in failed})) == ((42, 4) if ours else (528, 23))
    assert len(slots(by_log)) == len(by_log)


def test_an_attempt_counts_once_and_a_repeated_one_as_often_as_syslog_says(tmp_path: Path) -> None:
    """PAM and sshd both tell of each attempt; `PAM 5 more authentication failures` is sshd's again; syslog repeats lines."""
    say = "Dec 10 07:13:56 LabSZ sshd[24227]: "
    failed = "Failed password for root from 5.36.59.76 port 42393 ssh2"
    lines = [
        f"{say}pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=5.36.59.76  user=root",
        f"{say}{failed}",
        f"{say}message repeated 5 times: [ {failed}]",
        f"{say}PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=5.36.59.76  user=root",
        f"{say}{failed}",
    ]
    path = tmp_path / "auth.log"
    path.write_text("\n".join([*lines, ""]), "utf-8")
    found = read_file(path, "cyber", READY / "openssh_log")
    assert [each["time"] for each in facts(found, "login")] == [
        "2025-12-10T07:13:56+08:00",
        *(f"2025-12-10T07:13:56.{n:03}+08:00" for n in range(1, 7)),
    ]
    assert found.odd == []


def test_a_file_of_which_nothing_fits_is_trouble(tmp_path: Path) -> None:
    """An empty table has no header."""
    path = tmp_path / "t.csv"
    path.write_text("\n", "utf-8")
    with pytest.raises(Trouble):
        read_file(path, "cyber", READY / "openssh_table")
