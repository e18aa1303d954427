"""What a report says first: how the city is by its signs, each with how much of what was due was there. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from agents.reports.facts import PeriodFacts
from agents.reports.papers.paper import Cell, PaperColumn, PaperTable, Says, Section
from agents.reports.papers.telling import Teller
from agents.signs.book.sign import SignRow
from streams.messages import CitySign, SignState

GOOD: frozenset[SignState] = frozenset({"ok"})


def sign_section(facts: PeriodFacts, book: Mapping[str, SignRow], area: str, tell: Teller) -> Section:
    """The signs of an area (six digits) as they stood at the end, in the book's order; then districts that stand otherwise."""
    order = {name: n for n, name in enumerate(book)}
    found = sorted(facts.signs.values(), key=lambda each: (order.get(each.sign, len(order)), each.sign, each.area))
    whole = [each for each in found if each.area == area]
    parts = [each for each in found if each.area != area and each.state not in GOOD]
    return Section(
        tell.of("体征", "Signs of the city"),
        (
            Says(_how(tell)),
            _of_area(whole, book, tell),
            _of_districts(parts, book, tell),
        ),
    )


def _how(tell: Teller) -> str:
    return tell.of(
        "期末的体征。覆盖率为有效输入占应报输入之比；低于下限的显示 NA，不算正常。"
        "常态为已印发基线中同一小时、同类日、同季节的第10至第90百分位，没有印发的不显示。",
        "Signs as they stood at the end. Coverage is valid input of the input that was due; below its floor a sign is NA, "
        "never normal. Usual is the 10th to 90th percentile of the adopted baseline for that hour, kind of day and season; "
        "without an adopted one there is none.",
    )


def _of_area(found: Sequence[CitySign], book: Mapping[str, SignRow], tell: Teller) -> PaperTable:
    return PaperTable(
        name="signs",
        title=tell.of("全市", "The place"),
        columns=(
            PaperColumn(tell.of("体征", "Sign"), width=2.0),
            *_figure_columns(tell),
            PaperColumn(tell.of("常态", "Usual"), width=1.3),
            PaperColumn(tell.of("出处", "Whose"), width=1.1),
        ),
        rows=tuple(
            (
                _name(each, book, tell),
                *_figure(each, book, tell),
                _usual(each),
                book[each.sign].provenance if each.sign in book else "—",
            )
            for each in found
        ),
        note=tell.of("出处和公式见 docs/operate/signs.md", "whose they are and how they are made: docs/operate/signs.md"),
        none=tell.of("日志中没有体征记录", "The log has no records of signs"),
    )


def _of_districts(found: Sequence[CitySign], book: Mapping[str, SignRow], tell: Teller) -> PaperTable:
    return PaperTable(
        name="signs-districts",
        title=tell.of("区县中不正常或未报的", "Districts that are at a level, or not told"),
        columns=(
            PaperColumn(tell.of("体征", "Sign"), width=2.0),
            PaperColumn(tell.of("区县", "District"), width=1.2),
            *_figure_columns(tell),
        ),
        rows=tuple((_name(each, book, tell), tell.district(each.area), *_figure(each, book, tell)) for each in found),
        none=tell.of("没有", "None"),
    )


def _figure_columns(tell: Teller) -> tuple[PaperColumn, ...]:
    return (
        PaperColumn(tell.of("数值", "Value"), "code", 1.0),
        PaperColumn(tell.of("覆盖率", "Coverage"), "share", 0.8),
        PaperColumn(tell.of("状态", "State"), width=1.1),
        PaperColumn(tell.of("自", "Since"), "code", 1.4),
    )


def _figure(each: CitySign, book: Mapping[str, SignRow], tell: Teller) -> Iterable[Cell]:
    unit = f" {book[each.sign].unit}" if each.sign in book else ""
    value = "NA" if each.value is None else f"{each.value:,.1f}{unit}"
    return value, each.coverage, tell.word("sign", each.state), tell.moment(each.since)


def _usual(each: CitySign) -> str:
    """The band of the newest full hour that has one."""
    band = each.band[-1] if each.band else None
    return "—" if band is None else f"{band[0]:,.1f} – {band[1]:,.1f}"


def _name(each: CitySign, book: Mapping[str, SignRow], tell: Teller) -> str:
    return tell(book[each.sign].name) if each.sign in book else each.sign
