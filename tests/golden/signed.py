"""`python -m tests.golden.signed`: write anew the signed logs of the corpus, their outputs and checkpoints.

As of `tests.golden.build`: once for each release, from its very commit, and never to make a red test green. Keys, acts and
chains come from the builders of the tests, so that the same code gives the same bytes.
"""

import sys
from collections.abc import Iterable

from msgspec import Struct

from agents.commands.adoption import adoption_bytes
from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.rules.book import Book, BookError
from agents.core.stage import Stage
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    Actor,
    Adoption,
    Alert,
    Incident,
    Regroup,
    TextAdoption,
    event_bytes,
    format_time,
    tick_bytes,
)
from streams.outputs import Output
from streams.signing.envelope import envelope_bytes
from streams.signing.preimage import book_digest
from tests.golden import corpus
from tests.golden.corpus import Cut, GoldenOutputs, Item, Part, statuses, store, written
from tests.golden.failing import in_place
from tests.support.events import START, SUPERVISOR, act, clean, registered
from tests.support.keeper.kept_log import KeptLog
from tests.support.signed_log import ADMIN, INCIDENTS, NOTIFIER, REGISTRAR, RULES, SCREEN, TOPIC, VERIFY, WORKER, event, records
from tests.support.signing import ENVIRONMENT, Hand

SPARE = Hand("a screen that was stolen")
STATIONS = tuple(f"air.410100.golden-{n}" for n in range(4))
HOURS, MIDDLE, CUT = 19, 6, 14
"""Hours of the log; those before it is opened where it is opened on its way; the hour at which a checkpoint is kept."""

NOTICES = Actor(id="notifier", name="通知", role="notifier")
STAGED = f"live.{INCIDENTS}"
NAMES = ("beginning", "middle")
"""Opened at its beginning, and on its way."""


class SignedCorpus(Struct, frozen=True, array_like=True):
    """A signed log: its partitions, what came out of each, and a checkpoint of each on the way and at the end."""

    name: str
    parts: list[Part]
    said: list[GoldenOutputs]
    cuts: list[Cut]


def book(name: str) -> Book:
    """The rule book of a name, as whoever judges is given it."""
    hash_, _, digest = name.partition(" ")
    if digest and book_digest("sha256", corpus.texts()[hash_]) != digest:
        raise BookError(f"another text than that of {name}")
    return corpus.book(hash_)


def stage(topic: str) -> Stage:
    """What judges a partition from its beginning."""
    if topic == STAGED:
        return Incidents(corpus.grouping(), topic, 0, verify=VERIFY)
    return Fold(corpus.book_of(next(iter(corpus.texts().values())), empty=True), topic, 0, books=book, verify=VERIFY)


class SignedWriting:
    """A signed log as it grows, and what judges it."""

    def __init__(self, name: str) -> None:
        self.name, self.log = name, KeptLog()
        self.log.series.append(self.log.key(SPARE, "screen-2"))
        self.stages = {topic: stage(topic) for topic in (TOPIC, STAGED)}
        self.values: dict[str, list[bytes]] = {topic: [] for topic in self.stages}
        self.outputs: dict[str, list[tuple[int, Output]]] = {topic: [] for topic in self.stages}
        self.held: dict[str, dict[bytes, bytes | None]] = {topic: {} for topic in self.stages}
        self.cuts: list[Cut] = []
        self.alerts: dict[str, Alert] = {}
        self.incidents: dict[str, Incident] = {}
        self.opened = False

    def put(self, value: bytes, topic: str = TOPIC) -> None:
        """Write one record, judge it, and pass on what it makes in the input of the incidents."""
        by, offset = self.stages[topic], len(self.values[topic])
        self.values[topic].append(value)
        found = list(by.run(records([value], offset)))
        self.outputs[topic] += [(offset, output) for output in found]
        self.alerts |= {each.id: each for each in found if isinstance(each, Alert)}
        self.incidents |= {each.id: each for each in found if isinstance(each, Incident)}
        for _, revision in revisions(found):
            self.put(self.log.written(revision, WORKER, INCIDENTS) if self.opened else revision, STAGED)

    def everywhere(self, *values: bytes) -> None:
        """Write records into both partitions."""
        for value in values:
            self.put(value)
            self.put(value, STAGED)

    def by(self, value: bytes, hand: Hand, to: str = ENVIRONMENT) -> bytes:
        """An event as a part writes it: signed once the log is opened."""
        return self.log.written(value, hand, to) if self.opened else value

    def tick(self, at: int) -> None:
        """Time goes on."""
        self.everywhere(self.log.tick(at) if self.opened else tick_bytes(at))

    def save(self) -> None:
        """Take a snapshot of each partition; its checkpoint holds the newest of each key."""
        for topic, by in self.stages.items():
            self.held[topic] |= by.snapshot()

    def cut(self, name: str) -> None:
        """Keep the checkpoints as they are now."""
        self.save()
        for topic, held in self.held.items():
            items: list[Item] = list(held.items())
            self.cuts.append(Cut(name, topic, 0, self.stages[topic].position, items))

    def adopt(self, at: int) -> None:
        """Adopt the first book of the corpus, in an opened log by the digest of its text."""
        hash_, text = next(iter(corpus.texts().items()))
        plain = Adoption(book=hash_, by="li", reason="例行更新")
        if not self.opened:
            self.put(adoption_bytes(plain, at))
            return
        named = TextAdoption(book=hash_, by="li", reason="例行更新", digest=book_digest("sha256", text))
        self.put(self.log.both(adoption_bytes(plain, at), RULES))  # without a digest
        self.put(self.log.both(adoption_bytes(named, at + 1_000), RULES))

    def open(self, at: int) -> None:
        """Open the log, with a chain of ticks from a time (ms) on."""
        self.log.begin = at
        self.everywhere(*self.log.start)
        self.opened = True


def write(name: str) -> SignedCorpus:
    """A whole log."""
    log = SignedWriting(name)
    if name == "beginning":
        log.open(START - MINUTE)
    log.adopt(START - MINUTE)
    for station in STATIONS:
        log.put(log.by(registered(station), REGISTRAR))
    at = START
    for number in range(HOURS):
        at = START + number * HOUR
        if name == "middle" and number == MIDDLE:
            log.open(at - HOUR)
            log.adopt(at - HOUR)
        log.tick(at)
        for n, station in enumerate(STATIONS):
            bad = (number + 3 * n) % 11 < 4
            log.put(clean(at, station, **({"o3": 210 + 10 * n, "no2": 260} if bad else {})))
        _people(log, number, at)
        log.save()
        if number == CUT:
            log.cut("noon")
    _gap(log, at)
    log.cut("end")
    parts = [Part(topic, 0, [(key, value) for _, key, value in records(values)]) for topic, values in log.values.items()]
    said = [
        GoldenOutputs(
            topic, 0, [at for at, _ in log.outputs[topic]], [written(each) for _, each in log.outputs[topic]], statuses(by)
        )
        for topic, by in log.stages.items()
    ]
    return SignedCorpus(name, parts, said, log.cuts)


def _people(log: SignedWriting, number: int, at: int) -> None:
    """What is done and forged in an hour."""
    for alert in [each for each in log.alerts.values() if each.state == "B"][:2]:
        verb, more = ("shelve", {"lasts": "30m"}) if number % 3 == 1 else ("acknowledge", {})
        press = act(alert.id, alert.occurrence, verb, id=f"{verb}-{number}-{alert.id}", subject=alert.subject, **more)
        done = log.by(press, SPARE if number in {10, 11, 12, 15} else SCREEN)
        for each in (done, done, press):  # a copy, and a forgery
            log.put(each)
    if number in {7, 8} and (open_ := [each for each in log.incidents.values() if each.state == "open" and each.open > 1]):
        first = open_[0]
        split = Regroup(incident=first.id, actor=SUPERVISOR, reason="另案", alerts=first.members[:1])
        given = {"type": "command.split", "source": "t", "id": f"s-{number}", "time": format_time(at), "subject": first.city}
        log.put(log.by(event_bytes(**given, data=split), SCREEN, INCIDENTS), STAGED)
    if number == 10:
        told = [each for each in log.alerts.values() if not each.ended][:1]
        for alert in told:
            sent = act(alert.id, alert.occurrence, "notify", id="n", subject=alert.subject, actor=NOTICES, reason="sent")
            log.put(log.by(sent, NOTIFIER))
            log.put(log.log.accepted("personal.forget", subject=alert.subject, basis="pipl-47"))
    if number in {12, 16}:
        log.put(log.log.destroyed(f"d-{number}", STATIONS[0]))
    if number == 13:
        log.everywhere(envelope_bytes(log.log.ended(SPARE, why="stolen", since=format_time(START + 3 * HOUR))))
    if log.opened and number % 5 == 0:
        log.everywhere(tick_bytes(at + 30 * MINUTE), event("clock.tick", at + DAY, {"r": "AAAAAAAAAAAAAAAAAAAAAA"}))


def _gap(log: SignedWriting, at: int) -> None:
    """A day without time, which two persons end, and another chain."""
    back = at + DAY
    resumed = log.log.both(event("clock.resumed", back, {"last": format_time(at)}), ADMIN)
    log.everywhere(log.log.chain(back), resumed, log.log.chain(back), log.log.tick(back + MINUTE))


def logs() -> Iterable[SignedCorpus]:
    """The committed logs."""
    return corpus.load("signed", list[SignedCorpus])


def main() -> None:
    """Write the file."""
    with in_place():
        found = [write(name) for name in NAMES]
    size = store("signed", found)
    count = sum(len(part.values) for each in found for part in each.parts)
    sys.stdout.write(f"{count} records, {size} bytes\n")


if __name__ == "__main__":
    main()
