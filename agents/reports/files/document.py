"""The text of a report as DOCX, for the office's own system, where documents are made: no red head, no number, no seal."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from agents.reports.papers.paper import Chart, KeyFigures, Paper, PaperTable, Says, written
from agents.reports.papers.telling import Teller
from streams.messages import SECOND, Text
from streams.release.cells import writable

FONT, LATIN = "仿宋", "Times New Roman"
"""By name alone: no font goes with the file."""

MARGINS_MM = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
"""GB/T 9704-2012, 5.2."""

TEXT_PT, TABLE_PT = 12, 9

PASTE = Text("（本文本供粘贴至办公系统，未经签发、编号、用印，不是公文）", "(Text to be pasted; no official document)")

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip can tell; all its members bear it."""


def text_document(paper: Paper) -> bytes:
    """The file, the same bytes for the same paper."""
    made, tell = Document(), Teller(paper.lang)
    for name, size in MARGINS_MM.items():
        setattr(made.sections[0], name, Mm(size))
    made.sections[0].page_width, made.sections[0].page_height = Mm(210), Mm(297)
    moment = datetime.fromtimestamp(paper.at / SECOND, UTC).replace(tzinfo=None)
    core = made.core_properties
    core.title, core.author, core.created, core.modified = writable(paper.title), "", moment, moment
    core.language = {"zh": "zh-CN", "en": "en"}[paper.lang]
    _heading(made, f"{paper.title} {paper.subtitle}", 0)
    if paper.warning:
        _paragraph(made, f"【{paper.warning}】")
    _paragraph(made, tell(PASTE))
    for name, said in paper.about:
        _paragraph(made, f"{name}{tell.of('：', ': ')}{said}")
    for section in paper.sections:
        _heading(made, section.title, 1)
        for block in section.blocks:
            _block(made, block, tell)
    file = BytesIO()
    made.save(file)
    return _timeless(file.getvalue())


def _block(made: Any, block: Any, tell: Teller) -> None:
    match block:
        case Says():
            _paragraph(made, block.text)
        case KeyFigures():
            said = [f"{each.title} {each.value}{tell.of('（', ' (')}{each.note}{tell.of('）', ')')}" for each in block.figures]
            _paragraph(made, f"{block.title}{tell.of('：', ': ')}{tell.of('；', '; ').join(said)}")
        case Chart():
            _paragraph(made, f"{block.title}{tell.of('：', ': ')}{block.alt}")
        case PaperTable():
            _table(made, block)


def _table(made: Any, block: PaperTable) -> None:
    _heading(made, block.title, 2)
    if not block.rows:
        _paragraph(made, block.none or "—")
        return
    table = made.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _run(cell.paragraphs[0], column.title, TABLE_PT)
    _repeat(table.rows[0])
    forms = [column.form for column in block.columns]
    for row in block.rows:
        for cell, said, form in zip(table.add_row().cells, row, forms, strict=True):
            _run(cell.paragraphs[0], written(said, form), TABLE_PT)
    if block.note:
        _paragraph(made, block.note)


def _repeat(row: Any) -> None:
    """A row that is the head of its table on every page."""
    properties = row._tr.get_or_add_trPr()
    head = properties.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"})
    properties.append(head)


def _heading(made: Any, text: str, level: int) -> None:
    heading = made.add_heading("", level)
    _run(heading, text, None)


def _paragraph(made: Any, text: str) -> None:
    _run(made.add_paragraph(), text, TEXT_PT)


def _run(paragraph: Any, text: str, size: int | None) -> None:
    run = paragraph.add_run(writable(text))
    if size is not None:
        run.font.size = Pt(size)
    run.font.name = LATIN
    run._element.rPr.rFonts.set(qn("w:eastAsia"), FONT)  # python-docx sets the Latin font alone (its issue 1396)


def _timeless(data: bytes) -> bytes:
    """The zip with the same members and no time of today."""
    file = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            new.writestr(ZipInfo(name, EPOCH), old.read(name), ZIP_DEFLATED)
    return file.getvalue()
