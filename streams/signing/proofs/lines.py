"""Statements in lines of text, signed as the bytes that they are: anchors, and the manifests of archived files.

The first line is the label; each further line a word and what it says; the last one before the blank line names the key. Behind
the blank line stands the signature over all bytes before it. Nothing is ever encoded again to be verified.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from streams.signing.keys import Verify
from streams.signing.proofs.seal import key_for
from streams.signing.sign import Signer, over
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.words import digest

Line = tuple[str, str]
"""A word, and what it says."""


class Signed(Struct, frozen=True):
    """A statement as it is stored: the bytes that are signed, its lines without the first and the last, key, signature."""

    body: bytes
    lines: tuple[Line, ...]
    suite: str
    kid: str
    sig: str

    def hash(self) -> str:
        """The hash (hex) of the signed bytes, by the suite of the key."""
        return digest(SUITES[self.suite].hash, self.body).hex()

    def one(self, word: str) -> str:
        """What the one line of a word says; ValueError where there are none or more."""
        (found,) = self.all(word)
        return found

    def all(self, word: str) -> list[str]:
        """What the lines of a word say, in their order."""
        return [text for each, text in self.lines if each == word]


def stated(label: str, lines: Iterable[Line], signer: Signer) -> bytes:
    """The stored bytes of a statement."""
    text = [label, *(f"{word} {said}".rstrip(" ") for word, said in lines), f"key {signer.suite} {signer.kid}"]
    if any("\n" in line for line in text):
        raise ValueError("a line of a statement has no line feed in it")
    body = ("\n".join(text) + "\n").encode()
    return body + f"\n{over(body, signer)}\n".encode()


def read(label: str, value: bytes) -> Signed:
    """A stored statement; ValueError where it is none of this label. Whether its signature holds, `fault` says."""
    body, blank, sig = value.rpartition(b"\n\n")
    first, *rest = body.decode().split("\n")
    if not blank or first != label or not rest or not sig.endswith(b"\n") or value != body + b"\n\n" + sig:
        raise ValueError(f"this is no {label}")
    lines = [_line(text) for text in rest]
    word, key = lines.pop()
    suite, _, kid = key.partition(" ")
    if word != "key" or suite not in SUITES:
        raise ValueError(f"a statement {label} ends with the key that signs it")
    return Signed(body + b"\n", tuple(lines), suite, kid, sig[:-1].decode("ascii"))


def fault(signed: Signed, kind: str, trust: Trust, verify: Verify, at: int) -> str:
    """Why a statement is not signed by a key of the log that may sign this kind; empty where it is.

    `at`: when Kafka got it, as of `key_for`; of a manifest, the anchor that has it.
    """
    row = key_for(trust, kind, signed.suite, signed.kid, at)
    if isinstance(row, str):
        return row
    return "" if verify(row.suite, row.public, signed.body, signed.sig) else "its signature does not hold"


def numbers(text: str) -> tuple[int, ...]:
    """Numbers with blanks between them; ValueError where one is none.

    >>> numbers("3 0 12"), numbers("")
    ((3, 0, 12), ())
    """
    return tuple(_number(each) for each in text.split(" ")) if text else ()


def joined(found: Sequence[int]) -> str:
    """Numbers as a line has them."""
    return " ".join(map(str, found))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        raise ValueError(f"{text!r} is no number")
    return int(text)


def _line(text: str) -> Line:
    word, _, said = text.partition(" ")
    if not word or said.endswith(" "):
        raise ValueError(f"{text!r} is no line of a statement")
    return word, said
