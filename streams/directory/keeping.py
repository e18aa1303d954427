"""In which topics a type's records stand, and how long those keep them."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from streams.catalogue import ROOT, domains
from streams.catalogue.described import DescribedType, catalogue
from streams.catalogue.entry import Bound
from streams.topics import DAY_MS, inputs, table

KAFKAS_OWN = str(7 * DAY_MS)
"""How long Kafka keeps what a topic's settings say nothing of (`log.retention.hours` = 168)."""


def topics_of(described: DescribedType) -> tuple[str, ...]:
    """The topics, below the log's name, in which a type's records stand."""
    match described.entry.topics:
        case "output":
            return (described.output,)
        case "domains":
            names: tuple[str, ...] = tuple(domains())
        case "everywhere":
            names = inputs()
        case _:
            names = (described.group,)
    return tuple(f"events.{name}" for name in names)


def topic_days(described: DescribedType) -> int | None:
    """How many days the topics keep in which a type stands, of several the fewest; None where age deletes nothing."""
    days = [days_of(_configs()[name]) for name in topics_of(described)]
    return min((each for each in days if each is not None), default=None)


def days_of(config: Mapping[str, str]) -> int | None:
    """How many whole days a topic with these settings of its own keeps a record; None where age deletes nothing.

    A topic that is compacted alone keeps the newest record of each key whatever its age.

    >>> days_of({"retention.ms": "2592000000"}), days_of({"cleanup.policy": "compact"}), days_of({})
    (30, None, 7)
    """
    kept = int(config.get("retention.ms", KAFKAS_OWN))
    deletes = "delete" in config.get("cleanup.policy", "delete").split(",")
    return kept // DAY_MS if deletes and kept >= 0 else None


def longest(bounds: Iterable[Bound | None]) -> Bound | None:
    """The bound of the most days; None of none."""
    return max((each for each in bounds if each is not None), key=lambda each: each.days, default=None)


def ceiling_of(group: str, root: Path = ROOT) -> Bound | None:
    """Until when at the latest the archive keeps what stands in the events of a group; None: for ever.

    A file goes as a whole, so the longest ceiling of the group's own types counts; one type without any keeps all.
    """
    own = [each.entry for each in catalogue(root).values() if each.group == group and each.entry.topics == "own"]
    return (
        longest(entry.ceiling for entry in own) if own and all(entry.ceiling and entry.ceiling.days for entry in own) else None
    )


@cache
def _configs() -> dict[str, Mapping[str, str]]:
    return {topic.name: topic.config for topic in table()}
