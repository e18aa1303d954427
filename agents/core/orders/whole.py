"""What is done to an order as a whole: taken in, sent, recorded, verified, sent back, ended, looked at again, filed."""

import re
from collections.abc import Callable, Mapping
from typing import cast

from msgspec import UNSET
from msgspec.structs import replace

from agents.core.dates import is_time
from agents.core.orders import clocks
from agents.core.orders.family import HeldLine, OrderEntry, is_order_id, stamp
from agents.core.orders.lines import recorded, ticked
from agents.core.orders.sending import MADE_ELSEWHERE, check_receivers, no_secrets, send
from agents.core.orders.turn import Objected, Turn, check_limit
from streams.calendar.time_limit import deadline, parse_limit
from streams.messages import format_time, is_text, parse_time
from streams.messages.orders import LegalInstrument, OrderAct, Receiver
from streams.messages.outputs.order import Application, Order, Publication, Publicity
from streams.orders.kind import CLOSED, TRAITS
from streams.orders.matter import PROVIDER
from streams.orders.wording import personal

SENT = "sent"
"""The state in which an order is with its receivers, and the name of the moment from which their clocks run."""

OFFICERS = 2
"""How many officers an act on an enterprise takes at least (行政处罚法 42)."""

QUASHED = frozenset({"revoked", "confirmed-unlawful"})
"""The ends of an instrument after which nothing rests on it: reconsideration or a court (复议法 20, 诉讼法 46) undid it."""

ENDED = "instrument-ended"
"""What recording the end of an instrument is to the clocks and traits of an order: no new instrument, so it begins none."""

WORK_ORDER = re.compile(r"GD-\d{8}-\d+")
"""How the number of a work order reads (`agents.core.orders.shelf.Numbers`)."""

TIE, UNTIE = "link", "release"
"""What the entry of an order says of its alerts: from now on they cannot end before it does, or they may again."""

SILENT, UNREACHED = "silent", "unreached"
"""What a call-back came to where the caller said nothing, or was not reached: neither is satisfaction."""

Does = Callable[[Turn, OrderAct, OrderEntry], Order]
"""The order as an act makes it, but for its state and clocks; Objected where something is missing."""


def do(turn: Turn, verb: str, act: OrderAct, says: OrderEntry) -> None:
    """Do an act that the table allows on the order as a whole."""
    no_secrets((act.reason, act.who))
    made = _DOES[verb](turn, act, says) if verb in _DOES else turn.order
    if act.instrument is not None and act.instrument.end:
        verb = ENDED
    if verb in TRAITS:
        made = replace(made, traits=made.traits | {TRAITS[verb]: _trait(verb, act)})
    after = turn.kind.after(turn.order.state, says.verb)
    if verb == "inspect" and act.outcome == "failed":
        back = turn.kind.after(turn.order.state, "send-back")
        verb, after = ("send-back", back) if back is not None else (verb, turn.order.state)
    step(turn, verb, act, says, made, after or turn.order.state)


def step(turn: Turn, verb: str, act: OrderAct | None, says: OrderEntry, made: Order, after: str) -> None:
    """Take a step: the state, the clocks, and all that follows from both."""
    before = turn.order
    running = turn.clocks(made.clocks, verb, None, made, own=_own(turn, verb, act), recorded=recorded(act))
    made = replace(made, state=after, clocks=running)
    told = dict(says.told)
    if after in CLOSED and before.state not in CLOSED:
        made = replace(made, closed_at=turn.cause.time, clocks=clocks.dropped(running, turn.now))
        told |= {"alerts": UNTIE} if made.alerts else {}
    elif before.state in CLOSED and after not in CLOSED:
        made = replace(_anew(made), closed_at=None, archived_at=None, outcome="", lawful=False)
        told |= {"alerts": TIE} if made.alerts else {}
    if after == "archived" and before.state != "archived":
        made = replace(made, archived_at=turn.cause.time)
    elif before.state == "archived" and after != "archived":
        made = replace(made, archived_at=None)  # of what was revoked the file is made anew
    if verb == "send-back":
        made = _anew(made)
    sends = after == SENT and before.state != SENT and (turn.head.waiting or verb == "dispatch")
    if sends:
        receivers = turn.head.waiting or (_receivers(turn, act) if act else ())
        made = sent(turn, says, receivers, made)
        told |= {"alerts": TIE} if made.alerts else {}
    turn.tell(replace(says, told=told), made)
    _follow_lines(turn, verb, act, says, before)


def _anew(order: Order) -> Order:
    """The order in another round: what was found and said of the answer before is not said of the next one."""
    blank = replace(order, inspected=None, finding="", rechecked=None, satisfaction=None, callbacks=0, published=UNSET)
    return replace(blank, solved=UNSET, round=order.round + 1)


def sent(turn: Turn, says: OrderEntry, receivers: tuple[Receiver, ...], made: Order) -> Order:
    """The order once it has gone to its receivers; the first of them that is 主办 answers for the whole."""
    sender = made.issuer
    check_receivers(turn, receivers, sender, main=True)
    held = send(turn, receivers, sender, says, whole=turn.head.limit)
    turn.head.waiting, turn.head.papers = (), len(made.papers)
    main = next(each.line.n for each in held if each.line.part == "main")
    running = turn.clocks(made.clocks, SENT, None, made)
    return replace(made, lines=len(turn.head.names), main=main, clocks=running)


def _follow_lines(turn: Turn, verb: str, act: OrderAct | None, says: OrderEntry, before: Order) -> None:
    """What a step of the whole does to the lines: its end is theirs.

    An answer that is sent back is the main receiver's again.
    """
    order, main = turn.order, turn.main()
    only = OrderEntry(event=says.event, actor=says.actor, behalf=says.behalf)
    if order.state in CLOSED and before.state not in CLOSED:
        for held in turn.lines():
            if held.line.open or held.line.state == "told":
                state = "accepted" if held.line.state == "reported" else "withdrawn"
                gone = clocks.dropped(ticked(turn, verb, held.line, act).clocks, turn.now)
                turn.tell_line(held, only, replace(held.line, state=state, clocks=gone))
            elif any(each.runs for each in held.line.clocks):  # nobody is to sign any more (首问)
                turn.tell_line(held, only, replace(held.line, clocks=clocks.dropped(held.line.clocks, turn.now)))
        return
    if main is None:
        return
    if verb in {"send-back", "reopen"}:
        _sent_back(turn, verb, main, only)
        return
    line = ticked(turn, verb, main.line, act)
    if line.clocks != main.line.clocks:
        turn.tell_line(main, only, line)


def _sent_back(turn: Turn, verb: str, main: HeldLine, says: OrderEntry) -> None:
    line = main.line
    answers = frozenset(row.clock for row in turn.kind.limits if row.stop == "endorse" and row.of == "line")
    running = clocks.again(line.clocks, answers, line.changed_at, turn.now, turn.rules.calendar)
    changed = replace(line, state="signed", draft=None, outcome="", reworked=line.reworked + 1, clocks=running)
    turn.tell_line(main, says, ticked(turn, verb, changed))


def _trait(verb: str, act: OrderAct) -> str:
    if verb == "instrument":
        return act.instrument.kind if act.instrument else ""
    return act.file.of if verb == "file" and act.file else act.outcome


def _own(turn: Turn, verb: str, act: OrderAct | None) -> dict[str, str]:
    """The limit that an act gives to the clocks which it begins (`limit`); Objected where it is none."""
    begins = {row.clock for row in turn.kind.limits if row.start == verb}
    if act is None or not act.limit or not begins:
        return {}
    check_limit(act.limit)
    return dict.fromkeys(begins, act.limit)


def _published(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """公开 (国办发〔2019〕51号), or 不公开 by an article (信息公开条例 14 to 16): once a round, without anything personal."""
    order = turn.order
    if act.outcome not in {"public", "withheld"}:
        raise Objected("it is public, or withheld by an article: outcome")
    if order.published is not UNSET:
        raise Objected(f"it was decided at {order.published.done.at} whether it is made public")
    if not act.clause or not is_text(act.reason):
        raise Objected("where was it made public, or which article forbids it (clause), and in what words (reason)?")
    if isinstance(act.reason, str) and (found := personal(act.reason)):
        raise Objected(f"what is made public has nothing personal in it (政府信息公开条例 15): {', '.join(found)}")
    end = turn.kind.ends.get(order.outcome)
    if act.outcome == "public" and (order.voided or (end is not None and not end.public)):
        raise Objected(f"what was set aside ({order.outcome}) or shall not count is not made public: withheld")
    done = stamp(turn.cause, says, when=act.at)
    return replace(order, published=Publication(outcome=cast("Publicity", act.outcome), clause=act.clause, done=done))


def _needs_reason(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    if not is_text(act.reason):
        raise Objected(f"{says.verb} needs a reason")
    return turn.order


def _declined(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """不予受理: why, and by which other way (诉讼、仲裁、复议、信访 …) it may be pursued."""
    if not is_text(act.reason):
        raise Objected("decline needs a reason, and the way that is open instead")
    return replace(_needs_reason(turn, act, says), outcome=act.outcome or "declined")


def _merged(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    same = turn.shelf.head(act.clause)  # it may stand in another partition, of which nothing is known here
    other = same is not None and same.order.kind != turn.order.kind
    if act.clause == turn.order.id or not is_order_id(act.clause) or other:
        raise Objected("merge names the order of its kind that it is the same as (并单), by its id: clause")
    return replace(turn.order, parent=act.clause, outcome="merged")


def _dispatched(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    if not _receivers(turn, act):
        raise Objected("dispatch needs receivers")
    return turn.order


def _receivers(turn: Turn, act: OrderAct) -> tuple[Receiver, ...]:
    """To whom it is dispatched: whom the act names, else who provides the data that it is about (令809 26)."""
    provider = turn.order.traits.get(PROVIDER, "")
    return act.receivers or ((Receiver(unit=provider, part="main"),) if provider else ())


def _paper(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    """公文处理工作条例 19–22: a document is signed off, numbered and sealed elsewhere, and recorded here."""
    paper = act.paper
    if paper is None or not paper.number.strip() or not paper.organ or not is_time(paper.at):
        raise Objected("a paper is recorded with its number, organ and time: paper")
    if turn.order.state in {"drafted", "approved"} and not paper.signed_by:
        raise Objected("who signed it off (签发)? paper.signed_by")
    if any(each.number == paper.number for each in turn.order.papers):
        raise Objected(f"a paper with the number {paper.number} is recorded")
    _check_number(turn, paper.number, "instrument", [each.number for each in turn.order.instruments])
    return replace(turn.order, papers=(*turn.order.papers, paper))


def _instrument(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    """行政处罚法 42, 61; 程序规定 82: recorded with two officers and how it was served."""
    said = act.instrument
    if said is None or not said.number.strip() or not said.organ:
        raise Objected("an instrument is recorded with its number and organ: instrument")
    if len(set(said.officers)) < OFFICERS:
        raise Objected("at least two officers with certificates take part (行政处罚法 42): officers")
    if not is_time(said.served_at):
        raise Objected("when was it served (送达)? served_at")
    _check_number(turn, said.number, "paper", [each.number for each in turn.order.papers])
    known = next((each for each in turn.order.instruments if each.number == said.number), None)
    if known is not None and (not said.end or known != replace(said, end=known.end, ended_at=known.ended_at)):
        raise Objected(f"an instrument with the number {said.number} is recorded: record it again with its end alone")
    if said.end and (not is_time(said.ended_at) or parse_time(said.ended_at) < parse_time(said.served_at)):
        raise Objected("when did it end, after it was served? ended_at")
    others = tuple(each for each in turn.order.instruments if each.number != said.number)
    made = replace(turn.order, instruments=(*others, said))
    quashed = made.ended and said.end in QUASHED and not _standing(made)
    return replace(made, voided=made.voided or quashed)


def _standing(order: Order) -> list[LegalInstrument]:
    """The instruments that no reconsideration and no court has quashed."""
    return [each for each in order.instruments if each.end not in QUASHED]


def _check_number(turn: Turn, number: str, other: str, others: list[str]) -> None:
    """四号不混: 工单编号, 督办编号, 发文字号 and 文书文号 are given by four offices, the first of them here alone."""
    if number.strip() == turn.order.number or WORK_ORDER.fullmatch(number.strip()):
        raise Objected(f"{number} is the number of a work order (工单编号), made here: give the other office's own")
    if number in others:
        raise Objected(f"{number} is recorded as that of the {other} of another office: the four numbers are never mixed")


def _file(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    if act.file is None:
        raise Objected("no file is named: file")
    if any(each.digest == act.file.digest for each in turn.order.files):
        raise Objected("this very file is there")
    return replace(turn.order, files=(*turn.order.files, act.file))


def _inspected(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """核查, 复查: by another body than the receiver where the kind says so, by two officers where an instrument stands."""
    if act.outcome not in {"passed", "failed"}:
        raise Objected("a finding is passed or failed: outcome")
    if not is_text(act.reason):
        raise Objected("a finding needs what was found: reason")
    main, unit = turn.main(), act.actor.department
    officers = main is not None and turn.rules.bodies.within(unit, main.line.unit)
    if main is not None:
        if turn.kind.apart and officers and "main" not in turn.kind.right("inspect", turn.order.state).scope:
            raise Objected("the main receiver does not verify its own work: another body does")
        reply = main.line.reply
        if not officers and reply is not None and reply.people & act.people:
            raise Objected(f"{act.actor.id!r} has a part in the answer: somebody else verifies it")
    if officers and not (is_text(act.who) if not isinstance(act.who, str) else _two(act.who)):
        raise Objected("two officers re-inspect (复查): who names their certificates, as 'A, B'")
    done = stamp(turn.cause, says, who=act.who, when=act.at)
    if officers:
        return replace(turn.order, rechecked=done if act.outcome == "passed" else None)
    return replace(turn.order, inspected=done, finding=act.outcome)


def _two(names: str) -> bool:
    return len({each.strip() for each in names.replace("、", ",").replace("，", ",").split(",")} - {""}) >= OFFICERS


def _called_back(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    """回访: five levels of GB/T 39734, and whether it is solved; who says nothing or is not reached is not satisfied."""
    if act.outcome not in {"1", "2", "3", "4", "5", SILENT, UNREACHED}:
        raise Objected(f"a call-back comes to 5 to 1, {SILENT} or {UNREACHED}: outcome")
    order = replace(turn.order, callbacks=turn.order.callbacks + 1)
    if act.outcome == UNREACHED:
        if act.solved:
            raise Objected("who was not reached has not said whether it is solved: solved")
        return order
    said = act.solved == "yes" if act.solved else UNSET
    return replace(order, satisfaction=0 if act.outcome == SILENT else int(act.outcome), solved=said)


def _closed(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """办结, 销号, 结论 by an end of the kind.

    A quiet sensor is necessary for one that is not lawful otherwise, never enough.
    """
    ends, order = turn.kind.ends, turn.order
    end = ends.get(act.outcome)
    if end is None:
        raise Objected(f"an order of this kind ends by {', '.join(ends)}; not by {act.outcome!r}")
    if end.during and order.state not in end.during:
        raise Objected(f"{act.outcome} is an end in state {' or '.join(end.during)}, not in {order.state}")
    if missing := [need for need in end.needs if not _there(turn, act, need)]:
        raise Objected(f"{act.outcome} needs {', '.join(missing)}")
    main = turn.main()
    if main is not None and (names := _open_below(turn, main)):
        raise Objected(f"sub-orders of the main receiver are open: {', '.join(names)}")
    if not end.lawful:
        _quiet(order)
        if order.instruments and order.rechecked is None:
            raise Objected("an instrument stands, and its organ's two officers have not re-inspected (复查): inspect")
    done = stamp(turn.cause, says)
    return replace(order, outcome=act.outcome, lawful=_stands(order) and end.lawful, concluded=order.concluded or done)


def _open_below(turn: Turn, main: HeldLine) -> list[str]:
    return [f"{each.line.n} {each.line.unit}" for each in turn.lines() if each.line.under == main.line.n and each.line.open]


def _stands(order: Order) -> bool:
    return any(each.active and each.audit for each in order.alerts)


def _quiet(order: Order) -> None:
    for each in order.alerts:
        if not each.audit:
            continue  # it had ended before the order could be tied to it
        if each.active:
            raise Objected(f"the condition of alert {each.link.alert} stands: only a lawful end may be now")
        if each.ready is None:
            raise Objected(f"alert {each.link.alert} is quiet, but not for long enough to be re-inspected")


def _there(turn: Turn, act: OrderAct, need: str) -> bool:
    order, main = turn.order, turn.main()
    return {
        "instrument": bool(_standing(order)),
        "inspection": order.finding == "passed",
        "paper": len(order.papers) > turn.head.papers,
        "reason": is_text(act.reason),
        "parent": bool(order.parent),
        "reply": main is not None and main.line.reply is not None,
        "callback": order.callbacks > 0 or turn.kind.limit("callback", None, order.traits) is None,
    }[need]


def _added(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """增派协办, or sub-orders of the main receiver to units of its own."""
    order, main = turn.order, turn.main()
    if main is None:
        raise Objected("it has not been sent yet")
    unit, within = act.actor.department, turn.rules.bodies.within
    issues = turn.stands_for(unit, order.issuer)
    receivers = act.receivers
    if not issues or act.actor.role in {"clerk", "reviewer"}:
        receivers = tuple(replace(each, under=each.under or main.line.n) for each in receivers)
    if any(each.part == "main" for each in receivers):
        raise Objected("there is one main receiver; others support or assist")
    for under in {each.under for each in receivers}:
        line = turn.line(under) if under else None
        if under and (line is None or not line.line.open or not (issues or within(unit, line.line.unit))):
            raise Objected(f"line {under!r} is none of an open receiver whose sub-orders you send")
    sender = order.issuer if issues else main.line.unit
    check_receivers(turn, receivers, sender, main=False)
    send(turn, receivers, sender, says)
    return replace(order, lines=len(turn.head.names))


def _asked_review(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """复核 (督查工作条例 17) or 申诉: within the time of the kind, once."""
    rule, order = turn.kind.review, turn.order
    if rule is None:
        raise Objected(f"orders of kind {turn.kind.id} have no review")
    if not is_text(act.reason):
        raise Objected("a review needs a reason")
    asked = [each for each in order.applications if each.kind == "review"]
    if any(each.open for each in asked) or len(asked) >= rule.times:
        raise Objected("a review was asked for before")
    since = parse_time(order.concluded.at if order.concluded else order.closed_at or order.changed_at)
    until = deadline(since, parse_limit(rule.within), turn.rules.calendar).at
    if turn.now > until:
        raise Objected(f"a review is asked for within {rule.within}, until {format_time(until)}")
    due = deadline(turn.now, parse_limit(rule.decide), turn.rules.calendar).at
    new = Application(kind="review", asked=stamp(turn.cause, says), due=format_time(due))
    return replace(order, applications=(*order.applications, new))


def _decided_review(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    order = turn.order
    asked = next((each for each in order.applications if each.kind == "review" and each.open), None)
    if asked is None:
        raise Objected("no review waits for a decision")
    if act.outcome not in {"upheld", "granted", "refused"}:
        raise Objected("a review comes to granted, upheld or refused: outcome")
    if not is_text(act.reason):
        raise Objected("a decision needs a reason")
    concluded = [each.people for each in (order.inspected, order.concluded) if each is not None]
    if asked.asked.people.union(*concluded) & act.people:
        raise Objected("who asked for it, or made the finding, does not decide on the review (督查工作条例 17)")
    decided = replace(asked, decision=act.outcome, decided=stamp(turn.cause, says))
    kept = tuple(decided if each is asked else each for each in order.applications)
    return replace(order, applications=kept, voided=order.voided or act.outcome == "granted")


def _voided(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    return replace(_needs_reason(turn, act, says), voided=True)


def _withdrawn(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """A work order may be taken back; a document that was signed off is revoked or repealed by its issuer (公文条例)."""
    if turn.order.papers and turn.order.paper in MADE_ELSEWHERE:
        raise Objected("a document that was signed off cannot be withdrawn: revoke it (撤销) or repeal it (废止)")
    return replace(_needs_reason(turn, act, says), outcome="withdrawn")


def _revoked(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """撤销: void from the start, so that its figures and papers are corrected."""
    return replace(_needs_reason(turn, act, says), outcome="revoked", voided=True)


def _repealed(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    return replace(_needs_reason(turn, act, says), outcome="repealed")


def _purged(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    """The texts go by the keeper's order; what stands here names them no more. In a log never opened they stand in clear."""
    if turn.cause.log is None:
        raise Objected("this log was never opened: its texts stand in clear and cannot be taken out of it")
    if not is_text(act.reason):
        raise Objected("purge needs a reason")
    return replace(turn.order, purged=True)


def _followed(turn: Turn, act: OrderAct, _says: OrderEntry) -> Order:
    """已依法受理: the answer says by which procedure and until when, and the hotline follows it (济南 24)."""
    main = turn.main()
    if main is None or main.line.reply is None:
        raise Objected("follow needs the answer that says so")
    if not act.outcome or not act.clause:
        raise Objected("follow names the procedure (outcome) and the article or number by which it was taken (clause)")
    return turn.order


def _concluded(turn: Turn, act: OrderAct, says: OrderEntry) -> Order:
    """督查结论 (令733 16): facts clear, evidence sufficient; in words."""
    _needs_reason(turn, act, says)
    if not act.outcome:
        raise Objected("a conclusion comes to something: outcome")
    return replace(turn.order, concluded=stamp(turn.cause, says))


_DOES: Mapping[str, Does] = {
    "approve": _needs_reason,
    "follow": _followed,
    "conclude": _concluded,
    "decline": _declined,
    "merge": _merged,
    "dispatch": _dispatched,
    "paper": _paper,
    "instrument": _instrument,
    "file": _file,
    "inspect": _inspected,
    "call-back": _called_back,
    "close": _closed,
    "publish": _published,
    "send-back": _needs_reason,
    "reopen": _needs_reason,
    "add": _added,
    "ask-review": _asked_review,
    "decide-review": _decided_review,
    "void": _voided,
    "withdraw": _withdrawn,
    "revoke": _revoked,
    "repeal": _repealed,
    "note": _needs_reason,
    "purge": _purged,
}
