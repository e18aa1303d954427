"""Every topic of a log, in one table. A log has a name, and all its topics begin with it: `live.alerts`."""

import re
from collections.abc import Mapping

from msgspec import Struct

from streams.catalogue import domains

INCIDENTS = "incidents"
"""What stands in a domain's place in the names of the topics of the second stage, whose input are the alerts of a city."""

LIVE = "live"
"""The log of what happens now; every other log is a replay, a drill, a simulation or history."""

DAY_MS = 86_400_000
_LOG = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Topic(Struct, frozen=True):
    """One topic: its name below the log's name, what it is for, and its Kafka settings."""

    name: str
    what: str
    config: Mapping[str, str]


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
    return (
        *per_domain,
        Topic(f"events.{INCIDENTS}", "revisions of alerts, commands and ticks; key = city", _kept(30) | _OURS),
        Topic(f"checkpoint.{INCIDENTS}", _STATE, _COMPACT_SOON),
        Topic("books", "texts of the rule books that the log has adopted; key = hash", _COMPACT),
        Topic("rulebook", "rule book and notices of holidays by which the log is judged; partition 0", _COMPACT_SOON),
        Topic("alerts", "every revision of every alert; key = alert id", _COMPACT),
        Topic("audit", "append-only trail of every alert; key = alert id", _FOREVER),
        Topic("anchors", "signed anchors over all trails; partition 0", _FOREVER),
        Topic("incidents", "every revision of every incident; key = incident id", _COMPACT),
        Topic("incident-audit", "append-only trail of every incident; key = incident id", _FOREVER),
        Topic("floods", "every alarm flood; key = flood id", _COMPACT),
        Topic("quality", "bad input with its owner; key = record id", _COMPACT),
        Topic("quarantine", "rules that raised an exception, and what waits for them; key = record id", _COMPACT),
        Topic("notices", "what the notifier has told of each alert and still owes; key = alert id or channel", _COMPACT_SOON),
        Topic("handovers", "append-only notes of shifts to those after them; key = department", _FOREVER),
        Topic("jobs", "long work that people ask for, and take back; key = job id", _kept(30) | _OURS),
        Topic("job-status", "how each job stands; key = job id", _COMPACT_SOON),
        Topic("performance", "measures of the alarm system; key = desk, district, domain or rule", _COMPACT_SOON),
        Topic("status", "newest values of subjects, and the workers' pulses", _COMPACT_SOON),
    )


def topic_name(log: str, name: str) -> str:
    """The full name of a topic of a log; ValueError where the log's name is not usable."""
    if not _LOG.fullmatch(log):
        raise ValueError(f"log name {log!r}: use 1 to 32 of a-z, 0-9 and -, beginning with a letter")
    return f"{log}.{name}"


def events_topic(log: str, domain: str) -> str:
    """The events topic of a domain in a log."""
    return topic_name(log, f"events.{domain}")


def input_topics(log: str) -> list[str]:
    """Every topic of a log that is judged: the events of its domains, and the input of its incidents."""
    return [events_topic(log, name) for name in (*domains(), INCIDENTS)]


def split_events_topic(topic: str) -> tuple[str, str]:
    """Log and domain of an events topic: `live.events.environment` → `("live", "environment")`."""
    log, _, domain = topic.partition(".events.")
    return log, domain
