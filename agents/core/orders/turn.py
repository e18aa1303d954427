"""One record's turn at an order: what it may look at and change, and how all of that is told and kept."""

from collections.abc import Iterator, Mapping

from msgspec import UNSET, Struct
from msgspec.structs import replace

from agents.core.orders import clocks
from agents.core.orders.clocks import Clocks
from agents.core.orders.family import (
    Head,
    HeldLine,
    OrderCause,
    OrderEntry,
    entered,
    entered_line,
)
from agents.core.orders.rules import OrderRules
from agents.core.orders.shelf import Shelf
from streams.calendar.time_limit import deadline, parse_limit
from streams.calendar.working_time import OutOfCalendarError
from streams.messages import DAY, NEVER, parse_time
from streams.messages.orders import Part
from streams.messages.outputs.order import Linked, Order, OrderLine
from streams.orders.kind import SIGN, OrderKind
from streams.outputs import Output

KEPT = 400 * DAY
"""For how long (ms) an archived order is remembered; a choice: a suit may be brought for six months, a review takes 30 and
30 days (行政诉讼法 46, 督查工作条例 17), and a court's finding corrects it after that."""

HANDLE = "handle"
"""The clock of the receiver who answers."""


class Objected(Exception):  # noqa: N818 - not an error of ours: the act is refused
    """This act may not be done now: the message says why, for the trail."""


NOT_NOW = (Objected, OutOfCalendarError)
"""What says that something cannot be done now: it is not allowed, or its times lie outside the years of the calendar."""


def check_limit(text: str) -> None:
    """Refuse what is no time limit (`streams.calendar.time_limit`)."""
    try:
        parse_limit(text)
    except ValueError as error:
        raise Objected(str(error)) from None


def asked_first(line: OrderLine) -> str:
    """首问: whose unit answers for the hand-over of a line: of one that nobody has signed yet who was asked before."""
    return line.n if line.first is UNSET or line.signed is not None else line.first


class Mark(Struct):
    """How an order stood in its turn."""

    head: Head
    lines: dict[str, HeldLine]
    changed: set[str]
    told: int


class Turn:
    """An order at hand while one record concerns it. `save` keeps what has changed."""

    def __init__(self, rules: OrderRules, shelf: Shelf, head: Head, cause: OrderCause, out: list[Output]) -> None:
        self.rules = rules
        self.shelf = shelf
        self.head = head
        self.kind: OrderKind = rules.kinds[head.order.kind]
        self.cause = cause
        self.out = out
        self._lines: dict[str, HeldLine] = {}
        self._changed: set[str] = set()

    @property
    def order(self) -> Order:
        """The order as it stands now."""
        return self.head.order

    @property
    def now(self) -> int:
        """The partition's time (ms)."""
        return self.cause.at

    def line(self, n: str) -> HeldLine | None:
        """A line by its number."""
        if n not in self._lines and (found := self.shelf.line(self.order.id, n)):
            self._lines[n] = found
        return self._lines.get(n)

    def lines(self) -> Iterator[HeldLine]:
        """All lines, in the order in which they were made."""
        return (held for n in self.head.names if (held := self.line(n)))

    def main(self) -> HeldLine | None:
        """The line that answers for the whole; None before there is one."""
        return self.line(self.order.main) if self.order.main else None

    def stands_for(self, unit: str, body: str) -> bool:
        """Whether a unit acts in the name of a body that issues, verifies or supervises the order.

        It is that body, or an inner office of it; but none of a receiver's, who decides nothing about its own order.
        """
        bodies = self.rules.bodies
        if not (unit and body and bodies.acts_for(unit, body)):
            return False
        receivers = {held.line.unit for held in self.lines() if held.line.state != "moved"}
        return not any(bodies.within(unit, each) and not bodies.within(body, each) for each in receivers)

    def add(self, line: OrderLine) -> HeldLine:
        """A new line; it is told by `tell_line`."""
        held = HeldLine(line)
        self._lines[line.n] = held
        self.head.names.append(line.n)
        return held

    def tell(self, says: OrderEntry, order: Order) -> None:
        """The order is this from now on, and its trail says so."""
        before = self.order.state
        entered(self.head, says, before, self.cause, replace(order, verbs=self.kind.acts(order.state)), self.out)

    def tell_line(self, held: HeldLine, says: OrderEntry, line: OrderLine, before: str | None = None) -> None:
        """A line is this from now on, and the trail says so; `before`: its state then, where it is new."""
        was = held.line.state if before is None else before
        held.line = replace(line, verbs=self.kind.line_acts(line.state, line.part, self.order.state))
        entered_line(self.head, held, says, was, self.cause, self.out)
        self._changed.add(line.n)
        self._taken_over(held.line, says)

    def move(self, held: HeldLine, says: OrderEntry, line: OrderLine) -> None:
        """A line goes to another unit (改派). Its own unit, where nobody was asked before it, answers for the hand-over.

        首问: who was asked first answers for that alone, until the next one signs; what comes of it then is not its own.
        """
        running = clocks.dropped(line.clocks, self.now)
        if asked_first(line) == line.n:
            order, calendar = self.order, self.rules.calendar
            running += clocks.handover(self.kind, line.part, order.traits, self.now, calendar, urgent=order.urgent)
        self.tell_line(held, says, replace(line, state="moved", clocks=running))

    def _taken_over(self, line: OrderLine, says: OrderEntry) -> None:
        """Who was asked first answers no more once the next one has signed, or nobody is to sign any more."""
        signed = line.signed is not None
        asked = None if line.first is UNSET or not (signed or line.ended) else self.line(line.first)
        if asked is None or not any(each.runs for each in asked.line.clocks):
            return
        over = clocks.dropped(asked.line.clocks, self.now)
        if signed:
            traits, part = self.order.traits, asked.line.part
            over = tuple(clocks.met(each, self.kind, SIGN, part, traits, self.now) for each in asked.line.clocks)
        only = OrderEntry(event="handed-over" if signed else says.event, told={"line": line.n, "unit": line.unit})
        self.tell_line(asked, only, replace(asked.line, clocks=over))

    def refuse(self, verb: str, says: OrderEntry, why_not: str, held: HeldLine | None = None) -> None:
        """Nothing is done, and the trail says why."""
        no = OrderEntry(event="refuse", verb=verb, actor=says.actor, behalf=says.behalf, reason=why_not)
        if held is None:
            self.tell(no, self.order)
        else:
            self.tell_line(held, no, held.line)

    def clocks(
        self,
        running: Clocks,
        act: str,
        part: Part | None,
        order: Order,
        *,
        own: Mapping[str, str] = {},
        recorded: int | None = None,
    ) -> Clocks:
        """Clocks once an act is done now to the order, which has these traits and this urgency (`clocks.after`).

        A moment that the act records (`recorded`, ms) begins clocks, but none begins before its time has come.
        """
        return clocks.after(
            running,
            self.kind,
            act,
            part,
            order.traits,
            self.now,
            self.rules.calendar,
            urgent=order.urgent,
            own=own,
            recorded=None if recorded is None else min(recorded, self.now),
        )

    def mark(self) -> "Mark":
        """How all stands now, so that an act which fails on its way leaves nothing behind."""
        head = replace(self.head, names=list(self.head.names), acts=list(self.head.acts))
        lines = {n: replace(held) for n, held in self._lines.items()}
        return Mark(head, lines, set(self._changed), len(self.out))

    def back(self, mark: "Mark") -> None:
        """All stands as it did."""
        self.head, self._lines, self._changed = mark.head, mark.lines, mark.changed
        del self.out[mark.told :]

    def save(self) -> None:
        """Keep what has changed, and when time next matters to it."""
        for n in sorted(self._changed):
            line = self._lines[n].line
            self.shelf.put_line(self._lines[n], NEVER if line.ended else clocks.next_at(line.clocks))
        self.shelf.put(self.head, self._due())

    def _due(self) -> int:
        order = self.order
        if order.archived_at is not None or order.state == "refused":
            return parse_time(order.archived_at or order.changed_at) + KEPT
        if order.ended:
            return NEVER
        waiting = [self.ready_at(each) for each in order.alerts if each.quiet is not None and each.ready is None]
        return min(clocks.next_at(order.clocks), self.proposes_at(), *waiting)

    def proposes_at(self) -> int:
        """When the supervision of the order is proposed (ms): so long after its main receiver's time was over; or NEVER."""
        main = self.main()
        if not self.kind.propose or self.order.proposed is not None or main is None or not main.line.open:
            return NEVER
        late = next((each for each in main.line.clocks if each.name == HANDLE and each.late and each.runs), None)
        return NEVER if late is None else self._after(parse_time(late.due), self.kind.propose)

    def ready_at(self, alert: Linked) -> int:
        """When an alert of the order that is quiet may be re-inspected (ms)."""
        start = parse_time(alert.quiet or self.cause.time)
        return self._after(start, self.kind.quiet) if self.kind.quiet else start

    def _after(self, start: int, limit: str) -> int:
        """When so much time has passed from a moment on (ms); NEVER where the calendar ends before."""
        try:
            return deadline(start, parse_limit(limit), self.rules.calendar).at
        except OutOfCalendarError:
            return NEVER
