"""What a worker says of itself over HTTP, on stderr and to `agents status`, against what the log holds."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from streams.kafka import clients
from streams.messages import HOUR, MINUTE, Heartbeat, Quality, decode
from streams.settings import Settings
from streams.topics import events_topic, inputs, topic_name
from tests.support import events
from tests.support.kafka.seen import ANY_PORT, faulty, get, metrics, report
from tests.support.kafka.stream import all_committed, all_judged
from tests.support.workers import DEADLINE, DOMAIN, ROOT, Message, Worker, city, ends, produce, wait_for


def _of_domain(samples: Iterable[tuple[dict[str, str], float]], topic: str) -> dict[int, float]:
    return {int(labels["partition"]): value for labels, value in samples if labels["topic"] == topic}


def test_metrics_agree_with_the_log(broker: Settings, log: str) -> None:
    """Events, alerts and quality records by reason are as many as the topics hold; lag, subjects and time are the log's.

    A second worker on the same port ends with 1 and says what to set.
    """
    hours, began, topic = 72, time.time(), events_topic(log, DOMAIN)
    produce(broker, log, city(broker.partitions, stations=8, hours=hours, seed=7))
    with Worker(broker, log, **ANY_PORT) as worker:
        worker.ready()
        wait_for(lambda: all_committed(broker, log), "all events to be judged")
        wait_for(lambda: sum(_of_domain(metrics(worker)["onescreen_subjects"], topic).values()) == 8, "all subjects to be told")
        seen = metrics(worker)
        assert get(worker, "/nothing")[0] == 404
        port = worker.said().split("127.0.0.1:")[1].split("/")[0]
        with Worker(broker, log, ONESCREEN_METRICS_PORT=port) as second:
            assert second.process.wait(60) == 1
            assert f"port {port} of 127.0.0.1 cannot be had for metrics" in second.said()
            assert "ONESCREEN_METRICS_PORT" in second.said()
    end = ends(broker, topic)
    assert _of_domain(seen["onescreen_events_total"], topic) == end
    assert _of_domain(seen["onescreen_alerts_total"], topic) == ends(broker, topic_name(log, "alerts"))
    quality = [decode(record.value, Quality) for record in clients.read_topic(broker, topic_name(log, "quality"))]
    reasons = Counter((record.place.partition, record.reason) for record in quality)
    assert len({reason for _, reason in reasons}) > 3
    counted = {(int(at["partition"]), at["reason"]): n for at, n in seen["onescreen_quality_records_total"]}
    assert counted == reasons
    assert sum(n for at, n in seen["onescreen_batch_events_sum"] if at["topic"] == topic) == sum(end.values())
    assert set(_of_domain(seen["onescreen_lag_events"], topic).values()) == {0}
    tick = (events.START + hours * HOUR + MINUTE) / 1000
    assert set(_of_domain(seen["onescreen_last_tick_timestamp_seconds"], topic).values()) == {tick}
    assert all(began < at < time.time() for _, at in seen["onescreen_checkpoint_timestamp_seconds"])
    for name in ("checkpoint_seconds_count", "checkpoint_bytes_sum", "batch_seconds_sum", "commit_seconds_count"):
        assert sum(value for _, value in seen[f"onescreen_{name}"]) > 0, name
    assert seen["onescreen_rebalance_seconds_count"][0][1] >= 1
    assert seen["onescreen_ready"] == seen["onescreen_healthy"] == [({}, 1)]
    assert 50e6 < seen["process_resident_memory_bytes"][0][1] < 500e6


def _crowd(partitions: int, subjects: int) -> Iterable[Message]:
    for n in range(subjects):
        key = f"air.410100.{n:06}"
        yield clients.partition_of(key.encode(), partitions), key.encode(), events.registered(key)


def test_a_worker_in_recovery_is_healthy_but_not_ready_and_says_how_far_it_is(broker: Settings, log: str) -> None:
    """While the state of 40,000 subjects is read back: /readyz 503 with offsets that only grow, /healthz 200; then both 200."""
    produce(broker, log, _crowd(broker.partitions, 40_000))
    with Worker(broker, log) as worker:
        wait_for(lambda: all_judged(broker, log), "all subjects to be registered")
        assert "metrics at" not in worker.said(), "without the setting a worker does not listen"
        assert worker.stop() == 0
    halfway: list[int] = []
    with Worker(broker, log, **ANY_PORT) as worker:
        deadline = time.monotonic() + 120
        while (answer := report(worker))[0] != 200:
            status, body = answer
            assert status == 503
            assert body["state"] in {"joining", "recovering"}
            assert get(worker, "/healthz")[0] == 200
            assert time.monotonic() < deadline
            halfway += [one["read"] for one in body["partitions"] if one["topic"].endswith(DOMAIN) and one["partition"] == 0]
        assert answer[1]["state"] == "ready"
        held = [one for one in answer[1]["partitions"] if one["topic"].endswith(DOMAIN)]
        seen = metrics(worker)
    assert halfway == sorted(halfway)
    end = held[0]["end"]
    assert any(0 < read < end for read in halfway), f"recovery to {end} was seen only at {halfway}"
    assert {one["partition"]: one["end"] for one in held} == ends(broker, topic_name(log, f"checkpoint.{DOMAIN}"))
    assert all(one["read"] == one["end"] for one in held)
    assert _of_domain(seen["onescreen_recovery_read_offset"], events_topic(log, DOMAIN))[0] == end
    assert seen["onescreen_recovery_seconds"][0][1] > 0


def test_a_hung_loop_fails_health_until_it_comes_round(broker: Settings, log: str, tmp_path: Path) -> None:
    """The loop is held up for 20 s: /healthz and /readyz 503 though /metrics answers; 200 again when it goes on."""
    with Worker(broker, log, **ANY_PORT, **faulty(tmp_path, held=20)) as worker:
        worker.ready()
        assert get(worker, "/healthz")[0] == report(worker)[0] == 200
        worker.process.send_signal(signal.SIGALRM)
        wait_for(lambda: get(worker, "/healthz")[0] == 503, "the hung loop to be seen", seconds=18)
        status, body = report(worker)
        assert (status, body["state"]) == (503, "hung")
        assert metrics(worker)["onescreen_healthy"] == [({}, 0)]
        wait_for(lambda: get(worker, "/healthz")[0] == report(worker)[0] == 200, "the loop to come round")


def _status(settings: Settings, *options: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    command = [sys.executable, "-m", "agents", "status", *options]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def _in_a_terminal(settings: Settings, *options: str) -> str:
    names = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    env = os.environ | names | {"TERM": "xterm-256color", "COLUMNS": "160"}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "agents", "status", *options]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # the terminal is gone when the process has ended
            while part := os.read(ours, 65_536):
                shown += part
        os.close(ours)
        assert process.wait(30) == 0
    return shown.decode()


def test_status_is_a_table_for_a_person_and_json_for_a_program(broker: Settings, log: str) -> None:
    """A row or line for each partition of domains and incidents; no colour while all is well; without a worker exit 1.

    Of a log that nobody ever judged: exit 1, every partition named, and what to run.
    """
    never = _status(broker, "--log", log, "--domain", DOMAIN)
    assert (never.returncode, never.stdout) == (1, "")
    assert all(f"{DOMAIN}/{partition}" in never.stderr for partition in range(broker.partitions))
    assert f"python -m agents worker --log {log}" in never.stderr
    produce(broker, log, city(broker.partitions, stations=8, hours=24, seed=7))
    stages = inputs()
    count = len(stages) * broker.partitions
    with Worker(broker, log) as worker:
        worker.ready()
        wait_for(lambda: _status(broker, "--log", log).returncode == 0, "pulses of all partitions")
        heartbeats = [decode(line.encode(), Heartbeat) for line in _status(broker, "--log", log).stdout.splitlines()]
        assert sorted((heartbeat.domain, heartbeat.partition) for heartbeat in heartbeats) == sorted(
            (stage, partition) for stage in stages for partition in range(broker.partitions)
        )
        assert all(heartbeat.saved for heartbeat in heartbeats)
        table = _in_a_terminal(broker, "--log", log)
        assert table.count(f"worker-{worker.process.pid}") == count
        assert "last tick" in table
        assert "\x1b[31m" not in table
        assert "\x1b[33m" not in table
        assert _in_a_terminal(broker, "--log", log, "--json").count('"of":"pulse"') == count
        worker.kill()
    places = ", ".join(f"{DOMAIN}/{partition}" for partition in range(broker.partitions))
    said = f"nobody judges {places} of {log}"
    wait_for(lambda: said in _status(broker, "--log", log, "--domain", DOMAIN).stderr, "all pulses to be too old")
    assert _status(broker, "--log", log, "--domain", DOMAIN).returncode == 1


@pytest.mark.parametrize("command", ["worker", "watch"])
def test_a_wrong_setting_is_named(broker: Settings, command: str) -> None:
    """A port that is no number: exit 2, at once, with its name and what would do."""
    with Worker(broker, "nowhere", command=command, ONESCREEN_METRICS_PORT="http") as worker:
        assert worker.process.wait(DEADLINE) == 2
        assert "ONESCREEN_METRICS_PORT is 'http': give a whole number from 0 to 65535" in worker.said()
