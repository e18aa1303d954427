"""The fonts of reports: those of the pages (Noto Sans CJK SC, cut down; SIL OFL 1.1), and the machine's for what these lack."""

from collections.abc import Container, Iterable
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont, TTLibError

from streams.command import Trouble

FOLDER = Path(__file__).resolve().parents[3] / "screen" / "static" / "fonts"
"""Where `scripts/fonts.py` writes them; read as files."""

FACES = {400: "Regular", 700: "Bold"}
"""Style of each weight."""

FAMILY = "Onescreen Sans"
"""How the cut-down fonts are called in a report, so that they are not taken for the whole ones."""

FALLBACK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
"""The whole font, where the machine has it (Debian: fonts-noto-cjk)."""

FALLBACK_FACE = "Noto Sans CJK SC"
"""Of a collection, the face that is used."""

_FAMILY, _STYLE, _FULL, _POSTSCRIPT = 1, 2, 4, 6
"""Ids of the table `name` (OpenType 1.9); typst passes over a font without a PostScript name."""


@cache
def own_fonts() -> tuple[bytes, ...]:
    """The fonts of the pages as OpenType files, regular first; Trouble where one is missing or none."""
    return tuple(_opened(weight, style) for weight, style in FACES.items())


@cache
def own_characters() -> frozenset[int]:
    """The characters that they have, by code point."""
    font = TTFont(BytesIO(own_fonts()[0]), lazy=True)
    return frozenset(font.getBestCmap())


def font_digest() -> str:
    """SHA-256 of the fonts that are used (hex)."""
    return sha256(b"".join(own_fonts())).hexdigest()


def fallback_characters(path: Path, wanted: Iterable[int]) -> frozenset[int]:
    """Which of these characters a font of the machine has; none where it is not there. Trouble where it cannot be read."""
    if not path.is_file():
        return frozenset()
    has = _characters(path)
    return frozenset(each for each in wanted if each in has)


def fallback_family(path: Path) -> str:
    """The name of that font's family."""
    font = _face(path)
    return str(font["name"].getDebugName(16) or font["name"].getDebugName(_FAMILY))


@cache
def _characters(path: Path) -> Container[int]:
    return frozenset(_face(path).getBestCmap())


def _face(path: Path) -> TTFont:
    try:
        if path.suffix.lower() not in {".ttc", ".otc"}:
            return TTFont(path, lazy=True)
        fonts = TTCollection(str(path), lazy=True).fonts
    except (OSError, TTLibError) as error:
        raise Trouble(f"the font {path} cannot be read: {error}; give another one with --font") from None
    return next((font for font in fonts if font["name"].getDebugName(_FAMILY) == FALLBACK_FACE), fonts[0])


def _opened(weight: int, style: str) -> bytes:
    path = FOLDER / f"noto-sans-sc-{weight}.woff2"
    try:
        font = TTFont(path, recalcTimestamp=False)
    except (OSError, TTLibError) as error:
        raise Trouble(f"the font {path} cannot be read: {error}; scripts/fonts.py builds it") from None
    font.flavor = None
    names = {_FAMILY: FAMILY, _STYLE: style, _FULL: f"{FAMILY} {style}", _POSTSCRIPT: f"{FAMILY.replace(' ', '')}-{style}"}
    for name, value in names.items():
        font["name"].setName(value, name, 3, 1, 0x409)
    file = BytesIO()
    font.save(file)
    return file.getvalue()
