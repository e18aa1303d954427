"""The evidence case of an alert: what is taken of an opened log, and the files that it becomes.

Pure, but for the texts that stand beside it: `verify.py`, `readme.md`.
"""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec import Struct

from agents.audit.chained import follows, form_of, hash_of
from agents.audit.opened.anchors import LogAnchors
from agents.audit.opened.check import Read
from agents.audit.opened.seals import Seals
from agents.evidence.instrument import Instrument, name_of
from agents.evidence.readme import readme
from streams.command import Trouble
from streams.messages import GENESIS, Alert, Audit, DecodeError, Place, SealedHead, decode
from streams.outputs import BY_TYPE
from streams.signing import merkle
from streams.signing.chain import genesis, revision_digest
from streams.signing.proofs.anchor import SEALS
from streams.signing.proofs.note import HASH, SUITE, proof_of
from streams.signing.proofs.reading import KEYS, read_series
from streams.signing.state import Trust
from streams.signing.verify import verify

FORMAT = 1
TRAIL, ALERTS = BY_TYPE[Audit].topic, BY_TYPE[Alert].topic
TOPICS = ("anchors", SEALS, KEYS, TRAIL, ALERTS)
"""All that is read beside the events, each before what it names."""

PROGRAM = Path(__file__).with_name("verify.py")

_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
Files = dict[str, bytes]


class NoAlertError(Trouble):
    """The log has no trail of such an alert."""


class Traced(Struct, frozen=True, kw_only=True):
    """What the log says of an alert.

    `series`: the roots' events; `trail`: entries and their stored bytes; `revisions`: stored bytes by digest; `wanted`: the
    digests of those that belong into the case; `seals`: those over the alert, by the name of their file; `stored`: the anchors
    by number, as they stand; `moved` and `all`: by anchor the entry, its index and its path in the tree.
    """

    alert: str
    trust: Trust
    series: list[bytes]
    trail: list[tuple[Audit, bytes]]
    revisions: dict[str, bytes]
    wanted: list[str]
    seals: Files
    anchors: LogAnchors
    stored: dict[int, bytes]
    moved: dict[int, list[Any]]
    all: dict[int, list[Any]]

    @property
    def until(self) -> Place:
        """The record that the newest entry of the trail is of."""
        return self.trail[-1][0].place


def traced(alert: str, logid: str, read: Read) -> Traced:
    """What the log of an id says of an alert; NoAlertError where it has no such alert, Trouble where it is not opened."""
    series, trust = list[bytes](), Trust()
    for each in read(KEYS):
        after = read_series(trust, logid, [(each.at, each.value)], verify)
        if after.prev != trust.prev:
            series.append(each.value)
        trust = after
    if not trust.logid:
        raise Trouble(f"the events that open the log {logid} are not here: compare the id with the one that was published")
    if trust.suite != SUITE:
        raise Trouble(f"the log {trust.name!r} stands on {trust.suite}: cases are made of logs of {SUITE} alone")
    anchors, stored = LogAnchors(trust), dict[int, bytes]()
    for each in read("anchors"):
        before = anchors.n
        anchors.take(each.value, each.place, each.at)
        if anchors.n > before:
            stored[anchors.n] = each.value
    seals, mine, newest = Seals(trust), Files(), ""
    for each in read(SEALS):
        before = len(seals.good)
        seals.take(each)
        for head in (head for seal in seals.good[before:] for head in seal.heads if (head.kind, head.id) == (TRAIL, alert)):
            mine[f"seals/{len(mine):06d}.json"] = each.value
            newest = head.revision or newest
    entries: dict[int, list[tuple[Audit, bytes]]] = {}
    for each in read(TRAIL):
        if alert.encode() in each.value and (entry := _entry(each.value, alert)) is not None:
            entries.setdefault(entry.n, []).append((entry, each.value))
    trail = _chain(entries, trust, {n: digits for n, digits, _ in seals.heads.get(TRAIL, {}).get(alert, ())})
    if not trail:
        raise NoAlertError(f"log {trust.name!r} has no trail of an alert {alert!r}: see its topic {trust.name}.{TRAIL}")
    wanted = {str(entry.revision) for entry, _ in trail if entry.revision} | ({newest} - {""})
    found = Traced(
        alert=alert,
        trust=trust,
        series=series,
        trail=trail,
        revisions={},
        wanted=sorted(wanted),
        seals=mine,
        anchors=anchors,
        stored=stored,
        moved={},
        all={},
    )
    take_revisions(found, (each.value for each in read(ALERTS) if alert.encode() in each.value))
    _heads(found, seals)
    return found


def take_revisions(found: Traced, values: Iterable[bytes]) -> None:
    """Keep of some revisions those that belong into the case; each is known by its digest, wherever it comes from."""
    for value in values:
        if (digest := revision_digest("sha256", value)) in found.wanted:
            found.revisions.setdefault(digest, value)


def places(found: Traced) -> list[Place]:
    """The records that belong into the case: the evidence of each revision, and each signed act."""
    evidence = {each.place for value in found.revisions.values() for each in decode(value, Alert).evidence}
    acts = {entry.place for entry, _ in found.trail if entry.kid}
    return sorted(evidence | acts, key=name_of)


def newest_of(found: Traced) -> Alert:
    """The newest revision that the case has; Trouble where nothing is left of the alert but its trail."""
    if not found.revisions:
        raise Trouble(
            f"no revision of the alert {found.alert!r} that its trail names is there any more, nor can one be made again: give "
            "the archive of the log with --from"
        )
    return max((decode(value, Alert) for value in found.revisions.values()), key=lambda alert: (alert.rev, alert.audit))


def case_files(
    found: Traced,
    records: Mapping[Place, bytes],
    own: Instrument,
    rules: Mapping[str, bytes],
    stamps: Mapping[int, bytes],
    kept: Sequence[int],
) -> Files:
    """The files of a case; Trouble where nothing is left of the alert but its trail.

    `own`: what the log says of the instrument. `rules`: what rules say, by version. `stamps`: time-stamps by the size of the
    note that they are over. `kept`: sizes of notes that were kept elsewhere, which the case is to continue.
    """
    newest = newest_of(found)
    named = {str(entry.revision) for entry, _ in found.trail if entry.revision}
    versions = {v for value in found.revisions.values() for v in versions_of(decode(value, Alert))}
    absent = {
        "revisions": sorted(named - found.revisions.keys()),
        "records": [name_of(place) for place in places(found) if place not in records],
        "rules": sorted(versions - rules.keys()),
    }
    files = {f"keys/{n:06d}.json": value for n, value in enumerate(found.series)} | found.seals
    files |= {f"trail/{entry.n:06d}.json": value for entry, value in found.trail}
    files |= {f"revisions/{digest.partition(':')[2]}.json": value for digest, value in found.revisions.items()}
    files |= {f"records/{name_of(place)}.json": records[place] for place in places(found) if place in records}
    files |= {f"instrument/{name_of(each.place)}.json": each.value for each in own.records}
    files |= {f"rules/{version}.json": rules[version] for version in versions & rules.keys()}
    files |= {f"anchors/{n:08d}.txt": found.stored[n] for n in sorted(found.moved.keys() | found.all.keys())}
    size, older = max(found.anchors.notes, default=0), dict[str, list[str]]()
    stamps = {n: stamp for n, stamp in stamps.items() if n in found.anchors.notes and n >= min(found.moved, default=n)}
    for n in {size, *stamps} - {0}:
        files[f"notes/{n:08d}.txt"] = found.anchors.notes[n].whole().encode()
    files |= {f"stamps/{n:08d}.tsr": stamp for n, stamp in stamps.items()}
    for n in sorted({*_days(found), *stamps, *kept}):
        if 0 < n < size:
            older[str(n)] = [each.hex() for each in proof_of(found.anchors.leaves[:size], n)]
    numbers = sorted(found.moved.keys() | found.all.keys()) if size else []
    paths = merkle.inclusions(HASH, found.anchors.leaves[:size], [n - 1 for n in numbers])
    about = {
        "format": FORMAT,
        "alert": found.alert,
        "log": found.trust.name,
        "logid": found.trust.logid,
        "absent": absent,
        "instrument": own.told(),
        "note": size,
        "older": older,
        "anchors": {str(n): [each.hex() for each in path] for n, path in zip(numbers, paths, strict=True)},
        "moved": {str(n): path for n, path in found.moved.items()},
        "all": {str(n): path for n, path in found.all.items()},
    }
    files["case.json"] = (json.dumps(about, indent=1, sort_keys=True) + "\n").encode()
    files["README.md"] = readme(newest, found.trust.logid, absent, own)
    files["verify.py"] = PROGRAM.read_bytes()
    return listed(files)


def versions_of(alert: Alert) -> set[str]:
    """The versions of the rule by which an alert was raised, and judged since."""
    return {alert.rule_version, alert.judged_by} - {""}


def listed(files: Files) -> Files:
    """The files with the list of the digests of all others, as `sha256sum -c` reads it."""
    lines = [f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files) if name != "digests.txt"]
    return files | {"digests.txt": "".join(lines).encode()}


def packed(files: Files) -> bytes:
    """The zip: names sorted, one time, nothing compressed, so that the same files give the same bytes on every machine."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _MOMENT)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, files[name])
    return made.getvalue()


def _entry(value: bytes, alert: str) -> Audit | None:
    try:
        entry = decode(value, Audit)
    except DecodeError:
        return None
    return entry if entry.alert == alert and hash_of(value, entry) is not None else None


def _chain(entries: dict[int, list[tuple[Audit, bytes]]], trust: Trust, sealed: Mapping[int, str]) -> list[tuple[Audit, bytes]]:
    """The trail: of several entries of a number the one that is sealed and follows the one before."""
    trail: list[tuple[Audit, bytes]] = []
    while candidates := entries.get(len(trail) + 1):
        known = sealed.get(len(trail) + 1)
        fitting = [each for each in candidates if known in {None, _digits(each[0])} and _follows(each[0], trail, trust)]
        if not fitting:
            break
        trail.append(fitting[0])
    return trail


def _digits(entry: Audit) -> str:
    return entry.hash.rpartition(":")[2]


def _follows(entry: Audit, trail: list[tuple[Audit, bytes]], trust: Trust) -> bool:
    if not trail:
        begin = genesis(HASH, trust.logid, TRAIL, entry.alert) if form_of(entry) else GENESIS
        return entry.prev == begin
    before = trail[-1][0]
    return follows(entry.prev, form_of(entry), bytes.fromhex(_digits(before)), form_of(before))


def _heads(found: Traced, seals: Seals) -> None:
    """The paths of the alert's heads: in each anchor in which it moved, and in the newest daily one."""
    of, every, last = (TRAIL, found.alert), dict[tuple[str, str], SealedHead](), 0
    for good, moved, heads in found.anchors.heads_at(seals.good):
        if of in moved:
            found.moved[good.anchor.n] = path_of_head(good.name, moved, of)
        if good.anchor.all is not None and of in heads:
            every, last = dict(heads), good.anchor.n
    if last:
        found.all[last] = path_of_head(HASH, every, of)


def path_of_head(name: str, heads: Mapping[tuple[str, str], SealedHead], of: tuple[str, str]) -> list[Any]:
    """Number of the entry, index, and the nodes of its path (hex)."""
    order = sorted(heads, key=lambda each: (each[0].encode(), each[1].encode()))
    leaves = [merkle.head_leaf(name, head.kind, head.id, head.n, head.hash) for head in (heads[each] for each in order)]
    index = order.index(of)
    return [heads[of].n, index, *(each.hex() for each in merkle.inclusion(name, leaves, index))]


def _days(found: Traced) -> list[int]:
    """The anchors that close a day since the alert first stood in one."""
    first = min(found.moved, default=0)
    return [good.anchor.n for good in found.anchors.chain if good.anchor.day and first <= good.anchor.n]
