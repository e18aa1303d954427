"""Values that look like personal data, found in a text: which kinds there are, never the values themselves. Pure.

A checksum alone proves little: Luhn's passes for every tenth number (of 17-digit times of HJ 212, the QN, 9.9 %), that of an
identity number for every eleventh. So each kind must fit in all that its standard says of it.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Literal

ValueKind = Literal["id-number", "bank-card", "phone"]
"""身份证号 (GB 11643-1999), 银行卡号 (ISO/IEC 7812-1), 手机号 (工信部电信网编号计划)."""

PROVINCES = frozenset(
    f"{area}{place}"
    for area, places in {
        "1": "12345",
        "2": "123",
        "3": "1234567",
        "4": "123456",
        "5": "01234",
        "6": "12345",
        "7": "1",
        "8": "123",
    }.items()
    for place in places
)
"""The first two digits of an identity number: provinces (GB/T 2260), and 81 to 83 of residence permits (国办发〔2018〕81号)."""

UNIONPAY = "62"
"""The issuer identification of 银联 cards (ISO/IEC 7812-1), whose numbers have 16 to 19 digits; those in use have 16 or 19.

Cards of other schemes begin with 4 or 5, as codes of this city's province do (41), and are left out.
"""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_FIRST_YEAR = 1900

_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
_CARD = re.compile(r"(?<![0-9A-Za-z])62[0-9]{2}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{3})?(?![0-9A-Za-z])")
_PHONE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1(?:3[0-9]|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])[ -]?[0-9]{4}[ -]?[0-9]{4}"
    r"(?![0-9A-Za-z])"
)


def kinds(text: str, on: date | None = None) -> frozenset[ValueKind]:
    """The kinds of personal data that a text seems to hold; nobody is born after `on`, where it is given.

    >>> sorted(kinds("经办人 11010519491231002X，电话 138 0013 8000"))
    ['id-number', 'phone']
    >>> kinds("QN=20160801085857223;ST=32;CN=1062;MN=010000A8900016F000169DC0")
    frozenset()
    """
    if sum(map(str.isdecimal, text)) < 11:  # the shortest, a phone number
        return frozenset()
    return frozenset(_kinds(unicodedata.normalize("NFKC", text), on))


def _kinds(text: str, on: date | None) -> Iterator[ValueKind]:
    if any(is_id_number(found, on) for found in _ID.findall(text)):
        yield "id-number"
    if any(is_card(re.sub("[ -]", "", found)) for found in _CARD.findall(text)):
        yield "bank-card"
    if _PHONE.search(text):
        yield "phone"


def is_id_number(text: str, on: date | None = None) -> bool:
    """Whether 18 characters are an identity number: region, day of birth, check character (ISO 7064 MOD 11-2).

    >>> is_id_number("11010519491231002X"), is_id_number("110105194912310021"), is_id_number("110105194913310028")
    (True, False, False)
    """
    if text[:2] not in PROVINCES or text[2:6] == "0000" or check_character(text[:17]) != text[17].upper():
        return False
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    return born.year >= _FIRST_YEAR and (on is None or born <= on)


def check_character(digits: str) -> str:
    """The check character of 17 digits by ISO 7064 MOD 11-2, as GB 11643-1999 weighs them.

    >>> check_character("11010519491231002"), check_character("44052418800101001")
    ('X', '4')
    """
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def is_card(digits: str) -> bool:
    """Whether 16 or 19 digits are the number of a bank card: known issuer and check digit.

    >>> is_card("6222021234567890128"), is_card("6222021234567890127"), is_card("4111111111111111")
    (True, False, False)
    """
    return len(digits) in {16, 19} and digits.startswith(UNIONPAY) and luhn(digits)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it (ISO/IEC 7812-1 annex B).

    >>> luhn("4992739871" + "6"), luhn("49927398717")
    (True, False)
    """
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
