"""Manifests of archived files: whatever is done to a file of an opened log is found (C20)."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from agents.audit.opened.anchors import AnchoredFile
from agents.audit.opened.archived import bare, verify_archive
from streams.archive import files, manifests
from streams.archive.files import Chunk
from streams.archive.manifests import Manifests, manifests_of
from streams.signing.machine.part import Part
from streams.signing.proofs.manifest import LABEL, Manifest, read_manifest, row_leaf
from streams.signing.proofs.reading import read_series
from streams.signing.state import Trust
from streams.signing.verify import verify
from tests.support.proofs.sealed import KAFKA, TOPIC, SealedLog, part
from tests.support.signing import Hand

LOG = SealedLog()
NAMES = [f"{TOPIC}/0/{first:020d}-{first + 9:020d}" for first in (0, 10)]


def chunk(first: int, rows: int = 10) -> Chunk:
    """Records of a partition from an offset on."""
    made = Chunk(0.0)
    for offset in range(first, first + rows):
        made.add(offset, 1_780_272_000_000 + offset, b"station", b'{"o3":%d}' % offset)
    return made


def archive(root: Path) -> dict[str, AnchoredFile]:
    """An archive of two files, both anchored."""
    beside = Manifests(part(LOG.roots.logid, LOG.archiver)).write
    for first in (0, 10):
        files.write(root, TOPIC, 0, chunk(first), beside)
    return {name: AnchoredFile(read_manifest(path.read_bytes())[0].hash(), 1, KAFKA) for name, path in manifests_of(root)}


def found(root: Path, anchored: dict[str, AnchoredFile]) -> list[tuple[str, str]]:
    """Class and place of each finding."""
    return [(finding.kind, finding.of) for finding in verify_archive(root, LOG.trust, anchored)]


def test_an_archive_that_nobody_touched_is_intact(tmp_path: Path) -> None:
    """Both files fit their manifests, whose keys only their owner may read; one with holes too."""
    anchored = archive(tmp_path)
    holed = chunk(25, 3)
    holed.holes = [(20, 24)]
    files.write(tmp_path, TOPIC, 0, holed, Manifests(part(LOG.roots.logid, LOG.archiver)).write)
    assert (list(anchored), found(tmp_path, anchored), bare(tmp_path)) == (NAMES, [], 0)
    assert (tmp_path / f"{NAMES[0]}.salt").stat().st_mode & 0o077 == 0


def rewritten(path: Path, change: Callable[[dict[str, list[object]]], None]) -> None:
    """The file with other columns, as somebody writes it who has no key."""
    table = pq.read_table(path)
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    change(columns)
    pq.write_table(table.from_pydict(columns, schema=table.schema), path)


def without(columns: dict[str, list[object]]) -> None:
    """A row less."""
    for column in columns.values():
        del column[4]


def swapped(columns: dict[str, list[object]]) -> None:
    """Two values in each other's place."""
    values = columns["value"]
    values[3], values[4] = values[4], values[3]


def edited(columns: dict[str, list[object]]) -> None:
    """A value changed."""
    columns["value"][4] = b'{"o3":1}'


def moved_in_time(columns: dict[str, list[object]]) -> None:
    """The broker's stamp changed."""
    columns["timestamp"][4] = 1


@pytest.mark.parametrize("change", [without, swapped, edited, moved_in_time, lambda _: None])
def test_a_row_deleted_swapped_or_edited_is_found(change: Callable[[dict[str, list[object]]], None], tmp_path: Path) -> None:
    """C20: the root of the rows differs; where all rows are the same and the file was written anew, its digest does."""
    anchored = archive(tmp_path)
    rewritten(tmp_path / f"{NAMES[1]}.parquet", change)
    assert found(tmp_path, anchored) == [("file-changed", NAMES[1])]


def test_which_row_is_missing_is_said(tmp_path: Path) -> None:
    """By the gap in the offsets."""
    anchored = archive(tmp_path)
    rewritten(tmp_path / f"{NAMES[1]}.parquet", without)
    (finding,) = verify_archive(tmp_path, LOG.trust, anchored)
    assert finding.message == "it holds 9 records, its manifest 10; the one of offset 14 is missing"


def test_a_file_rewritten_whole_with_its_manifest_is_found(tmp_path: Path) -> None:
    """C20: with the archive's own key a new manifest fits the new file, and not the anchor; with any other it is forged."""
    anchored = archive(tmp_path)
    for hand in (LOG.archiver, Hand("somebody")):
        other = chunk(10)
        other.values[0] = b'{"o3":1}'
        files.write(tmp_path, TOPIC, 0, other, Manifests(part(LOG.roots.logid, hand)).write)
        assert found(tmp_path, anchored) == [("manifest-forged", NAMES[1])]


def test_a_manifest_counts_as_old_as_its_anchor(tmp_path: Path) -> None:
    """The archive's key ended: what an anchor from before has is intact, what none has, or a later one, may be of any day."""
    made = SealedLog()
    beside = Manifests(part(made.roots.logid, made.archiver)).write
    for first in (0, 10, 20):
        files.write(tmp_path, TOPIC, 0, chunk(first), beside)
    hashes = [(name, read_manifest(path.read_bytes())[0].hash()) for name, path in manifests_of(tmp_path)]
    anchored = {name: AnchoredFile(hashed, n, KAFKA + n) for n, (name, hashed) in enumerate(hashes[:2])}
    made.end(made.archiver, KAFKA + 1)
    trust = read_series(Trust(), made.roots.logid, ((each.at, each.value) for each in made.read("keys")), verify)
    findings = list(verify_archive(tmp_path, trust, anchored))
    assert [(finding.kind, finding.of) for finding in findings] == [("manifest-forged", name) for name, _ in hashes[1:]]
    assert all("the key of archive had ended" in finding.message for finding in findings)


def test_a_file_or_a_manifest_that_is_gone_is_found(tmp_path: Path) -> None:
    """Whatever of the two was removed, the anchor has it."""
    anchored = archive(tmp_path)
    (tmp_path / f"{NAMES[0]}.parquet").unlink()
    (tmp_path / f"{NAMES[1]}.manifest").unlink()
    assert found(tmp_path, anchored) == [("file-removed", name) for name in NAMES]


def test_files_in_each_others_place_are_found(tmp_path: Path) -> None:
    """Two files swapped with their manifests and keys."""
    anchored = archive(tmp_path)
    for end in ("parquet", "manifest", "salt"):
        one, two = (tmp_path / f"{name}.{end}" for name in NAMES)
        one.rename(tmp_path / "kept")
        two.rename(one)
        (tmp_path / "kept").rename(two)
    assert found(tmp_path, anchored) == [("manifest-forged", name) for name in NAMES]


def test_without_the_files_own_key_its_bytes_alone_are_verified(tmp_path: Path) -> None:
    """The leaves are salted: without the key they tell nothing of a row, and a file that is the same is the same."""
    anchored = archive(tmp_path)
    for name in NAMES:
        (tmp_path / f"{name}.salt").unlink()
    assert found(tmp_path, anchored) == []
    rewritten(tmp_path / f"{NAMES[0]}.parquet", edited)
    assert found(tmp_path, anchored) == [("file-changed", NAMES[0])]


def test_a_leaf_depends_on_every_part_of_a_row() -> None:
    """Key, offset, time, key of the record and value; absent is not empty."""
    given = [
        (b"1" * 32, 1, 2, b"k", b"v"),
        (b"2" * 32, 1, 2, b"k", b"v"),
        (b"1" * 32, 2, 2, b"k", b"v"),
        (b"1" * 32, 1, 3, b"k", b"v"),
        (b"1" * 32, 1, 2, None, b"v"),
        (b"1" * 32, 1, 2, b"", b"v"),
        (b"1" * 32, 1, 2, b"k", None),
    ]
    leaves = [row_leaf("sha256", *row) for row in given]
    assert all(one != two for one, two in itertools.combinations(leaves, 2))


def test_a_log_that_was_never_opened_has_files_alone(tmp_path: Path) -> None:
    """No manifest, no key; what a killed process left beside no file is cleared away."""
    path = files.write(tmp_path, TOPIC, 0, chunk(0), Manifests(Part()).write)
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert bare(tmp_path) == 1
    archive(tmp_path)
    (tmp_path / f"{NAMES[1]}.parquet").unlink()
    manifests.clean(tmp_path)
    assert not list(tmp_path.glob(f"{NAMES[1]}.*"))


def test_a_manifest_is_lines_of_text() -> None:
    """Label, lines in their order, the key, a blank line, the signature; any other order is none."""
    made = Manifest(
        logid=LOG.roots.logid, file=NAMES[0], rows=10, root="00" * 32, holes=((3, 4),), failed=(7,), size=5, digest="11" * 32
    )
    stored = made.stored(LOG.archiver)
    first, *lines = stored.decode().split("\n")
    assert first == LABEL
    assert [line.split(" ")[0] for line in lines[:-3]] == ["log", "file", "rows", "holes", "failed", "bytes", "key"]
    assert read_manifest(stored)[1] == made
    assert read_manifest(replace(made, holes=(), failed=()).stored(LOG.archiver))[1].holes == ()
    with pytest.raises(ValueError, match="order"):
        read_manifest(stored.replace(b"holes 3 4\nfailed 7\n", b"failed 7\nholes 3 4\n"))
