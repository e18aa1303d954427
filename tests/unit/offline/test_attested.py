"""Judging an archive with the verdicts of its manifests: the same bytes as verifying all, or a refusal in a sentence (A21)."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from agents.offline.judge import judge_archive, judge_attested
from agents.stages import Basis
from streams.archive import files
from streams.archive.files import Chunk
from streams.archive.manifests import Manifests, manifests_of
from streams.archive.verdicts import holds
from streams.command import Trouble
from streams.kafka.series import folded
from streams.messages import MINUTE, decode_event, encode
from streams.signing.envelope import envelope_bytes
from streams.signing.machine.part import Part
from streams.signing.proofs.manifest import read_manifest
from streams.signing.sign import cosigned
from streams.signing.state import Trust
from streams.signing.verify import verify
from tests.support.events import START, STATION, act, clean, registered
from tests.support.pure.alarm import BOOK, raised
from tests.support.signed_log import ADMIN, REGISTRAR, SCREEN, SECOND, TOPIC, SignedLog, event
from tests.support.signing import ED25519, Hand

ALERT = raised().id
ARCHIVE, STRANGER = Hand("archive of a signed log"), Hand("stranger")


class Asked:
    """`verify`, and how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, suite: str, public: str, preimage: bytes, signature: str) -> bool:
        """As `verify`."""
        self.times += 1
        return verify(suite, public, preimage, signature)


def log() -> SignedLog:
    """A log whose roots have adopted a key for the archive."""
    made = SignedLog()
    made.series.append(made.key(ARCHIVE, "archive", may=["manifest"], roles=[]))
    return made


def unproved(made: SignedLog, proof: str) -> bytes:
    """An adoption that is refused, so that the next event of the roots has its number."""
    n, prev = made.n, made.prev
    late = made.key(Hand("late"), "late", proof=proof)
    made.n, made.prev = n, prev
    return envelope_bytes(late)


def values(made: SignedLog) -> list[bytes]:
    """A station with an alert; genuine acts, and acts that are forged in every way that reaches a verdict or does not."""
    genuine = made.envelope(act(ALERT, id="1", reason="已派人"), SCREEN)
    forged = made.envelope(act(ALERT, id="2", reason="核实"), SCREEN)
    strange = made.envelope(act(ALERT, id="3", reason="核实"), STRANGER)
    resumed = made.envelope(event("clock.resumed", START + MINUTE, {"last": "2026-06-01T08:00:00+08:00"}), ADMIN, "*")
    escaped = envelope_bytes(replace(forged, id="4", sigseq="1000")).replace(b'"sigkid"', rb'"\u0073igkid"')
    return [
        *made.start,
        made.written(registered(), REGISTRAR),
        made.tick(START),
        clean(START, o3=230),
        envelope_bytes(genuine),
        envelope_bytes(replace(forged, sig=genuine.sig)),
        escaped,
        envelope_bytes(replace(forged, id="5", sig="")),
        envelope_bytes(strange),
        envelope_bytes(replace(forged, sigsuite="ed25519-sha256-tree")),
        envelope_bytes(replace(cosigned(resumed, SECOND), sig=genuine.sig)),
        envelope_bytes(replace(cosigned(resumed, SECOND), cosig=f"{ED25519}.{SECOND.kid}.{genuine.sig}")),
        made.written(act(ALERT, verb="comment", id="6", reason="复查\\n"), SCREEN),
        b"no event \\ at all",
        made.tick(START + MINUTE),
        unproved(made, genuine.sig),
    ]


def chunks(records: Sequence[bytes]) -> list[Chunk]:
    """The records in two files."""
    made, middle = [Chunk(0.0), Chunk(0.0)], len(records) - 9
    for offset, value in enumerate(records):
        try:
            key = decode_event(value).subject.encode() or None
        except ValueError:
            key = STATION.encode()
        made[offset >= middle].add(offset, START + offset, key, value)
    return made


def written(root: Path, made: SignedLog, records: Sequence[bytes], hand: Hand = ARCHIVE) -> Trust:
    """An archive of the records, with manifests; the keys by which these were looked at."""
    trust = folded((0, envelope_bytes(each)) for each in made.series).trust
    beside = Manifests(Part(made.logid, cast("Any", hand)), lambda: trust).write
    for chunk in chunks(records):
        files.write(root, TOPIC, 0, chunk, beside)
    return trust


def judged(root: Path, *, attested: bool) -> tuple[list[bytes], int, list[str]]:
    """Stored outputs, how many signatures were verified, what was told."""
    asked, said = Asked(), list[str]()
    basis = Basis(BOOK, verify=asked)
    outputs = judge_attested(basis, root, said.append) if attested else judge_archive(basis, root)
    return [encode(each) for each in outputs], asked.times, said


def test_attested_verdicts_give_the_same_bytes(tmp_path: Path) -> None:
    """A log with genuine and forged acts: every output is the same, and of the genuine ones nothing is verified again."""
    made = log()
    records = values(made)
    written(tmp_path, made, records)
    (full, all_of_them, _), (attested, few, said) = judged(tmp_path, attested=False), judged(tmp_path, attested=True)
    assert attested == full
    assert sum(b"bad-signature" in each for each in full) >= 2
    assert len(said) == 1
    assert said[0].startswith(
        "verdicts of 2 files taken from their manifests, every signature of 0 verified; log " + made.logid
    )
    assert few < all_of_them / 2, "what is left are the proofs of new keys, and what was not found to hold"


def test_a_manifest_names_what_was_not_found_to_hold(tmp_path: Path) -> None:
    """By the signature, whoever's it is; an unknown key and another suite do not hold, what is unsigned is not counted."""
    made = log()
    records = values(made)
    trust = written(tmp_path, made, records)
    begun = len(made.start)
    failed = [begun + n for n in (4, 5, 6, 7, 8, 9, 10)]
    read = [read_manifest(path.read_bytes())[1] for _, path in manifests_of(tmp_path)]
    assert [offset for each in read for offset in each.failed] == failed
    assert [holds(trust, value) for value in records].count(None) == 4  # two ticks, a measurement, no event
    assert sum(each.signed or 0 for each in read) == len(records) - 4


def test_without_keys_nothing_is_said_to_hold(tmp_path: Path) -> None:
    """An archiver that knows no key lists every signed record, and all of them are verified when they are judged."""
    made = log()
    records = values(made)
    beside = Manifests(Part(made.logid, cast("Any", ARCHIVE))).write
    for chunk in chunks(records):
        files.write(tmp_path, TOPIC, 0, chunk, beside)
    (full, times, _), (attested, again, _) = judged(tmp_path, attested=False), judged(tmp_path, attested=True)
    assert (attested, again) == (full, times)


def forged(root: Path, path: Path) -> None:
    """The genuine manifest with a failed record left out: its signature does not hold."""
    text = path.read_bytes()
    line = next(each for each in text.split(b"\n") if each.startswith(b"failed "))
    path.write_bytes(text.replace(line, b"failed"))


def of_another_file(root: Path, path: Path) -> None:
    """The manifest of the file before."""
    shutil.copy(sorted(path.parent.glob("*.manifest"))[0], path)


def another_file(root: Path, path: Path) -> None:
    """A record more in the file than its manifest is of."""
    data = path.with_suffix(".parquet")
    data.write_bytes(data.read_bytes() + b"\0")


def beside(root: Path, path: Path) -> None:
    """A file of somebody else that has no manifest, and some of the offsets of one that has."""
    genuine = path.with_suffix(".parquet")
    first, last = map(int, path.stem.split("-"))
    table = pq.read_table(genuine)
    pq.write_table(table.slice(0, table.num_rows - 1), genuine.with_name(f"{first:020d}-{last - 1:020d}.parquet"))


def beyond(root: Path, path: Path) -> None:
    """The first file's place taken by records that go beyond its name, into the offsets of the second."""
    before = sorted(path.parent.glob("*.parquet"))[0]
    before.with_suffix(".manifest").unlink()
    table = pq.read_table(before)
    pq.write_table(pa.concat_tables([table, pq.read_table(path.with_suffix(".parquet")).slice(0, 5)]), before)


def garbage(root: Path, path: Path) -> None:
    """No manifest at all."""
    path.write_bytes(b"\xff")


@pytest.mark.parametrize(
    ("attack", "why"),
    [
        (forged, "its manifest is not the archive's: its signature does not hold"),
        (of_another_file, "its manifest is that of"),
        (another_file, "its bytes are not those of its manifest"),
        (garbage, "its manifest cannot be read"),
        (beside, "its offsets begin within those of"),
        (beyond, "it holds the offsets 0 to"),
    ],
)
def test_a_manifest_that_lies_or_does_not_fit_is_refused(
    attack: Callable[[Path, Path], None], why: str, tmp_path: Path
) -> None:
    """Before anything is judged; in words that name the file and what to do."""
    made = log()
    written(tmp_path, made, values(made))
    attack(tmp_path, [path for _, path in manifests_of(tmp_path)][-1])
    with pytest.raises(Trouble, match=why) as refused:
        judged(tmp_path, attested=True)
    assert "--full" in str(refused.value)


def test_a_manifest_of_a_key_that_may_not_is_refused(tmp_path: Path) -> None:
    """Of one that was not adopted, and of another part's."""
    for hand, why in ((STRANGER, "was not adopted"), (SCREEN, "may not sign a manifest")):
        made = log()
        written(tmp_path / why, made, values(made), hand)
        with pytest.raises(Trouble, match=why):
            judged(tmp_path / why, attested=True)


def test_verdicts_of_a_key_that_has_ended_are_not_taken(tmp_path: Path) -> None:
    """It may have signed them after its end: every signature is verified, with the same outputs; nothing is refused."""
    made = log()
    records = [*values(made), envelope_bytes(made.ended(ARCHIVE, "stolen"))]
    written(tmp_path, made, records)
    (full, times, _), (attested, again, said) = judged(tmp_path, attested=False), judged(tmp_path, attested=True)
    assert (attested, again) == (full, times)
    assert said[0].startswith("verdicts of 0 files taken from their manifests, every signature of 2 verified")


def test_files_without_verdicts_are_verified(tmp_path: Path) -> None:
    """A file from before the log was opened has no manifest, and a manifest from before there were verdicts has none."""
    made = log()
    written(tmp_path, made, values(made))
    first, second = [path for _, path in manifests_of(tmp_path)]
    first.unlink()
    manifest = read_manifest(second.read_bytes())[1]
    second.write_bytes(replace(manifest, signed=None, failed=()).stored(ARCHIVE))
    (full, times, _), (attested, again, _) = judged(tmp_path, attested=False), judged(tmp_path, attested=True)
    assert (attested, again) == (full, times)


def test_a_key_is_proved_whatever_a_manifest_says(tmp_path: Path) -> None:
    """An adoption whose proof is none is refused, though its roots' signatures hold."""
    made = log()
    written(tmp_path, made, values(made))
    outputs, _, _ = judged(tmp_path, attested=True)
    assert any(b"unusable-key" in each for each in outputs)
