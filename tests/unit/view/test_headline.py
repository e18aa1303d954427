"""The domains' own figures on the wall, and the values beside their subjects, as their folders describe them."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from agents.commands.domain import make
from screen.feed.fold import fold
from screen.feed.slices.clock import Clock
from screen.feed.slices.subjects import Subjects
from screen.feed.view import View
from screen.wall.headline import colour, headline
from screen.wall.stations import stations
from streams import catalogue
from streams.catalogue.wall import Headline
from streams.command import Trouble
from streams.messages import HOUR, Name, SubjectStatus, Text, parse_time
from tests.support.town import station

NOW = parse_time("2026-11-24T14:32:00+08:00")
TITLE = Text("题", "Title")


def meter(n: int, value: float | None, kind: str = "device", domain: str = "noise", age: int = 0) -> SubjectStatus:
    """The n-th subject of a second domain, with its newest value."""
    made = station(n, NOW - age)
    values: dict[str, float | int | str | None] = {"concentration": value}
    return replace(made, subject=f"m{n}", domain=domain, kind=kind, name=Name(f"表{n}", f"Meter {n}"), values=values)


def test_the_air_has_its_figures() -> None:
    """The share of stations heard of in the last two hours, below 95 % orange; the highest index, in the colours of HJ 633."""
    measured = [station(n, NOW, aqi=aqi) for n, aqi in enumerate((88, 137, None))]
    view = fold(View(Clock(now=NOW)), [*measured, station(3, NOW - 3 * HOUR, aqi=20)])
    online, worst = (figure for figure in headline(view) if figure.domain == "environment")
    assert (online.title.zh, online.value, online.online, online.all, online.severity) == ("站点在线率", 75.0, 3, 4, "orange")
    assert (worst.title.en, worst.value, worst.subject, worst.severity) == ("Highest AQI", 137, measured[1].name, "blue")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(100, None), (101, "blue"), (150, "blue"), (151, "yellow"), (201, "orange"), (300, "orange"), (301, "red"), (None, None)],
)
def test_an_index_has_the_colour_of_its_level(value: float | None, expected: str | None) -> None:
    """HJ 633: up to 100 good, to 150 light, to 200 moderate, to 300 heavy, above it severe pollution."""
    assert colour(catalogue.domains()["environment"].headline["worst"], value) == expected


def test_a_new_domain_puts_its_figures_on_the_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in its `domain.toml` alone: its order among the others, its own subjects alone, its limits."""
    make("noise", "噪声", "Noise", tmp_path)
    file = tmp_path / "noise" / "domain.toml"
    more = """
    [headline.total]
    title = { zh = "总量", en = "Total" }
    note = { zh = "不限", en = "No limit" }
    field = "concentration"
    fold = "sum"
    kind = "device"
    """
    file.write_text(file.read_text("utf-8").replace("order = 100", "order = 0") + more, "utf-8")
    listed = catalogue.domains() | catalogue.domains(tmp_path)
    names = sorted(listed, key=lambda name: (listed[name].order, name))
    for module in ("screen.wall.headline", "screen.wall.stations"):
        monkeypatch.setattr(f"{module}.domains", lambda: listed)
        monkeypatch.setattr(f"{module}.on_screen", lambda: names)
    view = fold(
        View(Clock(now=NOW)),
        [meter(1, 12.5), meter(2, 3.0), meter(3, None), meter(4, 20.0, kind="other"), meter(5, 99.0, domain="service")],
    )
    ours = headline(view)[:2]
    assert [(figure.title.en, figure.value, figure.subject, figure.severity) for figure in ours] == [
        ("Highest concentration", 20.0, Name("表4", "Meter 4"), "orange"),
        ("Total", 15.5, None, None),
    ]
    told = stations(view)
    assert list(told)[:2] == ["noise", "environment"]
    assert (told["noise"]["count"], [row["value"] for row in told["noise"]["rows"]]) == (4, [20.0, 12.5, 3.0, None])


def test_the_map_writes_whole_numbers_of_the_value_that_a_domain_shows() -> None:
    """A station's index stands beside it; a word is no number; a domain that shows no value has none there."""
    measured = [station(1, NOW, aqi=57), station(2, NOW, aqi="57"), replace(station(3, NOW, aqi=57), domain="service")]
    view = fold(View(), measured)
    assert [view[Subjects].spots[each.subject].index for each in measured] == [57, None, None]


def test_a_figure_below_its_bound_is_coloured() -> None:
    """`below` counts values under it, the bound not among them; of several severities the worst."""
    described = Headline(title=TITLE, note=TITLE, field="x", fold="sum", below={"yellow": 95, "red": 50})
    assert [colour(described, value) for value in (95, 94.9, 50, 49)] == [None, "yellow", "yellow", "red"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("headlines = 1", "unknown field `headlines`"),
        ('cap_category = "Air"', "Invalid enum value 'Air'"),
        ("[headline.a]\nfold = 'median'", "Invalid enum value 'median'"),
        ("order = 'first'", "Expected `int`, got `str`"),
        ("= 1", "line 3"),
    ],
)
def test_a_description_that_cannot_be_read_is_named(tmp_path: Path, line: str, said: str) -> None:
    """The catalogue refuses a field that it does not know, or a value that will not do, with the file's name."""
    (tmp_path / "noise").mkdir()
    (tmp_path / "noise" / "domain.toml").write_text(
        f"owner = 'x'\nkind = {{}}\n{line}\n[title]\nzh = '题'\nen = 'T'\n", "utf-8"
    )
    with pytest.raises(Trouble, match="noise/domain.toml: .*" + said):
        catalogue.domains(tmp_path)


def test_two_domains_do_not_say_different_things_by_one_word(tmp_path: Path) -> None:
    """The same words may stand in several folders; different ones are refused, and so is a table that nobody reads."""
    for name in ("noise", "smell"):
        make(name, "题", "Title", tmp_path)
    assert catalogue.words(tmp_path)["kind"]["device"] == Text("示例设备", "Example device")
    words = tmp_path / "smell" / "words.toml"
    written = words.read_text("utf-8")
    catalogue.words.cache_clear()
    words.write_text(written.replace("示例设备", "另一设备"), "utf-8")
    with pytest.raises(Trouble, match=r"smell/words\.toml: kind\.device is 另一设备 here and 示例设备 in another domain"):
        catalogue.words(tmp_path)
    words.write_text(written + "\n[nonsense]\na = 1\n", "utf-8")
    with pytest.raises(Trouble, match=r"smell/words\.toml: .*unknown field `nonsense`"):
        catalogue.words(tmp_path)


def test_the_figures_can_be_sent() -> None:
    """They are plain values, and without any message there is none."""
    told = msgspec.json.decode(msgspec.json.encode(headline(View())))
    assert {figure["value"] for figure in told} == {None}
