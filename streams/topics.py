"""Every topic of a log, in one table. A log has a name, and all its topics begin with it: `live.alerts`."""

import re
from collections.abc import Mapping

from msgspec import Struct

from streams.catalogue import domains
from streams.messages import ADOPTED, NOTICE
from streams.outputs import OUTPUTS, Kept

LIVE = "live"
"""The log of what happens now; every other log is a replay, a drill, a simulation or history."""

DAY_MS = 86_400_000
_LOG = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Topic(Struct, frozen=True):
    """One topic: its name below the log's name, what it is for, its Kafka settings; its partitions, 0 as the settings say."""

    name: str
    what: str
    config: Mapping[str, str]
    partitions: int = 0


class Input(Struct, frozen=True):
    """The input of a stage that is no domain's: what stands in a domain's place in its topics' names, and what it holds.

    `notices`: whether notices of holidays go there, for it has deadlines.
    """

    name: str
    what: str
    notices: bool = False


BEYOND: tuple[Input, ...] = (
    Input("incidents", "revisions of alerts, commands and ticks; key = city"),
    Input("orders", "orders, what people do to them, matters, revisions of their alerts, and ticks; key = order id", True),
    Input("cells", "what partitions of facts have for the signs of the city, and ticks; key = city"),
)
"""The inputs beside those of the domains; `agents.stages` has who judges them, and by whom they are fed."""


def _kept(days: int) -> dict[str, str]:
    return {"cleanup.policy": "delete", "retention.ms": str(days * DAY_MS)}


_STATE = "the worker's state, written in transactions"
_OURS = {
    "max.message.bytes": "8388608",  # what comes in is at most 64 KiB, but a subject's whole state is one message
    "message.timestamp.type": "LogAppendTime",  # else Kafka refuses all of a worker whose clock is an hour ahead
}
_FOREVER = _OURS | {"cleanup.policy": "delete", "retention.ms": "-1"}
_COMPACT = _OURS | {"cleanup.policy": "compact"}
_COMPACT_SOON = _COMPACT | {"segment.ms": "600000", "min.cleanable.dirty.ratio": "0.2"}
_TEXTS = _COMPACT_SOON | {"max.compaction.lag.ms": str(7 * DAY_MS)}  # the longest that a text outlasts its tombstone
_CONFIG: Mapping[Kept, Mapping[str, str]] = {"newest": _COMPACT, "newest soon": _COMPACT_SOON, "forever": _FOREVER}


def table() -> tuple[Topic, ...]:
    """All topics of one log, without its name."""
    per_domain = [
        topic
        for domain in domains()
        for topic in (
            Topic(f"events.{domain}", "facts, commands and ticks; key = subject", _kept(30)),
            Topic(f"checkpoint.{domain}", _STATE, _COMPACT_SOON),
        )
    ]
    beyond = [
        topic
        for each in BEYOND
        for topic in (
            Topic(f"events.{each.name}", each.what, _kept(30) | _OURS),
            Topic(f"checkpoint.{each.name}", _STATE, _COMPACT_SOON),
        )
    ]
    return (
        *per_domain,
        *beyond,
        Topic("books", "texts of rule books that the log has adopted, and of versions of its directory; key = hash", _COMPACT),
        Topic("keys", "the events of the log's roots: what it demands and whose keys it trusts; one partition", _FOREVER, 1),
        Topic("anchors", "signed anchors over all trails; partition 0", _FOREVER),
        Topic("sealed", "texts of people, sealed; a tombstone removes one; key = digest of the record", _TEXTS),
        Topic(
            "access",
            "who asked for what is not for them, took files out, had values shown; for the watch",
            _kept(1_100) | _OURS,
        ),
        Topic("looks", "who looked at which sealed text, written before it was opened; key = family", _FOREVER),
        Topic(
            "forgets", "what people ordered to be forgotten, or held, and what was destroyed; key = family or person", _FOREVER
        ),
        Topic("jobs", "long work that people ask for, and take back; key = job id", _kept(30) | _OURS),
        *(Topic(kind.topic, kind.what, _CONFIG[kind.kept]) for kind in OUTPUTS),
    )


def topic_name(log: str, name: str) -> str:
    """The full name of a topic of a log; ValueError where the log's name is not usable."""
    if not _LOG.fullmatch(log):
        raise ValueError(f"log name {log!r}: use 1 to 32 of a-z, 0-9 and -, beginning with a letter")
    return f"{log}.{name}"


def events_topic(log: str, domain: str) -> str:
    """The events topic of a domain, or of an input beside them, in a log."""
    return topic_name(log, f"events.{domain}")


def worker_group(log: str) -> str:
    """The consumer group of a log's workers."""
    return f"onescreen-{log}"


def inputs() -> tuple[str, ...]:
    """The names of everything that is judged: the domains, and the inputs beside them."""
    return (*domains(), *(each.name for each in BEYOND))


def hears(name: str, kind: str) -> bool:
    """Whether an input gets a kind of event that goes everywhere: all get time and the roots' events, domains rule books."""
    if kind not in {ADOPTED, NOTICE}:
        return True
    return name in domains() or any(each.name == name and each.notices and kind == NOTICE for each in BEYOND)


def input_topics(log: str) -> list[str]:
    """Every topic of a log that is judged."""
    return [events_topic(log, name) for name in inputs()]


PEOPLE = ("jobs", "handovers", "looks", "forgets", "catalogue", "entries", "appraisal", "device-acts")
"""The topics beside the events that hold what people write, signed in an opened log, where the table has them."""


def signed_places() -> tuple[str, ...]:
    """The places (`sigto`) of what is signed for one partition: topics below a log's name."""
    there = {topic.name for topic in table()}
    return (*(f"events.{name}" for name in inputs()), *(name for name in PEOPLE if name in there))


def split_events_topic(topic: str) -> tuple[str, str]:
    """Log and domain of an events topic: `live.events.environment` → `("live", "environment")`."""
    log, _, domain = topic.partition(".events.")
    return log, domain
