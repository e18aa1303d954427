"""What a report says: figures from the log alone, honest shares, nobody's name, and what it rests on."""

from pathlib import Path

import pytest
from msgspec import Raw
from msgspec.structs import replace

from agents.jobs.report import report as job_of
from agents.jobs.work import Work
from agents.measures.answers import answers
from agents.measures.book.read import measure_book
from agents.offline.judge import judge_archive
from agents.offline.reading import RefusedError
from agents.reports.asked import ReportAsked, period_of, unit_of
from agents.reports.facts import PeriodFacts
from agents.reports.making import MadeReport, made
from agents.reports.papers.measured import measured_section
from agents.reports.papers.paper import Cell, Chart, Paper, PaperTable
from agents.reports.papers.quality import quality_section
from agents.reports.papers.signs import sign_section
from agents.reports.papers.telling import Teller
from agents.reports.source import ArchiveSource, PartitionRead, ReadOrigin
from agents.signs.book.read import sign_book
from agents.stages import sound_basis
from streams.messages import DAY, Actor, Alert, CitySign, SignState, Text, encode, parse_time
from streams.organs.unit import Unit, Units
from streams.settings import load
from tests.support.city.reported import CLERK, REPORTED, REQUEST, archive, orders
from tests.support.events import START
from tests.support.orders.records import BUREAU, line, order

GOV = Unit(id="g", name=Text("甲", "A"), kind="government", level="district", basis="test")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the small log."""
    return archive(tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="module")
def day(root: Path) -> MadeReport:
    """The report of its first day."""
    return of(root, period=period_of("day", "2026-06-01"))


@pytest.fixture(scope="module")
def month(root: Path) -> MadeReport:
    """The report of June, in English."""
    return of(root, period=period_of("month", "2026-06"), lang="en")


def of(root: Path, **asked: object) -> MadeReport:
    """A report from the archive."""
    return made(ReportAsked(**asked), ArchiveSource(root), lambda _: None)  # type: ignore[arg-type]


def rows(paper: Paper, name: str) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a table."""
    return next(table.rows for table in paper.tables() if table.name == name)


def test_an_hour_above_the_limit_is_one_alert_of_its_hour(day: MadeReport) -> None:
    """Ozone of 300 µg/m³ is above the hourly 200 of GB 3095-2012, class 2: one new alert, seen at ten on the chart."""
    found = {row[1]: row[2:] for row in rows(day.paper, "common")}
    assert found["gas-hourly"] == (1, 1, 1), "one alert, one subject, one district"
    (chart,) = (block for section in day.paper.sections for block in section.blocks if isinstance(block, Chart))
    by_hour = [sum(series.values[slot] for series in chart.series) for slot in range(24)]
    assert by_hour[10] >= 1
    assert sum(by_hour) == sum(row[2] for row in rows(day.paper, "common") if isinstance(row[2], int))
    assert sum(by_hour[:10]) == 0


def test_what_is_not_due_has_no_share_and_what_is_open_counts_as_late(day: MadeReport, month: MadeReport) -> None:
    """24 working hours to sign end on Tuesday: of Monday nothing was due; of June 0 of 2, and 2 of 2 answers are late."""
    assert "按时签收率" not in {row[0] for row in rows(day.paper, "measures")}
    june = {row[0]: row[2:5] for row in rows(month.paper, "measures")}
    assert june["Signed in time"] == (0, 2, 0.0)
    assert june["Late"] == (2, 2, 1.0)
    assert june["Handled in time"] == june["Handled in the time set at first"] == (0, 2, 0.0), "both limits, side by side"


def test_times_stand_with_the_age_of_what_is_open(month: MadeReport) -> None:
    """Nobody has answered: no median, two open, 29 days and 16 hours old."""
    ((name, done, of_all, median, still, middle, oldest),) = rows(month.paper, "measures-time")
    assert (name, done, of_all, median, still) == ("Time to answer, median", 0, 2, None, 2)
    assert middle == oldest == pytest.approx(29 * 24 + 16)


def test_what_rests_on_a_report_counts_and_is_not_listed(day: MadeReport) -> None:
    """信访工作条例 30: two requests are in hand, one of them a report (举报), and one alone has a row."""
    assert rows(day.paper, "orders-by-kind") == (("12345诉求", 2, 0, 2, 2, 2),)
    assert [row[0] for row in rows(day.paper, "orders-oldest")] == ["GD-20260601-00001"]


def test_what_does_not_fit_and_was_judged_is_not_refused() -> None:
    """Of 200 records 3 were refused, 5 judged with a doubt and 2 not judged: the share refused is 3 of 200, 1.5 %."""
    facts = PeriodFacts(measure_book(), 0, DAY)
    facts.quality.update(
        {("environment", "late"): 3, ("environment", "inconsistent"): 5, ("environment", "nothing-to-judge"): 2}
    )
    read = PartitionRead("t.events.environment", 0, 0, 199, "", 200)
    origin = ReadOrigin("t", 0, DAY, (read,), "", "", "", "", "")
    section = quality_section(facts, origin, Teller("en"))
    tables = {table.name: table for table in section.blocks if isinstance(table, PaperTable)}
    (row,) = tables["quality"].rows
    assert [column.title for column in tables["quality"].columns][2:5] == ["Refused", "In doubt", "Not judged"]
    assert row[1:] == (200, 3, 5, 2, 0.015)
    assert [count for _, _, count in tables["refused"].rows] == [3]
    assert [count for _, _, count in tables["unjudged"].rows] == [2]


def test_no_clerk_is_named(root: Path, day: MadeReport) -> None:
    """Neither in the report of the day nor in that of the order whose trail he stands in: there unit and role do."""
    order = of(root, order=REQUEST)
    assert not [text for paper in (day.paper, order.paper) for text in paper.texts() if CLERK in text]
    assert any("派单员" in str(row[4]) for row in rows(order.paper, "order-trail"))


def test_an_order_has_both_limits(root: Path) -> None:
    """As first set and as they are, each with its source."""
    first = rows(of(root, order=REQUEST).paper, "order-clocks")[0]
    assert first[3] == first[4]
    assert first[7]


def test_an_alert_has_its_clause_and_evidence(root: Path) -> None:
    """With value, limit, clause and the place of each record that counted."""
    found = [each.id for each in judge_archive(sound_basis(), root) if isinstance(each, Alert) and each.rule == "gas-hourly"]
    told = of(root, alert=found[0], lang="en").paper
    facts = {str(row[0]): str(row[1]) for row in rows(told, "alert")}
    assert facts["Value"].startswith("o3 300")
    assert facts["Limit"].startswith("200")
    assert "GB 3095" in facts["Clause"]
    assert str(rows(told, "evidence")[0][2]).startswith("t.events.environment/0/")


def test_a_report_names_what_it_rests_on(day: MadeReport) -> None:
    """Log, offsets up to the last record before the day's end, rule book, role, and the command."""
    # ticks at 08:00 and the hours after it up to 23:00, a registration, and an hour of the station after each later tick
    environment, orders = rows(day.paper, "partitions")
    assert environment[:4] == ("t.events.environment", 0, 0, 2 + 2 * 15 - 1)
    assert orders[0] == "t.events.orders"
    said = "\n".join(day.paper.texts())
    assert day.origin.files in said
    assert "python -m agents report --day 2026-06-01 --archive DIR --lang zh --role viewer" in said
    assert "不是公文" in said


def test_a_units_report_is_of_the_unit_alone(root: Path) -> None:
    """The bureau has both requests and its measures; the government of a district has nothing, and no share."""
    june = period_of("month", "2026-06")
    theirs = of(root, period=june, unit="zz-ee", lang="en").paper
    assert {row[0]: row[2:4] for row in rows(theirs, "measures")}["Signed in time"] == (0, 2)
    other = of(root, period=june, unit="gov-410102", lang="en").paper
    assert (rows(other, "measures"), rows(other, "orders-by-kind"), rows(other, "common")) == ((), (), ())


@pytest.mark.parametrize(
    ("span", "name", "said"),
    [
        ("day", "2026-07-02", "choose one that is over"),
        ("day", "2027-01-01", "choose one that is over"),
        ("day", "2026-05-31", "no data"),
        ("month", "2026-05", "no data"),
    ],
)
def test_a_period_that_is_not_in_the_log_is_refused(root: Path, span: str, name: str, said: str) -> None:
    """The day that is not over, a day to come, one before the log: which it is, and what to choose."""
    with pytest.raises(RefusedError, match=said):
        of(root, period=period_of(span, name))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("span", "name"), [("day", "2026-02-30"), ("day", "2026-2-3"), ("month", "2026-13"), ("month", "６"), ("day", "")]
)
def test_what_is_no_period_is_refused(span: str, name: str) -> None:
    """With an example of one."""
    with pytest.raises(RefusedError, match="write it as 2026-03"):
        period_of(span, name)  # type: ignore[arg-type]


def test_a_unit_must_exist_throughout(root: Path) -> None:
    """Unknown; merged in the middle of the month, with who has its duties now; not there yet."""
    june = period_of("month", "2026-06")
    first, after = june.days
    middle = first.replace(day=15)
    merged = Units([GOV, replace(GOV, id="old", until=middle, successor="g"), replace(GOV, id="new", since=middle)])
    assert unit_of(merged, "g", june) is not None
    for unit, said in (("x", "no unit 'x'"), ("old", "merged into g within the period"), ("new", "exists since")):
        with pytest.raises(RefusedError, match=said):
            unit_of(merged, unit, june)
    with pytest.raises(RefusedError, match="its duties are with g"):
        unit_of(merged, "old", period_of("month", "2026-07"))
    assert after.month == 7
    with pytest.raises(RefusedError, match="no unit"):
        of(root, period=june, unit="zz-nobody")


def test_a_report_of_a_report_is_refused(root: Path) -> None:
    """An order that rests on a report (举报) goes into no file; one that is not there is told."""
    with pytest.raises(RefusedError, match="信访工作条例"):
        of(root, order=REPORTED)
    with pytest.raises(RefusedError, match="has no order"):
        of(root, order="0" * 32)
    with pytest.raises(RefusedError, match="has no alert"):
        of(root, alert="0" * 32)


def test_what_follows_from_a_report_is_hidden_from_a_unit_that_has_not_got_it() -> None:
    """A sub-order of a report (举报), sent to a unit that has not got the report itself, is not listed in its report."""
    by = orders()
    parent, line = by.orders[REPORTED], next(each for each in by.lines.values() if each.order == REPORTED)
    child = replace(parent, id="c" * 32, parent=REPORTED, traits={})
    facts = PeriodFacts(measure_book(), START, START + DAY)
    for each in (parent, line, child, replace(line, id="x", order=child.id, unit="gov-410102")):
        facts.take(each)
    theirs = facts.only("gov-410102")
    assert list(theirs.orders) == [child.id]
    assert list(theirs.told()) == []


def test_what_is_due_at_24_00_is_over_with_the_period() -> None:
    """民法典 203: a lead to be answered by 24:00 of 15 December that is not is late in the report of that very day."""
    end = parse_time("2026-12-16T00:00:00+08:00")
    facts = PeriodFacts(measure_book(), end - DAY, end)
    for each in (order(1), line(1)):
        facts.take(each)
    facts.over()
    assert [(each.count, each.of) for each in answers(facts.ledger, "task-disposed", "month")] == [(0, 1)]


def test_what_a_body_that_has_ended_left_behind_stands_in_its_successors_report() -> None:
    """The bureau ended; its open lead falls due afterwards: it is in the report of who has its duties, in both parts."""
    end = parse_time("2026-12-16T00:00:00+08:00")
    facts = PeriodFacts(measure_book(), end - DAY, end, {BUREAU: "zz-new"}.get)  # type: ignore[arg-type]
    for each in (order(1), line(1)):
        facts.take(each)
    facts.over()
    theirs = facts.only("zz-new")
    section = measured_section(theirs, measure_book(), "2026-12", "zz-new", Teller("en"))
    shares = next(each for each in section.blocks if isinstance(each, PaperTable))
    assert {row[0]: row[2:4] for row in shares.rows}["Disposed of"] == (0, 1)
    assert list(theirs.orders) == [order(1).id]


def work(root: Path, folder: Path) -> Work:
    """What the job is given."""
    settings = load({"ONESCREEN_DATA": str(folder.parent / "data")})
    return Work(settings, "t", root, folder, lambda _: None, by=Actor(id="a", role="analyst"), at="2026-07-02T09:00:00+08:00")


def test_a_job_asks_for_one_thing(root: Path, tmp_path: Path) -> None:
    """A day and a month, nothing, a unit of an order, a strange field: refused in both languages, and nothing is written."""
    for params in ({"day": "2026-06-01", "month": "2026-06"}, {}, {"order": REQUEST, "unit": "zz-ee"}, {"week": "1"}):
        with pytest.raises(RefusedError) as refused:
            job_of(Raw(encode(params)), work(root, tmp_path))
        assert refused.value.text.zh != refused.value.text.en
    assert not list(tmp_path.iterdir())


def test_a_log_names_itself_where_it_is_not_live(day: MadeReport) -> None:
    """Everything but `live` is a simulation, a drill, history or a replay, and says so on its first page."""
    assert "不是实况" in day.paper.warning
    assert day.paper.at == parse_time("2026-06-02T00:00:00+08:00")


def sign(name: str, area: str, state: SignState, value: float | None, **more: object) -> CitySign:
    """A record of a sign at the end of the day."""
    at = "2026-06-02T00:00:00+08:00"
    told = {"numerator": 0.0, "denominator": 0.0, "valid": 3, "due": 4, "coverage": 0.75, "newest": None, "version": "0" * 32}
    return CitySign(sign=name, area=area, state=state, value=value, at=at, since=at, **(told | more))  # type: ignore[arg-type]


def test_a_report_begins_with_the_signs(root: Path, day: MadeReport) -> None:
    """Of the whole place each as it stood last, in the book's order, with its band; of districts what is not normal."""
    facts = PeriodFacts(measure_book(), 0, DAY)
    band = (None,) * 23 + ((90.0, 99.5),)
    for each in (
        sign("site-availability", "410100", "ok", 99.0),
        sign("site-availability", "410100", "orange", 94.25, band=band),
        sign("city-air", "410100", "na", None, coverage=0.5),
        sign("site-availability", "410105", "na", None, coverage=None),
        sign("site-availability", "410102", "ok", 100.0),
    ):
        facts.take(each)
    section = sign_section(facts, sign_book(), "410100", Teller("en"))
    whole, parts = (block for block in section.blocks if isinstance(block, PaperTable))
    since = "2026-06-02 00:00"
    assert {row[0]: row[1:6] for row in whole.rows} == {
        "Air quality of the city": ("NA", 0.5, "NA, not told", since, "—"),
        "Government sites that open": ("94.2 %", 0.75, "Orange", since, "90.0 – 99.5"),
    }
    names = [row.name.en for row in sign_book().values()]
    assert sorted((str(row[0]) for row in whole.rows), key=names.index) == [row[0] for row in whole.rows]
    assert [row[1:4] for row in parts.rows] == [(Teller("en").district("410105"), "NA", None)]
    assert day.paper.sections[0].title == "体征"
    assert rows(day.paper, "signs") == (), "this log has no records of signs, and the table says so"
    unit = of(root, period=period_of("day", "2026-06-01"), unit="zz-ee")
    assert unit.paper.sections[0].title != "体征"
