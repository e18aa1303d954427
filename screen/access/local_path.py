"""Which address may somebody be led to after signing in: a path of this screen and nothing else. One function decides."""

import re

_LOCAL = re.compile(r"/(?:[\w~-][\w.~-]*(?:/[\w~-][\w.~-]*)*/?)?(?:\?[!-\[\]-~]*)?", re.ASCII)
"""Segments of letters, digits, `_`, `-`, `~` and `.` that do not begin with `.`, then a query of visible ASCII without `\\`.

The URL standard (url.spec.whatwg.org, 4.4) reads `\\` as `/`, `%2e` as `.`, drops tabs and line ends, and takes `.` and `..`
out of a path, so that `/.//host` becomes `//host`, another machine. No page of ours needs any of these."""


def local_path(address: str) -> str:
    """The address where it is a path within this screen, as `/desk?lang=en`; else an empty text."""
    return address if _LOCAL.fullmatch(address) else ""
