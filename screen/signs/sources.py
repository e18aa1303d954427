"""The sources of a sign in an area, as the log has told of them. Pure."""

from typing import Any

from screen.access.people import covers
from screen.feed.signs.city_signs import CitySigns
from screen.feed.slices.subjects import Subjects
from screen.feed.view import View
from streams.catalogue.sight import NOBODY, seen
from streams.messages import SubjectStatus, parse_time

MOST = 200
"""Sources that one answer lists; a choice: it says how many there are."""


def sources(view: View, sign: str, area: str) -> dict[str, Any]:
    """Those that the sign counts: the one silent longest first. `count`: how many there are of which anything was heard."""
    known = view[CitySigns].book.get(sign)
    kinds = frozenset(known.subjects) if known else frozenset()
    found = [each for each in view[Subjects].subjects.values() if each.kind in kinds and covers(area, each.adcode)]
    found.sort(key=lambda each: (parse_time(each.at), each.subject))
    return {"count": len(found), "rows": [_row(each) for each in found[:MOST]]}


def _row(status: SubjectStatus) -> dict[str, Any]:
    return {"subject": status.subject, "name": seen(status, NOBODY).name, "at": parse_time(status.at)}
