"""What a domain's sample makes happen: registrations, regular facts and single ones, the same for the same seed."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fixtures.record import arrival
from fixtures.sample import Sample, load_sample, senders
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.command import Trouble
from streams.gateways.timeline import Arrival
from streams.messages import HOUR, MINUTE, parse_time

BEGIN = parse_time("2026-08-20T00:00:00+08:00")

TEXT = """
[subject."noise.1"]
kind = "meter"
name = { zh = "一号" }
adcode = "410105"

[subject."noise.2"]
kind = "meter"
name = { zh = "二号" }
adcode = "410102"

[[signal]]
kind = "level"
every_minutes = 30
delay_minutes = 2
data = { place = "roof" }
field.day = { base = 50, wave = 10, peak = 12, noise = 3 }

[[fact]]
kind = "complaint"
subject = "noise.2"
after_minutes = 45
data = { words = "太吵" }
"""


def sample(folder: Path, text: str = TEXT) -> Sample:
    """The sample of a domain `noise` with this text."""
    (folder / "noise").mkdir(exist_ok=True)
    (folder / "noise" / "sample.toml").write_text(text, "utf-8")
    found = load_sample("noise", folder)
    assert found is not None
    return found


def events(given: Sample, seed: int, hours: int) -> list[Arrival]:
    """What the sample's subjects send in the first hours of a city, in the order of receipt."""
    made = senders(Air(seed, load_scenario("calm"), BEGIN), count(), "noise", given)
    sent = sorted(record for one in made for hour in range(hours) for record in one.records(BEGIN + hour * HOUR))
    return [arrival(record) for record in sent if record[0] <= BEGIN + hours * HOUR]


def sent(arrivals: list[Arrival], kind: str) -> list[dict[str, Any]]:
    """The events of one kind."""
    return [event for arrival in arrivals if (event := json.loads(arrival.value))["type"] == f"noise.{kind}"]


def test_each_subject_speaks_each_period(tmp_path: Path) -> None:
    """Two subjects, two hours, a fact every 30 minutes, received 2 minutes later: the fourth would come after the end."""
    found = events(sample(tmp_path), 1, 2)
    assert [arrival.at for arrival in found] == sorted(arrival.at for arrival in found)
    assert {arrival.domain for arrival in found} == {"noise"}
    levels = [arrival for arrival in found if b"noise.level" in arrival.value]
    assert [(arrival.at - BEGIN) // MINUTE for arrival in levels] == [32, 32, 62, 62, 92, 92]
    assert sent(found, "level")[0]["time"] == "2026-08-20T00:30:00+08:00"
    assert sent(found, "level")[0]["data"]["place"] == "roof"
    assert [event["region"] for event in sent(found, "level")[:2]] == ["410105", "410102"]


def test_a_single_fact_comes_in_its_minute(tmp_path: Path) -> None:
    """The one complaint stands between the readings of minute 32 and 62."""
    found = events(sample(tmp_path), 1, 2)
    (complaint,) = sent(found, "complaint")
    assert (complaint["time"], complaint["data"]) == ("2026-08-20T00:45:00+08:00", {"words": "太吵"})


def test_numbers_follow_the_day(tmp_path: Path) -> None:
    """50 ± 10 with its peak at noon and noise of 3: every value lies within 3 of the cosine, and noon is above midnight."""
    levels = sent(events(sample(tmp_path), 1, 24), "level")
    at = {event["time"][11:16]: event["data"]["day"] for event in levels if event["subject"] == "noise.1"}
    assert 57 <= at["12:00"] <= 63
    assert 47 <= at["06:00"] <= 53
    assert 37 <= at["00:30"] <= 44
    assert len(set(at.values())) > 20


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Seed, sample and begin decide everything; more hours only add to it, another seed is another day."""
    given = sample(tmp_path)
    day = events(given, 1, 24)
    assert day == events(given, 1, 24)
    assert [each for each in events(given, 1, 30) if each.at <= BEGIN + 24 * HOUR] == day
    assert sent(day, "level")[0]["data"] != sent(events(given, 2, 24), "level")[0]["data"]


def test_nothing_comes_later_than_its_reach(tmp_path: Path) -> None:
    """A sender that joins a running city looks back as far as its facts are late: here three hours."""
    late = sample(tmp_path, TEXT.replace("delay_minutes = 2", "delay_minutes = 170"))
    for one in senders(Air(1, load_scenario("calm"), BEGIN), count(), "noise", late):
        for hour in range(BEGIN, BEGIN + 24 * HOUR, HOUR):
            assert all(hour < at <= hour + one.reach for at, *_ in one.records(hour))


def test_a_silent_district_says_nothing(tmp_path: Path) -> None:
    """A scenario silences 410104 from 03:00 to 08:59: a subject there sends its last fact at 03:00 and its next after 09:00."""
    given = sample(tmp_path, TEXT.replace('adcode = "410105"', 'adcode = "410104"'))
    made = senders(Air(1, load_scenario("silent_district"), BEGIN), count(), "noise", given)
    sent = [record for one in made for hour in range(24) for record in one.records(BEGIN + hour * HOUR)]
    times = sorted((at - BEGIN) / HOUR for at, *_, key, _ in sent if key == b"noise.1")
    assert [time for time in times if 2.5 < time < 10] == [pytest.approx(hour + 2 / 60) for hour in (2.5, 3, 9.5)]


def test_a_domain_without_a_sample_has_none(tmp_path: Path) -> None:
    """No file, no sample."""
    assert load_sample("noise", tmp_path) is None


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('subject = "noise.2"', 'subject = "noise.3"', "'noise.3' is no subject"),
        ("every_minutes = 30", "every_minutes = 0", "every_minutes"),
        ("base = 50", "bass = 50", "bass"),
        ("after_minutes = 45", "after_minutes = 0", "after_minutes"),
        ('adcode = "410105"', 'adcode = "410105"\nlong = 113.7', "long"),
        ("[[fact]]", "[[fact]", "line"),
        (TEXT, "[subject]", "length >= 1 - at `\\$.subject`"),
    ],
)
def test_a_broken_sample_is_trouble_with_its_file(tmp_path: Path, before: str, after: str, message: str) -> None:
    """The message names the file and what is wrong in it."""
    with pytest.raises(Trouble, match=message) as caught:
        sample(tmp_path, TEXT.replace(before, after))
    assert str(tmp_path / "noise" / "sample.toml") in str(caught.value)
