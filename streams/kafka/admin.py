"""`python -m streams topics`: create the topics of a log from the one table, idempotently; list them; report drift."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import msgspec
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError, for_code

from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.series import copy, series_of
from streams.settings import Settings, load
from streams.topics import LIVE, Topic, input_topics, table, topic_name

_OWN = "DYNAMIC_TOPIC_CONFIG"


def create_topics(settings: Settings, log: str) -> list[str]:
    """Create what is missing of a log's topics, and return their names.

    Trouble lists every topic that is there but differs from the table, and what to do. Nothing is changed by itself:
    another number of partitions would send a key to another partition than its past.
    In a log that was opened a new topic of events begins with all that the log's roots have said.
    """
    wanted = {topic_name(log, topic.name): topic for topic in table()}
    series = series_of(settings, log)
    _refuse_other_numbers(settings, log, series.trust.partitions)
    with closing(clients.admin(settings)) as admin:
        missing = sorted(set(wanted) - set(admin.list_topics()))
        created = _create(admin, settings, {name: wanted[name] for name in missing})
        drift = _drift(admin, settings, wanted)
    copy(settings, log, series, sorted(set(created) & set(input_topics(log))))
    if drift:
        raise Trouble("\n  ".join([f"{len(drift)} differences between log {log!r} and the table:", *drift]))
    return created


def _refuse_other_numbers(settings: Settings, log: str, opened: Mapping[str, int]) -> None:
    """Trouble where the settings have another number of partitions than the log was opened with: key to partition is signed."""
    if other := sorted({number for number in opened.values() if number != settings.partitions}):
        raise Trouble(
            f"log {log!r} was opened with {other[0]} partitions, the settings say {settings.partitions}: set "
            f"ONESCREEN_PARTITIONS={other[0]}; another number needs a log that follows it (docs/operate/keys.md)"
        )


def _create(admin: KafkaAdminClient, settings: Settings, missing: Mapping[str, Topic]) -> list[str]:
    if not missing:
        return []
    asked = {
        name: {
            "num_partitions": topic.partitions or settings.partitions,
            "replication_factor": settings.replication,
            "configs": dict(topic.config),
        }
        for name, topic in missing.items()
    }
    answer = admin.create_topics(asked, raise_errors=False)["topics"]
    errors = {topic["name"]: for_code(topic["error_code"]) for topic in answer if topic["error_code"]}
    refused = [topic for topic in answer if topic["name"] in errors and errors[topic["name"]] is not TopicAlreadyExistsError]
    if refused:
        reasons = (f"{topic['name']}: {errors[topic['name']].__name__}, {topic['error_message']}" for topic in refused)
        raise Trouble(
            "\n  ".join(
                ["Kafka refuses to create topics (check ONESCREEN_REPLICATION; with access control only admin may):", *reasons]
            )
        )
    admin.wait_for_topics(list(missing))
    return [name for name in missing if name not in errors]


def _drift(admin: KafkaAdminClient, settings: Settings, wanted: Mapping[str, Topic]) -> list[str]:
    partitions, configs = _partitions(admin, wanted), _configs(admin, wanted)
    sizes = {name: len(partitions[name]) for name in wanted}
    return [
        *(
            _other_size(name, size, wanted[name].partitions, settings)
            for name, size in sizes.items()
            if size != (wanted[name].partitions or settings.partitions)
        ),
        *(
            _other_config(name, key, configs[name].get(key), topic.config.get(key), settings)
            for name, topic in wanted.items()
            for key in sorted({*configs[name], *topic.config})
            if configs[name].get(key) != topic.config.get(key)
        ),
    ]


def _other_size(name: str, found: int, wanted: int, settings: Settings) -> str:
    if wanted:
        return f"{name} has {found} partitions, the table says {wanted}: delete the topic if it is empty, and make it anew"
    return (
        f"{name} has {found} partitions, the settings say {settings.partitions}: set ONESCREEN_PARTITIONS={found}, "
        "or begin a log of another name (partitions are never added: keys would leave their past behind)"
    )


def _other_config(name: str, key: str, found: str | None, wanted: str | None, settings: Settings) -> str:
    change = f"{key}={wanted}" if wanted is not None else f"{key}=del()"
    return (
        f"{name} has {key}={found}, the table says {wanted}: run "
        f"`python -m kafka.admin -b {settings.bootstrap} configs alter -r topic -n {name} -c '{change}'`"
    )


def _partitions(admin: KafkaAdminClient, names: Iterable[str]) -> dict[str, list[TopicPartition]]:
    return {
        topic["name"]: [TopicPartition(topic["name"], one["partition_index"]) for one in topic["partitions"]]
        for topic in admin.describe_topics(list(names))
    }


def _configs(admin: KafkaAdminClient, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """The settings that each topic has of its own; the broker's defaults are not among them."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    return {
        name: {key: value["value"] for key, value in found.items() if value["config_source"] == _OWN}
        for name, found in admin.describe_configs(asked)["topic"].items()
    }


def list_topics(settings: Settings, log: str | None = None) -> list[dict[str, Any]]:
    """The topics of a log, or of all logs: name, what it is for, partitions, own settings, and records between its ends."""
    known = {topic.name: topic.what for topic in table()}
    with clients.consumer(settings) as reader, closing(clients.admin(settings)) as admin:
        names = [name for name in sorted(admin.list_topics()) if _belongs(name, log, known)]
        if not names:
            return []
        partitions, configs = _partitions(admin, names), _configs(admin, names)
        places = [place for name in names for place in partitions[name]]
        begin, end = reader.beginning_offsets(places), reader.end_offsets(places)
    return [
        {
            "topic": name,
            "what": known[name.partition(".")[2]],
            "partitions": len(partitions[name]),
            "config": configs[name],
            "messages": sum(end[place] - begin[place] for place in partitions[name]),
        }
        for name in names
    ]


def _belongs(name: str, log: str | None, known: Mapping[str, str]) -> bool:
    prefix, _, rest = name.partition(".")
    return rest in known and log in {None, prefix}


def main(arguments: list[str]) -> int:
    """Run `python -m streams topics …`: `create` says on stderr what it made, `list` prints one JSON line a topic."""
    parser = argparse.ArgumentParser(prog="python -m streams topics", description=__doc__)
    parser.add_argument("act", choices=["create", "list"])
    parser.add_argument("--log", help=f"name of the log (create: {LIVE}; list: all logs)")
    options = parser.parse_args(arguments)
    settings = load()
    if options.act == "list":
        for topic in list_topics(settings, options.log):
            sys.stdout.write(msgspec.json.encode(topic).decode() + "\n")
        return 0
    created = create_topics(settings, options.log or LIVE)
    sys.stderr.write(f"topics: {len(created)} made for log {options.log or LIVE!r}, {len(table()) - len(created)} were there\n")
    return 0
