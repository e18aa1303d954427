"""Orders as the core writes them, made by hand: of the kind `lead`, sent on Tuesday 2026-11-24 at 14:36."""

from typing import Any

from msgspec.structs import replace

from streams.messages import Actor, Order, OrderAudit, OrderClock, OrderLine, Place, Text
from streams.messages.orders import File, LegalInstrument, Link, Passage
from streams.messages.outputs.order import Application, ClockPause, Linked, Stamp
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


INSTRUMENT = LegalInstrument(
    kind="rectification",
    number="郑荥环责改〔2026〕41 号",
    organ="荥阳分局",
    officers=("16010117", "16010132"),
    served="direct",
    served_at="2026-11-25T16:40:00+08:00",
    limit_at="2026-12-02T18:00:00+08:00",
    remedy=True,
    recheck_at="2026-12-25T18:00:00+08:00",
)

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
        text=(Passage("cause", "监测发现疑似超过限值。"), Passage("demand", "请核实处理。")),
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


def whole_story(log: str) -> list[Any]:
    """Order 1 as the look of the page has it: a return that waits, more time granted, sub-orders, an instrument, a proposal."""
    read = "2026-11-24T14:41:00+08:00"
    met = "2026-11-24T14:58:00+08:00"
    signed: dict[str, Any] = {"state": "signed", "delivered": stamp(LI), "read": stamp(LI, read)}
    handled = replace(HANDLE, due="2026-12-19T00:00:00+08:00", warn="2026-12-17T00:00:00+08:00")
    begin, end = "2026-11-26T08:00:00+08:00", "2026-11-28T08:00:00+08:00"
    testing = ClockPause(kind="testing", basis="程序规定 18、64", begin=begin, end=end)
    ten = clock("handle", "2026-12-01T18:00:00+08:00", limit="10 working-days")
    more = replace(ten, first_due="2026-11-30T18:00:00+08:00", warned=True)
    files = tuple(File(digest=f"{n:064x}", size=310_000 * n, type="image/jpeg", made_at=SENT, of="现场") for n in (1, 2, 3))
    granted = asked("extension", limit="1 working-day", decision="granted", decided=stamp(WANG))
    waits = asked("return", clause="职责清单 SP-03", unit=HELPER, due="2026-12-01T10:05:00+08:00")
    about = Link(domain="environment", subject="s", alert=f"{3:032x}", occurrence=1)
    main: dict[str, Any] = {
        "signed": stamp(LI, met),
        "called": stamp(WANG, "2026-11-24T14:39:00+08:00", who="值班 陈*"),
        "clocks": (replace(SIGN, met=met), replace(handled, pauses=(testing,))),
        "demand": "核查、依法处理，答复全单",
    }
    below: dict[str, Any] = {"under": "1", "part": "support", "unit": "zz-ee", "demand": "执法监测", "clocks": (more,)}
    heat: dict[str, Any] = {"part": "support", "unit": HELPER, "demand": "供热调度", "clocks": (more,), "extension": granted}
    market: dict[str, Any] = {"part": "support", "unit": "zz-amr", "demand": "锅炉燃烧器", "returns": waits}
    village: dict[str, Any] = {
        "part": "assist",
        "unit": "410182000000",
        "state": "told",
        "demand": "告知周边居民",
        "clocks": (),
    }
    return [
        order(
            1,
            log,
            state="handling",
            title=Text("疑似烟气氮氧化物小时均值超限 2 倍", "Suspected: NOx twice the hourly limit"),
            alerts=(Linked(link=about, active=False),),
            lines=5,
            proposed="2026-11-30T08:30:00+08:00",
            instruments=(INSTRUMENT,),
            files=files,
            audit=23,
        ),
        line(1, "1", log, **signed, **main),
        line(1, "1.1", log, **signed, **below, signed=stamp(LI)),
        line(1, "2", log, **signed, **heat, signed=stamp(LI, "2026-11-24T16:20:00+08:00")),
        line(1, "3", log, **market, delivered=stamp(LI), read=stamp(LI), clocks=(replace(SIGN, late=True), HANDLE)),
        line(1, "4", log, **village, delivered=stamp(LI)),
        *(entry(1, n, event, log) for n, event in enumerate(["issue", "sign", "ask-return", "propose"], 20)),
    ]


def some(log: str) -> list[Any]:
    """Orders 2 to 40: some late, some near their end, some to verify, the rest unsigned or in hand."""
    found: list[Any] = []
    for n in range(2, 41):
        turn = n % 6
        held = clock("handle", f"2026-12-{3 + n % 20:02d}T18:00:00+08:00", late=turn == 0, warned=turn in {0, 1})
        state = {2: "reported", 3: "sent"}.get(turn, "handling")
        more: dict[str, Any] = {
            "state": {2: "reported", 3: "sent"}.get(turn, "signed"),
            "clocks": (replace(held, met=SENT),) if turn == 2 else (held,),
            "unit": BUREAU if n % 2 else HELPER,
            "read": None if turn == 3 else stamp(LI),
        }
        title = Text(f"疑似标定超期 第 {n} 件", f"Suspected: calibration overdue, no. {n}")
        found += [order(n, log, state=state, title=title), line(n, "1", log, **more)]
    return found
