"""Refused records taken out of an archive: judging it stays equal, and nothing else can be taken out so (A41, C35)."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
import pyarrow.parquet as pq
import pytest

from agents.audit.opened.archived import verify_redacted
from agents.core.alerts.fold import Fold
from agents.core.incidents.fold import Incidents
from agents.offline.judge import judge_attested
from agents.offline.redact import digest_of, redact
from agents.rulebook.grouping import sound_grouping
from agents.stages import Basis, stage_of
from streams.archive import files, manifests
from streams.archive.files import Chunk, read_partition
from streams.archive.manifests import Manifests, manifests_of
from streams.archive.redaction import redact_file, stubs_in
from streams.command import Trouble
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    REVISED,
    DecodeError,
    Quality,
    Redacted,
    Stub,
    decode_event,
    encode,
    event_bytes,
    format_time,
    tick_of,
)
from streams.signing.machine.part import Part
from streams.signing.proofs.manifest import read_manifest
from tests.support.events import START, STATION, Record, act, clean, hour, records, registered, tick
from tests.support.pure.day import BOOK, TOPIC, aired
from tests.support.signed_log import ADMIN, REGISTRAR, SCREEN, SignedLog, event
from tests.support.signed_log import TOPIC as SIGNED
from tests.support.signing import Hand
from tests.support.town import alert

PHONE = b"13800138000"
ADOPTED = event_bytes(
    type="book.adopted", source="t", id="b", time=format_time(START), data={"book": "0" * 64, "reason": "x", "by": "x"}
)
REFUSED = [
    b"not json " + PHONE,
    b'{"specversion":"1.0","id":"' + PHONE + b'"}',
    aired(kind="environment.moon_phase", data={"o3": 41, "tel": PHONE.decode()}),
    aired(time="yesterday"),
    aired(data={"o3": "forty"}),
    aired(data={"o3": -3}),
    aired(time=format_time(START - 2 * DAY)),
    aired(time=format_time(START + HOUR)),
    aired(subject="air.410100.nobody"),
    act("0" * 32),
    b" " * 65_537,
    hour(START, o3=41),
    hour(START, o3=99),
    ADOPTED,
]
REASONS = {
    "not-json",
    "not-cloudevent",
    "unknown-type",
    "bad-time",
    "malformed-data",
    "out-of-range",
    "late",
    "future",
    "key-mismatch",
    "unknown-alert",
    "too-big",
    "duplicate",
    "conflict",
}
KEPT = [hour(START + HOUR, o3=40, so2="x", odd=1), hour(START + HOUR, o3=41, so2=7)]
"""A field undeclared and one bad, the rest judged; the second report brings the bad one, and is a conflict in another."""
BASIS = Basis(BOOK, sound_grouping(BOOK.rules))
ALERT = alert("environment", 1, START)
REVISION = event_bytes(
    type=REVISED, source="judge", id=ALERT.id, time=ALERT.changed_at, subject=ALERT.adcode[:4] + "00", data=ALERT
)


def days() -> list[Record]:
    """Bad input of every kind on the first day, on the 20th of them one kind again; 31 days of ticks."""
    values = [b"before any tick " + PHONE, registered(), tick(START), hour(START, o3=41), *REFUSED, tick(START + HOUR), *KEPT]
    values += [tick(START + n * DAY) for n in range(1, 32)]
    values.insert(-10, b"young " + PHONE)
    values += [clean(START + 31 * DAY, o3=250)]
    return list(records(values))


def cities() -> list[Record]:
    """The same of the incidents' input."""
    values = [REVISION, b"garbage " + PHONE, REVISION, aired(), tick(START), tick(START + 31 * DAY)]
    return [
        (n, None if b"clock.tick" in value else (ALERT.adcode[:4] + "00").encode(), value) for n, value in enumerate(values)
    ]


def archived(root: Path, topic: str, given: Sequence[Record], beside: files.Beside = lambda *_: None) -> None:
    """An archive of some records, in two files."""
    for part in (given[: len(given) // 2], given[len(given) // 2 :]):
        chunk = Chunk(0.0)
        for offset, key, value in part:
            chunk.add(offset, START + offset, key, value)
        files.write(root, topic, 0, chunk, beside)


def judged(root: Path, topic: str, basis: Basis = BASIS) -> tuple[list[bytes], list[tuple[bytes, bytes | None]]]:
    """Outputs and state of an archive's partition."""
    stage = stage_of(basis, topic, 0)
    assert isinstance(stage, Fold | Incidents)
    return [encode(out) for batch in read_partition(root, topic, 0) for out in stage.run(batch)], stage.snapshot()


def told(outputs: Iterable[bytes]) -> set[bytes]:
    """The quality records of a log, as its topic has them."""
    return {digest_of(each) for each in outputs if b'"reason"' in each}


def rows(root: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Every row of an archive as it stands in the files, by topic and offset."""
    found = [row for path in sorted(root.glob("*/*/*.parquet")) for row in pq.read_table(path).to_pylist()]
    return {(row["topic"], row["offset"]): row for row in found}


def test_judging_is_equal_before_and_after(tmp_path: Path) -> None:
    """A41: of thirteen reasons, in both stages: the outputs, and the state, are the same bytes; no byte of a record is left."""
    archived(tmp_path, TOPIC, days())
    archived(tmp_path, "test.events.incidents", cities())
    before = [judged(tmp_path, topic) for topic in (TOPIC, "test.events.incidents")]
    qualities = [msgspec.json.decode(each, type=Quality) for each in before[0][0] if b'"reason"' in each and b'"size"' in each]
    assert {each.reason for each in qualities} >= REASONS
    log = told(before[0][0] + before[1][0])
    assert redact(BASIS, tmp_path, log) == (len(REFUSED) + 1 + 2, 3)
    assert [judged(tmp_path, topic) for topic in (TOPIC, "test.events.incidents")] == before
    stubs = [row for row in rows(tmp_path).values() if row.get("redacted")]
    assert all(row["key"] is None and row["value"] is None for row in stubs)
    assert [row["value"] for row in rows(tmp_path).values() if PHONE in repr(row).encode()] == [b"young " + PHONE]
    assert redact(BASIS, tmp_path, log) == (0, 0), "a second time there is nothing to do"


def test_what_is_young_or_judged_or_not_told_by_the_log_stays(tmp_path: Path) -> None:
    """30 days of the log's time; of a record with a flaw the rest is judged; what the log does not tell of may be good."""
    archived(tmp_path, TOPIC, days())
    log = told(judged(tmp_path, TOPIC)[0])
    assert redact(BASIS, tmp_path, set()) == (0, 0)
    assert redact(BASIS, tmp_path, log, days=31) == (0, 0)
    redact(BASIS, tmp_path, log)
    left = [row["value"] for row in rows(tmp_path).values()]
    assert set(KEPT) <= set(left)
    assert hour(START, o3=41) in left


def test_a_stub_through_kafka_is_garbage(tmp_path: Path) -> None:
    """C35: bytes that look like a stub, or like a row with one, are no CloudEvent, as any other garbage."""
    stub = Stub(reason="late", rule="DQ-01", field="", message="", owner="zz-ee", type="", subject="", size=1)
    forged = [encode(stub), encode({"redacted": stub}), repr(Redacted(stub)).encode(), b""]
    archived(tmp_path, TOPIC, list(records([registered(), tick(START), *forged])))
    found = [msgspec.json.decode(each, type=Quality) for each in judged(tmp_path, TOPIC)[0]]
    assert [each.reason for each in found] == ["not-cloudevent", "not-cloudevent", "not-json", "not-json"]
    assert [each.size for each in found] == [len(value) for value in forged]
    assert tick_of(Redacted(stub)) is None
    assert Fold(BOOK, TOPIC, 0).adopts(0, None, Redacted(stub)) is None


def killing(*_: object) -> None:
    """The process ends here."""
    raise KeyboardInterrupt


def test_killed_before_the_rename_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that was there is still there; the next run clears away what was unfinished and does the work."""
    archived(tmp_path, TOPIC, days())
    before, state = judged(tmp_path, TOPIC)
    as_they_were = {path: path.read_bytes() for path in tmp_path.glob("*/*/*.parquet")}
    with monkeypatch.context() as killed:
        killed.setattr(Path, "replace", killing)
        with pytest.raises(KeyboardInterrupt):
            redact(BASIS, tmp_path, told(before))
    assert {path: path.read_bytes() for path in tmp_path.glob("*/*/*.parquet")} == as_they_were
    assert len(list(tmp_path.glob("*/*/*.redacting"))) == 1
    assert redact(BASIS, tmp_path, told(before))[0] == len(REFUSED) + 1
    assert not list(tmp_path.glob("*/*/*.redacting"))
    assert judged(tmp_path, TOPIC) == (before, state)


ARCHIVE = Hand("archive of a redacted log")


def opened(root: Path) -> tuple[SignedLog, Basis]:
    """The archive of an opened log with manifests: garbage, a forged act, an unregistered measurement, a signed bad fact."""
    made = SignedLog()
    made.series.append(made.key(ARCHIVE, "archive", may=["manifest"], roles=[]))
    values = [
        *made.start,
        made.written(registered(), REGISTRAR),
        made.tick(START),
        b"garbage " + PHONE,
        act("0" * 32),
        made.written(act("0" * 32, id="2"), SCREEN),
        aired(subject="air.410100.nobody"),
        aired(data={"o3": "forty"}),
        made.both(event("clock.resumed", START + 32 * DAY, {"last": format_time(START)}), ADMIN),
        made.chain(START + 32 * DAY),
    ]
    values += [made.tick(START + 32 * DAY + n * MINUTE) for n in (1, 2)]
    given = [(n, _key(value), value) for n, value in enumerate(values)]
    archived(root, SIGNED, given, Manifests(Part(made.logid, cast("Any", ARCHIVE))).write)
    return made, Basis(BOOK)


def _key(value: bytes) -> bytes | None:
    try:
        subject = decode_event(value).subject
    except DecodeError:
        return STATION.encode()
    return (STATION if subject.endswith("nobody") else subject).encode() or None


def faults(root: Path) -> list[str]:
    """What is wrong with the files by their manifests."""
    found = [
        manifests.file_fault(root, name, read_manifest(path.read_bytes())[1], "sha256") for name, path in manifests_of(root)
    ]
    return [each.message for each in found if each]


def test_of_an_opened_log_the_manifests_still_verify(tmp_path: Path) -> None:
    """The stub keeps the leaf; what is counted and told now and then (a forged act) or uses up a number stays as it is."""
    _, basis = opened(tmp_path)
    before = judged(tmp_path, SIGNED, basis)
    attested = [encode(each) for each in judge_attested(basis, tmp_path, lambda _: None)]
    assert redact(basis, tmp_path, told(before[0])) == (3, 1)
    assert faults(tmp_path) == []
    assert judged(tmp_path, SIGNED, basis) == before
    assert [encode(each) for each in judge_attested(basis, tmp_path, lambda _: None)] == attested
    stubs = [stub for path in sorted(tmp_path.glob("*/*/*.parquet")) for stub in stubs_in(path).values()]
    assert [stub.reason for stub in stubs] == ["not-json", "key-mismatch", "malformed-data"]


def test_another_leaf_or_a_stub_in_the_place_of_a_good_record_is_found(tmp_path: Path) -> None:
    """The leaf binds offset, time, key and value of what stood there; why it was refused, the log's quality records tell."""
    _, basis = opened(tmp_path)
    outputs = judged(tmp_path, SIGNED, basis)[0]
    redact(basis, tmp_path, told(outputs))
    counted: list[int] = []
    assert list(verify_redacted(tmp_path, outputs, counted.append)) == []
    assert counted == [3]
    path = next(path for path in sorted(tmp_path.glob("*/*/*.parquet")) if stubs_in(path))
    genuine, (offset, stub) = path.read_bytes(), next(iter(stubs_in(path).items()))
    changed = pq.read_table(path)
    column = changed.column_names.index("redacted")
    for other, by_manifest in (
        (msgspec.structs.replace(stub, leaf="00" * 32), 1),
        (msgspec.structs.replace(stub, reason="late"), 0),
    ):
        told_of = [
            encode(other) if n == offset - changed["offset"][0].as_py() else each
            for n, each in enumerate(changed["redacted"].to_pylist())
        ]
        pq.write_table(changed.set_column(column, "redacted", [told_of]), path)
        assert len(faults(tmp_path)) == by_manifest
        found = [each.place for each in verify_redacted(tmp_path, outputs, counted.append)]
        assert found == ([] if by_manifest else [f"{SIGNED}/0/{offset}"])
    path.write_bytes(genuine)
    good = next(row for row in rows(tmp_path).values() if row["value"] and b"environment.registered" in row["value"])
    there = next(
        each for each in sorted(tmp_path.glob("*/*/*.parquet")) if good["offset"] in pq.read_table(each)["offset"].to_pylist()
    )
    assert redact_file(tmp_path, there, {good["offset"]: stub}) == 1
    assert faults(tmp_path) == []
    assert [each.place for each in verify_redacted(tmp_path, outputs, counted.append)] == [f"{SIGNED}/0/{good['offset']}"]


def test_a_file_that_is_not_that_of_its_manifest_is_left(tmp_path: Path) -> None:
    """Else a stub would hide that a record was edited; the file stays as it is, with a sentence."""
    _, basis = opened(tmp_path)
    outputs = judged(tmp_path, SIGNED, basis)[0]
    path = next(
        path for path in sorted(tmp_path.glob("*/*/*.parquet")) if PHONE in repr(pq.read_table(path).to_pylist()).encode()
    )
    table = pq.read_table(path)
    moved = [1 if n == 0 else at for n, at in enumerate(table["timestamp"].to_pylist())]
    pq.write_table(table.set_column(table.column_names.index("timestamp"), table.schema.field("timestamp"), [moved]), path)
    edited = path.read_bytes()
    with pytest.raises(Trouble, match="is not redacted: a record in it was edited"):
        redact(basis, tmp_path, told(outputs))
    assert path.read_bytes() == edited
