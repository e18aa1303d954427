"""The full text of what a clause cites, as the pages of rules and of an alert ask for it."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from screen.rules import statutes
from streams.statutes.cited import cited, installed
from tests.support.pure.visitor import visitor

EDITION, ARTICLE = "网络安全法（2025修正）；网络数据安全管理条例", "网络安全法第二十三条第（三）项；条例第三十三条"


@pytest.fixture
def client() -> TestClient:
    """The route alone; who may ask is tested with all routes."""
    return visitor(statutes.routes())


def test_the_articles_of_statutes_are_told_in_full() -> None:
    """网络安全法 23 asks for logs of six months; the regulation beside it is in no library of statutes and left out."""
    assert installed()
    [found] = cited(EDITION, ARTICLE, date(2026, 6, 1))
    assert (found.law, found.n) == ("网络安全法", 23)
    assert "留存相关的网络日志不少于六个月" in found.text
    assert found.since == date(2026, 1, 1)


def test_an_article_named_twice_is_told_once() -> None:
    """特种设备安全法 40 in two places of a citation is one text."""
    assert len(cited("特种设备安全法", "第四十条第一款；第四十条第三款", date(2026, 1, 1))) == 1


def test_a_citation_of_a_whole_law_is_not_read_to_its_end() -> None:
    """A person may ask for 第一条至第一千二百六十条 of the Civil Code: the first forty are enough for anybody's clause."""
    found = cited("民法典", "第一条至第一千二百六十条", date(2026, 1, 1))
    assert [each.n for each in found] == list(range(1, 41))


def test_the_route_answers_as_the_library_does(client: TestClient) -> None:
    """With the articles; without a question it says whether the library is there, at the day of the newest text."""
    told = client.get("/screen/law", params={"edition": EDITION, "article": ARTICLE, "day": "2026-06-01"}).json()
    assert told["installed"]
    assert [each["n"] for each in told["articles"]] == [23]
    assert client.get("/screen/law").json() == {"installed": True, "articles": []}


@pytest.mark.parametrize("asked", [{"day": "soon"}, {"edition": "法" * 401}, {"article": "x" * 401}])
def test_what_cannot_be_asked_is_refused(client: TestClient, asked: dict[str, str]) -> None:
    """A day that is none, and texts longer than any clause has: 400 with a sentence."""
    answer = client.get("/screen/law", params=asked)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_without_the_library_the_page_is_told_so(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The press hides itself where nothing could be shown."""
    monkeypatch.setattr(statutes, "installed", lambda: False)
    assert client.get("/screen/law", params={"edition": EDITION, "article": ARTICLE}).json() == {
        "installed": False,
        "articles": [],
    }
