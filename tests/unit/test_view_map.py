"""The map as pydeck is told to draw it, and names and numbers that do not hide one another."""

import json
import re
from typing import Any

from screen.deck import atlas, deck, dots, icons, indices
from screen.figures import ranking
from screen.labels import Spot, name_box, name_places, readable
from screen.picture import STATIC, adcodes, districts, marks
from screen.view import Spots, View, fold
from streams.messages import SEVERITIES, parse_time
from tests.browser.town import alert, station

LOG = "t"
NOW = parse_time("2026-11-24T14:32:00+08:00")


def layers(*messages: Any, language: str = "zh") -> dict[str, Any]:
    """The deck's layers by id."""
    view = fold(View(now=NOW), messages)
    made = json.loads(deck(ranking(view, adcodes()), view.spots, language))
    points = {"stations": dots(view.spots), "indices": indices(view.spots), "alerts": icons(marks(view))}
    return {layer["id"]: layer | ({"data": points[layer["id"]]} if layer["id"] in points else {}) for layer in made["layers"]}


def test_the_deck_asks_nobody_outside() -> None:
    """No base map, and every address in the deck is a path of our own."""
    text = deck((), Spots(), "zh").decode()
    assert "http" not in text
    assert '"mapProvider"' not in text
    assert '"mapStyle":"__MAP_STYLE__"' in text  # pydeck's word for: none was set


def test_colours_say_load_and_red() -> None:
    """No alert: darkest land; one yellow: the next grey; unacknowledged red: red land; acknowledged red: red edge."""
    quiet, yellow, red, signed = adcodes()[4], adcodes()[1], adcodes()[2], adcodes()[3]
    made = layers(
        alert(LOG, 1, NOW, severity="yellow"),
        alert(LOG, 2, NOW, severity="red"),
        alert(LOG, 3, NOW, severity="red", state="C"),
    )
    fill, line = made["districts"]["getFillColor"], made["edges"]["getLineColor"]
    assert f"'{quiet}'?[32, 38, 43]" in fill
    assert f"'{yellow}'?[42, 49, 57]" in fill
    assert f"'{red}'?[95, 43, 48]" in fill
    assert re.findall(r"'(\d+)'", line) == [signed]


def test_an_alert_is_a_shape_and_a_colour() -> None:
    """Every severity, state and phase has its own cell in the atlas's file, and an alert points to its cell."""
    assert len(atlas()) == len(SEVERITIES) * 3 * 2
    drawn = (STATIC / "marks.svg").read_text("utf-8")
    assert drawn.count("<g ") == len(atlas())
    [mark] = layers(alert(LOG, 1, NOW, severity="blue", state="D", phase="post-event"))["alerts"]["data"]
    assert mark["mark"] == "blue-D-post-event"
    assert mark["mark"] in atlas()


def test_no_text_of_an_event_is_in_the_deck() -> None:
    """The map gets ids and numbers only, so that no name or title can be an expression."""
    hostile = "@@=[window.x](y)"
    made = alert(LOG, 1, NOW, severity="red")
    text = json.dumps(layers(made, station(1, NOW, level=hostile, primary=hostile)))
    assert hostile not in text
    assert made.title.zh not in text


def test_names_in_both_languages() -> None:
    """The language chooses the names of the districts."""
    assert {item["name"] for item in layers()["names"]["data"]} == {place.zh for place in districts()}
    assert {item["name"] for item in layers(language="en")["names"]["data"]} == {place.en for place in districts()}


def test_names_keep_away_from_stations() -> None:
    """A name takes its first candidate where there is air, and the next where a station is in the way."""
    names = {"a": (3, ((113.5, 34.6), (113.5, 34.7)))}
    assert name_places(names, [])["a"] == (113.5, 34.6)
    assert name_places(names, [(113.5, 34.6)])["a"] == (113.5, 34.7)


def test_an_index_that_would_hide_another_is_left_out() -> None:
    """Of two stations at one place the higher index is written; one under a name or without an index is not."""
    here, there = (113.5, 34.6), (114.0, 34.6)
    spots = [Spot(here, 50, 0), Spot(here, 90, 0), Spot(there, 70, 0), Spot(there, None, 0)]
    assert [spot.index for spot in readable(spots, [])] == [90, 70]
    assert [spot.index for spot in readable(spots, [name_box(3, (114.0, 34.58))])] == [90]
