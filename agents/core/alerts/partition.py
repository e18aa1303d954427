"""What is known of one partition of an events topic, and how a restart is survived. `agents.core.alerts.fold` moves it on."""

from collections.abc import Iterable
from itertools import islice
from zlib import crc32

from msgspec import UNSET, msgpack

from agents.core import intake
from agents.core.alerts.adopt import Books, Switch, switch
from agents.core.alerts.alarm import Cause
from agents.core.alerts.coupling.matter import fault_of
from agents.core.alerts.decide import Command, Output, Renewal, decide
from agents.core.alerts.entry import Entry
from agents.core.alerts.memory import SubjectMemory
from agents.core.alerts.retry import holds, retry
from agents.core.alerts.state import Subject
from agents.core.intake import Refused, Source
from agents.core.position import POSITION, TRUST, position_bytes, position_of, trust_in
from agents.core.rules.book import Book
from agents.core.signs.counts import Counts, taken_out
from agents.core.told import Day, end_of_day, sum_of
from agents.core.trusted import LogTrust
from streams.calendar.holidays import Notice
from streams.messages import MINUTE, SIGN_FACTS, Act, Event, Place, Redacted, SubjectStatus, format_time, is_ours
from streams.signing.keys import Verify
from streams.signing.state import Trust
from streams.topics import split_events_topic

MAX_SUBJECT = 200
"""Characters of the longest subject."""

FRESH = MINUTE
"""How much (ms) later than what was told the newest fact of a subject is told though it changed no value; a choice: what the
screen shows of it is when it was last heard of, and the shortest time that a domain asks about is in minutes."""

LOOKS = 2
"""How many subjects are looked at for each that may be told; a choice: a look costs half of telling."""

_TIMES_KEPT = 4_096


class PartitionState:
    """Where a partition stands, by which book it is judged, and its subjects.

    `position` is the next offset to judge; `refused` the newest that was refused whole (-1 for none since the start); `now` the
    newest tick (ms); `bounded`: no tick is believed that is far ahead of it;
    `notices` those of holidays that came; `adopted` the name of the rule book that the log has told it to judge by, None while
    that is the one it began with; `books` gives such books. `keyed`: the record's key must be its subject (it is not where the
    records come from a plain file). `trusted`: what it trusts, by what `verify` says of signatures; `plans`: by
    type, the facts that it judges without asking that. `counts`: what is counted for the signs of the city.
    """

    def __init__(
        self, book: Book, topic: str, partition: int, *, keyed: bool, books: Books, verify: Verify, counts: Counts
    ) -> None:
        self.trusted = LogTrust(topic, partition, verify, keyed=keyed)
        self.judge_by(book)
        self.books = books
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.refused = -1
        self.now: int | None = None
        self.bounded = False
        self.notices: tuple[Notice, ...] = ()
        self.adopted: str | None = None
        self.memory = SubjectMemory(self.domain)
        self.day = Day()
        self.files = False
        self.counts = counts
        self._times: dict[str, int] = {}

    def judge_by(self, book: Book) -> None:
        """From here on judge by this book; or by the same one, where what needs a signature is another."""
        self.book = book
        self.plans = self.trusted.free(book.plans)

    @property
    def trust(self) -> Trust:
        """What the partition trusts."""
        return self.trusted.state

    @property
    def unjudged(self) -> int:
        """How many facts of the partition's day no rule judged."""
        return self.day.unjudged

    @property
    def known(self) -> int:
        """How many subjects are remembered."""
        return len(self.memory.entries)

    @property
    def subjects(self) -> dict[str, Subject]:
        """What is remembered, by subject; put together for whoever asks."""
        return {name: self.memory.looked_at(entry, self.book) for name, entry in self.memory.entries.items()}

    @property
    def evicted(self) -> int:
        """How many subjects are at rest."""
        return self.memory.evicted

    def has(self, subject: str, act: Act) -> bool:
        """Whether a subject has the alert that an act names, or the alarm (`rule` or `rule/item`) of this domain."""
        entry = self.memory.entries.get(subject)
        if entry is None:
            return False
        known = self.memory.looked_at(entry, self.book)
        if act.alert:
            return known.knows_alert(act.alert)
        bound = self.book.bounds.get(act.alarm)
        return bound is not None and bound.rule.domain == self.domain and bound.concerns(known)

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of every subject changed since the last snapshot, and of the position, which is always last."""
        told = self.day.saved()
        position = position_bytes(
            self.position,
            self.now,
            self.notices,
            self.adopted,
            told,
            bounded=self.bounded,
            opened=self.trusted.opened is not None,
            filed=self.day.filed(),
        )
        return [*self.memory.saved(), *self.counts.saved(), *self.trusted.saved(), (POSITION, position)]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win.

        CheckpointError where a later program wrote it, BookError where its rule book cannot be used.
        """
        newest = dict(items)
        held = position_of(newest, self.topic, self.partition)
        if held is None:
            return
        self.trusted.take_up(trust_in(newest, held, self.topic, self.partition))
        newest = {key: value for key, value in newest.items() if key not in {POSITION, TRUST}}
        self.position, self.now, self.notices, self.adopted = held.offset, held.now, held.notices, held.adopted
        self.day.take_up(held.told, held.filed)
        self.bounded = held.bounded is True
        book = self.book if held.adopted is None else self.books(held.adopted)
        for notice in held.notices:
            book = book.with_notice(notice)
        self.judge_by(book)
        self.counts.take_up(taken_out(newest), held.now or 0)
        self.memory.take_up(newest.items())

    def statuses(self, limit: int) -> list[SubjectStatus]:
        """The newest values of at most `limit` subjects of which something to be seen changed, longest waiting first."""
        news = (_news(self, entry) for entry in self.memory.untold(LOOKS * limit))
        return list(islice((status for status in news if status), limit))

    def decide(self, entry: Entry, event: Command | Renewal | Switch, out: list[Output]) -> None:
        """Let an event that is no fact do to one subject what it does."""
        subject = self.memory.at_hand(entry, self.book)
        due, held = subject.due, subject.held
        timed = self.memory.timed(entry, self.book)
        key = holds(subject, event) if isinstance(event, Command) else None
        if isinstance(event, Switch):
            switch(subject, timed, event, out)
        elif key is None:
            decide(self.book, subject, timed, event, out)
        elif isinstance(event, Command):
            retry(self.book, subject, key, event, out)
        if held or subject.held:
            entry.ways = {}
        self.memory.await_wake(subject, due)
        self.memory.touch(entry)

    def cause(self, offset: int, value: bytes, at: int, kid: str = "") -> Cause:
        """A record of this partition with its event time (ms) as the cause of what follows; before the first tick it is now.

        `kid`: the key that has signed it.
        """
        now = at if self.now is None else self.now
        return Cause(Place(self.topic, self.partition, offset), value, at, now, log=self.trusted.opened, kid=kid)

    def check_key(self, subject: str, key: bytes | None) -> None:
        """Refuse a fact or an act that names no subject, or another one than its record's key does."""
        if not subject:
            raise Refused("not-cloudevent", "a fact or an act needs a subject", "$.subject")
        if len(subject) > MAX_SUBJECT:
            raise Refused(
                "not-cloudevent", f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed", "$.subject"
            )
        if self.keyed and key != subject.encode():
            what = (
                f"the record's key, of {len(key)} bytes, is not its subject"
                if key
                else "the record has no key: it must be its subject"
            )
            raise Refused("key-mismatch", what, "$.subject")

    def time(self, text: str) -> int:
        """The time of a record (ms); Refused where it is none."""
        at = intake.time_of(text)
        if text[19:20] != ".":  # one to the millisecond hardly comes again
            if len(self._times) >= _TIMES_KEPT:
                self._times.clear()
            self._times[text] = at
        return at

    def tell(self, refused: Refused, event: Event, offset: int, value: bytes, out: list[Output], detail: str = "") -> None:
        """Tell of what is wrong with an event that is judged all the same: once a day for each kind, counted after that."""
        if self.day.first(refused, event, detail, offset, len(value)):
            self.refuse(refused, offset, value, out)

    def end_day(self, now: int, out: list[Output]) -> None:
        """Tell how many came after what was told once today, where at `now` (ms) another day has begun."""
        self.day.ends = end_of_day(now)
        if self.now is None or self.day.ends == end_of_day(self.now):
            return  # the first tick, or the first one after a restart
        for each in self.day.over():
            owner = self.book.owner(each.kind.type)
            out.append(sum_of(each, self.topic, self.partition, owner, self.log, self.domain, now))

    def refuse(self, refused: Refused, offset: int, value: bytes, out: list[Output]) -> None:
        """Tell of a record that must not be judged."""
        if isinstance(value, Redacted):
            place = Place(self.topic, self.partition, offset)
            told = intake.told_again(value, place, self.log, self.domain, self.now)
        else:
            type_, subject = intake.whose(value)
            if refused.reason == "duplicate" and type_ in SIGN_FACTS:
                return
            known, named = type_ in self.book.plans or is_ours(type_), subject in self.memory.entries
            place, owner = Place(self.topic, self.partition, offset), self.book.owner(type_)
            source = Source(place, len(value), owner, type_ if known else "", subject if named else "")
            told = intake.record(refused, source, self.log, self.domain, self.now)
        out.append(told)
        if self.files and (matter := fault_of(told, self.book.plans.get(told.type), self.day)):
            out.append(matter)


def _news(of: PartitionState, entry: Entry) -> SubjectStatus | None:
    """The status of a subject, where its values, its registration or its time (by FRESH) are others than were told."""
    subject = of.memory.looked_at(entry, of.book)
    facts = subject.facts
    if facts is None:
        return None
    at, values = of.book.status(of.domain, subject)
    seen = at // FRESH, values, facts.kind, facts.name, facts.adcode, facts.lon, facts.lat, facts.owner, facts.owner_role
    told = crc32(msgpack.encode(seen))
    if told == entry.told:
        return None
    entry.told = told
    return SubjectStatus(
        subject=subject.id,
        domain=of.domain,
        kind=facts.kind,
        name=facts.name,
        adcode=facts.adcode,
        lon=facts.lon,
        lat=facts.lat,
        at=format_time(at),
        values=values,
        owner=facts.owner if facts.owner_role else UNSET,
    )
