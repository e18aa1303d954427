"""What an order's words may not say: a secret, an assertion of a violation before the review, whatever is personal. Pure.

Sources: 行政处罚法 41 (what a device records is reviewed before it proves anything: before that a text says 疑似),
GB 11643-1999 (the numbers of identity cards). What names a 密级 is `streams.orders.secrecy`'s to find.
"""

import re

from msgspec import Struct

from streams.orders.secrecy import names_secret

SUSPECTED = "疑似"
"""The word by which a text accuses nobody."""

ASSERTING = ("违法", "违规", "违反", "非法", "偷排", "造假", "弄虚作假", "骗取", "犯罪", "不履行", "拒不")
"""Words that assert a violation where no word of HEDGES stands in the same sentence; a choice."""

HEDGES = (SUSPECTED, "涉嫌", "是否", "可能", "属实的", "如有", "如属实", "存在的")
"""Words that leave open whether there is one; a choice."""

_SENTENCE = re.compile(r"[。；;！!？?\n]")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Of the digits before the check digit, modulo 11 (GB 11643-1999 4.1.2)."""


class Wording(Struct, frozen=True):
    """What was found: how often 疑似 stands there, sentences that assert, kinds of personal data, whether it names a 密级."""

    suspected: int
    asserted: tuple[str, ...]
    personal: tuple[str, ...]
    secret: bool


def wording(text: str) -> Wording:
    """All of it in a text.

    >>> wording("疑似超过限值200 mg/m³；该厂违法排放。").asserted
    ('该厂违法排放',)
    """
    return Wording(text.count(SUSPECTED), asserted(text), personal(text), names_secret(text))


def asserted(text: str) -> tuple[str, ...]:
    """The sentences that assert a violation without leaving it open.

    >>> asserted("疑似情形属实的，依法查处违法行为。")
    ()
    """
    sentences = (each.strip() for each in _SENTENCE.split(text))
    return tuple(each for each in sentences if _has(each, ASSERTING) and not _has(each, HEDGES))


def personal(text: str) -> tuple[str, ...]:
    """What is personal in a text: `mobile`, `identity`, `mail`. Names are not known to be any.

    >>> personal("电话13900001111"), personal("MN 41018200420182")
    (('mobile',), ())
    """
    found = {
        "mobile": bool(_MOBILE.search(text)),
        "identity": any(_is_identity(each) for each in _IDENTITY.findall(text)),
        "mail": bool(_MAIL.search(text)),
    }
    return tuple(name for name, there in found.items() if there)


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(each in text for each in words)


def _is_identity(number: str) -> bool:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17].upper()
