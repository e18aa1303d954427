"""The audit trail that proves itself: whatever is changed, removed, inserted, moved or cut is found and named."""

import json
import stat
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Raw
from msgspec.structs import replace

from agents.audit import main as command
from agents.audit.anchors import Anchors, signed
from agents.audit.finding import AuditFinding
from agents.audit.keys import Keys, public_pem, read_public
from agents.core.alerts.fold import Fold
from agents.core.rules.book import load_book
from streams.command import Trouble
from streams.messages import GENESIS, HOUR, MINUTE, Actor, Alert, Anchor, Audit, Head, Place, decode, digest, encode
from tests.support.events import START, act, clean, records, registered, tick

OLD, NEW, STRANGER = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
OTHER: dict[str, Any] = {
    "alert": "f" * 32,
    "n": 9,
    "rev": 77,
    "at": "2026-06-01T09:00:00+08:00",
    "event": "comment",
    "verb": "shelve",
    "before": "G",
    "after": "F",
    "occurrence": 4,
    "severity": "blue",
    "actor": Actor(id="li", name="李某", role="admin"),
    "reason": "另有其因",
    "place": Place("t.events.environment", 3, 12),
    "prev": "e" * 64,
    "hash": "d" * 64,
}
"""Another value for every field of an entry."""


def lived() -> list[Audit]:
    """The trails of two alerts of one station, as they stand in their partition: raised, acknowledged, returned to normal."""
    begin = [registered(), tick(START), clean(START, o3=250, no2=260)]
    first = [each for each in Fold(load_book(), "t.events.environment", 0).run(records(begin)) if isinstance(each, Alert)]
    acts = [act(alert.id) for alert in first if alert.rule == "gas-hourly"]
    events = [*begin, *acts, tick(START + HOUR + MINUTE), clean(START + HOUR, o3=100, no2=30)]
    out = Fold(load_book(), "t.events.environment", 0).run(records(events))
    ids = {alert.id for alert in first if alert.rule == "gas-hourly"}
    return [each for each in out if isinstance(each, Audit) and each.alert in ids]


ENTRIES = lived()
A, B = sorted({entry.alert for entry in ENTRIES})
PLACES = [(entry.alert, entry.n) for entry in ENTRIES]


def anchored(
    steps: Sequence[Sequence[Audit]], key: Ed25519PrivateKey = OLD, rotate: tuple[int, Ed25519PrivateKey] | None = None
) -> list[bytes]:
    """Anchors, each after some more entries of partition 0; `rotate`: after which anchor another key signs."""
    made: list[bytes] = []
    heads: dict[str, Audit] = {}
    read = 0
    for n, step in enumerate(steps, 1):
        heads |= {entry.alert: entry for entry in step}
        read += len(step)
        moved = sorted({entry.alert for entry in step})
        following = rotate[1] if rotate and rotate[0] == n else None
        anchor = Anchor(
            log="t",
            n=n,
            prev=sha256(made[-1]).hexdigest() if made else GENESIS,
            at="2026-06-01T12:00:00+08:00",
            offsets=(read,),
            alerts=len(heads),
            entries=read,
            heads=tuple(Head(alert, heads[alert].n, heads[alert].hash) for alert in moved),
            key="",
            next_key=following.public_key().public_bytes_raw().hex() if following else None,
        )
        made.append(encode(signed(anchor, key)))
        key = following or key
    return made


ANCHORS = anchored([ENTRIES[:2], ENTRIES[2:4], ENTRIES[4:]])


def checked(
    entries: Iterable[Audit | bytes],
    anchors: Iterable[bytes] | None = None,
    trusted: Ed25519PublicKey | None = None,
    noted: str = "",
) -> list[AuditFinding]:
    """What the check finds; entries at offsets counted from 0."""
    chain = None if anchors is None else Anchors(trusted or OLD.public_key(), "t")
    values = [each if isinstance(each, bytes) else encode(each) for each in entries]
    written = [(value, f"audit/0/{n}", 0, n) for n, value in enumerate(values)]
    return list(command.verify(chain, [(value, "", 0, n) for n, value in enumerate(anchors or [])], written, noted))


def names(found: Iterable[AuditFinding], alert: str, n: int) -> bool:
    """Whether a finding names this entry."""
    return any(each.alert == alert and each.first <= n <= each.last for each in found)


def rehashed(entry: Audit) -> Audit:
    """The entry with the hash that it should have, as somebody who knows the scheme would forge it."""
    return replace(entry, hash=digest(entry))


def rechained(entries: Sequence[Audit]) -> list[Audit]:
    """All chains made anew, as somebody who may rewrite the whole topic would."""
    heads: dict[str, str] = {}
    made = []
    for entry in entries:
        made.append(rehashed(replace(entry, prev=heads.get(entry.alert, GENESIS))))
        heads[entry.alert] = made[-1].hash
    return made


def test_what_nobody_touched_is_intact() -> None:
    """Two trails of three entries under three anchors: nothing is found, with anchors and without."""
    assert [(entry.alert, entry.n) for entry in ENTRIES] != sorted(PLACES)  # the trails are interleaved
    assert sorted(PLACES) == [(alert, n) for alert in (A, B) for n in (1, 2, 3)]
    assert checked(ENTRIES) == []
    assert checked(ENTRIES, ANCHORS) == []


def test_copies_of_a_restarted_worker_are_no_tampering() -> None:
    """A worker that was killed after publishing writes the same entries once more, from any entry on."""
    for begin in range(len(ENTRIES)):
        for end in range(begin + 1, len(ENTRIES) + 1):
            assert checked([*ENTRIES[:end], *ENTRIES[begin:]], ANCHORS) == []


def test_every_field_is_tried() -> None:
    """There is another value for each field of an entry."""
    assert set(OTHER) == set(Audit.__struct_fields__)


@pytest.mark.parametrize("field", Audit.__struct_fields__)
@pytest.mark.parametrize("at", range(len(ENTRIES)))
def test_a_changed_field_is_found_and_its_entry_named(at: int, field: str) -> None:
    """Any field of any entry, its hash left as it was: without any anchor the entry is named, or it is missing at its place."""
    changed = replace(ENTRIES[at], **{field: OTHER[field]})
    entries = [*ENTRIES[:at], changed, *ENTRIES[at + 1 :]]
    found = checked(entries)
    assert any(each.kind == "changed" and (each.alert, each.first) == (changed.alert, changed.n) for each in found)
    assert names(checked(entries, ANCHORS), *PLACES[at])
    if field not in {"alert", "n"}:
        assert [(each.kind, each.alert, each.first, each.last) for each in found] == [("changed", *PLACES[at], PLACES[at][1])]


@pytest.mark.parametrize("field", [name for name in Audit.__struct_fields__ if name != "hash"])
@pytest.mark.parametrize("at", range(len(ENTRIES)))
def test_a_changed_field_with_a_hash_made_anew_is_found(at: int, field: str) -> None:
    """The forger makes the entry's own hash anew: the next entry and the anchors tell which it was."""
    changed = rehashed(replace(ENTRIES[at], **{field: OTHER[field]}))
    entries = [*ENTRIES[:at], changed, *ENTRIES[at + 1 :]]
    found = checked(entries, ANCHORS)
    assert names(found, *PLACES[at])
    alert, n = PLACES[at]
    if n < 3 or field == "prev":
        assert names(checked(entries), alert, n)  # by the chain alone
    if field not in {"alert", "n"}:
        assert {(each.kind, each.alert, each.first, each.last) for each in found} == {("changed", alert, n, n)}


@pytest.mark.parametrize("field", [name for name in Audit.__struct_fields__ if name not in {"hash", "prev", "alert", "n"}])
@pytest.mark.parametrize("at", range(len(ENTRIES)))
def test_a_chain_made_anew_is_found_by_its_anchors(at: int, field: str) -> None:
    """The forger makes every hash after it anew too: the chain alone is in order, the anchors are not."""
    forged = rechained([*ENTRIES[:at], replace(ENTRIES[at], **{field: OTHER[field]}), *ENTRIES[at + 1 :]])
    assert checked(forged) == []
    (found,) = checked(forged, ANCHORS)
    assert (found.kind, found.alert) == ("changed", PLACES[at][0])
    assert found.first <= PLACES[at][1] <= found.last
    assert found.anchor


@pytest.mark.parametrize("other", [b" ", b""])
def test_other_bytes_of_the_same_entry_are_a_change(other: bytes) -> None:
    """White space or an added member changes no field, and is found all the same."""
    value = encode(ENTRIES[1])
    altered = value + other if other else value[:-1] + b',"note":"x"}'
    (found,) = checked([ENTRIES[0], altered, *ENTRIES[2:]], ANCHORS)
    assert (found.kind, found.alert, found.first) == ("changed", *PLACES[1])


@pytest.mark.parametrize("value", [b"", b"null", b"{", b"[]", b"\xff", b'{"alert": "x"}', b"[" * 10_000])
def test_bytes_that_are_no_entry_are_found_with_their_place(value: bytes) -> None:
    """What is no entry, or no JSON, is named by where it stands."""
    (found,) = checked([*ENTRIES[:2], value, *ENTRIES[2:]], ANCHORS)
    assert (found.kind, found.place) == ("malformed", "audit/0/2")


@pytest.mark.parametrize("at", range(len(ENTRIES)))
def test_a_removed_entry_is_named(at: int) -> None:
    """An entry before others of its alert is missing by its number; the last of a trail by the anchor."""
    alert, n = PLACES[at]
    (found,) = checked([*ENTRIES[:at], *ENTRIES[at + 1 :]], ANCHORS)
    assert (found.kind, found.alert, found.first, found.last) == ("cut" if n == 3 else "removed", alert, n, n)
    assert (checked([*ENTRIES[:at], *ENTRIES[at + 1 :]]) == []) == (n == 3)


@pytest.mark.parametrize("at", range(len(ENTRIES)))
def test_an_inserted_entry_is_named(at: int) -> None:
    """A forged entry with right `prev` and hash before a true one of the same number, or where the anchors have read.

    What is added behind all that the newest anchor has read is not to be told from what the worker adds: a limit, in the docs.
    """
    alert, n = PLACES[at]
    forged = rehashed(replace(ENTRIES[at], reason="伪造"))
    found = checked([*ENTRIES[:at], forged, *ENTRIES[at:]], ANCHORS)
    assert any((each.kind, each.alert, each.first) == ("inserted", alert, n) for each in found)
    later = rehashed(replace(ENTRIES[at], reason="伪造", n=n + 1, prev=ENTRIES[at].hash))
    found = checked([*ENTRIES[: at + 1], later, *ENTRIES[at + 1 :]], ANCHORS)
    if at < len(ENTRIES) - 1:
        assert any((each.kind, each.alert, each.first) == ("inserted", alert, n + 1) for each in found)
    else:
        assert found == []


@pytest.mark.parametrize("n", [0, -5])
def test_there_is_no_entry_before_the_first(n: int) -> None:
    """A number below 1 is an insertion, whatever its hash."""
    forged = rehashed(replace(ENTRIES[0], n=n, prev=GENESIS))
    found = checked([forged, *ENTRIES], None)
    assert [(each.kind, each.alert, each.first) for each in found] == [("inserted", ENTRIES[0].alert, n)]


def test_a_number_beyond_all_costs_no_memory() -> None:
    """A forged number of 2**53 is a gap like another."""
    forged = rehashed(replace(ENTRIES[0], n=2**53))
    (found,) = checked([*ENTRIES, forged])
    assert (found.kind, found.first, found.last) == ("removed", 4, 2**53 - 1)


def test_a_whole_trail_inserted_under_an_anchor_is_named() -> None:
    """A forged trail among entries that the anchor has read is not one of its heads; what comes after it may be new."""
    forged = rehashed(replace(ENTRIES[0], alert="f" * 32))
    (found,) = checked([ENTRIES[0], forged, *ENTRIES[1:]], ANCHORS)
    assert (found.kind, found.alert, found.first, found.anchor) == ("inserted", "f" * 32, 1, 3)
    assert checked([*ENTRIES, forged], ANCHORS) == []


def test_reordered_entries_are_named() -> None:
    """Any two entries of one alert in the other's place: the one that comes too late is named."""
    for alert in (A, B):
        spots = [at for at, place in enumerate(PLACES) if place[0] == alert]
        for early, late in pairwise(spots):
            swapped = list(ENTRIES)
            swapped[early], swapped[late] = swapped[late], swapped[early]
            (found,) = checked(swapped, ANCHORS)
            assert (found.kind, found.alert, found.first) == ("reordered", *PLACES[early])


@pytest.mark.parametrize("left", range(len(ENTRIES)))
def test_a_cut_tail_is_named(left: int) -> None:
    """The topic ends early, after any entry: the chains are in order, the anchors name what each alert has lost."""
    assert checked(ENTRIES[:left]) == []
    lost = {place for place in PLACES if place not in PLACES[:left]}
    found = checked(ENTRIES[:left], ANCHORS)
    assert {each.kind for each in found} == {"cut"}
    assert {(each.alert, n) for each in found for n in range(each.first, each.last + 1)} == lost


@pytest.mark.parametrize("alert", [A, B])
def test_a_cut_trail_is_named(alert: str) -> None:
    """All entries of an alert are gone."""
    (found,) = checked([entry for entry in ENTRIES if entry.alert != alert], ANCHORS)
    assert (found.kind, found.alert, found.first, found.last, found.anchor) == ("cut", alert, 1, 3, 3)
    assert "whole trail" in found.message


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
        "key": "0" * 16,
        "next_key": STRANGER.public_key().public_bytes_raw().hex(),
        "signature": "ab" * 64,
    }
    anchor = decode(ANCHORS[at], Anchor)
    forged = replace(anchor, **{field: other[field]})
    if key is STRANGER:
        forged = signed(forged, STRANGER)
    found = checked(ENTRIES, [*ANCHORS[:at], encode(forged), *ANCHORS[at + 1 :]])
    assert any((each.kind, each.first) == ("anchor-forged", forged.n) for each in found)
    assert all(each.kind.startswith("anchor-") for each in found)


def test_a_trail_begins_at_its_beginning() -> None:
    """A first entry that names an entry before it is found without any other."""
    (found,) = checked([rehashed(replace(ENTRIES[0], prev="e" * 64))])
    assert (found.kind, found.alert, found.first, found.last) == ("changed", ENTRIES[0].alert, 1, 1)


def test_anchors_of_another_log_are_found() -> None:
    """Anchors signed with the right key stand for their own log alone."""
    elsewhere = Anchors(OLD.public_key(), "live")
    assert [each.kind for value in ANCHORS for each in elsewhere.take(value)] == ["anchor-forged"] * 3
    first = decode(ANCHORS[0], Anchor)
    foreign = encode(signed(replace(first, log="live", n=4, prev=sha256(ANCHORS[2]).hexdigest()), OLD))
    (found,) = checked(ENTRIES, [*ANCHORS, foreign])
    assert (found.kind, found.first) == ("anchor-forged", 4)


def test_an_inserted_anchor_is_found() -> None:
    """An anchor of a stranger's after the newest, and a second, genuine one of the same number."""
    anchor = decode(ANCHORS[2], Anchor)
    (found,) = checked(ENTRIES, [*ANCHORS, encode(signed(replace(anchor, n=4), STRANGER))])
    assert (found.kind, found.first) == ("anchor-forged", 4)
    (found,) = checked(ENTRIES, [*ANCHORS, encode(signed(replace(anchor, alerts=9), OLD))])
    assert (found.kind, found.first) == ("anchor-reordered", 3)
    assert checked(ENTRIES, [*ANCHORS, ANCHORS[1]]) == []  # the same bytes once more


@pytest.mark.parametrize("at", range(2))
def test_a_removed_anchor_is_named(at: int) -> None:
    """An anchor before others is missing by its number and by the hash that the next one holds."""
    found = checked(ENTRIES, [*ANCHORS[:at], *ANCHORS[at + 1 :]])
    assert [(each.kind, each.first, each.last) for each in found] == [("anchor-removed", at + 1, at + 1)]


def test_anchors_numbered_anew_are_found() -> None:
    """Even who holds the key cannot take one out without making all later ones anew: `prev` tells."""
    third = decode(ANCHORS[2], Anchor)
    (found,) = checked(ENTRIES, [ANCHORS[0], encode(signed(replace(third, n=2), OLD))])
    assert (found.kind, found.anchor) == ("anchor-forged", 2)


def test_the_newest_anchor_removed_is_found_by_its_noted_hash() -> None:
    """Nothing inside a log can tell that its end was cut with the anchors over it; a hash that was noted elsewhere does."""
    noted = sha256(ANCHORS[2]).hexdigest()
    assert checked(ENTRIES[:4], ANCHORS[:2]) == []
    (found,) = checked(ENTRIES[:4], ANCHORS[:2], noted=noted)
    assert (found.kind, found.first) == ("anchor-removed", 3)
    assert checked(ENTRIES, ANCHORS, noted=noted) == []


def test_all_anchors_removed_is_found() -> None:
    """Who gives a key expects anchors."""
    assert [each.kind for each in checked(ENTRIES, [])] == ["anchor-removed"]


def test_keys_are_followed_from_the_first() -> None:
    """The second anchor hands on to another key; the first public key is enough to verify all."""
    steps = [ENTRIES[:2], ENTRIES[2:4], ENTRIES[4:]]
    rotated = anchored(steps, rotate=(2, NEW))
    assert checked(ENTRIES, rotated) == []
    assert [each.kind for each in checked(ENTRIES[:-1], rotated)] == ["cut"]
    third = decode(ANCHORS[2], Anchor)
    old_again = encode(signed(replace(third, prev=sha256(rotated[1]).hexdigest()), OLD))
    assert {each.kind for each in checked(ENTRIES, [*rotated[:2], old_again])} >= {"anchor-forged"}
    stolen = anchored(steps, key=NEW)
    assert [each.first for each in checked(ENTRIES, stolen) if each.kind == "anchor-forged"] == [1, 2, 3]


def printed(path: Path, *, anchors: Iterable[bytes] = (), places: bool = True) -> Path:
    """A file as `export` prints it; without places as `agents judge` does."""
    lines = [command.Line("anchors", Raw(value), None, 0, n) for n, value in enumerate(anchors)]
    for n, entry in enumerate(ENTRIES):
        lines.append(command.Line("audit", Raw(encode(entry)), entry.alert, *((0, n) if places else ())))
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
    assert (found[0]["place"], found[1]["alert"], found[1]["first"]) == ("line 9", *PLACES[-1])
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
