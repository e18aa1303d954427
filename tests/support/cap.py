"""What a CAP 1.2 message must be, by the standard's own description of its elements: a check of our own, beside the schema.

OASIS, Common Alerting Protocol Version 1.2 (1 July 2010), section 3.2: which elements an element holds, in which order, how
often, and of which values. The order is that of the schema in section 3.4. Signatures (3.3.4.1) are not looked at.
"""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-,+]\d\d:\d\d")
"""3.3.2: with an offset, never Z."""

NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)")
WHOLE = re.compile(r"[-+]?\d+")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
MANY = 1 << 30


class Element(Struct, frozen=True):
    """An element within another: its name, how often it stands there, and that it holds elements, a word, or a form."""

    name: str
    least: int = 0
    most: int = 1
    holds: "tuple[Element, ...] | frozenset[str] | re.Pattern[str] | None" = None


def _one(name: str, values: str) -> Element:
    return Element(name, 1, 1, frozenset(values.split()))


_PAIR = (Element("valueName", 1), Element("value", 1))
_CATEGORIES = "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other"
_RESPONSES = "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None"
_RESOURCE = (
    *(Element("resourceDesc", 1), Element("mimeType", 1), Element("size", holds=WHOLE)),
    *(Element("uri"), Element("derefUri"), Element("digest")),
)
_AREA = (
    *(Element("areaDesc", 1), Element("polygon", 0, MANY), Element("circle", 0, MANY), Element("geocode", 0, MANY, _PAIR)),
    *(Element("altitude", holds=NUMBER), Element("ceiling", holds=NUMBER)),
)
_INFO = (
    *(Element("language", holds=LANGUAGE), Element("category", 1, MANY, frozenset(_CATEGORIES.split())), Element("event", 1)),
    Element("responseType", 0, MANY, frozenset(_RESPONSES.split())),
    _one("urgency", "Immediate Expected Future Past Unknown"),
    _one("severity", "Extreme Severe Moderate Minor Unknown"),
    _one("certainty", "Observed Likely Possible Unlikely Unknown"),
    *(Element("audience"), Element("eventCode", 0, MANY, _PAIR)),
    *(Element(name, holds=TIME) for name in ("effective", "onset", "expires")),
    *(Element(name) for name in ("senderName", "headline", "description", "instruction", "web", "contact")),
    *(Element("parameter", 0, MANY, _PAIR), Element("resource", 0, MANY, _RESOURCE), Element("area", 0, MANY, _AREA)),
)
ALERT = (
    *(Element("identifier", 1), Element("sender", 1), Element("sent", 1, 1, TIME)),
    _one("status", "Actual Exercise System Test Draft"),
    _one("msgType", "Alert Update Cancel Ack Error"),
    Element("source"),
    _one("scope", "Public Restricted Private"),
    *(Element("restriction"), Element("addresses"), Element("code", 0, MANY), Element("note")),
    *(Element("references"), Element("incidents"), Element("info", 0, MANY, _INFO)),
)


def faults(root: Any) -> list[str]:
    """What is wrong with a message, given as lxml's root element; nothing where it is a CAP 1.2 alert."""
    if root.tag != f"{NAMESPACE}alert":
        return [f"the root is {root.tag}"]
    return list(_wrong(root, ALERT, "alert"))


def _wrong(node: Any, elements: tuple[Element, ...], where: str) -> Iterator[str]:
    if "".join((node.text or "", *(child.tail or "" for child in node))).strip():
        yield f"{where} holds text beside its elements"
    names = [child.tag.removeprefix(NAMESPACE) for child in node]
    order = [element.name for element in elements]
    yield from (f"{where} holds {name}" for name in names if name not in order)
    known = [name for name in names if name in order]
    if known != sorted(known, key=order.index):
        yield f"{where} holds {', '.join(known)} in another order than the standard's"
    for element in elements:
        found = [child for child, name in zip(node, names, strict=True) if name == element.name]
        if not element.least <= len(found) <= element.most:
            yield f"{where} holds {len(found)} {element.name}"
        for child in found:
            yield from _content(child, element, f"{where}/{element.name}")


def _content(node: Any, element: Element, where: str) -> Iterator[str]:
    if isinstance(element.holds, tuple):
        yield from _wrong(node, element.holds, where)
        return
    if len(node):
        yield f"{where} holds elements"
    text = node.text or ""
    if isinstance(element.holds, frozenset) and text not in element.holds:
        yield f"{where} is {text!r}"
    if isinstance(element.holds, re.Pattern) and not element.holds.fullmatch(text):
        yield f"{where} is {text!r}"
