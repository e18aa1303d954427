"""The manifest of an archived file: what its lines say, and the leaf of a record (docs/develop/signing.md, "Manifests")."""

import hmac
import re
from collections.abc import Iterator, Sequence
from typing import Self

from msgspec import Struct

from streams.signing import merkle
from streams.signing.proofs.lines import Line, Signed, joined, numbers, read, stated
from streams.signing.sign import Signer
from streams.signing.words import digest, labelled

LABEL = "onescreen/manifest/1"
_COUNTED = re.compile(r"(0|[1-9][0-9]*) ([0-9a-f]{64})")


def row_leaf(name: str, secret: bytes, offset: int, timestamp: int, key: bytes | None, value: bytes | None) -> bytes:
    """The leaf of one record of a file: salted with HMAC (RFC 2104) of its offset under the file's own key.

    So a leaf tells nothing of a record that was taken out, once the file's key is gone too.
    """
    salt = hmac.digest(secret, str(offset).encode(), name).hex()
    return merkle.leaf_hash(name, labelled("row", salt, str(offset), str(timestamp), _hashed(name, key), _hashed(name, value)))


class Manifest(Struct, frozen=True, kw_only=True):
    """What a file holds. `file`: `<topic>/<partition>/<first>-<last>`. `rows`: how many records, `root`: of their leaves (hex).

    `holes`: ranges of offsets without a committed record. `signed`: how many records bear signatures, `failed`: offsets of
    those of which not every signature was found to hold; None and empty where nobody has looked. `size` and `digest`: bytes
    and SHA-256 of the file as it was written.
    """

    logid: str
    file: str
    rows: int
    root: str
    holes: tuple[tuple[int, int], ...]
    failed: tuple[int, ...]
    size: int
    digest: str
    signed: int | None = None

    def stored(self, signer: Signer) -> bytes:
        """The stored bytes, signed."""
        return stated(LABEL, self._lines(), signer)

    @classmethod
    def of(cls, signed: Signed) -> Self:
        """What a statement says; ValueError where it is no manifest."""
        tree, told = (_COUNTED.fullmatch(signed.one(word)) for word in ("rows", "bytes"))
        holes, looked = numbers(signed.one("holes")), [numbers(each) for each in signed.all("signed")]
        if tree is None or told is None or len(holes) % 2 or any(len(each) != 1 for each in looked):
            raise ValueError("the lines of a manifest do not say what they should")
        made = cls(
            logid=signed.one("log"),
            file=signed.one("file"),
            rows=int(tree[1]),
            root=tree[2],
            holes=tuple(zip(holes[::2], holes[1::2], strict=True)),
            failed=numbers(signed.one("failed")),
            size=int(told[1]),
            digest=told[2],
            signed=looked[0][0] if looked else None,
        )
        if tuple(made._lines()) != signed.lines:
            raise ValueError("the lines of a manifest are not in their order")
        return made

    def _lines(self) -> Iterator[Line]:
        yield "log", self.logid
        yield "file", self.file
        yield "rows", f"{self.rows} {self.root}"
        yield "holes", joined(tuple(offset for hole in self.holes for offset in hole))
        if self.signed is not None:
            yield "signed", str(self.signed)
        yield "failed", joined(self.failed)
        yield "bytes", f"{self.size} {self.digest}"


def read_manifest(value: bytes) -> tuple[Signed, Manifest]:
    """A stored manifest, and what it says; ValueError where it is none."""
    signed = read(LABEL, value)
    return signed, Manifest.of(signed)


def rows_root(name: str, leaves: Sequence[bytes]) -> str:
    """The root (hex) of a file's leaves."""
    return merkle.root(name, leaves).hex()


def _hashed(name: str, data: bytes | None) -> str:
    return "" if data is None else digest(name, data).hex()
