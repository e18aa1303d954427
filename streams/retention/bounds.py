"""How long each topic, and the archive of each group, must and may keep its records, by the catalogue; and how that is judged.

Pure. A floor or ceiling is a number of days with its law; a number that no law gives is 本系统默认, and said so (`Bound.ours`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from streams.catalogue.described import DescribedType, catalogue
from streams.catalogue.entry import Bound
from streams.directory.keeping import ceiling_of, days_of, longest, topics_of
from streams.directory.telling import OURS
from streams.messages import Text
from streams.topics import table

Verdict = Literal["kept", "under its floor", "above its ceiling", "missing"]

UNTIL_ARCHIVED = Bound(
    Text(
        "本系统默认：归档停机时留足补归档的时间；法定下限由归档承担",
        "this system's own: time for an archive that was away; the archive keeps to the law's floor",
    ),
    30,
    ours=True,
)
"""How long a topic keeps at least what the archive takes over: the archive has the law's floor from there on."""

_PROCESSING = Text(
    "个人信息保护法 第五十六条：处理情况记录至少保存三年",
    "Personal Information Protection Law Art. 56: records of processing three years at least",
)

SERVICE_FLOORS: Mapping[str, Bound] = {
    "access": Bound(_PROCESSING, 1096),
    "looks": Bound(_PROCESSING, 1096),
    "forgets": Bound(_PROCESSING, 1096),
}
"""The floors of topics that no type of the catalogue stands in: who asked, was shown, looked; what is to be forgotten."""


class Demanded(Struct, frozen=True):
    """What is asked of one topic: its name below the log's, floor and ceiling, None where there is none."""

    topic: str
    floor: Bound | None
    ceiling: Bound | None


class Kept(Struct, frozen=True):
    """What was found of one topic: how many days it keeps its records, None where age and size delete none; the verdict.

    `config`: the settings by which it does, as Kafka has them.
    """

    topic: str
    days: int | None
    config: str
    floor: Bound | None
    ceiling: Bound | None
    verdict: Verdict


def keepings() -> dict[str, Demanded]:
    """What is asked of every topic of a log, in the order of their table."""
    standing: dict[str, list[DescribedType]] = {}
    for each in catalogue().values():
        for name in topics_of(each):
            standing.setdefault(name, []).append(each)
    return {topic.name: _keeping(topic.name, standing.get(topic.name, [])) for topic in table()}


def _keeping(topic: str, types: list[DescribedType]) -> Demanded:
    floors = [UNTIL_ARCHIVED if each.entry.kept == "archive" else each.entry.floor for each in types]
    return Demanded(topic, longest((*floors, SERVICE_FLOORS.get(topic))), ceiling_of(topic.removeprefix("events.")))


def floor_of(group: str) -> Bound | None:
    """How long at least the archive keeps what stands in the events of a group: the longest floor of all types there."""
    topic = f"events.{group}"
    return longest(each.entry.floor for each in catalogue().values() if topic in topics_of(each))


def judged(keeping: Demanded, config: Mapping[str, str] | None) -> Kept:
    """How a topic with these settings (Kafka's names; None: it is not there) stands to what is asked of it.

    A topic that deletes by size has no floor that holds: it counts as keeping 0 days.
    """
    if config is None:
        return Kept(keeping.topic, None, "", keeping.floor, keeping.ceiling, "missing")
    days = days_of(config)
    told = f"retention.ms={config.get('retention.ms', '')} cleanup.policy={config.get('cleanup.policy', '')}"
    if int(config.get("retention.bytes", "-1")) >= 0 and "delete" in config.get("cleanup.policy", "delete"):
        days, told = 0, f"{told} retention.bytes={config['retention.bytes']}"
    verdict: Verdict = "kept"
    if days is not None and keeping.floor and days < keeping.floor.days:
        verdict = "under its floor"
    elif days is not None and keeping.ceiling and days > keeping.ceiling.days:
        verdict = "above its ceiling"
    return Kept(keeping.topic, days, told, keeping.floor, keeping.ceiling, verdict)


def row(kept: Kept) -> dict[str, object]:
    """A topic as it is told: found, demanded, by which law, verdict."""
    found = "not there" if kept.verdict == "missing" else "for ever" if kept.days is None else f"{kept.days} days"
    return {
        "topic": kept.topic,
        "found": found,
        "config": kept.config,
        "floor": bound_row(kept.floor),
        "ceiling": bound_row(kept.ceiling),
        "verdict": kept.verdict,
    }


def bound_row(bound: Bound | None) -> dict[str, object] | None:
    """A bound as it is told: days, law, and `mark` where the number is the system's own."""
    if bound is None:
        return None
    told: dict[str, object] = {"days": bound.days, "law": bound.law}
    return told | ({"mark": OURS} if bound.ours else {})


def refusals(found: Iterable[Kept], log: str, bootstrap: str) -> Iterator[str]:
    """Why a log may not be used: each topic under its floor, with what is demanded by which law, and what to do."""
    for each in found:
        if each.verdict == "under its floor" and each.floor:
            kept = f"{each.days} days ({each.config})"
            yield (
                f"{log}.{each.topic} keeps {kept}, at least {each.floor.days} are demanded by {each.floor.law.zh}: run "
                f"`python -m kafka.admin -b {bootstrap} configs alter -r topic -n {log}.{each.topic} -c "
                f"'retention.ms={each.floor.days * 86_400_000}' -c 'retention.bytes=-1'`"
            )
