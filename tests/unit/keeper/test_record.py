"""The record of a sealed text: as the RFC and the page say, bound to its place, the same each time."""

import base64
import re
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from streams.messages.words import Sealed
from streams.sealing.record import MAX_BYTES, Spot, UnopenedError, opened, padded, record_of, seal, unpadded
from tests.unit.keeper import siv

PAGE = Path(__file__).resolve().parents[3] / "docs/develop/sealing.md"
KEY = bytes(range(64))
SPOT = Spot("ab" * 32, "command.comment", "01J9-comment", "reason")
TEXT = "请尽快处理"


def test_the_second_implementation_is_that_of_the_rfc() -> None:
    """RFC 5297 A.1: key, associated data and text give these bytes."""
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    associated = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    sealed = siv.encrypt(key, associated, bytes.fromhex("112233445566778899aabbccddee"))
    assert sealed.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=64, max_size=64), st.tuples(*[st.text(max_size=20)] * 3), st.text(min_size=1, max_size=99))
def test_both_implementations_agree(key: bytes, parts: tuple[str, str, str], text: str) -> None:
    """Whatever key, place and text: the record's fields are the same, and it opens."""
    reference, value = seal(key, Spot("ab" * 32, *parts), text)
    assert json.decode(value) == json.decode(siv.record(key, "ab" * 32, *parts, text))
    assert opened(key, reference, Spot("ab" * 32, *parts), value) == text


def test_the_pages_example() -> None:
    """The record in the page, and its digest, are what this key gives at this place."""
    page = PAGE.read_text("utf-8")
    example = re.search(r"```json\n(\{\"suite\".*?\})\n```", page)
    assert example
    reference, value = seal(KEY, SPOT, TEXT)
    assert value.decode() == example[1] == siv.record(KEY, SPOT.logid, SPOT.type, SPOT.id, SPOT.path, TEXT).decode()
    assert reference == Sealed(sha256(KEY).hexdigest(), sha256(value).hexdigest(), 32)
    assert reference.digest in page


def test_the_same_again() -> None:
    """The same key, place and text give the same reference and bytes; anything else gives others."""
    assert seal(KEY, SPOT, TEXT) == seal(KEY, SPOT, TEXT)
    others = [seal(KEY, replace(SPOT, **{name: "x"}), TEXT) for name in SPOT.__struct_fields__]
    others += [seal(KEY, SPOT, TEXT + " "), seal(KEY[::-1], SPOT, TEXT)]
    assert len({reference.digest for reference, _ in [*others, seal(KEY, SPOT, TEXT)]}) == 7


@pytest.mark.parametrize(("length", "size"), [(0, 32), (31, 32), (32, 64), (63, 64), (64, 128), (16_383, 16_384)])
def test_sizes(length: int, size: int) -> None:
    """Padded to 32, 64, 128 … bytes, always by one byte at least, and back."""
    assert len(padded(b"\x80" * length)) == size
    assert unpadded(padded(b"\x80" * length)) == b"\x80" * length


def test_too_long() -> None:
    """A text that would make a record beyond 64 KiB is not sealed."""
    with pytest.raises(ValueError, match="at most 16383"):
        padded(b"a" * MAX_BYTES)


def test_a_moved_reference_opens_nothing() -> None:
    """Under another log, type, id or path, with another size, record or key: nothing, and no word of the text."""
    reference, value = seal(KEY, SPOT, TEXT)
    other, strange = seal(KEY, SPOT, "别的")
    tries = [
        *((KEY, reference, replace(SPOT, **{name: "x"}), value) for name in SPOT.__struct_fields__),
        (KEY, replace(reference, size=64), SPOT, value),
        (KEY, other, SPOT, value),
        (KEY, reference, SPOT, strange),
        (KEY[::-1], reference, SPOT, value),
        (KEY, replace(reference, kid="0" * 64), SPOT, value),
        (KEY, reference, SPOT, b"garbage"),
    ]
    for each in tries:
        with pytest.raises(UnopenedError) as error:
            opened(*each)
        assert TEXT not in str(error.value)


@pytest.mark.parametrize("bit", range(0, 48 * 8, 7))
def test_a_changed_text_under_its_own_digest(bit: int) -> None:
    """A record that was changed and named anew, under the true kid and place, does not open: SIV authenticates."""
    _, value = seal(KEY, SPOT, TEXT)
    record = record_of(value)
    sealed = bytearray(base64.urlsafe_b64decode(record.text + "=" * (-len(record.text) % 4)))
    sealed[bit // 8] ^= 1 << bit % 8
    forged = json.encode(replace(record, text=base64.urlsafe_b64encode(sealed).decode().rstrip("=")))
    with pytest.raises(UnopenedError):
        opened(KEY, Sealed(record.kid, sha256(forged).hexdigest(), 32), SPOT, forged)
