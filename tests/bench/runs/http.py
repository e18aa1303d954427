"""The gateway of HTTP: batches of one size from some senders at once, each answered when it is on the disk."""

import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.bench.report import say
from tests.bench.sizes import Sizes
from tests.support.gateways.http import BATCH, TOKEN, event
from tests.support.gateways.http_process import HttpGatewayProcess

LOG = "bench-http"

BATCHES = (1, 100, 1_000)
"""Events of a post: a device's own, and what Telegraf and Vector send at once by default."""

SENDERS = 4
"""Connections that post one after the other, below the eight that one sender may have."""


def http_posts(settings: Settings, sizes: Sizes) -> list[dict[str, Any]]:
    """A row for each size of a batch."""
    create_topics(settings, LOG)
    with tempfile.TemporaryDirectory() as folder, HttpGatewayProcess(settings, LOG, Path(folder), rate=10_000_000) as gateway:
        return [_row(gateway.port, batch, sizes.post_seconds) for batch in BATCHES]


def _row(port: int, batch: int, seconds: int) -> dict[str, Any]:
    say(f"posts of {batch}")
    answers: list[list[float]] = [[] for _ in range(SENDERS)]
    until = time.monotonic() + seconds
    senders = [
        threading.Thread(target=_send, args=(port, _bodies(f"{batch}-{number}", batch), until, answers[number]))
        for number in range(SENDERS)
    ]
    began = time.monotonic()
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    took, found = time.monotonic() - began, sorted(ms for some in answers for ms in some)
    return {
        "batch": batch,
        "posts": len(found),
        "events_per_s": round(len(found) * batch / took),
        "p50_ms": round(statistics.median(found), 1),
        "p99_ms": round(statistics.quantiles(found, n=100)[98], 1),
        "max_ms": round(found[-1], 1),
    }


def _send(port: int, bodies: Iterator[bytes], until: float, answers: list[float]) -> None:
    """Post until the time is over, and note how long each answer took (ms)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": BATCH}
    while time.monotonic() < until:
        body = next(bodies)
        began = time.monotonic()
        connection.request("POST", "/events", body, headers)
        response = connection.getresponse()
        said = response.read()
        answers.append((time.monotonic() - began) * 1_000)
        if response.status != http.client.ACCEPTED:
            raise AssertionError(f"a post was answered by {response.status}: {said[:200]!r}")
    connection.close()


def _bodies(name: str, batch: int) -> Iterator[bytes]:
    """Batches of events that nobody has posted before: one is made, and its ids are told apart by its number."""
    plain = json.dumps([event(f"{name}-{n}-NUMBER", subject=f"air.{n % 100}") for n in range(batch)]).encode()
    number = 0
    while True:
        number += 1
        yield plain.replace(b"NUMBER", str(number).encode())
