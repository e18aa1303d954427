"""Hourly figures of three weeks of a hotline, its baseline and other thresholds, by the commands and by pandas."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from msgspec import Raw

from agents.jobs.signs.sign_whatif import whatif_of_sign
from agents.jobs.work import Work
from agents.offline.reading import RefusedError
from agents.signs.book.read import sign_book
from agents.signs.command import main, read_archive
from agents.signs.figures import figure
from agents.signs.past.hourly import hourly
from agents.signs.past.whatif import thresholds_of
from streams.command import Trouble
from streams.messages import HOUR, begin_of, parse_time
from streams.settings import load
from tests.support.signs.hotline import BEGIN, DAYS, SIGN, SINCE, UNTIL, answered, archive

Told = Callable[..., list[dict[str, object]]]


@pytest.fixture(scope="module", name="archive")
def archive_of_hotline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three weeks."""
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture
def told(capfdbinary: pytest.CaptureFixture[bytes]) -> Told:
    """The lines that a command writes."""

    def run(*arguments: str) -> list[dict[str, object]]:
        assert main(list(arguments)) == 0
        return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]

    return run


def by_pandas() -> pd.DataFrame:
    """Each hour's mean of the 24 hours up to it, where at least nine tenths of them are there."""
    hours = pd.date_range(f"{BEGIN}T00:00", periods=DAYS * 24, freq="h", tz="Asia/Shanghai")
    found = pd.DataFrame({"at": hours, "own": [answered(n) for n in range(DAYS * 24)]})
    found["value"] = found["own"].rolling(24, min_periods=22).mean()
    found = found[
        (found["at"] >= pd.Timestamp(f"{SINCE}T00:00+08:00")) & (found["at"] < pd.Timestamp("2026-06-22T00:00+08:00"))
    ]
    return found.assign(weekend=found["at"].dt.day_of_week >= 5, hour=found["at"].dt.hour)


def test_each_hour_is_as_it_is_shown_and_as_pandas_has_it(archive: Path) -> None:
    """504 hours equal to pandas' rolling means; every fiftieth to what `sign show --at` reckons from the archive."""
    row = {SIGN: sign_book()[SIGN]}
    found = list(hourly(row, archive, ["410100"], begin_of(SINCE), begin_of("2026-06-22")))
    peer = by_pandas()
    assert len(found) == len(peer) == 21 * 24
    for own, value in zip(found, peer["value"], strict=True):
        assert own.value is None if pd.isna(value) else own.value == pytest.approx(value, abs=1e-9)
    for own in found[::50]:
        assert own == figure(SIGN, row[SIGN], read_archive(row, archive, own.at), "410100", own.at)


def test_an_hour_whose_window_began_before_the_log_is_not_told(archive: Path) -> None:
    """At 23:00 of the first day a part of 24 hours is missing, at 24:00 none."""
    row = {SIGN: sign_book()[SIGN]}
    found = list(hourly(row, archive, ["410100"], begin_of(BEGIN), begin_of("2026-05-31") + HOUR))
    assert [each.value is None for each in found] == [True] * 24 + [False]


def test_a_baseline_is_drawn_from_a_window(archive: Path, told: Told) -> None:
    """The percentiles of weekdays by pandas; six days of weekends are too few for a band; NA hours are left out."""
    asked = ("--archive", str(archive), "--from", SINCE, "--to", UNTIL, "--area", "410105")
    (row,) = [each for each in told("baseline", "draw", *asked) if each["sign"] == SIGN]
    peer = by_pandas()
    assert (row["hours"], row["na"]) == (504, int(peer["value"].isna().sum()))
    assert row["few"] == int(peer[peer["weekend"]]["value"].notna().sum())
    usual = row["usual"]
    assert isinstance(usual, dict)
    assert len(usual) == row["bands"] == 24
    for hour, group in peer[~peer["weekend"]].groupby("hour")["value"]:
        known = group.dropna()
        quantiles = [known.quantile(q) for q in (0.1, 0.5, 0.9)]
        assert usual[f"summer/weekday/{hour:02}"] == [len(known), *(pytest.approx(each, abs=6e-5) for each in quantiles)]


@pytest.mark.parametrize(
    ("since", "until", "why"),
    [
        ("2026-06-20", "2026-06-10", "ends .* before it begins"),
        ("2026-06-01", "2026-06-30", "reaches to 2026-06-22T23:00:00"),
        ("2026-06-01", "2026-06-05", "is too short: a band needs 10 hours"),
        ("2026-01-01", "2026-01-31", "a baseline needs data"),
        ("2026-02-30", "2026-03-05", "2026-02-30"),
    ],
)
def test_a_window_that_the_archive_has_not_is_refused(archive: Path, since: str, until: str, why: str) -> None:
    """With the reason, and what to do."""
    with pytest.raises((ValueError, Trouble), match=why):
        main(["baseline", "draw", "--archive", str(archive), "--from", since, "--to", until, "--area", "410100"])


def test_other_thresholds_are_counted_by_month(archive: Path, told: Told) -> None:
    """At 95 % it called as often as pandas' means fall to it from above; at 50 never; the NA hours are told.

    Another delay and deadband hold for the other thresholds alone: the sign's own stand as its rule has them, whose deadband
    of 2 % lets a call end at 96.9 at the earliest.
    """
    asked = ("whatif", SIGN, "--archive", str(archive), "--from", SINCE, "--to", UNTIL, "--area", "410100")
    (row,) = told(*asked, "--delay", "0s", "--deadband", "0")
    known = by_pandas()["value"]
    values = known.dropna()
    low = values <= 95
    calls = int((low & ~low.shift(fill_value=False)).sum())
    assert calls > 1
    assert (row["month"], row["na"]) == ("2026-06", int(known.isna().sum()))
    assert row["other"] == {"calls": {"yellow": calls}, "hours": {"ok": int((~low).sum()), "yellow": int(low.sum())}}
    own = row["own"]
    assert isinstance(own, dict)
    latched = values.mask(values > 95 * 1.02, 0).where((values <= 95) | (values > 95 * 1.02)).ffill().fillna(0) > 0
    assert own["calls"] == {"yellow": int((latched & ~latched.shift(fill_value=False)).sum())}
    (never,) = told(*asked, "--threshold", "yellow=50")
    assert never["own"] == own
    assert never["other"] == {"calls": {}, "hours": {"ok": len(low)}}
    (delayed,) = told(*asked, "--delay", "40d")
    assert delayed["own"] == own
    assert delayed["other"] == {"calls": {}, "hours": {"ok": len(low)}}


def test_thresholds_that_cannot_be_are_refused(archive: Path) -> None:
    """An unknown level or sign, no number, levels that do not get worse, a deadband below 0."""
    asked = ["--archive", str(archive), "--from", SINCE, "--to", UNTIL]
    with pytest.raises(ValueError, match="no threshold: write orange=95"):
        thresholds_of(["pink=3"])
    with pytest.raises(ValueError, match="no threshold"):
        thresholds_of(["red=nan"])
    with pytest.raises(ValueError, match="do not get worse"):
        main(["whatif", SIGN, *asked, "--threshold", "red=99"])
    with pytest.raises(ValueError, match="at least 0"):
        main(["whatif", SIGN, *asked, "--deadband", "-1"])
    with pytest.raises(Trouble, match="there is no sign 'none'"):
        main(["whatif", "none", *asked])


def test_moments_are_full_hours(archive: Path) -> None:
    """A begin within an hour means the next one."""
    row = {SIGN: sign_book()[SIGN]}
    begin = parse_time("2026-06-03T07:20:00+08:00")
    assert [each.at for each in hourly(row, archive, ["410100"], begin, begin + HOUR)] == [begin + 2 * HOUR // 3]


def job(archive: Path, folder: Path, **params: object) -> Work:
    """The work of a job about the hotline."""
    asked = {"from": f"{SINCE}T00:00:00+08:00", "to": f"{UNTIL}T00:00:00+08:00", "sign": SIGN} | params
    work = Work(load(), "live", archive, folder, lambda _: None)
    whatif_of_sign(Raw(json.dumps(asked).encode()), work)
    return work


def test_a_job_tells_what_the_command_tells(archive: Path, tmp_path: Path, told: Told) -> None:
    """The same months, with the thresholds of both sides."""
    job(archive, tmp_path, thresholds={"yellow": 96, "red": 80}, areas=["410105"], deadband=0.5, delay="1h")
    found = json.loads((tmp_path / "result.json").read_text())
    asked = (
        "--archive",
        str(archive),
        "--from",
        SINCE,
        "--to",
        "2026-06-20",
        "--area",
        "410105",
        "--deadband",
        "0.5",
        "--delay",
        "1h",
    )
    assert found["months"] == told("whatif", SIGN, *asked, "--threshold", "yellow=96", "--threshold", "red=80")
    assert found["thresholds"] == {"own": {"yellow": 95}, "other": {"yellow": 96, "red": 80}}


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"sign": "none"}, "there is no sign 'none'"),
        ({"thresholds": {"red": 99}}, "do not get worse"),
        ({"thresholds": {"pink": 9}}, "pink"),
        ({"areas": ["x"]}, "areas"),
        ({"delay": "soon"}, "length of time 'soon'"),
        ({"to": "2026-07-30T00:00:00+08:00"}, "reaches to 2026-06-22T23:00:00"),
    ],
)
def test_a_job_that_cannot_be_says_why(archive: Path, tmp_path: Path, params: dict[str, object], why: str) -> None:
    """In plain words, and nothing is written."""
    with pytest.raises(RefusedError, match=why):
        job(archive, tmp_path, **({"areas": ["410100"]} | params))
    assert not list(tmp_path.iterdir())
