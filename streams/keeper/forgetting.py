"""From a person's order to the end of keys and texts: accepted, then a time of grace, then destroyed, step by step.

Every step may be done twice, and a process that ends between two of them goes on where it was: what is owed stands in the store
from the very change that destroys the keys. What was accepted and destroyed stands in the log too, signed by the keeper itself:
a store that comes from a backup reads it before anything else, and forgets again.
"""

from collections import Counter, deque

from msgspec import Struct

from streams.keeper.acts import (
    FORGETS,
    REFUSED,
    CancelForget,
    Forget,
    NotAccepted,
    PersonalAct,
    is_order,
    order_of,
)
from streams.keeper.destruction import Destruction, Sign, Tell, place_of
from streams.keeper.disk.ledger import Ended, Ledger, Pending
from streams.keeper.disk.shelf import Shelf
from streams.keeper.disk.store import KeyRecord, Store
from streams.keeper.errors import RefusedError
from streams.keeper.log import Log, Stored
from streams.keeper.order_trust import OrderTrust, act_in
from streams.messages import DAY, HOUR, format_time, parse_time
from streams.messages.personal import ACCEPTED, FORGET, Accepted, Destroyed
from streams.signing.envelope import Envelope, claim
from streams.signing.kinds import Unverified
from streams.signing.trust import REMEMBERED, is_told

STATE_SECRET = "state-secret"  # noqa: S105 - a reason
"""The reason of an order to forget what should never have been written here: it waits for nothing (保守国家秘密法 31, 64).

Whoever wrote a secret did not say so, so that its key is of another class.
"""


class Choices(Struct, frozen=True):
    """What the place decides. `grace`: ms from order to destruction, none for state secrets; `most`: families a log's day."""

    grace: int = 72 * HOUR
    most: int = 20


class Forgetting:
    """Reads the orders of a log and carries them out. `sign`: with the keeper's key."""

    def __init__(self, store: Store, log: Log, shelf: Shelf, logid: str, sign: Sign, tell: Tell, choices: Choices) -> None:
        self._store, self._log, self._tell, self._choices = store, log, tell, choices
        self.ledger = Ledger(store)
        self._destruction = Destruction(store, self.ledger, log, shelf, sign, tell)
        self._trust = OrderTrust(logid)
        self._said: dict[str, Accepted | NotAccepted] = {}
        self._unbelieved = Counter[str]()
        self._unheard, self._unread = deque[Stored](), deque[Stored]()

    def catch_up(self) -> None:
        """Read what is new of the orders; what was destroyed already is destroyed again at once, before anything is opened."""
        self._trust.extend(self._log.chain())
        new = list(self._log.orders())
        self._unread += new
        self._unheard += new
        while self._unheard:
            if found := self._trust.own(self._unheard[0]):
                self._recall(*found)
            self._unheard.popleft()
        before = self.ledger.positions()
        done = dict(before)
        while self._unread:
            record = self._unread[0]
            self._take(record, again=record.offset < before.get(record.partition, 0))
            done[record.partition] = max(record.offset + 1, done.get(record.partition, 0))
            self._unread.popleft()
        if done != before:
            self.ledger.read_to(done)

    def hand(self, value: bytes) -> str:
        """Write a signed order into the log, and take it; how it stands then. RefusedError where it would not be believed."""
        try:
            event = claim(value).envelope
            self._trust.foretell(event.subject, value, self._log.now(), self._known)
        except Unverified as error:
            raise RefusedError(f"{error.reason}: {error.message}") from None
        self._log.write(FORGETS, event.subject, value)
        self.catch_up()
        return self.ledger.state(event.id)

    def step(self) -> None:
        """Do what is owed, then what is due."""
        for ended in self.ledger.owed():
            self._destruction.finish(ended)
        now = self._log.now()
        if now is not None:
            for pending in self.ledger.pending():
                self._advance(pending, now)

    def _recall(self, said: Accepted | NotAccepted | Destroyed, event: Envelope) -> None:
        if not isinstance(said, Destroyed):
            self._said[said.act] = said
        elif said.what not in self.ledger.ended(said.forget):
            ended = Ended(parse_time(event.time), said)
            self.ledger.destroy(ended, told=True)
            self._destruction.bury(said)
            self._tell("forgotten again", {"act": said.forget, "family": said.family, "keys": len(said.kids)})

    def _take(self, record: Stored, again: bool) -> None:
        """Take one record; where Kafka is away while it is accepted, it is as if it had never been read.

        `again`: this store has dealt with it; what was not believed then is not believed later.
        """
        found = self._trust.judge(record, self._log.now(), self._known)
        try:
            event = claim(record.value).envelope
            digest = self._trust.content(event)
            before = self._said.get(event.id) if is_order(event.type) else None
            if self.ledger.content(event.id) == digest:
                pass  # a copy, or what this store knows
            elif before and before.content == digest:
                self._settle_again(event, before)
            elif not again and (act := act_in(found)):
                self._decide(act, event.subject)
        except Unverified as error:
            self._disbelieve(record, error.reason)
        self._trust.keep(record, found)

    def _disbelieve(self, record: Stored, reason: str) -> None:
        self._unbelieved[reason] += 1
        if is_told(count := self._unbelieved[reason]):
            place = {"partition": record.partition, "offset": record.offset}
            self._tell("order not believed", {**place, "reason": reason, "count": count})

    def _known(self, event: Envelope) -> str | None:
        content = self.ledger.content(event.id)
        return content[:REMEMBERED] if content else None

    def _settle_again(self, event: Envelope, said: Accepted | NotAccepted) -> None:
        refused = isinstance(said, NotAccepted)
        since = parse_time(said.since) if isinstance(said, Accepted) and said.since else 0
        order = order_of(event.type, bytes(event.data))
        self.ledger.settle(event.id, event.type, said.content, since, order, refused=refused)

    def _decide(self, act: PersonalAct, subject: str) -> None:
        if why := self._against(act):
            self._refuse(act.id, act.kind, act.content, why, subject)
            self.ledger.settle(act.id, act.kind, act.content, act.at, act.order, refused=True)
            return
        since = max(act.at, self._log.now() or 0, _not_before(act))
        accepted = Accepted(
            act=act.id,
            kind=act.kind,
            content=act.content,
            by=act.by,
            reason=act.order.reason,
            basis=act.order.basis if isinstance(act.order, Forget) else "",
        )
        told_at = format_time(act.at)
        for family in self._families(act):
            if place := place_of(family):
                self._destruction.write(ACCEPTED, f"{act.id}-accepted", told_at, accepted, *place)
        kept = Accepted(
            **{name: getattr(accepted, name) for name in accepted.__struct_fields__} | {"since": format_time(since)}
        )
        self._destruction.write(ACCEPTED, f"{act.id}-accepted", told_at, kept, FORGETS, subject)
        self.ledger.settle(act.id, act.kind, act.content, since, act.order, refused=False)
        self._tell("order accepted", {"act": act.id, "kind": act.kind, "by": list(act.by)})

    def _against(self, act: PersonalAct) -> str:
        order = act.order
        if isinstance(order, Forget) and self.ledger.held(order):
            return "held"
        if isinstance(order, CancelForget) and self.ledger.state(order.forget) != "pending":
            return "not-pending"
        return ""

    def _families(self, act: PersonalAct) -> list[str]:
        """The families that an act concerns."""
        order = act.order
        if isinstance(order, CancelForget):
            return [family for each in self.ledger.pending() if each.id == order.forget for family in self._of(each.order)]
        if isinstance(order, Forget):
            return self._of(order)
        family, person = order.names
        return [family] if family else sorted({row.family for row in self._store.rows("where person = ?", (person,))})

    def _of(self, order: Forget) -> list[str]:
        return sorted({row.family for row in self.ledger.matching(order)})

    def _refuse(self, act: str, kind: str, content: str, why: str, subject: str) -> None:
        refusal = NotAccepted(act=act, kind=kind, content=content, why=why)
        self._destruction.write(REFUSED, f"{act}-refused", format_time(self._log.now() or 0), refusal, FORGETS, subject)
        self._tell("order refused", {"act": act, "kind": kind, "why": why})

    def _advance(self, pending: Pending, now: int) -> None:
        order = pending.order
        if self.ledger.held(order):
            subject = "".join(order.names)
            self._refuse(pending.id, FORGET, self.ledger.content(pending.id) or "", "held", subject)
            self.ledger.end(pending.id, "refused")
            return
        ended = self.ledger.ended(pending.id)
        due = [row for row in self.ledger.matching(order) if row.what not in ended and now >= self._due(pending, row)]
        for what in sorted({row.what for row in due}):
            if self.ledger.ended_since(now - DAY) >= self._choices.most:
                self._tell("waits", {"act": pending.id, "why": f"{self._choices.most} families a day"})
                return
            self._destroy(pending, what, [row for row in due if row.what == what], now)
        if now >= pending.since + (0 if pending.order.reason == STATE_SECRET else self._choices.grace):
            self._close(pending, now)

    def _due(self, pending: Pending, row: KeyRecord) -> int:
        at_once = row.class_ == "secret" or pending.order.reason == STATE_SECRET
        return pending.since + (0 if at_once else self._choices.grace)

    def _destroy(self, pending: Pending, what: tuple[str, str], rows: list[KeyRecord], now: int) -> None:
        kids = tuple(row.kid for row in rows)
        left = {row.person for row in self._store.rows() if row.kid not in kids}
        people = tuple(sorted({row.person for row in rows if row.person} - left))
        self._destruction.end(pending.id, what, kids, people, now)

    def _close(self, pending: Pending, now: int) -> None:
        """End an order: a person of whom there is no key any more loses the pseudonym's row too."""
        _, person = pending.order.names
        if person and not self._store.is_gone(person) and not self._store.rows("where person = ?", (person,)):
            self._destruction.end(pending.id, ("", ""), (), (person,), now)
        self.ledger.end(pending.id, "done")
        self._tell("order done", {"act": pending.id})


def _not_before(act: PersonalAct) -> int:
    order = act.order
    return parse_time(order.notbefore) if isinstance(order, Forget) and order.notbefore else 0
