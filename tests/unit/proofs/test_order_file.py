"""The file of an order is verified by the program that stands alone: what was changed in it, or beside its log, is found."""

import io
import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.core.trail import OpenedLog
from agents.evidence import verify
from agents.evidence.order_command import standing, trail_of
from agents.evidence.order_proof import proof_files
from streams.messages import MINUTE, Place
from streams.messages.orders import File, LegalInstrument
from streams.orders.matter_file import write_file
from tests.support.events import START, tick
from tests.support.orders import ordered
from tests.support.orders.ordered import ORDER
from tests.support.proofs.sealed import TOPIC, SealedLog

PHOTO = b"\xff\xd8\xff" + b"photo" * 100
FILE = File(digest=sha256(PHOTO).hexdigest(), size=len(PHOTO), type="image/jpeg")
CASE = LegalInstrument(
    kind="case", number="41018220260007", organ="zz-amr", officers=("A1", "A2"), served="direct", served_at=ordered.AT
)
Files = dict[str, bytes]


def lived(name: str = "live", instruments: tuple[LegalInstrument, ...] = ()) -> SealedLog:
    """An order that was issued, signed, and to which a photograph was put; the second of two anchors closes a day."""
    made = SealedLog(name)
    place = [Place(TOPIC, 0, offset) for offset in range(4)]
    more = {"files": (FILE,), "instruments": instruments}
    steps = ordered.chain(
        OpenedLog(made.roots.logid),
        (ordered.order(place[0]), "issue"),
        (ordered.line(place[0]), "issue"),
        (ordered.line(place[2], "signed"), "sign"),
        (replace(ordered.order(place[3], "handling"), **more), "file"),
        said={"file": {"digest": FILE.digest, "size": str(FILE.size), "type": FILE.type}},
    )
    for n, outputs in enumerate(steps):
        made.judge(tick(START + n * MINUTE))
        made.write(outputs)
        if n in {1, 3}:
            made.seal()
            made.anchor(*(["2026-06-02T00:00:30+08:00"] if n == 3 else []), **({"day": "2026-06-01"} if n == 3 else {}))
    return made


def filed(made: SealedLog) -> bytes:
    """The zip, as the command makes it."""
    order, lines = standing(ORDER, iter(made.topics["orders"]))
    trail = trail_of(ORDER, iter(made.topics["order-audit"]))
    target = io.BytesIO()
    proof = proof_files(ORDER, made.roots.logid, made.read)
    write_file(target, order, lines, trail, lambda _: [PHOTO], proof)
    return target.getvalue()


def unpacked(value: bytes) -> Files:
    """What is in a zip."""
    with zipfile.ZipFile(io.BytesIO(value)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed_again(files: Files, *, listed: bool = True) -> bytes:
    """A zip of these files; `listed`: whoever has changed them has made the list of digests anew too."""
    if listed:
        lines = (f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files) if name != "digests.txt")
        files = files | {"digests.txt": "".join(lines).encode()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name, value in files.items():
            packed.writestr(name, value)
    return target.getvalue()


LOG = lived()
FILED = filed(LOG)


@pytest.mark.parametrize("instruments", [(), (CASE,)])
def test_the_file_of_an_order_is_verified_alone(instruments: tuple[LegalInstrument, ...]) -> None:
    """Intact, of the log whose id was given, complete until the day's anchor; with two volumes (程序规定 78) as well."""
    made = lived(instruments=instruments)
    note = made.topics["anchors"][3]
    found = verify.verified(filed(made), made.roots.logid, note)
    assert (found.intact, found.origin) == ([], [])
    assert found.complete.startswith("2026-06-02T00:00:30+08:00 (anchor 2): entry 4 was the newest then, 0 follow")
    assert found.said[0].startswith("4 entries, 4 sealed, 4 anchored")


def test_its_command_line_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 of what is whole, 1 of a file with one byte changed."""
    whole, changed = tmp_path / "whole.zip", tmp_path / "changed.zip"
    whole.write_bytes(FILED)
    changed.write_bytes(FILED.replace(b"photophoto", b"photophotO", 1))
    assert verify.main([str(whole), "--log-id", LOG.roots.logid]) == 0
    assert "yes 是" in capsys.readouterr().out
    assert verify.main([str(changed), "--log-id", LOG.roots.logid]) == 1


@pytest.mark.parametrize("name", sorted(unpacked(FILED)))
def test_one_changed_byte_of_any_file_is_found(name: str) -> None:
    """By the list of digests alone, wherever it is."""
    files = unpacked(FILED)
    files[name] = bytes([files[name][0] ^ 1]) + files[name][1:]
    assert verify.verified(packed_again(files, listed=False), LOG.roots.logid).intact


@pytest.mark.parametrize(
    "name", [each for each in sorted(unpacked(FILED)) if each.startswith(("proof/", "trail/", "originals/"))]
)
def test_a_changed_byte_is_found_though_the_list_was_made_anew(name: str) -> None:
    """Of every proof, entry and original: signatures, hashes and trees say it, whatever `digests.txt` says."""
    files = unpacked(FILED)
    middle = len(files[name]) // 2
    files[name] = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]
    assert verify.verified(packed_again(files), LOG.roots.logid).intact


def other_original(files: Files) -> None:
    """Another photograph, under its own digest."""
    del files[next(name for name in files if name.startswith("originals/"))]
    files[f"originals/{sha256(b'other').hexdigest()}.jpg"] = b"other"


def cut_trail(files: Files) -> None:
    """The newest entry is gone."""
    del files["trail/000004.json"]


def other_state(files: Files) -> None:
    """The order says that it was closed."""
    files["order.json"] = files["order.json"].replace(b'"handling"', b'"closed"')


def other_unit(files: Files) -> None:
    """The line says that another body received it."""
    files["lines/1.json"] = files["lines/1.json"].replace(b"zz-ecology", b"zz-market")


def no_order(files: Files) -> None:
    """The order itself is gone."""
    del files["order.json"]


def no_anchor(files: Files) -> None:
    """An anchor is gone."""
    del files["proof/anchors/00000001.txt"]


def other_order(files: Files) -> None:
    """The proof says that it is another order's."""
    about = json.loads(files["proof/proof.json"]) | {"order": "ff" * 16}
    files["proof/proof.json"] = json.dumps(about).encode()


def twice(files: Files) -> None:
    """An entry stands in two volumes."""
    files["2-副卷/trail/000001.json"] = files["trail/000001.json"]


def spoilt_note(files: Files) -> None:
    """The note is none."""
    files["proof/note.txt"] = b"no note"


@pytest.mark.parametrize(
    "attack",
    [other_original, cut_trail, other_state, other_unit, no_order, no_anchor, other_order, twice, spoilt_note],
)
def test_who_remakes_the_list_is_found_by_what_is_signed(attack: Callable[[Files], None]) -> None:
    """Originals, order, lines and trail hang on seals and anchors, not on the list."""
    files = unpacked(FILED)
    attack(files)
    assert verify.verified(packed_again(files), LOG.roots.logid).intact


def test_the_file_of_another_log_is_of_unknown_origin() -> None:
    """Whole in itself, and not of the log whose id was given."""
    other = lived("other")
    found = verify.verified(filed(other), LOG.roots.logid)
    assert (found.intact, bool(found.origin)) == ([], True)


def test_an_order_that_no_anchor_holds_has_no_proof() -> None:
    """The zip says so, and the program that it is no case."""
    made = SealedLog()
    assert proof_files(ORDER, made.roots.logid, made.read) == {}
    files = {name: value for name, value in unpacked(FILED).items() if not name.startswith("proof/")}
    assert verify.verified(packed_again(files), LOG.roots.logid).intact
