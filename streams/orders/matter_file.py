"""归档, one matter one file: an order with its trail, papers, originals as a zip with its index (目录). Pure but for writing.

The same order gives the same bytes, whoever makes it: names in order, one time, nothing compressed. Where a case (案件) stands
in it the file has two volumes (市场监督管理行政处罚程序规定 78): 正卷, which may be shown, and 副卷, which stays inside.
"""

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import IO

from msgspec import Struct
from msgspec.json import format as formatted

from streams.messages import Order, OrderAudit, OrderLine, Text, decode, encode
from streams.messages.orders import File
from streams.messages.outputs.order import Stamp
from streams.orders.revoked import MARK, REVOKED, mark
from streams.originals.content import end_of

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

PUBLIC, INSIDE = "1-正卷/", "2-副卷/"
"""The two volumes of a file with a case in it."""

Files = dict[str, bytes]

OriginalOf = Callable[[File], Iterable[bytes] | None]
"""The bytes of an original, None where they are not for whoever asks, or not there."""


class Material(Struct, frozen=True, kw_only=True):
    """A row of the index. `date`: RFC 3339; `paper`: what it is; `number`: 文号; `who`: who signed it; `digest`: SHA-256."""

    n: int
    date: str
    paper: str
    number: str
    who: str
    digest: str
    path: str


class Entered(Struct, frozen=True):
    """A thing of the file before it has its number: its bytes, or where they come from."""

    date: str
    paper: str
    number: str
    who: str
    path: str
    value: bytes | None = None
    digest: str = ""
    original: File | None = None


def write_file(
    target: IO[bytes], order: Order, lines: Sequence[OrderLine], trail: Sequence[bytes], original: OriginalOf, more: Files
) -> list[Material]:
    """Write the file of an order into an empty `target`, which can be sought in; its index.

    `trail`: the entries as they are stored, in order. `more`: further files, such as what proves the trail.
    """
    index = list[Material]()
    digests = list[tuple[str, str]]()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:

        def put(path: str, pieces: Iterable[bytes]) -> str:
            found = sha256()
            with packed.open(_info(path), "w") as file:
                for piece in pieces:
                    found.update(piece)
                    file.write(piece)
            digests.append((path, found.hexdigest()))
            return found.hexdigest()

        for thing in entered(order, lines, trail):
            pieces = original(thing.original) if thing.original else [thing.value] if thing.value is not None else None
            made = put(thing.path, pieces) if pieces is not None else ""
            whole = thing.original is None or not made or made == thing.original.digest
            if not whole:
                raise ValueError(f"the original {thing.digest[:16]} was changed: see python -m agents audit verify")
            index.append(
                Material(
                    n=len(index) + 1,
                    date=thing.date,
                    paper=thing.paper,
                    number=thing.number,
                    who=thing.who,
                    digest=thing.digest or made,
                    path=thing.path if made else "",
                )
            )
        for n, value in enumerate(trail, 1):
            put(f"{_inside(order)}trail/{n:06d}.json", [value])
        for path in sorted(more):
            put(path, [more[path]])
        put("目录.csv", [table(index)])
        put("目录.json", [_json([*index])])
        put("README.md", [_readme(order, index, trail, proven=bool(more))])
        lines_ = "".join(f"{digest}  {path}\n" for path, digest in sorted(digests))
        with packed.open(_info("digests.txt"), "w") as file:
            file.write(lines_.encode())
    return index


def entered(order: Order, lines: Sequence[OrderLine], trail: Sequence[bytes]) -> Iterator[Entered]:
    """What belongs into the file of an order, in the order of its index."""
    public, inside = (PUBLIC if has_case(order) else ""), _inside(order)
    void = f"（{MARK.zh}）" if order.outcome == REVOKED else ""
    yield Entered(order.opened_at, f"工单{void}", order.number, _of(order.actor), f"{inside}order.json", _json(order))
    for n, paper in enumerate(order.papers, 1):
        path = f"{public}papers/{n:02d}.json"
        yield Entered(
            paper.at, f"{_PAPERS[paper.kind]}{void}", paper.number, paper.signed_by, path, _json(paper), paper.digest or ""
        )
    for n, each in enumerate(order.instruments, 1):
        who, path = "、".join(each.officers), f"{public}instruments/{n:02d}.json"
        yield Entered(each.served_at, f"文书（{each.kind}）", each.number, who, path, _json(each), each.digest or "")
    for line in sorted(lines, key=lambda each: [int(part) for part in each.n.split(".")]):
        reply = line.reply
        kind = f"反馈（{line.unit}）" if reply else f"承办（{line.unit}）"
        date = reply.at if reply else line.sent
        yield Entered(date, kind, f"{order.number}/{line.n}", _who(reply), f"{inside}lines/{line.n}.json", _json(line))
    if order.inspected:
        yield Entered(order.inspected.at, "核查", "", _who(order.inspected), f"{public}inspected.json", _json(order.inspected))
    for file in order.files:
        path = f"{public}originals/{file.digest}.{end_of(file.type)}"
        yield Entered(file.made_at, f"原件（{file.of or file.type}）", "", "", path, digest=file.digest, original=file)
    if trail:
        first, last = decode(trail[0], OrderAudit), decode(trail[-1], OrderAudit)
        value = _json({"entries": len(trail), "first": first.at, "last": last.at, "head": last.hash})
        yield Entered(last.at, f"办理记录（{len(trail)} 条）", "", "", f"{inside}trail.json", value)


def has_case(order: Order) -> bool:
    """Whether a case (案件) stands in it, so that its file has two volumes."""
    return any(each.kind == "case" for each in order.instruments)


def table(index: Iterable[Material]) -> bytes:
    """The index as CSV, which office programs open; no cell is taken for a formula."""
    made = StringIO()
    rows = csv.writer(made, lineterminator="\r\n")
    rows.writerow(("序号", "日期", "材料", "文号", "签署", "SHA-256", "文件"))
    for each in index:
        rows.writerow(
            [_cell(str(cell)) for cell in (each.n, each.date, each.paper, each.number, each.who, each.digest, each.path)]
        )
    return ("\ufeff" + made.getvalue()).encode()


_TEXT = Path(__file__).with_suffix(".md").read_text("utf-8")
_PROOF = {
    True: Text(
        "`proof/`：办理记录的封印、锚与路径，以 `agents/evidence/verify.py`（单独可用）核对。",
        "`proof/`: seals, anchors and paths of the trail; `agents/evidence/verify.py` alone verifies them.",
    ),
    False: Text(
        "包内没有锚的证明：以 `python -m agents audit verify` 核对。",
        "No anchor is in it: `python -m agents audit verify` checks the trail.",
    ),
}
_VOLUMES = {
    True: Text("正卷可以依法查阅，副卷是内部材料，不对外。", "正卷 may be shown by law; 副卷 stays inside."),
    False: Text("本件没有案件，不分正卷、副卷。", "There is no case in it, so there are no two volumes."),
}
_PAPERS = {"document": "公文", "letter": "函", "report": "请示、报告", "supervision": "督办通知"}


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _inside(order: Order) -> str:
    return INSIDE if has_case(order) else ""


def _of(actor: object) -> str:
    return str(getattr(actor, "id", "") or "")


def _who(stamp: Stamp | None) -> str:
    return _of(stamp.actor) if stamp else ""


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, _MOMENT)
    info.create_system, info.external_attr = 3, 0o644 << 16
    return info


def _json(value: object) -> bytes:
    return formatted(encode(value), indent=1) + b"\n"


def _readme(order: Order, index: Sequence[Material], trail: Sequence[bytes], *, proven: bool) -> bytes:
    volumes, proof = _VOLUMES[has_case(order)], _PROOF[proven]
    revoked = mark(order, (decode(each, OrderAudit) for each in trail)) or Text("", "")
    return _TEXT.format(
        number=order.number,
        title=order.title.zh,
        title_en=order.title.en,
        id=order.id,
        log=order.log,
        round=order.round,
        state=order.state,
        purged="，文字已依法清除" if order.purged else "",
        purged_en=", its texts purged" if order.purged else "",
        things=len(index),
        held=sum(bool(each.path) for each in index),
        entries=len(trail),
        revoked=revoked.zh and f"\n\n**{revoked.zh}**",
        revoked_en=revoked.en and f"\n\n**{revoked.en}**",
        proof=proof.zh,
        proof_en=proof.en,
        volumes=volumes.zh,
        volumes_en=volumes.en,
    ).encode()
