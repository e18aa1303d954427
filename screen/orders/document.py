"""The text of an order as a DOCX file, to be pasted into the office's own system, where the document (公文) is made.

It has no red head, no number, no seal and no date of issue: those are the office's (党政机关公文处理工作条例 9, 19 to 25),
and are recorded here afterwards. Sizes after GB/T 9704-2012, 5.2 and 7.3: title of the second size (22 pt), text of the third
(16 pt), 仿宋, lines of 28 pt; A4 with margins of 37, 35, 28 and 26 mm.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from screen.i18n.texts import unit_name
from screen.orders.rows import Lines
from streams.messages import Order, OrderAudit, Sealed, shown
from streams.messages.orders import Passage
from streams.orders.revoked import mark
from streams.release.cells import writable

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

TITLE_FONT, TEXT_FONT = "方正小标宋简体", "仿宋"
"""By name alone: no font goes with the file. A machine that has not got them shows its own, and Word says which."""

TITLE_PT, TEXT_PT, LINE_PT = 22, 16, 28
MARGINS_MM = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
INDENT = 2
"""Characters by which a paragraph begins further in (GB/T 9704-2012, 7.3.3)."""

HEADS = {"cause": "", "basis": "依据：", "demand": "要求：", "feedback": "反馈：", "contact": "联系："}
"""How each part of an order's text begins."""

PASTE = "（本文本供粘贴至办公系统，未经签发、编号、用印，不是公文）"


def document(order: Order, lines: Lines, trail: Iterable[OrderAudit] = ()) -> bytes:
    """The file of an order's text; `trail`: the entries that tell when it was revoked, if it was."""
    receivers = [unit_name(line.unit).zh for line in lines.values() if not line.under and line.part != "assist"]
    revoked = mark(order, trail)
    return written(order.title.zh, receivers, order.text, revoked.zh if revoked else "")


def written(title: str, receivers: Sequence[str], text: Iterable[Passage], above: str = "") -> bytes:
    """The file, with what stands `above` it. Whom it goes to comes first, as the main recipients of a document (主送机关)."""
    made = Document()
    for name, size in MARGINS_MM.items():
        setattr(made.sections[0], name, Mm(size))
    made.sections[0].page_width, made.sections[0].page_height = Mm(210), Mm(297)
    if above:
        _paragraph(made, f"【{above}】", TEXT_FONT, TEXT_PT, centre=True)
    _paragraph(made, title, TITLE_FONT, TITLE_PT, centre=True)
    if receivers:
        _paragraph(made, f"{'、'.join(receivers)}：", TEXT_FONT, TEXT_PT)
    for said in text:
        words = shown(said.words).zh if isinstance(said.words, Sealed) else said.words
        for n, part in enumerate(words.split("\n")):
            _paragraph(made, f"{HEADS[said.name] if not n else ''}{part}", TEXT_FONT, TEXT_PT, indent=True)
    _paragraph(made, PASTE, TEXT_FONT, TEXT_PT)
    file = BytesIO()
    made.save(file)
    return file.getvalue()


def _paragraph(made: Any, text: str, font: str, size: int, *, centre: bool = False, indent: bool = False) -> None:
    paragraph = made.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centre else WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.line_spacing = Pt(LINE_PT)
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(INDENT * size)
    run = paragraph.add_run(writable(text))
    run.font.size, run.font.name = Pt(size), font
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)  # python-docx sets the Latin font alone (its issue 1396)
