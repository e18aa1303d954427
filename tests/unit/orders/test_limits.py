"""The numbers of the six kinds, each written out by hand: value, unit, start, end, source, place, mark."""

from typing import NamedTuple

import pytest

from streams.calendar.holidays import load
from streams.calendar.time_limit import deadline, parse_limit
from streams.messages import Text, format_time, parse_time
from streams.messages.orders import Part
from streams.orders.kind import LimitRow, OrderKind
from streams.orders.kinds import kinds

OWN = "本系统默认"
HENAN = "河南省12345政务服务便民热线办法（据报道，文本待核）"


class Cell(NamedTuple):
    """A limit as the source has it: `source`, `mark` and `place` of whoever says so."""

    limit: str
    start: str
    stop: str
    source: str = OWN
    mark: str = "default"
    place: str = ""


def henan(limit: str, start: str, stop: str) -> Cell:
    """A number of Henan's, as the press has it: LIKELY."""
    return Cell(limit, start, stop, HENAN, "likely", "41")


MARKET = "市场监督管理行政处罚程序规定 第十八条"
COMPLAINT = "市场监督管理投诉举报处理办法（总局令第121号）"
PETITION = "信访工作条例"
MASS = {"category": "mass", "nature": "complaint"}

ORDER_CLOCKS: dict[tuple[str, str], list[tuple[dict[str, str], Cell | None]]] = {
    ("task", "check"): [({}, Cell("5 working-days", "endorse", "inspect"))],
    ("lead", "check"): [({}, Cell("5 working-days", "endorse", "inspect"))],
    ("lead", "designate"): [
        ({}, Cell("7 working-days", "referred", "designated")),
        (
            {"law": "market"},
            Cell("7 civil-working-days", "referred", "designated", "市场监督管理行政处罚程序规定 第十六条", "certain"),
        ),
    ],
    ("request", "dispatch"): [
        ({}, henan("24 natural-hours", "filed", "dispatch")),
        (MASS, henan("2 natural-hours", "filed", "dispatch")),
    ],
    ("request", "check"): [({}, Cell("2 working-days", "endorse", "inspect"))],
    ("request", "callback"): [({}, Cell("3 working-days", "inspect", "call-back")), ({"anonymous": "yes"}, None)],
    ("rating", "check"): [({}, Cell("2 working-days", "endorse", "inspect"))],
    ("rating", "callback"): [({}, Cell("3 working-days", "inspect", "call-back")), ({"anonymous": "yes"}, None)],
    ("correction", "check"): [({}, Cell("5 working-days", "endorse", "inspect"))],
    ("supervision", "check"): [({}, Cell("10 working-days", "endorse", "inspect"))],
    ("supervision", "conclude"): [({}, Cell("10 working-days", "inspect", "conclude"))],
}
"""The clocks of orders as a whole, by the traits of the order; None: it has no such clock."""

MAIN_CLOCKS: dict[tuple[str, str], list[tuple[dict[str, str], Cell | None]]] = {
    ("task", "sign"): [({}, Cell("4 working-hours", "sent", "sign"))],
    ("task", "handle"): [({}, Cell("10 working-days", "sent", "endorse"))],
    ("lead", "sign"): [({}, Cell("2 working-hours", "sent", "sign"))],
    ("lead", "handle"): [
        ({}, Cell("15 working-days", "sent", "endorse")),
        ({"law": "market"}, Cell("15 civil-working-days", "sent", "endorse", MARKET, "certain")),
        ({"law": "ecology"}, Cell("15 civil-days", "sent", "endorse", "生态环境行政处罚办法 第十八条", "likely")),
    ],
    ("lead", "recheck"): [
        ({}, None),
        ({"instrument": "rectification"}, None),
        (
            {"instrument": "rectification", "law": "ecology"},
            Cell("30 civil-days", "instrument", "inspect", "按日连续处罚办法 第十条", "check"),
        ),
        ({"instrument": "special-equipment"}, None),
        (
            {"instrument": "special-equipment", "file": "rectification-report"},
            Cell("10 civil-working-days", "file", "inspect", "特种设备安全监督检查办法（令57）第二十九条", "certain"),
        ),
    ],
    ("request", "sign"): [
        ({}, henan("24 workday-hours", "sent", "sign")),
        (MASS, Cell("1 natural-hour", "sent", "sign")),
    ],
    ("request", "contact"): [({}, Cell("1 working-day", "sent", "contact")), ({"anonymous": "yes"}, None)],
    ("request", "opinion"): [({}, None), (MASS, henan("2 natural-hours", "sign", "opinion"))],
    ("request", "acceptance"): [
        ({}, None),
        ({"procedure": "mediation"}, Cell("7 civil-working-days", "sent", "opinion", COMPLAINT, "certain")),
        ({"procedure": "petition"}, Cell("15 civil-days", "sent", "opinion", PETITION, "certain")),
    ],
    ("request", "handle"): [
        ({}, Cell("5 civil-working-days", "sent", "endorse")),
        ({"nature": "consultation"}, henan("3 civil-working-days", "sent", "endorse")),
        ({"nature": "help"}, henan("5 civil-working-days", "sent", "endorse")),
        ({"nature": "opinion"}, henan("5 civil-working-days", "sent", "endorse")),
        ({"nature": "suggestion"}, henan("5 civil-working-days", "sent", "endorse")),
        ({"nature": "complaint"}, henan("10 civil-working-days", "sent", "endorse")),
        ({"nature": "report"}, henan("10 civil-working-days", "sent", "endorse")),
    ],
    ("request", "procedure"): [
        ({}, Cell("60 civil-days", "follow", "endorse")),
        ({"procedure": "mediation"}, Cell("60 civil-days", "follow", "endorse", COMPLAINT, "certain")),
        ({"procedure": "clue"}, Cell("15 civil-working-days", "follow", "endorse", MARKET, "certain")),
        ({"procedure": "petition"}, Cell("60 civil-days", "follow", "endorse", PETITION, "certain")),
        ({"procedure": "licence"}, Cell("20 civil-working-days", "follow", "endorse", "行政许可法 第四十二条", "certain")),
    ],
    ("rating", "sign"): [({}, Cell("1 working-day", "sent", "sign"))],
    ("rating", "contact"): [({}, Cell("1 working-day", "sent", "contact")), ({"anonymous": "yes"}, None)],
    ("rating", "handle"): [
        ({}, Cell("5 working-days", "sent", "endorse")),
        ({"complex": "yes"}, Cell("15 working-days", "sent", "endorse")),
    ],
    ("correction", "sign"): [({}, Cell("1 working-day", "sent", "sign"))],
    ("correction", "handle"): [
        ({}, Cell("10 civil-working-days", "sent", "endorse", "政务数据共享条例（令809）第二十六条", "certain")),
    ],
    ("supervision", "sign"): [({}, Cell("4 working-hours", "sent", "sign"))],
    ("supervision", "handle"): [({}, Cell("10 working-days", "sent", "endorse"))],
    ("supervision", "rectify"): [
        ({}, None),
        ({"conclusion": "none"}, None),
        ({"conclusion": "rectify"}, Cell("20 working-days", "conclude", "endorse")),
    ],
}
"""The clocks of the main receiver."""

SUPPORT_CLOCKS: dict[tuple[str, str], list[tuple[dict[str, str], Cell | None]]] = {
    ("task", "sign"): [({}, Cell("4 working-hours", "sent", "sign"))],
    ("task", "handle"): [({}, Cell("8 working-days", "sent", "endorse"))],
    ("lead", "sign"): [({}, Cell("2 working-hours", "sent", "sign"))],
    ("lead", "handle"): [
        ({}, Cell("9 working-days", "sent", "endorse")),
        ({"law": "ecology"}, Cell("10 calendar-days", "sent", "endorse")),
    ],
    ("request", "sign"): [
        ({}, henan("24 workday-hours", "sent", "sign")),
        (MASS, Cell("1 natural-hour", "sent", "sign")),
    ],
    ("request", "handle"): [
        ({}, Cell("4 civil-working-days", "sent", "endorse")),
        ({"nature": "consultation"}, Cell("2 civil-working-days", "sent", "endorse")),
        ({"nature": "complaint"}, Cell("8 civil-working-days", "sent", "endorse")),
        ({"nature": "report"}, Cell("8 civil-working-days", "sent", "endorse")),
    ],
    ("rating", "sign"): [({}, Cell("1 working-day", "sent", "sign"))],
    ("rating", "handle"): [({}, Cell("3 working-days", "sent", "endorse"))],
    ("correction", "sign"): [({}, Cell("1 working-day", "sent", "sign"))],
    ("correction", "handle"): [({}, Cell("6 working-days", "sent", "endorse"))],
    ("supervision", "sign"): [({}, Cell("4 working-hours", "sent", "sign"))],
    ("supervision", "handle"): [({}, Cell("8 working-days", "sent", "endorse"))],
}
"""The clocks of supporting receivers: no source has any, and they end before the main receiver's."""

TABLES: list[tuple[Part | None, dict[tuple[str, str], list[tuple[dict[str, str], Cell | None]]]]] = [
    (None, ORDER_CLOCKS),
    ("main", MAIN_CLOCKS),
    ("support", SUPPORT_CLOCKS),
]
CASES = [
    pytest.param(kind, clock, part, traits, cell, id=f"{kind}-{clock}-{part}-{'-'.join(traits.values())}")
    for part, table in TABLES
    for (kind, clock), rows in table.items()
    for traits, cell in rows
]


def sourced(kind: OrderKind) -> list[tuple[Text, str]]:
    """Every source of a number of a kind, and its mark."""
    found = [(each.source, each.mark) for each in (*kind.limits, *kind.extension)]
    for rule in filter(None, (kind.returns, kind.review)):
        found.append((rule.source, rule.mark))
        if rule.decided_by:
            found.append((rule.decided_by, rule.decided_mark))
    return found


def row_of(kind: str, clock: str, part: Part | None, traits: dict[str, str]) -> LimitRow | None:
    """The row that holds."""
    return kinds()[kind].limit(clock, part, traits)


@pytest.mark.parametrize(("kind", "clock", "part", "traits", "cell"), CASES)
def test_a_limit_is_what_its_source_says(
    kind: str, clock: str, part: Part | None, traits: dict[str, str], cell: Cell | None
) -> None:
    """Value, unit, start, end, source, place and mark."""
    row = row_of(kind, clock, part, traits)
    if cell is None:
        assert row is None
        return
    assert row is not None
    assert (row.limit, row.start, row.stop, row.mark, row.place) == (cell.limit, cell.start, cell.stop, cell.mark, cell.place)
    assert row.source.zh.startswith(cell.source)


def test_every_row_is_written_out() -> None:
    """A row that no line above reaches would go untested."""
    rows = {
        (kind.id, row.clock, part): 0
        for kind in kinds().values()
        for row in kind.limits
        for part in ((None,) if row.of == "order" else row.parts)
    }
    assert set(rows) == {(kind, clock, part) for part, table in TABLES for kind, clock in table}
    reached = {
        id(row_of(kind, clock, part, traits))
        for part, table in TABLES
        for (kind, clock), cases in table.items()
        for traits, _ in cases
    }
    idle = [row for kind in kinds().values() for row in kind.limits if row.limit and id(row) not in reached]
    assert idle == []


def test_a_number_without_source_is_a_default_and_says_so() -> None:
    """本系统默认 stands in the source exactly where the mark is `default`; no mark is the issuer's."""
    told = [each for kind in kinds().values() for each in sourced(kind)]
    assert len(told) > 60
    for source, mark in told:
        assert (mark == "default") == (OWN in source.zh) == ("Default of this system" in source.en), source.zh
        assert mark in {"certain", "likely", "check", "default"}
    assert {kind.propose_mark for kind in kinds().values()} | {kind.quiet_mark for kind in kinds().values()} == {"default"}


def test_the_main_clock_runs_from_sending() -> None:
    """Never from 签收, else not signing stops time; and nobody who assists has a clock."""
    for kind in kinds().values():
        assert {row.start for row in kind.limits if row.clock in {"handle", "sign"}} == {"sent"}
        assert not [row for row in kind.limits if "assist" in row.parts and row.of == "line"]


@pytest.mark.parametrize("kind", ["task", "lead", "request", "rating", "correction", "supervision"])
def test_support_ends_before_the_main_receiver(kind: str) -> None:
    """Of the same traits, sent at the same moment, before any week with or without a holiday."""
    calendar = load()
    natures = ("", "consultation", "help", "opinion", "suggestion", "complaint", "report")
    laws = ("", "market", "ecology")
    for text in ("2026-03-02T09:00:00+08:00", "2026-02-12T17:59:00+08:00", "2026-09-30T12:30:00+08:00"):
        for nature, law in [(nature, law) for nature in natures for law in laws]:
            traits = {"nature": nature, "law": law}
            main, support = row_of(kind, "handle", "main", traits), row_of(kind, "handle", "support", traits)
            assert main
            assert support
            ends = [deadline(parse_time(text), parse_limit(row.limit), calendar).at for row in (support, main)]
            assert ends[0] < ends[1], (text, traits, [format_time(end) for end in ends])


def test_what_is_urgent_of_a_request_rings_at_any_hour() -> None:
    """Mass outages and pollution have hours that no weekend stops, and ring; nothing else of a kind does."""
    urgent = {(kind.id, row.clock, row.when.get("category")) for kind in kinds().values() for row in kind.limits if row.urgent}
    assert urgent == {("request", "dispatch", "mass"), ("request", "sign", "mass"), ("request", "opinion", "mass")}
    friday = parse_time("2026-03-06T19:00:00+08:00")
    row = row_of("request", "dispatch", None, MASS)
    assert row
    assert format_time(deadline(friday, parse_limit(row.limit), load()).at) == "2026-03-06T21:00:00+08:00"
    row = row_of("request", "sign", "main", {})
    assert row
    assert format_time(deadline(friday, parse_limit(row.limit), load()).at) == "2026-03-09T19:00:00+08:00"


def test_ten_working_days_of_a_correction_end_at_midnight() -> None:
    """令809 26, counted by 民法典 201 and 203: received on Monday 2 March 2026, the tenth working day is Monday 16 March."""
    row = row_of("correction", "handle", "main", {})
    assert row
    end = deadline(parse_time("2026-03-02T09:00:00+08:00"), parse_limit(row.limit), load()).at
    assert format_time(end) == "2026-03-17T00:00:00+08:00"


def test_a_verifier_who_sends_back_has_verified() -> None:
    """The clock of the verification is met by a passing and by a failing finding, and by 转法定程序 of a request."""
    for kind in kinds().values():
        also = ("send-back", "follow") if kind.id == "request" else ("send-back",)
        assert {(row.stop, row.also) for row in kind.limits if row.clock == "check"} == {("inspect", also)}
    assert {row.clock for kind in kinds().values() for row in kind.limits if row.also} == {"check"}


EXTENSIONS: dict[tuple[str, str, str], tuple[int, str, str, str] | None] = {
    ("task", "handle", ""): (1, "10 working-days", OWN, "default"),
    ("lead", "handle", ""): None,
    ("lead", "handle", "market"): (1, "15 civil-working-days", MARKET, "certain"),
    ("lead", "handle", "ecology"): (1, "15 civil-days", "生态环境行政处罚办法 第十八条", "likely"),
    ("request", "handle", ""): None,
    ("request", "procedure", ""): None,
    ("request", "procedure", "mediation"): None,
    ("request", "procedure", "clue"): (1, "15 civil-working-days", MARKET, "certain"),
    ("request", "procedure", "petition"): (1, "30 civil-days", "信访工作条例 第三十四条", "certain"),
    ("request", "procedure", "licence"): (1, "10 civil-working-days", "行政许可法 第四十二条", "certain"),
    ("rating", "handle", ""): None,
    ("correction", "handle", ""): None,
    ("supervision", "handle", ""): (1, "10 working-days", OWN, "default"),
    ("supervision", "rectify", ""): None,
}
"""How often and how much, source and mark; None: no rule knows an extension, and none is given."""


@pytest.mark.parametrize(("case", "cell"), EXTENSIONS.items())
def test_time_is_extended_only_where_a_rule_knows_it(
    case: tuple[str, str, str], cell: tuple[int, str, str, str] | None
) -> None:
    """None of a correction (令809 26); no other city's for 12345 and ratings; +15, +30, +10 by law."""
    kind, clock, trait = case
    found = kinds()[kind].extensible(clock, {"law": trait, "procedure": trait})
    assert (found is None) == (cell is None)
    if found and cell:
        assert (found.times, found.most, found.mark) == (cell[0], cell[1], cell[3])
        assert found.source.zh.startswith(cell[2])


def test_the_head_of_the_office_extends_what_the_law_gives_him() -> None:
    """程序规定 18, 信访 34, 许可法 42: 经负责人批准, of the office that handles it, and no dispatcher."""
    for kind in ("lead", "request"):
        assert kinds()[kind].right("decide-extension").scope == ("line",)
        assert kinds()[kind].right("decide-extension").roles == {"leader", "signatory"}
    assert kinds()["task"].right("decide-extension").scope == ("issuer",)


RETURNS: dict[str, tuple[str, str, str, str] | None] = {
    "task": ("1 working-day", "1 working-day", "default", "default"),
    "lead": ("2 working-days", "7 civil-working-days", "default", "certain"),
    "request": ("1 working-day", "1 working-day", "default", "default"),
    "rating": ("1 working-day", "1 working-day", "default", "default"),
    "correction": ("2 working-days", "3 working-days", "default", "default"),
    "supervision": None,
}
"""Within what to apply, within what it is decided, and the marks of both."""


@pytest.mark.parametrize(("kind", "cell"), RETURNS.items())
def test_a_return_is_applied_for_once(kind: str, cell: tuple[str, str, str, str] | None) -> None:
    """Once; no source has a time for Zhengzhou, but 7 working days between offices (程序规定 14)."""
    found = kinds()[kind].returns
    assert (None if found is None else (found.within, found.decide, found.mark, found.decided_mark)) == cell
    assert found is None or found.times == 1


def test_a_review_of_a_conclusion_is_thirty_and_thirty_days() -> None:
    """政府督查工作条例 17: asked for within 30 days, decided within 30; 申诉 of other kinds is a default."""
    found = {kind.id: kind.review and (kind.review.within, kind.review.decide, kind.review.mark) for kind in kinds().values()}
    own = ("5 working-days", "5 working-days", "default")
    assert found == {
        "supervision": ("30 civil-days", "30 civil-days", "certain"),
        "task": own,
        "lead": own,
        "request": own,
        "rating": own,
        "correction": None,
    }


def test_only_what_the_law_names_is_not_counted() -> None:
    """Tests and hearings by 程序规定 18 and 许可法 45, the check of a disputed rating; nothing of the other kinds."""
    found = {kind.id: {name: rule.clocks for name, rule in kind.pauses.items()} for kind in kinds().values()}
    assert found == {
        "task": {},
        "lead": {"testing": ("handle",)},
        "request": {"testing": ("procedure",), "hearing": ("procedure",)},
        "rating": {"disputed": ("handle",)},
        "correction": {},
        "supervision": {},
    }


def test_another_citys_numbers_are_not_zhengzhous() -> None:
    """No limit rests on 安阳, 德州, 遂宁, 山东, 四川, 济南, 潍坊 or 运城."""
    others = ("安阳", "德州", "遂宁", "山东", "四川", "济南", "潍坊", "运城", "成都")
    for kind in kinds().values():
        for source, _ in sourced(kind):
            assert not any(city in source.zh for city in others), source
