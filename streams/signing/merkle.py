"""Merkle trees of RFC 9162 §2.1: root, proofs that a leaf is in a tree and that a tree was continued, and their verification.

The same as those of RFC 6962 §2.1, with any hash. A tree of nothing has the hash of nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import partial

from streams.signing.words import digest, labelled


def leaf_hash(name: str, data: bytes) -> bytes:
    """The hash of a leaf (RFC 9162 §2.1.1)."""
    return digest(name, b"\0" + data)


def node_hash(name: str, left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children (RFC 9162 §2.1.1)."""
    return digest(name, b"\1" + left + right)


def _levels(name: str, leaves: Sequence[bytes]) -> Iterable[list[bytes]]:
    """The tree from its leaves up to its root; an odd last node rises as it is, which is the split of RFC 9162 §2.1.1."""
    new = hashlib.sha256 if name == "sha256" else partial(hashlib.new, name)
    level = list(leaves)
    while True:
        yield level
        if len(level) <= 1:
            return
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [new(b"\1" + left + right).digest() for left, right in pairs] + level[len(level) & ~1 :]


def root(name: str, leaves: Sequence[bytes]) -> bytes:
    """MTH of leaves that are hashed already (RFC 9162 §2.1.1)."""
    if not leaves:
        return digest(name, b"")
    *_, (top,) = _levels(name, leaves)
    return top


def paths(name: str, leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The inclusion path of every leaf (RFC 9162 §2.1.3.1), of one walk up the tree."""
    levels = list(_levels(name, leaves))
    return [_path(levels, index) for index in range(len(leaves))]


def inclusion(name: str, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH of one leaf (RFC 9162 §2.1.3.1)."""
    return inclusions(name, leaves, [index])[0]


def inclusions(name: str, leaves: Sequence[bytes], indexes: Sequence[int]) -> list[list[bytes]]:
    """PATH of some leaves, of one walk up the tree; ValueError where there is no such leaf."""
    levels = list(_levels(name, leaves))
    if strange := [index for index in indexes if not 0 <= index < len(leaves)]:
        raise ValueError(f"there is no leaf {strange[0]} in a tree of {len(leaves)}")
    return [_path(levels, index) for index in indexes]


def _path(levels: Sequence[Sequence[bytes]], index: int) -> list[bytes]:
    found = []
    for level in levels:
        if (sibling := index ^ 1) < len(level):
            found.append(level[sibling])
        index >>= 1
    return found


def included(name: str, leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's path leads to; None where no path of a tree of this size is so long (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(name, sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(name, found, sibling)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def consistency(name: str, leaves: Sequence[bytes], first: int) -> list[bytes]:
    """PROOF that the tree of the first leaves was continued (RFC 9162 §2.1.4.1); ValueError where it has no such beginning."""
    if not 0 < first <= len(leaves):
        raise ValueError(f"a tree of {len(leaves)} leaves does not continue one of {first}")
    proof: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while first != high:
        split = low + (1 << (high - low - 1).bit_length() - 1)
        if first <= split:
            proof.append(root(name, leaves[split:high]))
            high = split
        else:
            proof.append(root(name, leaves[low:split]))
            low, whole = split, False
    return ([] if whole else [root(name, leaves[low:high])]) + proof[::-1]


def is_continued(name: str, first: int, second: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Whether a proof shows that a tree of `second` leaves continues one of `first` (RFC 9162 §2.1.4.2)."""
    if first == second:
        return not proof and roots[0] == roots[1]
    if not 0 < first < second or not proof:
        return False
    nodes = list(proof) if first & (first - 1) else [roots[0], *proof]
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(name, node, old), node_hash(name, node, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(name, new, node)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == roots


def head_leaf(name: str, kind: str, thing: str, n: int, hashed: str) -> bytes:
    """The leaf of the newest entry of one trail: kind of trail, id of the thing, number and hash of the entry."""
    return leaf_hash(name, labelled("head", kind, thing, str(n), hashed))


def sorted_heads(name: str, heads: Iterable[tuple[str, str, int, str]]) -> list[bytes]:
    """The leaves of all heads (kind, id, number, hash), by the bytes of kind and then of id.

    So the newest head of a trail is shown by one leaf, and that there is no trail by two that stand side by side.
    """
    return [head_leaf(name, *head) for head in sorted(heads, key=lambda head: (head[0].encode(), head[1].encode()))]
