"""The fold of one partition of the orders' input: acts of people, matters, revisions of alerts and ticks in; orders out.

The third stage of judging, by the same contract as the others: a pure function of the log, which the worker and the replay run
alike. An order stands whole in one partition, with its lines and sub-orders.
"""

from collections.abc import Iterable

import msgspec

from agents.core import intake
from agents.core.beyond import BeyondStage, data_of, is_copy, remembered_among, with_act
from agents.core.intake import Refused
from agents.core.orders import filing, passing, tied
from agents.core.orders.acts import acted
from agents.core.orders.family import KEPT_ACTS, Head, OrderCause, OrderEntry, is_order_id
from agents.core.orders.issuing import issued
from agents.core.orders.rules import OrderRules
from agents.core.orders.sending import begun, desks, filed
from agents.core.orders.shelf import LINE, NUMBERS, ORDER, Numbers, Shelf, legible, numbers_of
from agents.core.orders.turn import NOT_NOW, Turn
from agents.core.personal import KINDS, remark_of
from agents.core.position import POSITION, TRUST
from agents.core.position import legible as legible_position
from agents.core.trusted import Admitted, doubts, no_verdict
from streams.calendar.holidays import Notice
from streams.messages import (
    ADOPTED,
    COMMAND,
    FILED,
    ISSUE,
    NOTICE,
    ORDER_RIGHTS,
    RESUMED,
    REVISED,
    TICK,
    Alert,
    Event,
    Matter,
    Place,
    decode_event,
)
from streams.messages import ORDER as VERBS
from streams.messages.orders import Issue, OrderAct
from streams.outputs import Output
from streams.signing.envelope import Envelope
from streams.signing.keys import Verify
from streams.signing.kinds import SERIES, matches
from streams.signing.state import Trust
from streams.signing.ticks import CHAIN

_COMMANDS = frozenset(COMMAND + VERBS + act for act in ORDER_RIGHTS)


def legible_order(key: bytes, value: bytes) -> bool:
    """Whether a record of a checkpoint is one of ours."""
    if key in {POSITION, TRUST}:
        return legible_position(key, value)
    if key == NUMBERS:
        try:
            numbers_of(value)
        except (msgspec.DecodeError, RecursionError):
            return False
        return True
    return key.startswith((ORDER, LINE)) and legible(key, value)


class Orders(BeyondStage):
    """The one way to move the orders of a partition on. Records before `position` are skipped."""

    fed = frozenset({REVISED, FILED})
    whom = "order"

    def __init__(
        self, rules: OrderRules, topic: str, partition: int, *, keyed: bool = True, verify: Verify = no_verdict
    ) -> None:
        super().__init__(topic, partition, verify, keyed=keyed)
        self.rules = rules
        self.owner = rules.owner
        self.shelf = Shelf()
        self._numbers, self._numbered = Numbers(), Numbers()

    @property
    def known(self) -> int:
        """How many orders are remembered."""
        return len(self.shelf)

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of all that changed since the last snapshot, and of the position, which is always last."""
        items = [(key, self.shelf.value(key)) for key in sorted(self.shelf.dirty)]
        self.shelf.dirty.clear()
        if self._numbers != self._numbered:
            items.append((NUMBERS, self._numbers.bytes()))
            self._numbered = numbers_of(self._numbers.bytes())
        return [*items, *self.kept_position()]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win. CheckpointError where a later program wrote it."""
        newest = dict(items)
        if not self.take_up_position(newest):
            return
        for notice in self.notices:
            self.rules = self.rules.with_notice(notice)
        for key, value in sorted(newest.items()):
            if value is None:
                continue
            if key == NUMBERS:
                self._numbers, self._numbered = numbers_of(value), numbers_of(value)
            elif key.startswith((ORDER, LINE)):
                self.shelf.take_up(key, value)
        self.shelf.ready()

    def record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        """Fold one record."""
        event = decode_event(value)
        place, before = Place(self.topic, self.partition, offset), self.trust
        admitted = self.admitted(event, offset, key, value)
        if admitted is None or (admitted.verified and event.type in {CHAIN, RESUMED}):
            return
        at = intake.time_of(event.time)
        if admitted.verified and matches(SERIES, event.type):
            self._series(before, self._cause(place, at), out)
        elif event.type in {TICK, RESUMED}:
            self.tell_time(event, at, verified=admitted.verified)
            self._advance(at, place, out)
        elif event.type == ADOPTED:
            return  # it goes everywhere, and no order is judged by a rule of the book
        elif event.type == NOTICE:
            self._notice(event, self._cause(place, at), out)
        elif event.type in _COMMANDS:
            self.check_key(event, key)
            self._command(event, self._cause(place, at, admitted.kid), admitted, out)
        elif event.type == FILED:
            self.check_key(event, key)
            self._filed(event, data_of(event, Matter), self._moved(at, place, out), out)
        elif event.type == REVISED:
            self.check_key(event, key)
            self._alert(event, data_of(event, Alert), self._moved(at, place, out), out)
        elif admitted.verified and event.type in KINDS:
            self._personal(event, self._cause(place, at), admitted, out)
        else:
            raise Refused("unknown-type", "nothing of its type concerns orders", "$.type")

    def known_subject(self, subject: str) -> bool:
        """Whether it is an order that is known."""
        return subject in self.shelf.heads

    def remembered(self, event: Envelope) -> str | None:
        """The digits that are remembered of an act on its order."""
        head = self.shelf.head(event.subject)
        return None if head is None else remembered_among(head.acts, event)

    def _cause(self, place: Place, at: int, kid: str = "") -> OrderCause:
        """A record as the cause of what follows, at the newest time; before the first one at its own (ms)."""
        return OrderCause(place, at if self.now is None else self.now, self.trusted.opened, kid)

    def _moved(self, at: int, place: Place, out: list[Output]) -> OrderCause:
        """The cause that a fed event is: what it tells of the time is believed where it is near."""
        self._advance(self.near(at), place, out)
        return self._cause(place, at)

    def _turn(self, head: Head, cause: OrderCause, out: list[Output]) -> Turn:
        return Turn(self.rules, self.shelf, head, cause, out)

    def _command(self, event: Event, cause: OrderCause, admitted: Admitted, out: list[Output]) -> None:
        verb = event.type.removeprefix(COMMAND + VERBS)
        act = data_of(event, Issue if event.type == COMMAND + ISSUE else OrderAct)
        if act.order != event.subject:
            raise Refused("key-mismatch", "its subject is not the order that it names", "$.subject")
        head = self.shelf.head(act.order)
        if isinstance(act, Issue):
            if head is None:
                self._issue(event, act, cause, admitted, out)
            elif not is_copy(head.acts, event):
                turn = self._turn(head, cause, out)
                head.acts = with_act(head.acts, event, admitted, KEPT_ACTS)
                said = OrderEntry(event=verb, verb=verb, actor=act.actor, behalf=act.behalf)
                turn.refuse(verb, said, "an order of this id has been issued")
                turn.save()
            return
        if head is None:
            raise Refused("unknown-order", "there is no such order, or it was filed too long ago", "$.data.order")
        if is_copy(head.acts, event):
            return
        head.acts = with_act(head.acts, event, admitted, KEPT_ACTS)
        turn = self._turn(head, cause, out)
        acted(turn, verb, act)
        turn.save()

    def _issue(self, event: Event, issue: Issue, cause: OrderCause, admitted: Admitted, out: list[Output]) -> None:
        kind = self.rules.kinds.get(issue.kind)
        if kind is None:
            raise Refused("malformed-data", f"orders are of kind {', '.join(self.rules.kinds)}", "$.data.kind")
        if not is_order_id(issue.order):
            raise Refused("malformed-data", "the id of an order has 32 hex digits", "$.data.order")
        head = begun(issue, kind, self._numbers.take(cause.at, self.partition), self.log, cause)
        head.acts = with_act(head.acts, event, admitted, KEPT_ACTS)
        turn = self._turn(head, cause, out)
        issued(turn, issue)
        turn.save()

    def _filed(self, event: Event, matter: Matter, cause: OrderCause, out: list[Output]) -> None:
        head = self.shelf.head(event.subject)
        if head is not None:
            if not is_copy(head.acts, event):
                head.acts = with_act(head.acts, event, Admitted(), KEPT_ACTS)
                turn = self._turn(head, cause, out)
                filing.step(turn, matter)
                turn.save()
            return
        if not matter.opens:
            return  # a later step of what was filed before the log began, or is forgotten
        kind = self.rules.kinds.get(matter.kind)
        if kind is None or not kind.filed:
            raise Refused("malformed-data", "no kind of order is opened by such a matter", "$.data.kind")
        number = self._numbers.take(cause.at, self.partition)
        head = filed(matter, event.subject, kind, number, self.log, desks(self.rules, kind, matter), cause)
        head.acts = with_act(head.acts, event, Admitted(), KEPT_ACTS)
        turn = self._turn(head, cause, out)
        mark = turn.mark()
        try:
            filing.begin(turn, matter)
        except NOT_NOW as error:
            turn.back(mark)
            raise Refused("malformed-data", f"no time limit can be reckoned: {error}", "$.data.at") from None
        turn.save()

    def _alert(self, event: Event, alert: Alert, cause: OrderCause, out: list[Output]) -> None:
        if (head := self.shelf.head(event.subject)) is not None:
            turn = self._turn(head, cause, out)
            tied.condition(turn, alert)
            turn.save()

    def _personal(self, event: Event, cause: OrderCause, admitted: Admitted, out: list[Output]) -> None:
        """What the keeper says of an order's texts stands in its trail."""
        said, head = remark_of(event), self.shelf.head(event.subject)
        if head is not None and not is_copy(head.acts, event):
            head.acts = with_act(head.acts, event, admitted, KEPT_ACTS)
            passing.remark(self._turn(head, cause, out), said)

    def _series(self, before: Trust, cause: OrderCause, out: list[Output]) -> None:
        """What the roots have said; the acts of a key of which they think otherwise than before are doubted."""
        if self.trust.logid != before.logid:
            self.ticked = self.now
        if found := doubts(before, self.trust):
            passing.doubt(self.rules, self.shelf, found, cause, out)

    def _notice(self, event: Event, cause: OrderCause, out: list[Output]) -> None:
        """Take up the holidays of a notice and reckon every running clock anew; a second copy of a notice changes nothing."""
        notice = data_of(event, Notice)
        if notice in self.notices:
            return
        try:
            self.rules = self.rules.with_notice(notice)
        except ValueError:
            raise Refused("malformed-data", "the notice does not fit the calendar", "$.data") from None
        self.notices = (*self.notices, notice)
        passing.reckon(self.rules, self.shelf, cause, out)

    def _advance(self, now: int, place: Place, out: list[Output]) -> None:
        """Time goes on."""
        if self.now is None or now > self.now:
            self.now = now
            passing.passed(self.rules, self.shelf, OrderCause(place, now, self.trusted.opened), out)
