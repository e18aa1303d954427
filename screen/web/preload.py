"""What a page will need is named in the answer that begins it: the browser fetches it while Streamlit still starts there."""

import re
from functools import cache
from pathlib import Path

from screen.wall.picture import STATIC
from screen.web.version import versioned

WORDS = "</screen/texts>; rel=preload; as=fetch; crossorigin"
"""The words, as `words.js` fetches them."""

_IMPORT = re.compile(r'^import .*"(\.[^"]+\.js)"$', re.MULTILINE)
_SHEET = re.compile(r'"([\w-]+/[\w-]+\.css)"')


@cache
def links(page: str) -> str:
    """The value of the Link header of a page's HTML (RFC 8288): its modules, sheets and words.

    Without it they are asked for one after the other once Streamlit has run its script, half a second later.
    """
    found = modules(STATIC / page / f"{page}.js")
    sheets = sorted({sheet for module in found for sheet in _SHEET.findall(module.read_text("utf-8"))})
    ours = [f"<{versioned()}/{module.relative_to(STATIC)}>; rel=modulepreload" for module in found]
    looks = [f"<{versioned()}/{sheet}>; rel=preload; as=style" for sheet in sheets]
    return ", ".join([*ours, *looks, WORDS])


def modules(first: Path) -> list[Path]:
    """A module and all those that it imports, by themselves or through others."""
    found = [first]
    for module in found:
        wanted = [(module.parent / name).resolve() for name in _IMPORT.findall(module.read_text("utf-8"))]
        found += [each for each in dict.fromkeys(wanted) if each not in found]
    return found
