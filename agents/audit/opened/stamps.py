"""Time-stamps (RFC 3161) over notes of a log: asked for and taken in as files, so that a closed network has them too.

An authority says that it has seen the SHA-256 of a note's text at a time; what the note is over is no younger. Tokens stand
below ONESCREEN_DATA as `stamps/LOG/SIZE.tsr`. A request has no nonce: it is the same however often it is made, and an
older token over the same text says the truth as well.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from streams.command import Trouble
from streams.settings import Settings
from streams.signing.proofs.note import LogNote

HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "1.2.156.10197.1.401": "sm3",
}
"""The hashes that a token may name (NIST CSOR; GM/T 0006-2012)."""

_COMMERCIAL = bytes.fromhex("2a811ccf55")  # how the object identifiers of Chinese commercial cryptography begin: 1.2.156.10197
_SIZE = re.compile(r"[0-9]{1,15}")


def stamps_folder(settings: Settings, log: str) -> Path:
    """Where the tokens of a log stand."""
    return settings.data / "stamps" / log


def stamps_of(settings: Settings, log: str) -> Mapping[int, bytes]:
    """The tokens that were taken in, by the size of the note."""
    found = sorted(stamps_folder(settings, log).glob("*.tsr"))
    return {int(path.stem): path.read_bytes() for path in found if _SIZE.fullmatch(path.stem)}


def request_over(note: LogNote) -> bytes:
    """What an authority is asked with: SHA-256 of the note's text, and that its certificates come with the token."""
    asked = TimestampRequestBuilder(note.text.encode(), HashAlgorithm.SHA256, nonce=False, cert_req=True)
    return asked.build().as_bytes()


def read_token(value: bytes) -> TimeStampResponse:
    """The answer of an authority; Trouble where it is none, or the authority has refused."""
    try:
        answer = decode_timestamp_response(value)
    except ValueError as error:
        raise Trouble(f"this is no answer to a time-stamp request (.tsr): {error}") from None
    if answer.status != 0:
        raise Trouble(f"the authority has not granted a time-stamp: status {answer.status} {' '.join(answer.status_string)}")
    return answer


def size_of(answer: TimeStampResponse, notes: Mapping[int, LogNote]) -> int:
    """The size of the note that a token is over; Trouble where it is over none of the log's."""
    imprint = answer.tst_info.message_imprint
    name = HASHES.get(imprint.hash_algorithm.dotted_string)
    for size, note in notes.items():
        if name and hashlib.new(name, note.text.encode()).digest() == imprint.message:
            return size
    raise Trouble(f"the token is over other bytes than the text of one of the {len(notes)} notes of this log: nothing is kept")


def time_of(answer: TimeStampResponse, note: LogNote, roots: Sequence[Certificate]) -> datetime | None:
    """When an authority below one of the roots has seen a note; None of algorithms that are not verified here (未验).

    Certificates must have been valid at the time of the token. Trouble where it does not hold.
    """
    if _COMMERCIAL in answer.as_bytes():
        return None
    try:
        VerifierBuilder(roots=list(roots)).build().verify_message(answer, note.text.encode())
    except (VerificationError, ValueError) as error:
        raise Trouble(f"the token does not hold: {error}. Nothing is kept") from None
    return answer.tst_info.gen_time
