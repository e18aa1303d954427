"""What a screen of an opened log believes: no unsealed revision replaces a sealed one for good (C18)."""

from collections.abc import Iterator

from kafka.consumer.fetcher import ConsumerRecord
from msgspec.structs import replace

from screen.feed.believed.proofs import Proofs
from screen.feed.believed.sealed import Revision, Sealed
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.pending import Waiting
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.incidents import Incidents
from screen.feed.snapshot import Health
from screen.feed.view import View
from streams.messages import HOUR, MINUTE, SECOND, Alert, Audit, Incident, Seal, SealedHead, decode, encode
from streams.signing.chain import chained
from streams.signing.proofs.seal import signed_seal
from tests.support.events import START, act, clean, registered, tick
from tests.support.proofs.sealed import SealedLog
from tests.support.pure.alarm import raised
from tests.support.pure.view import NOW, heartbeat
from tests.support.town import alert, incident

ALERT = raised().id


class SealedScreen:
    """A screen that reads what is new of a log's topics, and pulses of its worker."""

    def __init__(self, log: SealedLog) -> None:
        self.log, self.view, self.said = log, View(), list[str]()
        self._waiting = Waiting(lambda place, why: self.said.append(f"{place} {why}"), proofs=Proofs(log.roots.logid))
        self._read: dict[str, int] = {}
        self._sent = NOW
        self.look("keys")
        self.pulse(0)

    def records(self, topic: str) -> Iterator[ConsumerRecord]:
        """What was not read of a topic yet."""
        values, begin = self.log.topics[topic], self._read.get(topic, 0)
        self._read[topic] = len(values)
        for offset, value in enumerate(values[begin:], begin):
            at = self.log.times.get(value, NOW)
            yield ConsumerRecord(f"live.{topic}", 0, -1, offset, at, 0, b"k%d" % offset, value, [], None, 0, 0, 0)

    def look(self, *topics: str) -> "SealedScreen":
        """Read what is new of these topics, in this order, in one fold."""
        for topic in topics or ("alerts", "audit", "seals"):
            for record in self.records(topic):
                self._waiting.add(topic, record)
        self.view = fold(self.view, self._waiting.taken())
        return self

    def pulse(self, seconds: int) -> None:
        """A pulse so many seconds of the worker's time later."""
        self._sent += seconds * SECOND
        self.view = fold(self.view, [heartbeat(START, self._sent)])

    def shown(self, alert: str = ALERT) -> Alert | None:
        """How an alert is shown."""
        return self.view[Alarms].find(alert)

    @property
    def marked(self) -> list[str]:
        """What bears the mark."""
        return list(self.view[Sealed].sections(self.view).get("unsealed", []))


def sealed() -> SealedScreen:
    """A screen that shows one sealed alert."""
    log = SealedLog()
    log.judge(registered(), tick(START), clean(START, o3=230))
    log.seal()
    return SealedScreen(log).look()


def newest(log: SealedLog) -> Alert:
    """The newest revision of the alert."""
    return next(alert for value in reversed(log.topics["alerts"]) if (alert := decode(value, Alert)).id == ALERT)


def test_a_true_revision_is_shown_at_once_and_never_marked() -> None:
    """Before its seal, in whatever order its trail comes; a minute after its seal it has no mark."""
    screen = sealed()
    screen.log.judge(act(ALERT, reason="已派人"))
    assert screen.look("audit", "alerts").shown() == newest(screen.log)
    screen.log.judge(tick(START + MINUTE), act(ALERT, verb="comment", id="2", reason="复查"))
    assert screen.look("alerts", "audit").shown() == newest(screen.log)
    screen.log.judge(tick(START + HOUR), clean(START + HOUR, o3=240))
    assert screen.look().shown() == newest(screen.log)
    screen.log.seal()
    screen.look()
    screen.pulse(60)
    assert (screen.shown(), screen.marked, screen.said) == (newest(screen.log), [], [])
    assert screen.view[Sealed].open == {}
    assert screen.view[Sealed].dropped == 0


def test_a_revision_waits_for_its_trail_and_no_longer() -> None:
    """Its entries in another topic may come a poll later."""
    screen = sealed()
    before = screen.shown()
    screen.log.judge(act(ALERT, reason="已派人"))
    assert screen.look("alerts").shown() == before
    assert screen.look("audit").shown() == newest(screen.log)


def test_a_screen_that_starts_shows_what_stands() -> None:
    """Seals are read first; of an alert that changed many times the newest revision is shown, without a word."""
    log = SealedLog()
    log.judge(registered(), tick(START), clean(START, o3=230), act(ALERT, reason="已派人"))
    log.seal()
    log.judge(tick(START + HOUR), clean(START + HOUR, o3=240), act(ALERT, verb="comment", id="2", reason="复查"))
    log.seal()
    screen = SealedScreen(log).look("seals").look("alerts", "audit")
    assert screen.shown() == newest(log)
    assert (screen.marked, screen.view[Sealed].dropped, screen.view[Sealed].open) == ([], 0, {})


def test_what_was_judged_before_the_seals_that_are_read_is_shown() -> None:
    """A screen reads the newest seals alone: what is older than the first of them is taken as it stands."""
    log = SealedLog()
    log.judge(registered(), tick(START), clean(START, o3=230))
    log.seal()
    log.judge(tick(START + HOUR))
    log.seal()
    del log.topics["seals"][0]
    screen = SealedScreen(log).look("seals").look("alerts", "audit")
    screen.pulse(60)
    assert (screen.shown(), screen.marked) == (newest(log), [])


def test_a_value_changed_under_the_old_head_gives_way_to_the_sealed_one() -> None:
    """C18: what the next seal of the partition does not cover goes, and the sealed revision is shown again."""
    screen = sealed()
    true = newest(screen.log)
    screen.log.topics["alerts"].append(encode(replace(true, value=1.0, state="A", rev=true.rev + 1)))
    screen.look()
    screen.log.judge(tick(START + MINUTE), tick(START + 2 * MINUTE), tick(START + HOUR))
    screen.log.seal()
    assert screen.look().shown() == true
    assert screen.view[Sealed].dropped == 1


def test_a_forged_revision_that_comes_first_gives_way_to_the_true_one() -> None:
    """C18: another value under the number and head of a revision that is not there yet; the seal covers the true one."""
    screen = sealed()
    screen.log.judge(act(ALERT, reason="已派人"))
    true = newest(screen.log)
    screen.log.topics["alerts"].insert(-1, encode(replace(true, value=1.0)))
    screen.look("audit", "alerts")
    screen.log.seal()
    assert screen.look().shown() == true
    assert screen.view[Sealed].dropped == 1


def test_a_revision_among_what_is_sealed_is_never_shown() -> None:
    """C18: a changed value, evidence or clause with the old head and number, and any within what a seal covers."""
    screen = sealed()
    true = newest(screen.log)
    forged = [replace(true, value=1.0), replace(true, evidence=()), replace(true, rev=true.rev - 1, value=1.0)]
    screen.log.topics["alerts"] += [encode(each) for each in forged]
    assert screen.look().shown() == true


def test_a_false_head_or_trail_is_dropped_and_counted() -> None:
    """C18: a head that is not the sealed one; a trail that does not continue it."""
    screen = sealed()
    true = newest(screen.log)
    screen.log.topics["alerts"].append(encode(replace(true, rev=true.rev + 1, value=1.0, head="sha256:" + "0" * 64)))
    entry = decode(screen.log.topics["audit"][-1], Audit)
    stored = chained("sha256", encode(replace(entry, n=2, rev=entry.rev + 1, prev="sha256:" + "1" * 64, hash="")))
    screen.log.topics["audit"].append(stored)
    false = decode(stored, Audit)
    screen.log.topics["alerts"].append(encode(replace(true, rev=true.rev + 1, value=1.0, audit=2, head=false.hash)))
    assert screen.look().shown() == true
    assert screen.view[Sealed].dropped == 2
    hub = Hub()
    assert hub.publish(screen.view, Health(left_out=1)).left_out == 3


def test_what_no_worker_seals_is_marked_after_fifteen_seconds() -> None:
    """A whole false alert, with a trail of its own: shown, for nothing stands against it, and marked while nobody seals it."""
    screen = sealed()
    true = newest(screen.log)
    screen.log.topics["alerts"].append(encode(replace(true, id="ff" * 16, rev=true.rev + 1)))
    screen.look()
    screen.pulse(14)
    assert (screen.shown("ff" * 16) is not None, screen.marked) == (True, [])
    screen.pulse(1)
    assert screen.marked == ["ff" * 16]
    screen.log.judge(tick(START + HOUR), tick(START + 2 * HOUR))
    screen.log.seal()
    screen.look()
    assert screen.marked == ["ff" * 16], "a seal that does not cover it takes no mark away"


def test_a_seal_of_no_worker_is_not_believed() -> None:
    """A seal under another key, or of another log, seals nothing."""
    screen = sealed()
    true = newest(screen.log)
    screen.log.topics["alerts"].append(encode(replace(true, id="ff" * 16, rev=true.rev + 1)))
    seal = decode(screen.log.topics["seals"][-1], Seal)
    heads = (replace(seal.heads[0], id="ff" * 16),)
    screen.log.topics["seals"].append(encode(signed_seal(replace(seal, n=2, heads=heads), screen.log.anchorer)))
    screen.look()
    screen.pulse(15)
    assert screen.marked == ["ff" * 16]
    assert len(screen.said) == 1


def test_a_worker_that_stands_still_marks_nothing() -> None:
    """While no pulse comes the wall says that the worker is silent; its last revisions are as true as before."""
    screen = sealed()
    screen.log.judge(act(ALERT, reason="已派人"))
    screen.look()
    assert (screen.shown(), screen.marked) == (newest(screen.log), [])


def test_a_log_that_was_never_opened_has_no_section_more() -> None:
    """No revision is held against seals, and no page hears of them."""
    view = fold(View(), [raised()])
    assert set(view[Alarms].alerts) == {ALERT}
    assert view[Sealed].sections(view) == {}


def test_a_seal_of_a_key_that_had_ended_is_none() -> None:
    """What Kafka got before the end counts for good; a seal from the moment of the end on is left out."""
    screen = sealed()
    screen.log.judge(tick(START + HOUR), clean(START + HOUR, o3=240))
    screen.log.seal()
    screen.log.end(screen.log.worker, NOW + 5)
    screen.look("alerts", "audit", "seals", "keys")
    assert screen.shown() == newest(screen.log)
    assert screen.said == []
    before = dict(screen.view[Sealed].heads)
    screen.log.judge(tick(START + 2 * HOUR), clean(START + 2 * HOUR, o3=260))
    screen.log.seal()
    screen.log.times[screen.log.topics["seals"][-1]] = NOW + 5
    screen.look()
    assert screen.view[Sealed].heads == before
    (said,) = screen.said
    assert said.endswith("a seal of none of the log's workers: the key of worker had ended by then")


def test_an_incident_told_after_the_seal_of_its_entry_is_shown() -> None:
    """Who joins a large incident has an entry at once and a revision at the next tick: a seal between covers the entry alone.

    The revision, of the entry's offset, is shown, and nothing is counted; a false one gives way to the sealed one.
    """
    first = incident(alert("live", 1, NOW), rev=7, audit=1, head="sha256:" + "1" * 64)
    told = replace(first, rev=9, audit=2, head="sha256:" + "2" * 64)
    false = replace(told, severity="blue")
    topic, partition = first.place.topic, first.place.partition

    def seal(n: int, end: int, of: Incident, revision: str) -> Seal:
        head = SealedHead("incident-audit", of.id, of.audit, of.head, revision)
        begin, kid = (0 if n == 1 else end - 2), "0" * 32
        place = {"topic": topic, "partition": partition, "begin": begin, "end": end}
        signed = {"logid": "0" * 64, "trust": "", "at": "", "sigsuite": "ed25519-sha256", "sigkid": kid, "sig": ""}
        return Seal(n=n, prev="", heads=(head,), **place, **signed)

    def shown(view: View) -> Incident:
        return view[Incidents].incidents[first.id]

    beat = replace(heartbeat(NOW, NOW), domain="incidents", offset=1_000)
    view = fold(View(), [beat, seal(1, 8, first, "sha256:a"), Revision(first, "sha256:a")])
    view = fold(view, [seal(2, 10, told, "")])  # the entry of offset 9 alone
    assert shown(view) == first
    late = fold(view, [Revision(told, "sha256:b")])
    assert (shown(late), late[Sealed].dropped) == (told, 0)
    late = fold(late, [seal(3, 12, told, "sha256:b")])
    assert (shown(late), late[Sealed].dropped, late[Sealed].open) == (told, 0, {})
    forged = fold(fold(view, [Revision(false, "sha256:c")]), [seal(3, 12, told, "sha256:b"), Revision(told, "sha256:b")])
    assert (shown(forged), forged[Sealed].dropped) == (told, 1)
