"""Verify an evidence case (电子数据证据包): `python verify.py CASE.zip --log-id HEX [--note FILE] [--tsa-root PEM]`.

So the file of an order (归档), which has a proof in it.

It needs Python 3.11 and the library `cryptography`, and nothing of the program that has made the case. What it trusts is given
from outside: the log's id, as it was published; a note of the log that somebody has kept; the certificate of the authority that
gave a time-stamp. Verdicts are apart: a case may be intact and of unknown origin. Exit 0: all hold that were asked; 1: one does
not; 2: wrong use. What is signed and hashed byte for byte: docs/develop/signing.md of the project.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

Files = dict[str, bytes]
LISTED = "digests.txt"
ORDER = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "region")


class WrongError(ValueError):
    """Something does not hold: the message says what."""


class Verdicts(NamedTuple):
    """The verdicts: intact, of known origin, complete until a time, proven to have existed at a time; and notes for people."""

    intact: list[str]
    origin: list[str]
    complete: str
    times: list[str]
    untimely: list[str]
    said: list[str]


def must(holds: object, message: str) -> None:
    """Raise where something does not hold."""
    if not holds:
        raise WrongError(message)


# --- words and hashes ------------------------------------------------------------------------------


def label(what: str, *parts: str) -> bytes:
    """A label and netstrings."""
    return (f"onescreen/{what}/1\n" + "".join(f"{len(part.encode())}:{part}," for part in parts)).encode()


def sha(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def raw(text: str) -> bytes:
    """The bytes of a base64url text."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    must(base64.urlsafe_b64encode(data).decode().rstrip("=") == text, "base64url in a second form")
    return data


_blank = re.compile(r"[ \t\n\r]*")


def members(stored: bytes) -> dict[str, str]:
    """The members of a JSON object, each as its text stands."""
    reader, text, found = json.JSONDecoder(object_pairs_hook=_once), stored.decode(), dict[str, str]()

    def skip(at: int) -> int:
        match = _blank.match(text, at)
        return match.end() if match else at

    at = skip(0)
    must(text[at : at + 1] == "{", "no JSON object")
    while True:
        name, colon = reader.raw_decode(text, skip(at + 1))
        start = skip(skip(colon) + 1)
        _, end = reader.raw_decode(text, start)
        must(isinstance(name, str) and text[skip(colon)] == ":" and name not in found, "a name stands twice, or is none")
        found[name], at = text[start:end], skip(end)
        if text[at : at + 1] != ",":
            break
    must(text[at : at + 1] == "}" and skip(at + 1) == len(text), "no JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    must(len(found) == len(pairs), "a name stands twice in an object")
    return found


def said(stored: bytes) -> Any:
    """What some JSON says."""
    return json.loads(stored.decode(), object_pairs_hook=_once)


# --- signatures ------------------------------------------------------------------------------------


def holds(suite: str, public: str, message: bytes, signature: str) -> bool:
    """Whether a signature holds; WrongError of suites that this program does not know."""
    try:
        if suite == "ed25519-sha256":
            ed25519.Ed25519PublicKey.from_public_bytes(raw(public)).verify(raw(signature), message)
            return True
        if suite == "webauthn-es256":
            return _webauthn(raw(public), message, *map(raw, signature.split("~")))
    except (InvalidSignature, ValueError, TypeError):
        return False
    raise WrongError(f"a signature of {suite} is not verified here (未验)")


def _webauthn(key: bytes, message: bytes, authenticator: bytes, client: bytes, signature: bytes) -> bool:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(message).digest()).decode().rstrip("=")
    asked = said(client)
    there = authenticator[:32] == key[:32] and len(authenticator) >= 37 and authenticator[32] & 5 == 5
    if (asked["type"], asked["challenge"], asked.get("crossOrigin", False), there) != ("webauthn.get", challenge, False, True):
        return False
    curve = ec.EllipticCurvePublicNumbers(int.from_bytes(key[32:64]), int.from_bytes(key[64:]), ec.SECP256R1())
    curve.public_key().verify(signature, authenticator + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
    return True


class SignedRecord:
    """A signed event: its attributes, its data as they stand, and by whom it is signed: kid to suite, role and signature."""

    def __init__(self, stored: bytes) -> None:
        """Read the bytes strictly."""
        found = members(stored)
        self.data = found.pop("data", "null").encode()
        self.of = {name: str(json.loads(text)) for name, text in found.items()}
        self.signers = {self.of["sigkid"]: (self.of["sigsuite"], "sig", self.of["sig"])}
        for each in filter(None, self.of.get("cosig", "").split(" ")):
            suite, kid, signature = each.split(".")
            self.signers[kid] = (suite, "cosig", signature)

    def _attributes(self) -> list[str]:
        return [self.of.get(name) or ("application/json" if name == "datacontenttype" else "") for name in ORDER]

    def content(self) -> str:
        """The digest by which copies are known, and by which the next of the roots' events names it."""
        return sha(label("content", *self._attributes(), sha(self.data)))

    def signed_by(self, kid: str, suite: str, public: str) -> bool:
        """Whether the signature of a key is here, and holds."""
        known, role, signature = self.signers.get(kid, ("", "", ""))
        where = [self.of["logid"], self.of["sigto"], self.of["sigseq"]]
        text = label("event", role, suite, kid, *where, *self._attributes(), self.of.get("recordedtime", ""), sha(self.data))
        return known == suite and holds(suite, public, text, signature)


class SeriesKeys:
    """The keys of a log, by the events of its roots; `logid` is what the first of these hashes to."""

    def __init__(self, series: Sequence[bytes]) -> None:
        """Read and verify the events in their order."""
        must(series, "the events of the roots are not here")
        self.rows: dict[str, dict[str, Any]] = {}
        self.roots: dict[str, tuple[str, str]] = {}
        self.ended: dict[str, str] = {}
        self.used = set[str]()
        prev = ""
        for n, stored in enumerate(series):
            event = SignedRecord(stored)
            data = said(event.data)
            if n == 0:
                must(event.of["type"] == "log.opened", "the first event of the roots does not open a log")
                self.logid, self.name = sha(label("log") + event.data), str(data["name"])
                must(data["suite"] == "ed25519-sha256", f"a log of {data['suite']} is not verified here (未验)")
                self.roots = {kid_of(each["suite"], each["public"]): (each["suite"], each["public"]) for each in data["roots"]}
                self.threshold = int(data["threshold"])
                must(0 < self.threshold <= len(self.roots), "the log demands no number of roots that there is")
            must((data["n"], data["prev"], event.of["logid"]) == (n, prev, self.logid), f"event {n} of the roots is another")
            signers = [kid for kid, root in self.roots.items() if kid in event.signers and event.signed_by(kid, *root)]
            must(len(signers) >= self.threshold, f"event {n} of the roots is not signed by {self.threshold} of them")
            if event.of["type"] == "key.added":
                self.rows[kid_of(data["suite"], data["public"])] = data
            elif event.of["type"] == "key.ended":
                self.roots.pop(data["kid"], None)
                self.ended[data["kid"]] = data["why"]
            prev = event.content()

    def row(self, kid: str, suite: str, kind: str) -> str:
        """The public key of a kid that may sign a kind."""
        row = self.rows.get(kid)
        if row is None or row["suite"] != suite:
            raise WrongError(f"key {kid} was not adopted")
        may = [each for each in row["may"] if each == kind or (each.endswith(".*") and kind.startswith(each[:-1]))]
        must(may, f"the key of {row['part']} may not sign {kind}")
        self.used.add(kid)
        return str(row["public"])

    def doubted(self) -> Iterator[tuple[str, str]]:
        """The parts whose keys were used here and have ended since, and why: when they signed is not in a signature."""
        for kid in self.used & self.ended.keys():
            yield str(self.rows[kid]["part"]), self.ended[kid]


def kid_of(suite: str, public: str) -> str:
    """The id of a key."""
    return sha(label("key", suite, public))[:32]


# --- trees (RFC 9162, section 2.1) -----------------------------------------------------------------


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def leaf(data: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return _node(root(leaves[:half]), root(leaves[half:]))


def climbed(found: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that a leaf's inclusion path leads to."""
    must(0 <= index < size and (size == 1) == (not path), "no path of this tree")
    if size == 1:
        return found
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return _node(climbed(found, index, half, path[:-1]), path[-1])
    return _node(path[-1], climbed(found, index - half, size - half, path[:-1]))


def continued(before: tuple[int, bytes], now: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Whether a tree continues an earlier one (RFC 9162, 2.1.4.2)."""
    if before[0] == now[0]:
        return before == now and not proof
    if not 0 < before[0] < now[0] or not proof:
        return False
    nodes = list(proof) if before[0] & (before[0] - 1) else [before[1], *proof]
    at, last = before[0] - 1, now[0] - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = nodes[0]
    for each in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = _node(each, old), _node(each, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = _node(new, each)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (before[1], now[1])


def revision_of(stored: bytes) -> str:
    """The digest of a revision, of all but what its entry gives it."""
    kept = (f'"{key}":{text}' for key, text in members(stored).items() if key not in {"audit", "head", "verbs"})
    return sha(b"onescreen/revision/1\n" + ("{" + ",".join(kept) + "}").encode())


# --- what is in the case ---------------------------------------------------------------------------


class CaseNote(NamedTuple):
    """A note of the log: its three lines, what they say, and its signatures: name, and what stands there."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]

    def held(self, keys: SeriesKeys) -> bool:
        """Whether it is one of this log, and signed by a key that may sign anchors."""
        for row in keys.rows.values():
            own = sha(self.origin.encode() + b"\n\1" + raw(row["public"]))[:8] if row["suite"] == "ed25519-sha256" else ""
            for name, told in self.signatures:
                signature = base64.urlsafe_b64encode(told[4:]).decode().rstrip("=")
                if (name, told[:4].hex()) == (self.origin, own) and "anchor" in row["may"]:
                    return holds(row["suite"], row["public"], self.text.encode(), signature)
        return False


def read_note(stored: bytes) -> CaseNote:
    """A note (C2SP signed-note and tlog-checkpoint)."""
    text, _, lines = stored.decode().rpartition("\n\n")
    origin, size, top = text.split("\n")
    signatures = [line.removeprefix("\N{EM DASH} ").split(" ") for line in lines.splitlines()]
    told = [(name, base64.b64decode(data, validate=True)) for name, data in signatures]
    return CaseNote(text + "\n", origin, int(size), base64.b64decode(top, validate=True), told)


class TrailStep(NamedTuple):
    """An entry of the trail: what it says, and its hash as it was computed."""

    said: dict[str, Any]
    hash: str


class CaseFile:
    """All of a case, verified piece by piece; what is wrong stands in `wrong`."""

    trail_of, thing = "audit", "alert"
    alone = "README.md, verify.py and case.json stand under digests.txt alone, under no signature 不在签名之内"

    def __init__(self, files: Files) -> None:
        """Verify the files against one another."""
        self.files, self.wrong = files, list[str]()
        self.used = {LISTED, "README.md", "verify.py", "case.json"}
        self.about: dict[str, Any] = {}
        self.trail: list[TrailStep] = []
        self.revisions: dict[str, dict[str, Any]] = {}
        self.anchors: dict[int, dict[str, list[str]]] = {}
        self.notes: dict[int, CaseNote] = {}
        self.keys: SeriesKeys | None = None
        self.sealed = 0
        beside = (self._revisions, self._rules, self._records)
        proof = (self._seals, self._anchors, self._notes, self._all_used)
        for step in (self._listed, self._about, self._keys, self._trail, *beside, *proof):
            try:
                step()
            except (WrongError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
                told = str(error) if isinstance(error, WrongError) else f"{type(error).__name__} {error}"
                self.wrong.append(f"{step.__name__.strip('_')}: {told}")

    def of(self, folder: str) -> Iterator[tuple[str, bytes]]:
        """The files of a folder, in order; they count as read."""
        for name in sorted(self.files):
            if name.startswith(f"{folder}/"):
                self.used.add(name)
                yield name, self.files[name]

    def _listed(self) -> None:
        lines = "".join(f"{sha(self.files[name])}  {name}\n" for name in sorted(self.files) if name != LISTED)
        must(self.files.get(LISTED) == lines.encode(), f"files are others than {LISTED} has: changed, missing or too many")

    def _about(self) -> None:
        self.about = said(self.files["case.json"])
        must(self.about["format"] == 1, "this program knows cases of format 1 alone")

    def _keys(self) -> None:
        self.keys = SeriesKeys([stored for _, stored in self.of("keys")])
        must((self.keys.logid, self.keys.name) == (self.about["logid"], self.about["log"]), "the case is of another log")

    def _known(self) -> SeriesKeys:
        if self.keys is None:
            raise WrongError("without the log's keys nothing is verified")
        return self.keys

    def _trail(self) -> None:
        before = ""
        for n, (name, stored) in enumerate(self.of("trail"), 1):
            entry, text = said(stored), stored.decode()
            digits = re.search(r'"hash":"(?:sha256:)?([0-9a-f]{64})"\}\Z', text)
            must(digits is not None and entry[self.thing] == self.about[self.thing], f"{name} is no entry of its trail")
            blank, prev = re.sub(r'"hash":"[^"]*"\}\Z', '"hash":""}', text), entry["prev"]
            if entry["hash"].startswith("sha256:"):
                own = "sha256:" + sha(label("entry", prev) + blank.encode())
                start = "sha256:" + sha(label("trail", self._known().logid, self.trail_of, entry[self.thing]))
                follows = {start} if n == 1 else {before, f"sha256:{before}"}
            else:  # of before the log was opened
                own, follows = sha((prev + blank).encode()), {before or "0" * 64}
            must(entry["n"] == n and own == entry["hash"] and prev in follows, f"{name} does not follow the one before it")
            self.trail.append(TrailStep(entry, own))
            before = own
        must(self.trail, "there is no trail")

    def _revisions(self) -> None:
        for name, stored in self.of("revisions"):
            digest = revision_of(stored)
            revision = said(stored)
            fits = name == f"revisions/{digest}.json" and revision["id"] == self.about["alert"]
            must(fits and self.head_is(revision["audit"], revision["head"]), f"{name} is another revision")
            self.revisions[f"sha256:{digest}"] = revision
        wanted = {entry.said["revision"] for entry in self.trail if "revision" in entry.said}
        self._absent("revisions", wanted, self.revisions.keys())

    def head_is(self, n: int, hashed: str) -> bool:
        """Whether an entry of the trail has this hash."""
        return 0 < n <= len(self.trail) and self.trail[n - 1].hash == hashed

    def _absent(self, what: str, wanted: set[str], there: Any) -> None:
        missing = sorted(wanted - set(there))
        must(missing == self.about["absent"][what], f"other {what} are absent than the case says")

    def _rules(self) -> None:
        versions = {
            revision.get(name, "") for revision in self.revisions.values() for name in ("rule_version", "judged_by")
        } - {""}
        there = set[str]()
        for name, stored in self.of("rules"):
            version = hashlib.blake2s(stored, digest_size=8).hexdigest()
            must(
                name == f"rules/{version}.json" and version in versions, f"{name} is another rule than the alert was judged by"
            )
            there.add(version)
        self._absent("rules", versions, there)

    def _records(self) -> None:
        evidence = {
            "{topic}/{partition}/{offset}".format(**each["place"]): each["sha256"]
            for revision in self.revisions.values()
            for each in revision["evidence"]
        }
        acts = {"{topic}/{partition}/{offset}".format(**e.said["place"]): e.said for e in self.trail if "kid" in e.said}
        there = {name.removeprefix("records/").removesuffix(".json"): stored for name, stored in self.of("records")}
        for place, stored in there.items():
            must(place in evidence or place in acts, f"the record {place} is named by nothing")
            must(place not in evidence or sha(stored) == evidence[place], f"the record {place} is not the one that was judged")
            if place in acts:
                self._act(place, SignedRecord(stored), acts[place])
        self._absent("records", {*evidence, *acts}, there)

    def _act(self, place: str, event: SignedRecord, entry: dict[str, Any]) -> None:
        kid, keys, data = entry["kid"], self._known(), said(event.data)
        own = event.of["logid"] == keys.logid and event.of["sigkid"] == kid and data["alert"] == entry["alert"]
        public = keys.row(kid, event.of["sigsuite"], event.of["type"])
        must(own and event.signed_by(kid, event.of["sigsuite"], public), f"the act {place} is not signed as its entry says")
        for other, (suite, _, _) in event.signers.items():
            row = keys.rows.get(other, {})
            must(other == kid or event.signed_by(other, suite, row.get("public", "")), f"a second signature of {place} fails")

    def _seals(self) -> None:
        digests = set[str]()
        for name, stored in self.of("seals"):
            seal, keys = said(stored), self._known()
            tree = [leaf(label("sealed", kind, thing, str(n), *more)) for kind, thing, n, *more in seal["heads"]]
            place = [seal["logid"], seal["topic"], str(seal["partition"]), str(seal["n"]), seal["prev"], str(seal["from"])]
            over = [*place, str(seal["to"]), str(len(tree)), root(tree).hex(), seal["trust"], seal["at"]]
            public = keys.row(seal["sigkid"], seal["sigsuite"], "seal")
            text = label("seal", seal["sigsuite"], seal["sigkid"], *over)
            must(seal["logid"] == keys.logid and holds(seal["sigsuite"], public, text, seal["sig"]), f"{name} is no seal")
            mine = [head for head in seal["heads"] if head[:2] == [self.trail_of, self.about[self.thing]]]
            must(mine, f"{name} is over nothing of this {self.thing}")
            for _, _, n, hashed, digest in mine:
                must(self.head_is(n, hashed), f"{name} has an entry {n} that is not in the trail: the newest are missing")
                self.sealed = max(self.sealed, n)
                digests |= {digest} - {""}
        named = digests | {entry.said.get("revision") for entry in self.trail}
        must(self.revisions.keys() <= named, "a revision is in no seal and named by no entry")

    def _anchors(self) -> None:
        for name, stored in self.of("anchors"):
            body, _, signature = stored.decode().rpartition("\n\n")
            first, *lines = body.split("\n")
            words: dict[str, list[str]] = {}
            for word, _, told in (line.partition(" ") for line in lines):
                words.setdefault(word, []).append(told)
            suite, kid = words["key"][0].split(" ")
            public, n = self._known().row(kid, suite, "anchor"), int(words["n"][0])
            genuine = holds(suite, public, f"{body}\n".encode(), signature.rstrip("\n"))
            own = (first, words["log"][0], name) == ("onescreen/anchor/2", self._known().logid, f"anchors/{n:08d}.txt")
            must(genuine and own and signature.endswith("\n"), f"{name} is no anchor of this log")
            self.anchors[n] = words
            for tree in ("moved", "all"):
                if (path := self.about[tree].get(str(n))) is not None:
                    self._in_tree(name, path, words[tree][0])
        for tree in ("moved", "all"):
            must({*map(int, self.about[tree])} <= self.anchors.keys(), "an anchor is missing")

    def _in_tree(self, name: str, path: list[Any], tree: str) -> None:
        n, index, *nodes = path
        size, top = tree.split(" ")
        must(0 < n <= len(self.trail), f"{name} has entry {n}, which is not in the trail: the newest are missing")
        found = leaf(label("head", self.trail_of, self.about[self.thing], str(n), self.trail[n - 1].hash))
        must(climbed(found, index, int(size), [*map(bytes.fromhex, nodes)]).hex() == top, f"{name} is over another entry {n}")

    def _notes(self) -> None:
        keys = self._known()
        for name, stored in self.of("notes"):
            note = read_note(stored)
            own = (note.origin, name) == (f"onescreen/{keys.name}/{keys.logid[:16]}", f"notes/{note.size:08d}.txt")
            must(own and note.held(keys), f"{name} is no note of this log")
            self.notes[note.size] = note
        if not (size := self.about["note"]):
            return
        note = self.notes[size]
        for n in self.anchors:
            body = self.files[f"anchors/{n:08d}.txt"].rpartition(b"\n\n")[0] + b"\n"
            path = [*map(bytes.fromhex, self.about["anchors"][str(n)])]
            must(climbed(leaf(body), n - 1, size, path) == note.root, f"anchor {n} is not in the tree of the note")
        for other in self.notes.values():
            must(self.continues(other), f"the note over {size} anchors does not continue that over {other.size}")

    def continues(self, before: CaseNote) -> bool:
        """Whether the case's note continues another one, as a proof in the case shows."""
        note, proof = self.notes[self.about["note"]], self.about["older"].get(str(before.size), [])
        return continued((before.size, before.root), (note.size, note.root), [*map(bytes.fromhex, proof)])

    def _all_used(self) -> None:
        self.used |= {name for folder in ("stamps", "instrument") for name, _ in self.of(folder)}
        must(not (more := sorted(self.files.keys() - self.used)), f"files that belong to nothing: {', '.join(more)}")


PROOF = "proof/proof.json"
_PLACES = (
    (re.compile(r"proof/proof\.json"), "case.json"),
    (re.compile(r"proof/((?:keys|seals|anchors)/[^/]+)"), r"\1"),
    (re.compile(r"(?:[12]-[^/]+/)?((?:trail|originals)/[^/]+)"), r"\1"),
    (re.compile(r"(?:[12]-[^/]+/)?(order\.json|lines/[^/]+)"), r"revisions/\1"),
)


class OrderFile(CaseFile):
    """The file of an order (归档): `proof/` verifies its trail, and the trail order, lines and originals."""

    trail_of, thing = "order-audit", "order"
    alone = "README.md, 目录, papers/, instruments/ and inspected.json stand under digests.txt alone 不在签名之内"

    def __init__(self, files: Files) -> None:
        self._whole = files
        super().__init__(_as_case(files))

    def _listed(self) -> None:
        own, self.files = self.files, self._whole
        try:
            super()._listed()
        finally:
            self.files = own

    def _about(self) -> None:
        self.about = said(self.files["case.json"]) | {"older": {}}
        must(self.about["trail"] == self.trail_of, "the proof is of another trail")

    def _revisions(self) -> None:
        """The order and its lines as they stand: each is the newest revision that an entry of the trail names."""
        for name, stored in self.of("revisions"):
            found = said(stored)
            compact = re.sub(rb'("(?:[^"\\]|\\.)*")|\s+', rb"\1", stored)
            must(found.get("order", found["id"]) == self.about["order"], f"{name} is of another order")
            must(self.head_is(found["audit"], found["head"]), f"{name} stands on an entry that is not in the trail")
            named = self.trail[found["audit"] - 1].said.get("revision")
            must(named in {None, f"sha256:{revision_of(compact)}"}, f"{name} is another than its entry names")
        must("revisions/order.json" in self.files, "the order itself is missing")

    def _rules(self) -> None:
        """No rule belongs to it; here the originals are looked at, each of which an entry of the trail names."""
        put = {step.said["told"].get("digest") for step in self.trail if step.said["event"] == "file"}
        for name, stored in self.of("originals"):
            digest = name.removeprefix("originals/").partition(".")[0]
            must(sha(stored) == digest and digest in put, f"{name} is not the file that was put to the order")

    def _records(self) -> None:
        """No record is in it."""


def _as_case(files: Files) -> Files:
    """The files of an order under the names that those of a case have; what has none is under the list of digests alone."""
    found: Files = {LISTED: files.get(LISTED, b"")}
    for name, stored in files.items():
        own = next((pattern.sub(to, name) for pattern, to in _PLACES if pattern.fullmatch(name)), "")
        must(own not in found, f"{name} stands there twice")
        if own:
            found[own] = stored
    if (note := files.get("proof/note.txt")) is not None:
        try:
            found[f"notes/{read_note(note).size:08d}.txt"] = note
        except ValueError as error:
            raise WrongError(f"proof/note.txt is no note: {error}") from None
    return found


# --- time-stamp tokens (RFC 3161) ------------------------------------------------------------------

DIGESTS = {"608648016503040201": hashes.SHA256(), "608648016503040202": hashes.SHA384(), "608648016503040203": hashes.SHA512()}
"""The hashes that are known, by the bytes of their object identifiers."""

CONTENT_TYPE, MESSAGE_DIGEST, TST_INFO = "2a864886f70d010903", "2a864886f70d010904", "2a864886f70d0109100104"
CERTIFICATE, CERTIFICATE_V2 = "2a864886f70d010910020c", "2a864886f70d010910022f"


class UnverifiedError(Exception):
    """A token of an algorithm that this program does not know: kept, and not verified (未验)."""


class Der(NamedTuple):
    """A value in DER: its tag, its content, all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    @property
    def parts(self) -> "list[Der]":
        """The values in it."""
        found, at = [], 0
        while at < len(self.content):
            found.append(der(self.content[at:]))
            at += len(found[-1].whole)
        return found


def der(data: bytes) -> Der:
    """The first value in some bytes."""
    size, start = data[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        size = int.from_bytes(data[2:start])
    must(len(data) >= start + size, "no DER")
    return Der(data[0], data[start : start + size], data[: start + size])


def _hashed(oid: str, data: bytes) -> bytes:
    if oid not in DIGESTS:
        raise UnverifiedError(f"a hash that is not known here, {oid}")
    made = hashes.Hash(DIGESTS[oid])
    made.update(data)
    return made.finalize()


def stamped(stored: bytes, text: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """The time at which an authority below one of the roots has seen a text; WrongError where the token does not hold."""
    response = der(stored)
    must(response.whole == stored, "bytes behind the token")
    status, token = response.parts
    must(int.from_bytes(status.parts[0].content) == 0, "the authority has not granted it")
    signed = token.parts[1].parts[0].parts
    info = der(signed[2].parts[1].parts[0].content)
    told = info.parts
    imprint, seen = told[2].parts
    must(_hashed(imprint.parts[0].content.hex(), text) == seen.content, "the token is over other bytes")
    at = datetime.strptime(told[4].content.decode(), "%Y%m%d%H%M%SZ" if b"." not in told[4].content else "%Y%m%d%H%M%S.%fZ")
    (signer,) = signed[-1].parts
    try:
        known = [x509.load_der_x509_certificate(each.whole) for part in signed if part.tag == 0xA0 for each in part.parts]
        issuer, serial = (part for part in signer.parts[1].parts)
        own = [c for c in known if (c.issuer.public_bytes(), c.serial_number) == (issuer.whole, int.from_bytes(serial.content))]
        must(own, "the authority's certificate is not in the token")
        _signed(signer.parts, signed[2].parts[1].parts[0].content, own[0])
        _trusted(own[0], [*known, *roots], roots, at)
    except UnsupportedAlgorithm as error:
        raise UnverifiedError(str(error)) from None
    return at


def _signed(signer: list[Der], content: bytes, certificate: x509.Certificate) -> None:
    """The signature over the token: of its attributes, which name the content and the certificate."""
    oid = signer[2].parts[0].content.hex()
    said_ = {each.parts[0].content.hex(): each.parts[1].parts[0] for each in signer[3].parts}
    must(signer[3].tag == 0xA0 and said_[CONTENT_TYPE].content.hex() == TST_INFO, "no time-stamp")
    must(said_[MESSAGE_DIGEST].content == _hashed(oid, content), "the token was changed")
    named = said_.get(CERTIFICATE_V2) or said_[CERTIFICATE]
    parts = named.parts[0].parts[0].parts
    of = DIGESTS[parts.pop(0).parts[0].content.hex()] if parts[0].tag == 0x30 else hashes.SHA256()
    of = of if CERTIFICATE_V2 in said_ else hashes.SHA1()  # noqa: S303 - so has RFC 2634 5.4
    must(certificate.fingerprint(of) == parts[0].content, "the token names another certificate")
    key, message = certificate.public_key(), b"\x31" + signer[3].whole[1:]
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signer[5].content, message, padding.PKCS1v15(), DIGESTS[oid])
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signer[5].content, message, ec.ECDSA(DIGESTS[oid]))
        else:
            raise UnverifiedError("a kind of key that is not known here")
    except InvalidSignature:
        raise WrongError("the signature of the token does not hold") from None


def _trusted(own: x509.Certificate, known: list[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime) -> None:
    """Whether a certificate is for time-stamps alone, and stood at a time below one of the roots."""
    try:
        use = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise WrongError("the certificate is not for time-stamps") from None
    must(
        use.critical and [*use.value] == [ExtendedKeyUsageOID.TIME_STAMPING],
        "the certificate is not for time-stamps alone",
    )
    each = own
    for _ in range(8):
        begin, end = (moment.replace(tzinfo=None) for moment in (each.not_valid_before_utc, each.not_valid_after_utc))
        must(begin <= at <= end, f"a certificate of the token was not valid at {at} (from {begin} to {end})")
        if each in roots:
            return
        above = [other for other in known if other != each and _issued(each, other)]
        must(above, "the token's certificates do not lead to the root that was given")
        each = above[0]
    raise WrongError("the token's certificates are too many")


def _issued(each: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        each.verify_directly_issued_by(by)
        return bool(by.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False


# --- verdicts --------------------------------------------------------------------------------------


def unzipped(data: bytes) -> Files:
    """The files of a case."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = archive.namelist()
        must(len({*names}) == len(names), "a file stands twice in the zip")
        return {name: archive.read(name) for name in names}


def verified(data: bytes, logid: str, note: bytes | None = None, roots: Sequence[x509.Certificate] = ()) -> Verdicts:
    """The verdicts of a case. `note`: one of the log that was kept elsewhere. `roots`: of authorities of time-stamps."""
    try:
        files = unzipped(data)
        case = OrderFile(files) if PROOF in files else CaseFile(files)
    except (WrongError, zipfile.BadZipFile, NotImplementedError, OSError, EOFError, zlib.error) as error:
        return Verdicts([f"no zip: {error}"], ["nothing is known of it"], "", [], [], [])
    unsigned = _instrument(case)
    origin = _origin(case, logid, note)
    times, untimely = _times(case, roots)
    days = [n for n in case.anchors if case.about.get("all", {}).get(str(n))]
    complete = ""
    if days and not case.wrong:
        day, words = max(days), case.anchors[max(days)]
        n = case.about["all"][str(day)][0]
        complete = f"{words['at'][0]} (anchor {day}): entry {n} was the newest then, {len(case.trail) - n} follow"
    return Verdicts(case.wrong, origin, complete, times, untimely, [*_told(case), *unsigned])


def _instrument(case: CaseFile) -> list[str]:
    """Verify the records about the instrument: each is the subject's own; what is signed, is so by a key that may sign it."""
    unsigned = 0
    try:
        subjects = {revision["subject"] for revision in case.revisions.values()}
        there = {name.removeprefix("instrument/").removesuffix(".json"): stored for name, stored in case.of("instrument")}
        named = set(case.about["instrument"]["records"]) if there or "instrument" in case.about else set()
        must({*there} == named, "other records of the instrument are here than the case says")
        for place, stored in there.items():
            found = {name: json.loads(text) for name, text in members(stored).items() if name in {"subject", "sigkid"}}
            must(found["subject"] in subjects, f"the record {place} is not about the alert's subject")
            if "sigkid" not in found:
                unsigned += 1
                continue
            event = SignedRecord(stored)
            suite = event.of["sigsuite"]
            public = case.keys.row(found["sigkid"], suite, event.of["type"]) if case.keys else ""
            own = case.keys is not None and event.of["logid"] == case.keys.logid
            must(own and event.signed_by(found["sigkid"], suite, public), f"the signature of the record {place} fails")
    except (WrongError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        case.wrong.append(f"instrument: {error if isinstance(error, WrongError) else f'{type(error).__name__} {error}'}")
    return [f"{unsigned} records of the instrument bear no signature: under digests.txt alone 无签名"] if unsigned else []


def _origin(case: CaseFile, logid: str, note: bytes | None) -> list[str]:
    if case.keys is None or case.keys.logid != logid:
        return [f"the case is of the log {case.keys.logid if case.keys else '?'}, not of the one that was given"]
    if note is None:
        return []
    try:
        kept = read_note(note)
        if kept.origin != f"onescreen/{case.keys.name}/{logid[:16]}" or not kept.held(case.keys):
            return [f"the note that was given is of {kept.origin}, or its signature is not of this log"]
        if not case.continues(kept):
            return [f"no proof in the case that its anchors continue the note over {kept.size}: have it made with that note"]
    except (WrongError, ValueError, KeyError, TypeError, IndexError) as error:
        return [f"the note that was given cannot be read, or the case has none: {error}"]
    return []


def _times(case: CaseFile, roots: Sequence[x509.Certificate]) -> tuple[list[str], list[str]]:
    times, untimely = [], []
    for name, stored in case.of("stamps"):
        try:
            note = case.notes[int(name[7:15])]
            at = stamped(stored, note.text.encode(), roots)
            heads = [case.about["moved"][str(n)][0] for n in case.anchors if n <= note.size and str(n) in case.about["moved"]]
            times.append(
                f"{name}: {at:%Y-%m-%d %H:%M:%S} UTC, the note over {note.size}, entries up to {max(heads, default=0)}"
            )
        except UnverifiedError as error:
            untimely.append(f"{name}: 未验 not verified: {error}")
        except Exception as error:  # noqa: BLE001 - whatever a token makes of the library
            untimely.append(f"{name}: {type(error).__name__} {error}")
    return times, untimely


def _told(case: CaseFile) -> Iterator[str]:
    anchored = max((path[0] for tree in ("moved", "all") for path in case.about.get(tree, {}).values()), default=0)
    yield f"{len(case.trail)} entries, {case.sealed} sealed, {anchored} anchored 经过条目、已封、已锚"
    for what, absent in case.about.get("absent", {}).items():
        if absent:
            yield f"{len(absent)} {what} are named and not in the case 已列明而不在包内: {', '.join(absent)}"
    for part, why in sorted(case.keys.doubted() if case.keys else ()):
        yield f"the key of {part} has ended ({why}): a kept note or a time-stamp shows what it had signed by then 密钥已终止"
    yield case.alone
    yield "recomputed by judging again 复算: not verified here, the project itself does it 不在此验证，由本系统进行"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the verdicts; the exit code."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Verify an evidence case")
    parser.add_argument("case", type=Path, metavar="CASE", help="the zip")
    parser.add_argument("--log-id", required=True, metavar="HEX", help="the id of the log, as it was published")
    parser.add_argument("--note", type=Path, metavar="FILE", help="a note of the log that was kept elsewhere")
    parser.add_argument("--tsa-root", type=Path, metavar="PEM", help="certificates of the authorities of time-stamps")
    options = parser.parse_args(argv)
    note = options.note.read_bytes() if options.note else None
    roots = x509.load_pem_x509_certificates(options.tsa_root.read_bytes()) if options.tsa_root else []
    found = verified(options.case.read_bytes(), options.log_id, note, roots)
    timely = not roots or bool(found.times)
    lines = [
        ("intact        完整", "no 否" if found.intact else "yes 是", found.intact),
        ("known origin  来源可信", "no 否" if found.origin else "yes 是" if note else "log id only 仅凭日志编号", found.origin),
        ("complete      至此无后续", found.complete or "not proven 未证", []),
        ("time          时间", "; ".join(found.times) if found.times else "not proven 未证", found.untimely),
    ]
    for what, verdict, why in lines:
        sys.stdout.write(f"{what}: {verdict}\n" + "".join(f"  - {each}\n" for each in why))
    sys.stdout.write("".join(f"{each}\n" for each in found.said))
    return 0 if not found.intact and not found.origin and timely else 1


if __name__ == "__main__":
    sys.exit(main())
