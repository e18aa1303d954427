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
from screen.wall.labels import ACROSS, CORE, LARGER, UP, URBAN, Spot, all_names, name_box, name_places
from screen.wall.picture import STATIC, adcodes, districts, marks
from screen.wall.points import MOST_INDICES, atlas, dots, edges, icons, indices, names
from streams.messages import SEVERITIES, parse_time
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
    assert name_places(names, [])["a"] == (113.5, 34.6)
    assert name_places(names, [(113.5, 34.6)])["a"] == (113.5, 34.7)


def test_the_inset_keeps_the_shape_of_the_map() -> None:
    """A degree of longitude and one of latitude are as many times as long in the inset as on the map, to a pixel."""
    assert CORE.width / (CORE.east - CORE.west) == pytest.approx(LARGER * ACROSS)
    assert abs(CORE.height - (CORE.north - CORE.south) * LARGER * UP) < 1
    assert CORE.left + CORE.width == 924


def test_the_inset_shows_the_urban_districts_as_a_whole() -> None:
    """Every point of the five polygons lies within it."""
    features = json.loads((STATIC / "districts.geojson").read_text("utf-8"))["features"]
    urban = [shape(each["geometry"]) for each in features if each["properties"]["adcode"] in URBAN]
    assert len(urban) == 5
    assert all(box(CORE.west, CORE.south, CORE.east, CORE.north).contains(area) for area in urban)


def test_each_name_stands_where_its_district_is_shown() -> None:
    """Names of the urban districts stand as a whole in the inset; no other name reaches into the core."""
    places = all_names({place.adcode: (len(place.zh), place.labels) for place in districts()}, [])
    core = name_box(0, (CORE.west, CORE.north)), name_box(0, (CORE.east, CORE.south))
    for place in districts():
        at, wide = places[place.adcode], len(place.zh)
        if place.adcode in URBAN:
            right, down = (at[0] - CORE.west) * ACROSS * LARGER, (CORE.north - at[1]) * UP * LARGER
            assert wide * 9 <= right <= CORE.width - wide * 9
            assert 10 <= down <= CORE.height - 10
        else:
            left, top, right, bottom = name_box(wide, at)
            assert right <= core[0][0] or left >= core[1][2] or bottom <= core[0][1] + 10 or top >= core[1][3] - 10


def test_the_highest_indices_are_told() -> None:
    """A page gets the highest indices, highest first, at most MOST_INDICES; a station without one has none."""
    spots = Spots(
        {str(n): Spot((113.0, 34.0 + n / 10_000), n) for n in range(MOST_INDICES + 5)} | {"none": Spot((113.0, 34.0), None)}
    )
    assert [row["index"] for row in indices(spots)] == [str(n) for n in range(MOST_INDICES + 4, 4, -1)]
