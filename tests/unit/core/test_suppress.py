"""Suppression by design (ISA-18.2 11.6): a rule is silent in the states of its subject that it names, and says so."""

import pytest

from agents.core.rules.book import BookError
from agents.core.rules.rule import Suppression
from streams.messages import DAY, MINUTE, Text, event_bytes, format_time
from tests.support.events import START, STATION, act, clean
from tests.support.pure.alarm import OZONE, at, bad, book_with, desk, states
from tests.support.pure.case import OVER, lived

SMOG = Suppression(kind="site_weather", where={"heavy_pollution": True}, why=Text("重污染应急期间", "heavy pollution response"))
FILED = Suppression(kind="maintenance_plan", since="since", until="until", why=Text("备案维护", "filed maintenance"))


def fact(kind: str, minutes: int, **data: object) -> bytes:
    """A fact of the station so many minutes after the first hour."""
    time = format_time(START + minutes * MINUTE)
    return event_bytes(type=f"environment.{kind}", source="test", id=f"{kind}{minutes}", time=time, subject=STATION, data=data)


def smog(minutes: int, heavy: bool) -> bytes:
    """The weather."""
    return fact("site_weather", minutes, heavy_pollution=heavy)


def plan(minutes: int, since: int, until: int) -> bytes:
    """A maintenance that is filed."""
    return fact(
        "maintenance_plan",
        minutes,
        **{name: format_time(START + m * MINUTE) for name, m in (("since", since), ("until", until))},
    )


def test_what_is_raised_in_such_a_state_is_suppressed_from_the_first() -> None:
    """Row 12 from A: one revision, in F; with the end of the state what still stands asks (row 13)."""
    book = book_with(suppress=(SMOG,))
    alerts, trail = lived(book, smog(0, True), clean(START, o3=OZONE), at(30), smog(30, False))
    assert (states(alerts), [each.active for each in alerts]) == (["F", "B"], [True, True])
    assert [(each.event, each.before, each.actor) for each in trail] == [("suppress", "A", None), ("unsuppress", "F", None)]
    assert "heavy pollution response" in trail[0].reason
    over, _ = lived(book, smog(0, True), clean(START, o3=OZONE), *OVER, smog(61, False))
    assert states(over) == ["F", "F", "A"]


def test_what_stands_is_suppressed_when_the_state_begins() -> None:
    """Row 12 from B and from C; a fact that says the same again changes nothing."""
    book = book_with(suppress=(SMOG,))
    for seen in ([], [act(bad().id)]):
        alerts, trail = lived(book, clean(START, o3=OZONE), *seen, at(5), smog(5, True), at(6), smog(6, True))
        assert alerts[-1].state == "F"
        assert [each.event for each in trail].count("suppress") == 1


def test_filed_maintenance_suppresses_from_its_beginning_to_before_its_end() -> None:
    """By the clock alone: 30 and 60 minutes after the first hour, though the plan was filed before."""
    alerts, _ = lived(book_with(suppress=(FILED,)), plan(0, 30, 60), clean(START, o3=OZONE), *(at(n) for n in range(1, 61)))
    assert states(alerts) == ["B", "F", "B"]
    assert [each.changed_at for each in alerts[1:]] == [format_time(START + n * MINUTE) for n in (30, 60)]


def test_another_plan_moves_the_end() -> None:
    """The newest plan holds; the trail has both ends."""
    later = [at(40), plan(40, 30, 90), *(at(n) for n in range(41, 91))]
    alerts, trail = lived(book_with(suppress=(FILED,)), plan(0, 0, 60), clean(START, o3=OZONE), *later)
    assert states(alerts) == ["F", "F", "B"]
    assert alerts[-1].changed_at == format_time(START + 90 * MINUTE)
    assert [each.event for each in trail] == ["suppress", "suppress", "unsuppress"]


def test_people_do_not_end_what_the_rule_suppresses_and_it_does_not_end_theirs() -> None:
    """An unsuppression by hand is refused; a person's own suppression stays when the state ends; out of service wins."""
    book = book_with(suppress=(SMOG,))
    _, trail = lived(book, smog(0, True), clean(START, o3=OZONE), desk(bad(), "unsuppress"))
    assert (trail[-1].event, "its rule suppresses it" in trail[-1].reason) == ("refuse", True)
    theirs = desk(bad(), "suppress", lasts="4h")
    alerts, _ = lived(book, clean(START, o3=OZONE), theirs, at(5), smog(5, True), at(9), smog(9, False))
    assert states(alerts) == ["B", "F"]
    gone = desk(bad(), "remove-from-service", lasts="1h", permit="7")
    alerts, _ = lived(book, smog(0, True), clean(START, o3=OZONE), gone, at(59), at(60))
    assert states(alerts) == ["F", "G", "B", "F"]


def test_a_plan_without_sense_suppresses_nothing() -> None:
    """Times that cannot be read, or an end before the beginning: the alarm asks."""
    book = book_with(suppress=(FILED,))
    bad_times = fact("maintenance_plan", 0, since="soon", until="2026-13-01T00:00:00+08:00")
    alerts, _ = lived(book, plan(0, 60, 30), clean(START, o3=OZONE), at(45))
    assert states(alerts) == ["B"]
    lived(book, bad_times, clean(START, o3=OZONE), at(45))


@pytest.mark.parametrize("end", ["2199-12-31T23:00:00-08:00", "9999-12-31", "9999-12-31T23:59:59-12:00"])
def test_an_end_that_nobody_lives_to_see_stops_nothing(end: str) -> None:
    """The suppression lasts 366 days at most, as one by a person does."""
    filed = fact("maintenance_plan", 0, since=format_time(START), until=end)
    alerts, _ = lived(book_with(suppress=(FILED,)), filed, clean(START, o3=OZONE), at(1))
    assert alerts[-1].state in {"B", "F"}
    if alerts[-1].aside is not None:
        assert alerts[-1].aside.until == format_time(START + 366 * DAY)


def test_a_suppression_by_what_is_not_there_is_refused_with_the_rule() -> None:
    """A kind or a field that the domain does not have is found when the book is made."""
    for wrong in (
        {"kind": "moon"},
        {"kind": "maintenance_plan", "since": "from"},
        {"kind": "site_weather", "where": {"fog": True}},
    ):
        with pytest.raises(BookError, match="gas-hourly"):
            book_with(suppress=(Suppression(why=Text("", ""), **wrong),))


def test_the_book_has_it_for_filed_maintenance_of_devices() -> None:
    """A source's device that is silent during filed maintenance is suppressed (rules that name maintenance plans)."""
    book = book_with()
    named = {rule for rule, spec in book.rules.items() if any(each.kind == "maintenance_plan" for each in spec.suppress)}
    sources = {"source-silent", "source-minute-missing", "source-hour-missing", "source-constant"}
    assert named == sources | {"site-monitor-silent"}
