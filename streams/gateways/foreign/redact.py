"""The head of a refused message, so that whoever mends it sees its form, and nobody what it says.

Only names stay: members of JSON, elements and attributes of XML, keys before `=`. Whatever is a value becomes `*`, however
broken the message is: passwords, tokens, numbers of telephones and persons stand in values. A name with many digits is one
of a person or a device, and goes too.
"""

import re

MOST = 160
"""Characters of a head; 本系统默认 (a default of this system)."""

_LOOKED_AT = 4 * MOST

_TOKEN = re.compile(
    r"""
    (?P<key>"(?P<name>[A-Za-z_@#$][\w.\-:]{0,39})"\s*:)       # a member of JSON
    |(?P<tag></?(?P<element>[A-Za-z_][\w.\-:]{0,39}))         # an element of XML
    |(?P<form>\b(?P<field>[A-Za-z_][\w.\-]{0,39})(?=\s*=))    # a key of a form, an attribute
    |(?P<text>"(?:[^"\\]|\\.)*"?)                            # a text, whole or cut short
    |(?P<word>[^\s{}\[\]<>,;:=&?/"']+)                       # anything else that is no sign
    """,
    re.VERBOSE | re.ASCII,
)
_DIGITS = re.compile(r"\d{5}")


def head_of(body: bytes) -> str:
    """The first characters of a message without its values.

    >>> head_of(b'{"token": "abc", "phone": 13812345678, "list": [1, "x"]}')
    '{"token": *, "phone": *, "list": [*, *]}'
    >>> head_of(b"##0136ST=32;CN=2011;PW=123456;MN=88888;CP=&&a=1")
    '*=*;CN=*;PW=*;MN=*;CP=&&a=*'
    """
    text = body[:_LOOKED_AT].decode("utf-8", "replace")
    masked = _TOKEN.sub(_masked, text)
    return " ".join(masked.split())[:MOST]


def _masked(match: re.Match[str]) -> str:
    name = match["name"] or match["element"] or match["field"]
    if name is None or _DIGITS.search(name):
        return "*:" if match["key"] else "*"
    return match[0]
