"""What the screen knows of signs, what the wall is told of them, and whose wall it is."""

from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from agents.signs.book.read import missing_signs, sign_book
from agents.signs.in_force import signs_in_force
from screen.access.authentication import Authentication
from screen.access.people import Person
from screen.desk.readings import NewestRecords, Reader
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.signs.board import OwnSigns, SignBoard
from screen.feed.signs.city_signs import CitySigns
from screen.feed.signs.scope import SignScope, why_not
from screen.feed.signs.told import told_book, told_signs
from screen.feed.snapshot import Health
from screen.feed.view import View
from screen.signs.page import told_signs_book
from screen.signs.routes import SignRoutes
from screen.web.routes import Routes
from streams import places
from streams.messages import DAY, MINUTE, SEVERITIES, Heartbeat, decode, encode, format_time, parse_time
from streams.places.wall_signs import MOST, WallSigns, wall_signs
from streams.rulebook import InForce, SignsInForce, key_of
from streams.settings import load
from tests.support.books import the_book
from tests.support.browser.city_signs import CITY, DISTRICTS, TABLE, book, chosen, figure, figures
from tests.support.town import alert, station

NOW = parse_time("2026-11-24T14:32:00+08:00")
HERE = SignScope(CITY)
BEAT: dict[str, Any] = {"worker": "w", "now": format_time(NOW), "sent": format_time(NOW), "rss": 0, "subjects": 0}
LOG = "t"


def view(*more: Any) -> View:
    """A View of the table's signs."""
    return fold(View(), [book(), *figures(NOW), *more])


def rows(seen: View, scope: SignScope = HERE) -> list[dict[str, Any]]:
    """What stands in the places of a wall."""
    found: list[dict[str, Any]] = json.decode(encode(told_signs(seen, scope)))["rows"]
    return found


def test_each_sign_has_its_place_with_the_figure_of_the_table() -> None:
    """The places are those of the place's folder; values, counts, inputs and times are those that were written."""
    found = rows(view())
    assert [row["id"] for row in found][: len(TABLE)] == list(chosen())
    for row, told in zip(TABLE, found, strict=False):
        assert (told["figure"]["value"], told["figure"]["state"]) == (row.value, row.state)
        assert (told["figure"]["numerator"], told["figure"]["denominator"]) == row.counts
        assert (told["figure"]["valid"], told["figure"]["due"]) == row.inputs
        assert told["figure"]["newest"] == NOW - 12 * MINUTE
        assert len(told["figure"]["trend"]) == len(told["figure"]["band"]) == 24


def test_a_sign_of_which_nobody_tells_keeps_its_place_and_has_no_figure() -> None:
    """Nothing moves up, and nothing stands there that could be taken for a value."""
    found = rows(fold(View(), [book(), figure(2, NOW)]))
    assert [row["figure"] is not None for row in found[:4]] == [False, False, True, False]


def test_districts_stand_in_the_state_s_order_with_their_own_figures() -> None:
    """All districts of the city have a place; those of the table their value and state, without the day's values."""
    parts = json.decode(encode(told_signs(view(), HERE)))["parts"]
    assert [part["code"] for part in parts] == list(places.place("4101").districts)
    told = {part["code"]: part["figures"][0]["figure"] for part in parts if part["figures"][0]["figure"]}
    assert {code: (each["value"], each["state"]) for code, each in told.items()} == DISTRICTS
    assert all("trend" not in each for each in told.values())


def test_the_newest_figure_stands_whatever_comes_after_it() -> None:
    """One of an earlier minute changes nothing; one of a day that the log has not come to is not believed."""
    later = figure(0, NOW + MINUTE, value=95.0)
    pulse = Heartbeat(domain="environment", partition=0, offset=0, lag=0, rate=0.0, **BEAT)
    seen = view(pulse, later, figure(0, NOW), figure(0, NOW + 2 * DAY, value=1.0))
    assert rows(seen)[0]["figure"]["value"] == 95.0


def test_the_section_is_built_where_something_of_it_has_changed() -> None:
    """Of the very figures of before nothing is told; of a newer one or a crossing the figures, of another book the book too.

    A worker that starts tells the same book again: that changes nothing.
    """
    before = view()
    assert before[SignBoard].slow_sections(before, before) == {}
    assert set(before[SignBoard].slow_sections(before, None)) == {"signs", "sign_book"}
    figures_alone, both = {"signs"}, {"signs", "sign_book"}
    for news, told in ((figure(0, NOW + MINUTE), figures_alone), (crossing(1), figures_alone), (book("other"), both)):
        after = fold(before, [news])
        assert set(after[SignBoard].slow_sections(after, before)) == told
    for same in (alert(LOG, 1, NOW), book()):
        after = fold(before, [same])
        assert after[SignBoard].slow_sections(after, before) == {}


def crossing(n: int, **changes: Any) -> Any:
    """The n-th alert of the first sign of the city."""
    return alert(LOG, n, NOW, **({"domain": "signs", "subject": f"{chosen()[0]}/{CITY}", "rule": "sign"} | changes))


def test_an_alert_of_a_sign_stands_beside_it_until_it_ends() -> None:
    """The worst one that stands, of a limit or of missing input, and none of another sign."""
    mild, worse = crossing(1, severity="yellow"), crossing(2, severity="orange", rule="other")
    seen = view(mild, worse)
    assert rows(seen)[0]["alert"]["id"] == worse.id
    assert rows(seen)[1]["alert"] is None
    ended = replace(worse, rev=worse.rev + 1, audit=2, state="A", active=False, verbs=())
    seen = fold(seen, [ended])
    assert rows(seen)[0]["alert"]["id"] in {mild.id, worse.id}
    assert ended.ended
    assert rows(seen)[0]["alert"]["id"] == mild.id


def test_a_district_s_wall_has_its_own_figures() -> None:
    """The same signs in the same places, of the district alone; nothing is known below it."""
    told = json.decode(encode(told_signs(view(), SignScope("410122"))))
    assert (told["area"]["name"]["zh"], told["area"]["whole"], told["parts"]) == ("中牟县", False, [])
    assert told["rows"][0]["figure"]["value"] == 92.4
    assert told["rows"][1]["figure"] is None


def test_a_department_s_wall_has_its_own_signs() -> None:
    """All signs of the table are the market regulator's; another department has none."""
    assert [row["id"] for row in rows(view(), SignScope(CITY, "zz-amr"))] == list(chosen())
    assert rows(view(), SignScope(CITY, "zz-ee")) == []


CLERK = Person(id="c", name="人", role="clerk", districts=("410122",))
BUREAU = Person(id="b", name="人", role="clerk", departments=("zz-amr",))


@pytest.mark.parametrize(
    ("person", "scope", "words"),
    [
        (CLERK, HERE, ""),
        (CLERK, SignScope("410122"), ""),
        (CLERK, SignScope("410105"), "410105"),
        (BUREAU, SignScope("410105"), ""),
        (BUREAU, SignScope(CITY, "zz-amr"), ""),
        (BUREAU, SignScope(CITY, "zz-ee"), "zz-ee"),
        (Person(id="s", name="人", role="supervisor"), SignScope("410105", "zz-ee"), ""),
        (CLERK, SignScope("110105"), "no area"),
        (CLERK, SignScope(CITY, "nobody"), "no department"),
    ],
)
def test_whose_wall_it_is(person: Person, scope: SignScope, words: str) -> None:
    """The city's is everybody's; a district's or department's is theirs who are for it, or for all; others are told why not."""
    refused = why_not(person, scope)
    assert bool(refused) == bool(words)
    assert words in refused


def test_one_s_own_wall_is_made_once_for_all_who_look() -> None:
    """The same object for two who may see it, another after news; whoever may not is told why, and no figure."""
    own, seen = OwnSigns(), view()
    supervisor = Person(id="s", name="人", role="supervisor")
    first = own.section(seen, SignScope("410122"), CLERK)
    assert own.section(seen, SignScope("410122"), supervisor) is first
    assert own.section(fold(seen, [figure(0, NOW + MINUTE, "410122", value=91.0)]), SignScope("410122"), CLERK) != first
    assert set(json.decode(own.section(seen, SignScope("410105"), CLERK))) == {"refused"}


@pytest.mark.parametrize(("query", "told"), [("", 96.17), ("?area=410122", 92.4), ("?area=410105", None)])
def test_the_feed_tells_whom_it_knows_what_is_theirs(query: str, told: float | None) -> None:
    """Over the websocket a person of 中牟县 gets the city's signs and its own, and of another district a refusal."""
    hub = Hub()
    hub.publish(view(), Health(broker=True, loaded=True))
    hub.publish_slow()
    hub.view, hub.sections = view(), hub._sections
    known = Middleware(Authentication, local=CLERK, entrance=None, provider=None)
    client = TestClient(Starlette(routes=Routes(hub, LOG).table(), middleware=[known]))
    with client.websocket_connect(f"/screen/feed{query}") as socket:
        signs = json.decode(socket.receive_text())["set"]["signs"]
    assert (signs["rows"][0]["figure"]["value"] if told else signs.get("refused", "")[:2]) == (told or "it")


def test_the_worker_tells_the_book_of_the_files() -> None:
    """Every sign of the files with its texts, floor, limits and cases as they stand there, under a key of its own."""
    files, absent = sign_book(), missing_signs()
    told = decode(encode(signs_in_force(files, absent, the_book().rules)), InForce)
    assert isinstance(told, SignsInForce)
    assert key_of(told) == "signs"
    assert set(told.signs) == set(files)
    assert {name: each.needs for name, each in told.missing.items()} == {name: each.needs for name, each in absent.items()}
    for name, row in files.items():
        sign = told.signs[name]
        assert (sign.name, sign.unit, sign.window, sign.better, sign.floor) == (
            *(row.name, row.unit, row.window, row.direction, row.floor),
        )
        assert {level: limit.value for level, limit in sign.limits.items()} == {
            level: row.thresholds[level].value for level in SEVERITIES if level in row.thresholds
        }
        assert (sign.provenance, sign.mark, sign.source) == (row.provenance, row.mark, row.source)
        assert [(each.name.en, each.name.zh, each.at) for each in sign.cases] == [
            (each.name, each.zh, each.at) for each in row.case
        ]
        assert set(sign.rules) <= {f"sign-{name}", f"sign-{name}-missing"} & set(the_book().rules)
    air = told.signs["city-air"]
    assert air.rules == ("sign-city-air", "sign-city-air-missing")
    assert (air.cases[0].state, air.cases[0].numbers) == ("ok", {"value": 50, "valid": 4, "due": 4})
    assert air.deadband == pytest.approx(0.02 * 101)


def test_a_page_has_the_book_whole_and_the_wall_what_stands_beside_figures() -> None:
    """What a sign is made of goes to its page alone: what every wall is sent does not grow by it."""
    made = signs_in_force(sign_book(), missing_signs(), the_book().rules)
    seen = fold(View(), [made])
    page = json.decode(encode(told_signs_book(seen)))
    wall = json.decode(encode(told_book(seen)))
    assert set(page["signs"]) == set(wall) == set(sign_book())
    assert set(page["missing"]) == set(missing_signs())
    assert page["signs"]["city-air"]["formula"] == "air: subjects = air_station"
    counted, unfit = "counts = [{ field = step, among = [reported] }]", "numerator = [{ field = verdict, among = [unfit] }]"
    sample = f"share: type = food_drug.sample, {counted}, {unfit}, of = came"
    assert page["signs"]["food-unfit"]["formula"] == sample
    assert "formula" not in wall["city-air"]
    assert [each["severity"] for each in page["signs"]["city-air"]["limits"]] == ["blue", "yellow", "orange", "red"]


def test_a_sign_s_page_tells_of_the_city_and_of_each_district() -> None:
    """The city and its districts in the state's order, with the figures of the table; of a sign that there is not nothing."""
    browser = asked(CLERK, NoReader(load({})))
    areas = browser.get(f"/screen/sign/{chosen()[0]}").json()["areas"]
    assert [each["code"] for each in areas] == [CITY, *places.place("4101").districts]
    assert (areas[0]["figure"]["value"], len(areas[0]["figure"]["trend"])) == (TABLE[0].value, 24)
    told = {each["code"]: each["figure"]["value"] for each in areas[1:] if each["figure"]}
    assert told == {code: value for code, (value, _) in DISTRICTS.items()}
    assert browser.get("/screen/sign/none").status_code == 404


def test_the_day_of_a_district_is_for_whom_its_wall_is_for() -> None:
    """A person of one district has the line of its day, of the others the figure alone, as on the wall of the city."""
    person = replace(CLERK, districts=("410122",))
    areas = asked(person, NoReader(load({}))).get(f"/screen/sign/{chosen()[0]}").json()["areas"]
    assert {each["code"] for each in areas if each["figure"] and "trend" in each["figure"]} == {CITY, "410122"}


@pytest.mark.parametrize("code", ["4101", "4103"])
def test_a_place_chooses_signs_that_there_are(code: str) -> None:
    """Twelve, none twice, each of the book of the files."""
    found = wall_signs(code)
    assert len(set(found.signs)) == MOST
    assert set(found.signs) <= set(sign_book())


def test_a_place_without_the_file_begins_with_its_map() -> None:
    """The province has no wall of its own."""
    assert wall_signs("41") == WallSigns()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('signs = ["a", "a"]', "stands twice"),
        ('signs = ["a"]\n[short]\nb = { zh = "b", en = "b" }', "no place"),
        (f"signs = {[f's{n}' for n in range(13)]}", "length <= 12"),
        ('first = "map"', "first"),
    ],
)
def test_a_file_that_cannot_be_is_refused(tmp_path: Path, text: str, why: str) -> None:
    """With the file and what is wrong."""
    (tmp_path / "4101").mkdir()
    (tmp_path / "4101" / "signs.toml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match=rf"signs\.toml.*{why}"):
        wall_signs("4101", tmp_path)


def test_what_is_forgotten_is_what_was_renewed_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more figures than are remembered the newest stay."""
    monkeypatch.setattr("screen.feed.signs.city_signs.MOST", 2)
    seen = fold(View(), [figure(0, NOW), figure(1, NOW), figure(2, NOW)])
    assert list(seen[CitySigns].figures) == [(chosen()[1], CITY), (chosen()[2], CITY)]


def asked(person: Person, reader: Reader, *stations: Any) -> TestClient:
    """The browser of a person before the routes behind signs, in a city with these sources."""
    hub = Hub()
    hub.view = view(*stations)
    known = Middleware(Authentication, local=person, entrance=None, provider=None)
    return TestClient(Starlette(routes=SignRoutes(hub, LOG, reader).table(), middleware=[known]))


class NoReader(Reader):
    """One that nobody may ask."""

    def newest(self, topic: str, subject: str, types: frozenset[str]) -> NewestRecords:  # noqa: ARG002 - as a Reader's
        """Fail."""
        raise AssertionError("the log was read for somebody whose it is not")


def test_a_district_s_sources_stand_by_their_silence() -> None:
    """Those of the district that the sign counts, the one heard of longest ago first; of another's district nothing."""
    told = [station(n, NOW) for n in range(24)]
    here = [each for each in told if each.adcode == "410122"]
    rest = [each for each in told if each is not here[0]]
    here[0] = replace(here[0], at=format_time(NOW - DAY))
    other = replace(here[1], subject="lift.1", kind="lift")
    browser = asked(CLERK, NoReader(load({})), *rest, here[0], other)
    answer = browser.get(f"/screen/sign/{chosen()[0]}/sources/410122").json()
    assert answer["count"] == len(here) == 2
    assert [row["subject"] for row in answer["rows"]] == [here[0].subject, here[1].subject]
    assert answer["rows"][0]["at"] == NOW - DAY
    assert browser.get(f"/screen/sign/{chosen()[0]}/sources/410105").status_code == 403
    assert browser.get("/screen/sign/none/sources/410122").json() == {"count": 0, "rows": [], "streets": []}


def test_a_district_s_sources_stand_in_its_streets() -> None:
    """A street that a registration names is a step between district and source, for whose district it is; others are not."""
    street, other = "410122101", "410122001"
    one, two, three = (replace(station(n, NOW), adcode=code) for n, code in ((6, street), (7, street), (8, "410122")))
    foreign = replace(station(9, NOW), adcode=other)
    browser = asked(CLERK, NoReader(load({})), one, two, three, foreign)
    sign = chosen()[0]
    answer = browser.get(f"/screen/sign/{sign}/sources/410122").json()
    assert answer["count"] == 4
    assert [(each["code"], each["count"]) for each in answer["streets"]] == [(street, 2), (other, 1)]
    assert answer["streets"][0]["name"] == {"zh": places.areas()[street].zh, "en": places.areas()[street].en}
    inside = browser.get(f"/screen/sign/{sign}/sources/{street}").json()
    assert ({row["subject"] for row in inside["rows"]}, inside["streets"]) == ({one.subject, two.subject}, [])
    assert browser.get(f"/screen/sign/{sign}/sources/410105001").status_code == 403
    assert browser.get(f"/screen/sign/{sign}/sources/410122999").status_code == 404


def test_records_are_told_to_whose_they_are() -> None:
    """A source of another district, one that the sign does not count, or none at all is refused before anything is read."""
    own, foreign = station(6, NOW), station(3, NOW)
    assert (own.adcode, foreign.adcode) == ("410122", "410105")
    browser = asked(CLERK, NoReader(load({})), own, foreign, replace(own, subject="lift.1", kind="lift"))
    asks = {foreign.subject: 403, "lift.1": 404, "nobody": 404}
    for subject, status in asks.items():
        assert browser.get(f"/screen/sign/{chosen()[0]}/records/{subject}").status_code == status
    assert browser.get(f"/screen/sign/none/records/{own.subject}").status_code == 404
