"""What anchors an order's trail in an opened log: seals, anchors, paths, the newest note, and the events of the roots.

`proof/proof.json` names for each anchor the entry of the trail that it holds, its index among the heads, its path (RFC 9162) in
the tree of heads; and each anchor's own path below the note. The bytes stand in docs/develop/signing.md.
"""

import json
from collections.abc import Mapping
from typing import Any

from agents.audit.opened.anchors import LogAnchors
from agents.audit.opened.check import Read
from agents.audit.opened.seals import Seals
from agents.evidence.case import path_of_head
from streams.messages import OrderAudit, SealedHead
from streams.outputs import BY_TYPE
from streams.signing import merkle
from streams.signing.proofs.anchor import SEALS
from streams.signing.proofs.note import HASH
from streams.signing.proofs.reading import KEYS, read_series
from streams.signing.state import Trust
from streams.signing.verify import verify

TRAIL = BY_TYPE[OrderAudit].topic
PROOF_TOPICS = ("anchors", SEALS, KEYS)
"""What is read for it, below the log's name."""


def proof_files(order: str, logid: str, read: Read) -> dict[str, bytes]:
    """The files of the proof; none where no anchor holds the trail yet."""
    of = (TRAIL, order)
    files, trust, stored = dict[str, bytes](), Trust(), dict[int, bytes]()
    for each in read(KEYS):
        after = read_series(trust, logid, [(each.at, each.value)], verify)
        if after.prev != trust.prev:
            files[f"proof/keys/{len(files):06d}.json"] = each.value
        trust = after
    anchors, seals, mine = LogAnchors(trust), Seals(trust), 0
    for each in read("anchors"):
        before = anchors.n
        anchors.take(each.value, each.place, each.at)
        if anchors.n > before:
            stored[anchors.n] = each.value
    for each in read(SEALS):
        before = len(seals.good)
        seals.take(each)
        if any((head.kind, head.id) == of for seal in seals.good[before:] for head in seal.heads):
            files[f"proof/seals/{mine:06d}.json"] = each.value
            mine += 1
    moved, every = _heads(anchors, seals, of)
    if not moved:
        return {}
    files |= {f"proof/anchors/{n:08d}.txt": stored[n] for n in sorted({*moved, *every})}
    size = max(anchors.notes, default=0)
    numbers = [n for n in sorted({*moved, *every}) if n <= size]
    paths = merkle.inclusions(HASH, anchors.leaves[:size], [n - 1 for n in numbers]) if size else []
    if size:
        files["proof/note.txt"] = anchors.notes[size].whole().encode()
    about = {
        "trail": TRAIL,
        "order": order,
        "log": trust.name,
        "logid": logid,
        "note": size,
        "moved": {str(n): path for n, path in moved.items()},
        "all": {str(n): path for n, path in every.items()},
        "anchors": {str(n): [each.hex() for each in path] for n, path in zip(numbers, paths, strict=True)},
    }
    return files | {"proof/proof.json": (json.dumps(about, indent=1, sort_keys=True) + "\n").encode()}


def _heads(anchors: LogAnchors, seals: Seals, of: tuple[str, str]) -> tuple[dict[int, list[Any]], dict[int, list[Any]]]:
    """By anchor the entry, index and path of the trail's head where it moved; and in the newest tree of all heads."""
    moved_in, newest = dict[int, list[Any]](), 0
    every: Mapping[tuple[str, str], SealedHead] = {}
    for good, moved, heads in anchors.heads_at(seals.good):
        if of in moved:
            moved_in[good.anchor.n] = path_of_head(good.name, moved, of)
        if good.anchor.all is not None and of in heads:
            every, newest = dict(heads), good.anchor.n
    return moved_in, {newest: path_of_head(HASH, every, of)} if newest else {}
