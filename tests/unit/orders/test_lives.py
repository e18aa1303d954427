"""Random people at random times against a model of an order's life; a life that is cut anywhere goes on the same."""

import dataclasses
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import DAY, HOUR, MINUTE, OrderAudit, OrderLine, encode, format_time, parse_time
from streams.messages.orders import Part, Receiver
from streams.messages.outputs.order import OrderClock
from streams.orders.kinds import kinds
from tests.support.orders.model import VERBS, Clock, Does, Model, Person, clock_of
from tests.support.orders.partition import COMMAND_CENTRE, ECOLOGY, ORDER, OrderPartition, actor

T = TypeVar("T")
RULES = order_rules("4101")
MAIN, OTHER, THIRD = "zz-ee-410105", "zz-ee-410102", "zz-ee-410103"
ROLES = ("clerk", "handler", "reviewer", "leader", "officer", "signatory")
PEOPLE = (
    *(Person(role, unit, f"{role}@{unit}") for unit in (MAIN, OTHER, THIRD) for role in ROLES),
    *(Person(role, ECOLOGY, f"{role}@{ECOLOGY}") for role in ("dispatcher", "supervisor", "leader", "inspector", "archivist")),
    *(Person(role, COMMAND_CENTRE, f"{role}@{COMMAND_CENTRE}") for role in ("inspector", "verifier", "leader", "dispatcher")),
    Person("reviewer", MAIN, f"handler@{MAIN}"),
    Person("viewer", ECOLOGY, "viewer"),
    Person("clerk", "zz-mr", "clerk@zz-mr"),
    Person("admin", ECOLOGY, "admin"),
    Person("handler", "", "nobody"),
)
LIKELY = {
    "handler": ("sign", "contact", "submit", "ask-return", "object", "pause", "resume"),
    "clerk": ("sign", "ask-return", "deliver", "read"),
    "reviewer": ("endorse", "reject", "ask-extension", "pause", "resume"),
    "dispatcher": ("decide-return", "decide-extension", "urge", "call", "recall", "send-back", "close", "withdraw", "archive"),
    "leader": ("decide-return", "decide-extension", "close", "revoke", "repeal", "reopen", "void", "answer-objection"),
    "inspector": ("inspect", "send-back", "close", "urge"),
    "verifier": ("inspect", "send-back", "close"),
}
START = parse_time("2026-03-06T09:00:00+08:00")

_outcomes = ("granted", "refused", "conferred", "designated", "passed", "failed", "testing", "")
_pauses = st.sampled_from([MINUTE, HOUR, 3 * HOUR, DAY, 3 * DAY, 9 * DAY, 20 * DAY])


@st.composite
def acts(draw: st.DrawFn) -> Does:
    """An act by somebody, more often one that the role is there for."""
    who = draw(st.sampled_from(PEOPLE))
    usual = LIKELY.get(who.role, VERBS)
    verb = draw(st.sampled_from(usual if draw(st.integers(0, 4)) else VERBS))
    ends = (*kinds()["lead"].ends, *kinds()["task"].ends, "done")
    often = draw(st.integers(0, 9)) > 0
    return Does(
        verb=verb,
        who=who,
        lines=draw(st.sampled_from([(), (), ("1",), ("2",), ("3",), ("1", "2"), ("9",)])),
        reason="因" if often else "",
        outcome=draw(st.sampled_from(ends if verb == "close" else _outcomes)),
        clause="职责清单 3" if often and verb != "ask-extension" else "",
        unit=draw(st.sampled_from(["", "", OTHER, THIRD])) if "return" in verb else "",
        limit=draw(st.sampled_from(["15 civil-working-days", "10 working-days", "90 working-days", "x"])),
        at=format_time(START) if often else "",
        answered="李" if often else "",
        seen=draw(st.sampled_from([0, 0, 0, 2, 4])),
    )


@dataclasses.dataclass(frozen=True)
class Lawful:
    """An act that the model lets somebody do now: the `n`th of them; and whether it goes the way of an order that is done."""

    n: int
    onward: bool


FINDINGS = ("granted", "passed", "failed", "designated", "testing")
ENDING = ("withdraw", "revoke", "repeal", "archive", "void", "note")
ONWARD = ("sign", "submit", "endorse", "inspect", "close", "take")

_lawful = st.builds(Lawful, st.integers(0, 9_999), st.booleans())
steps = st.lists(st.one_of(acts(), _lawful, _lawful, _pauses), max_size=40)
Step = Does | Lawful | int


def turned(of: Sequence[T], n: int) -> Sequence[T]:
    """The same, beginning with the `n`th."""
    at = n % max(1, len(of))
    return (*of[at:], *of[:at])


class LivedOrder:
    """An order in a partition, and the same order in the model; every step is compared."""

    def __init__(self, kind: str) -> None:
        self.by = OrderPartition(format_time(START))
        self.kind = kinds()[kind]
        traits = {"law": "market"} if kind == "lead" else {}
        self.model = Model(self.kind, RULES.calendar, RULES.bodies.within, traits)
        self.model.now = START
        receivers: list[tuple[str, Part]] = [(MAIN, "main"), (OTHER, "support")]
        self.model.issue(Person("dispatcher", ECOLOGY, ""), receivers, COMMAND_CENTRE)
        self.by.issue(
            kind=kind,
            traits=traits,
            supervising=COMMAND_CENTRE,
            receivers=tuple(Receiver(unit=unit, part=part) for unit, part in receivers),
        )
        self.numbered(self.trail)
        self.compare("issue")

    def lawful(self, step: Lawful) -> Does | None:
        """The act that it stands for now."""
        usual = ONWARD if step.onward else [verb for verb in VERBS if step.n % 8 == 0 or verb not in ENDING]
        verbs = [verb for verb in usual if self.model.allows(verb)]
        return next((does for verb in turned(verbs, step.n) if (does := self.way(verb, step.n // 7)) is not None), None)

    def way(self, verb: str, n: int) -> Does | None:
        """One of the ways in which an act can be done now."""
        often = "" if verb == "ask-extension" else "职责清单 3"
        ways = [
            Does(verb, who, (), "因", outcome, often, unit, limit, format_time(START), "李")
            for who in PEOPLE
            if who.role in self.kind.right(verb, self.model.state).roles
            for outcome in (tuple(self.kind.ends) if verb == "close" else FINDINGS)
            for unit in (("", THIRD) if "return" in verb else ("",))
            for limit in (("15 civil-working-days", "10 working-days") if verb == "ask-extension" else ("",))
        ]
        return next((each for each in turned(ways, n) if all(deepcopy(self.model).act(each).values())), None)

    def step(self, step: Step) -> None:
        """An act, or so much time (ms)."""
        if isinstance(step, Lawful):
            if (does := self.lawful(step)) is None:
                return
            step = does
        if isinstance(step, int):
            at = self.model.now + step
            self.by.tick(format_time(at))
            self.model.tick(at)
            self.compare(f"tick {format_time(at)}")
            return
        step = step if step.seen <= len(self.trail) else dataclasses.replace(step, seen=0)
        wanted = self.model.act(step)
        out = self.by.act(
            step.verb,
            replace(actor(step.who.role, step.who.unit), id=step.who.id),
            lines=step.lines,
            reason=step.reason,
            outcome=step.outcome,
            clause=step.clause,
            unit=step.unit,
            limit=step.limit,
            at=step.at,
            who=step.answered,
            seen=step.seen,
        )
        found: dict[str, bool] = {}
        entries = [each for each in out if isinstance(each, OrderAudit)]
        for each in entries:
            if each.event == "refuse":
                found[each.line] = False
        assert {n for n, done in wanted.items() if not done} == set(found), (
            step,
            wanted,
            [(e.event, e.line, e.reason) for e in entries],
        )
        self.numbered(entries)
        self.compare(str(step))

    def numbered(self, entries: list[OrderAudit]) -> None:
        """Which entry moved what, as the trail has it: the model does not number."""
        for each in entries:
            if each.line:
                self.model.lines[each.line].changed = parse_time(each.at)
            if each.before != each.after and each.line:
                self.model.lines[each.line].moved = each.n
            elif each.before != each.after:
                self.model.moved = each.n

    @property
    def trail(self) -> list[OrderAudit]:
        """All entries."""
        return [each for each in self.by.told if isinstance(each, OrderAudit)]

    def compare(self, why: str) -> None:
        """The order and its lines are what the model has."""
        order, model = self.by.orders[ORDER], self.model
        assert self.by.fold.known == (not model.forgotten), why
        assert (order.state, order.main, order.round, order.outcome) == (model.state, model.main, model.round, model.outcome), (
            why
        )
        assert order.voided == model.voided, why
        assert (order.proposed is not None) == model.proposed, why
        assert order.ended == (model.closed is not None), why
        assert (order.archived_at is not None) == (model.archived is not None), why
        assert clocks(order.clocks) == {name: clock_of(clock) for name, clock in model.clocks.items()}, why
        lines = {line.n: line for line in self.by.lines.values()}
        assert lines.keys() == model.lines.keys(), why
        for n, line in lines.items():
            assert told_of(line) == told_of_model(model.lines[n]), (why, n)


def told_of(line: OrderLine) -> dict[str, Any]:
    """What is compared of a line."""
    return {
        "state": line.state,
        "unit": line.unit,
        "part": line.part,
        "moments": [each is not None for each in (line.delivered, line.read, line.signed, line.called)],
        "counts": (line.contacts, line.urged, line.reworked),
        "draft": line.draft is not None,
        "reply": line.reply is not None,
        "returns": None if line.returns is None else (line.returns.decision or "asked"),
        "extension": None if line.extension is None else (line.extension.decision or "asked"),
        "objection": None if line.objection is None else (line.objection.decision or "asked"),
        "designated": line.designated,
        "moved_to": line.moved_to,
        "clocks": clocks(line.clocks),
    }


def told_of_model(line: Any) -> dict[str, Any]:
    """The same of the model's."""
    return {
        "state": line.state,
        "unit": line.unit,
        "part": line.part,
        "moments": [line.delivered, line.read, line.signed, line.called],
        "counts": (line.contacts, line.urged, line.reworked),
        "draft": bool(line.draft),
        "reply": bool(line.reply),
        "returns": line.returned or None,
        "extension": line.extended or None,
        "objection": line.objected or None,
        "designated": line.designated,
        "moved_to": line.moved_to,
        "clocks": {name: clock_of(clock) for name, clock in line.clocks.items()},
    }


def clocks(of: tuple[OrderClock, ...]) -> dict[str, dict[str, Any]]:
    """The newest clock of each name, as the model has it."""
    return {each.name: clock_of(_clock(each)) for each in of}


def _clock(of: OrderClock) -> Clock:
    made = Clock(of.limit, of.ahead, frozenset(), parse_time(of.start), due=parse_time(of.due))
    made.met = parse_time(of.met) if of.met else None
    made.late, made.warned, made.dropped = of.late, of.warned, of.dropped
    made.pauses = [[parse_time(each.begin), parse_time(each.end) if each.end else None] for each in of.pauses]
    return made


def lived(kind: str, life: list[Step]) -> LivedOrder:
    """A whole life."""
    of = LivedOrder(kind)
    for step in life:
        if not of.model.forgotten:
            of.step(step)
    return of


_few = settings(max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""Nothing here depends on how busy a machine is, or on what an earlier run has left."""


@pytest.mark.parametrize("kind", ["lead", "task"])
@_few
@given(life=steps)
@example(life=[HOUR, HOUR])
def test_every_life_is_what_the_page_says(kind: str, life: list[Step]) -> None:
    """States, refusals, clocks, the four moments, overlays: after every act and every jump of time.

    Two hours after sending, the time to sign a lead is at its very end, and nothing is late.
    """
    lived(kind, life)


@_few
@given(life=steps, cut=st.integers(0, 60))
def test_a_life_that_is_cut_goes_on_the_same(life: list[Step], cut: int) -> None:
    """Restored from a checkpoint at any record, the rest gives the same outputs, byte for byte; so does all of it anew."""
    by = lived("lead", life).by
    at = min(cut, len(by.log))
    first = Orders(RULES, "t.events.orders", 0)
    held: dict[bytes, bytes | None] = {}
    told = list(first.run(by.log[:at]))
    held |= dict(first.snapshot())
    again = Orders(RULES, "t.events.orders", 0)
    again.restore(held.items())
    told += again.run(by.log)
    whole = [encode(each) for each in by.told]
    assert [encode(each) for each in told] == whole
    assert [encode(each) for each in Orders(RULES, "t.events.orders", 0).run(by.log)] == whole
    assert dict(again.snapshot()).keys() <= dict(held).keys() | dict(whole_state(by)).keys()


def whole_state(by: OrderPartition) -> Iterator[tuple[bytes, bytes | None]]:
    """What a checkpoint of the whole log holds."""
    fold = Orders(RULES, "t.events.orders", 0)
    fold.run(by.log)
    yield from fold.snapshot()
