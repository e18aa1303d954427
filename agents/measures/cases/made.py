"""Cases of an order, from its newest revision, those of its lines, and what its trail alone says. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import UNSET, Struct
from msgspec.structs import replace

from agents.core.orders.clocks import stands
from agents.measures.cases.case import CaseHead, DispatchCase, InstrumentCase, MeasuredCase
from streams.messages import LegalInstrument, Order, OrderAudit, OrderClock, OrderLine, parse_time
from streams.orders.kind import DESIGNATED
from streams.orders.matter import TOPIC
from streams.orders.texts import CALLERS

_SIGN, _CONTACT, _HANDLE, _RECHECK, _DISPATCH = "sign", "contact", "handle", "recheck", "dispatch"
_STEP, _CALL = "step", "call-back"

_STEPS = frozenset({"ask-return", "decide-return", "decide-extension"})
"""What another system's steps say of a line that its revision does not."""

_GRANTED = frozenset({"granted", DESIGNATED})
"""The decisions by which a line that was to be returned goes to another unit."""


class TrailMarks(Struct):
    """What the trail of an order alone says.

    `steps`: line and act of another system's steps; `called`: entry, time (ms) and whether by another system of its newest
    call-back. The same whatever the order in which entries come.
    """

    steps: set[tuple[str, str]] = set()
    called: tuple[int, int, bool] = (0, 0, False)

    def of(self, line: OrderLine) -> set[str]:
        """The other system's steps of a line."""
        return {verb for n, verb in self.steps if n == line.n}

    def take(self, entry: OrderAudit) -> bool:
        """Take up an entry; whether it says anything new."""
        if entry.line and entry.event == _STEP and entry.verb in _STEPS and (entry.line, entry.verb) not in self.steps:
            self.steps.add((entry.line, entry.verb))
            return True
        elsewhere = entry.event == _STEP and entry.verb == _CALL
        if (elsewhere or entry.event == _CALL) and entry.n > self.called[0]:
            self.called = entry.n, parse_time(entry.at), elsewhere
            return True
        return False


def cases_of(order: Order, lines: Mapping[str, OrderLine], marks: TrailMarks) -> Iterator[CaseHead]:
    """The cases of an order.

    One for each line that is timed, one for the order once it was sent, one for its dispatch where somebody had to dispatch
    it, one for each instrument. Who assists (协助: villages and communities) is not timed and is no case.
    """
    timed = [line for line in lines.values() if line.part != "assist"]
    for line in timed:
        yield _case(order, line, marks)
    if (main := lines.get(order.main)) is not None:
        sent, back = min(parse_time(line.sent) for line in timed), sum(line.reworked for line in timed)
        yield replace(_case(order, main, marks), id=order.id, of="order", begun=sent, dispatched_at=sent, reworked=back)
    if (clock := _clock(order.clocks, _DISPATCH)) is not None:
        yield _dispatch(order, clock, timed, marks)
    yield from (_instrument(order, main, each) for each in order.instruments)


def about_of(case: CaseHead) -> str:
    """What a case is about: kind of order, and the category or nature of a request, or the domain."""
    words = (getattr(case, name, "") for name in ("category", "nature", "domain"))
    return f"{case.kind}/{next(filter(None, words), '')}"


def _dispatch(order: Order, clock: OrderClock, timed: list[OrderLine], marks: TrailMarks) -> DispatchCase:
    return DispatchCase(
        id=f"{order.id}/dispatch",
        of="dispatch",
        order=order.id,
        number=order.number,
        kind=order.kind,
        unit=order.issuer,
        district=order.adcode[:6],
        domain=domain_of(order),
        begun=parse_time(clock.start),
        urgent=order.urgent,
        category=order.traits.get("category", ""),
        outcome=order.outcome,
        dispatch_due=_due(clock),
        sent_at=min((parse_time(line.sent) for line in timed), default=None),
        dispatch_lapsed=_lapsed(clock),
        returned=any(_granted(line, marks.of(line)) for line in timed),
        voided=order.voided,
    )


def _instrument(order: Order, main: OrderLine | None, said: LegalInstrument) -> InstrumentCase:
    return InstrumentCase(
        id=f"{order.id}/instrument/{said.number}",
        of="instrument",
        order=order.id,
        number=order.number,
        kind=order.kind,
        unit=order.issuer if main is None else main.unit,
        district=order.adcode[:6],
        domain=domain_of(order),
        begun=parse_time(said.served_at),
        instrument=said.kind,
        correct_by=parse_time(said.limit_at) if said.limit_at else None,
        ended_at=parse_time(said.ended_at) if said.ended_at else None,
        instrument_end=said.end,
        voided=order.voided,
    )


def _case(order: Order, line: OrderLine, marks: TrailMarks) -> MeasuredCase:
    sign, contact, handle = (_clock(line.clocks, name) for name in (_SIGN, _CONTACT, _HANDLE))
    recheck = _clock(line.clocks, _RECHECK)
    _, called_at, elsewhere = marks.called
    called, steps = order.callbacks > 0, marks.of(line)
    return MeasuredCase(
        id=line.id,
        of="line",
        order=order.id,
        number=order.number,
        kind=order.kind,
        part=line.part,
        unit=line.unit,
        district=order.adcode[:6],
        domain=domain_of(order),
        begun=parse_time(line.sent),
        urgent=order.urgent,
        nature=order.traits.get("nature", ""),
        category=order.traits.get("category", ""),
        anonymous=order.traits.get("anonymous") == "yes",
        procedure=order.traits.get("procedure", ""),
        outcome=order.outcome,
        dispatched_at=parse_time(line.sent),
        sign_due=_due(sign),
        signed_at=_met(sign),
        sign_lapsed=_lapsed(sign),
        contact_due=_due(contact),
        contacted_at=_met(contact),
        contact_lapsed=_lapsed(contact),
        due=_due(handle),
        first_due=None if handle is None else parse_time(handle.first_due),
        answered_at=_met(handle),
        lapsed=_lapsed(handle),
        extended=bool(handle and handle.extra) or "decide-extension" in steps,
        paused=bool(handle and handle.pauses),
        return_asked=line.returns is not None or not steps.isdisjoint({"ask-return", "decide-return"}),
        return_granted=_granted(line, steps),
        moved=line.state == "moved",
        reworked=line.reworked,
        callbacks=order.callbacks,
        called_back_at=called_at if called and called_at else None,
        called_elsewhere=called and elsewhere,
        satisfaction=order.satisfaction,
        solved=None if order.solved is UNSET else int(order.solved),
        recheck_due=_due(recheck),
        rechecked_at=_met(recheck),
        recheck_lapsed=_lapsed(recheck),
        closed_at=None if order.closed_at is None else parse_time(order.closed_at),
        lawful=order.lawful,
        voided=order.voided,
    )


def _granted(line: OrderLine, steps: set[str]) -> bool:
    """Whether a line went to another unit by a granted return."""
    asked = line.returns
    return line.state == "moved" and ("decide-return" in steps or (asked is not None and asked.decision in _GRANTED))


def domain_of(order: Order) -> str:
    """The domain of its first alert; that of services where a caller stands behind it; else none is told."""
    if order.alerts:
        return order.alerts[0].link.domain
    return "service" if order.kind in CALLERS else ""


def topic_of(order: Order | None) -> str:
    """The matter that an order is about; empty where none is told, or no order is known."""
    return order.traits.get(TOPIC, "") if order else ""


def _clock(clocks: Iterable[OrderClock], name: str) -> OrderClock | None:
    """The newest clock of a name."""
    return next((each for each in reversed(tuple(clocks)) if each.name == name), None)


def _due(clock: OrderClock | None) -> int | None:
    """When its time is over (ms): not known while it stands still."""
    if clock is None or (clock.runs and stands(clock)):
        return None
    return parse_time(clock.due)


def _met(clock: OrderClock | None) -> int | None:
    return None if clock is None or clock.met is None else parse_time(clock.met)


def _lapsed(clock: OrderClock | None) -> bool:
    """Whether it came to nothing before its time was over."""
    return clock is not None and clock.dropped and not clock.late
