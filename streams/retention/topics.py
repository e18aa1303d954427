"""How long the topics of a log really keep their records, as Kafka says; one under its floor is refused."""

from collections.abc import Mapping
from contextlib import closing

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from streams.command import Trouble
from streams.kafka import clients
from streams.retention.bounds import Kept, judged, keepings, refusals
from streams.settings import Settings
from streams.topics import topic_name


def found(settings: Settings, log: str) -> list[Kept]:
    """Every topic of a log as Kafka keeps it, the cluster's defaults counted; Trouble where Kafka does not say."""
    asked = {topic_name(log, name): keeping for name, keeping in keepings().items()}
    try:
        with closing(clients.admin(settings)) as admin:
            there = [name for name in admin.list_topics() if name in asked]
            resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
            told: Mapping[str, Mapping[str, Mapping[str, str]]] = admin.describe_configs(resources)["topic"] if there else {}
    except KafkaError as error:
        raise Trouble(
            f"Kafka does not say how long the topics of log {log!r} are kept: {error}. With access control the part needs the "
            "right DescribeConfigs: run `python -m streams kafka access --grant`"
        ) from error
    plain = {name: {key: each["value"] for key, each in its.items()} for name, its in told.items()}
    return [judged(keeping, plain.get(name)) for name, keeping in asked.items()]


def refuse_under_floor(settings: Settings, log: str) -> None:
    """Trouble where a topic of the log is under the floor that law sets: what was found, what is demanded, and what to do."""
    if said := list(refusals(found(settings, log), log, settings.bootstrap)):
        raise Trouble(
            "\n  ".join([f"{len(said)} topics of log {log!r} are under their floor (docs/operate/retention.md):", *said])
        )
