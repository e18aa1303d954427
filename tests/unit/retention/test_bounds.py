"""Topics against the floors and ceilings of law: 网络安全法 第二十三条（三）, 个人信息保护法 第十九条 and 第五十六条."""

import pytest

from streams.catalogue.described import catalogue
from streams.directory.keeping import ceiling_of
from streams.retention.bounds import judged, keepings, refusals, row
from streams.topics import DAY_MS, table


def config(days: int, **more: str) -> dict[str, str]:
    """The settings of a topic that keeps so many days."""
    return {"cleanup.policy": "delete", "retention.ms": str(days * DAY_MS), "retention.bytes": "-1"} | more


def test_the_table_of_topics_keeps_to_the_catalogue() -> None:
    """Every topic as the table makes it is within its bounds, access and refusal records six months at least among them."""
    asked = keepings()
    found = {topic.name: judged(asked[topic.name], topic.config) for topic in table()}
    assert {name: each.verdict for name, each in found.items() if each.verdict != "kept"} == {}
    for name in ("access", "quality", "quarantine", "looks"):
        floor, days = found[name].floor, found[name].days
        assert floor is not None
        assert floor.days >= 184
        assert days is None or days >= 184


@pytest.mark.parametrize(
    ("topic", "days", "floor", "law"),
    [
        ("quality", 183, 184, "第二十三条（三）"),
        ("access", 200, 1096, "第五十六条"),
        ("looks", 365, 1096, "第五十六条"),
        ("events.cyber", 7, 30, "本系统默认"),
    ],
)
def test_a_topic_under_its_floor_is_refused(topic: str, days: int, floor: int, law: str) -> None:
    """What was found, what is demanded, by which law, and the command that mends it stand in the refusal."""
    kept = judged(keepings()[topic], config(days))
    assert kept.verdict == "under its floor"
    (said,) = refusals([kept], "live", "127.0.0.1:19092")
    assert f"live.{topic} keeps {days} days" in said
    assert f"at least {floor} are demanded by" in said
    assert law in said
    assert f"retention.ms={floor * DAY_MS}" in said


def test_a_size_that_deletes_keeps_no_floor() -> None:
    """With retention.bytes a flood deletes in an hour what the law asks six months of."""
    assert judged(keepings()["access"], config(1_100)).verdict == "kept"
    assert judged(keepings()["access"], config(1_100, **{"retention.bytes": "1000"})).verdict == "under its floor"


def test_what_is_compacted_or_kept_for_ever_is_under_no_floor() -> None:
    """Alerts: the newest of each stays whatever its age; a topic that is not there is told, and refused by who needs it."""
    kept = judged(keepings()["alerts"], {"cleanup.policy": "compact", "retention.ms": "604800000"})
    assert (kept.days, kept.verdict, row(kept)["found"]) == (None, "kept", "for ever")
    missing = judged(keepings()["alerts"], None)
    assert (missing.verdict, list(refusals([missing], "live", ""))) == ("missing", [])


def test_a_topic_above_its_ceiling_is_told() -> None:
    """个人信息保护法 第十九条: no longer than needed; the number of years is marked as this system's own, the law is named."""
    ceiling = ceiling_of("cyber")
    assert ceiling is not None
    kept = judged(keepings()["events.cyber"], config(ceiling.days + 1))
    told = row(kept)
    assert (kept.verdict, list(refusals([kept], "live", ""))) == ("above its ceiling", [])
    assert "第十九条" in str(told["ceiling"])
    assert "本系统默认" in str(told["ceiling"])


def test_numbers_of_the_law() -> None:
    """档案法实施条例 第二十条: a city hands its records over after 20 years.

    5 years is an enterprise's duty (监测条例 第二十六条), 3 years that of records of use of shared data (令809 第二十九条): for
    all else these numbers are 本系统默认.
    """
    air, refused = catalogue()["environment.air_hour"].entry, catalogue()["environment.refused_input"].entry
    assert air.floor is not None
    assert air.ceiling is not None
    assert refused.floor is not None
    assert (air.floor.days, air.ceiling.days, air.ceiling.ours) == (5 * 365 + 2, 20 * 365 + 5, False)
    assert air.floor.ours
    assert [
        catalogue()[name].entry.floor.ours  # type: ignore[union-attr]  # each has one
        for name in ("output.catalogue.sharing", "output.alerts", "command.order.issue", "food_drug.recall")
    ] == [False, True, True, True]
    assert (refused.floor.days, "第二十三条" in refused.floor.law.zh) == (184, True)
    assert all(
        each.entry.floor.days <= each.entry.ceiling.days
        for each in catalogue().values()
        if each.entry.floor and each.entry.ceiling
    )
