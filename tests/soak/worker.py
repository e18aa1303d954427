"""`python -m tests.soak`: a slow half hour. The simulated city at a steady rate through one worker; its memory must stay flat.

First come, as fast as they go, the days in which what is remembered still fills up. Then every five seconds: resident memory of
the worker, events not yet committed, age of the newest checkpoint. The figures go to `docs/measured/soak.md`, their graph to
`docs/measured/soak.svg`. Exit 1 where memory grows faster than BOUND after the warm-up.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import linear_regression, median

import psutil
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Struct

from fixtures.city import DEFAULT, beats
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.catalogue import domains
from streams.gateways.timeline import Arrival, Beat
from streams.kafka import broker, clients
from streams.kafka.admin import create_topics
from streams.messages import DAY
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.kafka.settings import settings_in
from tests.support.workers import ROOT, Worker, wait_for

LOG = "soak"
EVERY = 5.0
"""Seconds between two samples."""

FILL = 16
"""Simulated days before the run. What is remembered of this city grows for 15 days: until of every unit 256 acts are known."""

WARM_UP = 0.25
"""The part of the run that is left out: the days before it came faster, so that buffers were larger."""

BOUND = 24.0
"""MB an hour that memory may grow after the warm-up: at 2,000 events a second about three bytes an event."""

OLDEST = 10.0
"""Seconds that a checkpoint may be old while events come: two intervals."""

Message = tuple[str, int, bytes | None, bytes]
"""Topic, partition, key and value of a record to send."""

_HOURS = 24 * 3_650
_MB = 1 << 20


class Sample(Struct, frozen=True):
    """One moment of the run: seconds since its begin, MB of the worker, events not committed, age of a checkpoint (s)."""

    at: float
    rss: float
    lag: int
    age: float


def main() -> int:
    """Run, write both files, say the verdict."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="length of the run (default %(default)s)")
    parser.add_argument("--rate", type=float, default=2_000.0, help="events and ticks a second (default %(default)s)")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "measured", help="where soak.md and soak.svg go")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        broker.start(settings)
        try:
            samples, sent = soak(settings, options.minutes * 60, options.rate)
        finally:
            broker.stop(settings)
    (options.docs / "soak.svg").write_text(graph(samples), "utf-8")
    (options.docs / "soak.md").write_text(page(samples, sent, options.rate), "utf-8")
    grown, oldest = slope(warm(samples)), max(sample.age for sample in warm(samples))
    sys.stderr.write(f"soak: {sent} records, memory {grown:+.1f} MB/h (at most {BOUND}), oldest checkpoint {oldest:.1f} s\n")
    return int(grown > BOUND or oldest > OLDEST)


def soak(settings: Settings, seconds: float, rate: float) -> tuple[list[Sample], int]:
    """Samples of the whole run and how many records were sent; the worker must reach the end of the log and stop well."""
    create_topics(settings, LOG)
    air = Air(1, load_scenario(DEFAULT))
    city = beats(air, _HOURS)
    samples: list[Sample] = []
    with Worker(settings, LOG) as worker, clients.consumer(settings) as reader:
        worker.ready()
        fill(settings, messages(up_to(air.begin + FILL * DAY, city), settings.partitions))
        wait_for(lambda: lag(settings, reader) == 0, "the days before the run to be judged", 600)
        over, sent = threading.Event(), [0]
        sender = threading.Thread(target=send, args=(settings, messages(city, settings.partitions), rate, over, sent))
        sender.start()
        began = time.monotonic()
        try:
            while (at := time.monotonic() - began) < seconds:
                samples.append(sample(settings, reader, worker, at))
                time.sleep(max(0.0, began + len(samples) * EVERY - time.monotonic()))
        finally:
            over.set()
            sender.join()
        wait_for(lambda: lag(settings, reader) == 0, "all events to be judged")
        assert worker.stop() == 0
    return samples, sent[0]


def fill(settings: Settings, filling: Iterable[Message]) -> None:
    """Send the days before the run, as fast as they go."""
    with closing(clients.producer(settings)) as producer:
        for topic, partition, key, value in filling:
            producer.send(topic, value=value, key=key, partition=partition)


def send(settings: Settings, running: Iterable[Message], rate: float, over: threading.Event, sent: list[int]) -> None:
    """The city at a steady rate until `over`; `sent[0]` counts."""
    began = time.monotonic()
    with closing(clients.producer(settings)) as producer:
        for topic, partition, key, value in running:
            producer.send(topic, value=value, key=key, partition=partition)
            sent[0] += 1
            if sent[0] % 100 == 0 and over.wait(max(0.0, began + sent[0] / rate - time.monotonic())):
                return


def up_to(tick: int, city: Iterator[Beat]) -> Iterator[Beat]:
    """The city's beats to this tick (ms), which is the last; `city` goes on after it."""
    for beat in city:
        yield beat
        if beat == tick:
            return


def messages(city: Iterable[Beat], partitions: int) -> Iterator[Message]:
    """What is sent: ticks go to every partition, all else to the partition of its key."""
    everywhere = [(events_topic(LOG, domain), number) for domain in domains() for number in range(partitions)]
    for beat in city:
        if isinstance(beat, Arrival):
            yield events_topic(LOG, beat.domain), clients.partition_of(beat.key, partitions), beat.key, beat.value
        else:
            value = events.tick(beat)
            yield from ((topic, number, None, value) for topic, number in everywhere)


def sample(settings: Settings, reader: KafkaConsumer, worker: Worker, at: float) -> Sample:
    """What is so now."""
    rss = psutil.Process(worker.process.pid).memory_info().rss / _MB
    return Sample(round(at, 1), round(rss, 1), lag(settings, reader), age(reader))


def lag(settings: Settings, reader: KafkaConsumer) -> int:
    """Events that stand in the log and are not committed."""
    group = f"onescreen-{LOG}"
    with closing(clients.admin(settings)) as admin:
        done = {TopicPartition(*place): offset.offset for place, offset in admin.list_group_offsets(group)[group].items()}
    ends = {
        TopicPartition(topic, number): end
        for topic in (events_topic(LOG, domain) for domain in domains())
        for number, end in clients.end_offsets(reader, topic).items()
    }
    return sum(end - done.get(place, 0) for place, end in ends.items())


def age(reader: KafkaConsumer) -> float:
    """Seconds since the newest checkpoint of a partition was written, of the partition where that is longest ago."""
    topics = [topic_name(LOG, f"checkpoint.{domain}") for domain in domains()]
    places = [place for topic in topics for place in clients.partitions_of(reader, topic)]
    ages = [_age(clients.newest(reader, place, lambda _: True)) for place in places]
    return max(ages)


def _age(newest: ConsumerRecord | None) -> float:
    return round(time.time() - newest.timestamp / 1_000, 1) if newest else 0.0


def warm(samples: Sequence[Sample]) -> list[Sample]:
    """The samples after the warm-up."""
    return [one for one in samples if one.at >= WARM_UP * samples[-1].at]


def slope(samples: Sequence[Sample]) -> float:
    """How fast memory grows (MB an hour): the line of least squares through the samples."""
    return 3_600 * linear_regression([one.at for one in samples], [one.rss for one in samples]).slope


def page(samples: Sequence[Sample], sent: int, rate: float) -> str:
    """The figures in words."""
    after = warm(samples)
    rss, behind, ages = ([getattr(one, name) for one in after] for name in ("rss", "lag", "age"))
    seconds = samples[-1].at
    return f"""# A slow half hour

`make soak` sends the simulated city, all five domains, at a steady rate through one worker with the whole rule book, outputs,
checkpoints and commits on. It fails where memory grows faster than {BOUND:.0f} MB an hour after the warm-up (the first
{WARM_UP:.0%} of the run), or where a checkpoint is older than {OLDEST:.0f} s while events come. `SOAK_MINUTES` sets the length.

The run begins when the worker has judged the city's first {FILL} days. What is remembered is bounded: in this city it is full
after 15 days, and a checkpoint of everything keeps to about 3.6 MB from then on.

The last run, on {os.cpu_count()} cores with the broker and the sender on the same machine:

| | |
|---|---|
| length | {seconds / 60:.1f} minutes |
| records sent | {sent:,}: {sent / seconds:,.0f} a second, {rate:,.0f} were asked for |
| memory of the worker after the warm-up | {rss[0]:.0f} MB, at the end {rss[-1]:.0f} MB, at most {max(rss):.0f} MB |
| slope of that memory | {slope(after):+.1f} MB an hour |
| events not committed | median {median(behind):,.0f}, at most {max(behind):,} |
| age of the oldest partition's newest checkpoint | median {median(ages):.1f} s, at most {max(ages):.1f} s |

![Memory, lag and checkpoint age over the run](soak.svg)
"""


def graph(samples: Sequence[Sample]) -> str:
    """Three lines over time, one below the other, as SVG."""
    panels = [
        ("memory of the worker, MB", [one.rss for one in samples]),
        ("events not committed", [float(one.lag) for one in samples]),
        ("age of the newest checkpoint, s", [one.age for one in samples]),
    ]
    return drawing(panels, samples[-1].at / 60)


def drawing(panels: Sequence[tuple[str, Sequence[float]]], length: float) -> str:
    """Three panels of a title and its values, one below the other over so many minutes, as SVG."""
    drawn = "".join(_panel(n, title, values) for n, (title, values) in enumerate(panels))
    minutes = f'<text x="760" y="612" text-anchor="end">{length:.0f} minutes</text>'
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 620" font-family="sans-serif" font-size="13">'
    return f'{head}<rect width="800" height="620" fill="#fff"/>{drawn}{minutes}</svg>\n'


def _panel(n: int, title: str, values: Sequence[float]) -> str:
    top, most = 200 * n + 30, max(values) or 1.0
    step = 700 / max(1, len(values) - 1)
    points = " ".join(f"{60 + i * step:.1f},{top + 150 * (1 - value / most):.1f}" for i, value in enumerate(values))
    return (
        f'<text x="60" y="{top - 8}">{title}</text><text x="52" y="{top + 5}" text-anchor="end">{most:,.0f}</text>'
        f'<text x="52" y="{top + 154}" text-anchor="end">0</text>'
        f'<path d="M60 {top}V{top + 150}H760" fill="none" stroke="#999"/>'
        f'<polyline points="{points}" fill="none" stroke="#1f5fa8" stroke-width="1.5"/>'
    )


if __name__ == "__main__":
    sys.exit(main())
