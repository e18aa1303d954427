"""The audit trail that proves itself: whatever is changed, removed, inserted, moved or cut is found and named."""

import json
import stat
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import UNSET, Raw
from msgspec.structs import replace

from agents.audit import main as command
from agents.audit.anchors import Anchors, signed
from agents.audit.finding import AuditFinding
from agents.audit.keys import Keys, public_pem, read_public
from agents.core.alerts.fold import Fold
from agents.offline.file_stages import FileStages
from streams.command import Trouble
from streams.messages import (
    GENESIS,
    HOUR,
    MINUTE,
    Actor,
    Alert,
    Anchor,
    Audit,
    CoveredTrail,
    Head,
    Incident,
    IncidentAudit,
    Place,
    Regroup,
    TrailHead,
    decode,
    digest,
    encode,
    event_bytes,
    format_time,
)
from streams.outputs import BY_TOPIC, TRAILS
from tests.support.books import the_book
from tests.support.events import START, SUPERVISOR, act, clean, records, registered, tick
from tests.support.pure.scenarios import basis

OLD, NEW, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
OTHER: dict[str, Any] = {
    "n": 9,
    "rev": 77,
    "at": "2026-06-01T09:00:00+08:00",
    "event": "comment",
    "verb": "shelve",
    "severity": "blue",
    "actor": Actor(id="li", name="李某", role="admin"),
    "reason": "另有其因",
    "kid": "c" * 32,
    "words": "另有其词",
    "revision": f"sha256:{'b' * 64}",
    "place": Place("t.events.environment", 3, 12),
    "prev": "e" * 64,
    "hash": "d" * 64,
}
OF_ALERTS: dict[str, Any] = OTHER | {"alert": "f" * 32, "before": "G", "after": "F", "occurrence": 4}
OF_ALERTS |= {"order": "a" * 32, "finding": "unclear"}
OF_INCIDENTS: dict[str, Any] = OTHER | {"incident": "f" * 32, "state": "ended", "ids": ("7" * 32,), "rule": "near"}
"""Another value for every field of an entry."""

Entry = Audit | IncidentAudit
Rotation = tuple[int, Ed25519PrivateKey]
"""After which anchor another key signs."""


class Lived:
    """The trails of two things, as they stand in their partition, with three anchors over them."""

    def __init__(self, topic: str, entries: Sequence[Entry], other: dict[str, Any]) -> None:
        self.kind, self.entries, self.other = BY_TOPIC[topic], entries, other
        self.places = [(self.whose(entry), entry.n) for entry in entries]
        self.a, self.b = sorted({name for name, _ in self.places})
        self.anchors = self.anchored([entries[:2], entries[2:4], entries[4:]])

    def whose(self, entry: Entry) -> str:
        """Whose entry it is."""
        return self.kind.key(entry)

    def changed(self, at: int, field: str) -> Entry:
        """An entry with another value of a field."""
        entry, value = self.entries[at], self.other[field]
        return replace(entry, **{field: value if value != getattr(entry, field) else "open"})

    def of(self, name: str) -> dict[str, Any]:
        """What makes another entry that of another thing."""
        return {self.kind.trail: name}

    def part(self, entries: Sequence[Entry], step: Sequence[Entry]) -> CoveredTrail:
        """What an anchor says after these entries of partition 0, the last of which are a step."""
        newest = {self.whose(entry): entry for entry in entries}
        moved = sorted({self.whose(entry) for entry in step})
        heads = tuple(TrailHead(name, newest[name].n, newest[name].hash) for name in moved)
        counts: dict[str, Any] = {"things": len(newest), "entries": len(entries)}
        return CoveredTrail(trail=self.kind.topic, offsets=(len(entries),), heads=heads, **counts)

    def anchored(
        self, steps: Sequence[Sequence[Entry]], key: Ed25519PrivateKey = OLD, rotate: Rotation | None = None
    ) -> list[bytes]:
        """Anchors, each after some more entries of partition 0."""
        parts = [self.part([entry for step in steps[:n] for entry in step], steps[n - 1]) for n in range(1, len(steps) + 1)]
        return anchors_of([(part,) for part in parts], key, rotate)

    def checked(
        self,
        entries: Iterable[Entry | bytes],
        anchors: Iterable[bytes] | None = None,
        trusted: Ed25519PublicKey | None = None,
        noted: str = "",
    ) -> list[AuditFinding]:
        """What the check finds; entries at offsets counted from 0."""
        return checked({self.kind.topic: entries}, anchors, trusted, noted)

    def rechained(self, entries: Sequence[Entry]) -> list[Entry]:
        """All chains made anew, as somebody who may rewrite the whole topic would."""
        heads: dict[str, str] = {}
        made: list[Entry] = []
        for entry in entries:
            made.append(rehashed(replace(entry, prev=heads.get(self.whose(entry), GENESIS))))
            heads[self.whose(entry)] = made[-1].hash
        return made


def anchors_of(
    steps: Sequence[Sequence[CoveredTrail]], key: Ed25519PrivateKey = OLD, rotate: Rotation | None = None
) -> list[bytes]:
    """Anchors, each over these kinds of trails."""
    made: list[bytes] = []
    nothing = CoveredTrail(trail="audit", offsets=(0,), things=0, entries=0, heads=())
    for n, parts in enumerate(steps, 1):
        alerts = next((part for part in parts if part.trail == "audit"), nothing)
        following = rotate[1] if rotate and rotate[0] == n else None
        anchor = Anchor(
            log="t",
            n=n,
            prev=sha256(made[-1]).hexdigest() if made else GENESIS,
            at="2026-06-01T12:00:00+08:00",
            offsets=alerts.offsets,
            alerts=alerts.things,
            entries=alerts.entries,
            heads=tuple(Head(head.id, head.n, head.hash) for head in alerts.heads),
            others=tuple(part for part in parts if part.trail != "audit") or UNSET,
            key="",
            next_key=following.public_key().public_bytes_raw().hex() if following else None,
        )
        made.append(encode(signed(anchor, key)))
        key = following or key
    return made


def checked(
    entries: Mapping[str, Iterable[Entry | bytes]],
    anchors: Iterable[bytes] | None = None,
    trusted: Ed25519PublicKey | None = None,
    noted: str = "",
) -> list[AuditFinding]:
    """What the check finds in topics of trails; entries at offsets counted from 0."""
    chain = None if anchors is None else Anchors(trusted or OLD.public_key(), "t")
    written: dict[str, list[command.Written]] = {kind.topic: [] for kind in TRAILS}
    for topic, given in entries.items():
        values = [each if isinstance(each, bytes) else encode(each) for each in given]
        written[topic] = [command.Written(value, f"{topic}/0/{n}", 0, n) for n, value in enumerate(values)]
    return list(
        command.verify(chain, [command.Written(value, "", 0, n) for n, value in enumerate(anchors or [])], written, noted)
    )


def raised() -> list[Entry]:
    """The trails of two alerts of one station: raised, acknowledged, returned to normal."""
    begin = [registered(), tick(START), clean(START, o3=250, no2=260)]
    first = [each for each in Fold(the_book(), "t.events.environment", 0).run(records(begin)) if isinstance(each, Alert)]
    acts = [act(alert.id) for alert in first if alert.rule == "gas-hourly"]
    events = [*begin, *acts, tick(START + HOUR + MINUTE), clean(START + HOUR, o3=100, no2=30)]
    out = Fold(the_book(), "t.events.environment", 0).run(records(events))
    ids = {alert.id for alert in first if alert.rule == "gas-hourly"}
    return [each for each in out if isinstance(each, Audit) and each.alert in ids]


def grouped() -> list[Entry]:
    """The trails of two incidents of one city: opened, an act refused to a viewer, then the one merged into the other."""
    names = {"air.410100.one": START, "air.410100.two": START + 48 * HOUR}
    events = [event for name, at in names.items() for event in (registered(name, at), clean(at, name, o3=250))]
    stages = FileStages(basis())
    opened = [each for n, event in enumerate(events) for each in stages.take(n, event) if isinstance(each, Incident)]
    one, two = (incident.id for incident in opened)
    viewer = Actor(id="wang", name="王某", role="viewer")
    acts = [Regroup(incident=name, actor=viewer, reason="另案", others=(other,)) for name, other in ((one, two), (two, one))]
    acts.append(Regroup(incident=one, actor=SUPERVISOR, reason="同一原因", others=(two,)))
    at = format_time(START + 49 * HOUR)
    events += [
        event_bytes(type="command.merge", source="test", id=str(n), time=at, subject=opened[0].city, data=regroup)
        for n, regroup in enumerate(acts)
    ]
    stages = FileStages(basis())
    return [each for n, event in enumerate(events) for each in stages.take(n, event) if isinstance(each, IncidentAudit)]


ALERTS = Lived("audit", raised(), OF_ALERTS)
INCIDENTS = Lived("incident-audit", grouped(), OF_INCIDENTS)
EVERY = [pytest.param(each, id=each.kind.topic) for each in (ALERTS, INCIDENTS)]
ENTRIES, ANCHORS = ALERTS.entries, ALERTS.anchors
SIX = range(6)


def fields(*without: str) -> list[Any]:
    """The fields of an entry of each kind of trail."""
    return [
        pytest.param(each, field, id=f"{each.kind.topic}-{field}")
        for each in (ALERTS, INCIDENTS)
        for field in each.other
        if field not in without and not (field == each.kind.trail and "whose" in without)
    ]


def named(finding: AuditFinding) -> str:
    """Whose trail a finding is about."""
    assert bool(finding.alert) != bool(finding.trail and finding.of)
    return finding.alert or finding.of


def names(found: Iterable[AuditFinding], whose: str, n: int) -> bool:
    """Whether a finding names this entry."""
    return any(named(each) == whose and each.first <= n <= each.last for each in found)


def rehashed(entry: Entry) -> Entry:
    """The entry with the hash that it should have, as somebody who knows the scheme would forge it."""
    return replace(entry, hash=digest(entry))


@pytest.mark.parametrize("lived", EVERY)
def test_what_nobody_touched_is_intact(lived: Lived) -> None:
    """Two trails of three entries under three anchors: nothing is found, with anchors and without."""
    assert [(lived.whose(entry), entry.n) for entry in lived.entries] != sorted(lived.places)  # the trails are interleaved
    assert sorted(lived.places) == [(whose, n) for whose in (lived.a, lived.b) for n in (1, 2, 3)]
    assert lived.checked(lived.entries) == []
    assert lived.checked(lived.entries, lived.anchors) == []


@pytest.mark.parametrize("lived", EVERY)
def test_copies_of_a_restarted_worker_are_no_tampering(lived: Lived) -> None:
    """A worker that was killed after publishing writes the same entries once more, from any entry on."""
    for begin in range(len(lived.entries)):
        for end in range(begin + 1, len(lived.entries) + 1):
            assert lived.checked([*lived.entries[:end], *lived.entries[begin:]], lived.anchors) == []


@pytest.mark.parametrize("lived", EVERY)
def test_every_field_is_tried(lived: Lived) -> None:
    """There is another value for each field of an entry."""
    assert set(lived.other) == set(lived.kind.message.__struct_fields__)


@pytest.mark.parametrize(("lived", "field"), fields())
@pytest.mark.parametrize("at", SIX)
def test_a_changed_field_is_found_and_its_entry_named(lived: Lived, at: int, field: str) -> None:
    """Any field of any entry, its hash left as it was: without any anchor the entry is named, or it is missing at its place."""
    changed = lived.changed(at, field)
    entries = [*lived.entries[:at], changed, *lived.entries[at + 1 :]]
    found = lived.checked(entries)
    assert any(each.kind == "changed" and (named(each), each.first) == (lived.whose(changed), changed.n) for each in found)
    assert names(lived.checked(entries, lived.anchors), *lived.places[at])
    if field not in {lived.kind.trail, "n"}:
        assert [(each.kind, named(each), each.first, each.last) for each in found] == [
            ("changed", *lived.places[at], lived.places[at][1])
        ]


@pytest.mark.parametrize(("lived", "field"), fields("hash"))
@pytest.mark.parametrize("at", SIX)
def test_a_changed_field_with_a_hash_made_anew_is_found(lived: Lived, at: int, field: str) -> None:
    """The forger makes the entry's own hash anew: the next entry and the anchors tell which it was."""
    changed = rehashed(lived.changed(at, field))
    entries = [*lived.entries[:at], changed, *lived.entries[at + 1 :]]
    found = lived.checked(entries, lived.anchors)
    assert names(found, *lived.places[at])
    whose, n = lived.places[at]
    if n < 3 or field == "prev":
        assert names(lived.checked(entries), whose, n)  # by the chain alone
    if field not in {lived.kind.trail, "n"}:
        assert {(each.kind, named(each), each.first, each.last) for each in found} == {("changed", whose, n, n)}


@pytest.mark.parametrize(("lived", "field"), fields("hash", "prev", "n", "whose"))
@pytest.mark.parametrize("at", SIX)
def test_a_chain_made_anew_is_found_by_its_anchors(lived: Lived, at: int, field: str) -> None:
    """The forger makes every hash after it anew too: the chain alone is in order, the anchors are not."""
    forged = lived.rechained([*lived.entries[:at], lived.changed(at, field), *lived.entries[at + 1 :]])
    assert lived.checked(forged) == []
    (found,) = lived.checked(forged, lived.anchors)
    assert (found.kind, named(found)) == ("changed", lived.places[at][0])
    assert found.first <= lived.places[at][1] <= found.last
    assert found.anchor


@pytest.mark.parametrize("other", [b" ", b""])
@pytest.mark.parametrize("lived", EVERY)
def test_other_bytes_of_the_same_entry_are_a_change(lived: Lived, other: bytes) -> None:
    """White space or an added member changes no field, and is found all the same."""
    value = encode(lived.entries[1])
    altered = value + other if other else value[:-1] + b',"note":"x"}'
    (found,) = lived.checked([lived.entries[0], altered, *lived.entries[2:]], lived.anchors)
    assert (found.kind, named(found), found.first) == ("changed", *lived.places[1])


@pytest.mark.parametrize("value", [b"", b"null", b"{", b"[]", b"\xff", b'{"alert": "x"}', b"[" * 10_000])
@pytest.mark.parametrize("lived", EVERY)
def test_bytes_that_are_no_entry_are_found_with_their_place(lived: Lived, value: bytes) -> None:
    """What is no entry, or no JSON, is named by where it stands."""
    (found,) = lived.checked([*lived.entries[:2], value, *lived.entries[2:]], lived.anchors)
    assert (found.kind, found.place) == ("malformed", f"{lived.kind.topic}/0/2")


@pytest.mark.parametrize("at", SIX)
@pytest.mark.parametrize("lived", EVERY)
def test_a_removed_entry_is_named(lived: Lived, at: int) -> None:
    """An entry before others of its trail is missing by its number; the last of a trail by the anchor."""
    whose, n = lived.places[at]
    (found,) = lived.checked([*lived.entries[:at], *lived.entries[at + 1 :]], lived.anchors)
    assert (found.kind, named(found), found.first, found.last) == ("cut" if n == 3 else "removed", whose, n, n)
    assert (lived.checked([*lived.entries[:at], *lived.entries[at + 1 :]]) == []) == (n == 3)


@pytest.mark.parametrize("at", SIX)
@pytest.mark.parametrize("lived", EVERY)
def test_an_inserted_entry_is_named(lived: Lived, at: int) -> None:
    """A forged entry with right `prev` and hash before a true one of the same number, or where the anchors have read.

    What is added behind all that the newest anchor has read is not to be told from what the worker adds: a limit, in the docs.
    """
    whose, n = lived.places[at]
    forged = rehashed(replace(lived.entries[at], reason="伪造"))
    found = lived.checked([*lived.entries[:at], forged, *lived.entries[at:]], lived.anchors)
    assert any((each.kind, named(each), each.first) == ("inserted", whose, n) for each in found)
    later = rehashed(replace(lived.entries[at], reason="伪造", n=n + 1, prev=lived.entries[at].hash))
    found = lived.checked([*lived.entries[: at + 1], later, *lived.entries[at + 1 :]], lived.anchors)
    if at < len(lived.entries) - 1:
        assert any((each.kind, named(each), each.first) == ("inserted", whose, n + 1) for each in found)
    else:
        assert found == []


@pytest.mark.parametrize("n", [0, -5])
@pytest.mark.parametrize("lived", EVERY)
def test_there_is_no_entry_before_the_first(lived: Lived, n: int) -> None:
    """A number below 1 is an insertion, whatever its hash."""
    forged = rehashed(replace(lived.entries[0], n=n, prev=GENESIS))
    found = lived.checked([forged, *lived.entries], None)
    assert [(each.kind, named(each), each.first) for each in found] == [("inserted", lived.places[0][0], n)]


@pytest.mark.parametrize("lived", EVERY)
def test_a_number_beyond_all_costs_no_memory(lived: Lived) -> None:
    """A forged number of 2**53 is a gap like another."""
    forged = rehashed(replace(lived.entries[0], n=2**53))
    (found,) = lived.checked([*lived.entries, forged])
    assert (found.kind, found.first, found.last) == ("removed", 4, 2**53 - 1)


@pytest.mark.parametrize("lived", EVERY)
def test_a_whole_trail_inserted_under_an_anchor_is_named(lived: Lived) -> None:
    """A forged trail among entries that the anchor has read is not one of its heads; what comes after it may be new."""
    forged = rehashed(replace(lived.entries[0], **lived.of("f" * 32)))
    (found,) = lived.checked([lived.entries[0], forged, *lived.entries[1:]], lived.anchors)
    assert (found.kind, named(found), found.first, found.anchor) == ("inserted", "f" * 32, 1, 3)
    assert lived.checked([*lived.entries, forged], lived.anchors) == []


@pytest.mark.parametrize("lived", EVERY)
def test_reordered_entries_are_named(lived: Lived) -> None:
    """Any two entries of one trail in the other's place: the one that comes too late is named."""
    for whose in (lived.a, lived.b):
        spots = [at for at, place in enumerate(lived.places) if place[0] == whose]
        for early, late in pairwise(spots):
            swapped = list(lived.entries)
            swapped[early], swapped[late] = swapped[late], swapped[early]
            (found,) = lived.checked(swapped, lived.anchors)
            assert (found.kind, named(found), found.first) == ("reordered", *lived.places[early])


@pytest.mark.parametrize("left", SIX)
@pytest.mark.parametrize("lived", EVERY)
def test_a_cut_tail_is_named(lived: Lived, left: int) -> None:
    """The topic ends early, after any entry: the chains are in order, the anchors name what each trail has lost."""
    assert lived.checked(lived.entries[:left]) == []
    lost = {place for place in lived.places if place not in lived.places[:left]}
    found = lived.checked(lived.entries[:left], lived.anchors)
    assert {each.kind for each in found} == {"cut"}
    assert {(named(each), n) for each in found for n in range(each.first, each.last + 1)} == lost


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("lived", EVERY)
def test_a_cut_trail_is_named(lived: Lived, which: int) -> None:
    """All entries of an whose, or of an incident, are gone."""
    whose = (lived.a, lived.b)[which]
    (found,) = lived.checked([entry for entry in lived.entries if lived.whose(entry) != whose], lived.anchors)
    assert (found.kind, named(found), found.first, found.last, found.anchor) == ("cut", whose, 1, 3, 3)
    assert "whole trail" in found.message


OLDER = ALERTS.anchored([ENTRIES[:2], ENTRIES[2:4]])
"""Anchors of before other trails were anchored: of the form of then, over the trails of alerts alone."""

SINCE = anchors_of(
    [
        (ALERTS.part(ENTRIES[:2], ENTRIES[:2]),),
        (ALERTS.part(ENTRIES[:4], ENTRIES[2:4]),),
        (ALERTS.part(ENTRIES, ENTRIES[4:]), INCIDENTS.part(INCIDENTS.entries[:4], INCIDENTS.entries[:4])),
        (ALERTS.part(ENTRIES, ()), INCIDENTS.part(INCIDENTS.entries, INCIDENTS.entries[4:])),
    ]
)
"""Anchors of a log that went on: the third one is the first that covers incidents too."""


def both(incidents: Sequence[Entry], anchors: Iterable[bytes] = SINCE) -> list[AuditFinding]:
    """What the check finds of a log whose alerts nobody touched."""
    return checked({"audit": ENTRIES, "incident-audit": incidents}, anchors)


def test_anchors_of_before_stay_valid() -> None:
    """An anchor over alerts alone has the fields that it always had, and the chain goes on from it to those over incidents."""
    assert SINCE[:2] == OLDER
    today = ("log", "n", "prev", "at", "offsets", "alerts", "entries", "heads", "key", "next_key", "signature")
    assert [tuple(json.loads(each)) for each in OLDER] == [today] * 2
    assert "others" in json.loads(SINCE[2])
    assert both(INCIDENTS.entries) == []
    assert both(INCIDENTS.entries, OLDER) == []


@pytest.mark.parametrize("at", SIX)
def test_incidents_of_before_are_covered_by_the_first_anchor_that_does(at: int) -> None:
    """An entry that stood in the log before is found changed, cut or removed; by the older anchors alone it was not."""
    whose, n = INCIDENTS.places[at]
    forged = INCIDENTS.rechained([*INCIDENTS.entries[:at], INCIDENTS.changed(at, "reason"), *INCIDENTS.entries[at + 1 :]])
    assert both(forged, OLDER) == []
    (found,) = both(forged)
    assert (found.kind, found.trail, found.of) == ("changed", "incident-audit", whose)
    assert found.first <= n <= found.last
    assert names(both([*INCIDENTS.entries[:at], *INCIDENTS.entries[at + 1 :]]), whose, n)


def test_an_incident_and_an_alert_of_one_id_have_two_trails() -> None:
    """What is anchored of an alert says nothing of an incident, even where somebody gave it the alert's id."""
    alias = INCIDENTS.rechained([replace(entry, **INCIDENTS.of(ALERTS.a)) for entry in INCIDENTS.entries[:1]])
    assert both(alias, OLDER) == []
    over = anchors_of([(ALERTS.part(ENTRIES, ENTRIES), INCIDENTS.part(alias, alias))])
    assert both(alias, over) == []
    (found,) = both([], over)
    assert (found.kind, found.alert, found.of, found.first, found.last) == ("cut", "", ALERTS.a, 1, 1)


@pytest.mark.parametrize("key", [OLD, STRANGER])
@pytest.mark.parametrize("field", Anchor.__struct_fields__)
@pytest.mark.parametrize("at", range(3))
def test_a_forged_anchor_is_named(at: int, field: str, key: Ed25519PrivateKey) -> None:
    """Any field of any anchor, under its old signature; then signed anew by a key that nobody trusts."""
    other = {
        "log": "live",
        "n": 9,
        "prev": "e" * 64,
        "at": "2027-06-01T12:00:00+08:00",
        "offsets": (0,),
        "alerts": 7,
        "entries": 9,
        "heads": (),
        "others": (),
        "key": "0" * 16,
        "next_key": STRANGER.public_key().public_bytes_raw().hex(),
        "signature": "ab" * 64,
    }
    anchor = decode(ANCHORS[at], Anchor)
    forged = replace(anchor, **{field: other[field]})
    if key is STRANGER:
        forged = signed(forged, STRANGER)
    found = ALERTS.checked(ENTRIES, [*ANCHORS[:at], encode(forged), *ANCHORS[at + 1 :]])
    assert any((each.kind, each.first) == ("anchor-forged", forged.n) for each in found)
    assert all(each.kind.startswith("anchor-") for each in found)


def test_a_trail_begins_at_its_beginning() -> None:
    """A first entry that names an entry before it is found without any other."""
    (found,) = ALERTS.checked([rehashed(replace(ENTRIES[0], prev="e" * 64))])
    assert (found.kind, found.alert, found.first, found.last) == ("changed", ALERTS.places[0][0], 1, 1)


def test_anchors_of_another_log_are_found() -> None:
    """Anchors signed with the right key stand for their own log alone."""
    elsewhere = Anchors(OLD.public_key(), "live")
    assert [each.kind for value in ANCHORS for each in elsewhere.take(value)] == ["anchor-forged"] * 3
    first = decode(ANCHORS[0], Anchor)
    foreign = encode(signed(replace(first, log="live", n=4, prev=sha256(ANCHORS[2]).hexdigest()), OLD))
    (found,) = ALERTS.checked(ENTRIES, [*ANCHORS, foreign])
    assert (found.kind, found.first) == ("anchor-forged", 4)


def test_an_inserted_anchor_is_found() -> None:
    """An anchor of a stranger's after the newest, and a second, genuine one of the same number."""
    anchor = decode(ANCHORS[2], Anchor)
    (found,) = ALERTS.checked(ENTRIES, [*ANCHORS, encode(signed(replace(anchor, n=4), STRANGER))])
    assert (found.kind, found.first) == ("anchor-forged", 4)
    (found,) = ALERTS.checked(ENTRIES, [*ANCHORS, encode(signed(replace(anchor, alerts=9), OLD))])
    assert (found.kind, found.first) == ("anchor-reordered", 3)
    assert ALERTS.checked(ENTRIES, [*ANCHORS, ANCHORS[1]]) == []  # the same bytes once more


@pytest.mark.parametrize("at", range(2))
def test_a_removed_anchor_is_named(at: int) -> None:
    """An anchor before others is missing by its number and by the hash that the next one holds."""
    found = ALERTS.checked(ENTRIES, [*ANCHORS[:at], *ANCHORS[at + 1 :]])
    assert [(each.kind, each.first, each.last) for each in found] == [("anchor-removed", at + 1, at + 1)]


def test_anchors_numbered_anew_are_found() -> None:
    """Even who holds the key cannot take one out without making all later ones anew: `prev` tells."""
    third = decode(ANCHORS[2], Anchor)
    (found,) = ALERTS.checked(ENTRIES, [ANCHORS[0], encode(signed(replace(third, n=2), OLD))])
    assert (found.kind, found.anchor) == ("anchor-forged", 2)


def test_the_newest_anchor_removed_is_found_by_its_noted_hash() -> None:
    """Nothing inside a log can tell that its end was cut with the anchors over it; a hash that was noted elsewhere does."""
    noted = sha256(ANCHORS[2]).hexdigest()
    assert ALERTS.checked(ENTRIES[:4], ANCHORS[:2]) == []
    (found,) = ALERTS.checked(ENTRIES[:4], ANCHORS[:2], noted=noted)
    assert (found.kind, found.first) == ("anchor-removed", 3)
    assert ALERTS.checked(ENTRIES, ANCHORS, noted=noted) == []


def test_all_anchors_removed_is_found() -> None:
    """Who gives a key expects anchors."""
    assert [each.kind for each in ALERTS.checked(ENTRIES, [])] == ["anchor-removed"]


def test_keys_are_followed_from_the_first() -> None:
    """The second anchor hands on to another key; the first public key is enough to verify all."""
    steps = [ENTRIES[:2], ENTRIES[2:4], ENTRIES[4:]]
    rotated = ALERTS.anchored(steps, rotate=(2, NEW))
    assert ALERTS.checked(ENTRIES, rotated) == []
    assert [each.kind for each in ALERTS.checked(ENTRIES[:-1], rotated)] == ["cut"]
    third = decode(ANCHORS[2], Anchor)
    old_again = encode(signed(replace(third, prev=sha256(rotated[1]).hexdigest()), OLD))
    assert {each.kind for each in ALERTS.checked(ENTRIES, [*rotated[:2], old_again])} >= {"anchor-forged"}
    stolen = ALERTS.anchored(steps, key=NEW)
    assert [each.first for each in ALERTS.checked(ENTRIES, stolen) if each.kind == "anchor-forged"] == [1, 2, 3]


def printed(path: Path, *, anchors: Iterable[bytes] = (), places: bool = True) -> Path:
    """A file as `export` prints it; without places as `agents judge` does."""
    lines = [command.Line("anchors", Raw(value), None, 0, n) for n, value in enumerate(anchors)]
    for n, entry in enumerate(ENTRIES):
        lines.append(command.Line("audit", Raw(encode(entry)), ALERTS.whose(entry), *((0, n) if places else ())))
    path.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
    return path


def test_a_file_is_verified_without_kafka(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 where it is intact, 1 with a JSON line for each finding, 2 for wrong use."""
    public = tmp_path / "key.pem"
    public.write_bytes(public_pem(OLD.public_key()))
    file = printed(tmp_path / "all.jsonl", anchors=ANCHORS)
    assert command.main(["verify", str(file), "--public", str(public)]) == 0
    said = capsys.readouterr()
    assert (said.out, "6 entries of 2 alerts; 0 entries are newer" in said.err) == ("", True)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-1], b"nonsense\n"]))
    assert command.main(["verify", str(file), "--public", str(public)]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["kind"] for each in found] == ["malformed", "cut"]
    assert (found[0]["place"], found[1]["alert"], found[1]["first"]) == ("line 9", *ALERTS.places[-1])
    with pytest.raises(ValueError, match="holds anchors: give --public"):
        command.main(["verify", str(file)])
    with pytest.raises(SystemExit, match="2"):
        command.main(["verify"])
    with pytest.raises(SystemExit, match="2"):
        command.main(["anchor", "--every", "0"])
    with pytest.raises(Trouble, match="there is no file"):
        command.main(["verify", str(tmp_path / "none")])


def test_what_judge_prints_is_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Entries alone need no key; the message says what cannot be seen then."""
    file = printed(tmp_path / "judged.jsonl", places=False)
    alert = b'{"topic":"alerts","key":"x","value":{}}\n'
    file.write_bytes(alert + file.read_bytes())
    assert command.main(["verify", str(file)]) == 0
    assert "a cut tail cannot be seen" in capsys.readouterr().err


def test_keys_lie_in_files_of_their_owner(tmp_path: Path) -> None:
    """Made at first use, mode 600, kept; a rotation leaves the first public key and takes the old private one away."""
    keys = Keys(tmp_path / "audit", "live")
    assert keys.current() is None
    first = keys.begin()
    assert stat.S_IMODE((tmp_path / "audit" / "live.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700
    current = keys.current()
    assert current is not None
    assert current.private_bytes_raw() == first.private_bytes_raw()
    following = keys.prepare()
    assert stat.S_IMODE((tmp_path / "audit" / "live.key.next").stat().st_mode) == 0o600
    keys.adopt()
    current = keys.current()
    assert current is not None
    assert current.private_bytes_raw() == following.private_bytes_raw()
    assert keys.first().public_bytes_raw() == first.public_key().public_bytes_raw()
    assert sorted(file.name for file in (tmp_path / "audit").iterdir()) == ["live.key", "live.pub"]


def test_a_file_that_is_no_key_says_what_would_do(tmp_path: Path) -> None:
    """No file, no PEM, a private key: each is refused with the command that prints a public key."""
    keys = Keys(tmp_path, "live")
    keys.begin()
    (tmp_path / "empty").write_text("")
    for name in ("none", "empty", "live.key"):
        with pytest.raises(ValueError, match="agents audit key"):
            read_public(tmp_path / name)
    (tmp_path / "live.key").write_text("x")
    with pytest.raises(Trouble, match="put the right file back"):
        keys.current()
