"""What a case counts as: due by time alone, corrected by what happens later, and never twice."""

from typing import Any

import pytest
from msgspec.structs import replace

from agents.measures.answers import MeasureAnswer, answers
from agents.measures.book.read import measure_book
from agents.measures.interval import wilson
from agents.measures.ledger import CaseChange, Ledger, ledger_of
from streams.messages import Order, OrderAudit, OrderLine, parse_time
from streams.messages.orders import Receiver
from streams.outputs import Output
from tests.support.orders.partition import (
    COMMAND_CENTRE,
    ECOLOGY,
    HOTLINE,
    ORDER,
    OrderPartition,
    actor,
    hotline_matter,
)
from tests.support.orders.records import INSTRUMENT, line, name, order

REQUEST = "f" * 32
OTHER = "zz-um"
TO = (Receiver(unit=ECOLOGY, part="main"),)
SIGN_DUE = "2026-03-09T09:00:00+08:00"
"""24 hours from Friday 09:00, days off not counted (河南省12345政务服务便民热线办法: 非工作日可顺延)."""

AFTER = "2026-03-09T09:00:01+08:00"
HANDLE_DUE = "2026-03-20T24:00:00+08:00"


class Followed:
    """A partition of orders and the ledger of it, tick by tick."""

    def __init__(self) -> None:
        self.by = OrderPartition()
        self.ledger = Ledger(measure_book())
        self.changes: list[CaseChange] = []

    def do(self, out: list[Output]) -> list[CaseChange]:
        """Take up what a record has given, and the time after it."""
        found = [
            change for each in out if isinstance(each, Order | OrderLine | OrderAudit) for change in self.ledger.take(each)
        ]
        found += self.ledger.told(self.by.time)
        self.changes += found
        return found

    def act(self, verb: str, role: str, of: str, **said: Any) -> list[CaseChange]:
        """Somebody acts; the act is not refused."""
        out = self.by.act(verb, actor(role, of), order=REQUEST, **said)
        assert [each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"] == []
        return self.do(out)

    def row(self, measure: str) -> tuple[int, int, dict[str, int]] | None:
        """Count, of how many, and what was left out; None where nothing was due."""
        found = answers(self.ledger, measure, "unit")
        assert len(found) < 2
        return (found[0].count, found[0].of, found[0].excluded) if found else None


@pytest.fixture
def sent() -> Followed:
    """A complaint of Friday 09:00, sent at once to the district's branch."""
    made = Followed()
    made.do(made.by.filed(hotline_matter(traits={"nature": "complaint"}, adcode="410105"), REQUEST))
    made.act("accept", "receptionist", HOTLINE)
    made.act("dispatch", "dispatcher", HOTLINE, receivers=TO)
    return made


def test_what_is_not_due_is_not_counted(sent: Followed) -> None:
    """Before its time is over a case is in no figure, at its last moment too: an early one would make the open look fewer."""
    assert sent.row("request-signed") is None
    sent.act("sign", "clerk", ECOLOGY)
    sent.do(sent.by.tick(SIGN_DUE))
    assert sent.row("request-signed") is None
    sent.do(sent.by.tick(AFTER))
    assert sent.row("request-signed") == (1, 1, {})


def test_what_is_open_and_overdue_is_late(sent: Followed) -> None:
    """不点签收: nobody has signed, and by time alone it counts as due and not signed; signed later it stays late."""
    sent.do(sent.by.tick(AFTER))
    assert sent.row("request-signed") == (0, 1, {})
    sent.act("sign", "clerk", ECOLOGY)
    assert sent.row("request-signed") == (0, 1, {})
    assert sent.row("request-handled") is None
    sent.do(sent.by.tick("2026-03-23T09:00:00+08:00"))
    assert sent.row("request-handled") == (0, 1, {})
    assert sent.row("request-overdue") == (1, 1, {})


def test_time_alone_moves_the_ledger() -> None:
    """Without any record the figure of an overdue order changes when its time is over, a millisecond after its end."""
    by = OrderPartition()
    told = [*by.filed(hotline_matter(), REQUEST), *by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)]
    told += by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=TO)
    ledger = ledger_of(measure_book(), [each for each in told if isinstance(each, Order | OrderLine | OrderAudit)])
    assert [each for each in ledger.told(parse_time(SIGN_DUE)) if each.measure == "request-signed"] == []
    (change,) = [each for each in ledger.told(parse_time(SIGN_DUE) + 1) if each.measure == "request-signed"]
    assert change.after is not None
    assert (change.before, change.after.numerator, change.corrects) == (None, False, False)
    assert change.after.cell == (ECOLOGY, "", "service", "2026-03")


def test_an_answer_sent_back_takes_the_figure_back(sent: Followed) -> None:
    """Answered in time it counts so once it is due; sent back its time goes on, and that it counted is told as corrected."""
    sent.act("sign", "clerk", ECOLOGY)
    sent.act("contact", "handler", ECOLOGY, reason="已联系")
    sent.act("submit", "handler", ECOLOGY, reason="已处理")
    sent.act("endorse", "reviewer", ECOLOGY)
    sent.do(sent.by.tick("2026-03-23T09:00:00+08:00"))
    assert sent.row("request-handled") == (1, 1, {})
    assert sent.row("request-reworked") == (0, 1, {})
    changes = sent.act("send-back", "verifier", HOTLINE, reason="未解决")
    assert sent.row("request-reworked") == (1, 1, {})
    assert sent.row("request-handled") is None
    assert {each.measure for each in changes if each.corrects} >= {"request-handled", "request-reworked"}


def test_a_granted_return_leaves_the_first_unit_out(sent: Followed) -> None:
    """改派: the first unit's case is out of it, by that name; the second unit answers, and the return counts as granted."""
    sent.act("ask-return", "clerk", ECOLOGY, clause="职责清单 3", unit=OTHER, reason="非本单位职责")
    assert sent.row("request-return-asked") == (1, 1, {})
    sent.act("decide-return", "dispatcher", HOTLINE, lines=("1",), outcome="granted")
    sent.do(sent.by.tick("2026-03-30T09:00:00+08:00"))
    found = {each.key: each for each in answers(sent.ledger, "request-signed")}
    assert (found[ECOLOGY].of, found[ECOLOGY].excluded, found[ECOLOGY].share) == (0, {"moved": 1}, None)
    assert (found[OTHER].count, found[OTHER].of) == (0, 1)
    granted = {each.key: (each.count, each.of) for each in answers(sent.ledger, "request-return-granted")}
    assert granted == {ECOLOGY: (1, 1), OTHER: (0, 1)}


def test_what_its_issuer_withdraws_leaves_the_figure(sent: Followed) -> None:
    """撤回 corrects the figure: the case is left out by name, and the change says what it was before."""
    sent.do(sent.by.tick(AFTER))
    assert sent.row("request-signed") == (0, 1, {})
    sent.act("withdraw", "leader", HOTLINE, reason="重复登记")
    assert sent.row("request-signed") == (0, 0, {"withdrawn": 1})
    (change,) = [each for each in sent.changes if each.measure == "request-signed" and each.corrects]
    assert change.after is not None
    assert change.after.excluded == "withdrawn"


def test_a_share_comes_with_its_interval_and_nothing_due_with_none(sent: Followed) -> None:
    """Wilson of one of one reaches down to 0.21; where all is left out no 100 % is shown."""
    sent.act("sign", "clerk", ECOLOGY)
    sent.do(sent.by.tick(AFTER))
    (row,) = answers(sent.ledger, "request-signed", "district")
    assert (row.share, row.low, row.high) == (1.0, *wilson(1, 1))
    assert row.low is not None
    assert round(row.low, 2) == 0.21
    assert (row.numerator, row.rest) == ((f"{REQUEST}/1",), ())


def test_the_periods_are_months_of_what_counts(sent: Followed) -> None:
    """The signing counts in the month in which its time ended; another month has nothing, and a period runs forward."""
    sent.do(sent.by.tick(AFTER))
    march: list[MeasureAnswer] = answers(sent.ledger, "request-signed", "month", since="2026-03", until="2026-03")
    assert [each.key for each in march] == ["2026-03"]
    assert answers(sent.ledger, "request-signed", since="2026-04") == []
    with pytest.raises(ValueError, match="runs backward"):
        answers(sent.ledger, "request-signed", since="2026-04", until="2026-03")


def test_open_ones_take_part_in_times_by_their_age(sent: Followed) -> None:
    """One open order has no median, and its age is told: a mean of what has ended would say nothing of it."""
    sent.do(sent.by.tick("2026-03-07T09:00:00+08:00"))
    (row,) = answers(sent.ledger, "request-time")
    assert (row.hours, row.count, row.of) == (None, 0, 1)
    assert row.open is not None
    assert (row.open.count, row.open.oldest) == (1, 24.0)


def test_who_assists_is_not_measured() -> None:
    """村和社区 assist: they are no case of any measure."""
    made = Followed()
    receivers = (Receiver(unit="zz-ee-410105", part="main"), Receiver(unit="zz-ee-410102", part="assist"))
    made.do(made.by.issue(kind="task", receivers=receivers, supervising=COMMAND_CENTRE, actor=actor("dispatcher", ECOLOGY)))
    made.do(made.by.tick("2026-05-06T09:00:00+08:00"))
    assert sorted(made.ledger.cases) == [ORDER, f"{ORDER}/1"]
    assert made.row("task-disposed-in-time") == (0, 1, {})


def test_what_time_will_count_is_not_forgotten() -> None:
    """An order that ended in 2026 may have recorded an order to correct until 2029: that case counts in 2029, and then goes."""
    said = replace(INSTRUMENT, limit_at="2029-12-02T18:00:00+08:00")
    ended = {"state": "closed", "closed_at": "2026-12-01T09:00:00+08:00"}
    ledger = ledger_of(measure_book(), [order(1, instruments=(said,), **ended), line(1, state="closed")])
    ledger.told(parse_time("2029-01-05T09:00:00+08:00"))
    assert ledger.forget("2026-12") == {}
    assert ledger.forget("2027-01") == {}
    ledger.told(parse_time("2029-12-05T09:00:00+08:00"))
    assert [row.of for row in answers(ledger, "instrument-complied", "month")] == [1]
    assert set(ledger.forget("2030-01")) == {name(1)}
