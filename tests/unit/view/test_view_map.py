"""The map as pydeck is told to draw it, and names and numbers that do not hide one another."""

import json
from typing import Any

import pytest
from shapely.geometry import box, shape

from screen.feed.fold import fold
from screen.feed.slices.clock import Clock
from screen.feed.slices.subjects import Spots, Subjects
from screen.feed.view import View
from screen.wall.deck import deck
from screen.wall.figures import ranking
from screen.wall.labels import Frame, Spot, all_names, name_places
from screen.wall.picture import STATIC, adcodes, districts, frame, marks
from screen.wall.points import MOST_INDICES, atlas, dots, edges, icons, indices, names
from streams.messages import SEVERITIES, parse_time
from streams.places import city_map
from tests.support.town import alert, station

LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")


def layers(*messages: Any) -> dict[str, Any]:
    """The deck's layers by id."""
    view = fold(View(Clock(now=NOW)), messages)
    made = json.loads(deck(ranking(view, adcodes())))
    return {layer["id"]: layer for layer in made["layers"]}


def points(*messages: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of what stands above the land."""
    view = fold(View(Clock(now=NOW)), messages)
    found = {
        "names": names(view[Subjects].spots),
        "dots": dots(view[Subjects].spots),
        "indices": indices(view[Subjects].spots),
        "marks": icons(marks(view)),
    }
    return found | {"edges": [{"adcode": adcode} for adcode in edges(ranking(view, adcodes()))]}


def test_the_deck_asks_nobody_outside() -> None:
    """No base map, and every address in the deck is a path of our own."""
    text = deck(()).decode()
    assert "http" not in text
    assert '"mapProvider"' not in text
    assert '"mapStyle":"__MAP_STYLE__"' in text  # pydeck's word for: none was set


def test_colours_say_load_and_red() -> None:
    """No alert: darkest land; one yellow: the next grey; unacknowledged red: red land; acknowledged red: red edge."""
    quiet, yellow, red, signed = adcodes()[4], adcodes()[1], adcodes()[2], adcodes()[3]
    written = (
        alert(LOG, 1, NOW, severity="yellow"),
        alert(LOG, 2, NOW, severity="red"),
        alert(LOG, 3, NOW, severity="red", state="C"),
    )
    fill = layers(*written)["districts"]["getFillColor"]
    assert f"'{quiet}'?[32, 38, 43]" in fill
    assert f"'{yellow}'?[42, 49, 57]" in fill
    assert f"'{red}'?[95, 43, 48]" in fill
    assert points(*written)["edges"] == [{"adcode": signed}]


def test_an_alert_is_a_shape_and_a_colour() -> None:
    """Every severity, state and phase has its own cell in the atlas's file, and an alert points to its cell."""
    assert len(atlas()) == len(SEVERITIES) * 3 * 2
    drawn = (STATIC / "marks.svg").read_text("utf-8")
    assert drawn.count("<g ") == len(atlas())
    [mark] = points(alert(LOG, 1, NOW, severity="blue", state="D", phase="post-event"))["marks"]
    assert mark["cell"] == atlas()["blue-D-post-event"]
    assert len(set(atlas().values())) == len(atlas())


def test_no_text_of_an_event_is_in_the_deck() -> None:
    """The map gets ids and numbers only, so that no name or title can be an expression."""
    hostile = "@@=[window.x](y)"
    made = alert(LOG, 1, NOW, severity="red")
    written = made, station(1, NOW, level=hostile, primary=hostile)
    text = json.dumps([layers(*written), points(*written)])
    assert hostile not in text
    assert made.title.zh not in text


def test_names_in_both_languages() -> None:
    """The page gets the names of every district in Chinese and in English."""
    assert {(row["zh"], row["en"]) for row in points()["names"]} == {(place.zh, place.en) for place in districts()}


def test_names_keep_away_from_stations() -> None:
    """A name takes its first candidate where there is air, and the next where a station is in the way."""
    names = {"a": (3, ((113.5, 34.6), (113.5, 34.7)))}
    assert name_places(frame(), names, [])["a"] == (113.5, 34.6)
    assert name_places(frame(), names, [(113.5, 34.6)])["a"] == (113.5, 34.7)


@pytest.mark.parametrize("code", ["4101", "4103"])
def test_the_inset_keeps_the_shape_of_the_map(code: str) -> None:
    """A degree of longitude and one of latitude are as many times as long in the inset as on the map, to a pixel."""
    shown = Frame.of(city_map(code)[0])
    core = shown.core
    assert core.width / (core.east - core.west) == pytest.approx(shown.larger * shown.across)
    assert abs(core.height - (core.north - core.south) * shown.larger * shown.up) < 1
    assert core.left + core.width == 924
    assert core.top + core.height < 504 - 36  # the legend is beneath


def test_the_scale_is_the_one_that_was_measured() -> None:
    """At zoom 7.9501 a browser draws 352.1 pixels a degree of longitude and 427.7 one of latitude, measured on its canvas."""
    assert frame().across == pytest.approx(352.1, rel=2e-3)
    assert frame().up == pytest.approx(427.7, rel=2e-3)


@pytest.mark.parametrize("code", ["4101", "4103"])
def test_the_inset_shows_the_urban_districts_as_a_whole(code: str) -> None:
    """Every point of the polygons of the five urban districts lies within it, and the city as a whole left of it or below."""
    shown, file = city_map(code)
    areas = {each["id"]: shape(each["geometry"]) for each in json.loads(file.read_text("utf-8"))["features"]}
    west, south, east, north = shown.core
    assert len(shown.urban) == 5
    assert all(box(west, south, east, north).contains(areas[adcode]) for adcode in shown.urban)
    lies = Frame.of(shown)
    bounds = [area.bounds for area in areas.values()]
    left = 462 + (min(each[0] for each in bounds) - shown.centre[0]) * lies.across
    right = 462 + (max(each[2] for each in bounds) - shown.centre[0]) * lies.across
    assert 0 < left < right <= lies.core.left + 24  # only a corner below the inset may reach under its edge


def test_each_name_stands_where_its_district_is_shown() -> None:
    """Names of the urban districts stand as a whole in the inset; no other name reaches into the core."""
    places = all_names(frame(), {place.adcode: (len(place.zh), place.labels) for place in districts()}, [])
    core, larger = frame().core, frame().larger
    edges = frame().name_box(0, (core.west, core.north)), frame().name_box(0, (core.east, core.south))
    for place in districts():
        at, wide = places[place.adcode], len(place.zh)
        if place.adcode in frame().urban:
            right, down = (at[0] - core.west) * frame().across * larger, (core.north - at[1]) * frame().up * larger
            assert wide * 9 <= right <= core.width - wide * 9
            assert 10 <= down <= core.height - 10
        else:
            left, top, right, bottom = frame().name_box(wide, at)
            assert right <= edges[0][0] or left >= edges[1][2] or bottom <= edges[0][1] + 10 or top >= edges[1][3] - 10


def test_the_highest_indices_are_told() -> None:
    """A page gets the highest indices, highest first, at most MOST_INDICES; a station without one has none."""
    spots = Spots(
        {str(n): Spot((113.0, 34.0 + n / 10_000), n) for n in range(MOST_INDICES + 5)} | {"none": Spot((113.0, 34.0), None)}
    )
    assert [row["index"] for row in indices(spots)] == [str(n) for n in range(MOST_INDICES + 4, 4, -1)]
