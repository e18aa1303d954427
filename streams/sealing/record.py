"""The record of a sealed text, byte for byte: padding, associated data, the key's id, the record's digest.

AES-SIV (RFC 5297) with a key of 64 bytes: the same key, place and text give the same bytes, so that whoever asks twice gets the
same reference. A reference is bound to its log and event: under another log, type, id or path nothing opens.
"""

from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from msgspec import DecodeError, Struct, ValidationError
from msgspec.json import Decoder, Encoder

from streams.messages.checked import Digest
from streams.messages.words import Sealed
from streams.signing.words import base64url, from_base64url, labelled

SUITE = "aes-256-siv"
"""AEAD_AES_SIV_CMAC_512 of RFC 5297 §6.3: the first half of the key is that of CMAC, the second that of CTR."""

KEY_BYTES = 64
MIN_BYTES = 32
"""The shortest padded text. Longer ones are padded to the next power of two, so that a size tells little."""

MAX_BYTES = 16_384
"""The longest padded text: in base64url its record stays below the 64 KiB that a record may have."""

_MARK = b"\x80"
_TAG_BYTES = 16


class Spot(Struct, frozen=True, gc=False):
    """Where a text stands: the log's id, the type and id of the event, and the path of the text in its data, `reason`."""

    logid: str
    type: str
    id: str
    path: str


class SealedText(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The record of `<log>.sealed`. `kid`: the key; `text`: the sealed bytes (base64url), 16 more than the padded text has."""

    suite: str
    kid: Digest
    logid: str
    type: str
    id: str
    path: str
    text: str

    @property
    def spot(self) -> Spot:
        """Where the text stands, as the record says."""
        return Spot(self.logid, self.type, self.id, self.path)


class UnopenedError(ValueError):
    """A sealed text that this key does not open at this place: what does not fit. It holds nothing of the text."""


_encode = Encoder().encode
_decoder = Decoder(SealedText)


def key_id(key: bytes) -> str:
    """The id of a sealing key: SHA-256 of its 64 bytes (hex)."""
    return sha256(key).hexdigest()


def digest(value: bytes) -> str:
    """The digest of a record's bytes, which is its Kafka key: SHA-256 (hex)."""
    return sha256(value).hexdigest()


def padded(text: bytes) -> bytes:
    r"""A text with 80 and then zeros (ISO/IEC 7816-4) up to 32, 64, 128 … bytes; ValueError where it is too long.

    >>> padded("检修".encode())[:8], len(padded(b"a" * 31)), len(padded(b"a" * 32))
    (b'\xe6\xa3\x80\xe4\xbf\xae\x80\x00', 32, 64)
    """
    size = max(MIN_BYTES, 1 << len(text).bit_length())
    if size > MAX_BYTES:
        raise ValueError(f"a text of {len(text)} bytes: at most {MAX_BYTES - 1} can be sealed")
    return (text + _MARK).ljust(size, b"\0")


def unpadded(data: bytes) -> bytes:
    r"""The text without its padding; ValueError where it ends with none.

    >>> unpadded(padded(b"a\x80\x00"))
    b'a\x80\x00'
    """
    text, mark, rest = data.rpartition(_MARK)
    if not mark or rest.strip(b"\0"):
        raise ValueError("no padding at the end of the text")
    return text


def associated(kid: str, spot: Spot) -> bytes:
    """What the text is bound to, the one string of associated data."""
    return labelled("sealed", SUITE, kid, spot.logid, spot.type, spot.id, spot.path)


def seal(key: bytes, spot: Spot, text: str) -> tuple[Sealed, bytes]:
    """The reference to a text at its place, and the record that holds it; ValueError where the text is too long."""
    kid, plain = key_id(key), padded(text.encode())
    sealed = base64url(AESSIV(key).encrypt(plain, [associated(kid, spot)]))
    value = _encode(SealedText(SUITE, kid, spot.logid, spot.type, spot.id, spot.path, sealed))
    return Sealed(kid, digest(value), len(plain)), value


def record_of(value: bytes) -> SealedText:
    """What a record of `<log>.sealed` says; UnopenedError where it is none."""
    try:
        return _decoder.decode(value)
    except (ValidationError, DecodeError, UnicodeDecodeError):
        raise UnopenedError("no record of a sealed text") from None


def is_bound(reference: Sealed, spot: Spot, value: bytes) -> bool:
    """Whether a record says of itself that it holds this reference's text for this place; UnopenedError where it is none."""
    record = record_of(value)
    size = len(from_base64url(record.text) or b"") - _TAG_BYTES
    named = Sealed(record.kid, digest(value), size) == reference if size > 0 else False
    return named and record.suite == SUITE and record.spot == spot


def opened(key: bytes, reference: Sealed, spot: Spot, value: bytes) -> str:
    """The text of a reference at its place; UnopenedError where record, key or place are not those it was sealed with."""
    if not is_bound(reference, spot, value):
        raise UnopenedError("the record is not that of the reference at this place")
    if key_id(key) != reference.kid:
        raise UnopenedError("the key is another one than the reference names")
    sealed = from_base64url(record_of(value).text) or b""
    try:
        return unpadded(AESSIV(key).decrypt(sealed, [associated(reference.kid, spot)])).decode()
    except (InvalidTag, ValueError):
        raise UnopenedError("the key does not open the text at this place") from None
