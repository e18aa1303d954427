"""Every topic of a log with every kind of garbage in it, and all parts of the system that must not mind."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from agents.audit.anchorer import Anchorer
from agents.commands.status import look
from agents.core.rules.book import Book
from agents.jobs.alerts import newest_incidents, revisions
from agents.measures.performance_log import Follower
from agents.notifications.plan import Ways
from agents.notifications.routes import Routes
from agents.notifications.service import Notifier
from screen.feed.hub import Hub
from screen.feed.reader import Feed
from screen.feed.slices.alarms import Alarms
from streams.archive.command import archive
from streams.clock import wall_time
from streams.kafka import clients
from streams.messages import DecodeError, encode, format_time
from streams.settings import Settings
from streams.topics import events_topic, inputs, table, topic_name
from tests.support.kafka.stream import all_committed, all_judged
from tests.support.town import alert, bad, entry, station
from tests.support.workers import DOMAIN, OF_A_CITY, Outputs, Worker, city, identity, judged_purely, produce, wait_for

SECRET = b"secret-13800138000"
NOW = 1_790_000_000_000

KINDS: Mapping[str, bytes] = {
    "empty": b"",
    "no JSON": SECRET,
    "no UTF-8": b'{"id":"\xff\xfe' + SECRET + b'"}',
    "null": b"null",
    "list": b"[]",
    "empty object": b"{}",
    "wrong types": b'{"id":[],"n":"x","log":7,"at":{},"alert":1,"of":"pulse","what":"ask"}',
    "deep": b"[" * 60_000,
    "deep object": b'{"data":' * 5_000,
    "huge number": b'{"id":"x","n":' + b"9" * 4_000 + b',"rev":1e999}',
    "unknown tag": b'{"of":"' + SECRET + b'","what":"' + SECRET + b'"}',
    "MessagePack": msgspec.msgpack.encode({"offset": "x", "id": 7, "now": [], "due": "never"}),
    "number in MessagePack": b"\x07",
}
"""One record of each kind, for every topic."""


def with_bad_times(log: str) -> dict[str, list[bytes]]:
    """By topic, messages of ours that are right but for their times, or for a number."""
    red = alert(log, 1, NOW)
    own = [replace(red, **{name: "never"}) for name in ("raised_at", "changed_at", "due", "opened_at")]
    far = [replace(red, rev=2**60), replace(red, rev=2**52), replace(red, place=replace(red.place, topic="nowhere"))]
    return {
        "alerts": [encode(each) for each in (*own, *far)],
        "audit": [
            encode(replace(entry(red, 1, "raise", red.place), at="never")),
            encode(entry(red, 2**52, "raise", red.place)),
        ],
        "quality": [encode(replace(bad(log, 1, NOW), at="never"))],
        "status": [
            encode(replace(station(1, NOW), at="never")),
            encode(replace(station(1, NOW), at=format_time(NOW + 10**12))),
            encode({"of": "pulse", "domain": "environment", "partition": 77, "worker": "w", "now": "never", "sent": "x"}),
        ],
    }


def spray(settings: Settings, log: str, kinds: Iterable[str]) -> int:
    """Write garbage into every topic: under no key, keys of its own and that of a checkpoint's position; how much it was."""
    count = 0
    right = with_bad_times(log)
    with closing(clients.producer(settings)) as producer:
        for topic in table():
            places = len(producer.partitions_for(topic_name(log, topic.name)))
            for value in [*(KINDS[kind] for kind in kinds), *right.get(topic.name, ())]:
                for key in (None, b"garbage", b"\xff", b""):
                    compacted = topic.config["cleanup.policy"] == "compact"
                    if not (compacted and key is None):
                        producer.send(topic_name(log, topic.name), value, key, partition=count % places)
                        count += 1
        producer.flush()
    return count


def outputs(settings: Settings, log: str) -> Outputs:
    """What the log's workers wrote, each output once, between the garbage that anybody wrote."""
    found: Outputs = {topic: {} for topic in OF_A_CITY}
    for topic, kept in found.items():
        for record in clients.read_topic(settings, topic_name(log, topic)):
            try:
                name = identity(topic, record.value or b"")
            except DecodeError:
                continue
            mine = b'"topic":"%s"' % events_topic(log, DOMAIN).encode() in record.value  # other domains have garbage alone
            if mine and record.value not in with_bad_times(log).get(topic, ()):
                known = kept.setdefault(name, record.value)
                assert known == record.value
    return found


@contextmanager
def screened(settings: Settings, log: str) -> Iterator[Feed]:
    """A reader of a screen."""
    feed = Feed(settings, log, Hub())
    feed.start()
    try:
        yield feed
    finally:
        feed.stop()


def shown(feed: Feed, expected: Outputs) -> bool:
    """Whether the screen's reader lives and shows every alert that stands."""
    wanted = {id_ for (id_, *_) in expected["alerts"]}
    known = feed._view[Alarms]
    assert feed._thread.is_alive()
    return wanted <= {*known.versions}


def everything_holds(settings: Settings, log: str, book: Book, folder: Path, kinds: Iterable[str]) -> None:
    """Garbage stands in every topic before any part starts, comes while they run, and stands there when they start again."""
    stations = list(city(settings.partitions, stations=6, hours=30, seed=7))
    half = len(stations) // 2
    spray(settings, log, kinds)
    with screened(settings, log) as feed, Worker(settings, log, command="jobs") as jobs:
        with Worker(settings, log) as worker:
            worker.ready()
            produce(settings, log, stations[:half])
            spray(settings, log, kinds)
            wait_for(lambda: all_judged(settings, log), "the first half to be judged")
            others(settings, log, folder / "first")
            assert worker.stop() == 0
        spray(settings, log, kinds)
        with Worker(settings, log) as worker:
            worker.ready()
            produce(settings, log, stations[half:])
            wait_for(lambda: all_judged(settings, log), "the second half to be judged")
            assert worker.stop() == 0
            assert all_committed(settings, log)
            said = worker.said()
        expected = {name: found for name, found in judged_purely(book, settings, log).items() if name in OF_A_CITY}
        assert outputs(settings, log) == expected
        assert all(expected.values())
        wait_for(lambda: shown(feed, expected), "the screen to show all alerts")
        with screened(settings, log) as later:
            wait_for(lambda: shown(later, expected), "a screen that starts now to show all alerts")
        others(settings, log, folder / "second")
        wait_for(lambda: "ready" in jobs.said(), "the job worker to be ready")
        assert jobs.process.poll() is None
        assert SECRET.decode() not in said + jobs.said()
    for record in clients.read_topic(settings, topic_name(log, "quality")):
        if record.value not in {*KINDS.values()}:
            assert SECRET not in (record.value or b"")
    assert f"{log}.checkpoint." in said or not {"no JSON", "MessagePack"} & {*kinds}


def others(settings: Settings, log: str, folder: Path) -> None:
    """Archive, audit, performance, notifier, exports and `status`: each starts, reads all that is there, and ends."""
    archive(settings, log, folder.parent / "archive")
    with closing(Anchorer(replace(settings, audit_keys=folder.parent / "keys"), log, wall_time)) as anchorer:
        made = list(anchorer.step())
    assert made
    assert made[-1].entries
    with Follower(settings, log) as follower:
        follower.catch_up()
        assert follower.journal.trails
    assert list(revisions(settings, log))
    newest_incidents(settings, log)
    look(settings, log, inputs())
    with Notifier(settings, log, Ways(Routes(channels={}, routes=())), Nobody()) as notifier:
        stop = threading.Event()
        stop.set()
        notifier.run(stop.is_set)


class Nobody:
    """Sends nothing."""

    def size(self, name: str) -> int:
        """Of no channel."""
        raise KeyError(name)

    def send(self, name: str, title: str, body: str) -> bool:
        """To no channel."""
        raise KeyError(name, title, body)
