"""What if, for duties: ends counted on the calendar by hand, answers by a queue that can be served on paper."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.measures.interval import wilson
from agents.offline.duties.compared import HANDLE, DutyCompared, KnownPast, by_unit, compared, served
from agents.offline.duties.other import OtherDays, OtherDuties, OtherLimit, OtherStaff, other_calendar, read
from agents.offline.whatif import main
from agents.rulebook.orders import order_rules
from streams.archive import files as archive_files
from streams.archive.files import Chunk
from streams.command import Trouble
from streams.messages import NEVER, Order, OrderLine, format_time, parse_time
from streams.messages.orders import Receiver
from streams.places.organs import units
from tests.support.orders.partition import BRANCH, ECOLOGY, HOTLINE, ORDER, START, OrderPartition, actor, hotline_matter

REQUEST = "f" * 32
THURSDAY = "2026-03-12T10:00:00+08:00"
TEN_DAYS = "2026-03-21T00:00:00+08:00"
"""Ten working days after Friday 6 March are over at the end of Friday 20 March (河南省12345热线办法: 投诉10个工作日)."""


def answered() -> OrderPartition:
    """A complaint of Friday 6 March, 09:00, sent at once, signed on Monday and answered on Thursday at ten."""
    by = OrderPartition()
    by.filed(hotline_matter(traits={"nature": "complaint", "topic": "扬尘"}, adcode="410105"), REQUEST)
    by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)
    by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=(Receiver(unit=ECOLOGY, part="main"),))
    by.tick("2026-03-09T08:30:00+08:00")
    by.act("sign", actor("clerk", ECOLOGY), order=REQUEST)
    by.tick(THURSDAY)
    by.act("contact", actor("handler", ECOLOGY), order=REQUEST, reason="已联系")
    by.act("submit", actor("handler", ECOLOGY), order=REQUEST, reason="已处理")
    by.act("endorse", actor("reviewer", ECOLOGY), order=REQUEST)
    return by


def past(by: OrderPartition) -> KnownPast:
    """What a partition has come to."""
    return KnownPast(by.orders, by.lines, by.time)


def whatif(by: OrderPartition, other: OtherDuties, **said: Any) -> dict[tuple[str, str], DutyCompared]:
    """The duties by line and clock."""
    rules = order_rules()
    given: dict[str, Any] = {"since": 0, "until": NEVER, "unit": lambda _, line: line.unit}
    changed = other_calendar(other, rules.holidays)
    found = compared(past(by), other, rules.calendar, changed, **given | said)
    return {(each.line, each.clock): each for each in found}


SHORT = OtherLimit(kind="request", clock=HANDLE, limit="3 civil-working-days", parts=("main",), when={"nature": "complaint"})


def test_a_shorter_limit_would_have_been_missed() -> None:
    """Three working days after Friday 6 March end with Wednesday 11: Thursday is late, and nothing else has changed."""
    found = whatif(answered(), OtherDuties(limit=(SHORT,)))
    handle = found["1", HANDLE]
    assert (format_time(handle.due), handle.before) == (TEN_DAYS, "in-time")
    assert (format_time(handle.other_due), handle.after) == ("2026-03-12T00:00:00+08:00", "late")
    assert [name for name, each in found.items() if each.changed] == [("1", HANDLE)]
    (row,) = [each for each in by_unit(found.values()) if each.clock == HANDLE]
    assert (row.unit, row.due, row.late, row.other_late, row.lost) == (ECOLOGY, 1, 0, 1, 1)
    assert row.other_share == (1.0, *wilson(1, 1))


def test_days_off_move_the_end() -> None:
    """With Tuesday and Wednesday off the third working day is Friday 13: Thursday is in time."""
    off = OtherDays(off=(date(2026, 3, 10), date(2026, 3, 11)))
    handle = whatif(answered(), OtherDuties(limit=(SHORT,), calendar=off))["1", HANDLE]
    assert (format_time(handle.other_due), handle.after) == ("2026-03-14T00:00:00+08:00", "in-time")


def test_a_limit_for_others_changes_nothing() -> None:
    """Traits and parts choose: a question's limit is no complaint's; what the issuer set himself stays."""
    by = answered()
    for each in (
        replace(SHORT, when={"nature": "consultation"}),
        replace(SHORT, parts=("support",)),
        replace(SHORT, kind="task"),
    ):
        assert not any(one.changed for one in whatif(by, OtherDuties(limit=(each,))).values())
    line = by.lines[f"{REQUEST}/1"]
    own = tuple(replace(each, mark="issuer") if each.name == HANDLE else each for each in line.clocks)
    by.lines[line.id] = replace(line, clocks=own)
    assert not any(each.changed for each in whatif(by, OtherDuties(limit=(SHORT,))).values())


def test_what_is_not_due_yet_is_in_no_share() -> None:
    """On Monday 9 March the ten days run: open, by both limits where the other one runs too; past its end it is late."""
    by = OrderPartition()
    by.filed(hotline_matter(traits={"nature": "complaint"}, adcode="410105"), REQUEST)
    by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)
    by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=(Receiver(unit=ECOLOGY, part="main"),))
    by.tick("2026-03-09T08:30:00+08:00")
    handle = whatif(by, OtherDuties(limit=(SHORT,)))["1", HANDLE]
    assert (handle.before, handle.after) == ("open", "open")
    by.tick("2026-03-13T08:30:00+08:00")
    handle = whatif(by, OtherDuties(limit=(SHORT,)))["1", HANDLE]
    assert (handle.before, handle.after) == ("open", "late")


def test_another_duty_list_moves_the_duty_to_the_other_unit() -> None:
    """The line counts with the unit that would have had it, with the times in which the work was really done."""
    found = whatif(answered(), OtherDuties(limit=(SHORT,)), unit=lambda _, line: "zz-um")
    rows = {each.unit: each for each in by_unit(found.values()) if each.clock == HANDLE}
    assert (rows[ECOLOGY].due, rows[ECOLOGY].other_due, rows[ECOLOGY].gone) == (1, 0, 1)
    assert (rows["zz-um"].due, rows["zz-um"].other_late, rows["zz-um"].come) == (0, 1, 1)
    assert rows[ECOLOGY].other_share is None


def queued(*times: tuple[str, str]) -> KnownPast:
    """Lines of one unit that came and were answered on Monday 9 March, each `08:00` and `10:00`."""
    by = answered()
    line = by.lines[f"{REQUEST}/1"]
    lines: dict[str, OrderLine] = {}
    for n, (came, met) in enumerate(times):
        begin, end = (f"2026-03-09T{each}:00+08:00" for each in (came, met))
        clocks = tuple(replace(each, met=end) for each in line.clocks if each.name == HANDLE)
        signed = replace(line.signed, at=begin) if line.signed else None
        lines[f"{n}"] = replace(line, id=f"{n}", sent=begin, signed=signed, clocks=clocks)
    orders: dict[str, Order] = dict(by.orders)
    return KnownPast(orders, lines, by.time)


def test_more_hands_answer_sooner_by_the_queue() -> None:
    """One handler, three orders of two hours each: at 10, 12 and, after the noon rest, 16. Two: at 10, 10 and 12."""
    known = queued(("08:00", "10:00"), ("08:00", "12:00"), ("08:00", "16:00"))
    days = order_rules().calendar
    same = served(known, [OtherStaff(unit=ECOLOGY, now=1, then=1)], days)
    assert [format_time(same[n])[11:16] for n in ("0", "1", "2")] == ["10:00", "12:00", "16:00"]
    more = served(known, [OtherStaff(unit=ECOLOGY, now=1, then=2)], days)
    assert [format_time(more[n])[11:16] for n in ("0", "1", "2")] == ["10:00", "10:00", "12:00"]


def test_fewer_hands_answer_later_by_the_queue() -> None:
    """Two handlers, three orders of two hours each: at 10, 10 and 12. One: at 10, 12 and, after the noon rest, 16."""
    known = queued(("08:00", "10:00"), ("08:00", "10:00"), ("08:00", "12:00"))
    less = served(known, [OtherStaff(unit=ECOLOGY, now=2, then=1)], order_rules().calendar)
    assert sorted(format_time(each)[11:16] for each in less.values()) == ["10:00", "12:00", "16:00"]


WRONG = [
    ("", "it changes nothing"),
    ('[[limit]]\nkind = "petition"\nclock = "handle"\nlimit = "3 working-days"', "there is no kind of order 'petition'"),
    ('[[limit]]\nkind = "request"\nclock = "handel"\nlimit = "3 working-days"', "has no clock 'handel'"),
    ('[[limit]]\nkind = "request"\nclock = "handle"\nlimit = "soon"', "limit of request handle"),
    ('[[staff]]\nunit = "zz-nobody"\nnow = 1\nthen = 2', "there is no body 'zz-nobody'"),
    ('[[staff]]\nunit = "zz-um"\nnow = 0\nthen = 2', ">= 1"),
    ('[[limits]]\nkind = "request"', "unknown field `limits`"),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_a_file_that_is_wrong_is_told(text: str, why: str, tmp_path: Path) -> None:
    """With the file, and what is wrong."""
    file = tmp_path / "other.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(Trouble, match=why) as found:
        read(file, order_rules().kinds, units())
    assert str(file) in str(found.value)


def test_an_archive_is_compared(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """The changed duty is named with its order's number, then the sums by unit and clock."""
    by, chunk = answered(), Chunk(0)
    for offset, key, value in by.log:
        chunk.add(offset, parse_time(START), key, value)
    archive_files.write(tmp_path, "t.events.orders", 0, chunk)
    file = tmp_path / "other.toml"
    row = '[[limit]]\nkind = "request"\nclock = "handle"\nlimit = "3 civil-working-days"\nwhen = { nature = "complaint" }\n'
    file.write_text(row, "utf-8")
    assert main([str(tmp_path), "--orders", str(file), "--json"]) == 0
    rows = [msgspec.json.decode(each) for each in capsysbinary.readouterr().out.splitlines()]
    (changed,) = [each for each in rows if each["of"] == "DutyCompared"]
    assert (changed["clock"], changed["before"], changed["after"], changed["number"][:3]) == (HANDLE, "in-time", "late", "GD-")
    (handle,) = [each for each in rows if each["of"] == "UnitDuties" and each["clock"] == HANDLE]
    assert (handle["unit"], handle["due"], handle["late"], handle["other_late"]) == (ECOLOGY, 1, 0, 1)


def test_a_changed_duty_list_is_read_with_the_one_that_stands(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """供水 goes to the water company by the city's list (streams/places/4101/routes.toml): by another one to the district."""
    by, chunk = OrderPartition(), Chunk(0)
    by.filed(hotline_matter(traits={"nature": "help", "topic": "供水"}, adcode="410105"), REQUEST)
    by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)
    by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=(Receiver(unit="zz-water", part="main"),))
    assert f"{REQUEST}/1" in by.lines
    by.tick("2026-03-30T09:00:00+08:00")
    for offset, key, value in by.log:
        chunk.add(offset, parse_time(START), key, value)
    archive_files.write(tmp_path, "t.events.orders", 0, chunk)
    file = tmp_path / "other.toml"
    file.write_text('[[route]]\ntopic = ["供水"]\nadcode = ["410105"]\nmain = "government@"\nbasis = "试算"\n', "utf-8")
    assert main([str(tmp_path), "--orders", str(file), "--json"]) == 0
    rows = [msgspec.json.decode(each) for each in capsysbinary.readouterr().out.splitlines()]
    handle = {each["unit"]: each for each in rows if each["of"] == "UnitDuties" and each["clock"] == HANDLE}
    assert (handle["zz-water"]["late"], handle["zz-water"]["gone"]) == (1, 1)
    assert (handle["gov-410105"]["other_late"], handle["gov-410105"]["come"]) == (1, 1)


@pytest.mark.parametrize("nature", ["report", "complaint"])
def test_neither_a_report_nor_what_follows_from_it_is_compared(
    nature: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """信访工作条例 30: of a request and of what follows from it the duties are told, of a report (举报) of neither."""
    by, chunk = OrderPartition(), Chunk(0)
    by.filed(hotline_matter(traits={"nature": nature, "topic": "扬尘"}, adcode="410105"), REQUEST)
    by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)
    by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=(Receiver(unit=ECOLOGY, part="main"),))
    by.issue(parent=REQUEST)
    assert by.lines[f"{ORDER}/1"].clocks, "what follows has duties of its own"
    by.tick("2026-04-30T09:00:00+08:00")
    for offset, key, value in by.log:
        chunk.add(offset, parse_time(START), key, value)
    archive_files.write(tmp_path, "t.events.orders", 0, chunk)
    file = tmp_path / "other.toml"
    file.write_text("[calendar]\noff = [2026-03-10]\n", "utf-8")
    if nature == "report":
        with pytest.raises(Trouble, match="has no orders"):
            main([str(tmp_path), "--orders", str(file), "--json"])
        return
    assert main([str(tmp_path), "--orders", str(file), "--json"]) == 0
    rows = [msgspec.json.decode(each) for each in capsysbinary.readouterr().out.splitlines()]
    found = {each["unit"] for each in rows if each["of"] == "UnitDuties"} & {ECOLOGY, BRANCH}
    assert found == {ECOLOGY, BRANCH}
