"""Baselines of signs: percentiles of the hours that are alike, equal to pandas', and refused where there is too little."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

from agents.core.signs.usual import HOUR_KINDS, band_of, hour_kind
from agents.signs.baseline.draw import drawn
from agents.signs.baseline.spec import LEAST, SignBaseline, bands_of, read_baseline, written
from agents.signs.book.read import sign_book
from agents.signs.book.sign import SignThreshold
from agents.signs.figures import SignFigure
from agents.signs.stage.partition import definition_of
from streams.messages import DAY, HOUR, HOURS_ALIKE, Text, begin_of, parse_time

SIGN, AREA = "site-availability", "410105"
SINCE, UNTIL = "2025-12-01", "2026-11-30"


def figures(values: Iterator[float | None], since: str = SINCE, area: str = AREA) -> Iterator[SignFigure]:
    """A figure of each hour from a day on."""
    none = {"numerator": 0.0, "denominator": 0.0, "valid": 0, "due": 1, "coverage": 1.0, "newest": None}
    for n, value in enumerate(values):
        at = begin_of(since) + n * HOUR
        yield SignFigure(sign=SIGN, area=area, at=at, state="na" if value is None else "ok", value=value, **none)  # type: ignore[arg-type]


def year(seed: int) -> list[float | None]:
    """The hours of a year, each tenth of them not told."""
    random = np.random.default_rng(seed)
    hours = (begin_of(UNTIL) + DAY - begin_of(SINCE)) // HOUR
    return [None if random.random() < 0.1 else round(float(random.gamma(4, 9)), 3) for _ in range(hours)]


@pytest.fixture(scope="module")
def values() -> list[float | None]:
    """Those of one year."""
    return year(3)


@pytest.fixture(scope="module")
def baseline(values: list[float | None]) -> SignBaseline:
    """Its baseline."""
    return drawn(sign_book(), figures(iter(values)), "t", SINCE, UNTIL)


def alike(values: list[float | None]) -> pd.DataFrame:
    """The same hours as rows of their own calendar."""
    hours = pd.date_range(f"{SINCE}T00:00", periods=len(values), freq="h", tz="Asia/Shanghai")
    found = pd.DataFrame({"at": hours, "value": values})
    found["season"] = found["at"].dt.month.map(lambda month: ("winter", "spring", "summer", "autumn")[month % 12 // 3])
    found["weekend"] = found["at"].dt.day_of_week >= 5
    found["hour"] = found["at"].dt.hour
    return found


def test_each_percentile_is_that_of_pandas(values: list[float | None], baseline: SignBaseline) -> None:
    """Season, weekday or weekend, hour: 192 kinds of hours of a year, P10, P50, P90 to four decimals, and how many."""
    kinds = alike(values).groupby(["season", "weekend", "hour"])["value"]
    own = baseline.areas[SIGN][AREA]
    assert len(own.usual) == len(kinds) == 192
    for (season, weekend, hour), group in kinds:
        usual = own.usual[f"{season}/{'weekend' if weekend else 'weekday'}/{hour:02}"]
        known = group.dropna()
        assert usual.count == len(known)
        assert (usual.p10, usual.p50, usual.p90) == tuple(pytest.approx(known.quantile(q), abs=5.1e-5) for q in (0.1, 0.5, 0.9))


def test_what_is_left_out_is_told(values: list[float | None], baseline: SignBaseline) -> None:
    """Hours in which the sign was not told are no zeros: they are left out, and counted."""
    own = baseline.areas[SIGN][AREA]
    assert (own.hours, own.na, own.few) == (365 * 24, values.count(None), 0)
    assert sum(each.count for each in own.usual.values()) == own.hours - own.na


def test_a_band_is_of_the_hours_that_are_alike(baseline: SignBaseline) -> None:
    """Of a Saturday in winter at 08:00 that of winter's weekends; of a sign that counts otherwise now there is none."""
    at = parse_time("2027-01-16T08:00:00+08:00")
    usual = baseline.areas[SIGN][AREA].usual
    (bands,) = bands_of(baseline, "v")
    assert (bands.sign, bands.area, bands.city, bands.version) == (SIGN, AREA, "410100", "v")
    weekend, weekday = usual["winter/weekend/08"], usual["winter/weekday/08"]
    known = ((weekend.p10, weekend.p90), (weekday.p10, weekday.p90))
    row = sign_book()[SIGN]
    assert band_of(bands, definition_of(row), [at, at + 2 * DAY]) == known
    assert band_of(bands, definition_of(replace(row, window="48h")), [at]) == (None,)
    assert band_of(None, definition_of(row), [at, at]) == (None, None)


def test_another_threshold_leaves_a_baseline_what_it_is() -> None:
    """The values do not depend on it; on window and formula they do."""
    row = sign_book()[SIGN]
    other = replace(row, thresholds={"red": SignThreshold(value=50, basis=Text("a", "a"))}, name=Text("b", "b"))
    assert definition_of(other) == definition_of(row)
    assert definition_of(replace(row, formula=sign_book()["hotline-answered"].formula)) != definition_of(row)


def test_each_hour_is_of_one_kind() -> None:
    """192 kinds; every hour of three years is of the kind that pandas' calendar says."""
    hours = pd.date_range("2026-01-01T00:00", "2028-12-31T23:00", freq="h", tz="Asia/Shanghai")
    seasons = ("spring", "summer", "autumn", "winter")
    assert len(HOUR_KINDS) == len(set(HOUR_KINDS)) == HOURS_ALIKE
    for at in hours:
        day = "weekend" if at.day_name() in {"Saturday", "Sunday"} else "weekday"
        known = f"{seasons[(at.month + 9) % 12 // 3]}/{day}/{at:%H}"
        assert HOUR_KINDS[hour_kind(int(at.timestamp()) * 1000)] == known


def test_few_hours_of_a_kind_have_no_band() -> None:
    """Nine Mondays to Fridays at each hour have none, a tenth has: and the hours of the weekend are too few, and told."""
    days = 14  # of June 2026, from Monday the first: ten weekdays, four days of weekends
    found = drawn(sign_book(), figures(iter([1.0] * days * 24), "2026-06-01"), "t", "2026-06-01", "2026-06-14")
    own = found.areas[SIGN][AREA]
    assert {each.rpartition("/")[0] for each in own.usual} == {"summer/weekday"}
    assert (own.few, {each.count for each in own.usual.values()}) == (4 * 24, {LEAST})


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([1.0] * 24 * 9, "is too short: a band needs 10 hours"),
        ([None] * 24 * 60, "was told in any hour"),
        ([], "was told in any"),
    ],
)
def test_a_window_that_gives_no_band_is_refused(values: list[float | None], why: str) -> None:
    """Too few hours, or none with a value: with the reason."""
    with pytest.raises(ValueError, match=why):
        drawn(sign_book(), figures(iter(values)), "t", SINCE, UNTIL)


def test_the_same_window_has_the_same_bytes(values: list[float | None], baseline: SignBaseline) -> None:
    """In whatever order areas and hours come: its digest is by what it is adopted."""
    both = [*figures(iter(values)), *figures(iter(values), area="410102")]
    mixed = sorted(both, key=lambda each: (each.at, each.area))
    first, second = (written(drawn(sign_book(), iter(each), "t", SINCE, UNTIL)) for each in (both, mixed))
    assert first == second
    assert read_baseline(written(baseline)) == baseline
    with pytest.raises(ValueError, match="no text of a baseline"):
        read_baseline(b"{}")
