"""What people may do to an order: the right, the unit, the table, what they saw, what is needed; then done or refused."""

from collections.abc import Mapping

from agents.core.orders import lines, whole
from agents.core.orders.family import HeldLine, OrderEntry
from agents.core.orders.sending import is_complained_of
from agents.core.orders.turn import NOT_NOW, Objected, Turn
from streams.messages import HOUR, ORDER_RIGHTS, parse_time
from streams.messages.orders import NOT_TAKEN, OrderAct, no_chain
from streams.messages.rights import Scope
from streams.orders.kind import LINE_ACTS

NEVER_STALE = frozenset({"deliver", "read", "note", "call", "contact", "file", "report", "urge", "opinion", "purge", "archive"})
"""The acts that hold whatever has happened since the person looked."""


AHEAD = HOUR
"""How far (ms) the clock of whoever records a moment may be ahead of the log's time; a choice (本系统默认)."""


def acted(turn: Turn, verb: str, act: OrderAct) -> None:
    """Do what a person asks for, or refuse it; both stand in the trail. Of several lines each is done or refused by itself."""
    says = OrderEntry(
        event=verb,
        verb=verb,
        actor=act.actor,
        behalf=act.behalf,
        words=act.reason,
        told=_told(act),
    )
    try:
        _check_right(turn, verb, act)
        _check_taken(verb, act)
        held = _named(turn, verb, act) if verb in LINE_ACTS else []
    except Objected as no:
        turn.refuse(verb, says, str(no))
        return
    if verb not in LINE_ACTS:
        _try(turn, verb, act, says, None)
    for each in held:
        _try(turn, verb, act, says, turn.line(each.line.n))


def _try(turn: Turn, verb: str, act: OrderAct, says: OrderEntry, held: HeldLine | None) -> None:
    mark = turn.mark()
    try:
        _check(turn, verb, act, held)
        _check_moments(turn, act)
        if held is None:
            whole.do(turn, verb, act, says)
        else:
            lines.do(turn, verb, act, says, held)
    except NOT_NOW as no:
        turn.back(mark)
        turn.refuse(verb, says, str(no), None if held is None else turn.line(held.line.n))


def _check_right(turn: Turn, verb: str, act: OrderAct) -> None:
    if verb not in ORDER_RIGHTS:
        raise Objected(f"no act {verb!r}; acts are {', '.join(ORDER_RIGHTS)}")
    right = turn.kind.right(verb, turn.order.state)
    if act.actor.role not in right.roles:
        raise Objected(f"role {act.actor.role!r} may not {verb}; {' or '.join(sorted(right.roles))} may")
    if why := no_chain(act.actor, act.behalf):
        raise Objected(why)
    bodies, order = turn.rules.bodies, turn.order
    aside = is_complained_of(bodies, order.traits, act.actor.department)
    if aside and not is_complained_of(bodies, order.traits, order.issuer):
        raise Objected(f"{act.actor.department} is complained of: it takes no part in this order (回避：信访工作条例 28、30)")
    if turn.order.state == "refused":
        raise Objected("the order was refused when it was issued: it was never sent")


def _check_taken(verb: str, act: OrderAct) -> None:
    """A file that was refused where it was sent stands in the trail as an act that was refused."""
    if verb == "file" and act.file is None and act.outcome == NOT_TAKEN:
        raise Objected(f"the file was not taken: {act.clause}")


def _named(turn: Turn, verb: str, act: OrderAct) -> list[HeldLine]:
    """The lines that an act concerns: those that it names, else those of the actor's own unit on which it can be done."""
    if act.lines:
        found = [turn.line(n) for n in dict.fromkeys(act.lines)]
        if missing := next((n for n, held in zip(dict.fromkeys(act.lines), found, strict=True) if held is None), ""):
            raise Objected(f"the order has no line {missing!r}")
        return [held for held in found if held is not None]
    own = act.actor.department
    mine = [held for held in turn.lines() if own and turn.rules.bodies.within(own, held.line.unit)]
    able = [held for held in mine if turn.kind.line_after(held.line.state, verb, held.line.part, turn.order.state) is not None]
    if not mine:
        raise Objected(f"{own!r} has no line of this order: name the line that {verb} concerns")
    return able or mine


def _check(turn: Turn, verb: str, act: OrderAct, held: HeldLine | None) -> None:
    """The unit, the table and what the person saw."""
    scopes = turn.kind.right(verb, turn.order.state).scope
    if not any(_within(turn, scope, act.actor.department, held) for scope in scopes):
        raise Objected(f"{act.actor.department or 'an account without a unit'} may not {verb} here: {_SCOPES[scopes[0]]} may")
    if held is None:
        state, after = turn.order.state, turn.kind.after(turn.order.state, verb)
        seen, moved = turn.order.audit, turn.head.moved
    else:
        state, after = held.line.state, turn.kind.line_after(held.line.state, verb, held.line.part, turn.order.state)
        seen, moved = held.line.audit, held.moved
        if turn.order.ended and verb not in {"deliver", "read"}:
            raise Objected(f"cannot {verb}: the order has come to its end ({turn.order.state})")
    if after is None:
        raise Objected(f"cannot {verb} in state {state}")
    if act.seen and act.seen < moved and verb not in NEVER_STALE:
        raise Objected(f"it has moved on since: entry {moved} changed it, the act was made on entry {act.seen}; look again")
    if act.seen > max(seen, turn.head.n):
        raise Objected(f"the act was made on entry {act.seen}, the trail has {turn.head.n}")


def _check_moments(turn: Turn, act: OrderAct) -> None:
    """What is recorded has happened: nobody was called, no paper signed and no instrument served tomorrow."""
    told = [act.at, act.paper.at if act.paper else ""]
    told += [act.instrument.served_at, act.instrument.ended_at] if act.instrument else []
    if ahead := next((each for each in told if each and parse_time(each) > turn.now + AHEAD), ""):
        raise Objected(f"{ahead} has not come yet, it is {turn.cause.time}: record what has happened")


_SCOPES: Mapping[Scope, str] = {
    "issuer": "the body that issued it",
    "line": "the receiver itself",
    "main": "the main receiver",
    "verifier": "the body that verifies it",
    "supervising": "the body that supervises it",
    "any": "anybody",
}


def _within(turn: Turn, scope: Scope, unit: str, held: HeldLine | None) -> bool:
    main = turn.main()
    of: Mapping[Scope, tuple[str, ...]] = {
        "issuer": (turn.order.issuer,) if held is None else (turn.order.issuer, held.line.from_unit),
        "line": () if held is None else (held.line.unit,),
        "main": () if main is None else (main.line.unit,),
        "verifier": (turn.order.verifier,),
        "supervising": (turn.order.supervising,),
    }
    if scope == "any":
        return True
    if scope == "line" and held is None:
        return any(bool(unit) and turn.rules.bodies.within(unit, each.line.unit) for each in turn.lines())
    if scope in {"line", "main"}:
        return any(bool(unit) and turn.rules.bodies.within(unit, other) for other in of[scope])
    return any(turn.stands_for(unit, other) for other in of[scope])


def _told(act: OrderAct) -> dict[str, str]:
    """What an act says beside words, by name, as the trail keeps it."""
    names = ("unit", "clause", "outcome", "limit", "at", "solved")
    said = {name: str(getattr(act, name)) for name in names if getattr(act, name)}
    for each in (act.paper, act.instrument):
        if each is not None:
            said |= {"number": each.number, "organ": each.organ, "paper": each.kind}
    if act.instrument is not None:
        said |= {"officers": ", ".join(act.instrument.officers), "served": act.instrument.served}
        said |= {"end": act.instrument.end} if act.instrument.end else {}
    if act.file is not None:
        said |= {"digest": act.file.digest, "size": str(act.file.size), "type": act.file.type}
    return said
