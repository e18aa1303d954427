"""The one reader of a screen's process: a thread that folds what its agents tell of a log into a View."""

import gc
import threading
import time
from collections.abc import Mapping

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from screen.feed.believed.proofs import Proofs
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.pending import TYPES, Waiting
from screen.feed.snapshot import Health, fault
from screen.feed.view import View
from screen.web.server_log import log_line
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.outputs import TRAILS
from streams.settings import Settings
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import pinned
from streams.signing.proofs.anchor import SEALS
from streams.signing.proofs.reading import KEYS
from streams.topics import topic_name

MOST_AUDIT = 20_000
"""Entries of trails, and seals, which are kept for ever, from which a screen begins: the newest, a share of each partition."""

PACE = 0.2
"""Seconds between two publications at least."""

SLOW = 1.0
"""Seconds between two publications of the map and of what else looks at all that stands, which costs most."""

BULK = 20_000
"""Messages folded at once while the log is read from its beginning: each fold looks at all that stands."""

SHARE = 0.33
"""Share of a core that goes into folding and publishing at most: where much stands it is done less often.

It is the thread's own time that counts: on a busy machine a publication that had to wait for its turn delays no other.
"""

PROBE = 1.0
"""Seconds of silence, in which a worker would have sent a pulse, after which the broker is asked whether it is there."""

PROBE_MS = 1_500
"""How long it may take to answer that. With PROBE, PACE and the pulse before it a broker's death is known within 4 s."""

FETCH = {"fetch_max_wait_ms": 50, "fetch_min_bytes": 65_536}
"""The broker collects for up to 50 ms: at 1,000 events/s the screen takes 0.21 of a core instead of 0.28."""

LIST_MS, CONNECT_MS = 5_000, 3_000
"""How long it may take to say where its topics end, when the reader begins; how long to find it."""


PULSES = "status"
"""The topic of the workers' pulses."""

FIRST = ({KEYS}, {PULSES, SEALS})
"""What is read before the rest, in this order; without the keys of an opened log no seal is believed."""


class Feed:
    """Reads from the beginning, publishes at most five times a second, and begins anew after every failure."""

    def __init__(self, settings: Settings, log: str, hub: Hub) -> None:
        self._settings, self._log = settings, log
        self._logid = _pinned(settings, log)
        proofs = {SEALS, KEYS}
        names = TYPES.keys() | proofs if self._logid else TYPES.keys() - proofs
        self._topics = {topic_name(log, name): name for name in names}
        self._hub = hub
        self._view = View()
        self._left_out = 0
        self._said = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        self._thread.join(LIST_MS / 1000 + CONNECT_MS / 1000)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._read()
            except (KafkaError, Trouble, OSError) as error:
                self._failed(str(error))
            except Exception as error:  # noqa: BLE001 - whatever it was, the wall must say so and try again
                self._failed(fault("the log", error))
            self._stop.wait(1)

    def _failed(self, trouble: str) -> None:
        log_line(f"{trouble}; trying again")
        self._hub.beat()
        self._hub.publish(
            self._view, Health(broker=False, trouble=trouble, loaded=True, left_out=self._left_out, signed=bool(self._logid))
        )

    def _read(self) -> None:
        """Read until stopped; the View that was shown stays until the new one holds all that stood in the log."""
        with clients.consumer(self._settings, bootstrap_timeout_ms=CONNECT_MS, **FETCH) as reader:
            places = [place for topic in self._topics for place in clients.partitions_of(reader, topic)]
            reader.assign(places)
            self._left_out = 0
            ends = reader.end_offsets(places, timeout_ms=LIST_MS)
            self._skip_old_audit(reader, ends)
            desk = desk_reader(self._settings, self._log, "screen")
            waiting, view = Waiting(self._leave_out, desk, Proofs(self._logid)), View()
            for names in FIRST:  # what says how far the log has come, and what is sealed of it: the rest is held against them
                first = [place for place in places if self._topics[place.topic] in names]
                rest = [place for place in places if place not in first]
                reader.pause(*rest)
                view = self._load(reader, view, waiting, {place: ends[place] for place in first})
                reader.resume(*rest)
            self._follow(reader, self._load(reader, view, waiting, ends), waiting)

    def _load(self, reader: KafkaConsumer, view: View, waiting: Waiting, ends: Mapping[TopicPartition, int]) -> View:
        """The View after all that stands before these ends."""
        while not self._stop.is_set() and any(reader.position(place) < end for place, end in ends.items()):
            self._poll(reader, waiting)
            if len(waiting) >= BULK:
                view = self._folded(view, waiting)
        return self._folded(view, waiting)

    def _folded(self, view: View, waiting: Waiting) -> View:
        return fold(view, waiting.taken(), lambda error: self._leave_out(waiting.at, fault("it", error)))

    def _leave_out(self, place: str, why: str) -> None:
        """Say that a record is left out, and count it."""
        self._left_out += 1
        log_line(f"{place} is left out: {why}")

    def _skip_old_audit(self, reader: KafkaConsumer, ends: Mapping[TopicPartition, int]) -> None:
        names = {kind.topic for kind in TRAILS}
        for long in (names, {SEALS}):
            places = [place for place in ends if self._topics[place.topic] in long]
            begins = reader.beginning_offsets(places, timeout_ms=LIST_MS) if places else {}
            for place in places:
                reader.seek(place, max(begins[place], ends[place] - MOST_AUDIT // len(places)))

    def _follow(self, reader: KafkaConsumer, view: View, waiting: Waiting) -> None:
        gc.collect()
        gc.freeze()  # modules and what stands live long: to look for cyclic garbage among them is a pause of 0.1 s
        heard = time.monotonic()
        self._show(view)
        self._hub.publish_slow()
        due, slow_due, behind = heard + PACE, heard + SLOW, False
        while not self._stop.is_set():
            news = self._poll(reader, waiting, min(PACE, max(0.0, due - time.monotonic())) if waiting else PACE)
            moment = time.monotonic()
            if news:
                heard = moment
            elif moment - heard > PROBE:
                reader.end_offsets(list(reader.assignment()), timeout_ms=PROBE_MS)
                heard = moment
            if moment >= due and (waiting or behind):
                worked = time.thread_time()
                if waiting:
                    view = self._folded(view, waiting)
                    self._show(view)
                behind = moment < slow_due
                if not behind:
                    self._hub.publish_slow()
                    slow_due = moment + SLOW
                due = moment + max(PACE, (time.thread_time() - worked) / SHARE)

    def _show(self, view: View) -> None:
        self._view = view
        trouble = self._hub.publish(
            view, Health(broker=True, loaded=True, left_out=self._left_out, signed=bool(self._logid))
        ).trouble
        if trouble not in {"", self._said}:
            log_line(trouble)
        self._said = trouble

    def _poll(self, reader: KafkaConsumer, waiting: Waiting, patience: float = PACE) -> bool:
        """Let what has come within so many seconds wait; whether anything has."""
        self._hub.beat()
        found = reader.poll(timeout_ms=int(patience * 1000))
        for place, records in found.items():
            for record in records:
                waiting.add(self._topics[place.topic], record)
        return bool(found)


def _pinned(settings: Settings, log: str) -> str:
    try:
        return pinned(settings, log)
    except KeyFileError as error:
        raise Trouble(str(error)) from None
