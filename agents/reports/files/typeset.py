"""A report as PDF: PDF/A-2a and PDF/UA-1, vectors, the same bytes for the same content. typst sets it, offline.

What the report says goes to the page as JSON, and is never taken for markup.
"""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst
from msgspec import json, to_builtins
from msgspec.structs import replace

from agents.reports.files.fonts import (
    FALLBACK,
    FAMILY,
    fallback_characters,
    fallback_family,
    font_digest,
    own_characters,
    own_fonts,
)
from agents.reports.files.glyphs import Printable, codes
from agents.reports.papers.paper import Chart, Paper, PaperTable, Says, written
from agents.reports.papers.telling import Teller
from streams.command import Trouble
from streams.messages import SECOND

TEMPLATE = Path(__file__).with_name("report.typ")

STANDARDS: list[Any] = ["a-2a", "ua-1"]
"""ISO 19005-2 level A, ISO 14289-1; 2a refuses attachments, so that the rows stand beside."""


def typeset(paper: Paper, fallback: Path = FALLBACK) -> bytes:
    """The PDF; `fallback`: a font for characters that the own ones lack. What none has is printed as U+xxxxx, and told."""
    needed = set[int]().union(*map(codes, paper.texts()))
    more = fallback_characters(fallback, needed - own_characters())
    printable = Printable(lambda code: code in own_characters() or code in more)
    shown = printable.all_of(paper)
    tell = Teller(paper.lang)
    if printable.lacking:
        shown = _noted(shown, printable.lacking, tell)
    families = [FAMILY, *([fallback_family(fallback)] if more else [])]
    inputs = {"paper": _json(_told(shown)), "words": _json(_words(tell)), "fonts": _json(families)}
    with TemporaryDirectory(prefix="report-") as folder:
        for number, font in enumerate(own_fonts()):
            (Path(folder) / f"{number}.otf").write_bytes(font)
        if more:
            (Path(folder) / fallback.name).symlink_to(fallback.resolve())
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
        if missing := [each for each in families if each not in fonts.families()]:  # typst would set nothing, and say nothing
            raise Trouble(f"the report cannot be set: typst does not take the font {missing[0]!r}; give another with --font")
        page = Path(folder) / TEMPLATE.name
        page.write_bytes(TEMPLATE.read_bytes())
        compiler = typst.Compiler(page, root=folder, font_paths=fonts, sys_inputs=inputs)
        try:
            made = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=paper.at // SECOND)
        except typst.TypstError as error:
            raise Trouble(f"the report cannot be set: {error.message}; {'; '.join(error.hints)}") from None
    if not isinstance(made, bytes):
        raise Trouble("the report cannot be set: typst gave no PDF")
    return made


def tools() -> tuple[tuple[str, str], ...]:
    """With what a PDF is made: typst's version and the digest of the fonts."""
    return (("typst", version("typst")), ("Noto Sans CJK SC (SHA-256)", font_digest()))


def _told(paper: Paper) -> dict[str, Any]:
    """The paper as the page takes it, cells as people read them."""
    told: dict[str, Any] = to_builtins(paper)
    for section, made in zip(paper.sections, told["sections"], strict=True):
        for block, shown in zip(section.blocks, made["blocks"], strict=True):
            if isinstance(block, PaperTable):
                forms = [column.form for column in block.columns]
                shown["rows"] = [[written(cell, form) for cell, form in zip(row, forms, strict=True)] for row in block.rows]
            if isinstance(block, Chart):
                for series, said in zip(block.series, shown["series"], strict=True):
                    said["total"] = f"{sum(series.values):,}"
    return told


def _noted(paper: Paper, lacking: tuple[str, ...], tell: Teller) -> Paper:
    """The paper with a note, in its last section, on the characters that could not be printed."""
    said = tell.of(
        f"下列字符没有可用的字形，以 U+ 编码代替：{'、'.join(lacking)}。装上 fonts-noto-cjk 或以 --font 指定字库后可重新生成。",
        f"These characters have no glyph here and are written by their code: {', '.join(lacking)}. "
        "Install fonts-noto-cjk, or name a font with --font, and make it again.",
    )
    *rest, last = paper.sections
    return replace(paper, sections=(*rest, replace(last, blocks=(*last.blocks, Says(said)))))


def _words(tell: Teller) -> Mapping[str, str]:
    return {
        "author": tell.of("一屏掌控", "Onescreen"),
        "kicker": tell.of("一屏掌控 · 系统按日志生成", "Onescreen · made from the log"),
        "nature": tell.of("系统生成，不是公文", "Made by the system; no official document"),
    }


def _json(value: Any) -> str:
    return json.encode(value).decode()
