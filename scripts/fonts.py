"""Build the screen's own fonts: Noto Sans CJK SC, cut down to GB 2312 and what else the product writes, as WOFF2.

    python scripts/fonts.py [FOLDER]      FOLDER has NotoSansCJK-Regular.ttc and -Bold.ttc (Debian: fonts-noto-cjk)

The result is committed, because the machines that show the screen have no such package. Licence: SIL OFL 1.1 (OFL.txt).
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).resolve().parents[1] / "screen" / "static" / "fonts"
PLACES = Path(__file__).resolve().parents[1] / "streams" / "places"
"""Names of places have characters that GB 2312 lacks, as 瀍河."""

FACE = "Noto Sans CJK SC"
WEIGHTS = {400: "NotoSansCJK-Regular.ttc", 700: "NotoSansCJK-Bold.ttc"}

ASCII = range(0x20, 0x7F)
LATIN = range(0xA0, 0x100)
GREEK = range(0x391, 0x3CA)
SIGNS = "–—‘’“”…‰′″℃≤≥≠≈±×÷·•→←↑↓↗↘−√∞∑∶①②③④⑤⑥⑦⑧⑨⑩ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ¹²³㎡㎥■▲◆●□△◇○"
GB2312_ROWS = (*range(1, 4), *range(16, 88))
"""Rows of GB/T 2312-1980: 1 to 3 punctuation, numbers, full width; 16 to 55 level 1 (3755 Hanzi), 56 to 87 level 2 (3008)."""


def characters() -> set[str]:
    """Every character that the fonts must have."""
    codes = (bytes((0xA0 + row, 0xA0 + cell)) for row in GB2312_ROWS for cell in range(1, 95))
    chinese = {text for code in codes if (text := code.decode("gb2312", "ignore"))}
    places = "".join(path.read_text("utf-8") for path in PLACES.rglob("*.toml"))
    return (
        chinese
        | set(SIGNS)
        | {each for each in places if each.isprintable()}
        | {chr(code) for block in (ASCII, LATIN, GREEK) for code in block}
    )


def build(collection: Path, target: Path) -> None:
    """Write the subset of the collection's FACE as WOFF2."""
    font = _face(collection)
    options = Options(
        flavor="woff2",
        layout_features=["kern", "tnum", "lnum"],
        drop_tables=["vhea", "vmtx", "VORG", "BASE"],  # vertical setting
        hinting=False,
        desubroutinize=True,  # WOFF2 packs plain outlines to half the size
        name_IDs=[0, 1, 2, 5, 13, 14],
        name_languages=[0x409],
    )
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def _face(collection: Path) -> TTFont:
    fonts = TTCollection(str(collection)).fonts
    return next(font for font in fonts if font["name"].getDebugName(16) == FACE or font["name"].getDebugName(1) == FACE)


def main() -> int:
    """Build both weights; exit 2 where the source is absent."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    for weight, name in WEIGHTS.items():
        if not (source / name).exists():
            sys.stderr.write(f"fonts: no {source / name}: install Debian's fonts-noto-cjk, or name the folder\n")
            return 2
        target = TARGET / f"noto-sans-sc-{weight}.woff2"
        build(source / name, target)
        sys.stderr.write(f"fonts: {target.name} {target.stat().st_size / 1e6:.2f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
