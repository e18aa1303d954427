"""The hash chain of a trail over its stored bytes."""

import json

import pytest

from streams.signing import chain
from tests.unit.signing import verifier

TRAIL = json.loads((verifier.VECTORS / "trails.json").read_text("utf-8"))[0]
FIRST, SECOND, _ = (stored.encode() for stored in TRAIL["stored"])
GENESIS = TRAIL["genesis"]


@pytest.mark.parametrize("at", range(len(FIRST)))
def test_a_byte_changed_anywhere(at: int) -> None:
    """No byte of an entry can be another: its own hash, the one before, a blank, the name of the algorithm."""
    assert chain.links(FIRST, GENESIS) is not None
    assert chain.links(FIRST[:at] + bytes([FIRST[at] ^ 1]) + FIRST[at + 1 :], GENESIS) is None


def test_an_entry_follows_the_one_before_alone() -> None:
    """Moved, left out, behind something or in another trail it does not follow."""
    first = chain.links(FIRST, GENESIS) or ""
    assert chain.links(SECOND, first)
    assert chain.links(SECOND, GENESIS) is None
    assert chain.links(FIRST, first) is None
    assert chain.links(FIRST, chain.genesis("sha256", TRAIL["log"], "audit", "a2")) is None
    assert chain.links(FIRST, chain.genesis("sha256", "cd" * 32, "audit", "a1")) is None
    assert chain.links(FIRST, chain.genesis("sha256", TRAIL["log"], "order-audit", "a1")) is None
    assert chain.links(FIRST + b"\n", GENESIS) is None
    assert chain.links(FIRST.replace(b'"hash"', b' "hash"'), GENESIS) is None


def test_what_it_says_of_the_one_before_counts() -> None:
    """An entry that names another before it than the one it is hashed with follows neither."""
    other = "sha256:" + "0" * 64
    stored = FIRST.decode().replace(GENESIS, other)
    hashed = verifier.entry_hash(stored, GENESIS)
    forged = stored[: stored.rindex("sha256:")] + hashed + '"}'
    assert chain.links(forged.encode(), GENESIS) is None
    assert chain.links(forged.encode(), other) is None


def test_another_algorithm_is_another_hash() -> None:
    """The same entry in SM3 says so; an algorithm that nobody knows is none."""
    body = b'{"n":1,"prev":"' + GENESIS.encode() + b'","hash":""}'
    two = {name: chain.chained(name, body) for name in ("sha256", "sm3")}
    assert two["sha256"] != two["sm3"]
    assert all(chain.links(value, GENESIS) for value in two.values())
    assert chain.links(two["sm3"].replace(b'"sm3:', b'"sha256:'), GENESIS) is None
    assert chain.links(two["sm3"].replace(b'"sm3:', b'"md5:'), GENESIS) is None


@pytest.mark.parametrize(
    "blank",
    [
        b"{}",
        b'{"prev":"","hash":""}',
        b'{"hash":"","prev":"x"}',
        b'{"prev":"' + GENESIS.encode() + b'","hesh":""}',
        b'{"prev":"sha256:0","n":1,"hash":""}',
    ],
)
def test_what_is_no_entry(blank: bytes) -> None:
    """An entry ends with the hash before it and its own."""
    with pytest.raises(ValueError, match="prev and hash"):
        chain.chained("sha256", blank)
