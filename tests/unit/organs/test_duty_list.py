"""The check of a duty list finds what an official would, with file and line; the committed lists are sound."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from agents.commands import routes as command
from agents.rulebook.duty_list import Ruled, duty_list_problems, rules_asked
from streams import places
from streams.places import organs
from tests.support.books import the_book

DAY = date(2026, 11, 30)
RULES = {"smoke": Ruled("zz-ee", ("source_hour",)), "shop": Ruled("zz-amr", ("sale",))}
DEFAULT = '[[route]]\nmain = "department@"\nsupervising = "department"\nbasis = "x"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Places with a city of one district and two departments, and the nation's correspondence."""
    shutil.copy(places.ROOT / "correspondence.toml", tmp_path)
    city = tmp_path / "4199"
    city.mkdir()
    (city / "place.toml").write_text(
        'name = { zh = "某市", en = "City" }\nprefix = "xx"\n[districts]\n419902 = { zh = "甲区", en = "Jia" }\n', "utf-8"
    )
    (city / "departments.toml").write_text(
        "".join(
            f'[department.xx-{role}]\nname = {{ zh = "{role}局", en = "{role}" }}\nbasis = "x"\n'
            for role in ("gov", "ee", "amr")
        ),
        "utf-8",
    )
    (city / "duties.toml").write_text(
        "".join(
            f'[duty.{role}]\nname = {{ zh = "{{district}}{role}局", en = "x" }}\ntie = "guided"\nbasis = "x"\n'
            for role in ("ee", "amr")
        ),
        "utf-8",
    )
    (city / "units.toml").write_text('[unit.xx-gov]\nkind = "office"\n', "utf-8")
    return tmp_path


def found(root: Path, rows: str, units: str = "") -> list[tuple[str, int, str]]:
    """What is wrong with a list, as file, line and message."""
    (root / "4199" / "routes.toml").write_text(rows, "utf-8")
    if units:
        with (root / "4199" / "units.toml").open("a", encoding="utf-8") as file:
            file.write(units)
    return [(Path(each.file).name, each.line, each.message) for each in duty_list_problems("4199", RULES, DAY, root)]


def test_a_sound_list_has_no_problem(root: Path) -> None:
    """A city is a folder: one row for all is enough."""
    assert found(root, DEFAULT) == []


@pytest.mark.parametrize("code", ["4101", "4103"])
def test_the_committed_lists_are_sound(code: str) -> None:
    """Every rule of the book has somebody in every district and zone of both cities."""
    assert duty_list_problems(code, rules_asked(the_book().rules), DAY) == []


FIRM = '[unit.firm]\nname = { zh = "厂", en = "Firm" }\nkind = "enterprise"\nlevel = "city"\nbasis = "x"\n'
ENDED = (
    '[unit.old]\nname = { zh = "旧", en = "Old" }\nkind = "bureau"\nlevel = "city"\nparent = "gov-4199"\n'
    'until = 2020-01-01\nbasis = "x"\n'
)
VILLAGE = '[unit.village]\nname = { zh = "村", en = "Village" }\nkind = "community"\nlevel = "community"\nbasis = "x"\n'


def row(text: str, main: str = "ee@") -> str:
    """A second row, from line 5 on: `main` in line 6, what is given in line 7."""
    return f'{DEFAULT}[[route]]\nmain = "{main}"\n{text}\nbasis = "x"\n'


@pytest.mark.parametrize(
    ("rows", "units", "file", "line", "message"),
    [
        (row('rule = ["smoke"]', "nobody"), "", "routes.toml", 6, "'nobody' is no body of this place"),
        (row('rule = ["smoke"]', "nobody@"), "", "routes.toml", 6, "no body acts so in the districts"),
        (row('rule = ["smoke"]\nsupports = ["lost"]'), "", "routes.toml", 8, "'lost' is no body of this place"),
        (row('rule = ["smoke"]', "old"), ENDED, "routes.toml", 6, "has ended, and nobody has its duties"),
        (DEFAULT, ENDED, "units.toml", 8, "ended on 2020-01-01 and has no successor"),
        (row('rule = ["smoke"]', "firm"), FIRM, "routes.toml", 6, "is an enterprise, which receives no order"),
        (row('rule = ["smoke"]\nassists = ["firm"]'), FIRM, "routes.toml", 8, "is an enterprise, which receives no order"),
        (row('rule = ["smoke"]', "village"), VILLAGE, "routes.toml", 6, "a village or community, which only assists"),
        (row('rule = ["smoke"]', "party-4199"), "", "routes.toml", 6, "may be given no order by any body of this city"),
        (row('rule = ["fume"]'), "", "routes.toml", 7, "'fume' is no rule here: the row matches nothing"),
        (row('type = ["fume_hour"]'), "", "routes.toml", 7, "'fume_hour' is no type here"),
        (row('department = ["hud"]'), "", "routes.toml", 7, "'hud' is no department here"),
        (row('topic = ["没水"]'), "", "routes.toml", 7, "'没水' is no topic here"),
        (row('adcode = ["419903"]'), "", "routes.toml", 7, "begins no district of this place"),
        (row("supports = []"), "", "routes.toml", 5, "it fits what the row of line 1 fits"),
        ('[[route]]\nrule = ["smoke"]\nmain = "ee@"\nbasis = "x"\n', "", "routes.toml", 1, "no row covers the rule 'shop'"),
        ('[[route]]\nmain = "gov@"\nbasis = "x"\n', "", "duties.toml", 1, "nobody acts for 'gov' in 419902"),
        (row('rule = ["smoke"]\nsuport = []'), "", "routes.toml", 5, "unknown field `suport`"),
        (row("rule = [smoke]"), "", "routes.toml", 7, "correct it"),
        (DEFAULT, '[unit.lost]\nkind = "inner"\n', "units.toml", 3, "name, level, basis not given"),
        (DEFAULT, FIRM + 'parent = "nobody"\n', "units.toml", 3, "'nobody' is no body of this place"),
    ],
)
def test_each_fault_has_its_file_and_line(root: Path, rows: str, units: str, file: str, line: int, message: str) -> None:
    """Unknown and ended bodies, enterprises, rows that match nothing, are alike or missing, districts without a body."""
    problems = found(root, rows, units)
    assert [each[:2] for each in problems if message in each[2]] == [(file, line)], problems


def test_a_district_that_nobody_acts_in_is_named(root: Path) -> None:
    """Where `duties.toml` has nobody for a role, and no row says who answers, both are told."""
    (root / "4199" / "duties.toml").write_text("[duty]\n", "utf-8")
    messages = [message for _, _, message in found(root, DEFAULT)]
    assert any("nobody acts for 'ee' in 419902: write [duty.ee]" in each for each in messages)


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command has the rule book at hand."""
    monkeypatch.setattr(command, "load_book", the_book)


@pytest.mark.usefixtures("loaded")
def test_the_command_shows_who_answers_and_why(capfd: pytest.CaptureFixture[str]) -> None:
    """One JSON line a rule; a complaint about who would answer goes past it."""
    assert command.main(["show", "site-dust", "--place", "4101", "--adcode", "410105", "--accused", "zz-hud-410105"]) == 0
    line = capfd.readouterr().out
    assert '"main":"gov-410105"' in line
    assert "反映的是金水区住房和城乡建设局" in line


@pytest.mark.usefixtures("loaded")
def test_the_command_refuses_what_is_no_rule() -> None:
    """Wrong use is told: exit 2."""
    with pytest.raises(ValueError, match="no rule 'nothing'"):
        command.main(["show", "nothing"])


@pytest.mark.usefixtures("loaded")
def test_the_check_ends_with_its_exit_code(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """0 where the list is sound; 1 with a JSON line a problem, with file and line."""
    assert command.main(["check", "--place", "4103"]) == 0
    found(root, row('rule = ["smoke"]', "nobody"))
    wrong = duty_list_problems("4199", RULES, DAY, root)
    monkeypatch.setattr(command, "duty_list_problems", lambda code, rules, day: wrong)
    capfd.readouterr()
    assert command.main(["check", "--place", "4199"]) == 1
    assert '"line":6,"id":"route 2"' in capfd.readouterr().out


def test_a_body_that_is_none_is_told_with_its_file(root: Path) -> None:
    """Who reads the bodies of a place elsewhere gets a sentence too."""
    (root / "4199" / "units.toml").write_text('[unit.lost]\nkind = "inner"\n', "utf-8")
    with pytest.raises(ValueError, match=r"units\.toml: unit\.lost: name, level, basis not given"):
        organs.units("4199", root)
