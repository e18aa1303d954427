"""Orders are made and sent: what is looked at before, the lines of their receivers, and the number."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from agents.core.orders import clocks
from agents.core.orders.family import Head, HeldLine, OrderCause, OrderEntry, line_id
from agents.core.orders.rules import Bodies, OrderRules
from agents.core.orders.turn import HANDLE, Objected, Turn, check_limit
from streams.calendar.working_time import OutOfCalendarError
from streams.messages import GENESIS, Matter, Sealed, Words, is_text, parse_time
from streams.messages.orders import MAX_RECEIVERS, Issue, Receiver
from streams.messages.outputs.order import Linked, Order, OrderLine
from streams.orders.kind import OrderKind, RestsOn
from streams.orders.secrecy import REFUSED, names_secret
from streams.orders.texts import ASSERTS, accusation, complained_of, texts_of

MADE_ELSEWHERE = frozenset({"document", "letter", "report"})
"""The papers that the office's own system makes: such an order is sent by the act that records the paper."""

ASSISTING = frozenset({"community", "village"})
"""What may assist alone: 村民委员会组织法 6 (自治); 国办函〔2025〕66号（五）."""

OUTSIDE = frozenset({"soe", "vertical"})
"""What belongs to no government of the place: 市属国企, 垂管."""


def begun(issue: Issue, kind: OrderKind, number: str, log: str, cause: OrderCause) -> Head:
    """An order at its beginning, before its first entry."""
    return Head(
        Order(
            **_new(issue.order, kind, number, log, cause),
            state="",
            title=issue.title,
            text=issue.text,
            paper=issue.paper,
            urgent=issue.urgent,
            traits=issue.traits,
            issuer=issue.actor.department,
            verifier=issue.verifier or (issue.supervising if kind.verifier == "supervising" else "") or issue.actor.department,
            supervising=issue.supervising,
            actor=issue.actor,
            adcode=issue.adcode,
            lon=issue.lon,
            lat=issue.lat,
            alerts=tuple(Linked(link=link, active=True) for link in issue.alerts),
            incident=issue.incident,
            parent=issue.parent,
            matter=issue.matter,
            verdict=issue.verdict,
        )
    )


def filed(
    matter: Matter, order: str, kind: OrderKind, number: str, log: str, bodies: tuple[str, str], cause: OrderCause
) -> Head:
    """The order that a matter opens, before its first entry; `bodies`: who issues and verifies it, and who supervises."""
    issuer, supervising = bodies
    return Head(
        Order(
            **_new(order, kind, number, log, cause),
            state=kind.filed,
            title=matter.title,
            text=(),
            paper=kind.papers[0],
            urgent=matter.urgent,
            traits=matter.traits,
            issuer=issuer,
            verifier=issuer,
            supervising=supervising,
            actor=None,
            adcode=matter.adcode,
            lon=matter.lon,
            lat=matter.lat,
            alerts=(),
            incident="",
            parent="",
            matter=matter.number,
            verdict="",
        )
    )


def desks(rules: OrderRules, kind: OrderKind, matter: Matter) -> tuple[str, str]:
    """Who issues the order of a matter and verifies it, and who supervises.

    The desk of its kind; of what bodies apply for the one that applies, the desk supervises. What is said of the desk itself
    goes to the body whose office it is.
    """
    bodies, desk = rules.bodies, rules.desks.get(kind.id, "")
    if is_complained_of(bodies, matter.traits, desk):
        desk = bodies.organ(desk)
    applies = kind.verifier == "applicant" and bodies.sort(matter.applicant) in kind.issuers
    return (matter.applicant if applies else desk), desk


def _new(order: str, kind: OrderKind, number: str, log: str, cause: OrderCause) -> dict[str, Any]:
    """What every order has at its beginning, whatever opens it."""
    return {
        "id": order,
        "rev": cause.place.offset,
        "log": log,
        "kind": kind.id,
        "book": kind.version,
        "number": number,
        "round": 1,
        "lines": 0,
        "main": "",
        "clocks": (),
        "opened_at": cause.time,
        "changed_at": cause.time,
        "place": cause.place,
        "audit": 0,
        "head": GENESIS,
    }


def check_issue(turn: Turn, issue: Issue) -> None:
    """Refuse an order that may not be sent so; Objected says why."""
    kind, bodies = turn.kind, turn.rules.bodies
    issuer = turn.order.issuer
    if not bodies.sort(issuer):
        raise Objected(f"no body here is called {issuer!r}: the account of who issues must name its unit")
    if bodies.sort(issuer) not in kind.issuers:
        raise Objected(f"a {bodies.sort(issuer)} does not issue orders of kind {kind.id}; {', '.join(kind.issuers)} do")
    if issue.paper not in kind.papers:
        raise Objected(f"no {issue.paper} is made for orders of kind {kind.id}: {', '.join(kind.papers)}")
    if not issue.title.zh.strip():
        raise Objected("it needs a title")
    if kind.rests_on and not any(_rests(issue, each) for each in kind.rests_on):
        raise Objected(f"a {kind.id} names {' or '.join(_RESTS[each] for each in kind.rests_on)}")
    if issue.alerts and not issue.verdict and not is_text(issue.reason):
        raise Objected("nobody has verified the alert (核实): say why it is sent nevertheless")
    if issue.alerts and issue.verdict == "false" and not is_text(issue.reason):
        raise Objected("the alert was verified as a false one: say why it is sent nevertheless")
    texts = (issue.title.zh, *(each.words for each in issue.text), *(each.demand for each in issue.receivers))
    no_secrets((*texts, issue.title.en, issue.reason))
    _no_accusation(issue)


def _no_accusation(issue: Issue) -> None:
    """Refuse words about an alert that assert a violation before its review (行政处罚法 41).

    Of sealed texts, which are not read here, whoever sealed them must say in the signed act that they were looked at.
    """
    if found := accusation(issue):
        raise Objected(ASSERTS.en.format(found))
    if (
        issue.alerts
        and not issue.worded
        and any(isinstance(text, Sealed) for path, _, text in texts_of(issue) if path != "reason")
    ):
        raise Objected(
            "its texts are sealed, and the act does not say that they were looked at for 疑似 before (行政处罚法 41)"
        )


_RESTS: Mapping[RestsOn, str] = {
    "parent": "the order that it is about (parent)",
    "basis": "the decision that it rests on (basis, a part of its text)",
}
"""What an order of some kinds rests on, in words."""


def _rests(issue: Issue, ground: RestsOn) -> bool:
    return bool(issue.parent) if ground == "parent" else any(each.name == ground for each in issue.text)


def no_secrets(texts: Iterable[Words]) -> None:
    """Refuse words that mark a state secret (保密法 30, 31); a sealed text was looked at where it was sealed."""
    if any(isinstance(each, str) and names_secret(each) for each in texts):
        raise Objected(f"{REFUSED.zh} / {REFUSED.en}")


def check_receivers(turn: Turn, receivers: Sequence[Receiver], sender: str, *, main: bool) -> None:
    """Refuse receivers that may not be sent to; `main`: there must be one who answers for the whole."""
    bodies, order = turn.rules.bodies, turn.order
    mains = sum(each.part == "main" for each in receivers)
    if not receivers or mains != main:
        raise Objected(
            "exactly one receiver answers for the whole (主办)" if main else "it needs receivers, and has its main one"
        )
    there = {held.line.unit for held in turn.lines() if held.line.open or held.line.state == "told"}
    units = [each.unit for each in receivers]
    if twice := next((unit for unit in units if units.count(unit) > 1 or unit in there), ""):
        raise Objected(f"{twice!r} is a receiver already: name each once")
    if len(turn.head.names) + len(receivers) > MAX_RECEIVERS:
        raise Objected(f"an order has {MAX_RECEIVERS} receivers at most")
    for each in receivers:
        sort = bodies.sort(each.unit)
        if not sort:
            raise Objected(f"no body here is called {each.unit!r}: see the place's units.toml")
        if why_not := bodies.objection(sender, each.unit, order.paper, turn.now):
            raise Objected(why_not)
        if sort in ASSISTING and each.part != "assist":
            raise Objected(f"{each.unit}: villages and communities are self-governing, they assist and are not ordered (协助)")
        if is_complained_of(bodies, order.traits, each.unit):
            raise Objected(f"{each.unit}: a complaint does not go to whom it is about, nor below: send it to its superior")
        if sort in OUTSIDE and order.paper == "dispatch" and not order.urgent:
            raise Objected(f"{each.unit}: a utility, or an office of another line, is dispatched in an emergency alone (商请)")
        _check_limit(each)


def is_complained_of(bodies: Bodies, traits: Mapping[str, str], unit: str) -> bool:
    """Whether these traits say that a body is complained of, or one that it belongs to (信访工作条例 28; 济南 32)."""
    return any(bodies.within(unit, each) for each in complained_of(traits))


def _check_limit(receiver: Receiver) -> None:
    if not receiver.limit:
        return
    if receiver.part == "assist":
        raise Objected(f"{receiver.unit}: who assists is not timed")
    check_limit(receiver.limit)


def send(
    turn: Turn,
    receivers: Sequence[Receiver],
    sender: str,
    says: OrderEntry,
    *,
    whole: str = "",
    since: int | None = None,
    designated: bool = False,
    first: str = "",
) -> list[HeldLine]:
    """Make the lines of receivers, sent now, and tell of each; `whole`: the limit of the order, which is its main receiver's.

    `since` (ms): their clocks but that of signing run from then, as those of the line whose place they take.
    `designated`: of them no return is taken. `first`: the line whose unit was asked before (首问).
    """
    numbers = _numbers(turn, receivers)
    made = [_line(turn, each, n, sender, whole, since) for each, n in zip(receivers, numbers, strict=True)]
    for line in made:
        if line.under:
            _check_inside(turn, line)
    found = []
    for line in made:
        line = replace(line, designated=designated, first=first or UNSET)  # noqa: PLW2901 - the same line
        held = turn.add(line)
        sent = OrderEntry(event="sent", actor=says.actor, behalf=says.behalf, told={"unit": line.unit, "part": line.part})
        turn.tell_line(held, sent, line, "")
        found.append(held)
    return found


def _line(turn: Turn, receiver: Receiver, n: str, sender: str, whole: str, since: int | None) -> OrderLine:
    order, kind = turn.order, turn.kind
    own = receiver.limit or whole
    try:
        limits = {HANDLE: own} if own else {}
        assists = receiver.part == "assist"
        running = () if assists else turn.clocks((), "sent", receiver.part, order, own=limits)
        if since is not None:
            running = tuple(
                clocks.begun(row, since, turn.rules.calendar, urgent=order.urgent, own=own)
                if each.name == HANDLE and (row := kind.limit(HANDLE, receiver.part, order.traits))
                else each
                for each in running
            )
    except OutOfCalendarError as error:
        raise Objected(f"{receiver.unit}: {error}") from None
    return OrderLine(
        id=line_id(order.id, n),
        rev=turn.cause.place.offset,
        log=order.log,
        order=order.id,
        n=n,
        under=receiver.under,
        part=receiver.part,
        unit=receiver.unit,
        from_unit=sender,
        state="told" if assists else "sent",
        sent=turn.cause.time,
        demand=receiver.demand,
        clocks=running,
        changed_at=turn.cause.time,
        place=turn.cause.place,
        audit=0,
        head=GENESIS,
    )


def _numbers(turn: Turn, receivers: Sequence[Receiver]) -> list[str]:
    """The numbers of the next lines: 1, 2 and so on, and below a line 1.1, 1.2."""
    names = list(turn.head.names)
    for each in receivers:
        begin = f"{each.under}." if each.under else ""
        siblings = [n for n in names if n.startswith(begin) and "." not in n.removeprefix(begin)]
        names.append(f"{begin}{len(siblings) + 1}")
    return names[len(turn.head.names) :]


def _check_inside(turn: Turn, line: OrderLine) -> None:
    """A sub-order ends before the line whose it is: the main receiver answers for the whole (公文处理工作条例 24(四))."""
    parent = turn.line(line.under)
    if parent is None:
        raise Objected(f"the order has no line {line.under!r} that a sub-order could be below")
    ends = {each.name: each.due for each in parent.line.clocks if each.runs}
    own = next((each.due for each in line.clocks if each.name == HANDLE), "")
    if own and HANDLE in ends and parse_time(own) >= parse_time(ends[HANDLE]):
        raise Objected(f"{line.unit}: its time would end at {own}, that of line {line.under} at {ends[HANDLE]}: give it less")
