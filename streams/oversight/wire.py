"""What is said over the socket of the oversight service: one JSON object a line each way, as of the keeper.

Who may see whose figures is for whoever asks to know: it passes the units, districts and domains of the person in a
`FigureScope`. No answer names a person or a caller. Months are of China Standard Time (`2026-03`); times are RFC 3339; shares
are 0 to 1. A unit that is no more counts as the one that has its duties on the log's day.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from streams.messages.text import Text

MAX_QUESTION = 131_072
"""Bytes of a question at most."""

MAX_ANSWER = 16 << 20
"""Bytes of an answer at most: of 10,000 cases three or four million."""

MOST_CASES = 10_000
"""Cases in one answer at most; whoever wants more asks for the next."""

MOST_HOURS = 1_000
"""Hours of a hotline in one answer at most: some six weeks."""

Word = Annotated[str, Meta(max_length=200)]
Words = Annotated[frozenset[Word], Meta(max_length=2_000)]
Month = Annotated[str, Meta(pattern=r"\A\d{4}-(0[1-9]|1[0-2])\Z")]

By = Literal["unit", "unit-kind", "district", "domain", "kind", "matter", "month"]
"""What makes a row: 承办单位, 单位类别, 区县, 领域, 工单类别, 事项, 月."""

Behind = Literal["numerator", "rest", "left-out", "open"]
"""Which cases of a figure: its numerator; the rest of its denominator; left out, by reason; of the rest what still goes on."""

WorkGroup = Literal["new", "recent", "open", "soon", "late", "unsigned", "returned", "supervision"]
"""Orders as they stand now: 今日新增, 近日新增, 在办, 临期, 超期, 未签收, 反复退单, 督办. An order may be in several.

`open`: it has not ended. `soon` and `late`: of open ones the running clock of the order or its main receiver has passed its
warning, or its end. `unsigned`: open, and its main receiver has not signed. `returned`: open, and its receivers applied for a
return twice or more. `supervision`: open orders of the kind 督查督办. `new`: opened on the log's day; `recent`: within the
newest `LeadDefaults.days`, the cases of a `MatterCount`; these two ended or not.
"""

ReckonedBy = Literal["unit", "district", "month", "hour"]
"""What makes a row of a measure that is summed over hours."""

SortBy = Literal["begun", "due"]
"""By when it was sent, or by its limit, what has none last."""


class FigureScope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of whom and what figures are: None does not narrow; an empty set lets nothing through.

    `units`: ids of receivers (`zz-ee`); `unit_kinds`: as of `streams.organs.unit` (`bureau`, `street`); `districts`: codes of
    six digits, empty text where an order has no place; `domains`; `kinds`: of orders (`request`); `matters`: what a request or
    its like is about (the trait `topic`), empty text where none is told. `hidden_from`: the bodies of whoever asks and those
    above them: an order that rests on a report (举报) about one of these, and what follows from it, is neither counted nor
    listed.
    """

    units: Words | None = None
    unit_kinds: Words | None = None
    districts: Words | None = None
    domains: Words | None = None
    kinds: Words | None = None
    matters: Words | None = None
    hidden_from: Words = frozenset()


ALL = FigureScope()


class AskBook(Struct, frozen=True, kw_only=True, tag="book", tag_field="ask", forbid_unknown_fields=True):
    """The measures: what each counts, whose it is and by what text. The answer is a `BookTold`; it changes with the program."""


class AskOverview(Struct, frozen=True, kw_only=True, tag="overview", tag_field="ask", forbid_unknown_fields=True):
    """Every measure over the months `since` to `until`, both of them in it. The answer is an `Overview`."""

    since: Month
    until: Month
    scope: FigureScope = ALL


class AskRows(Struct, frozen=True, kw_only=True, tag="rows", tag_field="ask", forbid_unknown_fields=True):
    """A measure over a period, a row for each unit, district, …. The answer is a `MeasureRows`."""

    measure: Word
    by: By
    since: Month
    until: Month
    scope: FigureScope = ALL


class AskCases(Struct, frozen=True, kw_only=True, tag="cases", tag_field="ask", forbid_unknown_fields=True):
    """The cases behind a figure; that of a row is the figure whose scope, or period, is narrowed to the row's key.

    `reason`: of those left out the condition's name; empty: all of them. The answer is a `CaseList`.
    """

    measure: Word
    behind: Behind
    reason: Word = ""
    since: Month
    until: Month
    scope: FigureScope = ALL
    sort: SortBy = "begun"
    descending: bool = False
    offset: Annotated[int, Meta(ge=0)] = 0
    count: Annotated[int, Meta(ge=1, le=MOST_CASES)] = 100


class AskWork(Struct, frozen=True, kw_only=True, tag="work", tag_field="ask", forbid_unknown_fields=True):
    """The orders of a group as they stand now, each with its main receiver. The answer is a `CaseList`."""

    group: WorkGroup
    scope: FigureScope = ALL
    sort: SortBy = "due"
    descending: bool = False
    offset: Annotated[int, Meta(ge=0)] = 0
    count: Annotated[int, Meta(ge=1, le=MOST_CASES)] = 100


class AskLead(Struct, frozen=True, kw_only=True, tag="lead", tag_field="ask", forbid_unknown_fields=True):
    """The leader's one page (领导一页). The answer is a `LeadPage`."""

    scope: FigureScope = ALL


class AskCorrections(Struct, frozen=True, kw_only=True, tag="corrections", tag_field="ask", forbid_unknown_fields=True):
    """Which figures of past months have changed, newest first; of one measure, or all. The answer is a `CorrectionList`."""

    measure: Word = ""
    scope: FigureScope = ALL
    offset: Annotated[int, Meta(ge=0)] = 0
    count: Annotated[int, Meta(ge=1, le=1_000)] = 100


class AskCompare(Struct, frozen=True, kw_only=True, tag="compare", tag_field="ask", forbid_unknown_fields=True):
    """The units of a share beside each other: funnel, band, what their mix lets expect. The answer is a `Comparison`.

    Units are held against all of their kind in the rest of the scope; told are those of `scope.units` alone.
    """

    measure: Word
    since: Month
    until: Month
    scope: FigureScope = ALL


class AskObjections(Struct, frozen=True, kw_only=True, tag="objections", tag_field="ask", forbid_unknown_fields=True):
    """What units object to, newest first; of one measure, or all. The answer is an `ObjectionList`.

    One of which a case is of an order that is hidden from who asks is not told at all: its words may speak of it.
    """

    measure: Word = ""
    scope: FigureScope = ALL
    offset: Annotated[int, Meta(ge=0)] = 0
    count: Annotated[int, Meta(ge=1, le=1_000)] = 100


class AskIndexes(Struct, frozen=True, kw_only=True, tag="indexes", tag_field="ask", forbid_unknown_fields=True):
    """The indexes of the place (评估指标体系), with the versions that the log has. The answer is an `IndexList`."""


class AskIndex(Struct, frozen=True, kw_only=True, tag="index", tag_field="ask", forbid_unknown_fields=True):
    """The scores of an index in a period (`2026-03`, `2026-Q1`, `2026`), and under other weights. The answer is an `IndexTold`.

    `draft`: by the place's file as it stands, which counts for nothing, and not by what was adopted. `weights`: by indicator
    (%), of those that are other; empty: as they are. Nothing is kept of them.
    """

    index: Word
    period: Annotated[str, Meta(max_length=8)]
    by: Literal["unit", "district"] = "unit"
    draft: bool = False
    weights: Annotated[dict[Word, float], Meta(max_length=100)] = {}
    scope: FigureScope = ALL


class AskBeside(Struct, frozen=True, kw_only=True, tag="beside", tag_field="ask", forbid_unknown_fields=True):
    """The measures that are not counted case by case, and what is not measured. The answer is a `BesideTold`."""


class AskReckoned(Struct, frozen=True, kw_only=True, tag="reckoned", tag_field="ask", forbid_unknown_fields=True):
    """One of these over a period; by `hour` the rows are what each figure is made of. The answer is a `ReckonedRows`."""

    measure: Word
    by: ReckonedBy
    since: Month
    until: Month
    scope: FigureScope = ALL


OversightAsked = (
    AskBook
    | AskOverview
    | AskRows
    | AskCases
    | AskWork
    | AskLead
    | AskCorrections
    | AskCompare
    | AskObjections
    | AskIndexes
    | AskIndex
    | AskBeside
    | AskReckoned
)


class LedgerState(Struct, frozen=True, kw_only=True):
    """What an answer rests on.

    `log`; `book`: digest of the measures; `at`: the log's newest time, which is its "now"; `day`: the day of that; `since`: the
    first month of which cases are kept; `behind`: records that Kafka had and were not read yet when it was last asked;
    `version`: rises when anything that is counted changes, and begins anew with the service.
    """

    log: str
    book: str
    at: str
    day: str
    since: str
    behind: int
    version: int


class OpenAge(Struct, frozen=True):
    """How old (hours) what is open is, since it was sent: how many, the middle one, and the oldest."""

    count: int
    median: float
    oldest: float


class Figure(Struct, frozen=True, kw_only=True):
    """One figure: `count` of `of`; how many were left out, by the condition's name.

    Of a share: `share` and its 95 % interval of Wilson, `low` to `high`; None where nothing was due. Of a time: `hours`, the
    median by Kaplan and Meier, None where half are not done by any time that is known. `open`: the age of what is in the
    denominator, is not done and still goes on; None where nothing is.
    """

    count: int
    of: int
    excluded: dict[str, int]
    share: float | None = None
    low: float | None = None
    high: float | None = None
    hours: float | None = None
    open: OpenAge | None = None


class MonthFigure(Struct, frozen=True):
    """The figure of one month."""

    month: str
    figure: Figure


class MeasureLine(Struct, frozen=True, kw_only=True):
    """A measure over a period: its figure, that of the period of as many months before it, and of the same a year before.

    `months`: by month from the same month a year before the period's last one (thirteen of them), oldest first.
    """

    measure: str
    figure: Figure
    before: Figure
    year_before: Figure
    months: tuple[MonthFigure, ...]


class KeyedFigure(Struct, frozen=True, kw_only=True):
    """A row: whose figure it is (an id of a unit, a code of a district, a month, …), and the figures as of `MeasureLine`."""

    key: str
    figure: Figure
    before: Figure
    year_before: Figure


class CaseRow(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A case: a receiver's line, or an order as a whole with its main receiver (`line` is empty).

    `order`: its id; `number`: 工单编号; `kind`: of order; `unit`: who handles it, empty where nobody was sent to it yet, and
    what kind of body that is; `district`: six digits; `matter`: what it is about. `case`: by which id an objection names it,
    empty of `AskWork`. `begun`: when it was sent (of `AskWork`: opened); `due`: the limit that the measure counts by with
    what was granted, else that of handling (of `AskWork`: of the clock that ends first), and `done`: when that was met.
    `counted`: the moment by whose month it counts, of a limit at 24:00 that of the day that ends. `state`: of the line, of an
    order as a whole its own. `reworked`: how often its answer was sent back; `returns`: applications for a return; `parent`:
    the id of the order that it is about (督办). `report`: it rests on a report (举报), or follows from one: no file that goes
    out has it.
    """

    order: str
    line: str = ""
    case: str = ""
    number: str
    kind: str
    unit: str = ""
    unit_kind: str = ""
    district: str = ""
    domain: str = ""
    matter: str = ""
    urgent: bool = False
    begun: str
    due: str | None = None
    done: str | None = None
    counted: str | None = None
    state: str
    reworked: int = 0
    returns: int = 0
    parent: str = ""
    report: bool = False


class MeasureTold(Struct, frozen=True, kw_only=True):
    """A measure as data: names, what it counts, by which month, whose it is (国家标准, …), by what text and how sure.

    `counts`: what a case is, a receiver's `line`, an `order`, …; `unit`: `%` or `h`; `direction`: which way is better;
    `target` (%) only where a source sets one;
    `reading`: 考核口径 `assessment` or 分析口径 `analysis`. `reasons`: what may be left out, by name, with its title.
    """

    id: str
    name: Text
    what: Text
    month: Text
    counts: str
    unit: Literal["%", "h"]
    direction: Literal["higher", "lower"]
    target: float | None
    reading: Literal["assessment", "analysis"]
    provenance: str
    source: Text
    mark: str
    reasons: dict[str, Text]


class BookTold(Struct, frozen=True, kw_only=True, tag="book", tag_field="answer"):
    """The measures, in the order of the book."""

    state: LedgerState
    measures: tuple[MeasureTold, ...]


class Overview(Struct, frozen=True, kw_only=True, tag="overview", tag_field="answer"):
    """Every measure, in the order of the book; of one that counts nothing in the scope `of` is 0."""

    state: LedgerState
    lines: tuple[MeasureLine, ...]


class MeasureRows(Struct, frozen=True, kw_only=True, tag="rows", tag_field="answer"):
    """The rows of a measure, in the order of their keys; a key that has cases in none of the three periods is not there."""

    state: LedgerState
    rows: tuple[KeyedFigure, ...]


class CaseList(Struct, frozen=True, kw_only=True, tag="cases", tag_field="answer"):
    """Cases from `offset` on, as they were sorted, and how many there are."""

    state: LedgerState
    total: int
    cases: tuple[CaseRow, ...]


class MatterCount(Struct, frozen=True, kw_only=True):
    """How often a matter came in within the newest days, and `mean`: within as many days before, of `windows` such.

    `mean` is None where the log has no window before.
    """

    kind: str
    matter: str
    count: int
    mean: float | None
    windows: int


class LeadDefaults(Struct, frozen=True, kw_only=True):
    """The numbers that the leader's page rests on, none of which a text gives: 本系统默认.

    `days` of a window; `windows` before it that make the mean; a matter is a sign of risk (风险苗头) where it came in `least`
    times and `times` its mean; `returns`: applications for a return from which on they are repeated; `shown`: rows of a list.
    """

    days: int = 7
    windows: int = 4
    least: int = 5
    times: float = 2.0
    returns: int = 2
    shown: int = 10
    mark: str = "本系统默认"


class DayCount(Struct, frozen=True):
    """A day, how many orders were opened on it, and how many were open at its end; of the log's day as of now.

    An order that was reopened counts as open all along: of when it had ended before nothing is kept.
    """

    day: str
    new: int
    open: int


class LeadPage(Struct, frozen=True, kw_only=True, tag="lead", tag_field="answer"):
    """The leader's one page, of the log's day.

    `counts`: orders by group, whose rows `AskWork` gives. `days`: the newest 31, oldest first, from the first of which an
    order is known. `oldest`: 最久未办, of what is open. `frequent`: 高频共性问题; `rising`: 风险苗头. `returned`: 反复退单;
    `supervision`: 督办台账, the nearest limit first. `rates`: 三率 (响应, 解决, 满意) of the running month, each with its own
    denominator; `unmeasured`: those of the three that the book has no measure of.
    """

    state: LedgerState
    defaults: LeadDefaults = field(default_factory=LeadDefaults)
    counts: dict[WorkGroup, int]
    days: tuple[DayCount, ...]
    oldest: tuple[CaseRow, ...]
    frequent: tuple[MatterCount, ...]
    rising: tuple[MatterCount, ...]
    returned: tuple[CaseRow, ...]
    supervision: tuple[CaseRow, ...]
    rates: tuple[MeasureLine, ...]
    unmeasured: tuple[str, ...]


class HowCounted(Struct, frozen=True, kw_only=True):
    """How a case counts: for which unit, in which month, and as what; `reason`: why it is left out."""

    unit: str
    month: str
    behind: Literal["numerator", "rest", "left-out"]
    reason: str = ""


class Correction(Struct, frozen=True, kw_only=True):
    """A figure of a past month that has changed: by which case, when by the log, and by what.

    `why`: the act of the order's trail (`send-back`, `void`, …), `objection` where one was granted; empty where the trail
    does not say. `after`: None where the case counts no more; `before`: None where it counts in a month that was over
    already.
    """

    at: str
    measure: str
    order: str
    line: str
    number: str
    before: HowCounted | None
    after: HowCounted | None
    why: str


class CorrectionList(Struct, frozen=True, kw_only=True, tag="corrections", tag_field="answer"):
    """Corrections, newest first; `total` of them are kept that fit; older ones than `kept` in all are forgotten."""

    state: LedgerState
    total: int
    kept: int
    corrections: tuple[Correction, ...]


Level = tuple[float, float]
"""The lower and the upper end of a limit."""


class FunnelLimits(Struct, frozen=True):
    """Between which counts of `of` a unit is no signal: lowest and highest at 95 % and at 99.8 %."""

    of: int
    warning: tuple[int, int]
    alarm: tuple[int, int]


class FunnelPoint(Struct, frozen=True):
    """The limits (0 to 1) for so many cases, as they are drawn; where units of the kind differ too much, by 1/φ of them."""

    of: int
    warning: Level
    alarm: Level


class MixExpectation(Struct, frozen=True):
    """What a unit missed, and what its mix by matter × urgency × level lets expect, of `of` cases.

    `alone`: cases that are compared with nobody. `ratio`: O/E, None where nothing is
    expected; `warning`, `alarm`: its exact limits of 95 % and 99.8 % (Garwood 1936).
    """

    observed: int
    expected: float
    of: int
    alone: int
    ratio: float | None = None
    warning: Level | None = None
    alarm: Level | None = None


class UnitBeside(Struct, frozen=True, kw_only=True):
    """A unit among its `kind`: `count` of `of`, interval of Wilson, `band`, limits, `wide` by φ, what its mix lets expect.

    `merged`: bodies that have ended and count with it; `objections`: by id those that are about its cases; `ranks`: best and
    worst, None where the place has stated no basis for a ranking.
    """

    unit: str
    kind: str
    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None
    band: str
    limits: FunnelLimits | None
    wide: FunnelLimits | None
    expected: MixExpectation
    merged: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    ranks: tuple[int, int] | None = None


class KindBeside(Struct, frozen=True, kw_only=True):
    """What units of one kind have together: around what share the funnel stands (`centre`, a target or their common share).

    `phi`: how much they differ, None of fewer than ten; `over`: more than chance explains; `units`: how many there are;
    `curve`: the limits as they are drawn, empty where nobody is held against them.
    """

    kind: str
    title: Text
    centre: float | None
    around: Literal["target", "common"]
    phi: float | None
    over: bool
    units: int
    curve: tuple[FunnelPoint, ...]


class Comparison(Struct, frozen=True, kw_only=True, tag="compare", tag_field="answer"):
    """Units beside each other, in the place's order; `bands`: what each band is called, the best first.

    `basis`: by what text they are ranked; None: they are not.
    """

    state: LedgerState
    bands: dict[str, Text]
    kinds: tuple[KindBeside, ...]
    rows: tuple[UnitBeside, ...]
    basis: Text | None


class ObjectedCase(Struct, frozen=True):
    """A case that a unit objects to: by its id, with the order that it is of, and how people know that. `changed`: by it."""

    case: str
    order: str
    number: str
    changed: bool


class ObjectionTold(Struct, frozen=True, kw_only=True):
    """An objection: which unit (who objected is not told), to what, why; how it stands, and what was answered.

    `state`: `open`, `left-out`, `put-right`, `refused`, `withdrawn`, with its `title`. `figure`: of that unit in those months
    as it counts, `without`: as it would without this objection; None of a measure that the service does not keep.
    """

    objection: str
    measure: str
    unit: str
    since: str
    until: str
    cases: tuple[ObjectedCase, ...]
    reason: str
    at: str
    state: str
    title: Text
    answer: str = ""
    answered_at: str = ""
    figure: Figure | None = None
    without: Figure | None = None


class ObjectionList(Struct, frozen=True, kw_only=True, tag="objections", tag_field="answer"):
    """Objections, newest first. `office`: the body that measures, and answers them; empty where the place names none."""

    state: LedgerState
    total: int
    office: str
    objections: tuple[ObjectionTold, ...]


class IndexVersionTold(Struct, frozen=True, kw_only=True):
    """A version of an index in the log: how it stands (`drafted`, `adopted`, `returned`), from which month on, since when."""

    version: str
    state: str
    since: str
    at: str


class IndexSummary(Struct, frozen=True, kw_only=True):
    """An index of the place. `period`: `month`, `quarter` or `year`; `by`: whose scores.

    `in_file`: whether it still has a file; `measured`: whether the service keeps all of its measures; one that rests on facts
    is scored at a command line.
    """

    index: str
    name: Text
    what: Text
    period: str
    by: tuple[str, ...]
    in_file: bool
    measured: bool
    versions: tuple[IndexVersionTold, ...]


class IndexList(Struct, frozen=True, kw_only=True, tag="indexes", tag_field="answer"):
    """The indexes of the place, and those that the log alone has; `office`: who drafts and adopts them."""

    state: LedgerState
    office: str
    indexes: tuple[IndexSummary, ...]


class IndicatorTold(Struct, frozen=True, kw_only=True):
    """An indicator: its measure, or index; weight (%), rule with the rule's own numbers, and what holds where it is missing."""

    id: str
    name: Text
    measure: str
    index: str
    rule: str
    weight: float
    missing: str
    least: int
    target: float | None
    poor: float | None
    good: float | None
    cap: float | None


class PartTold(Struct, frozen=True, kw_only=True):
    """What an indicator gives to a score (`points`), by its own `score` and the weight that counted; of `count` in `of` cases.

    `missing`: by which rule it is, empty where it is there; `vetoes`: whether a veto holds; `parts`: of an index within.
    """

    id: str
    measure: str
    rule: str
    weight: float
    counted: float
    value: float | None
    count: int
    of: int
    low: float | None
    high: float | None
    score: float | None
    points: float
    vetoes: bool
    missing: str
    parts: tuple["PartTold", ...] = ()


class ScoreTold(Struct, frozen=True, kw_only=True):
    """A unit's or district's score, None with the reason (`why`) where there is none; its band, and its parts.

    `other`, `other_band`: under the weights that were asked for. `objections`: how many stand beside its figures.
    """

    key: str
    score: float | None
    why: Text | None
    band: Text | None
    parts: tuple[PartTold, ...]
    merged: tuple[str, ...]
    objections: int = 0
    other: float | None = None
    other_band: Text | None = None


class IndexTold(Struct, frozen=True, kw_only=True, tag="index", tag_field="answer"):
    """The scores of an index in a period, in the place's order, and by which version.

    `adopted`: whether that was adopted; `changed`: measures whose definition is another since; `over`: whether the period is;
    `since`, `until`: its months. `weights`: those that were asked for, with those that stayed; empty where none were.
    """

    state: LedgerState
    index: str
    name: Text
    period: str
    since: str
    until: str
    by: str
    over: bool
    version: str
    adopted: bool
    changed: tuple[str, ...]
    present: float
    provenance: str
    source: Text
    mark: str
    indicators: tuple[IndicatorTold, ...]
    bands: tuple[Text, ...]
    weights: dict[str, float]
    scores: tuple[ScoreTold, ...]


class ReckonedMeasure(Struct, frozen=True, kw_only=True):
    """A measure that is not counted case by case, as data: `target` and `limit` in its `unit`, whose it is, by what text.

    `alarm`: which figure of the alarm system it is, which its own topic tells; empty of every other. `needs`: what it takes to
    reckon it, where nobody does so all the time; None where it is told here, or there.
    """

    id: str
    name: Text
    what: Text
    unit: str
    direction: Literal["higher", "lower"]
    target: float | None
    limit: float | None
    provenance: str
    source: Text
    mark: str
    alarm: str
    needs: Text | None


class UnmeasuredTold(Struct, frozen=True, kw_only=True):
    """What is asked for in other places and not measured here, and what that would need."""

    name: Text
    needs: Text


class BesideTold(Struct, frozen=True, kw_only=True, tag="beside", tag_field="answer"):
    """The measures beside the book, in their order, and what is not measured."""

    state: LedgerState
    measures: tuple[ReckonedMeasure, ...]
    unmeasured: tuple[UnmeasuredTold, ...]


class ReckonedFigure(Struct, frozen=True, kw_only=True):
    """A row: `value` in the unit of its measure, None where nothing was due; `count` of `of` with Wilson's interval (%).

    `beside`: what is not in it, by name (`untold-hours`).
    """

    key: str
    value: float | None
    count: int | None
    of: int | None
    low: float | None
    high: float | None
    beside: dict[str, int]


class ReckonedRows(Struct, frozen=True, kw_only=True, tag="reckoned", tag_field="answer"):
    """The rows of such a measure, in the order of their keys; by hour the newest `MOST_HOURS`, of `total`."""

    state: LedgerState
    total: int
    rows: tuple[ReckonedFigure, ...]


class NotTold(Struct, frozen=True, kw_only=True, tag="refused", tag_field="answer"):
    """Why there is no answer, in words for people.

    `starting`: the log is being read for the first time, and no figure is true yet; `unknown`: there is no such measure or
    reason; `period`: it runs backward; `impossible`: it cannot be reckoned, as the words say; `malformed`: no question;
    `broken`: the service has failed, its log says how.
    """

    kind: Literal["starting", "unknown", "period", "impossible", "malformed", "broken"]
    words: Text


OversightAnswer = (
    BookTold
    | Overview
    | MeasureRows
    | CaseList
    | LeadPage
    | CorrectionList
    | Comparison
    | ObjectionList
    | IndexList
    | IndexTold
    | BesideTold
    | ReckonedRows
    | NotTold
)
