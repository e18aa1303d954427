"""What an order of a kind may go through, as data: its state table, limits, ends, papers, and who verifies it. Pure.

A kind is a folder below `streams/orders` with its `kind.toml`; `common.toml` holds what all kinds have in common.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from streams.messages import Text
from streams.messages.orders import PaperKind, Part
from streams.messages.outputs.order import Basis
from streams.messages.rights import Scope

CLOSED = ("closed", "archived", "withdrawn", "revoked", "repealed", "declined", "merged")
"""The states in which an order of any kind has come to an end."""

LINE_ACTS = frozenset(
    {
        "deliver",
        "read",
        "sign",
        "contact",
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


class Row(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A row of the state table: in each of these states the act is lawful, and leads to `to`; empty: the state stays."""

    from_: tuple[str, ...]
    act: str
    to: str = ""


class LineRow(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A row of the table of receivers' lines, as `Row`; `parts`: of which receivers."""

    from_: tuple[str, ...]
    act: str
    to: str = ""
    parts: tuple[Part, ...] = ("main", "support")


class LimitRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One time limit, where it is from and how sure.

    `clock`: its name; `of`: the order as a whole, or each line of `parts`. It runs from `start` and is met by `stop`, which are
    acts (`sign`), or `sent`. `when`: traits of the order that it holds for; of several rows of a clock the first that fits is
    taken. `limit`: as `streams.calendar.time_limit` reads it; `warn`: so long before the end it turns yellow (提醒).
    `urgent`: it rings at any hour. `place`: the place that says so, empty for the nation's.
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


class Extension(Struct, frozen=True, forbid_unknown_fields=True):
    """How the time of a clock may be extended: how often, by how much at most; asked before its end.

    Empty `clock`: none may.
    """

    clock: str
    times: int
    most: str
    source: Text
    mark: Basis


class PauseRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of time that is not counted, and the article that says so."""

    title: Text
    basis: str
    clocks: tuple[str, ...]


class Return(Struct, frozen=True, forbid_unknown_fields=True):
    """Until when a receiver may apply for a return (退单) after it was sent, and within what it is decided."""

    within: str
    decide: str
    times: int
    source: Text
    mark: Basis


class End(Struct, frozen=True, forbid_unknown_fields=True):
    """A way in which an order may end.

    `lawful`: also while its condition stands (移送, 立案, 解释, 停产, 中止); `needs`: what else.
    """

    title: Text
    basis: str
    lawful: bool = False
    needs: tuple[Literal["instrument", "inspection", "paper", "reason", "parent", "reply", "callback"], ...] = ()


class Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of order.

    `states`: their words; `first`: the state that an order begins in, by paper (`*`: any other); `filed`: that of one that a
    matter opened. `rows` and `lines`: the state tables. `close`: the word for its end (办结, 销号, 结论). `issuers`: kinds
    of units that may issue it; `papers`: by which. `verifier`: whose finding ends it: another body than the main
    receiver's where `apart`. `returns`, `extension`, `pauses`: None or empty where the kind has none. `propose`: so long
    after the main clock's end supervision is proposed (建议督办). `quiet`: so long its alerts must be quiet until it may
    be re-inspected. `again`: what a condition that comes back opens: a round of this order, or a new one. `rounds`: what
    `send-back` is. `steps`: which act a step of another system is. `version`: of all this, a hash of its data.
    """

    id: str
    title: Text
    close: Text
    states: dict[str, Text]
    first: dict[str, str]
    filed: str = ""
    rows: tuple[Row, ...]
    lines: tuple[LineRow, ...]
    limits: tuple[LimitRow, ...]
    ends: dict[str, End]
    issuers: tuple[str, ...]
    papers: tuple[PaperKind, ...]
    verifier: Literal["issuer", "supervising", "applicant"]
    apart: bool
    returns: Return | None = None
    review: Return | None = None
    desk: str = ""
    extension: tuple[Extension, ...] = ()
    pauses: dict[str, PauseRule] = {}
    propose: str = ""
    quiet: str = ""
    quiet_mark: Basis = "default"
    again: Literal["round", "new"] = "round"
    steps: dict[str, str] = {}
    scopes: dict[str, tuple[Scope, ...]] = {}
    basis: tuple[str, ...]
    version: str = ""

    def after(self, state: str, act: str) -> str | None:
        """The state that an act leads to from this one; None where the table has no row."""
        found = next((row for row in self.rows if act == row.act and state in row.from_), None)
        return None if found is None else found.to or state

    def line_after(self, state: str, act: str, part: Part) -> str | None:
        """The same of a receiver's line."""
        found = next((row for row in self.lines if act == row.act and state in row.from_ and part in row.parts), None)
        return None if found is None else found.to or state

    def acts(self, state: str) -> tuple[str, ...]:
        """The acts on the order as a whole that its state allows."""
        return tuple(dict.fromkeys(row.act for row in self.rows if state in row.from_ and row.act not in LINE_ACTS))

    def line_acts(self, state: str, part: Part) -> tuple[str, ...]:
        """The acts on a line that its state allows."""
        return tuple(dict.fromkeys(row.act for row in self.lines if state in row.from_ and part in row.parts))

    def limit(self, clock: str, part: Part | None, traits: Mapping[str, str]) -> LimitRow | None:
        """The row of a clock that holds for these traits; `part` None for the order as a whole."""
        for row in self.limits:
            fits = row.clock == clock and (row.of == "order" if part is None else row.of == "line" and part in row.parts)
            if fits and all(traits.get(name) == value for name, value in row.when.items()):
                return row
        return None


Kinds = Mapping[str, Kind]
"""The kinds of orders by id."""
