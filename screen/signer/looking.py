"""Sealed texts are opened by the keeper for who is signed in: the signer looks up the session, and reads the act itself.

What the web process says of an act is held against the record in the log, so that a reference opens where it stands and nowhere
else. No text is kept here.
"""

from collections.abc import Callable
from typing import IO

import msgspec
from kafka import TopicPartition
from kafka.errors import KafkaError

from screen.access.people import Person
from screen.access.sessions import Session, Sessions
from screen.acts.entry_decision import EntryRecords
from screen.signer.notary import NotSignedError, actor_of, authn_of, live
from screen.signer.order_texts import TEXT, family
from screen.signer.wire import LookAt, Looked, LookEntry, LookOrder, OpenOriginal
from streams.command import Trouble
from streams.desk import event_of
from streams.entry.drafts import Entry, entries, text_at
from streams.entry.drafts import family as family_of
from streams.kafka import clients
from streams.keeper.client import KeeperAwayError, KeeperClient, KeeperRefusedError
from streams.keeper.wire import Opened, OpenFile, OpenText
from streams.messages import LOOK_ORDER, DecodeError, Event, Place, decode_event
from streams.orders.texts import ORIGINAL
from streams.settings import Settings
from streams.topics import inputs, topic_name

READ_WITHIN = 3_000
"""Milliseconds within which Kafka must have given the record of an act."""

OPEN_WITHIN = 4.0
"""Seconds for which the keeper is waited for, which waits for Kafka: with the reading less than a page waits."""

RecordAt = Callable[[Place], bytes | None]
"""The value of the committed record at a place, None where there is none any more; NotSignedError where Kafka is away."""


class Looking:
    """Opens texts of one log's acts on alerts for the people of these sessions, by the keeper where there is one."""

    def __init__(
        self,
        log: str,
        sessions: Sessions,
        record_at: RecordAt,
        keeper: KeeperClient | None,
        entries: EntryRecords | None = None,
    ) -> None:
        """`entries`: reads the log's entries by hand."""
        self._entries = entries
        self._sessions, self._record_at, self._keeper = sessions, record_at, keeper
        self._topics = {topic_name(log, f"events.{name}"): f"events.{name}" for name in inputs()}

    def look(self, asked: LookAt) -> Opened:
        """The text, after the look is on record, or what is shown in its place; NotSignedError says why nothing was asked."""
        session, keeper = self._session(asked, "look"), self._known_keeper()
        stage = self._topics.get(asked.place.topic)
        value = self._record_at(asked.place) if stage else None
        if stage is None or value is None:
            raise NotSignedError(410, "place", f"there is no act at {told(asked.place)}, or Kafka keeps it no longer")
        event = act_of(value, asked)
        if why := session.person.not_for(asked.department, event.region or None):
            raise NotSignedError(403, "right", why)
        question = OpenText(
            actor=actor_of(session.person),
            authn=authn_of(session),
            purpose=asked.purpose,
            family=f"{stage}/{event.subject}",
            type=event.type,
            id=event.id,
            path=asked.path,
            reference=asked.reference,
        )
        return _answered(lambda: keeper.open(question))

    def look_order(self, asked: LookOrder) -> Opened:
        """The same of a text of an order; whose it is, and so for whom, the keeper knows by its key."""
        session = self._session(asked, LOOK_ORDER)
        question = OpenText(
            actor=actor_of(session.person),
            authn=authn_of(session),
            purpose=asked.purpose,
            family=family(asked.order),
            type=TEXT,
            id=asked.order,
            path=asked.name,
            reference=asked.reference,
        )
        keeper = self._known_keeper()
        return _answered(lambda: keeper.open(question))

    def look_entry(self, asked: LookEntry) -> Opened:
        """The same of a text of an entry by hand, for the two who stand behind it: who entered it, and who may confirm it."""
        session, keeper = self._session(asked, "entry-draft"), self._known_keeper()
        entry = self._entry(asked.entry)
        if why := not_behind(entry, session.person):
            raise NotSignedError(403, "right", why)
        record = entry.decision if asked.path == "reason" else entry.draft
        if record is None or text_at(entry, asked.path) != asked.reference:
            raise NotSignedError(409, "place", f"entry {asked.entry} has another {asked.path}")
        event = event_of(record, "")
        question = OpenText(
            actor=actor_of(session.person),
            authn=authn_of(session),
            purpose=asked.purpose,
            family=family_of(entry.draft),
            type=event.type,
            id=event.id,
            path=asked.path,
            reference=asked.reference,
        )
        return _answered(lambda: keeper.open(question))

    def _entry(self, name: str) -> Entry:
        try:
            found = entries(each.record for each in self._entries.records(name)).get(name) if self._entries else None
        except (KafkaError, Trouble) as error:
            raise NotSignedError(503, "kafka", f"nothing is opened: {error}") from None
        if found is None:
            raise NotSignedError(410, "place", f"there is no entry {name}")
        return found

    def original(self, asked: OpenOriginal, target: IO[bytes]) -> Opened:
        """Write an original into `target`, as `look_order`."""
        session, file = self._session(asked, LOOK_ORDER), asked.file
        if file.text is None:
            raise NotSignedError(409, "place", "this original is not sealed")
        question = OpenFile(
            actor=actor_of(session.person),
            authn=authn_of(session),
            purpose=asked.purpose,
            family=family(asked.order),
            type=ORIGINAL,
            id=file.digest,
            path="file",
            reference=file.text,
        )
        keeper = self._known_keeper()
        return _answered(lambda: keeper.open_file(question, target))

    def _session(self, asked: Looked, right: str) -> Session:
        """The session of who looks; NotSignedError where that person has no right to such looks."""
        session = live(self._sessions, asked.session)
        if why := session.person.may_not(right):
            raise NotSignedError(403, "right", why)
        return session

    def _known_keeper(self) -> KeeperClient:
        if self._keeper is None:
            raise NotSignedError(503, "keeper", "nothing is opened: the signer knows no keeper, set ONESCREEN_KEEPER_SOCKET")
        return self._keeper


def _answered(ask: Callable[[], Opened]) -> Opened:
    try:
        return ask()
    except KeeperAwayError as error:
        raise NotSignedError(503, "keeper", f"nothing is opened: {error}") from None
    except KeeperRefusedError as error:
        raise NotSignedError(503, "keeper", f"the keeper opens nothing for the signer: {error}") from None


def not_behind(entry: Entry, person: Person) -> str:
    """Why a person may not look at the texts of an entry by hand: he neither entered it nor may confirm it; or empty."""
    draft = entry.draft
    if draft.by.department != person.actor.department:
        return f"it is {draft.by.department}'s; account {person.id!r} is for {person.actor.department or 'none'}"
    return "" if draft.by.id == person.id else person.may_not("entry-confirm")


def act_of(value: bytes, asked: LookAt) -> Event:
    """The act of a record, where it is on the alert and subject that are asked about, and has the reference at the path."""
    try:
        event = decode_event(value)
        data = msgspec.json.decode(event.data)
    except (DecodeError, msgspec.DecodeError):
        raise NotSignedError(409, "place", f"the record at {told(asked.place)} is no act") from None
    found = data if isinstance(data, dict) else {}
    if (event.subject, found.get("alert")) != (asked.subject, asked.alert):
        raise NotSignedError(409, "place", f"the record at {told(asked.place)} is no act on this alert")
    if found.get(asked.path) != msgspec.to_builtins(asked.reference):
        raise NotSignedError(409, "place", f"the act at {told(asked.place)} has another {asked.path}")
    return event


def told(place: Place) -> str:
    """A place in words."""
    return f"{place.topic}/{place.partition}/{place.offset}"


def kafka_record(settings: Settings) -> RecordAt:
    """Reads each record by a connection of its own: looks are rare."""

    def record_at(place: Place) -> bytes | None:
        try:
            with clients.consumer(
                settings,
                bootstrap_timeout_ms=READ_WITHIN,
                request_timeout_ms=READ_WITHIN,
                fetch_max_wait_ms=100,
                max_poll_records=1,
            ) as reader:
                where = TopicPartition(place.topic, place.partition)
                if where not in clients.partitions_of(reader, place.topic):
                    return None
                if not reader.beginning_offsets([where])[where] <= place.offset < reader.end_offsets([where])[where]:
                    return None
                reader.assign([where])
                reader.seek(where, place.offset)
                found = reader.poll(READ_WITHIN).get(where)
                if found is None and reader.position(where) <= place.offset:
                    raise NotSignedError(503, "kafka", "nothing is opened: Kafka does not give the act in time; try again")
                return found[0].value if found and found[0].offset == place.offset else None
        except (KafkaError, Trouble) as error:
            raise NotSignedError(503, "kafka", f"nothing is opened: {error}") from None

    return record_at
