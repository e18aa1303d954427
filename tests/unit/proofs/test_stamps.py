"""Time-stamps over notes (C22): as the project takes them in, and as the program of a case verifies them, each on its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from agents.audit.opened.stamps import read_token, request_over, size_of, time_of
from agents.evidence.case import listed, packed
from agents.evidence.verify import UnverifiedError, WrongError, stamped, verified
from streams.command import Trouble
from streams.signing.proofs.note import LogNote
from tests.support.proofs.authority import AT, SM3, YEAR, Authority
from tests.support.proofs.case import files_of, lived
from tests.support.proofs.sealed import SealedLog

DAY = timedelta(days=1)
GOOD = Authority()


@cache
def log() -> SealedLog:
    """A log of two notes."""
    return lived()


def noted(size: int = 2) -> LogNote:
    """One of its notes."""
    return log().anchors.notes[size]


def taken_in(token: bytes, text: bytes, root: x509.Certificate) -> datetime | None:
    """The time that the project finds."""
    answer = read_token(token)
    note = log().anchors.notes[size_of(answer, log().anchors.notes)]
    if note.text.encode() != text:
        raise Trouble("of another note")
    return time_of(answer, note, [root])


def by_the_case(token: bytes, text: bytes, root: x509.Certificate) -> datetime | None:
    """The time that the program of a case finds."""
    try:
        return stamped(token, text, [root]).replace(tzinfo=AT.tzinfo)
    except UnverifiedError:
        return None


BOTH = pytest.mark.parametrize("found", [taken_in, by_the_case])
Found = Callable[[bytes, bytes, x509.Certificate], datetime | None]


@BOTH
def test_a_token_over_a_note_proves_its_time(found: Found) -> None:
    """The time is that of the token, whatever today is."""
    text = noted().text.encode()
    assert found(GOOD.token(text), text, GOOD.root) == AT


@BOTH
@pytest.mark.parametrize(
    "forged",
    [
        lambda _: (GOOD.token(b"other bytes"), GOOD.root),
        lambda text: (GOOD.token(text, changed=True), GOOD.root),
        lambda text: (GOOD.token(text), Authority().root),
        lambda text: ((other := Authority(use=(ExtendedKeyUsageOID.CODE_SIGNING,))).token(text), other.root),
        lambda text: ((other := Authority(AT - YEAR, AT - DAY)).token(text), other.root),
        lambda text: ((other := Authority(AT + DAY, AT + YEAR)).token(text), other.root),
    ],
    ids=["other bytes", "changed", "another root", "wrong use", "expired before", "not valid yet"],
)
def test_a_token_that_does_not_hold_is_refused(found: Found, forged: Callable[[bytes], tuple[bytes, x509.Certificate]]) -> None:
    """C22: of other bytes, of another authority, of a certificate for other uses, or not valid at the token's time."""
    text = noted().text.encode()
    token, root = forged(text)
    with pytest.raises((Trouble, WrongError)):
        found(token, text, root)


@BOTH
def test_a_chain_that_expired_after_the_token_still_proves_it(found: Found) -> None:
    """C22: the certificate ended a day after the token; what counts is the token's time."""
    other, text = Authority(AT - YEAR, AT + DAY), noted().text.encode()
    assert found(other.token(text), text, other.root) == AT


@BOTH
def test_a_token_of_sm2_is_not_verified(found: Found) -> None:
    """C22: it is taken in, and no time is told of it."""
    text = noted().text.encode()
    assert found(GOOD.token(text, digest=SM3), text, GOOD.root) is None


def test_no_changed_byte_of_a_token_moves_its_time() -> None:
    """Every 23rd byte changed, and all listed anew: the token is refused, or says what it said; nothing else breaks."""
    made, token = log(), GOOD.token(noted().text.encode())
    files = files_of(made, {2: token})
    whole = verified(packed(files), made.roots.logid, None, [GOOD.root])
    assert len(whole.times) == 1
    for at in range(0, len(token), 23):
        changed = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        found = verified(packed(listed({**files, "stamps/00000002.tsr": changed})), made.roots.logid, None, [GOOD.root])
        assert found.intact == []
        assert found.times in ([], whole.times), at


def test_a_request_is_over_the_text() -> None:
    """SHA-256 of the note's three lines stands in it, and it is the same however often it is made."""
    assert sha256(noted().text.encode()).digest() in request_over(noted())
    assert request_over(noted()) == request_over(noted())
    assert request_over(noted()) != request_over(noted(1))


def test_what_is_no_token_is_refused() -> None:
    """Bytes that are none, and an answer that grants nothing."""
    refused = bytes.fromhex("30053003020102")
    for value in (b"", b"no token", refused):
        with pytest.raises(Trouble):
            read_token(value)


def test_a_case_with_a_token_has_its_time_proven() -> None:
    """The verdict names the time and how far the trail had come; without a root, or by another, nothing is proven."""
    made = log()
    files = files_of(made, {n: GOOD.token(noted(n).text.encode()) for n in (1, 2)})
    data = packed(files)
    found = verified(data, made.roots.logid, None, [GOOD.root])
    assert (found.intact, found.untimely) == ([], [])
    assert [each.partition(", ")[2] for each in found.times] == [
        "the note over 1, entries up to 2",
        "the note over 2, entries up to 3",
    ]
    for roots in ([], [Authority().root]):
        found = verified(data, made.roots.logid, None, roots)
        assert (found.intact, found.times, len(found.untimely)) == ([], [], 2)


def test_a_case_with_a_token_of_sm2_says_so() -> None:
    """Kept in the case, shown as 未验, never as proven."""
    made = log()
    data = packed(files_of(made, {2: GOOD.token(noted().text.encode(), digest=SM3)}))
    found = verified(data, made.roots.logid, None, [GOOD.root])
    assert (found.intact, found.times) == ([], [])
    assert "未验" in found.untimely[0]
