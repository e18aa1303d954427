"""A new domain is one folder and no other edit: made in a copy of the tree, everything knows it at once."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agents.commands.domain import make
from streams.catalogue import domains
from streams.command import Trouble
from streams.messages import parse_time

ROOT = Path(__file__).resolve().parents[3]
DOMAINS = ROOT / "agents" / "domains"

CHECK = """
import sys
from pathlib import Path
from agents.rulebook.cited import statute_problems
from agents.rulebook.grouping import grouping_problems
from agents.rulebook.lint import check, limit_problems
from agents.rulebook.rule_sources import committed
here = committed()
rules = {rule for domain in here.rules for rule in here.specs(domain)[0]}
found = [*check(here), *limit_problems(here, committed(Path(sys.argv[1])))]
found += [*grouping_problems(rules), *statute_problems(here.specs("noise")[0])]
assert not found, found
"""

JOIN = """
from itertools import takewhile
from fixtures.life import arrivals
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.messages import HOUR
air = Air(1, load_scenario("calm"))
late, end = air.begin + 90 * 60_000, air.begin + 4 * HOUR
joined, whole = (list(takewhile(lambda one: one.at <= end, arrivals(air, after))) for after in (late, air.begin))
assert joined == [one for one in whole if one.at > late]
assert any(one.domain == "noise" for one in joined)
"""


SCREEN = """
from screen.feed.fold import fold
from screen.feed.view import View
from screen.i18n.texts import texts
from screen.wall.domains import shares
from screen.wall.headline import headline
from screen.wall.points import indices
from screen.feed.slices.subjects import Subjects
from screen.wall.stations import stations
from streams.messages import Name, SubjectStatus, Text
values = {"concentration": 12.5, "level": "high"}
status = SubjectStatus(subject="n", domain="noise", kind="device", name=Name("甲"), adcode="410105", lon=113.7, lat=34.8,
    at="2026-06-01T08:00:00+08:00", values=values)
view = fold(View(), [status])
assert shares(view)[-1].title == Text("噪声", "Noise")
figure = headline(view)[-1]
assert (figure.domain, figure.value, figure.subject.zh, figure.severity) == ("noise", 12.5, "甲", "orange")
assert [row["value"] for row in stations(view)["noise"]["rows"]] == [12.5]
assert [row["domain"] for row in indices(view[Subjects].spots)] == ["noise"]
said = {name: (words["domain"]["noise"], words["kind"]["device"], words["level"]["high"]) for name, words in texts().items()}
assert said == {"zh": ("噪声", "示例设备", "超限"), "en": ("Noise", "Example device", "Above")}
"""

REPLAY = """
import gzip, json, sys
from pathlib import Path
from msgspec import Raw
from agents.jobs.timeline import replay
from agents.jobs.work import Work
from streams.archive.files import Chunk, write
from streams.messages import encode, tick_of
from streams.settings import load
folder, chunk = Path("replayed"), Chunk(0)
folder.mkdir()
for line in sys.stdin.buffer.read().splitlines():
    ticked, subject = tick_of(line) is not None, json.loads(line).get("subject", "")
    if ticked or subject.startswith("noise."):
        chunk.add(chunk.rows, 0, None if ticked else subject.encode(), line)
write(Path("archive"), "t.events.noise", 0, chunk)
period = {"from": sys.argv[1], "to": sys.argv[2]}
replay(Raw(encode(period)), Work(load({}), "t", Path("archive"), folder, lambda _: None))
index = json.loads((folder / "index.json").read_bytes())
chunks = [json.loads(gzip.decompress((folder / each["file"]).read_bytes())) for each in index["chunks"]]
told = [value for each in chunks for at, kind, value in each["changes"] if kind == "subject"]
print(json.dumps({"places": index["places"], "headline": index["headline"], "told": told}))
"""

HELD = (
    "tests/unit/screen/test_i18n.py",
    "tests/unit/screen/test_desk.py",
    "tests/unit/view",
    "tests/unit/core/test_guard.py",
    "tests/unit/rulebook/test_rulebook.py",
)
"""Tests that go through all domains, or show them."""


WRITTEN = shutil.ignore_patterns("*.pyc.*")
"""Compiled modules that another process is writing just now: they take their names a moment later."""

ONCE = "not test_guards_change_nothing or noise"
"""Of what is tried domain by domain the new one alone: the others are what they are without it."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, compiled modules among it, with the new domain `noise` in it."""
    root = tmp_path_factory.mktemp("tree")
    for package in ("streams", "agents", "screen", "fixtures", "tests", "docs"):
        shutil.copytree(ROOT / package, root / package, ignore=WRITTEN)
    shutil.copyfile(ROOT / "pyproject.toml", root / "pyproject.toml")
    made = run(root, "-m", "agents", "domain", "new", "noise", "--zh", "噪声", "--en", "Noise")
    assert made.stdout.decode().strip() == str(root / "agents" / "domains" / "noise")
    return root


def run(root: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Python in the copied tree; it must end well."""
    ended = subprocess.run([sys.executable, *arguments], cwd=root, input=given, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stdout.decode() + ended.stderr.decode()
    return ended


@pytest.fixture(scope="module")
def lines(tree: Path) -> bytes:
    """Six hours of the city with the new domain in it."""
    return run(tree, "-m", "fixtures", "city", "--stdout", "--scenario", "calm", "--hours", "6").stdout


def test_its_rules_are_sound_and_their_cases_hold(tree: Path) -> None:
    """What `rules check` looks for is not in it, `rules test` judges its cases, `rules list` shows its two rules.

    What the other domains' rules do at their limits is asked where they are checked without it.
    """
    run(tree, "-c", CHECK, str(DOMAINS))
    judged = [
        json.loads(line)
        for line in run(tree, "-m", "agents", "rules", "test", "--domain", "noise", "--json").stdout.splitlines()
    ]
    assert len([each for each in judged if each["domain"] == "noise"]) == 4
    listed = run(tree, "-m", "agents", "rules", "list", "--domain", "noise", "--json").stdout.splitlines()
    assert [json.loads(line)["rule"]["row"] for line in listed] == ["NOI-I01", "NOI-I02"]


def test_it_has_a_topic_and_a_page(tree: Path) -> None:
    """The one table of topics has its events, and the rule book its page in both languages."""
    table = "from streams.topics import table; print([topic.name for topic in table()])"
    assert b"'events.noise'" in run(tree, "-c", table).stdout
    run(tree, "-m", "agents", "rules", "docs", "pages")
    page = (tree / "pages" / "noise.md").read_text("utf-8")
    assert page.startswith("# Noise 噪声\n")
    assert "待核 / to be verified" in page


def test_its_sample_lives_in_the_city_and_is_judged(tree: Path, lines: bytes) -> None:
    """`fixtures city` registers its two subjects with all others and sends their facts among those of the other domains.

    Its sample sends one reading of 12.5 mg/m³ at 01:30 and nothing after it: too high at once, silent from 03:30 on.
    """
    events = [json.loads(line) for line in lines.splitlines()]
    ours = [n for n, event in enumerate(events) if event["type"].startswith("noise.")]
    assert [(events[n]["type"], events[n]["subject"]) for n in ours[:2]] == [
        ("noise.registered", "noise.410105.001"),
        ("noise.registered", "noise.410102.002"),
    ]
    assert [events[n]["time"][11:16] for n in ours[2:]] == ["01:00", "01:30", "02:00", "03:00", "04:00", "05:00"]
    between = {event["type"].partition(".")[0] for event in events[ours[2] : ours[-1]]}
    assert between >= {"noise", *domains()} - {"signs"}  # of signs the stage that judges them tells, not the city
    judged = run(tree, "-m", "agents", "judge", "-", given=lines)
    outputs = [json.loads(line) for line in judged.stdout.splitlines()]
    assert not [each for each in outputs if each["topic"] == "quality"]
    raised = [each["value"] for each in outputs if each["topic"] == "alerts" and each["value"]["state"] == "B"]
    assert [(alert["rule"], alert["subject"], alert["opened_at"][11:16]) for alert in raised if alert["domain"] == "noise"] == [
        ("noise-high", "noise.410102.002", "01:30"),
        ("noise-silent", "noise.410102.002", "03:30"),
    ]


def test_a_city_with_it_can_be_joined_anywhere(tree: Path) -> None:
    """What a city sends after its restart at 01:30 is the rest of what it would have sent, the sample's facts among it."""
    run(tree, "-c", JOIN)


def test_it_is_on_the_screen(tree: Path) -> None:
    """Its name, its order, its figure on the wall, its value on the map and its words come from its folder."""
    run(tree, "-c", SCREEN)


def test_its_value_is_in_a_replay(tree: Path, lines: bytes) -> None:
    """Its one reading of 12.5 mg/m³ at 01:30 is a change of its subject, and the index says how its folder shows it."""
    day = json.loads(lines.splitlines()[0])["time"][:10]
    period = (f"{day}T01:00:00+08:00", f"{day}T03:00:00+08:00")
    made = json.loads(run(tree, "-c", REPLAY, *period, given=lines).stdout)
    (change,) = (each for each in made["told"] if each["subject"] == "noise.410102.002" and each["values"])
    assert (change["domain"], change["kind"]) == ("noise", "device")
    assert change["at"] == parse_time(f"{day}T01:30:00+08:00")
    assert change["values"] == {"concentration": 12.5, "level": "high"}
    assert (made["places"]["noise"]["title"]["en"], made["places"]["noise"]["over"]) == ("Noise: concentration", 10)
    figure = made["headline"][-1]
    assert (figure["domain"], figure["title"]["zh"], figure["unit"], figure["fold"]) == ("noise", "最高浓度", "mg/m³", "max")


def test_its_alerts_have_the_category_of_its_folder(tree: Path) -> None:
    """CAP 1.2 §3.2.2: a domain that says nothing better is `Other`."""
    said = "from agents.reports.cap import category; print(category('noise'), category('environment'), category('none'))"
    assert run(tree, "-c", said).stdout.split() == [b"Other", b"Env", b"Other"]


def test_what_is_held_of_every_domain_holds_of_it(tree: Path) -> None:
    """Its code is in the house's form, and the tests of words, rules and screen pass where it is one of the domains.

    As CI does, once its page is written (`make docs`). These tests run in the copied tree, in a process of their own.
    """
    ruff = Path(sys.executable).with_name("ruff")
    for check in (["check"], ["format", "--check"]):
        subprocess.run([ruff, *check, "agents/domains/noise"], cwd=tree, capture_output=True, check=True)
    run(tree, "-m", "agents", "rules", "docs", "docs/rules")
    run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", ONCE, *HELD)


def test_it_can_be_made_elsewhere(tmp_path: Path) -> None:
    """`--into` puts the same folder under another root."""
    run(ROOT, "-m", "agents", "domain", "new", "river_level", "--into", str(tmp_path))
    names = {path.name for path in (tmp_path / "river_level").iterdir()}
    assert names == {
        "__init__.py",
        "catalogue.toml",
        "clauses.toml",
        "domain.toml",
        "judges.py",
        "payload.py",
        "rules.toml",
        "sample.toml",
        "words.toml",
    }
    assert 'row = "RL-I01"' in (tmp_path / "river_level" / "rules.toml").read_text("utf-8")


@pytest.mark.parametrize("name", ["Noise", "1noise", "n", "noise-level", "noise level", "../noise", "noise_", ""])
def test_a_name_that_will_not_do_is_refused(tmp_path: Path, name: str) -> None:
    """A name goes into topics, packages and event types; what would break one of them is refused."""
    with pytest.raises(Trouble, match="cannot name a domain"):
        make(name, "题", "Title", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written over."""
    make("noise", "噪声", "Noise", tmp_path)
    with pytest.raises(Trouble, match="is there already"):
        make("noise", "噪声", "Noise", tmp_path)
