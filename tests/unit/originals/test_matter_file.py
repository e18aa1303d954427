"""归档: one matter, one file, the same bytes each time, with its index; a case has two volumes."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from hashlib import sha256

import pytest

from streams.messages import Text, encode
from streams.messages.orders import File, LegalInstrument, Paper
from streams.orders.matter_file import INSIDE, PUBLIC, Material, write_file
from tests.support.orders.records import WANG, entry, line, order, stamp

DATA = b"\xff\xd8\xff" + b"photo" * 1_000
PHOTO = File(
    digest=sha256(DATA).hexdigest(), size=len(DATA), type="image/jpeg", of="整改后照片", made_at="2026-11-25T09:00:00+08:00"
)
PAPER = Paper(kind="document", number="郑政督〔2026〕12号", organ="zz-gov", signed_by="张三", at="2026-11-26T10:00:00+08:00")
SPECIAL = {"number": "41018220260007", "organ": "zz-amr", "officers": ("豫A001", "豫A002"), "served": "direct"}
INSTRUMENT = LegalInstrument(kind="rectification", served_at="2026-11-27T10:00:00+08:00", **SPECIAL)  # type: ignore[arg-type]
TRAIL = [encode(entry(1, 1, "issue")), encode(entry(1, 2, "sign"))]


def filed(
    original: Iterable[bytes] | None = (DATA,), trail: Sequence[bytes] = TRAIL, **changes: object
) -> tuple[bytes, list[Material]]:
    """The zip of an order, and its index."""
    target = io.BytesIO()
    given = {"files": (PHOTO,), "papers": (PAPER,), "instruments": (INSTRUMENT,)}
    of = order(1, **given | changes)
    lines = [line(1, reply=stamp(WANG, words="已整改")), line(1, "2", unit="zz-um", part="support")]
    index = write_file(target, of, lines, trail, lambda _: original, {})
    return target.getvalue(), index


def read(value: bytes) -> dict[str, bytes]:
    """The entries of a zip."""
    with zipfile.ZipFile(io.BytesIO(value)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_same_matter_gives_the_same_bytes() -> None:
    """Whenever it is made."""
    assert filed()[0] == filed()[0]


def test_the_index_names_number_date_paper_who_signed_and_digest() -> None:
    """As a file's 目录 does; in CSV and JSON the same."""
    value, index = filed()
    there = read(value)
    rows = list(csv.reader(io.StringIO(there["目录.csv"].decode("utf-8-sig"))))
    assert rows[0] == ["序号", "日期", "材料", "文号", "签署", "SHA-256", "文件"]
    assert [row[:5] for row in rows[1:4]] == [
        ["1", "2026-11-24T14:36:20+08:00", "工单", "GD-20261124-0001", "wang"],
        ["2", "2026-11-26T10:00:00+08:00", "公文", "郑政督〔2026〕12号", "张三"],
        ["3", "2026-11-27T10:00:00+08:00", "文书（rectification）", "41018220260007", "豫A001、豫A002"],
    ]
    assert [each["digest"] for each in json.loads(there["目录.json"])] == [row[5] for row in rows[1:]]
    photo = next(each for each in index if each.path.startswith("originals/"))
    assert (photo.digest, there[photo.path]) == (PHOTO.digest, DATA)


def test_the_trail_stands_as_it_is_stored_and_all_is_listed() -> None:
    """Entry by entry; the list of digests holds every other file."""
    there = read(filed()[0])
    assert [there["trail/000001.json"], there["trail/000002.json"]] == TRAIL
    listed = dict(reversed(text.split("  ")) for text in there["digests.txt"].decode().splitlines())
    assert listed == {name: sha256(value).hexdigest() for name, value in there.items() if name != "digests.txt"}
    assert "一件事一个卷" in there["README.md"].decode()
    assert "One matter, one file" in there["README.md"].decode()


def test_without_the_right_an_original_stands_by_its_digest() -> None:
    """And no path."""
    value, index = filed(original=None)
    photo = next(each for each in index if each.digest == PHOTO.digest)
    assert photo.path == ""
    assert not any("originals" in each for each in read(value))


def test_a_changed_original_makes_no_file() -> None:
    """It is told instead."""
    with pytest.raises(ValueError, match="was changed"):
        filed(original=[b"other"])


def test_a_case_has_two_volumes() -> None:
    """程序规定 78: instruments, evidence, papers in 正卷, how it was handled inside in 副卷; index and list stand above."""
    case = LegalInstrument(kind="case", served_at="2026-11-27T10:00:00+08:00", **SPECIAL)  # type: ignore[arg-type]
    there = read(filed(instruments=(case,))[0])
    public = {name for name in there if name.startswith(PUBLIC)}
    inside = {name for name in there if name.startswith(INSIDE)}
    assert {f"{PUBLIC}instruments/01.json", f"{PUBLIC}papers/01.json", f"{PUBLIC}originals/{PHOTO.digest}.jpg"} == public
    assert {f"{INSIDE}order.json", f"{INSIDE}lines/1.json", f"{INSIDE}trail/000001.json", f"{INSIDE}trail.json"} <= inside
    assert there.keys() - public - inside == {"README.md", "digests.txt", "目录.csv", "目录.json"}


@pytest.mark.parametrize(("outcome", "marked"), [("revoked", True), ("repealed", False), ("", False)])
def test_the_file_of_a_revoked_order_is_marked(outcome: str, *, marked: bool) -> None:
    """撤销 is void from the start: order and papers in index and README say so; an instrument is another organ's act."""
    trail = [*TRAIL, encode(entry(1, 3, "revoke", at="2026-12-01T09:30:00+08:00"))]
    value, index = filed(trail=trail, outcome=outcome, state="archived")
    assert [each.paper.endswith("（已撤销）") for each in index[:3]] == [marked, marked, False]
    readme = read(value)["README.md"].decode()
    assert ("已撤销，自始无效：2026-12-01 09:30，理由见办理记录第 3 条（撤销）" in readme) is marked
    assert ("Revoked, void from the start: 2026-12-01 09:30, for the reason in entry 3" in readme) is marked


def test_no_cell_is_a_formula_and_no_text_a_path() -> None:
    """What people and offices write is shown, never run."""
    hostile = Paper(kind="letter", number='=cmd|"/c calc"!A1', organ="x", signed_by="@x", at="2026-11-26T10:00:00+08:00")
    there = read(filed(papers=(hostile,), title=Text("../../{x}<script>", "{0}"))[0])
    row = list(csv.reader(io.StringIO(there["目录.csv"].decode("utf-8-sig"))))[2]
    assert row[3:5] == ['\'=cmd|"/c calc"!A1', "'@x"]
    assert all(".." not in name and not name.startswith("/") for name in there)
