"""An anchor of an opened log: what its lines say (docs/develop/signing.md, "Anchors")."""

import re
from collections.abc import Iterator, Mapping
from typing import Self

from msgspec import Struct

from streams.signing.proofs.lines import Line, Signed, joined, numbers, read, stated
from streams.signing.sign import Signer

LABEL = "onescreen/anchor/2"
"""The first line; the anchors of logs that were never opened, and of every log before it was, are the first version."""

SEALS = "seals"
"""The topic of the seals, below the log's name: how far it was read stands in an anchor beside the trails'."""

_TREE = re.compile(r"(0|[1-9][0-9]*) ([0-9a-f]{64})")
_FILE = re.compile(r"(\S+) ([0-9a-f]{64})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Tree(Struct, frozen=True):
    """A tree of heads: how many leaves, and its root (hex)."""

    size: int
    root: str


class LogAnchor(Struct, frozen=True, kw_only=True):
    """One anchor. `n`: its number, from 1. `prev`: the hash of the signed bytes of anchor `n - 1`, empty of the first.

    `at`: wall clock of who signs. `moved`: the tree of the heads that moved since the anchor before, by kind and id, as
    `streams.signing.merkle.sorted_heads` has them. `read`: by topic, the offset of each partition before which all is covered.
    `files`: the archive's files since the anchor before, and the hashes of their manifests. `day` and `all`: the day that this
    anchor closes, and the tree of all heads; both or none. `after`: number and SHA-256 of the last anchor of the first
    version, which the first anchor of this one follows.
    """

    logid: str
    n: int
    prev: str
    at: str
    moved: Tree
    read: Mapping[str, tuple[int, ...]]
    files: Mapping[str, str] = {}
    day: str = ""
    all: Tree | None = None
    after: str = ""

    def stored(self, signer: Signer) -> bytes:
        """The stored bytes, signed."""
        return stated(LABEL, self._lines(), signer)

    @classmethod
    def of(cls, signed: Signed) -> Self:
        """What a statement says; ValueError where it is no anchor."""
        days, closing = signed.all("day"), signed.all("all")
        if len(days) > 1 or len(days) != len(closing) or not all(map(_DAY.fullmatch, days)):
            raise ValueError("an anchor closes one day, with the tree of all heads, or none")
        made = cls(
            logid=signed.one("log"),
            n=numbers(signed.one("n"))[0],
            prev=signed.one("prev"),
            at=signed.one("at"),
            moved=_tree(signed.one("moved")),
            read=dict(_read(each) for each in signed.all("read")),
            files=dict(_file(each) for each in signed.all("file")),
            day=days[0] if days else "",
            all=_tree(closing[0]) if closing else None,
            after=signed.one("after") if signed.all("after") else "",
        )
        if tuple(made._lines()) != signed.lines:
            raise ValueError("the lines of an anchor are not in their order")
        return made

    def _lines(self) -> Iterator[Line]:
        yield "log", self.logid
        yield "n", str(self.n)
        yield "prev", self.prev
        yield "at", self.at
        yield "moved", f"{self.moved.size} {self.moved.root}"
        if self.all is not None:
            yield "day", self.day
            yield "all", f"{self.all.size} {self.all.root}"
        for topic, offsets in self.read.items():
            yield "read", f"{topic} {joined(offsets)}".rstrip()
        for name, hashed in self.files.items():
            yield "file", f"{name} {hashed}"
        if self.after:
            yield "after", self.after


def read_anchor(value: bytes) -> tuple[Signed, LogAnchor]:
    """A stored anchor, and what it says; ValueError where it is none."""
    signed = read(LABEL, value)
    return signed, LogAnchor.of(signed)


def is_second(value: bytes) -> bool:
    """Whether a stored anchor says that it is of this version."""
    return value.startswith(f"{LABEL}\n".encode())


def _tree(text: str) -> Tree:
    found = _TREE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no tree")
    return Tree(int(found[1]), found[2])


def _read(text: str) -> tuple[str, tuple[int, ...]]:
    topic, _, offsets = text.partition(" ")
    return topic, numbers(offsets)


def _file(text: str) -> tuple[str, str]:
    found = _FILE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no file with its hash")
    return found[1], found[2]
