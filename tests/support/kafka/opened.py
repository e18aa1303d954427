"""A log in Kafka that its roots have opened, with the keys of the parts that prove it. It demands no signature of events."""

from contextlib import closing

from streams.kafka import clients
from streams.messages import Seal, decode
from streams.settings import Settings
from streams.signing.envelope import envelope_bytes
from streams.signing.machine.keyfile import Key, write_new
from streams.signing.machine.part import key_path, trust_folder
from streams.topics import inputs, topic_name
from tests.support.signing import POLICY, Roots

MAY = {"worker-1": ["alert.revised", "order.link", "order.release", "seal"], "audit": ["anchor"], "archive": ["manifest"]}


def opened(settings: Settings, log: str) -> str:
    """Open a log: the roots' events in every partition and in `keys`, the keys in the folder of trust; the log's id."""
    partitions = {f"events.{name}": settings.partitions for name in inputs()}
    roots = Roots(log, partitions=partitions, policy=POLICY | {"signed": [], "cosigned": []})
    folder = trust_folder(settings, log)
    folder.mkdir(parents=True)
    series = [roots.opened]
    for part, may in MAY.items():
        write_new(key_path(settings, log, part), part)
        with Key(key_path(settings, log, part)) as key:
            series.append(roots.key(key, part, may=may, roles=[], to=sorted(partitions)))
    values = [envelope_bytes(each) for each in series]
    with closing(clients.producer(settings)) as to:
        for topic in ("keys", *partitions):
            for number in range(1 if topic == "keys" else settings.partitions):
                for value in values:
                    to.send(topic_name(log, topic), value, partition=number)
        to.flush()
    (folder / "log.id").write_text(roots.logid)
    return roots.logid


def seals(settings: Settings, log: str) -> list[Seal]:
    """The seals that stand in a log."""
    return [decode(record.value, Seal) for record in clients.read_topic(settings, topic_name(log, "seals"))]
