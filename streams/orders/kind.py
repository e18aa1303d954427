"""What an order of a kind may go through, as data: its state table, limits, ends, papers, and who verifies it. Pure.

A kind is a folder below `streams/orders` with its `kind.toml`; `common.toml` holds what all kinds have in common.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Literal, TypeVar

from msgspec import Struct

from streams.messages import Text
from streams.messages.orders import PaperKind, Part
from streams.messages.outputs.order import Basis
from streams.messages.rights import ORDER_RIGHTS, OrderRight, Scope

CLOSED = ("closed", "archived", "withdrawn", "revoked", "repealed", "declined", "merged")
"""The states in which an order of any kind has come to an end."""

REFERRED, DESIGNATED = "referred", "designated"
"""The decisions on a return by which the common superior is asked (协商不成，报请共同上一级), and by which it answers (指定).

A clock of the order may run from one to the other.
"""

DECISIONS = ("granted", "refused", "conferred", REFERRED, DESIGNATED)
"""What a return comes to: another unit, the same one, a consultation, the common superior's question, and its answer."""

SIGN, HANDOVER = "sign", "handover"
"""签收, the act and its clock; and the clock of who was asked first (首问) and hands a matter on: it has the time of the next
one's signing, and is met by that."""

LINE_ACTS = frozenset(
    {
        "deliver",
        "read",
        "sign",
        "contact",
        "opinion",
        "ask-return",
        "decide-return",
        "ask-extension",
        "decide-extension",
        "object",
        "answer-objection",
        "submit",
        "reject",
        "endorse",
        "take",
        "recall",
        "call",
        "urge",
        "pause",
        "resume",
    }
)
"""The acts on receivers' lines; the others are on the order as a whole. Those of the main line may move the order too."""


TRAITS: Mapping[str, str] = {"follow": "procedure", "instrument": "instrument", "file": "file", "conclude": "conclusion"}
"""The trait that an act gives the order before its clocks begin.

To the outcome of `follow` and `conclude`, the kind of the instrument, what the file is `of`.
"""


Row = TypeVar("Row")

RestsOn = Literal["parent", "basis"]
"""What an order may rest on: another order that it is about, or a decision that its text names (`Passage`)."""


class StateRow(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A row of the state table: in each of these states the act is lawful, and leads to `to`; empty: the state stays.

    `scope`: whose act it must be here, where that is narrower than the kind and the table of rights say.
    """

    from_: tuple[str, ...]
    act: str
    to: str = ""
    scope: tuple[Scope, ...] = ()


class LineRow(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A row of the table of receivers' lines, as `StateRow`; `parts`: of which receivers.

    `during`: the states of the order in which it holds; empty: all.
    """

    from_: tuple[str, ...]
    act: str
    to: str = ""
    parts: tuple[Part, ...] = ("main", "support")
    during: tuple[str, ...] = ()


class LimitRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One time limit, where it is from and how sure.

    `clock`: its name; `of`: the order as a whole, or each line of `parts`. It runs from `start` and is met by `stop`, which are
    acts (`sign`), or `sent`, or `filed` (a matter came in), or of the order `referred` to `designated`; of a line, acts of that
    line or of the order. `also`: other acts that meet it. `recorded`: it is reckoned from the moment that its start act records
    (`at`, an instrument's `served_at`, a file's `made_at`), where one is. `when`: traits of the order that it holds for; of
    several rows of a clock the first that fits is taken (`TRAITS`: some are set by acts).
    `limit`: as `streams.calendar.time_limit` reads it, empty: there is no such clock for these; `warn`: so long before the end
    it turns yellow (提醒). `urgent`: it rings at any hour. `place`: the place that says so, empty for the nation's.
    """

    clock: str
    start: str
    stop: str
    limit: str
    warn: str
    source: Text
    mark: Basis
    of: Literal["order", "line"] = "line"
    parts: tuple[Part, ...] = ("main", "support")
    when: dict[str, str] = {}
    place: str = ""
    urgent: bool = False
    recorded: bool = False
    also: tuple[str, ...] = ()


class Extension(Struct, frozen=True, forbid_unknown_fields=True):
    """How the time of a clock may be extended: how often, by how much at most; asked before its end.

    `when`: traits of the order that it holds for. A clock that has no row cannot be extended.
    """

    clock: str
    times: int
    most: str
    source: Text
    mark: Basis
    when: dict[str, str] = {}


class PauseRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of time that is not counted, and the article that says so."""

    title: Text
    basis: str
    clocks: tuple[str, ...]


class Return(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when a receiver may apply for a return (退单) after it was sent, and within what it is decided.

    `decided_by`: where `decide` is from and how sure, if it is not from where `within` is.
    """

    within: str
    decide: str
    times: int
    source: Text
    mark: Basis
    decided_by: Text | None = None
    decided_mark: Basis = "default"


class End(Struct, frozen=True, forbid_unknown_fields=True):
    """A way in which an order may end.

    `lawful`: also while its condition stands (移送, 立案, 解释, 停产, 中止); `needs`: what else. `during`: the only states of
    the order in which it may be chosen; empty: wherever it may be closed. `public`: whether what ended so may be made public.
    """

    title: Text
    basis: str
    lawful: bool = False
    needs: tuple[Literal["instrument", "inspection", "paper", "reason", "parent", "reply", "callback"], ...] = ()
    during: tuple[str, ...] = ()
    public: bool = True


class OrderKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A kind of order.

    `states`: their words; `first`: the state that an order begins in, by paper (`*`: any other); `filed`: that of one that a
    matter opened. `rows` and `lines`: the state tables. `close`: the word for its end (办结, 销号, 结论). `issuers`: kinds of
    units that may issue it; `papers`: by which. `verifier`: whose finding ends it: another body than the main receiver's where
    `apart`. `rests_on`: of what it must name one when it is issued. `returns`, `extension`, `pauses`: None or empty where the
    kind has none. `propose`: so long after the main clock's end supervision is proposed (建议督办), empty: never;
    `propose_mark`: how sure that number is. `quiet`: so long its alerts must be quiet until it may be re-inspected. `review`:
    until when a conclusion, or else an end, may be asked to be looked at again (复核, 申诉), likewise as `returns`: a right's
    period, when it has run out nothing is late, the act is refused. `desk`: the role of the body with which a matter of its
    kind begins (`hotline`). `again`: what a condition that comes back opens: a round of this order, or a new one. `steps`:
    which act a step of another system is, `outcomes`: with which outcome; a step that is not named is kept as a note. `clocks`:
    the words of the clocks. `scopes` and `roles`: of an act, whose it must be and who may do it, where `ORDER_RIGHTS` says
    otherwise or more. `basis`: on what it rests, the last of which says what of extensions. `version`: of all this, a hash of
    its data.
    """

    id: str
    title: Text
    close: Text
    states: dict[str, Text]
    first: dict[str, str]
    filed: str = ""
    rows: tuple[StateRow, ...]
    lines: tuple[LineRow, ...]
    limits: tuple[LimitRow, ...]
    ends: dict[str, End]
    issuers: tuple[str, ...]
    papers: tuple[PaperKind, ...]
    verifier: Literal["issuer", "supervising", "applicant"]
    apart: bool
    rests_on: tuple[RestsOn, ...] = ()
    returns: Return | None = None
    review: Return | None = None
    desk: str = ""
    extension: tuple[Extension, ...] = ()
    pauses: dict[str, PauseRule] = {}
    propose: str = ""
    propose_mark: Basis = "default"
    quiet: str = ""
    quiet_mark: Basis = "default"
    again: Literal["round", "new"] = "round"
    steps: dict[str, str] = {}
    outcomes: dict[str, str] = {}
    clocks: dict[str, Text] = {}
    scopes: dict[str, tuple[Scope, ...]] = {}
    roles: dict[str, tuple[str, ...]] = {}
    basis: tuple[str, ...]
    version: str = ""

    def after(self, state: str, act: str) -> str | None:
        """The state that an act leads to from this one; None where the table has no row."""
        row = self._row(state, act)
        return None if row is None else row.to or state

    def leads(self, state: str, act: str) -> str | None:
        """The state that an act leads to where it is a step of another system, of which what lies between went unseen.

        None where neither this state nor one that comes after it, short of an end, has a row for the act.
        """
        if (state, act) not in self._leads_by:
            self._leads_by[state, act] = self._found(state, act)
        return self._leads_by[state, act]

    def _found(self, state: str, act: str) -> str | None:
        states = [state]
        for each in states:
            if (after := self.after(each, act)) is not None:
                return after
            if each not in CLOSED:
                states += [row.to for row in self.rows if each in row.from_ and row.to not in {"", *CLOSED, *states}]
        return None

    def line_after(self, state: str, act: str, part: Part, order: str = "") -> str | None:
        """The same of a receiver's line, of an order in the state `order`."""
        found = next((row for row in self._lines_by.get(act, ()) if _holds(row, state, part, order)), None)
        return None if found is None else found.to or state

    def acts(self, state: str) -> tuple[str, ...]:
        """The acts on the order as a whole that its state allows."""
        if (found := self._acts_in.get(state)) is None:
            allowed = (row.act for row in self.rows if state in row.from_ and row.act not in LINE_ACTS)
            found = self._acts_in[state] = tuple(dict.fromkeys(allowed))
        return found

    def line_acts(self, state: str, part: Part, order: str = "") -> tuple[str, ...]:
        """The acts on a line that its state allows, of an order in the state `order`."""
        if (found := self._line_acts_in.get((state, part, order))) is None:
            allowed = (row.act for row in self.lines if _holds(row, state, part, order))
            found = self._line_acts_in[state, part, order] = tuple(dict.fromkeys(allowed))
        return found

    def right(self, act: str, state: str = "") -> OrderRight:
        """Who may do an act to an order of this kind that is in this state, and of which unit."""
        common, row = ORDER_RIGHTS[act], self._row(state, act)
        roles = frozenset(self.roles[act]) if act in self.roles else common.roles
        return OrderRight(roles, (row.scope if row else ()) or self.scopes.get(act) or common.scope)

    def limit(self, clock: str, part: Part | None, traits: Mapping[str, str]) -> LimitRow | None:
        """The row of a clock that holds for these traits; `part` None for the order as a whole. None: there is no clock."""
        for row in self._limits_by.get(clock, ()):
            fits = row.of == "order" if part is None else row.of == "line" and part in row.parts
            if fits and _fit(row.when, traits):
                return row if row.limit else None
        return None

    def started(self, act: str) -> tuple[str, ...]:
        """The clocks that an act starts by some row."""
        return self._started_by.get(act, ())

    @property
    def refers(self) -> bool:
        """Whether a return that bodies do not agree on goes to their common superior, in a time of its own."""
        return any(row.start == REFERRED for row in self.limits)

    def extensible(self, clock: str, traits: Mapping[str, str]) -> Extension | None:
        """How the time of a clock may be extended for these traits; None: not at all."""
        return next((each for each in self.extension if each.clock == clock and _fit(each.when, traits)), None)

    def _row(self, state: str, act: str) -> StateRow | None:
        return self._rows_by.get((state, act))

    @cached_property
    def _rows_by(self) -> dict[tuple[str, str], StateRow]:
        """The first row of each state and act."""
        return {(state, row.act): row for row in reversed(self.rows) for state in row.from_}

    @cached_property
    def _lines_by(self) -> dict[str, list[LineRow]]:
        return _grouped(self.lines, lambda row: row.act)

    @cached_property
    def _limits_by(self) -> dict[str, list[LimitRow]]:
        return _grouped(self.limits, lambda row: row.clock)

    @cached_property
    def _started_by(self) -> dict[str, tuple[str, ...]]:
        rows = _grouped(self.limits, lambda row: row.start)
        return {act: tuple(dict.fromkeys(row.clock for row in of)) for act, of in rows.items()}

    @cached_property
    def _leads_by(self) -> dict[tuple[str, str], str | None]:
        """By state and act, where it leads: those that were asked for."""
        return {}

    @cached_property
    def _acts_in(self) -> dict[str, tuple[str, ...]]:
        """By state, those that were asked for."""
        return {}

    @cached_property
    def _line_acts_in(self) -> dict[tuple[str, Part, str], tuple[str, ...]]:
        """By the line's state, its part and the order's state, those that were asked for."""
        return {}


def _grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    """The rows by a key, each in its place."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _holds(row: LineRow, state: str, part: Part, order: str) -> bool:
    return state in row.from_ and part in row.parts and (not row.during or order in row.during)


def _fit(when: Mapping[str, str], traits: Mapping[str, str]) -> bool:
    return all(traits.get(name) == value for name, value in when.items())


Kinds = Mapping[str, OrderKind]
"""The kinds of orders by id."""
