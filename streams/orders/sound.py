"""Whether a kind of order is sound: what in its data does not fit, in words. Pure."""

from collections import Counter
from collections.abc import Iterator

from streams.calendar.time_limit import parse_limit
from streams.messages import Text
from streams.messages.outputs.order import Basis
from streams.messages.rights import ORDER_RIGHTS
from streams.orders.kind import CLOSED, DESIGNATED, LINE_ACTS, REFERRED, LimitRow, OrderKind

OWN_DEFAULT = Text("本系统默认", "Default of this system")
"""How the source of a number begins that has none."""

AHEAD = ("urgent-hour", "natural-hour", "calendar-day", "working-hour", "working-day")
"""In what a warning is given: what is counted back from an end."""

_BEGINS = frozenset({"sent", "filed", REFERRED})


def wrongs(kind: OrderKind) -> Iterator[str]:
    """All that does not fit in a kind, the first of which its file is refused with."""
    yield from _states(kind)
    yield from _tables(kind)
    yield from _rights(kind)
    yield from _limits(kind)
    yield from _overlays(kind)
    yield from _spans(kind)
    yield from _sources(kind)
    yield from _ends(kind)
    yield from _steps(kind)


def _states(kind: OrderKind) -> Iterator[str]:
    named = {state for row in kind.rows for state in (*row.from_, *((row.to,) if row.to else ()))}
    named |= set(kind.first.values()) | ({kind.filed} if kind.filed else set())
    named |= {state for row in kind.lines for state in row.during} | {
        state for end in kind.ends.values() for state in end.during
    }
    for state in sorted(named - set(kind.states)):
        yield f"the state {state!r} has no words in [states]"
    if "*" not in kind.first:
        yield "first has no '*': in which state does an order of any other paper begin"
    for paper in sorted(set(kind.first) - {"*", *kind.papers}):
        yield f"first names the paper {paper!r}, which papers does not have"
    reached = set(kind.first.values()) | {kind.filed}
    while new := {row.to for row in kind.rows if row.to and reached & set(row.from_)} - reached:
        reached |= new
    for state in sorted(set(kind.states) - reached):
        yield f"no act leads to the state {state!r}"
    left = {state for row in kind.rows if row.to for state in row.from_}
    for state in sorted(set(kind.states) - left - {"archived"}):
        yield f"no act leads out of the state {state!r}"
    for act in ("close", "archive"):
        if not any(row.act == act for row in kind.rows):
            yield f"no row has the act {act!r}: an order of this kind would never end"
    for row in kind.rows:
        if row.act == "close" and row.to not in CLOSED:
            yield f"close leads to {row.to!r}, which is no end: {', '.join(CLOSED)}"


def _tables(kind: OrderKind) -> Iterator[str]:
    acts = {row.act for row in kind.rows} | {row.act for row in kind.lines}
    for act in sorted(acts - set(ORDER_RIGHTS)):
        yield f"no act is called {act!r}; acts are {', '.join(ORDER_RIGHTS)}"
    for row in kind.lines:
        if row.act not in LINE_ACTS | {"send-back"}:
            yield f"the table of lines has the act {row.act!r}, which is on the order as a whole"
    pairs = Counter((row.act, state) for row in kind.rows for state in row.from_)
    for (act, state), count in sorted(pairs.items()):
        if count > 1:
            yield f"two rows for act {act!r} in state {state!r}"
    timed = {"sign", "ask-return", "ask-extension", "submit", "endorse", "urge"}
    for line in kind.lines:
        if "assist" in line.parts and line.act in timed:
            yield f"an assisting receiver has the act {line.act!r}: nothing is expected of it"


def _rights(kind: OrderKind) -> Iterator[str]:
    for act in sorted((set(kind.scopes) | set(kind.roles)) - set(ORDER_RIGHTS)):
        yield f"scopes or roles name the act {act!r}, which there is not"
    for act, roles in kind.roles.items():
        if act in ORDER_RIGHTS and (more := sorted(set(roles) - ORDER_RIGHTS[act].roles)):
            yield f"roles give {act!r} to {more[0]!r}; the table of rights does not"
        if not roles:
            yield f"roles give {act!r} to nobody"


def _limits(kind: OrderKind) -> Iterator[str]:
    acts = {row.act for row in kind.rows} | {row.act for row in kind.lines}
    whole: list[LimitRow] = []
    for row in kind.limits:
        if row.clock not in kind.clocks:
            yield f"the clock {row.clock!r} has no words in [clocks]"
        if row.start not in acts | _BEGINS:
            yield f"the clock {row.clock!r} starts with {row.start!r}: neither sent, filed, referred nor an act of the tables"
        if row.stop not in acts | {DESIGNATED}:
            yield f"the clock {row.clock!r} is met by {row.stop!r}, which is no act of the tables"
        for act in sorted(set(row.also) - acts):
            yield f"the clock {row.clock!r} is met by {act!r} too, which is no act of the tables"
        if (row.start == REFERRED) != (row.stop == DESIGNATED) or (row.start == REFERRED and row.of == "line"):
            yield f"the clock {row.clock!r} of a referral is the order's, and runs from {REFERRED} to {DESIGNATED}"
        if row.of == "line" and "assist" in row.parts:
            yield f"the clock {row.clock!r} runs for assisting receivers: they are not timed"
        if any(each.clock == row.clock and each.of == row.of and set(row.parts) <= set(each.parts) for each in whole):
            yield f"a row of the clock {row.clock!r} stands behind one that always fits"
        if not row.when:
            whole.append(row)


def _overlays(kind: OrderKind) -> Iterator[str]:
    acts = {row.act for row in kind.rows} | {row.act for row in kind.lines}
    clocks = {row.clock for row in kind.limits}
    used = {each.clock for each in kind.extension} | {name for each in kind.pauses.values() for name in each.clocks}
    for clock in sorted(used - clocks):
        yield f"no limit has the clock {clock!r}"
    together = {
        "ask-extension": ("extension", bool(kind.extension)),
        "pause": ("pauses", bool(kind.pauses)),
        "ask-return": ("returns", kind.returns is not None),
        "ask-review": ("review", kind.review is not None),
    }
    for act, (name, there) in together.items():
        if there != (act in acts):
            yield f"{name} and the act {act!r} go together: give both, or neither (without = [{act!r}])"


def _spans(kind: OrderKind) -> Iterator[str]:
    spans = [row.limit for row in kind.limits] + [kind.propose, kind.quiet] + [each.most for each in kind.extension]
    spans += [kind.returns.within, kind.returns.decide] if kind.returns else []
    spans += [kind.review.within, kind.review.decide] if kind.review else []
    for text in filter(None, spans):
        yield from _unreadable(text)
    for row in kind.limits:
        if bool(row.limit) != bool(row.warn):
            yield f"the clock {row.clock!r} has a limit without a warning, or a warning without a limit"
        elif row.warn and row.warn.partition(" ")[2].removesuffix("s") not in AHEAD:
            yield f"the clock {row.clock!r} warns {row.warn!r} before its end: write an amount of {', '.join(AHEAD)}"
        elif row.warn:
            yield from _unreadable(row.warn)


def _unreadable(text: str) -> Iterator[str]:
    try:
        parse_limit(text)
    except ValueError as error:
        yield str(error)


def _sources(kind: OrderKind) -> Iterator[str]:
    told: list[tuple[str, Text, Basis]] = [(f"the clock {row.clock!r}", row.source, row.mark) for row in kind.limits]
    told += [(f"the extension of {each.clock!r}", each.source, each.mark) for each in kind.extension]
    if kind.returns:
        told.append(("returns", kind.returns.source, kind.returns.mark))
        if kind.returns.decided_by:
            told.append(("the decision on returns", kind.returns.decided_by, kind.returns.decided_mark))
    if kind.review:
        told.append(("review", kind.review.source, kind.review.mark))
    for what, source, mark in told:
        own = source.zh.startswith(OWN_DEFAULT.zh) and source.en.startswith(OWN_DEFAULT.en)
        if own != (mark == "default"):
            yield f"{what}: the mark {mark!r} does not fit the source {source.zh!r}: without a source it is a default"
        if mark == "issuer":
            yield f"{what}: the mark 'issuer' is for what a paper says, not for a kind"


def _ends(kind: OrderKind) -> Iterator[str]:
    if not kind.ends:
        yield "there is no way for it to end: [ends] is empty"
    acts = {row.act for row in kind.rows} | {row.act for row in kind.lines}
    needs = {"inspection": "inspect", "instrument": "instrument", "paper": "paper", "callback": "call-back", "reply": "endorse"}
    for name, end in kind.ends.items():
        for need in end.needs:
            if need in needs and needs[need] not in acts:
                yield f"the end {name!r} needs {need!r}, and no row has the act {needs[need]!r}"
        if not end.basis:
            yield f"the end {name!r} has no basis"


def _steps(kind: OrderKind) -> Iterator[str]:
    acts = {row.act for row in kind.rows} | {row.act for row in kind.lines}
    for step, act in kind.steps.items():
        if act not in acts:
            yield f"the step {step!r} is the act {act!r}, which is in no table"
    for step, outcome in kind.outcomes.items():
        if step not in kind.steps:
            yield f"outcomes name the step {step!r}, which steps does not have"
        elif kind.steps[step] == "close" and outcome not in kind.ends:
            yield f"the step {step!r} closes with {outcome!r}, which is no end"
    for step, act in kind.steps.items():
        if act == "close" and step not in kind.outcomes:
            yield f"the step {step!r} closes, and outcomes does not say with which end"
    if kind.steps and not kind.filed:
        yield "steps are named, and filed is not: no matter opens an order of this kind"
