"""What is left of a personal text for whom it is not: its display alone is limited, nothing is made anonymous. Pure.

Personal data on screens and on paper are masked: GB/T 35273-2020 7.2 (个人信息的展示限制); to hide a part of an identifier is a
technique of GB/T 37964-2019, annex A. How many characters stay is 本系统默认 (this system's own): neither gives a number. No
form tells how long the rest was, but that of an identity number, whose length everybody knows.
"""

import re

from streams.catalogue.entry import MaskForm

HIDDEN = "***"
"""What stands in the place of a text of which nothing is shown."""

_STREET = re.compile(r"^.*?(?:街道|大道|路|街|巷|镇|乡)")


def masked(form: MaskForm, text: str) -> str:
    """What is left of a text: of a name its first character, of numbers their ends, of an address all up to the street.

    >>> masked("name", "张三丰"), masked("phone", "13800001234"), masked("id-number", "410105199001011234")
    ('张**', '138****1234', '410***********1234')
    >>> masked("address", "郑州市金水区文化路97号院3号楼"), masked("", "张三丰"), masked("phone", "110"), masked("name", "")
    ('郑州市金水区文化路***', '***', '***', '')
    """
    if not text:
        return ""
    match form:
        case "name":
            return f"{text[0]}**" if len(text) > 1 else HIDDEN
        case "phone" if len(text) >= 11 and text.isdecimal():
            return f"{text[:3]}****{text[-4:]}"
        case "id-number" if len(text) in {15, 18}:
            return f"{text[:3]}{'*' * (len(text) - 7)}{text[-4:]}"
        case "address" if found := _STREET.match(text):
            return found[0] + HIDDEN
    return HIDDEN
