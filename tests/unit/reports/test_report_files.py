"""The files of a report: the same bytes again, an accessible archive PDF, tables no spreadsheet reckons with, no look-alike."""

import csv
import io
import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import decomposition
from zipfile import ZipFile

import docx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from agents.reports.command import main
from agents.reports.files import sheets
from agents.reports.files.document import text_document
from agents.reports.files.glyphs import Printable
from agents.reports.papers.paper import Paper, PaperColumn, PaperTable, Says, Section
from streams.messages import parse_time
from tests.support.city.reported import archive

NO_FONT = Path("/nowhere/font.otf")


def printed(root: Path, out: Path, *more: str) -> Path:
    """The folder of the report of the first day, made by the command, with the committed fonts alone."""
    given_ = ["--day", "2026-06-01", "--archive", str(root), "--out", str(out), "--font", str(NO_FONT), *more]
    assert main(given_) == 0
    (folder,) = out.iterdir()
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the small log."""
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of its first day."""
    return printed(root, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def pdf(folder: Path) -> PdfReader:
    """Its PDF."""
    return PdfReader(folder / "report.pdf")


def text_of(pdf: PdfReader) -> str:
    """All that can be read in it, without the breaks of lines."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pdf.pages))


def test_made_again_every_file_is_the_same(root: Path, folder: Path, tmp_path: Path) -> None:
    """From the same archive, later and elsewhere, byte for byte."""
    again = printed(root, tmp_path)
    assert again.name == folder.name == "report-2026-06-01-zh"
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    assert {"report.pdf", "report.xlsx", "report.docx", "filing.json", "measures.csv", "trend.csv"} <= set(names)
    assert [name for name in names if (folder / name).read_bytes() != (again / name).read_bytes()] == []


def test_its_time_is_the_logs(pdf: PdfReader, folder: Path) -> None:
    """PDF, workbook and document bear the end of the day that they are of."""
    at = datetime.fromtimestamp(parse_time("2026-06-02T00:00:00+08:00") / 1000, UTC)
    assert pdf.metadata is not None
    assert pdf.metadata.creation_date == at
    assert docx.Document(str(folder / "report.docx")).core_properties.created == at
    with ZipFile(folder / "report.xlsx") as book:
        assert f"{at:%Y-%m-%dT%H:%M:%SZ}" in book.read("docProps/core.xml").decode()


def test_the_pdf_says_that_it_is_archival_and_accessible(pdf: PdfReader) -> None:
    """ISO 19005-2 level A and ISO 14289-1 in its XMP; tags, language and title; a bookmark for each section."""
    catalog: Any = pdf.trailer["/Root"]
    xmp = catalog["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "zh-CN"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    titles = [each.title for each in pdf.outline if not isinstance(each, list)]
    assert titles == ["体征", "概况", "告警", "事件", "工单", "办理指标", "数据质量与未研判", "来源与复现"]


def elements(node: Any) -> list[Any]:
    """The structure elements below one, itself with them."""
    found, kids = [node], node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(each, dict) and "/S" in each:
            found += elements(each)
    return found


def test_tables_have_heads_and_figures_have_words(pdf: PdfReader) -> None:
    """ISO 14289-1, 7.3 and 7.5: every figure has an alternative text, every table head cells."""
    catalog: Any = pdf.trailer["/Root"]
    tags = [each for kid in catalog["/StructTreeRoot"]["/K"] for each in elements(kid.get_object())]
    figures = [each for each in tags if each["/S"] == "/Figure"]
    assert [each["/Alt"][:5] for each in figures] == ["新增告警共"]
    heads = [each for each in tags if each["/S"] == "/TH"]
    assert len(heads) > len([each for each in tags if each["/S"] == "/Table"]) > 5


def test_pictures_are_vectors(pdf: PdfReader) -> None:
    """No page holds an image, and the fonts are embedded."""
    for page in pdf.pages:
        assert not list(page.images)
    resources: Any = pdf.pages[0]["/Resources"]
    for font in resources["/Font"].values():
        (below,) = font["/DescendantFonts"]
        assert "/FontFile3" in below["/FontDescriptor"]


def test_markup_in_a_name_is_a_name(pdf: PdfReader) -> None:
    """What events bring is printed as it is: no file is read, nothing is reckoned or made bold."""
    said = text_of(pdf)
    assert '=站U+30EDE#read("/etc/passwd")$x$U+202E*粗*U+0007' in said
    assert "root:" not in said


def test_a_character_without_a_glyph_is_told(pdf: PdfReader) -> None:
    """U+30EDE is in no font that is given here: its code stands there, with a note, and nothing is refused."""
    assert "下列字符没有可用的字形，以U+编码代替：U+0007、U+202E、U+30EDE" in text_of(pdf)


@given(st.text())
def test_whatever_the_text_it_can_be_printed(text: str) -> None:
    """What is left are characters that the font has and blanks; all others are told by their code."""
    has = set(range(0x20, 0x7F)) | {ord("站")}
    printable = Printable(has.__contains__)
    made = printable.text(text)
    assert {ord(each) for each in made} <= has
    lost = (each for each in text if ord(each) not in has and not each.isspace() and "su" not in decomposition(each))
    assert all(f"U+{ord(each):04X}" in made for each in lost)
    assert printable.all_of((text,)) == (made,)


def test_the_rows_are_numbers_and_no_formulas(folder: Path) -> None:
    """In the workbook a count is a number and a name a text; in CSV a text that looks like a formula has an apostrophe."""
    book = CalamineWorkbook.from_path(folder / "report.xlsx")
    measures = book.get_sheet_by_name("measures").to_python()
    assert measures[0][2:5] == ["分子", "应计", "比率"]
    assert all(isinstance(row[2], float | int) for row in measures[1:])
    with ZipFile(folder / "report.xlsx") as file:
        assert not [name for name in file.namelist() if name.startswith("xl/worksheets/") and b"<f>" in file.read(name)]
    assert any(str(row[1]).startswith("=站") for row in book.get_sheet_by_name("alerts-oldest").to_python())
    read = list(csv.reader(io.StringIO((folder / "alerts-oldest.csv").read_text("utf-8-sig"))))
    assert any(row[1].startswith("'=站") for row in read)


def test_a_text_longer_than_a_cell_is_told_in_the_workbook() -> None:
    """Excel's 32,767 characters a cell: the cell says that it is cut, the sheet that opens how many are; CSV is whole."""
    table = PaperTable(name="t", title="t", columns=(PaperColumn("x", "text"),), rows=(("好" * 40_000,), ("短",)))
    sections = (Section("s", (table,)),)
    paper = Paper(lang="zh", title="t", subtitle="", at=0, about=(), warning="", foot="", sections=sections)
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets.workbook(paper)))
    assert book.sheet_names == ["t", "说明 Note"]
    assert str(book.get_sheet_by_name("t").to_python()[1][0]).endswith("40,000 characters, whole in CSV〕")
    assert str(book.get_sheet_by_name("说明 Note").to_python()[0][0]).startswith("1 个单元格")
    assert ("好" * 40_000).encode() in sheets.csv_files(paper)["t.csv"]


def test_the_document_is_no_official_document(folder: Path) -> None:
    """党政机关公文处理工作条例 9: no head, number or seal: text and tables, no picture, nothing red, and it says so."""
    made = docx.Document(str(folder / "report.docx"))
    said = [each.text for each in made.paragraphs]
    assert "（本文本供粘贴至办公系统，未经签发、编号、用印，不是公文）" in said
    assert not made.inline_shapes
    with ZipFile(folder / "report.docx") as file:
        body = file.read("word/document.xml").decode()
    assert "FF0000" not in body.upper()
    assert not re.search(r"〔\d{4}〕", body)
    assert 'w:eastAsia="仿宋"' in body


def test_what_the_archive_needs_names_every_file(folder: Path) -> None:
    """Title, date, how long it is proposed to be kept, no number; SHA-256 of every other file; OFD is told as not done."""
    told = msgspec.json.decode((folder / "filing.json").read_bytes())
    digests = {each["name"]: each["sha256"] for each in told["files"]}
    assert digests == {
        path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.name != "filing.json"
    }
    elements_ = told["elements"]
    assert elements_["题名"]["value"] == "郑州市运行监督日报 2026年6月1日"
    assert (elements_["日期"]["value"], elements_["文号"]["value"], elements_["OFD"]["value"]) == ("2026-06-02", "", None)
    assert elements_["保管期限"]["value"] in {"永久", "30年", "10年"}
    assert "本系统默认" in elements_["保管期限"]["note"]


def test_a_wrong_day_is_wrong_use(root: Path, tmp_path: Path) -> None:
    """Exit 2: a ValueError says how a day is written; a unit goes with a period alone."""
    with pytest.raises(ValueError, match="write it as 2026-03-05"):
        main(["--day", "June 1", "--archive", str(root), "--out", str(tmp_path)])
    with pytest.raises(SystemExit):
        main(["--order", "x", "--unit", "zz-ee", "--archive", str(root), "--out", str(tmp_path)])


def test_what_is_raised_or_lowered_is_printed_on_the_line() -> None:
    """O₂ and m³ of a clause are read as O2 and m3 where a font lacks these, and need no note; a rare character does."""
    printable = Printable(set(range(0x20, 0x7F)).__contains__)
    assert (printable.text("O₂ m³"), printable.lacking) == ("O2 m3", ())
    assert (printable.text("𰻞"), printable.lacking) == ("U+30EDE", ("U+30EDE",))


def test_what_xml_cannot_hold_refuses_no_text() -> None:
    """XML 1.0, 2.2: no control but tab and line feed, no surrogate, not U+FFFE and U+FFFF; a name with one loses it."""
    said = Section("甲", (Says("名\x00\ufffe\uffff\ud800字"),))
    paper = Paper(lang="zh", title="甲", subtitle="", at=0, about=(("名", "\uffff"),), warning="", foot="", sections=(said,))
    found = docx.Document(io.BytesIO(text_document(paper)))
    assert "名?字" in [each.text for each in found.paragraphs]
