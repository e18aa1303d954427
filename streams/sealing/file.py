"""The bytes of a sealed file: a line of JSON that says what it is, then pieces of 64 KiB, each sealed by itself.

AES-SIV as of texts (`record`), bound to the place, the file's size and the number of the piece: pieces cannot be dropped, added
or moved. The same key, place and file give the same bytes. Nothing is padded: the size of a file stands in the log.
"""

from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from msgspec import Struct
from msgspec.json import Encoder

from streams.messages.words import Sealed
from streams.sealing.record import Spot, UnopenedError, key_id
from streams.signing.words import labelled

FILE_SUITE = "aes-256-siv-64k"
"""AEAD_AES_SIV_CMAC_512 of RFC 5297 over pieces of 64 KiB."""

PIECE = 65_536
_TAG_BYTES = 16
_encode = Encoder().encode


class SealedFile(Struct, frozen=True):
    """The first line of a sealed file."""

    suite: str
    kid: str
    logid: str
    type: str
    id: str
    path: str
    size: int


def first_line(kid: str, spot: Spot, size: int) -> bytes:
    """The line with which a sealed file begins."""
    return _encode(SealedFile(FILE_SUITE, kid, spot.logid, spot.type, spot.id, spot.path, size)) + b"\n"


def sealed_pieces(key: bytes, spot: Spot, size: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a sealed file, for pieces of 64 KiB, the last one shorter; ValueError where the size is another."""
    cipher, kid, left = AESSIV(key), key_id(key), size
    yield first_line(kid, spot, size)
    for n, piece in enumerate(pieces):
        if len(piece) != min(PIECE, left) or not piece:
            raise ValueError("the file is not as long as was said")
        left -= len(piece)
        yield cipher.encrypt(piece, [_about(kid, spot, size, n)])
    if left:
        raise ValueError("the file is not as long as was said")


def opened_pieces(key: bytes, reference: Sealed, spot: Spot, file: IO[bytes]) -> Iterator[bytes]:
    """The file's own bytes, piece by piece; UnopenedError where bytes, key or place are not those it was sealed with."""
    kid, size = reference.kid, reference.size
    line = first_line(kid, spot, size)
    if key_id(key) != kid or file.read(len(line)) != line:
        raise UnopenedError("the file is not that of the reference at this place")
    cipher = AESSIV(key)
    for n in range(-(-size // PIECE)):
        length = min(PIECE, size - n * PIECE)
        try:
            yield cipher.decrypt(file.read(length + _TAG_BYTES), [_about(kid, spot, size, n)])
        except (InvalidTag, ValueError):
            raise UnopenedError("the key does not open the file at this place") from None


def _about(kid: str, spot: Spot, size: int, n: int) -> bytes:
    return labelled("sealed-file", FILE_SUITE, kid, spot.logid, spot.type, spot.id, spot.path, str(size), str(n))
