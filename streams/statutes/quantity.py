"""Numbers, amounts and periods in Chinese texts: 三十日 is 30日, 1万元 is 10000元, 百分之五 is 5%, 半小时 is 30分钟."""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

__all__ = ["Quantity", "quantities", "whole"]

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}

UNITS: dict[str, tuple[str, int]] = {
    "个工作日": ("日", 1),
    "工作日": ("日", 1),
    "日": ("日", 1),
    "天": ("日", 1),
    "小时": ("分钟", 60),
    "分钟": ("分钟", 1),
    "秒": ("秒", 1),
    "个月": ("月", 1),
    "月": ("月", 1),
    "周": ("周", 1),
    "年": ("年", 1),
    "元": ("元", 1),
    "倍": ("倍", 1),
    "%": ("%", 1),
    "人次": ("次", 1),
    "次": ("次", 1),
    "人": ("人", 1),
    "名": ("人", 1),
}
"""What a unit's word is counted in. A law says 二十日 and elsewhere that it means working days, so both are days here."""

_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿半]+"
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_QUANTITY = re.compile(
    rf"百分之(?P<share>{_NUMERAL}|\d+)"
    rf"|(?P<digits>\d+(?:\.\d+)?)(?P<scale>[十百千万亿]*)(?P<unit>{_UNIT})?"
    rf"|(?P<numeral>{_NUMERAL})(?P<counted>{_UNIT})"
)
_RANGE = re.compile(rf"(\d+(?:\.\d+)?)(?:[-—～]|至)(?=\d+(?:\.\d+)?([十百千万亿]*(?:{_UNIT})))")
_NAMES = re.compile(
    r"《[^》]*》"
    r"|〔\d{4}〕第?\d+号|第\d+号"
    r"|(?:[A-Z]+/?[A-Z]*|DB\d+/?T?) ?\d[\d.]*(?:[-—]\d{4})?"
    r"|\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?"
    r"|(?<!\d)(?:12345|12387|96333)(?!\d)"
    rf"|第{_NUMERAL}[条款项章节类级](?:至第{_NUMERAL}[条款项章节类级])?|(?:第)?（{_NUMERAL}）项?"
)


class Quantity(NamedTuple):
    """A value and what it counts; a number that stands alone counts nothing (`unit` is empty)."""

    value: Fraction
    unit: str

    def __str__(self) -> str:
        """As one reads it: `30日`, `24小时`."""
        value, unit = (self.value / 60, "小时") if self.unit == "分钟" and self.value % 60 == 0 else self
        return f"{value.numerator if value.denominator == 1 else float(value)}{unit}"


def whole(numeral: str) -> Fraction:
    """The value of a Chinese numeral; 半 is a half. KeyError where it is none."""
    if numeral == "半":
        return Fraction(1, 2)
    total = section = digit = Fraction(0)
    for sign in numeral:
        if sign in MYRIADS:
            total = (total + section + digit) * MYRIADS[sign]
            section = digit = Fraction(0)
        elif sign in TENS:
            section += (digit or 1) * TENS[sign]
            digit = Fraction(0)
        else:
            digit = Fraction(DIGITS[sign])
    return total + section + digit


def quantities(text: str) -> Iterator[Quantity]:
    """Every number of a text in order of its place, with what it counts.

    Names and numbers of instruments, dates and the numbers of articles are none. A Chinese numeral counts only before a unit:
    一般, 统一 and 一级 are words.
    """
    bare = _RANGE.sub(r"\1\2，", _NAMES.sub("，", text.replace("％", "%").replace(" ", "")))
    for match in _QUANTITY.finditer(bare):
        if share := match["share"]:
            yield Quantity(Fraction(share) if share.isdigit() else whole(share), "%")
        elif digits := match["digits"]:
            yield _counted(Fraction(digits) * _scale(match["scale"]), match["unit"] or "")
        elif not (match["numeral"].count("半") and match["numeral"] != "半"):
            yield _counted(whole(match["numeral"]), match["counted"])


def _scale(signs: str) -> int:
    product = 1
    for sign in signs:
        product *= TENS.get(sign) or MYRIADS[sign]
    return product


def _counted(value: Fraction, word: str) -> Quantity:
    unit, size = UNITS.get(word, ("", 1))
    return Quantity(value * size, unit)
