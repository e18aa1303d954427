"""A worker seen from outside, for tests: what it answers over HTTP, and faults of a kind that no signal of the system gives."""

import json
import re
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.support.workers import Worker, wait_for

ANY_PORT = {"ONESCREEN_METRICS_PORT": "0"}

FAULTS = '''
"""Read by every Python that starts: SIGALRM holds up its main thread for HELD seconds, SIGVTALRM locks judging for ever.

SIGPROF: one partition of stations is not fetched any more.
"""
import os, signal, time

def hold(*_):
    time.sleep(float(os.environ["HELD"]))

def stick(*_):
    import gc
    gc.unfreeze()  # what stood when the worker took up its state is hidden from the next line else
    for one in gc.get_objects():
        if type(one).__module__ == "agents.worker.partition" and type(one).__name__ == "Partition":
            one._judging._locked = True

def stop_fetching(*_):
    import gc
    gc.unfreeze()
    for one in gc.get_objects():
        if type(one).__name__ == "AIOKafkaConsumer" and one._group_id:
            one.pause(min(tp for tp in one.assignment() if tp.topic.endswith(".events.environment")))

signal.signal(signal.SIGALRM, hold)
signal.signal(signal.SIGPROF, stop_fetching)
signal.signal(signal.SIGVTALRM, stick)
'''


def faulty(folder: Path, held: float) -> dict[str, str]:
    """Environment of a worker that obeys FAULTS."""
    (folder / "sitecustomize.py").write_text(FAULTS)
    return {"PYTHONPATH": str(folder), "HELD": str(held)}


def get(worker: Worker, path: str) -> tuple[int, bytes]:
    """Status and body of what a worker answers; its address is the one it has said last."""
    wait_for(lambda: _ports(worker), "a worker to say its address")
    connection = HTTPConnection("127.0.0.1", _ports(worker)[-1], timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _ports(worker: Worker) -> list[int]:
    return [int(port) for port in re.findall(r"metrics at http://127\.0\.0\.1:(\d+)/metrics", worker.said())]


def report(worker: Worker) -> tuple[int, dict[str, Any]]:
    """Status and body of /readyz."""
    status, body = get(worker, "/readyz")
    return status, json.loads(body)


def metrics(worker: Worker) -> dict[str, list[tuple[Mapping[str, str], float]]]:
    """All samples that a worker gives, by name, with their labels."""
    status, body = get(worker, "/metrics")
    assert status == 200
    found: dict[str, list[tuple[Mapping[str, str], float]]] = {}
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found
