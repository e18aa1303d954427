"""What is done to a receiver's line: the four moments, the answer and its review, returns, more time, objections."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from agents.core.dates import is_time
from agents.core.orders import clocks
from agents.core.orders.family import HeldLine, OrderEntry, stamp
from agents.core.orders.sending import check_receivers, no_secrets, send
from agents.core.orders.turn import HANDLE, Objected, Turn, asked_first
from streams.calendar.time_limit import deadline, parse_limit
from streams.messages import format_time, is_text, parse_time
from streams.messages.orders import OrderAct, Receiver
from streams.messages.outputs.order import OPEN_LINES, Application, OrderClock, OrderLine
from streams.orders.kind import DECISIONS, DESIGNATED, REFERRED

Does = Callable[[Turn, OrderAct, OrderEntry, HeldLine], OrderLine]
"""The line as an act makes it, but for its state and clocks; Objected where something is missing."""


def do(turn: Turn, verb: str, act: OrderAct, says: OrderEntry, held: HeldLine) -> None:
    """Do an act that the table allows on a line."""
    no_secrets((act.reason, act.who))
    if verb == "decide-return":
        _decide_return(turn, act, says, held)
        return
    made = _DOES[verb](turn, act, says, held) if verb in _DOES else held.line
    after = turn.kind.line_after(held.line.state, verb, held.line.part, turn.order.state)
    if after is None:
        raise Objected(f"cannot {verb} in state {held.line.state}")
    line = replace(ticked(turn, verb, made, act), state=after)
    if after not in OPEN_LINES:
        line = replace(line, clocks=clocks.dropped(line.clocks, turn.now))
    turn.tell_line(held, says, line)
    if held.line.n == turn.order.main:
        moved(turn, verb, says)


def ticked(turn: Turn, verb: str, line: OrderLine, act: OrderAct | None = None) -> OrderLine:
    """A line whose clocks an act meets and begins."""
    running = turn.clocks(line.clocks, verb, line.part, turn.order, recorded=recorded(act))
    return replace(line, clocks=running)


def recorded(act: OrderAct | None) -> int | None:
    """The moment (ms) that an act records: of an instrument's service, of a file's making, or its own; None without one."""
    if act is None:
        return None
    said = act.instrument.served_at if act.instrument else act.file.made_at if act.file else act.at
    return parse_time(said) if said and is_time(said) else None


def moved(turn: Turn, verb: str, says: OrderEntry) -> None:
    """What an act on the main line does to the order as a whole: its state, and the clocks of the whole."""
    order = turn.order
    after = turn.kind.after(order.state, verb) or order.state
    running = turn.clocks(order.clocks, verb, None, order)
    if after != order.state or running != order.clocks:
        only = OrderEntry(event=says.event, actor=says.actor, behalf=says.behalf, told={"line": order.main})
        turn.tell(only, replace(order, state=after, clocks=running))


def _reached(turn: Turn, _act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    if held.line.delivered is not None:
        raise Objected("it has been delivered")
    return replace(held.line, delivered=stamp(turn.cause, says))


def _read(turn: Turn, _act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    if held.line.read is not None:
        raise Objected("it has been read")
    now = stamp(turn.cause, says)
    return replace(held.line, delivered=held.line.delivered or now, read=now)


def _signed(turn: Turn, _act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    now = stamp(turn.cause, says)
    line = held.line
    return replace(line, delivered=line.delivered or now, read=line.read or now, signed=now)


def _called(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    if not is_text(act.who) or not is_time(act.at):
        raise Objected("call needs who answered and when: who, at")
    return replace(held.line, called=stamp(turn.cause, says, who=act.who, when=act.at))


def _contacted(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    done = stamp(turn.cause, says, who=act.who, when=act.at)
    return replace(held.line, contacted=held.line.contacted or done, contacts=held.line.contacts + 1)


def _urged(_turn: Turn, _act: OrderAct, _says: OrderEntry, held: HeldLine) -> OrderLine:
    return replace(held.line, urged=held.line.urged + 1)


def _submitted(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    if not is_text(act.reason):
        raise Objected("submit needs the answer in words: reason")
    line = held.line
    names = [each.line for each in turn.lines() if each.line.under == line.n and each.line.open]
    if names:
        raise Objected(f"sub-orders are open: {', '.join(f'{each.n} {each.unit}' for each in names)}")
    for what in (line.returns, line.extension):
        if what is not None and what.open:
            raise Objected(f"its application for {what.kind} waits for a decision")
    return replace(line, draft=stamp(turn.cause, says), outcome=act.outcome)


def _rejected(_turn: Turn, act: OrderAct, _says: OrderEntry, held: HeldLine) -> OrderLine:
    if not is_text(act.reason):
        raise Objected("reject needs a reason")
    return replace(held.line, draft=None, outcome="")


def _endorsed(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    """The unit's reviewer lets the answer out (公文处理工作条例 22: 审核, 签发): another person than who wrote it."""
    draft = held.line.draft
    if draft is None:
        raise Objected("no answer waits for its review")
    if draft.people & act.people:
        raise Objected(f"{act.actor.id!r} has a part in the answer: another person of the unit must review it")
    return replace(held.line, reply=replace(draft, at=turn.cause.time, who=says.actor.id if says.actor else ""), draft=None)


def _recalled(_turn: Turn, act: OrderAct, _says: OrderEntry, held: HeldLine) -> OrderLine:
    if not is_text(act.reason):
        raise Objected("recall needs a reason")
    return held.line


def _asked_return(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    """退单申请: in time, once, with the clause of the duty list and who should have it; the clock runs on."""
    rule, line = turn.kind.returns, held.line
    if rule is None:
        raise Objected(f"orders of kind {turn.kind.id} are not returned; object, or ask who issued it")
    if line.designated:
        raise Objected("it was designated (指定): no return is taken any more")
    if line.returns is not None and (line.returns.open or rule.times <= 1):
        raise Objected("a return was applied for before")
    if not act.clause or not is_text(act.reason):
        raise Objected("a return needs the clause of the list of duties and a reason: clause, reason")
    if act.unit in {"", line.unit}:
        raise Objected("a return names the other unit that should have it (拟承办单位): unit")
    if not turn.rules.bodies.sort(act.unit):
        raise Objected(f"no body here is called {act.unit!r}")
    until = deadline(parse_time(line.sent), parse_limit(rule.within), turn.rules.calendar).at
    if turn.now > until:
        raise Objected(f"a return is applied for within {rule.within} of the sending, until {format_time(until)}")
    due = deadline(turn.now, parse_limit(rule.decide), turn.rules.calendar).at
    asked = Application(kind="return", asked=stamp(turn.cause, says), clause=act.clause, unit=act.unit, due=format_time(due))
    return replace(line, returns=asked)


def _decide_return(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> None:
    """改派, 驳回, 会商 or 指定: a line that goes to another unit has moved, and its clock runs from the first sending."""
    line, asked = held.line, held.line.returns
    if asked is None or not asked.open:
        raise Objected("no return waits for a decision")
    if act.outcome not in DECISIONS:
        raise Objected(f"a decision is one of {', '.join(DECISIONS)}, not {act.outcome!r}")
    if asked.asked.people & act.people:
        raise Objected("who has asked for the return does not decide on it")
    if act.outcome != "granted" and not is_text(act.reason):
        raise Objected(f"{act.outcome} needs a reason")
    _check_referral(turn, act, asked)
    unit = act.unit or (asked.unit if act.outcome == "granted" else line.unit)
    decided = replace(asked, decision=act.outcome, decided=stamp(turn.cause, says))
    if act.outcome == "granted" and unit in {"", line.unit}:
        raise Objected("name the unit that it goes to: unit")
    designated = act.outcome == DESIGNATED
    if act.outcome in {"refused", "conferred", REFERRED} or unit == line.unit:
        turn.tell_line(held, says, replace(line, returns=decided, designated=line.designated or designated))
        _referral(turn, act, says)
        return
    main = line.n == turn.order.main
    receiver = Receiver(unit=unit, part=line.part, under=line.under, demand=line.demand)
    own = next((each.limit for each in line.clocks if each.name == HANDLE and each.mark == "issuer"), "")
    check_receivers(turn, (replace(receiver, limit=own),), line.from_unit, main=line.part == "main")
    (new,) = send(
        turn,
        (replace(receiver, limit=own),),
        line.from_unit,
        says,
        since=parse_time(line.sent),
        designated=designated,
        first=asked_first(line),
    )
    turn.move(held, says, replace(line, returns=decided, moved_to=new.line.n))
    _referral(turn, act, says)
    order = replace(turn.order, lines=len(turn.head.names), main=new.line.n if main else turn.order.main)
    after = turn.kind.after(order.state, "decide-return") if main else None
    turn.tell(
        OrderEntry(event=says.event, actor=says.actor, told={"line": new.line.n}), replace(order, state=after or order.state)
    )


def _check_referral(turn: Turn, act: OrderAct, asked: Application) -> None:
    """程序规定 13, 14, 16: what bodies do not agree on goes to their common superior, who alone then designates.

    The body that supervises the order is taken for it; where none does, whoever issued it decides.
    """
    if act.outcome == REFERRED and not turn.kind.refers:
        raise Objected(f"orders of kind {turn.kind.id} know no time in which a common superior designates: confer or designate")
    if asked.decision != REFERRED:
        return
    superior = turn.order.supervising
    if act.outcome != DESIGNATED:
        raise Objected("it was referred to the common superior (报请指定), who designates: designated")
    if superior and not turn.rules.bodies.within(act.actor.department, superior):
        raise Objected(f"it was referred to the common superior: {superior} designates, not {act.actor.department}")


def _referral(turn: Turn, act: OrderAct, says: OrderEntry) -> None:
    """The clock of a referral begins, or is met once none waits any more."""
    waits = any(held.line.returns is not None and held.line.returns.decision == REFERRED for held in turn.lines())
    if act.outcome == REFERRED or (act.outcome == DESIGNATED and not waits):
        moved(turn, act.outcome, says)


def _asked_extension(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    line = held.line
    rule = turn.kind.extensible(act.clause or HANDLE, turn.order.traits)
    if rule is None:
        raise Objected(f"orders of kind {turn.kind.id} know no extension of {act.clause or HANDLE}: {turn.kind.basis[-1]}")
    clock = next((each for each in line.clocks if each.name == rule.clock and each.runs), None)
    if clock is None:
        raise Objected(f"no clock {rule.clock!r} runs")
    if line.extension is not None and line.extension.open:
        raise Objected("an extension waits for a decision")
    if len(clock.extra) >= rule.times:
        raise Objected(f"it was extended {len(clock.extra)} times; {rule.source.zh}: at most {rule.times}")
    if clock.late or turn.now > parse_time(clock.due):
        raise Objected(f"its time was over at {clock.due}: more is asked for before the end")
    if not is_text(act.reason):
        raise Objected("an extension needs a reason")
    _check_longer(turn, clock.due, act.limit, rule.most)
    return replace(
        line, extension=Application(kind="extension", asked=stamp(turn.cause, says), clause=rule.clock, limit=act.limit)
    )


def _check_longer(turn: Turn, due: str, limit: str, most: str) -> None:
    try:
        longer = clocks.longer(parse_time(due), limit, most, turn.rules.calendar)
    except ValueError as error:
        raise Objected(str(error)) from None
    if longer:
        raise Objected(f"{limit} is more than {most}, which may be granted at most")


def _decided_extension(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    line, asked = held.line, held.line.extension
    if asked is None or not asked.open:
        raise Objected("no extension waits for a decision")
    if act.outcome not in {"granted", "refused"}:
        raise Objected(f"a decision is granted or refused, not {act.outcome!r}")
    if asked.asked.people & act.people:
        raise Objected("who has asked for more time does not decide on it")
    if act.outcome == "refused" and not is_text(act.reason):
        raise Objected("refused needs a reason")
    decided = replace(asked, decision=act.outcome, decided=stamp(turn.cause, says))
    if act.outcome == "refused":
        return replace(line, extension=decided)
    running = tuple(
        clocks.given(each, asked.limit, turn.rules.calendar) if each.name == asked.clause and each.runs else each
        for each in line.clocks
    )
    return replace(line, extension=decided, clocks=running)


def _objects(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    """公务员法 60: who thinks an order wrong says so, and carries it out meanwhile."""
    if not is_text(act.reason):
        raise Objected("an objection needs a reason")
    if held.line.objection is not None and held.line.objection.open:
        raise Objected("an objection waits for its answer")
    return replace(held.line, objection=Application(kind="objection", asked=stamp(turn.cause, says), clause=act.clause))


def _answered(turn: Turn, act: OrderAct, says: OrderEntry, held: HeldLine) -> OrderLine:
    asked = held.line.objection
    if asked is None or not asked.open:
        raise Objected("no objection waits for an answer")
    if act.outcome not in {"granted", "refused"} or not is_text(act.reason):
        raise Objected("an answer is granted or refused, with a reason")
    return replace(held.line, objection=replace(asked, decision=act.outcome, decided=stamp(turn.cause, says)))


def _paused(turn: Turn, act: OrderAct, _says: OrderEntry, held: HeldLine) -> OrderLine:
    rule = turn.kind.pauses.get(act.outcome)
    if rule is None:
        known = ", ".join(turn.kind.pauses) or "none"
        raise Objected(f"time is not counted for named reasons alone, of this kind: {known}; not for {act.outcome!r}")
    if not act.clause:
        raise Objected("what shows that it began? clause names the evidence")
    if not any(_pausable(each, rule.clocks) for each in held.line.clocks):
        raise Objected(f"no clock of {', '.join(rule.clocks)} runs")
    running = tuple(
        clocks.paused(each, act.outcome, f"{rule.basis}; {act.clause}", turn.now) if _pausable(each, rule.clocks) else each
        for each in held.line.clocks
    )
    return replace(held.line, clocks=running)


def _pausable(clock: OrderClock, names: tuple[str, ...]) -> bool:
    return clock.name in names and clock.runs and not clock.late and not clocks.stands(clock)


def _resumed(turn: Turn, act: OrderAct, _says: OrderEntry, held: HeldLine) -> OrderLine:
    if not any(clocks.stands(each) for each in held.line.clocks):
        raise Objected("no clock stands still")
    if not act.clause:
        raise Objected("what shows that it ended? clause names the evidence")
    running = tuple(
        clocks.resumed(each, turn.now, turn.rules.calendar) if clocks.stands(each) else each for each in held.line.clocks
    )
    return replace(held.line, clocks=running)


def _opinion(_turn: Turn, act: OrderAct, _says: OrderEntry, held: HeldLine) -> OrderLine:
    if not is_text(act.reason):
        raise Objected("opinion needs the words: reason")
    return held.line


_DOES: Mapping[str, Does] = {
    "deliver": _reached,
    "read": _read,
    "sign": _signed,
    "call": _called,
    "contact": _contacted,
    "opinion": _opinion,
    "urge": _urged,
    "submit": _submitted,
    "reject": _rejected,
    "endorse": _endorsed,
    "recall": _recalled,
    "ask-return": _asked_return,
    "ask-extension": _asked_extension,
    "decide-extension": _decided_extension,
    "object": _objects,
    "answer-objection": _answered,
    "pause": _paused,
    "resume": _resumed,
}
