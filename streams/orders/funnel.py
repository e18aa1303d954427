"""The funnel of orders: 下达 → 签收 → 反馈 → 核查 → 销号, of those in hand and those that ended today. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from streams.messages import Order, OrderLine, parse_time
from streams.messages.outputs.order import OrderClock

STAGES = ("sent", "signed", "reported", "verified", "closed")
"""下达, 签收, 反馈, 核查, 销号: what an order has gone through when it stands there."""

FlowStages = Mapping[tuple[int, bool], int]
"""How many orders have gone through a stage last, by its place in STAGES and whether what waits for the next is late."""

_VOID = frozenset({"withdrawn", "revoked", "repealed", "declined", "merged"})


class FlowStage(Struct, frozen=True):
    """A stage of orders: how many have gone through it, how many wait for it, and of these how many are late."""

    name: str
    count: int
    waiting: int
    late: int


def reached(order: Order, main: OrderLine | None) -> tuple[int, bool] | None:
    """The last stage that an order has gone through, and whether what waits for the next is late; None where it is none's.

    What was never sent, or was taken back, is in no stage. Late is what its own clocks say, or those of the main receiver, who
    answers for the whole (公文处理工作条例 24 (4)): a late helper is not the order's red.
    """
    if main is None or order.state in _VOID or order.voided:
        return None
    if order.ended:
        return len(STAGES) - 1, False
    clocks = (*order.clocks, *main.clocks)
    return _stage(order, main), any(_late(each) for each in clocks)


def funnel(stages: FlowStages) -> list[FlowStage]:
    """Each stage: how many have gone through it, how many wait for it, and how many of these are late."""
    by = [stages.get((n, False), 0) + stages.get((n, True), 0) for n in range(len(STAGES))]
    after = (FlowStage(STAGES[n], sum(by[n:]), by[n - 1], stages.get((n - 1, True), 0)) for n in range(1, len(STAGES)))
    return [FlowStage(STAGES[0], sum(by), 0, 0), *after]


def _late(clock: OrderClock) -> bool:
    return clock.runs and clock.late


def _stage(order: Order, main: OrderLine) -> int:
    answered = main.state in {"reported", "accepted"} and main.reply is not None
    if answered and (order.callbacks or _looked_at(order, main)):
        return 3
    if answered:
        return 2
    return 1 if main.signed is not None else 0


def _looked_at(order: Order, main: OrderLine) -> bool:
    """Whether the answer that stands was inspected: an inspection before it was of another round."""
    inspected, reply = order.inspected, main.reply
    return inspected is not None and reply is not None and parse_time(inspected.at) >= parse_time(reply.at)
