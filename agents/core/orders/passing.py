"""What happens to orders without anybody's act: time passes, holidays are announced, a key turns out to be in other hands."""

from collections.abc import Mapping

from msgspec.structs import replace

from agents.core.orders import clocks, tied
from agents.core.orders.family import OrderCause, OrderEntry
from agents.core.orders.rules import OrderRules
from agents.core.orders.shelf import Shelf
from agents.core.orders.turn import Turn
from agents.core.personal import Remark
from agents.core.trusted import Doubt, told_doubt
from streams.messages.outputs.order import OrderClock, OrderLine, Stamp
from streams.outputs import Output


def passed(rules: OrderRules, shelf: Shelf, cause: OrderCause, out: list[Output]) -> None:
    """Clocks turn yellow or red, supervision is proposed, quiet alerts are ready, what was filed long ago is forgotten."""
    for key in shelf.passed(cause.at):
        order, _, n = key.partition(b"/")[2].decode().partition("/")
        head = shelf.head(order)
        if head is None:
            continue
        turn = Turn(rules, shelf, head, cause, out)
        if n:
            _line(turn, n)
        elif head.order.archived_at is not None or head.order.state == "refused":
            shelf.forget(head)
            continue
        else:
            _whole(turn)
        turn.save()


def reckon(rules: OrderRules, shelf: Shelf, cause: OrderCause, out: list[Output]) -> None:
    """Every running clock by the calendar as it is known now."""
    says, calendar = OrderEntry(event="reckon"), rules.calendar
    for order in sorted(shelf.heads):
        head = shelf.head(order)
        if head is None or head.order.ended:
            continue
        turn = Turn(rules, shelf, head, cause, out)
        renewed = tuple(clocks.renewed(each, calendar) if each.runs else each for each in head.order.clocks)
        if renewed != head.order.clocks:
            turn.tell(says, replace(turn.order, clocks=renewed))
        for held in turn.lines():
            again = tuple(clocks.renewed(each, calendar) if each.runs else each for each in held.line.clocks)
            if again != held.line.clocks:
                turn.tell_line(held, says, replace(held.line, clocks=again))
        turn.save()


def doubt(rules: OrderRules, shelf: Shelf, found: list[Doubt], cause: OrderCause, out: list[Output]) -> None:
    """Write into the trail of each open order which of its acts that stand are doubted; nothing else changes."""
    for order in sorted({order for each in found for order in shelf.holding(each.kid)}):
        head = shelf.head(order)
        if head is None or head.order.ended:
            continue
        turn = Turn(rules, shelf, head, cause, out)
        if acts := _doubted(turn, found):
            turn.tell(OrderEntry(event="doubt", reason=told_doubt(found, acts)), turn.order)
            turn.save()


def remark(turn: Turn, said: Remark) -> None:
    """Write into the trail of an order what the keeper says of its texts; nothing else changes."""
    turn.tell(OrderEntry(event=said.event, reason=said.reason), turn.order)
    turn.save()


def _line(turn: Turn, n: str) -> None:
    held = turn.line(n)
    if held is None:
        return
    for over, running in clocks.turned(held.line.clocks, turn.now, turn.rules.calendar):
        turn.tell_line(held, _ran(over), replace(held.line, clocks=running, urged=held.line.urged + over.late))


def _whole(turn: Turn) -> None:
    for over, running in clocks.turned(turn.order.clocks, turn.now, turn.rules.calendar):
        turn.tell(_ran(over), replace(turn.order, clocks=running))
    if turn.proposes_at() <= turn.now:
        turn.tell(OrderEntry(event="propose"), replace(turn.order, proposed=turn.cause.time))
    tied.ready(turn)


def _ran(clock: OrderClock) -> OrderEntry:
    event = "late" if clock.late else "remind"
    return OrderEntry(event=event, told={"clock": clock.name, "due": clock.due, "rings": clock.rings or ""})


def _doubted(turn: Turn, found: list[Doubt]) -> list[str]:
    """The acts that stand and bear a doubted key."""
    lines = [held.line for held in turn.lines()]
    stamps: Mapping[str, list[Stamp | None]] = {
        "sign": [line.signed for line in lines],
        "call": [line.called for line in lines],
        "endorse": [line.reply for line in lines],
        "submit": [line.draft for line in lines],
        "inspect": [turn.order.inspected],
        "decide-return": [_decided(line) for line in lines],
    }
    return [
        act
        for act, each in stamps.items()
        if any(one is not None and any(doubt.covers(one.kid, one.at) for doubt in found) for one in each)
    ]


def _decided(line: OrderLine) -> Stamp | None:
    return line.returns.decided if line.returns is not None else None
