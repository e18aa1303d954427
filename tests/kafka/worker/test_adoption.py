"""A log changes its rule book while its worker runs; a kill, a restart and a replay of the archive keep to it."""

from pathlib import Path

from streams.kafka import clients
from streams.messages import Quality, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.kafka.adopting import AdoptingTown, draft, python
from tests.support.kafka.replayed import replayed
from tests.support.workers import DOMAIN, Worker, all_outputs, folded, wait_for


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
    live = all_outputs(broker, log)
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
