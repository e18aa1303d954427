"""An alert's file on paper: A4, everything in it, and nothing that runs off the page."""

import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from streams.kafka.admin import create_topics
from streams.messages import MINUTE, Actor, Alert, Evidence, Place, format_time
from streams.settings import Settings
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import living_town
from tests.support.kafka.session import own_log
from tests.support.town import alert, entry, wall_clock

LOG = own_log("paper")
A4 = (595.3, 841.9)
"""ISO 216 A4, 210 mm by 297 mm, in points of 1/72 inch."""

EVIDENCE = 60
PERSON = Actor(id="zhang", name="张值班", role="supervisor")
REASON = "已派执法人员到现场核查，企业停产整改"


class Paper(NamedTuple):
    """A page in a browser, the address of the screen, and the alert of the file."""

    page: Page
    address: str
    alert: Alert

    def open(self, language: str) -> Page:
        """Go to the file of the alert and wait for it."""
        self.page.goto(f"{self.address}/print?alert={self.alert.id}&lang={language}")
        expect(self.page.locator(".paper footer")).to_be_visible(timeout=60_000)
        return self.page


def long_story(now: int) -> Alert:
    """An alert with sixty pieces of evidence, each with a digest of its own."""
    made = alert(LOG, 1, now)
    kept = [
        Evidence(
            place=Place(made.place.topic, 3, n), sha256=f"{n:064x}"[::-1], at=format_time(now - n * MINUTE), value=200.5 + n
        )
        for n in range(EVIDENCE)
    ]
    return alert(LOG, 1, now, evidence=tuple(kept), audit=12, head="ab" * 32)


@pytest.fixture(scope="module")
def paper(broker: Settings, chromium: Browser) -> Iterator[Paper]:
    """The file of an alert with much evidence and a trail of twelve entries by a person."""
    create_topics(broker, LOG)
    with living_town(broker, LOG) as town, running_screen(broker, LOG) as address:
        made = long_story(wall_clock())
        acts = [
            entry(made, n, "comment", made.place, actor=PERSON, reason=f"{REASON} {n}", hash=f"{n:02x}" * 32)
            for n in range(1, 13)
        ]
        town.write(made, *acts)
        page = chromium.new_page()
        yield Paper(page, address, made)
        page.close()


def pages(page: Page) -> list[str]:
    """The text of each page as it is printed, without white space; each page is an A4 and nothing lies outside it."""
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    found = []
    for sheet in printed.pages:
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx(A4, abs=1)
        found.append(re.sub(r"\s", "", sheet.extract_text()))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_file_holds_everything(paper: Paper, language: str) -> None:
    """The clause's text, every piece of evidence, every act with name and reason, the chain's hashes, who printed it."""
    sheets = pages(paper.open(language))
    text = "".join(sheets)
    clause = paper.alert.clause
    for words in (clause.text.zh, clause.text.en, clause.edition, clause.article, paper.alert.id, "local-supervisor"):
        assert re.sub(r"\s", "", words) in text, words
    for item in paper.alert.evidence:
        assert item.sha256 in text
        assert f"{item.place.partition}/{item.place.offset}" in text
    assert text.count(PERSON.name) == 12
    for n in range(1, 13):
        assert f"{REASON}{n}" in text
        assert f"{n:02x}" * 32 in text
    assert paper.alert.head in text
    assert "UTC+08:00" in text
    assert len(sheets) > 1
    for n, sheet in enumerate(sheets, 1):
        assert f"{n}/{len(sheets)}" in sheet


def test_nothing_runs_off_the_page(paper: Paper) -> None:
    """In print no box is wider than the paper between its margins, and nothing but the file is shown."""
    page = paper.open("zh")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm at 96 px an inch
    widths = page.locator(".paper, .paper *").evaluate_all("nodes => nodes.map(node => node.getBoundingClientRect().right)")
    assert max(widths) <= 689
    assert page.evaluate("document.documentElement.scrollWidth") <= 689
    expect(page.locator(".tools")).to_be_hidden()
    page.emulate_media(media="screen")


def test_it_is_black_on_white(paper: Paper) -> None:
    """The paper is white and its words are black, whatever theme the other pages have."""
    page = paper.open("zh")
    look = "node => [getComputedStyle(node).color, getComputedStyle(node.closest('.print')).backgroundColor]"
    assert page.locator(".paper blockquote").evaluate(look) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_the_wall_leads_to_it(paper: Paper) -> None:
    """The story on the wall has the way to the file."""
    page = paper.page
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{paper.address}/?lang=zh")
    page.locator(f".row[data-alert='{paper.alert.id}']").click()
    page.locator(".story a.to-print").click()
    expect(page.locator(".paper h1")).to_contain_text(paper.alert.title.zh, timeout=60_000)


def test_an_alert_that_is_not_there_is_said(paper: Paper) -> None:
    """An unknown id gives a sentence that says so, and no empty paper."""
    paper.page.goto(f"{paper.address}/print?alert={99:032x}")
    expect(paper.page.locator(".paper .says")).to_contain_text("屏上没有此告警", timeout=60_000)
