"""What the signer does: it looks a session up itself, and what is signed for it is what its person may do, as that person.

The web process says what is done; who does it, in which role, and how that is known, is never the web process's to say.
"""

from collections.abc import Callable
from time import time
from typing import IO, NamedTuple

from msgspec.structs import replace

from screen.access.people import Person
from screen.access.sessions import Session, Sessions
from screen.acts.commands import (
    ORDERS,
    SOURCE,
    ActLog,
    Noted,
    command_bytes,
    command_id,
    order_bytes,
    order_id,
    regroup_bytes,
    regroup_id,
)
from screen.acts.entry_decision import EntryRecords, EntryWriter, decide
from screen.acts.order_about import about
from screen.acts.order_press import OrderPress
from screen.acts.requests import check_reason
from screen.signer.order_texts import IN_CLEAR, KeepOriginal, OrderSeals, sealed_data, with_original
from screen.signer.wire import SignAct, SignEntry, Signing, SignOrder, SignRegroup
from screen.web.json_response import RefusedError
from streams.appraisal.objections import right_to_object
from streams.clock import wall_time
from streams.desk import desk_bytes, place_of
from streams.directory.sharing import right_of, wanted_fault
from streams.entry.drafts import draft_fault, right_to, with_sealed
from streams.entry.drafts import family as family_of
from streams.messages import (
    ALERT_RIGHTS,
    INCIDENT_RIGHTS,
    ORDER,
    ORDER_RIGHTS,
    RIGHTS,
    Actor,
    Ask,
    Authn,
    Handover,
    JobCommand,
    Place,
    Takeover,
    Words,
    decode_event,
    format_time,
)
from streams.messages.orders import Issue, OrderAct
from streams.messages.rights import TAKE_CASES, job_right
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.messages.services.catalogue import SharingStep
from streams.messages.services.entry import EntryDecision, EntryDraft
from streams.originals.folder import digest_of
from streams.places.inspections import cause_fault
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import Part
from streams.topics import inputs, topic_name

Seal = Callable[[str, str, str, str, str], Words]
"""What becomes of a person's text before it is signed: the text itself, the event's type and id, what it is about (`sigto`, a
slash and the subject: the family of the keeper), and the path of the text in the event's data."""

TWO = frozenset(verb for verb, roles in RIGHTS.items() if tuple(roles) == ("admin",))
"""Acts of the admin alone: a log asks for a second signature on them, of another person or part."""

INCIDENTS = "events.incidents"

ENTRY_PART = "registrar-entry"
"""The part with whose key facts are signed that people enter by hand."""

UNSAID = 1_000
"""Acts at most whose first sending failed and whose second is waited for."""


class NotSignedError(RefusedError):
    """Nothing is signed: `kind` is what it is counted as."""

    def __init__(self, status: int, kind: str, why: str) -> None:
        super().__init__(status, why)
        self.kind = kind


def in_clear(text: str, _type: str, _id: str, _family: str, _path: str) -> Words:
    """A text as it is: nothing is sealed."""
    return text


class ByHand(NamedTuple):
    """How drafts are decided: what the log has of them, and the registrar's key, where this machine has it."""

    entries: EntryRecords
    registrar: Part | None


class Notary:
    """Signs into one log with one part's key. It is asked by one thread alone."""

    def __init__(
        self,
        log: str,
        part: Part,
        sessions: Sessions,
        acts: ActLog,
        seal: Seal = in_clear,
        orders: OrderSeals = IN_CLEAR,
        by_hand: ByHand | None = None,
    ) -> None:
        """`by_hand`: how drafts are decided that people enter by hand; None where none are."""
        self._log, self._part, self._sessions, self._acts, self._seal = log, part, sessions, acts, seal
        self._orders, self._by_hand = orders, by_hand
        self._unsaid: dict[str, bytes] = {}

    def sign(self, asked: Signing, body: IO[bytes] | None = None) -> Place:
        """Sign and write it; its place in the log, or that of its first copy. `body`: of an act with a file its bytes.

        NotSignedError or NotAcceptedError says why not.
        """
        session = live(self._sessions, asked.session)
        try:
            if isinstance(asked, SignAct):
                return self._act(asked, session)
            if isinstance(asked, SignRegroup):
                return self._regroup(asked, session)
            if isinstance(asked, SignOrder):
                return self._order(asked, session, body)
            if isinstance(asked, SignEntry):
                return self._entry(asked, session)
            return self._record(asked.record, session)
        except ValueError as error:
            raise NotSignedError(422, "malformed", str(error)) from None

    def _act(self, asked: SignAct, session: Session) -> Place:
        if asked.verb not in ALERT_RIGHTS:
            raise NotSignedError(422, "malformed", f"an alert has no act {asked.verb!r}")
        if asked.to not in {f"events.{name}" for name in inputs()}:
            raise NotSignedError(422, "malformed", f"nothing is judged in {asked.to!r}")
        actor, authn = self._who(session, asked.act.actor, asked.verb)
        name, type_ = command_id(asked.verb, asked.act, asked.key), f"command.{asked.verb}"
        family = f"{asked.to}/{asked.subject}"

        def made() -> bytes:
            act = replace(
                asked.act,
                actor=actor,
                authn=authn,
                reason=self._words(asked.act.reason, type_, name, family, "reason"),
                permit=self._words(asked.act.permit, type_, name, family, "permit") if asked.act.permit else "",
            )
            return command_bytes(asked.subject, asked.region, asked.verb, act, asked.key, asked.now)

        return self._once(name, asked.to, asked.subject, made)

    def _regroup(self, asked: SignRegroup, session: Session) -> Place:
        if asked.verb not in INCIDENT_RIGHTS:
            raise NotSignedError(422, "malformed", f"an incident has no act {asked.verb!r}")
        actor, authn = self._who(session, asked.act.actor, asked.verb)
        name, type_ = regroup_id(asked.rev, asked.verb, asked.act), f"command.{asked.verb}"

        def made() -> bytes:
            reason = self._words(asked.act.reason, type_, name, f"{INCIDENTS}/{asked.city}", "reason")
            act = replace(asked.act, actor=actor, authn=authn, reason=reason)
            return regroup_bytes(asked.city, asked.rev, asked.verb, act, asked.now)

        return self._once(name, INCIDENTS, asked.city, made)

    def _order(self, asked: SignOrder, session: Session, body: IO[bytes] | None) -> Place:
        act = asked.issue if asked.verb == "issue" else asked.act
        if act is None or asked.verb not in ORDER_RIGHTS:
            raise NotSignedError(422, "malformed", f"an order has no act {asked.verb!r} of this shape")
        if isinstance(act, Issue) and (why := cause_fault(act.traits, act.reason)):
            raise NotSignedError(422, "malformed", why)
        actor, authn = self._who(session, act.actor, ORDER + asked.verb, act.behalf)
        press = OrderPress(asked.verb, asked.key, replace(act, actor=actor, authn=authn))

        def made() -> bytes:
            known = about(press.act, asked.about)
            data = sealed_data(press.verb, press.act, known, self._orders.text)
            if isinstance(data, OrderAct) and data.file is not None:
                if body is None:
                    raise ValueError("an act that puts a file to an order comes with the file itself")
                data = with_original(data, known, actor.role, _same(data, body), self._kept)
            return order_bytes(asked.region, replace(press, act=data), asked.now)

        return self._once(order_id(press), ORDERS, act.order, made)

    @property
    def _kept(self) -> KeepOriginal:
        if self._orders.original is None:
            raise NotSignedError(503, "keeper", "no file is taken: the signer knows no keeper, set ONESCREEN_KEEPER_SOCKET")
        return self._orders.original

    def _record(self, record: Noted | JobCommand | EntryDecision, session: Session, family: str = "") -> Place:
        actor, authn = self._who(session, record.by, _right(record))
        if isinstance(record, Handover | Takeover) and (why := session.person.not_for(record.department)):
            raise NotSignedError(403, "right", why)
        if isinstance(record, SharingStep) and record.wanted is not None and (why := wanted_fault(record.wanted)):
            raise NotSignedError(422, "malformed", why)
        if isinstance(record, EntryDraft) and (why := draft_fault(record)):
            raise NotSignedError(422, "malformed", why)
        stamped = replace(record, by=actor, authn=authn, at=format_time(wall_time()))
        event = decode_event(desk_bytes(stamped, SOURCE))
        to, key = place_of(stamped)

        def made() -> bytes:
            if isinstance(stamped, Handover | Takeover):
                note = self._words(stamped.note, event.type, event.id, f"{to}/{key}", "note")
                return desk_bytes(replace(stamped, note=note), SOURCE)
            if isinstance(stamped, EntryDraft):
                of = family_of(stamped)
                sealed = with_sealed(stamped, lambda path, text: self._words(text, event.type, event.id, of, path))
                return desk_bytes(sealed, SOURCE)
            if isinstance(stamped, EntryDecision) and stamped.reason != "":
                reason = self._words(stamped.reason, event.type, event.id, family, "reason")
                return desk_bytes(replace(stamped, reason=reason), SOURCE)
            return desk_bytes(stamped, SOURCE)

        return self._once(event.id, to, key, made)

    def _entry(self, asked: SignEntry, session: Session) -> Place:
        """What this session's person decides on a draft of the log; a confirmed one's fact is signed by the registrar's key."""
        actor, _ = self._who(session, asked.decision.by, right_to(asked.decision.outcome))
        registrar = self._by_hand.registrar if self._by_hand else None
        if self._by_hand is None or (registrar is None and asked.decision.outcome == "confirmed"):
            raise NotSignedError(503, "key", f"no key {ENTRY_PART}: python -m agents keys add {ENTRY_PART}")

        def decided(draft: EntryDraft, record: EntryDecision) -> Place:
            return self._record(record, session, family_of(draft))

        def value(fact: bytes, to: str) -> bytes:
            return registrar.values([(fact, to, format_time(wall_time()))])[0] if registrar else b""

        writer = EntryWriter(self._acts, self._log, asked.region, decided, value)
        return decide(self._by_hand.entries, writer, replace(asked.decision, by=actor, place=None))

    def _who(self, session: Session, claimed: Actor, right: str, behalf: str = "") -> tuple[Actor, Authn]:
        """Who acts, in the role of whom it stands in for, and how that is known, by the session alone."""
        person = session.person.standing_in(behalf)
        if person is None:
            raise NotSignedError(403, "right", f"{session.person.id!r} does not stand in for {behalf!r} today")
        if claimed.id != person.id:
            raise NotSignedError(403, "actor", f"this session is {person.id!r}'s: nothing is signed in it for another account")
        if why := person.may_not(right):
            raise NotSignedError(403, "right", why)
        if right in TWO:
            raise NotSignedError(
                428,
                "second",
                f"{right} needs a second signature, of another person, and is not done here: "
                f"python -m agents {_typed(right)} --cosign KEY, see docs/operate/security.md",
            )
        return actor_of(person), authn_of(session)

    def _words(self, text: Words, type_: str, name: str, family: str, path: str) -> Words:
        """A person's text as it is signed: the one place where it may be sealed, so that here it is looked at."""
        if not isinstance(text, str):
            raise ValueError(f"the {path} is no text")  # noqa: TRY004 - what was sent is wrong, not what was called
        if path != "permit":
            check_reason(text, path)
        return self._seal(text, type_, name, family, path)

    def _once(self, name: str, to: str, key: str, made: Callable[[], bytes]) -> Place:
        """Write an event once. A press that is sent again, because its first sending failed, says what that said.

        So both are copies by their content, whether or not the first has come into the log after all.
        """
        if place := self._acts.place(name):
            return place
        event = self._unsaid.get(name) or made()
        self._unsaid[name] = event
        while len(self._unsaid) > UNSAID:
            del self._unsaid[next(iter(self._unsaid))]
        try:
            place = self._acts.once(name, topic_name(self._log, to), key, lambda: self._part.value(event, to))
        except KeyFileError as error:
            raise NotSignedError(503, "key", f"the key does not sign: {error}") from None
        self._unsaid.pop(name, None)
        return place


def live(sessions: Sessions, token: str) -> Session:
    """The session of a cookie, whose person has just done something; NotSignedError where it does not hold."""
    now = time()
    session = sessions.of(token, now)
    if session is None or not session.id:
        raise NotSignedError(401, "session", "no such session, or it has ended or was idle for too long: sign in again")
    sessions.active(session.token, now)
    return session


def authn_of(session: Session) -> Authn:
    """How it is known who acts in a session, as a signed log has it."""
    return Authn(how=session.way, at=format_time(int(session.began * 1_000)), session=session.id)


def actor_of(person: Person) -> Actor:
    """A person as a signed log names it: no name, which could not be taken out again."""
    return Actor(id=person.id, role=person.role, department=person.actor.department)


def _typed(right: str) -> str:
    """The command by which an act is done at a command line."""
    return f"order {right.removeprefix(ORDER)}" if right.startswith(ORDER) else f"act {right}"


def _same(act: OrderAct, body: IO[bytes]) -> IO[bytes]:
    """The bytes of an act's file from their beginning; ValueError where they are not those of its digest."""
    body.seek(0)
    if act.file is None or digest_of(body) != act.file.digest:
        raise ValueError("the file's bytes are not those of its digest")
    body.seek(0)
    return body


def _right(record: object) -> str:
    if isinstance(record, Handover):
        return "hand-over"
    if isinstance(record, SharingStep):
        return right_of(record.step)
    if isinstance(record, Objection | ObjectionAnswer):
        return right_to_object(record)
    if isinstance(record, EntryDraft):
        return "entry-draft"
    if isinstance(record, EntryDecision):
        return right_to(record.outcome)
    return "take-over" if isinstance(record, Takeover) else _job_right(record)


def _job_right(record: object) -> str:
    """Of what is taken back the job worker knows the kind."""
    return job_right(record.kind) if isinstance(record, Ask) else TAKE_CASES
