"""The alerts of a log as they stand in Kafka."""

from collections.abc import Iterator

from agents.offline.reading import RefusedError
from streams.kafka import clients
from streams.messages import Alert, Incident
from streams.settings import Settings
from streams.topics import topic_name


def revisions(settings: Settings, log: str) -> Iterator[tuple[Alert, bytes]]:
    """The revisions that compaction has left, with their bytes, in order within each alert; what is none is passed over."""
    with clients.consumer(settings) as reader:
        topic = topic_name(log, "alerts")
        for record in clients.stream(reader, topic, {}, clients.end_offsets(reader, topic)):
            if alert := clients.read(record, Alert, "jobs"):
                yield alert, record.value


def newest_alert(settings: Settings, log: str, name: str) -> Alert:
    """The newest revision of an alert; RefusedError where the log has none of this id."""
    found = [alert for alert, _ in revisions(settings, log) if alert.id == name]
    if not found:
        raise RefusedError(f"日志 {log} 中没有告警 {name!r}", f"log {log!r} has no alert {name!r}")
    return found[-1]


def newest_incidents(settings: Settings, log: str) -> list[Incident]:
    """The newest revision of each incident."""
    return clients.newest_messages(settings, topic_name(log, "incidents"), Incident, "jobs")
