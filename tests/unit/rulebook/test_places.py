"""A place is a folder: its departments, codes and law; another city is another folder, and the rules hold there too."""

from pathlib import Path

import msgspec
import pytest

from agents import law
from agents.core.rules.rule import ClauseSpec, Edition, in_force
from agents.rulebook import lint
from agents.rulebook.cases import results
from agents.rulebook.grouping import grouping_problems, sound_grouping
from agents.rulebook.load import rules_elsewhere
from streams import places
from streams.calendar.holidays import build, load
from streams.calendar.time_limit import deadline, parse_limit
from streams.messages import Text, parse_time
from streams.places import calendar
from streams.places.duties import acting
from tests.support.books import the_book


@pytest.fixture
def luoyang(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process goes by the law and the departments of Luoyang."""
    monkeypatch.setenv("ONESCREEN_PLACE", "4103")


@pytest.mark.usefixtures("luoyang")
def test_the_rules_are_sound_in_luoyang() -> None:
    """No rule names a department that is not there, and no case needs law that does not bind there."""
    assert lint.problems() == []
    book = the_book()
    assert [each for each in results(book) if each.differences] == []
    assert grouping_problems(book.rules) == []
    assert {rule.lead.id for rule in sound_grouping(book.rules).rules if rule.lead} <= {"ly-amr-se", "ly-data", "hn-mpa"}


@pytest.mark.usefixtures("luoyang")
def test_who_answers_in_luoyang_is_of_luoyang_or_of_henan() -> None:
    """The city's departments go before the province's; wholesale of drugs is the province's alone (药品管理法 51)."""
    book = the_book()
    answer = {spec.department for spec in book.rules.values()}
    assert {each.partition("-")[0] for each in answer} == {"ly", "hn"}
    assert book.departments["ly-ee"].name.zh == "洛阳市生态环境局"
    assert book.owner("environment.air_hour") == "ly-ee"
    assert book.owner("nothing.known") == "ly-data"


@pytest.mark.usefixtures("luoyang")
def test_what_rests_on_the_law_of_zhengzhou_alone_does_not_hold_in_luoyang() -> None:
    """What Zhengzhou set itself (dust, urgent requests) binds nobody outside it: its rules are left out, all others hold."""
    assert rules_elsewhere() == {"site-dust", "urgent-not-answered"}
    assert "site-dust" not in the_book().rules


def test_the_law_of_zhengzhou_binds_in_zhengzhou() -> None:
    """Every rule holds there; the clause of the city's regulation binds at its adcodes, coded zones too, and no other."""
    assert rules_elsewhere() == frozenset()
    editions = law.clauses()["site-dust"].edition
    day = parse_time("2026-06-01T12:00:00+08:00")
    assert in_force(editions, day, "410171") is not None
    assert in_force(editions, day, "410302") is None


def test_every_code_lies_in_its_place() -> None:
    """GB/T 2260: the codes of districts and coded zones begin with that of their city."""
    for code in places.known():
        found = places.place(code)
        assert all(adcode.startswith(code) and len(adcode) == 6 for adcode in {**found.districts, **found.zones})
    assert {"410171", "410172", "410173"} == set(places.place("4101").zones)


def test_a_place_without_departments_is_refused(tmp_path: Path) -> None:
    """Nobody would answer for its alerts: the sentence names the file that is missing; for no place, those that there are."""
    (tmp_path / "4105").mkdir()
    (tmp_path / "4105" / "place.toml").write_text('name = { zh = "安阳市", en = "Anyang" }\nprefix = "ay"\n', "utf-8")
    with pytest.raises(ValueError, match=r"4105/departments\.toml: place 4105 has no departments"):
        places.departments("4105", tmp_path)
    with pytest.raises(ValueError, match="there is no such place; known are 4105"):
        places.departments("4106", tmp_path)


EDITION = """
[[clause.gb.edition]]
edition = "DB41"
article = "1"
text = { zh = "例", en = "Example" }
from = 2021-03-01
mark = "M"
source = "made up"
"""
HEAD = '[clause.gb]\ntitle = { zh = "例", en = "Example" }\nstandard = "GB"\n'
NATION = HEAD + EDITION.replace("2021", "2016").replace("DB41", "GB")


def write(file: Path, text: str) -> Path:
    """A file with a text."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_place_adds_its_editions_to_a_clause(tmp_path: Path) -> None:
    """The folder says the place; title and standard stay the nation's."""
    files = [write(tmp_path / "law" / "nation.toml", NATION), write(tmp_path / "41" / "clauses" / "local.toml", EDITION)]
    (clause,) = law.clauses(files).values()
    assert [(each.edition, each.adcode) for each in clause.edition] == [("GB", ""), ("DB41", "41")]
    assert clause.standard == "GB"


@pytest.mark.parametrize(
    ("nation", "local", "message"),
    [
        (True, EDITION + 'place = "4101"\n', "take `place` out"),
        (True, '[clause.gb]\nstandard = "DB41"\n' + EDITION, "take them out here"),
        (False, EDITION, "write its title and standard"),
    ],
)
def test_a_place_s_clause_is_refused_with_a_sentence(tmp_path: Path, local: str, message: str, *, nation: bool) -> None:
    """Where it says what the folder or the wider place says, or lacks what nobody else says: file, clause and remedy."""
    files = [write(tmp_path / "law" / "nation.toml", NATION)] if nation else []
    file = write(tmp_path / "41" / "clauses" / "local.toml", local)
    with pytest.raises(ValueError, match=rf"local\.toml: clause gb: .*{message}"):
        law.clauses([*files, file])


def test_gaps_are_looked_for_in_each_place_by_itself() -> None:
    """Nation and place overlap rightly; two editions of the place with a year between them do not join, unless they say why."""
    first = msgspec.convert(
        {
            "edition": "a",
            "article": "1",
            "text": {"zh": "例", "en": "Example"},
            "mark": "M",
            "source": "s",
            "from": "2016-01-01",
        },
        Edition,
    )
    local = msgspec.structs.replace(first, place="41", edition="b", until=msgspec.convert("2018-01-01", type(first.since)))
    after = msgspec.structs.replace(local, edition="c", since=msgspec.convert("2019-01-01", type(first.since)), until=None)
    title = Text("例", "Example")
    (gap,) = lint.clause_problems("gb", ClauseSpec(title, "GB", (first, local, after)), {"gb"})
    assert gap[0] == "edition[2]"
    assert "between b and c of the place 41" in gap[1]
    said = msgspec.structs.replace(after, seam="repealed before its successor came")
    assert not list(lint.clause_problems("gb", ClauseSpec(title, "GB", (first, local, said)), {"gb"}))


def test_every_street_lies_in_a_district_or_zone_of_its_city() -> None:
    """统计用区划代码: nine digits, the first six those of the district; Zhengzhou had 208 streets and townships in 2023."""
    for code in places.known():
        known = places.place(code)
        streets = [each for each in places.areas(code) if len(each) == 9]
        assert {each[:6] for each in streets} <= {*known.districts, *known.zones}
    assert len([each for each in places.areas("4101") if len(each) == 9]) == 208
    assert places.areas("4101")["410105001"].zh == "经八路街道"


def test_who_acts_in_a_district() -> None:
    """The bureau of ecology has branches of its own there, that of markets guides the districts' own; zones have committees."""
    branch, guided = acting("zz-ee", "410105", "4101"), acting("zz-amr", "410182001", "4101")
    assert (branch.name.zh, branch.tie) == ("郑州市生态环境局金水分局", "branch")
    assert (guided.name.zh, guided.tie) == ("荥阳市市场监督管理局", "guided")
    assert acting("zz-ee", "410173", "4101").name.zh == "郑州航空港经济综合实验区管理委员会"
    assert acting("ly-ee", "410306", "4103") is None  # 吉利区, joined to 孟津 in 2021
    assert acting("zz-gov", "410105", "4101") is None


LY = {"place.toml": 'name = { zh = "例市", en = "Example" }\nprefix = "ex"\n', "departments.toml": "[department]\n"}


def folder(root: Path, **files: str) -> None:
    """A place 4199 of these files."""
    for name, text in (LY | {f"{name}.toml": text for name, text in files.items()}).items():
        write(root / "4199" / name, text)


def test_a_place_has_its_own_hours(tmp_path: Path) -> None:
    """Offices from 08:30 to 12:00 and 15:00 to 18:00: 4 h from Friday 17:00 end on Monday 11:30; 6.5 h are a day."""
    hours = '\n[hours]\nmorning = [08:30:00, 12:00:00]\nafternoon = [15:00:00, 18:00:00]\nsource = "example"\n'
    folder(tmp_path, place=LY["place.toml"] + hours)
    known = build(calendar.here("4199", tmp_path))
    friday = parse_time("2026-03-06T17:00:00+08:00")
    assert deadline(friday, parse_limit("4 working-hours"), known).at == parse_time("2026-03-09T11:30:00+08:00")
    assert deadline(friday, parse_limit("1 working-day"), known).at == parse_time("2026-03-09T17:00:00+08:00")
    assert deadline(friday, parse_limit("1 statutory-day"), known).at == parse_time("2026-03-09T18:00:00+08:00")


def test_a_place_has_days_off_of_its_own(tmp_path: Path) -> None:
    """三月三 as in Guangxi, two days of 2026: one working day from the Friday before the Monday and Tuesday is Wednesday."""
    notice = """
[[notice]]
year = 2026
source = "example"
off = [{ name = "三月三", first = 2026-04-20, last = 2026-04-21 }]
work = []
"""
    folder(tmp_path, notices=notice)
    known = build(calendar.here("4199", tmp_path))
    friday = parse_time("2026-04-17T10:00:00+08:00")
    assert deadline(friday, parse_limit("1 civil-working-day"), known).at == parse_time("2026-04-23T00:00:00+08:00")
    assert deadline(friday, parse_limit("1 civil-working-day"), load()).at == parse_time("2026-04-21T00:00:00+08:00")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "place",
            '[hours]\nmorning = [08:00:00, 12:00:00]\nafternoon = [11:00:00, 18:00:00]\nsource = "x"\n',
            "do not follow one",
        ),
        ("notices", '[[notice]]\nyear = 2026\nsource = "x"\noff = []\nwork = [2026-04-20]\n', "is no make-up day"),
        (
            "duties",
            '[duty.ee]\nname = { zh = "局", en = "Bureau" }\ntie = "branch"\nbasis = "x"\n',
            "the same in every district",
        ),
        (
            "duties",
            '[duty.ee]\nname = { zh = "{district}局", en = "B" }\ntie = "branch"\nbasis = "x"\n',
            "no department of this role",
        ),
    ],
)
def test_a_folder_that_contradicts_itself_is_refused(tmp_path: Path, file: str, text: str, message: str) -> None:
    """Sessions that overlap, a make-up day that is no weekend, a duty of nobody: each with a sentence."""
    folder(tmp_path, **{file: (LY["place.toml"] if file == "place" else "") + text})
    with pytest.raises(ValueError, match=message):
        lint.read_place("4199", tmp_path)
