"""Files of an archive past their ceiling: what is deleted, what is held, and that every proof still holds."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from agents.audit.opened.anchors import AnchoredFile
from agents.audit.opened.archived import verify_archive
from streams.archive import files, manifests
from streams.archive.expired import EXPIRED, read_expired
from streams.archive.files import Chunk, newest_offset, read_partition
from streams.archive.manifests import MANIFEST, SALT, Manifests, manifests_of
from streams.command import Trouble
from streams.directory.keeping import ceiling_of
from streams.messages import DAY, Alert, Evidence, Link, Place
from streams.messages.outputs.order import Linked
from streams.retention.command import archive_row
from streams.retention.expiry import Allowed, delete, due
from streams.retention.holds import Held, held
from streams.signing.machine.part import Part
from streams.signing.proofs.manifest import read_manifest
from tests.support.events import START, tick
from tests.support.orders.records import INSTRUMENT, order
from tests.support.proofs.sealed import KAFKA, TOPIC, SealedLog, part
from tests.support.town import alert

LOG = SealedLog()
NAMES = [f"{TOPIC}/0/{first:020d}-{first + 9:020d}" for first in (0, 10, 20)]
CEILING = 20 * 365 + 5
"""档案法实施条例 第二十条: twenty years, of which five are leap years."""

LATER = KAFKA + (CEILING + 1) * DAY
NOTHING: Held = {}
AGREED = {f"{TOPIC}/0": Allowed(1_000, "0" * 32, "移交〔2046〕1号")}
"""What two persons have agreed to: all of the partition."""


PAST = "past its ceiling: --propose it, another person consents, --apply deletes it"


def archive(root: Path, opened: bool = True) -> None:
    """An archive of three files, the newest record of which is of KAFKA."""
    beside = Manifests(part(LOG.roots.logid, LOG.archiver) if opened else Part()).write
    for first in (0, 10, 20):
        chunk = Chunk(0.0)
        for offset in range(first, first + 10):
            chunk.add(offset, KAFKA - 30 + offset, b"station", b'{"o3":%d}' % offset)
        files.write(root, TOPIC, 0, chunk, beside)


def anchored(root: Path) -> dict[str, AnchoredFile]:
    """The manifests as an anchor has them."""
    return {name: AnchoredFile(read_manifest(path.read_bytes())[0].hash(), 1, KAFKA) for name, path in manifests_of(root)}


def offsets(root: Path) -> list[int]:
    """The offsets that are left."""
    return [record[0] for records in read_partition(root, TOPIC, 0) for record in records]


def test_nothing_is_due_up_to_the_ceiling(tmp_path: Path) -> None:
    """On the last day of the twenty years nothing goes; the day after the older files, and never the newest one."""
    archive(tmp_path)
    ceiling = ceiling_of("environment")
    assert ceiling is not None
    assert ceiling.days == CEILING
    (before,), (after,) = due(tmp_path, KAFKA - 30 + CEILING * DAY, NOTHING), due(tmp_path, LATER, NOTHING)
    assert before.due == ()
    assert [path.stem for path, _ in after.due] == [name.rpartition("/")[2] for name in NAMES[:2]]
    assert archive_row(after, applied=False)["verdict"] == PAST
    assert offsets(tmp_path) == list(range(30))


def test_what_is_deleted_leaves_its_digest_and_the_rest_reads_on(tmp_path: Path) -> None:
    """The file and its own key are gone; its digest stays, the archive is read from there on, and goes on at its end."""
    archive(tmp_path, opened=False)
    delete(tmp_path, LATER, NOTHING, AGREED)
    assert (offsets(tmp_path), newest_offset(tmp_path, TOPIC, 0)) == (list(range(20, 30)), 29)
    told = read_expired(tmp_path, NAMES[0])
    assert told is not None
    assert (told.file, told.rows, told.days, len(told.digest)) == (NAMES[0], 10, CEILING, 64)
    assert (told.proposal, told.handed) == ("0" * 32, "移交〔2046〕1号")
    assert "第二十条" in told.law
    assert due(tmp_path, LATER, NOTHING)[0].due == ()


def test_the_chain_of_proofs_holds(tmp_path: Path) -> None:
    """Manifests stay, signed and anchored; the audit finds nothing, even after the archive has cleaned up at its start."""
    archive(tmp_path)
    known = anchored(tmp_path)
    delete(tmp_path, LATER, NOTHING, AGREED)
    manifests.clean(tmp_path)
    gone = tmp_path / NAMES[0]
    assert gone.with_suffix(MANIFEST).exists()
    assert not gone.with_suffix(SALT).exists()
    assert not gone.with_suffix(".parquet").exists()
    assert list(verify_archive(tmp_path, LOG.trust, known, LATER)) == []


def test_a_deletion_before_the_ceiling_is_found(tmp_path: Path) -> None:
    """Whoever puts such a note beside a younger file that he removed is found: the anchor says how old it was."""
    archive(tmp_path)
    known = anchored(tmp_path)
    delete(tmp_path, LATER, NOTHING, AGREED)
    early = list(verify_archive(tmp_path, LOG.trust, known, KAFKA + CEILING * DAY - 1))
    assert [(finding.kind, finding.of) for finding in early] == [("file-removed", name) for name in NAMES[:2]]
    (tmp_path / f"{NAMES[1]}{EXPIRED}").unlink()
    (bare,) = verify_archive(tmp_path, LOG.trust, known, LATER)
    assert (bare.kind, bare.message) == ("file-removed", "the file is not there")


def test_an_open_alert_holds_its_evidence_and_what_is_behind_it(tmp_path: Path) -> None:
    """The first file goes, the second has evidence of an open alert; a missing case or order lets it go."""
    archive(tmp_path)
    proof = Evidence(place=Place(TOPIC, 0, 14), sha256="0" * 64, at="", value=None)
    opened = alert("live", 1, START, evidence=(proof,), place=Place(TOPIC, 0, 29))
    (found,) = due(tmp_path, LATER, held([opened], []))
    assert ([path.stem for path, _ in found.due], found.held) == ([NAMES[0].rpartition("/")[2]], f"alert {opened.id} is open")
    ended = replace(opened, state="A", active=False)
    assert len(due(tmp_path, LATER, held([ended], []))[0].due) == 2


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"closed_at": "2026-12-01T00:00:00+08:00"}, False),
        ({"closed_at": "2026-12-01T00:00:00+08:00", "instruments": (INSTRUMENT,)}, True),
        ({"closed_at": "2026-12-01T00:00:00+08:00", "instruments": (replace(INSTRUMENT, end="complied"),)}, False),
    ],
)
def test_an_order_holds_the_evidence_of_its_alerts(changes: dict[str, Any], holds: bool, tmp_path: Path) -> None:
    """Until it is closed, and then while an instrument (执法文书) waits for its end: reconsideration and suit may follow."""
    archive(tmp_path)
    ended: Alert = alert("live", 1, START, state="A", active=False, place=Place(TOPIC, 0, 3), evidence=())
    link = Link(domain="environment", subject="s", alert=ended.id, occurrence=1, order="1", number="1")
    about = order(1, alerts=(Linked(link=link, active=False),), **changes)
    (found,) = due(tmp_path, LATER, held([ended], [about]))
    assert (found.due == ()) is holds
    assert bool(found.held) is holds


def test_the_later_of_stamp_and_tick_counts(tmp_path: Path) -> None:
    """A file whose broker had a slow clock is as old as the ticks in it say; nothing goes before its floor."""
    for first, at in ((0, START), (10, START)):
        chunk = Chunk(0.0)
        for offset in range(first, first + 10):
            chunk.add(offset, 0, None, tick(at))
        files.write(tmp_path, TOPIC, 0, chunk)
    assert due(tmp_path, START + CEILING * DAY, NOTHING)[0].due == ()
    assert len(due(tmp_path, START + CEILING * DAY + 1, NOTHING)[0].due) == 1


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """Who redacts or deletes has the archive for himself."""
    archive(tmp_path)
    with files.locked(tmp_path, ".redact.lock"), pytest.raises(Trouble, match="another process"):
        delete(tmp_path, LATER, NOTHING, AGREED)
