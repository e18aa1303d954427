"""A log changes its rule book while its worker runs; a kill, a restart and a replay of the archive keep to it."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from agents import law
from agents.commands.adoption import adoption_bytes
from streams import catalogue
from streams.kafka import clients
from streams.messages import HOUR, Adoption, Alert, Quality, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.kafka.replayed import replayed
from tests.support.workers import DOMAIN, ROOT, Worker, committed, ends, folded, incidents, outputs, produce, wait_for

CLAUSES = (law.DEPARTMENTS.parent / "clauses" / "environment.toml").read_text("utf-8")
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


def test_a_running_worker_takes_up_another_rule_book(broker: Settings, log: str, tmp_path: Path) -> None:
    """190 is no alert by 200 and one by 180, from the event on; after SIGKILL too, and in the replay of the archive."""
    town = AdoptingTown(broker, log)
    rules = str(draft(tmp_path / "draft"))
    with Worker(broker, log) as worker:
        worker.ready()
        town.hour(190)
        wait_for(town.judged, "the old book to judge")
        done = python(broker, "agents", "rules", "adopt", "--rules", rules, "--log", log, "--by", "li", "--reason", "新标准")
        assert done.returncode == 0, done.stderr.decode()
        town.hour(190)
        wait_for(town.judged, "the new book to judge")
        assert town.alerts() == [("B", 190, 180)]
        assert "not the one in the files of this worker" in worker.said()
        worker.kill()
    town.hour(170)
    with Worker(broker, log) as worker:
        worker.ready()
        town.hour(185)
        wait_for(town.judged, "the restarted worker to judge")
        assert town.alerts()[1:] == [("D", 190, 180), ("B", 185, 180)]
        assert "not the one in the files of this worker" in worker.said()
        town.by_hand(b'{"rules": 7}', "0" * 32)
        town.hour(195)
        wait_for(town.judged, "the worker to go on behind a text that is no rule book")
        assert town.alerts()[-1] == ("B", 195, 180)
        wait_for(lambda: folded(broker, log), "all alerts to be folded")
        assert worker.stop() == 0
    live = outputs(broker, log) | incidents(broker, log)
    bad = [decode(value, Quality) for value in live["quality"].values()]
    assert [each.reason for each in bad] == ["unusable-book"]
    archive = str(tmp_path / "archive")
    assert python(broker, "streams", "archive", "--log", log, "--out", archive).returncode == 0
    judged = python(broker, "agents", "judge", archive)
    assert judged.returncode == 0, judged.stderr.decode()
    assert replayed(judged.stdout) == live


def test_a_broken_rule_book_never_reaches_the_log(broker: Settings, log: str, tmp_path: Path) -> None:
    """The refusal names file and line; neither the topic of texts nor the events have anything of it."""
    folder = draft(tmp_path / "draft")
    file = folder / "environment" / "rules.toml"
    text = file.read_text("utf-8").replace('judge = "limit"', 'judge = "limits"', 1)
    file.write_text(text, "utf-8")
    refused = python(broker, "agents", "rules", "adopt", "--rules", str(folder), "--log", log)
    line = text[: text.index('judge = "limits"')].count("\n") + 1
    assert refused.returncode == 1
    assert f"{file}:{line}: " in refused.stderr.decode()
    assert "judge 'limits' is unknown" in refused.stderr.decode()
    assert not clients.read_topic(broker, topic_name(log, "books"))
    assert not clients.read_topic(broker, events_topic(log, DOMAIN))
