"""From an event's write to its alert in Kafka and to the wall, one event at a time.

A real broker, a worker process, a screen process and a headless Chromium on one machine. Each sample is a station of its own
whose ozone breaks the limit. The wall's time is taken in the browser, in the frame in which
the key figure of unacknowledged alerts counts it.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaConsumer
from playwright.sync_api import Page, sync_playwright

from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import Alert, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.bench.logs import remove
from tests.support.browser.screens import CHROMIUM, running_screen
from tests.support.events import START, clean, registered, tick
from tests.support.workers import ROOT, Worker, produce

UNCOUNTED = 5
"""Samples before those that count."""

LOG = "wall"
WATCH = """wall => {
  const count = () => Number(wall.querySelector('.kpi .v > span')?.textContent);
  const before = count();
  window.shown = new Promise(done => {
    const seen = () => count() > before ? done(Date.now()) : requestAnimationFrame(seen);
    seen();
  });
}"""


def name_of(number: int) -> str:
    """The name of a sample's station."""
    return f"时延{number:03}站"


def subject_of(number: int) -> str:
    """The station of a sample."""
    return f"air.410100.delay-{number:03}"


def sample(page: Page, reader: KafkaConsumer, settings: Settings, number: int) -> tuple[float, float]:
    """Milliseconds from the write of one event to its alert in Kafka and to the wall."""
    name, key = name_of(number), subject_of(number).encode()
    page.locator(".wall").evaluate(WATCH)
    value = clean(START, subject_of(number), o3=460 + number)
    with closing(clients.producer(settings, linger_ms=0)) as producer:
        producer.send(events_topic(LOG, "environment"), value=tick(START), partition=0).get(10)  # connected
        began = time.time() * 1_000
        producer.send(events_topic(LOG, "environment"), value=value, key=key)
        alerted = _alerted(reader, name)
    return alerted - began, page.evaluate("() => window.shown") - began


def _alerted(reader: KafkaConsumer, name: str) -> float:
    while True:
        for records in reader.poll(50).values():
            if any(decode(record.value, Alert).name.zh == name for record in records):
                return time.time() * 1_000


def table(delays: list[tuple[float, float]]) -> dict[str, dict[str, float]]:
    """p50, p95 and the longest of both delays, ms."""
    columns = dict(zip(("event_to_alert_ms", "event_to_wall_ms"), zip(*delays, strict=True), strict=True))
    return {
        name: {
            "p50": round(statistics.median(values), 1),
            "p95": round(statistics.quantiles(values, n=20)[18], 1),
            "max": round(max(values), 1),
        }
        for name, values in columns.items()
    }


def wall(settings: Settings, samples: int) -> dict[str, Any]:
    """The delays of so many samples, one after the other, and of five before them that are not counted."""
    create_topics(settings, LOG)
    delays = _delays(settings, samples)
    remove(settings, LOG)
    return {"samples": samples} | table(delays)


def _delays(settings: Settings, samples: int) -> list[tuple[float, float]]:
    partitions = range(settings.partitions)
    places = {number: subject_of(number).encode() for number in range(samples + UNCOUNTED)}
    with Worker(settings, LOG) as worker, running_screen(settings, LOG) as address, sync_playwright() as playwright:
        worker.ready()
        produce(settings, LOG, [(partition, None, tick(START)) for partition in partitions])
        stations = [
            (clients.partition_of(key, settings.partitions), key, registered(key.decode(), START, name_of(number)))
            for number, key in places.items()
        ]
        produce(settings, LOG, stations)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{address}/?view=alarms")
        page.locator(".map .canvas canvas").wait_for(timeout=60_000)
        with clock(settings, LOG), clients.consumer(settings) as reader:
            page.locator(".kpi .v > span").first.wait_for(timeout=60_000)
            reader.subscribe([topic_name(LOG, "alerts")])
            reader.poll(1_000)
            delays = [sample(page, reader, settings, number) for number in range(samples + UNCOUNTED)]
        browser.close()
    return delays[UNCOUNTED:]


@contextmanager
def clock(settings: Settings, log: str) -> Iterator[None]:
    """The log's clock, at its pace."""
    names = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    command = [sys.executable, "-m", "streams", "clock", "--log", log, "--speed", "1"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | names)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
