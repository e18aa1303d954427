"""Trails of a log that was opened: bound to the log, to the revisions that they make, verified over the bytes as they stand."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, get_type_hints
from unittest.mock import patch

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import UNSET, defstruct, msgpack
from msgspec.structs import replace

from agents.audit import main as command
from agents.audit.anchors import Anchors
from agents.audit.finding import AuditFinding
from agents.audit.heads import Heads
from agents.core.alerts import alarm
from agents.core.alerts.fold import Fold
from agents.core.incidents import incident as incident_module
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.position import POSITION
from agents.rulebook.grouping import sound_grouping
from streams.messages import (
    GENESIS,
    HOUR,
    MINUTE,
    Act,
    Alert,
    Audit,
    Incident,
    IncidentAudit,
    Regroup,
    decode,
    decode_event,
    digest,
    encode,
    event_bytes,
    format_time,
)
from streams.outputs import BY_TYPE, TRAILS
from streams.signing.chain import chained
from tests.support.events import START, SUPERVISOR, act, clean, records, registered, tick
from tests.support.opened import LOG, TOPIC, judged, open_log
from tests.support.pure.alarm import BOOK, CAUSE, in_state, raised
from tests.unit.signing import verifier

ALERT = raised().id
EVENTS = [
    registered(),
    tick(START),
    clean(START, o3=230),
    act(ALERT, reason="已派人"),
    act(ALERT, verb="shelve", reason="泵检修", lasts="30m"),
    tick(START + 31 * MINUTE),
    tick(START + HOUR + MINUTE),
    clean(START + HOUR, o3=100),
    act(ALERT, id="again", reason="已恢复"),
    act(ALERT, verb="comment", id="late", reason="迟到"),
]


def trail(outputs: Iterable[Any], alert: str = ALERT) -> list[Audit]:
    """The entries of an alert's trail."""
    return [each for each in outputs if isinstance(each, Audit) and each.alert == alert]


def found(entries: Sequence[bytes], log_id: str = "") -> list[AuditFinding]:
    """What the check finds in the stored entries of alerts."""
    written: dict[str, list[command.Written]] = {kind.topic: [] for kind in TRAILS}
    written["audit"] = [command.Written(value, f"audit/0/{n}", 0, n) for n, value in enumerate(entries)]
    return list(command.verify(None, [], written, log_id=log_id))


def genesis(kind: str, thing: str) -> str:
    """What stands before the first entry, by docs/develop/signing.md."""
    return verifier.first_prev("sha256", LOG.id, kind, thing)


def test_each_entry_is_chained_as_the_second_implementation_does_it() -> None:
    """Genesis of the log, the trail and the alert; hash last, over the stored bytes before it; each follows the one before."""
    entries = trail(judged(EVENTS))
    assert [each.event for each in entries] == [
        "raise",
        "acknowledge",
        "shelve",
        "shelve-end",
        "clear",
        "acknowledge",
        "refuse",
    ]
    before = genesis("audit", ALERT)
    for n, entry in enumerate(entries, 1):
        stored = encode(entry).decode()
        assert list(json.loads(stored))[-2:] == ["prev", "hash"]
        assert (entry.n, entry.prev) == (n, before)
        assert entry.hash == verifier.entry_hash(stored, before)
        before = entry.hash


def test_an_entry_names_the_revision_that_it_makes() -> None:
    """The digest over the alert as it is stored, without what follows from the entry; an act on an ended alert makes none."""
    out = judged(EVENTS)
    made = {(each.rev, each.audit): encode(each).decode() for each in out if isinstance(each, Alert) and each.id == ALERT}
    *entries, late = trail(out)
    for entry in entries:
        assert entry.revision == verifier.revision("sha256", made[entry.rev, entry.n])
    assert (late.event, late.revision) == ("refuse", UNSET)
    first = json.loads(made[entries[0].rev, 1])
    assert first["value"] == 230
    other = made[entries[0].rev, 1].replace("230.0", "231.0")
    assert verifier.revision("sha256", other) != entries[0].revision


def test_a_persons_words_stand_apart_from_the_judges() -> None:
    """In an opened log the reason of an entry is the judge's alone; in one that never was, both are in one text."""
    told = {each.event: (each.words, each.reason) for each in trail(judged(EVENTS))}
    until = format_time(START + 30 * MINUTE)
    assert told["acknowledge"] == ("已恢复", "")
    assert told["shelve"] == ("泵检修", f"until {until}")
    assert told["clear"] == (UNSET, "")
    plain = {each.event: (each.words, each.reason) for each in trail(judged(EVENTS, None))}
    assert plain["shelve"] == (UNSET, f"泵检修 (until {until})")


def test_opening_a_log_changes_its_trails_and_nothing_else() -> None:
    """Alerts are the same but for the hash of their newest entry; a log that was never opened has none of the new members."""
    opened, never = judged(EVENTS), judged(EVENTS, None)
    assert [replace(each, head="") for each in opened if isinstance(each, Alert)] == [
        replace(each, head="") for each in never if isinstance(each, Alert)
    ]
    assert [type(each) for each in opened] == [type(each) for each in never]
    for entry in trail(never):
        assert not {"kid", "words", "revision"} & set(json.loads(encode(entry)))
        assert entry.hash == digest(entry)
        assert sha256(entry.prev.encode() + encode(replace(entry, hash=""))).hexdigest() == entry.hash


def test_the_key_of_an_act_stands_in_its_entry_and_note() -> None:
    """An act whose record was verified names the key that signed it; what a tick does names none."""
    cause = replace(CAUSE, log=LOG, kid="c" * 32)
    given = Act(alert=ALERT, occurrence=1, actor=SUPERVISOR, reason="已派人")
    changed, entry = alarm.acted(in_state("B"), "acknowledge", given, cause)
    assert changed.note is not None
    assert (entry.kid, changed.note.kid) == ("c" * 32, "c" * 32)
    _, by_time = alarm.passed(changed, alarm.Times(re_alarm=MINUTE), cause)
    assert by_time.kid is UNSET
    assert alarm.acted(in_state("B"), "acknowledge", given, CAUSE)[1].kid is UNSET


@pytest.mark.parametrize("opened", range(1, len(EVENTS)))
def test_a_log_that_is_opened_on_its_way(opened: int) -> None:
    """The next entry follows the last one from before, whose digits it names with their algorithm; nothing is found wrong."""
    entries = trail(judged(EVENTS, opened))
    old = [each for each in entries if ":" not in each.hash]
    new = entries[len(old) :]
    assert all(each.rev < opened for each in old)
    assert all(":" in each.hash for each in new)
    if old and new:
        assert new[0].prev == f"sha256:{old[-1].hash}"
    assert found([encode(each) for each in entries], LOG.id) == []


def test_a_checkpoint_anywhere_gives_the_same() -> None:
    """Cut and restored at any record, an opened log gives the same; the checkpoint of any other has no word of it."""
    whole = judged(EVENTS)
    for cut in range(1, len(EVENTS)):
        first, second = Fold(BOOK, TOPIC, 0), Fold(BOOK, TOPIC, 0)
        open_log(first.trusted)
        begun = first.run(records(EVENTS[:cut]))
        second.restore(first.snapshot())
        assert [*begun, *second.run(records(EVENTS[cut:], start=cut))] == whole
    never = dict(Fold(BOOK, TOPIC, 0).snapshot())[POSITION]
    assert "opened" not in msgpack.decode(never or b"")


STORED = [encode(each) for each in trail(judged(EVENTS))]


def test_the_check_knows_the_log() -> None:
    """Nothing is wrong by the log's own id, nor where nobody says which it is; by another id the trail begins elsewhere."""
    assert found(STORED, LOG.id) == []
    assert found(STORED) == []
    assert [(each.kind, each.first) for each in found(STORED, "cd" * 32)] == [("changed", 1)]


@pytest.mark.parametrize("n", range(len(STORED)))
def test_any_byte_of_an_entry_counts(n: int) -> None:
    """A changed value, or a blank where there was none, is found and named."""
    for changed in (STORED[n].replace(b'"rev":', b'"rev":9'), STORED[n].replace(b'"rev":', b'"rev": ')):
        assert [(each.kind, each.first) for each in found([*STORED[:n], changed, *STORED[n + 1 :]])] == [("changed", n + 1)]


def test_no_entry_of_the_old_form_follows_one_of_the_new() -> None:
    """Whoever cuts a trail and goes on as if the log had never been opened is found, whatever the entry says of the last."""
    last = decode(STORED[1], Audit)
    for prev in (last.hash, last.hash.removeprefix("sha256:")):
        forged = replace(decode(STORED[2], Audit), prev=prev, revision=UNSET, words=UNSET)
        forged = replace(forged, hash=digest(forged))
        assert [each.kind for each in found([*STORED[:2], encode(forged)])] == ["changed"]


def later(entry: Audit, **more: Any) -> Any:
    """An entry as a later release writes it, with one more member before the hashes."""
    hints = get_type_hints(Audit, include_extras=True) | {"later": str}
    *names, prev, own = Audit.__struct_fields__
    type_ = defstruct("LaterAudit", [(name, hints[name]) for name in (*names, "later", prev, own)], kw_only=True)
    return type_(**{name: getattr(entry, name) for name in Audit.__struct_fields__} | more)


def test_a_member_that_a_later_release_adds_is_covered() -> None:
    """The chain holds over the stored bytes: of an opened log, and of one that never was; the new member cannot be changed."""
    opened, never, prev, head = list[bytes](), list[bytes](), genesis("audit", ALERT), GENESIS
    for entry in trail(judged(EVENTS)):
        opened.append(chained("sha256", encode(later(entry, later="x", prev=prev, hash=""))))
        prev = decode(opened[-1], Audit).hash
    for entry in trail(judged(EVENTS, None)):
        made = later(entry, later="x", prev=head, hash="")
        head = sha256(head.encode() + encode(made)).hexdigest()
        never.append(encode(replace(made, hash=head)))
    for stored in (opened, never):
        assert found(stored) == []
        assert b'"later":"x"' in stored[2]
        changed = stored[2].replace(b'"later":"x"', b'"later":"y"')
        assert [(each.kind, each.first) for each in found([*stored[:2], changed, *stored[3:]])] == [("changed", 3)]


def test_anchors_have_the_digits_of_either_form() -> None:
    """The head of an opened trail moves on as any other; what does not follow is not anchored."""
    anchors = Anchors(Ed25519PrivateKey.from_private_bytes(b"\1" * 32).public_key())
    heads = Heads(BY_TYPE[Audit], anchors)
    assert [heads.take(value) for value in STORED] == [(ALERT, "")] * len(STORED)
    assert [head.hash for head in heads.covered().heads] == [decode(STORED[-1], Audit).hash.removeprefix("sha256:")]
    other = Heads(BY_TYPE[Audit], anchors)
    other.take(STORED[0])
    assert "not anchored" in other.take(STORED[2])[1]
    assert "not anchored" in other.take(STORED[1].replace(b'"rev":', b'"rev":9'))[1]


def test_the_trails_of_incidents_are_bound_too() -> None:
    """Another kind of trail, another genesis; the digest is that of the incident; a person's words stand apart."""
    fold = Incidents(sound_grouping(BOOK.rules), "t.events.incidents", 0)
    open_log(fold.trusted)
    alerts = revisions(judged([*EVENTS[:2], clean(START, o3=230, no2=260)]))
    out = list(fold.run([(n, key, value) for n, (key, value) in enumerate(alerts)]))
    incident = [each for each in out if isinstance(each, Incident)][-1]
    split = Regroup(incident=incident.id, actor=SUPERVISOR, reason="另案", alerts=incident.members[:1])
    event = event_bytes(type="command.split", source="test", id="s", time=format_time(START), subject=incident.city, data=split)
    out += fold.run([(len(alerts), incident.city.encode(), event)])
    entries = [each for each in out if isinstance(each, IncidentAudit) and each.incident == incident.id]
    made = {(each.id, each.audit): encode(each).decode() for each in out if isinstance(each, Incident)}
    before = genesis("incident-audit", incident.id)
    assert [each.event for each in entries] == ["open", "join", "split"]
    assert (entries[-1].words, entries[-1].reason) == ("另案", "")
    for entry in entries:
        assert (entry.prev, entry.hash) == (before, verifier.entry_hash(encode(entry).decode(), before))
        assert entry.revision == verifier.revision("sha256", made[entry.incident, entry.n])
        before = entry.hash
    assert len(entries) == len({entry.revision for entry in entries})
    second = Incidents(sound_grouping(BOOK.rules), "t.events.incidents", 0)
    second.restore(fold.snapshot())
    assert second.trusted.opened == LOG


def test_an_alert_of_which_the_trail_alone_tells_makes_no_revision() -> None:
    """Of an incident with many alerts the next one is told with the others later: its entry is chained and names none."""
    fold = Incidents(sound_grouping(BOOK.rules), "t.events.incidents", 0)
    open_log(fold.trusted)
    told = revisions(judged([*EVENTS[:2], clean(START, o3=230, no2=260, so2=600)]))
    alerts = sorted(told, key=lambda each: decode_event(each[1]).id)  # of equal ones the first leads
    with patch.object(incident_module, "MANY", 1):
        out = fold.run([(n, key, value) for n, (key, value) in enumerate(alerts)])
        out += fold.run([(len(alerts), None, tick(START + MINUTE))])
    entries = [each for each in out if isinstance(each, IncidentAudit)]
    made = {each.audit: encode(each).decode() for each in out if isinstance(each, Incident)}
    assert [each.event for each in entries] == ["open", "join", "join"]
    assert [each.revision == verifier.revision("sha256", made[each.n]) for each in entries] == [True, True, False]
    assert entries[2].revision is UNSET
    assert json.loads(made[3])["count"] == 3
    assert entries[2].hash == verifier.entry_hash(encode(entries[2]).decode(), entries[1].hash)
