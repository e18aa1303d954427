"""The life of an order in its shortest form, written from docs/develop/orders.md and not from the core.

It knows states, lines, clocks and why an act is refused, in plain dicts and integers; of the core it imports nothing. The
tables of the kinds and the calendar of limits are data that both read.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from streams.calendar.periods import Pause
from streams.calendar.time_limit import deadline, parse_limit, warning
from streams.calendar.working_time import Calendar
from streams.messages import DAY
from streams.messages.orders import Part
from streams.orders.kind import CLOSED, LINE_ACTS, OrderKind

OPEN = {"sent", "signed", "review", "reported"}
FREE = {"deliver", "read", "note", "call", "contact", "file", "report", "urge", "opinion", "purge", "archive"}
"""The acts that never go stale: those that the page names, and what only records that something happened."""


class No(Exception):  # noqa: N818 - the model's refusal
    """The act is refused."""


@dataclass(frozen=True)
class Person:
    """Somebody: a role, a unit, an account."""

    role: str
    unit: str
    id: str


@dataclass(frozen=True)
class Does:
    """An act as the model is asked for it."""

    verb: str
    who: Person
    lines: tuple[str, ...] = ()
    reason: str = ""
    outcome: str = ""
    clause: str = ""
    unit: str = ""
    limit: str = ""
    at: str = ""
    answered: str = ""
    seen: int = 0
    adds: tuple[tuple[str, Part], ...] = ()


@dataclass
class Clock:
    """A clock: moments in ms."""

    limit: str
    ahead: str
    stops: frozenset[str]
    start: int
    certain: bool = False
    due: int = 0
    warn: int = 0
    extra: list[str] = field(default_factory=list)
    pauses: list[list[int | None]] = field(default_factory=list)
    warned: bool = False
    late: bool = False
    met: int | None = None
    dropped: bool = False

    @property
    def runs(self) -> bool:
        """Whether it is still to be met."""
        return self.met is None and not self.dropped

    @property
    def stands(self) -> bool:
        """Whether its time is not counted now."""
        return any(end is None for _, end in self.pauses)

    def reckon(self, calendar: Calendar) -> None:
        """Due and warning from the start, by pauses that are over and extensions."""
        over = [Pause(begin, end) for begin, end in self.pauses if begin is not None and end is not None]
        self.due = deadline(self.start, parse_limit(self.limit), calendar, over).at
        for more in self.extra:
            by_days = more.split(" ")[1].startswith(("civil-", "calendar-", "statutory-"))
            self.due = deadline(self.due - by_days, parse_limit(more), calendar).at  # an end at 24:00 is of the day before
        self.warn = warning(self.start, self.due, parse_limit(self.ahead), calendar)

    def end(self, now: int) -> None:
        """Nothing runs on after `now`: it is late where its time was over."""
        self.late = self.late or (not self.stands and self.due < now)
        for pause in self.pauses:
            pause[1] = now if pause[1] is None else pause[1]

    def pass_to(self, now: int) -> int:
        """Time goes on; how often it turns red: at its very end it is in time still."""
        if not self.runs or self.late or self.stands:
            return 0
        if self.warn <= now:
            self.warned = True
        if self.due < now:
            self.warned = self.late = True
        return int(self.late)


@dataclass
class Line:
    """A receiver's line."""

    n: str
    part: Part
    unit: str
    sender: str
    state: str
    sent: int
    under: str = ""
    moved: int = 0
    changed: int = 0
    delivered: bool = False
    read: bool = False
    signed: bool = False
    called: bool = False
    contacts: int = 0
    urged: int = 0
    reworked: int = 0
    draft: str = ""
    reply: str = ""
    outcome: str = ""
    returned: str = ""
    asked_return: str = ""
    return_unit: str = ""
    designated: bool = False
    moved_to: str = ""
    first: str = ""
    extended: str = ""
    asked_extension: str = ""
    more: str = ""
    objected: str = ""
    clocks: dict[str, Clock] = field(default_factory=dict)


class Model:
    """One order. `within`: whether a unit is another one or below it."""

    def __init__(self, kind: OrderKind, calendar: Calendar, within: Callable[[str, str], bool], traits: dict[str, str]) -> None:
        self.kind, self.calendar, self.within, self.traits = kind, calendar, within, traits
        self.now = 0
        self.state, self.moved = "", 0
        self.round = 1
        self.main = ""
        self.outcome = ""
        self.issuer = self.verifier = self.supervising = ""
        self.inspected = ""
        self.proposed = False
        self.voided = False
        self.closed: int | None = None
        self.archived: int | None = None
        self.lines: dict[str, Line] = {}
        self.clocks: dict[str, Clock] = {}

    def issue(self, who: Person, receivers: Iterable[tuple[str, Part]], supervising: str) -> None:
        """It is sent at once."""
        self.issuer, self.supervising = who.unit, supervising
        self.verifier = supervising if self.kind.verifier == "supervising" else who.unit
        self.state = "sent"
        for unit, part in receivers:
            line = self.send(unit, part, who.unit, "")
            self.main = line.n if part == "main" else self.main
        self.begin(self.clocks, None, "sent")

    def send(self, unit: str, part: Part, sender: str, under: str) -> Line:
        """A new line, sent now."""
        begin = f"{under}." if under else ""
        n = f"{begin}{1 + sum(line.under == under for line in self.lines.values())}"
        line = Line(n, part, unit, sender, "told" if part == "assist" else "sent", self.now, under)
        if part != "assist":
            self.begin(line.clocks, part, "sent")
        self.lines[n] = line
        return line

    def __deepcopy__(self, memo: dict[int, Any]) -> "Model":
        """A copy to try an act on; tables and calendar are shared."""
        made = Model(self.kind, self.calendar, self.within, self.traits)
        shared = {"kind", "calendar", "within", "traits"}
        for name, value in vars(self).items():
            setattr(made, name, value if name in shared else deepcopy(value, memo))
        return made

    def begin(self, clocks: dict[str, Clock], part: Part | None, act: str) -> None:
        """Meet the clocks that an act stops, and begin those that it starts."""
        for clock in clocks.values():
            if clock.runs and act in clock.stops:
                clock.end(self.now)
                clock.met = self.now
        for row in self.kind.limits:
            chosen = self.kind.limit(row.clock, part, self.traits)
            running = row.clock in clocks and clocks[row.clock].runs
            if chosen is row and row.start == act and not running:
                made = Clock(row.limit, row.warn, frozenset({row.stop, *row.also}), self.now, row.mark == "certain")
                made.reckon(self.calendar)
                clocks[row.clock] = made

    @property
    def forgotten(self) -> bool:
        """Whether it was archived 400 days ago, and is not known any more."""
        return self.archived is not None and self.now >= self.archived + 400 * DAY

    def tick(self, at: int) -> None:
        """Time goes on."""
        self.now = at
        if self.state in CLOSED:
            return
        for line in self.lines.values():
            if line.state in OPEN or line.state == "moved":
                line.urged += sum(clock.pass_to(at) for clock in line.clocks.values())
        for clock in self.clocks.values():
            clock.pass_to(at)
        handle = self.lines[self.main].clocks.get("handle")
        if self.kind.propose and handle and handle.runs and handle.late:
            proposed = deadline(handle.due, parse_limit(self.kind.propose), self.calendar).at
            self.proposed = self.proposed or proposed <= at

    def act(self, does: Does) -> dict[str, bool]:
        """Do an act; by line (empty: the order) whether it was done."""
        right = self.kind.right(does.verb, self.state)
        if does.who.role not in right.roles:
            return {"": False}
        if does.verb not in LINE_ACTS:
            return {"": self._tried(does, None)}
        if any(n not in self.lines for n in does.lines):
            return {"": False}
        if does.lines:
            chosen = list(dict.fromkeys(does.lines))
        else:
            mine = [n for n, line in self.lines.items() if does.who.unit and self.within(does.who.unit, line.unit)]
            if not mine:
                return {"": False}
            able = [n for n in mine if self._line_after(self.lines[n], does.verb) is not None]
            chosen = able or mine
        return {n: self._tried(does, self.lines[n]) for n in chosen}

    def _tried(self, does: Does, line: Line | None) -> bool:
        try:
            self._check(does, line)
            if line is None:
                _WHOLE[does.verb](self, does)
            else:
                self._line(does, line)
        except No:
            return False
        return True

    def allows(self, verb: str) -> bool:
        """Whether a table has a row for it now."""
        if verb in LINE_ACTS:
            return any(self._line_after(line, verb) is not None for line in self.lines.values())
        return self.kind.after(self.state, verb) is not None

    def _line_after(self, line: Line, verb: str) -> str | None:
        return self.kind.line_after(line.state, verb, line.part, self.state)

    def _check(self, does: Does, line: Line | None) -> None:
        """Points (2) to (4) of the page."""
        who, verb = does.who, does.verb
        whose: dict[str, list[str]] = {
            "issuer": [self.issuer] if line is None else [self.issuer, line.sender],
            "line": [each.unit for each in self.lines.values()] if line is None else [line.unit],
            "main": [self.lines[self.main].unit],
            "verifier": [self.verifier],
            "supervising": [self.supervising],
        }
        scopes = self.kind.right(verb, self.state).scope
        inside = {"line", "main"}  # a receiver's people are of it or below; who sends, verifies or supervises does it itself
        if "any" not in scopes and not any(
            unit and (self.within(who.unit, unit) if scope in inside else who.unit == unit)
            for scope in scopes
            for unit in whose[scope]
        ):
            raise No
        if line is not None and self.state in CLOSED and verb not in {"deliver", "read"}:
            raise No
        after = self.kind.after(self.state, verb) if line is None else self._line_after(line, verb)
        if after is None:
            raise No
        moved = self.moved if line is None else line.moved
        if does.seen and does.seen < moved and verb not in FREE:
            raise No

    def _line(self, does: Does, line: Line) -> None:
        after = self._line_after(line, does.verb)
        if does.verb == "decide-return":
            _decide_return(self, does, line)
            return
        _LINE[does.verb](self, does, line)
        self.begin(line.clocks, line.part, does.verb)
        self._to(line, after or line.state)
        if line.first and (line.signed or line.state == "withdrawn"):
            _handed_over(self, line)
        if line.n == self.main:
            self._whole_to(self.kind.after(self.state, does.verb) or self.state)
            self.begin(self.clocks, None, does.verb)

    def _to(self, line: Line, state: str) -> None:
        if state != line.state:
            line.state, line.moved = state, -1  # the number of its entry is filled in by whoever compares
        if state not in OPEN:
            self._drop(line.clocks)

    def _whole_to(self, state: str) -> None:
        if state != self.state:
            self.state, self.moved = state, -1

    def _drop(self, clocks: dict[str, Clock]) -> None:
        for clock in clocks.values():
            if clock.runs:
                clock.end(self.now)
                clock.dropped = True

    def _back(self) -> None:
        """The answer is the main receiver's again; the time in which it was looked at does not count."""
        line = self.lines[self.main]
        handle = line.clocks["handle"]
        if not handle.runs:
            if not handle.certain:
                handle.pauses.append([line.changed if handle.met is None else handle.met, self.now])
            handle.met, handle.late, handle.dropped = None, False, False
            handle.reckon(self.calendar)
        line.state, line.draft, line.outcome, line.reworked, line.moved = "signed", "", "", line.reworked + 1, -1

    def _end(self, verb: str, state: str) -> None:
        """It ends: reported lines are accepted, all others withdrawn; no clock runs on."""
        self.closed = self.now
        self.begin(self.clocks, None, verb)
        self._drop(self.clocks)
        for line in self.lines.values():
            if line.state in OPEN or line.state == "told":
                self.begin(line.clocks, line.part, verb)
                self._to(line, "accepted" if line.state == "reported" else "withdrawn")
            self._drop(line.clocks)
        self._whole_to(state)


def _handed_over(model: Model, line: Line) -> None:
    """首问: who was asked first answers no more once the next one has signed, or is asked no more."""
    asked = model.lines[line.first].clocks
    for clock in asked.values():
        if clock.runs and line.signed:
            clock.end(model.now)
            clock.met = model.now
    model._drop(asked)


def _decide_return(model: Model, does: Does, line: Line) -> None:
    if line.returned not in {"asked", "conferred"} or does.who.id == line.asked_return:
        raise No
    if does.outcome not in {"granted", "refused", "conferred", "designated"} or (does.outcome != "granted" and not does.reason):
        raise No
    unit = does.unit or (line.return_unit if does.outcome == "granted" else line.unit)
    if does.outcome == "granted" and unit in {line.unit, ""}:
        raise No
    if does.outcome in {"refused", "conferred"} or unit == line.unit:
        line.returned = does.outcome
        line.designated = line.designated or does.outcome == "designated"
        return
    if any(other.unit == unit and (other.state in OPEN or other.state == "told") for other in model.lines.values()):
        raise No
    new = model.send(unit, line.part, line.sender, line.under)
    if "handle" in new.clocks:
        new.clocks["handle"].start = line.sent
        new.clocks["handle"].reckon(model.calendar)
    new.designated = does.outcome == "designated"
    line.returned, line.moved_to = does.outcome, new.n
    new.first = line.first if line.first and not line.signed else line.n
    model._to(line, "moved")
    sign = model.kind.limit("sign", line.part, model.traits)
    if new.first == line.n and sign:  # 首问: in the time that the next one has to sign
        line.clocks["handover"] = Clock(sign.limit, sign.warn, frozenset({"sign"}), model.now)
        line.clocks["handover"].reckon(model.calendar)
    if line.n == model.main:
        model.main = new.n
        model._whole_to(model.kind.after(model.state, "decide-return") or model.state)


def _needs(text: str) -> None:
    if not text:
        raise No


def _deliver(_: Model, __: Does, line: Line) -> None:
    if line.delivered:
        raise No
    line.delivered = True


def _read(_: Model, __: Does, line: Line) -> None:
    if line.read:
        raise No
    line.delivered = line.read = True


def _sign(_: Model, __: Does, line: Line) -> None:
    line.delivered = line.read = line.signed = True


def _call(_: Model, does: Does, line: Line) -> None:
    _needs(does.answered)
    _needs(does.at)
    line.called = True


def _contact(_: Model, __: Does, line: Line) -> None:
    line.contacts += 1


def _urge(_: Model, __: Does, line: Line) -> None:
    line.urged += 1


def _ask_return(model: Model, does: Does, line: Line) -> None:
    rule = model.kind.returns
    if rule is None or line.designated or line.returned:
        raise No
    _needs(does.clause)
    _needs(does.reason)
    if does.unit in {"", line.unit}:
        raise No
    if model.now > deadline(line.sent, parse_limit(rule.within), model.calendar).at:
        raise No
    line.returned, line.asked_return, line.return_unit = "asked", does.who.id, does.unit


def _ask_extension(model: Model, does: Does, line: Line) -> None:
    rule, clock = model.kind.extensible("handle", model.traits), line.clocks.get("handle")
    if rule is None or clock is None or not clock.runs or line.extended == "asked" or len(clock.extra) >= rule.times:
        raise No
    if clock.late or model.now > clock.due:
        raise No
    _needs(does.reason)
    try:
        asked, most = (deadline(clock.due, parse_limit(each), model.calendar).at for each in (does.limit, rule.most))
    except ValueError:
        raise No from None
    if asked > most:
        raise No
    line.extended, line.asked_extension, line.more = "asked", does.who.id, does.limit


def _decide_extension(model: Model, does: Does, line: Line) -> None:
    if line.extended != "asked" or does.who.id == line.asked_extension or does.outcome not in {"granted", "refused"}:
        raise No
    if does.outcome == "refused":
        _needs(does.reason)
    line.extended = does.outcome
    clock = line.clocks["handle"]
    if does.outcome == "granted" and clock.runs:
        clock.extra.append(line.more)
        clock.late = False
        clock.reckon(model.calendar)


def _object(_: Model, does: Does, line: Line) -> None:
    _needs(does.reason)
    if line.objected == "asked":
        raise No
    line.objected = "asked"


def _answer(_: Model, does: Does, line: Line) -> None:
    _needs(does.reason)
    if line.objected != "asked" or does.outcome not in {"granted", "refused"}:
        raise No
    line.objected = does.outcome


def _pause(model: Model, does: Does, line: Line) -> None:
    rule = model.kind.pauses.get(does.outcome)
    _needs(does.clause)
    clocks = [line.clocks[name] for name in (rule.clocks if rule else ()) if name in line.clocks]
    able = [clock for clock in clocks if clock.runs and not clock.late and not clock.stands]
    if not able:
        raise No
    for clock in able:
        clock.pauses.append([model.now, None])


def _resume(model: Model, does: Does, line: Line) -> None:
    _needs(does.clause)
    standing = [clock for clock in line.clocks.values() if clock.stands]
    if not standing:
        raise No
    for clock in standing:
        for pause in clock.pauses:
            pause[1] = model.now if pause[1] is None else pause[1]
        clock.reckon(model.calendar)


def _submit(model: Model, does: Does, line: Line) -> None:
    _needs(does.reason)
    below = any(each.under == line.n and each.state in OPEN for each in model.lines.values())
    if below or line.returned in {"asked", "conferred"} or line.extended == "asked":
        raise No
    line.draft, line.outcome = does.who.id, does.outcome


def _reject(_: Model, does: Does, line: Line) -> None:
    _needs(does.reason)
    line.draft = line.outcome = ""


def _endorse(_: Model, does: Does, line: Line) -> None:
    if not line.draft or line.draft == does.who.id:
        raise No
    line.reply, line.draft = line.draft, ""


def _take(_: Model, __: Does, ___: Line) -> None:
    pass


def _recall(_: Model, does: Does, __: Line) -> None:
    _needs(does.reason)


_LINE: dict[str, Callable[[Model, Does, Line], None]] = {
    "deliver": _deliver,
    "read": _read,
    "sign": _sign,
    "call": _call,
    "contact": _contact,
    "urge": _urge,
    "ask-return": _ask_return,
    "ask-extension": _ask_extension,
    "decide-extension": _decide_extension,
    "object": _object,
    "answer-objection": _answer,
    "pause": _pause,
    "resume": _resume,
    "submit": _submit,
    "reject": _reject,
    "endorse": _endorse,
    "take": _take,
    "recall": _recall,
}


def _inspect(model: Model, does: Does) -> None:
    main = model.lines[model.main]
    _needs(does.reason)
    if does.outcome not in {"passed", "failed"} or (model.kind.apart and model.within(does.who.unit, main.unit)):
        raise No
    if main.reply == does.who.id and main.reply:
        raise No
    if does.outcome == "failed":
        if model.kind.after(model.state, "send-back") is None:
            raise No
        _sent_back(model)
        return
    model.inspected = does.who.id
    after = model.kind.after(model.state, "inspect") or model.state
    model.begin(model.clocks, None, "inspect")
    model.begin(main.clocks, main.part, "inspect")
    model._whole_to(after)


def _send_back(model: Model, does: Does) -> None:
    _needs(does.reason)
    _sent_back(model)


def _sent_back(model: Model) -> None:
    model.round += 1
    model.inspected = ""
    model.begin(model.clocks, None, "send-back")
    model._whole_to(model.kind.after(model.state, "send-back") or model.state)
    model._back()
    main = model.lines[model.main]
    model.begin(main.clocks, main.part, "send-back")


def _close(model: Model, does: Does) -> None:
    end = model.kind.ends.get(does.outcome)
    if end is None or (end.during and model.state not in end.during):
        raise No
    there = {
        "reply": bool(model.lines[model.main].reply),
        "inspection": bool(model.inspected),
        "reason": bool(does.reason),
        "paper": False,
        "instrument": False,
        "parent": False,
        "callback": False,
    }
    if not all(there[need] for need in end.needs):
        raise No
    if any(each.under == model.main and each.state in OPEN for each in model.lines.values()):
        raise No
    model.outcome = does.outcome
    model._end("close", model.kind.after(model.state, "close") or "")


def _ended(outcome: str, *, voided: bool = False) -> Callable[[Model, Does], None]:
    def ends(model: Model, does: Does) -> None:
        _needs(does.reason)
        model.outcome = outcome
        model.voided = model.voided or voided
        before, after = model.state, model.kind.after(model.state, does.verb) or ""
        if before in CLOSED:
            model.archived = None
            model._whole_to(after)
        else:
            model._end(does.verb, after)

    return ends


def _reopen(model: Model, does: Does) -> None:
    _needs(does.reason)
    model.closed, model.outcome, model.round = None, "", model.round + 1
    model.begin(model.clocks, None, "reopen")
    model._whole_to(model.kind.after(model.state, "reopen") or "")
    model._back()
    main = model.lines[model.main]
    model.begin(main.clocks, main.part, "reopen")


def _archive(model: Model, _: Does) -> None:
    model.archived = model.now
    model._whole_to("archived")


def _void(model: Model, does: Does) -> None:
    _needs(does.reason)
    model.voided = True


def _note(_: Model, does: Does) -> None:
    _needs(does.reason)


def _purge(_: Model, __: Does) -> None:
    raise No  # a log that was never opened cannot forget


_WHOLE: dict[str, Callable[[Model, Does], None]] = {
    "inspect": _inspect,
    "send-back": _send_back,
    "close": _close,
    "withdraw": _ended("withdrawn"),
    "revoke": _ended("revoked", voided=True),
    "repeal": _ended("repealed"),
    "reopen": _reopen,
    "archive": _archive,
    "void": _void,
    "note": _note,
    "purge": _purge,
}

VERBS = (*_LINE, "decide-return", *_WHOLE)
"""The acts that the model knows."""


def clock_of(clock: Clock) -> dict[str, Any]:
    """What is compared of a clock."""
    return {
        "due": clock.due,
        "met": clock.met,
        "late": clock.late,
        "warned": clock.warned,
        "dropped": clock.dropped,
        "pauses": [tuple(each) for each in clock.pauses],
    }
