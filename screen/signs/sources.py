"""The sources of a sign in an area, as the log has told of them. Pure."""

from collections import Counter
from typing import Any

from screen.access.people import covers
from screen.feed.signs.city_signs import CitySigns
from screen.feed.slices.subjects import Subjects
from screen.feed.view import View
from streams import places
from streams.catalogue.sight import NOBODY, seen
from streams.messages import SubjectStatus, Text, parse_time

STREET = 9
"""Digits of a street's code."""

MOST = 200
"""Sources that one answer lists; a choice: it says how many there are."""


def sources(view: View, sign: str, area: str) -> dict[str, Any]:
    """Those that the sign counts: the one silent longest first. `count`: how many there are of which anything was heard.

    `area`: a code of six digits, or a street's (nine); `streets`: those of them that registrations of its sources name, most
    sources first.
    """
    known = view[CitySigns].book.get(sign)
    kinds = frozenset(known.subjects) if known else frozenset()
    found = [each for each in view[Subjects].subjects.values() if each.kind in kinds and covers(area, each.adcode)]
    found.sort(key=lambda each: (parse_time(each.at), each.subject))
    counts = Counter(each.adcode for each in found if len(each.adcode) == STREET != len(area))
    streets = [
        {"code": code, "name": places.areas().get(code, Text(code, code)), "count": count}
        for code, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    ]
    return {"count": len(found), "rows": [_row(each) for each in found[:MOST]], "streets": streets}


def _row(status: SubjectStatus) -> dict[str, Any]:
    return {"subject": status.subject, "name": seen(status, NOBODY).name, "at": parse_time(status.at)}
