"""A log that changes its rule book while its worker runs: changed files of a book, and a town that lives on."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from agents import law
from agents.commands.adoption import adoption_bytes
from streams import catalogue
from streams.kafka import clients
from streams.messages import HOUR, Adoption, Alert, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.workers import DOMAIN, ROOT, committed, ends, produce

CLAUSES = (law.OVERSIGHT.parents[1] / "clauses" / "environment.toml").read_text("utf-8")
RULES = (catalogue.ROOT / "environment" / "rules.toml").read_text("utf-8")
CASES = {"{ o3 = 201 }": "{ o3 = 181 }", "value = 201, limit = 200": "value = 181, limit = 180", "o3 = 200 }": "o3 = 180 }"}


def draft(folder: Path) -> Path:
    """Changed files of a rule book: ozone by the hour 180 µg/m³ in place of 200, and the cases of its rule with it."""
    begin = RULES.index("[rule.gas-hourly]")
    end = RULES.index("\n[rule.", begin)
    rule = RULES[begin:end]
    for before, after in CASES.items():
        assert before in rule
        rule = rule.replace(before, after)
    files = {
        "law/environment.toml": CLAUSES.replace("o3 = 200, co", "o3 = 180, co"),
        "environment/rules.toml": RULES[:begin] + rule + RULES[end:],
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def python(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """`python -m …` as a person types it."""
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=env, capture_output=True, check=False)


class AdoptingTown:
    """One station of a log, hour by hour."""

    def __init__(self, settings: Settings, log: str) -> None:
        self.settings, self.log = settings, log
        self._subject = events.STATION.encode()
        self._home = clients.partition_of(self._subject, settings.partitions)
        self._hour = 0
        produce(settings, log, [(self._home, self._subject, events.registered())])

    def hour(self, o3: float) -> None:
        """One more hour with this ozone, and a tick before it."""
        self._hour += 1
        at = events.START + self._hour * HOUR
        ticks = [(partition, None, events.tick(at)) for partition in range(self.settings.partitions)]
        produce(self.settings, self.log, [*ticks, (self._home, self._subject, events.clean(at, o3=o3))])

    def judged(self) -> bool:
        """Whether all events are judged and in a checkpoint."""
        return committed(self.settings, self.log) == ends(self.settings, events_topic(self.log, DOMAIN))

    def alerts(self) -> list[tuple[str, float | None, float | None]]:
        """State, value and limit of every revision of the station's ozone alert."""
        records = clients.read_topic(self.settings, topic_name(self.log, "alerts"))
        found = [decode(record.value, Alert) for record in records]
        return [(each.state, each.value, each.limit) for each in found if each.rule == "gas-hourly"]

    def by_hand(self, text: bytes, hash_: str) -> None:
        """Somebody writes a text and its event without the command."""
        with closing(clients.producer(self.settings)) as to:
            to.send(topic_name(self.log, "books"), text, hash_.encode()).get(30)
        adoption = adoption_bytes(Adoption(book=hash_, by="x"), events.START)
        produce(self.settings, self.log, [(self._home, None, adoption)])
