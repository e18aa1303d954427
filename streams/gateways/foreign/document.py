"""The bytes of a foreign document, JSON or XML, as one tree of dicts, lists and texts.

XML becomes what xmltodict makes of it: an element is the dict of its attributes (`@name`) and children, or its text where it
has neither; its own text beside them is `#text`; children of one name are a list. Names lose their namespaces. Entities and
document types are refused.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ErrorString

import msgspec
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from streams.gateways.intake.members import DEEPEST, deeper, repeats, with_lists

LARGEST = 4 << 20
"""Bytes of the largest document; 本系统默认 (a default of this system), what a record of the spool may have."""

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]*\?>")
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHINESE = {"gbk", "gb2312", "gb_2312-80", "cp936", "gb18030"}

_WEB = {"utf-8", "utf8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16", "utf-16le", "utf-16be", "big5"}

CHARSETS = frozenset(_WEB | _CHINESE)
"""Charsets that a document may name of itself (IANA): Python knows more, some of which take a square of the time."""


class Unreadable(Exception):  # noqa: N818 - what it says
    """A document that cannot be read: `reason` is a word, the message says where, and nothing of what stands there."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def read_document(body: bytes, content_type: str = "", encoding: str = "") -> Any:
    """The tree of a document; Unreadable where it is none. `encoding`: where neither the document nor the type says it.

    >>> read_document('<r><i n="1">a</i><i n="2">b</i></r>'.encode(), "application/xml")
    {'r': {'i': [{'@n': '1', '#text': 'a'}, {'@n': '2', '#text': 'b'}]}}
    """
    if len(body) > LARGEST:
        raise Unreadable("too-large", f"{len(body)} bytes; at most {LARGEST} are read")
    if not body.strip():
        raise Unreadable("empty", "there is nothing in it")
    is_xml = "xml" in content_type.lower() or (
        "json" not in content_type.lower() and body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
    )
    text = _text(body, content_type, encoding, is_xml=is_xml)
    document = _xml(text) if is_xml else read_json(text)
    if deeper(document):
        raise Unreadable("too-deep", f"more than {DEEPEST} levels")
    return document


def read_json(text: str) -> Any:
    """The tree of a JSON text; Unreadable where it is none. What members of one name in an object say is a list."""
    try:
        found = msgspec.json.decode(text)
        return with_lists(text) if repeats(text) else found
    except msgspec.DecodeError as error:
        raise Unreadable("not-json", str(error)) from None
    except RecursionError:
        raise Unreadable("too-deep", f"more than {DEEPEST} levels") from None


def _text(body: bytes, content_type: str, encoding: str, *, is_xml: bool) -> str:
    declared = _CHARSET.search(content_type)
    inside = _DECLARED.match(body[:200].decode("latin-1")) if is_xml else None
    said = declared or inside
    name = said[1].lower() if said else encoding or "utf-8"
    if said and name not in CHARSETS:
        raise Unreadable("encoding", f"its charset is none of {', '.join(sorted(CHARSETS))}")
    name = "gb18030" if name.lower() in _CHINESE else "utf-8-sig" if name.lower() in {"utf-8", "utf8"} else name
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        told = f"byte {error.start} is none of {name}" if isinstance(error, UnicodeDecodeError) else "its name is not known"
        raise Unreadable("encoding", f"{told}: say the charset in the content type, or `encoding` in the mapping") from None


def _xml(text: str) -> Any:
    try:
        root = fromstring(_PROLOGUE.sub("", text, count=1), forbid_dtd=True)
    except ParseError as error:
        line, column = error.position
        raise Unreadable("not-xml", f"{ErrorString(error.code)}: line {line}, column {column}") from None
    except DefusedXmlException:
        raise Unreadable("not-xml", "it has a document type or an entity, which are not read") from None
    if deeper(root):
        raise Unreadable("too-deep", f"more than {DEEPEST} levels")
    return {_local(root.tag): _element(root)}


def _element(element: Element) -> Any:
    found: dict[str, Any] = {f"@{_local(name)}": value for name, value in element.attrib.items()}
    for child in element:
        name, value = _local(child.tag), _element(child)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = (element.text or "").strip()
    if not found:
        return text or None
    if text:
        found["#text"] = text
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]
