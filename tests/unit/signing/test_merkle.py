"""Trees: the vectors of Certificate Transparency, and every proof against the second implementation."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.signing import merkle
from tests.unit.signing import verifier

CT: dict[str, Any] = json.loads((verifier.VECTORS / "trees.json").read_text("utf-8"))
LEAVES = [merkle.leaf_hash("sha256", bytes.fromhex(leaf)) for leaf in CT["leaves"]]
ROOTS = [bytes.fromhex(root) for root in CT["roots"]]
TREES = st.lists(st.binary(max_size=8), min_size=1, max_size=70, unique=True).map(
    lambda leaves: [merkle.leaf_hash("sha256", leaf) for leaf in leaves]
)


def unhexed(path: list[str]) -> list[bytes]:
    """Hashes of a vector."""
    return [bytes.fromhex(each) for each in path]


@pytest.mark.parametrize("size", range(9))
def test_roots(size: int) -> None:
    """The roots of the first 0 to 8 leaves."""
    assert merkle.root("sha256", LEAVES[:size]) == ROOTS[size]


@pytest.mark.parametrize("case", CT["inclusion"], ids=lambda case: f"{case['index']} of {case['size']}")
def test_inclusion(case: dict[str, Any]) -> None:
    """The published paths are made, and lead to the published roots."""
    leaves, path = LEAVES[: case["size"]], unhexed(case["path"])
    assert merkle.inclusion("sha256", leaves, case["index"]) == path
    assert merkle.included("sha256", leaves[case["index"]], case["index"], case["size"], path) == ROOTS[case["size"]]


@pytest.mark.parametrize("case", CT["consistency"], ids=lambda case: f"{case['first']} to {case['second']}")
def test_consistency(case: dict[str, Any]) -> None:
    """The published consistency proofs are made, and hold."""
    first, second, proof = case["first"], case["second"], unhexed(case["proof"])
    assert merkle.consistency("sha256", LEAVES[:second], first) == proof
    assert merkle.is_continued("sha256", first, second, (ROOTS[first], ROOTS[second]), proof)


@given(TREES, st.data())
def test_every_leaf_is_included_and_nowhere_else(leaves: list[bytes], data: st.DataObject) -> None:
    """Path and root are those of the RFC's recursion; another index, a changed, longer or shorter path leads elsewhere."""
    size = len(leaves)
    index = data.draw(st.integers(0, size - 1))
    root, path = merkle.root("sha256", leaves), merkle.inclusion("sha256", leaves, index)
    assert root == verifier.mth(leaves)
    assert path == verifier.path_of(leaves, index) == merkle.paths("sha256", leaves)[index]
    assert merkle.included("sha256", leaves[index], index, size, path) == root
    other = data.draw(st.integers(-1, size))
    if other != index:
        assert merkle.included("sha256", leaves[index], other, size, path) != root
    assert merkle.included("sha256", leaves[index], index, size, [*path, b"\0" * 32]) is None
    if path:
        assert merkle.included("sha256", leaves[index], index, size, path[:-1]) is None
        at = data.draw(st.integers(0, len(path) - 1))
        changed = [*path[:at], bytes(32), *path[at + 1 :]]
        assert merkle.included("sha256", leaves[index], index, size, changed) != root


@given(TREES, st.data())
def test_every_tree_continues_its_beginnings(leaves: list[bytes], data: st.DataObject) -> None:
    """A proof holds for its two roots alone; a cut, a longer or a changed one does not."""
    second = len(leaves)
    first = data.draw(st.integers(1, second))
    roots = (verifier.mth(leaves[:first]), verifier.mth(leaves))
    proof = merkle.consistency("sha256", leaves, first)
    assert merkle.is_continued("sha256", first, second, roots, proof)
    assert not merkle.is_continued("sha256", first, second, (bytes(32), roots[1]), proof)
    assert not merkle.is_continued("sha256", first, second, (roots[0], bytes(32)), proof)
    assert not merkle.is_continued("sha256", first, second, roots, [*proof, bytes(32)])
    assert not merkle.is_continued("sha256", 0, second, roots, proof)
    assert not merkle.is_continued("sha256", second + 1, second, roots, proof)
    if proof:
        assert not merkle.is_continued("sha256", first, second, roots, proof[:-1])


@given(TREES)
def test_another_hash(leaves: list[bytes]) -> None:
    """SM3 makes the same tree of other hashes."""
    assert merkle.root("sm3", leaves) == verifier.mth(leaves, "sm3")


def test_no_such_proof() -> None:
    """There is no path of a leaf that is not there, nor a proof from a tree that is none of its beginnings."""
    with pytest.raises(ValueError, match="no leaf 8"):
        merkle.inclusion("sha256", LEAVES, 8)
    for first in (0, 9):
        with pytest.raises(ValueError, match="does not continue"):
            merkle.consistency("sha256", LEAVES, first)


def test_heads_are_sorted_by_their_bytes() -> None:
    """The order in which heads are given does not matter; `a1` stands before `a10`, and Chinese after it, by UTF-8."""
    of = json.loads((verifier.VECTORS / "heads.json").read_text("utf-8"))
    heads = [tuple(head) for head in of["heads"]]
    assert of["order"] == ["a1", "a10", "站-9", "o1"]
    assert merkle.sorted_heads("sha256", heads) == merkle.sorted_heads("sha256", heads[::-1])
    assert merkle.sorted_heads("sha256", heads)[0] == merkle.head_leaf("sha256", *heads[3])
