"""Orders as the core writes them, made by hand: of the kind `lead`, sent on Tuesday 2026-11-24 at 14:36."""

from typing import Any

from msgspec.structs import replace

from streams.messages import Actor, Order, OrderAudit, OrderClock, OrderLine, Place, Text
from streams.messages.orders import Said
from streams.messages.outputs.order import Application, Stamp
from streams.orders.kinds import kinds

SENT = "2026-11-24T14:36:20+08:00"
OFFICE, BUREAU, HELPER = "zz-gov", "zz-ee-410182", "zz-um"
WANG = Actor(id="wang", name="王敏", role="dispatcher", department=OFFICE)
LI = Actor(id="li", name="李签收", role="clerk", department=BUREAU)
DEFAULT = Text("本系统默认", "Default of this system")
KIND = kinds()["lead"]


def name(n: int) -> str:
    """The id of the n-th order."""
    return f"{n:032x}"


def clock(what: str, due: str, **changes: Any) -> OrderClock:
    """A clock from sending that runs until `due`, and turns yellow a day before its end."""
    limit = "2 working-hours" if what == "sign" else "15 civil-working-days"
    made = OrderClock(
        name=what, limit=limit, start=SENT, due=due, first_due=due, warn=due, source=DEFAULT, place="", mark="default"
    )
    return replace(made, **changes)


SIGN = clock("sign", "2026-11-24T16:36:20+08:00")
HANDLE = clock("handle", "2026-12-15T24:00:00+08:00".replace("15T24", "16T00"))


def stamp(actor: Actor, at: str = SENT, **more: Any) -> Stamp:
    """That somebody has done something."""
    return Stamp(at=at, actor=actor, **more)


def asked(kind: Any, actor: Actor = LI, **more: Any) -> Application:
    """What waits for a decision."""
    return Application(kind=kind, asked=stamp(actor, words="不属本单位职责"), **more)


def line(n: int, number: str = "1", log: str = "test", **changes: Any) -> OrderLine:
    """A line of the n-th order: unsigned, of the main receiver."""
    state = changes.get("state", "sent")
    part = changes.get("part", "main")
    made = OrderLine(
        id=f"{name(n)}/{number}",
        rev=1,
        log=log,
        order=name(n),
        n=number,
        under="",
        part=part,
        unit=BUREAU,
        from_unit=OFFICE,
        state=state,
        sent=SENT,
        clocks=(SIGN, HANDLE),
        verbs=KIND.line_acts(state, part),
        changed_at=SENT,
        place=Place(f"{log}.events.orders", 0, 1),
        audit=1,
        head="0" * 64,
    )
    return replace(made, **changes)


def order(n: int, log: str = "test", **changes: Any) -> Order:
    """The n-th order: sent, not signed."""
    state = changes.get("state", "sent")
    made = Order(
        id=name(n),
        rev=1,
        log=log,
        kind="lead",
        book=KIND.version,
        number=f"GD-20261124-{n:04d}",
        round=1,
        state=state,
        title=Text("疑似氮氧化物小时均值超限", "Suspected: nitrogen oxides above the hourly limit"),
        text=(Said("cause", "监测发现疑似超过限值。"), Said("demand", "请核实处理。")),
        paper="work-order",
        urgent=False,
        traits={},
        issuer=OFFICE,
        verifier=OFFICE,
        supervising="",
        actor=WANG,
        adcode="410182",
        lon=None,
        lat=None,
        alerts=(),
        incident="",
        parent="",
        matter="",
        verdict="true",
        lines=1,
        main="1",
        clocks=(),
        opened_at=SENT,
        changed_at=SENT,
        verbs=KIND.acts(state),
        place=Place(f"{log}.events.orders", 0, 1),
        audit=1,
        head="0" * 64,
    )
    return replace(made, **changes)


def entry(n: int, number: int, event: str, log: str = "test", **changes: Any) -> OrderAudit:
    """An entry of the n-th order's trail."""
    made = OrderAudit(
        order=name(n),
        n=number,
        rev=number,
        at=SENT,
        event=event,
        verb=event,
        line="",
        before="",
        after="sent",
        actor=WANG,
        behalf="",
        reason="",
        told={},
        place=Place(f"{log}.events.orders", 0, number),
        prev="0" * 64,
        hash="1" * 64,
    )
    return replace(made, **changes)
