"""Matters that come in: a request, a bad rating, a data fault opens an order; its later steps are acts of another system."""

from msgspec.structs import replace

from agents.core.orders import lines, whole
from agents.core.orders.family import OrderEntry, stamp
from agents.core.orders.sending import is_complained_of, send
from agents.core.orders.turn import NOT_NOW, Turn, asked_first
from streams.messages import Matter
from streams.messages.orders import Receiver
from streams.orders.kind import LINE_ACTS

FILED = "filed"
"""The event with which such an order begins, and the moment from which its first clocks run."""


def begin(turn: Turn, matter: Matter) -> None:
    """The first entry of an order that a matter has opened."""
    order = turn.order
    running = turn.clocks((), FILED, None, order)
    told = {"matter": matter.number, "step": matter.step, "subject": matter.subject}
    turn.tell(OrderEntry(event=FILED, told=told), replace(order, clocks=running))
    if order.state == whole.SENT:  # 谁办理、谁负责: whoever it is about has it at once
        _assigned(turn, matter, OrderEntry(event="step", verb="dispatch", told=told), whole.SENT)


def step(turn: Turn, matter: Matter) -> None:
    """A later step of the other system: the act that the kind says it is, where the table allows it, else a note of it."""
    verb = turn.kind.steps.get(matter.step, "")
    told = {"matter": matter.number, "step": matter.step, "subject": matter.subject}
    says = OrderEntry(event="step", verb=verb, told=told)
    mark = turn.mark()
    try:
        if not (verb and _done(turn, verb, matter, says)):
            turn.tell(says, turn.order)
    except NOT_NOW:
        turn.back(mark)
        turn.tell(says, turn.order)


def _done(turn: Turn, verb: str, matter: Matter, says: OrderEntry) -> bool:
    if verb in LINE_ACTS:
        return _line_step(turn, verb, says)
    if verb == "dispatch":
        return _assigned(turn, matter, says, turn.kind.leads(turn.order.state, verb) or turn.order.state)
    after = turn.kind.leads(turn.order.state, verb)
    if after is None:
        return False
    outcome = turn.kind.outcomes.get(matter.step, "")
    made = replace(turn.order, outcome=outcome or turn.order.outcome)
    if verb == "call-back":
        made = replace(made, callbacks=made.callbacks + 1)
    if verb == "inspect":
        made = replace(made, inspected=stamp(turn.cause, says))
    whole.step(turn, verb, None, says, made, after)
    return True


def _assigned(turn: Turn, matter: Matter, says: OrderEntry, after: str) -> bool:
    """The other system has sent it to a unit; that one is its business, whether or not it is one of the place's bodies."""
    order, main = turn.order, turn.main()
    if not matter.unit or (main is not None and main.line.open and main.line.unit == matter.unit):
        return False
    if is_complained_of(turn.rules.bodies, order.traits, matter.unit):
        return False  # it stays a note: the desk sends it past whom it is about
    if main is not None and main.line.open:
        turn.move(main, says, main.line)
    first = asked_first(main.line) if main is not None and main.line.state == "moved" else ""
    (held,) = send(turn, (Receiver(unit=matter.unit, part="main"),), order.issuer, says, first=first)
    running = order.clocks
    for act in ("dispatch", whole.SENT):
        running = turn.clocks(running, act, None, order)
    turn.tell(says, replace(order, state=after, lines=len(turn.head.names), main=held.line.n, clocks=running))
    return True


def _line_step(turn: Turn, verb: str, says: OrderEntry) -> bool:
    held = turn.main()
    if held is None:
        return False
    if verb == "decide-return":
        turn.move(held, says, held.line)
        return True
    line, kind = held.line, turn.kind
    if verb == "endorse" and line.state in {"sent", "signed"}:
        line = replace(line, state="review")  # an answer that went out was written before
    after = kind.line_after(line.state, verb, line.part, turn.order.state)
    if after is None:
        return False
    now = stamp(turn.cause, says)
    if verb == "sign":
        line = replace(line, delivered=line.delivered or now, read=line.read or now, signed=now)
    elif verb == "contact":
        line = replace(line, contacted=line.contacted or now, contacts=line.contacts + 1)
    elif verb == "endorse":
        line = replace(line, reply=now, signed=line.signed or now)
    if verb == "endorse" and kind.after(turn.order.state, verb) is None:
        lines.moved(turn, "sign", says)  # an answer came of what was never said to be signed
    turn.tell_line(held, says, replace(lines.ticked(turn, verb, line), state=after))
    lines.moved(turn, verb, says)
    return True
