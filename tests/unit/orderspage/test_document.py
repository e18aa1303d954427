"""The text of an order as a file to paste: what stands in it, and what an office alone may put there does not."""

from io import BytesIO

import pytest

from screen.orders.document import TEXT_FONT, TITLE_FONT, document
from streams.messages import Text
from streams.messages.orders import Passage
from tests.support.orders.records import HELPER, entry, line, order

docx = pytest.importorskip("docx")
QN = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_the_text_is_there_in_the_fonts_of_a_document() -> None:
    """Title, whom it goes to, cause and demand; 仿宋 for Chinese too, which python-docx sets nowhere by itself."""
    lines = {"1": line(1), "2": line(1, "2", part="support", unit=HELPER), "3": line(1, "3", part="assist", unit="x")}
    read = docx.Document(BytesIO(document(order(1), lines)))
    texts = [paragraph.text for paragraph in read.paragraphs]
    assert texts[0] == order(1).title.zh
    assert texts[1] == "郑州市生态环境局荥阳分局、郑州市城市管理局："
    assert texts[2:4] == ["监测发现疑似超过限值。", "要求：请核实处理。"]
    fonts = [paragraph.runs[0]._element.rPr.rFonts.get(f"{QN}eastAsia") for paragraph in read.paragraphs]
    assert fonts == [TITLE_FONT, *[TEXT_FONT] * (len(fonts) - 1)]
    assert (round(read.sections[0].page_width.mm), round(read.sections[0].left_margin.mm)) == (210, 28)


def test_nothing_of_the_offices_is_there() -> None:
    """公文条例 9, 19 to 25: no number, red head or seal; the number of the order itself is no 发文字号 and stays out."""
    made = order(1)
    read = docx.Document(BytesIO(document(made, {"1": line(1)})))
    whole = "\n".join(paragraph.text for paragraph in read.paragraphs)
    assert made.number not in whole
    assert "不是公文" in whole
    assert (len(read.tables), len(read.inline_shapes)) == (0, 0)


def test_hostile_text_stays_text() -> None:
    """Markup is text, and what XML forbids is left out."""
    made = order(1, title=Text("<w:p>\x00&疑似", "x"), text=(Passage("cause", "</w:t>\x0b一\n二"),))
    read = docx.Document(BytesIO(document(made, {})))
    assert [paragraph.text for paragraph in read.paragraphs][:3] == ["<w:p>&疑似", "</w:t>一", "二"]


REVOKED_AT = "2026-12-01T09:30:00+08:00"


@pytest.mark.parametrize("state", ["revoked", "archived"])
def test_what_was_revoked_says_so_first(state: str) -> None:
    """撤销: void from the start (公文处理工作条例 ch. 7), also once it is filed; when, and by which entry of its trail."""
    trail = (entry(1, 1, "issue"), entry(1, 7, "revoke", at=REVOKED_AT), entry(1, 8, "archive"))
    made = order(1, state=state, outcome="revoked", voided=True)
    texts = [each.text for each in docx.Document(BytesIO(document(made, {"1": line(1)}, trail))).paragraphs]
    assert texts[0] == "【已撤销，自始无效：2026-12-01 09:30，理由见办理记录第 7 条（撤销）】"
    assert texts[1] == made.title.zh
    older = [each.text for each in docx.Document(BytesIO(document(made, {}, trail[:1]))).paragraphs]
    assert older[0] == "【已撤销，自始无效】"


@pytest.mark.parametrize("outcome", ["", "repealed", "withdrawn"])
def test_what_was_good_until_then_is_not_marked(outcome: str) -> None:
    """废止 ends a document from then on; one that stands, or was taken back, carries no mark either."""
    trail = (entry(1, 1, "issue"), entry(1, 7, "repeal", at=REVOKED_AT))
    texts = [each.text for each in docx.Document(BytesIO(document(order(1, outcome=outcome), {}, trail))).paragraphs]
    assert not any("撤销" in each for each in texts)
