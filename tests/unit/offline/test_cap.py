"""CAP 1.2 messages: every revision of a simulated day by the schema of OASIS, and what each field says."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.offline.judge import judge_lines
from agents.reports import cap
from fixtures.city import DEFAULT
from streams.catalogue import domains
from streams.command import Trouble
from streams.messages import HOUR, MINUTE, SEVERITIES, Alert, Case, Incident, encode, format_time
from tests.support.books import the_book
from tests.support.cap import faults
from tests.support.events import START, act, clean, records, registered, tick
from tests.support.pure import scenarios
from tests.support.pure.scenarios import basis
from tests.support.shared import shared

NS = {"cap": "urn:oasis:names:tc:emergency:cap:1.2"}
SENDER = "oversight.example.cn"
HOSTILE = "\x00\x1b[2J</area><alert>&amp;]]>\ufffe\ud800<script>alert(1)</script>\u202e\n,\t\U0001f600 '\""
HELD = "[2J</area><alert>&amp;]]><script>alert(1)</script>\u202e , \U0001f600 '\""
"""What XML can hold of it, in one line."""


def parsed(made: bytes) -> Any:
    """A message as another program reads it, found valid by the standard's list of elements."""
    root = etree.fromstring(made)
    assert faults(root) == []
    assert b"\n" not in made
    return root


def text(root: Any, path: str) -> list[str]:
    """The texts of all elements at a path such as `info/area/circle`."""
    return [each.text for each in root.iterfind("/".join(f"cap:{name}" for name in path.split("/")), NS)]


def lived() -> list[Alert]:
    """The revisions of an ozone alert: 250 at 08:00, 260 an hour later, acknowledged, 100 at 10:00 which ends it."""
    begin = [registered(), tick(START), clean(START, o3=250)]
    first = next(each for each in Fold(the_book(), "live.events.environment", 0).run(records(begin)) if isinstance(each, Alert))
    more = [
        tick(START + HOUR),
        clean(START + HOUR, o3=260),
        act(first.id),
        tick(START + 2 * HOUR),
        clean(START + 2 * HOUR, o3=100),
    ]
    out = Fold(the_book(), "live.events.environment", 0).run(records([*begin, *more]))
    return [each for each in out if isinstance(each, Alert) and each.id == first.id]


ALERTS = lived()


def of(alert: Alert, **changes: Any) -> Any:
    """The message of an alert that differs so."""
    return parsed(cap.message(replace(alert, **changes), (), SENDER))


def test_the_check_can_fail() -> None:
    """A message with `Z` in `sent`, or without an identifier, is not valid."""
    made = cap.message(ALERTS[0], (), SENDER)
    assert faults(etree.fromstring(made)) == []
    assert faults(etree.fromstring(made.replace(b"+08:00</sent>", b"Z</sent>"))) == ["alert/sent is '2026-06-01T08:00:00Z'"]
    assert faults(etree.fromstring(made.replace(b"identifier>", b"source>"))) != []


def spoilt(made: bytes) -> Iterator[tuple[str, Any]]:
    """A message spoilt in every simple way: each element left out, doubled, moved up, renamed, and with another text."""
    for n, _ in enumerate(etree.fromstring(made).iter()):
        for how in ("left out", "doubled", "moved", "renamed", "other text", "no text")[3 if n == 0 else 0 :]:
            root = etree.fromstring(made)
            node = list(root.iter())[n]
            parent = node.getparent()
            if how == "left out":
                parent.remove(node)
            elif how == "doubled":
                parent.insert(parent.index(node), deepcopy(node))
            elif how == "moved":
                parent.insert(max(0, parent.index(node) - 1), node)
            elif how == "renamed":
                node.tag = f"{node.tag}s"
            else:
                node.text = "" if how == "no text" else "2026-06-01T08:00:00Z"
            yield f"{how}: {node.tag}", root


def test_the_check_is_that_of_the_schema() -> None:
    """What OASIS publishes as a schema finds valid and not valid what our check does, however a message is spoilt."""
    schema = etree.XMLSchema(etree.parse(shared("cap/CAP-v1.2.xsd")))
    tried = [(how, schema.validate(root), faults(root)) for how, root in spoilt(cap.message(ALERTS[0], (), SENDER, "i-1"))]
    assert {valid for _, valid, _ in tried} == {True, False}
    assert [(how, found) for how, valid, found in tried if valid != (not found)] == []


@pytest.mark.parametrize("seed", [1, 7])
def test_every_revision_of_a_simulated_day_is_valid(seed: int) -> None:
    """Two cities' days, all domains: each message fits the schema and none has the identifier of another."""
    alerts = [each for each in scenarios.judged(DEFAULT, seed) if isinstance(each, Alert)]
    revisions = [each for each in scenarios.judged(DEFAULT, seed) if isinstance(each, Alert | Incident)]
    assert len({alert.domain for alert in alerts}) == len(domains())
    assert len(revisions) > len(alerts)
    made = [parsed(message) for _, message in cap.messages(revisions, SENDER)]
    assert len(made) == len({text(root, "identifier")[0] for root in made}) == len(revisions)
    kinds = [text(root, "msgType")[0] for root in made]
    assert set(kinds) == {"Alert", "Update", "Cancel"}
    merged = {each.id for each in revisions if isinstance(each, Incident) and each.state == "ended"}
    assert kinds.count("Cancel") == len(merged)  # nobody acts in this city, so an incident ends by going into another alone
    assert [text(root, "msgType")[0] for root in made].count("Alert") == len({each.id for each in revisions})
    assert all(text(root, "incidents") for root in made)  # every alert is one's, if only its own


def test_the_life_of_an_alert_is_alert_updates_cancel() -> None:
    """Raised, a new value, acknowledged, ended: each message refers to all before it by sender, identifier and sent."""
    assert [alert.state for alert in ALERTS] == ["B", "B", "C", "A"]
    made = [parsed(message) for _, message in cap.messages([*ALERTS, *ALERTS[1:]], SENDER)]  # copies of a restarted worker
    assert [text(root, "msgType") for root in made] == [["Alert"], ["Update"], ["Update"], ["Cancel"]]
    named = [",".join(text(root, name)[0] for name in ("sender", "identifier", "sent")) for root in made]
    assert [text(root, "references") for root in made] == [[], [named[0]], [" ".join(named[:2])], [" ".join(named[:3])]]
    assert [text(root, "sent")[0] for root in made] == [f"2026-06-01T{at}:00:00+08:00" for at in ("08", "09", "09", "10")]
    assert text(made[-1], "info/urgency") == ["Past", "Past"]
    assert text(made[-1], "info/responseType") == ["AllClear", "AllClear"]


def test_what_a_message_says() -> None:
    """Ozone 250 µg/m³ at a limit of 200 (GB 3095-2026), in both languages, with law, evidence, place and division code."""
    alert = ALERTS[0]
    root = of(alert)
    assert text(root, "status") == ["Actual"]
    assert text(root, "source") == ["air.410100.test"]
    assert text(root, "info/language") == ["zh-CN", "en-US"]
    assert text(root, "info/category") == ["Env", "Env"]
    assert text(root, "info/urgency") == ["Immediate", "Immediate"]
    assert text(root, "info/certainty") == ["Observed", "Observed"]
    assert text(root, "info/senderName") == ["郑州市生态环境局", "Zhengzhou Ecology and Environment Bureau"]
    assert [part.partition(" · ")[2] for part in text(root, "info/headline")] == ["测试站", "Test station"]
    chinese, english = text(root, "info/description")
    assert "数值 o3 250 µg/m³, 限值 200 µg/m³" in chinese
    assert "Value o3 250 µg/m³, limit 200 µg/m³" in english
    assert "GB 3095-2026" in english
    assert text(root, "info/area/circle") == ["34.750000,113.600000 0"] * 2  # latitude first
    assert text(root, "info/area/geocode/valueName") == ["GB/T 2260"] * 2
    assert text(root, "info/area/geocode/value") == ["410102"] * 2
    first = root.find("cap:info", NS)
    given = dict(zip(text(first, "parameter/valueName"), text(first, "parameter/value"), strict=True))
    evidence = alert.evidence[0]
    where = "live.events.environment/0/2"
    assert given == {
        "rule": "gas-hourly",
        "ruleVersion": alert.rule_version,
        "clause": alert.clause.id,
        "clauseEdition": "GB 3095-2026",
        "clauseArticle": alert.clause.article,
        "clauseMark": alert.clause.mark,
        "department": "zz-ee",
        "departmentBasis": alert.department.basis,
        "occurrence": "1",
        "isaState": "B",
        "phase": "in-process",
        "auditEntry": f"1 {alert.head}",
        "evidence": f"{where} sha256:{evidence.sha256} {evidence.at}",
    } | ({"due": alert.due} if alert.due else {})


@pytest.mark.parametrize("log", ["demo", "drill", "file", "live-2"])
def test_only_the_live_log_is_actual(log: str) -> None:
    """Replays, drills, simulations and files are exercises, and a note says so."""
    root = of(ALERTS[0], log=log)
    assert text(root, "status") == ["Exercise"]
    assert log in text(root, "note")[0]
    assert text(of(ALERTS[0]), "note") == []


def test_severity_is_the_colour() -> None:
    """Red, orange, yellow, blue are Extreme, Severe, Moderate, Minor."""
    said = [text(of(ALERTS[0], severity=colour), "info/severity")[0] for colour in SEVERITIES]
    assert said == ["Extreme", "Severe", "Moderate", "Minor"]


@pytest.mark.parametrize(
    ("phase", "active", "left", "expected"),
    [
        ("in-process", True, None, "Immediate"),
        ("in-process", True, 9 * HOUR, "Immediate"),
        ("in-process", False, None, "Expected"),
        ("post-event", True, None, "Future"),
        ("post-event", True, HOUR + MINUTE, "Future"),
        ("post-event", True, HOUR, "Expected"),
        ("post-event", True, 1_000, "Expected"),
        ("post-event", True, 0, "Immediate"),
        ("post-event", False, -HOUR, "Immediate"),
    ],
)
def test_urgency_is_phase_and_deadline(phase: Any, active: bool, left: int | None, expected: str) -> None:
    """The deadline counts from when the message is sent (08:00); the first hour is exactly the limit."""
    due = None if left is None else format_time(START + left)
    assert text(of(ALERTS[0], phase=phase, active=active, due=due), "info/urgency") == [expected, expected]


def test_an_alert_whose_case_is_open_has_not_ended() -> None:
    """In state A an alert waits for its conclusion: an update, urgent by the case's deadline; the conclusion cancels it."""
    case = Case(opened_at=ALERTS[0].raised_at, due=format_time(START + 2 * HOUR + 30 * MINUTE))
    waiting = of(ALERTS[-1], case=case)
    assert text(waiting, "msgType") == ["Update"]
    assert text(waiting, "info/urgency") == ["Expected", "Expected"]  # half an hour after it was sent
    assert text(waiting, "info/responseType") == ["Assess", "Assess"]
    concluded = of(ALERTS[-1], case=replace(case, finding="unfounded"))
    assert text(concluded, "msgType") == ["Cancel"]
    assert text(concluded, "info/urgency") == ["Past", "Past"]
    given = text(concluded.find("cap:info", NS), "parameter/valueName")
    assert given.index("caseFinding") == given.index("caseDue") + 1


def test_categories_and_incidents() -> None:
    """Each domain has its category, a new one `Other`; an incident's id stands in `incidents`, quoted where it has spaces."""
    pairs = {"food_drug": "Health", "special_equipment": "Safety", "cyber": "Infra", "service": "Other", "noise": "Other"}
    for domain, category in pairs.items():
        assert text(of(ALERTS[0], domain=domain), "info/category") == [category, category]
    assert text(of(ALERTS[0]), "incidents") == []
    assert text(parsed(cap.message(ALERTS[0], (), SENDER, "i-1")), "incidents") == ["i-1"]
    assert text(parsed(cap.message(ALERTS[0], (), SENDER, "i 1")), "incidents") == ['"i 1"']


def test_an_incident_is_a_message_of_its_own_and_its_alerts_name_it() -> None:
    """Two stations' ozone at one hour, near each other, become one incident: Alert, Update, and in the end Cancel."""
    other = "air.410100.near"
    begin = [registered(), registered(other), tick(START), clean(START, o3=250), clean(START, other, o3=260)]
    over = [tick(START + HOUR), clean(START + HOUR), clean(START + HOUR, other), tick(START + HOUR + MINUTE)]
    signed = [act(each.id, subject=each.subject) for each in judged(begin) if isinstance(each, Alert) and each.occurrence]
    found = judged([*begin, *signed, *over])
    alerts = [each for each in found if isinstance(each, Alert)]
    incidents = [each for each in found if isinstance(each, Incident)]
    (one,) = {each.id for each in incidents if not each.merged_into}
    made = {cap.identifier(each): parsed(message) for each, message in cap.messages(found, SENDER)}
    assert {text(made[cap.identifier(alert)], "incidents")[0] for alert in alerts} == {one}
    own = [made[cap.identifier(each)] for each in incidents if each.id == one]
    kinds = [text(root, "msgType")[0] for root in own]
    assert (kinds[0], set(kinds[1:-1]), kinds[-1]) == ("Alert", {"Update"}, "Cancel")
    assert text(own[0], "references") == []
    assert len(text(own[-1], "references")[0].split(" ")) == len(own) - 1
    assert text(own[-1], "incidents") == [one]
    assert text(own[-1], "info/category") == ["Env", "Env"]
    named = own[-1].iterfind("cap:info[1]/cap:parameter", NS)
    members = [text(each, "value")[0] for each in named if text(each, "valueName") == ["alert"]]
    assert set(members) == {alert.id for alert in alerts}


def judged(lines: list[bytes]) -> list[Any]:
    """Alerts and incidents of a file of events."""
    found = judge_lines(basis(), lines)
    return [each for each in found if isinstance(each, Alert | Incident)]


def test_times_have_full_seconds() -> None:
    """Milliseconds of the log's time are left away: the schema allows none in `sent`, and never Z."""
    assert text(of(ALERTS[0], changed_at="2026-06-01T09:00:00.250+08:00"), "sent") == ["2026-06-01T09:00:00+08:00"]
    assert text(of(ALERTS[0], changed_at="2026-06-01T01:00:00Z"), "sent") == ["2026-06-01T09:00:00+08:00"]


def test_an_alert_without_a_place_is_valid() -> None:
    """No coordinates, no division, no name, no value, no evidence: an alarm put aside before anything happened."""
    nameless = replace(ALERTS[0].name, zh="", en="")
    root = of(ALERTS[0], lat=None, lon=None, adcode="", name=nameless, value=None, limit=None, evidence=())
    assert text(root, "info/area/areaDesc") == ["air.410100.test"] * 2
    assert text(root, "info/area/circle") == text(root, "info/area/geocode") == []
    assert text(root, "info/certainty") == ["Likely", "Likely"]


def hostile(value: Any) -> Any:
    """A message with a hostile text wherever it has any text that is not of a fixed form."""
    fixed = {
        "severity",
        "state",
        "phase",
        "mark",
        "at",
        "opened_at",
        "raised_at",
        "changed_at",
        "cleared_at",
        "due",
        "asked_at",
    }
    if isinstance(value, Struct):
        names = value.__struct_fields__
        return replace(value, **{name: hostile(getattr(value, name)) for name in names if name not in fixed})
    if isinstance(value, tuple):
        return tuple(map(hostile, value))
    return HOSTILE if isinstance(value, str) else value


def test_hostile_text_is_held_or_left_out() -> None:
    """Markup stays text, characters that XML cannot hold are gone, names keep no space, comma or markup: still valid."""
    alerts = [hostile(alert) for alert in ALERTS]
    for made in (cap.message(alert, (), SENDER, HOSTILE) for alert in alerts):
        root = parsed(made)
        assert len(list(root.iter("{*}alert"))) == 1
        assert len(list(root.iter("{*}script"))) == 0
        assert text(root, "info/event") == [HELD, HELD]
        assert not set(text(root, "identifier")[0]) & set(" ,<&")
        references = text(root, "references")
        assert all(len(each.split(",")) == 3 for each in "".join(references).split(" ") if each)


def printed(path: Path, lines: list[bytes]) -> str:
    """A file of these lines."""
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return str(path)


def test_the_command_reads_alerts_and_what_judge_prints(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A line of XML for each revision, from bare alerts and from outputs among others; `--rev` chooses one."""
    bare = printed(tmp_path / "alerts.jsonl", [encode(alert) for alert in ALERTS])
    other = b'{"topic":"audit","key":"x","value":{"n":1}}'
    judged = printed(
        tmp_path / "judged.jsonl",
        [other, *(encode({"topic": "alerts", "key": alert.id, "value": alert}) for alert in ALERTS)],
    )
    assert cap.main([bare, "--sender", SENDER]) == 0
    made = capfdbinary.readouterr().out
    assert [text(parsed(line), "msgType")[0] for line in made.splitlines()] == ["Alert", "Update", "Update", "Cancel"]
    assert cap.main([judged, "--sender", SENDER]) == 0
    assert capfdbinary.readouterr().out == made
    assert cap.main([judged, "--sender", SENDER, "--rev", str(ALERTS[-1].rev)]) == 0
    assert capfdbinary.readouterr().out == made.splitlines(keepends=True)[-1]


def test_wrong_files_and_names_are_refused(tmp_path: Path) -> None:
    """No alert, a line that is none, a time that is none, a revision that is not there; a sender with a space is wrong use."""
    with pytest.raises(Trouble, match="has no alert"):
        cap.main([printed(tmp_path / "empty", [])])
    for junk in (b"{", b"\xff", b"[" * 10_000, b'{"topic":"alerts","value":{}}', b"{}"):
        with pytest.raises(Trouble, match="line 2 is no alert"):
            cap.main([printed(tmp_path / "junk", [encode(ALERTS[0]), junk])])
    with pytest.raises(Trouble, match="line 1 is no alert: no time"):
        cap.main([printed(tmp_path / "time", [encode(replace(ALERTS[0], changed_at="gestern"))])])
    with pytest.raises(Trouble, match="has no revision 7"):
        cap.main([printed(tmp_path / "one", [encode(ALERTS[0])]), "--rev", "7"])
    for name in ("", "a b", "a,b", "<a", "a&b", "a\x00"):
        with pytest.raises(SystemExit, match="2"):
            cap.main([str(tmp_path / "one"), "--sender", name])
