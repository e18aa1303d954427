"""Cases of duties and ratings: what facts begin and fulfil, by the times of the law, counted on the calendar by hand."""

from collections.abc import Iterator
from functools import cache

import pandas as pd
import pytest

from agents.measures.answers import answers
from agents.measures.book.read import measure_book
from agents.measures.cases.case import OF_FACTS
from agents.measures.cases.watched import watched_names
from agents.measures.facts.folded import rules_named
from agents.measures.ledger import Ledger
from streams.messages import DAY, MINUTE, format_time, parse_time
from tests.support.books import the_book
from tests.support.orders.counted_facts import OFFICE, CountedFacts, petition_office, step

WINDOW = "service_window.t.410102.1"
SOURCE = "water_source.t.410102.1"


@pytest.fixture
def office() -> CountedFacts:
    """An organ that handles petitions and belongs to a body."""
    return petition_office()


def test_who_is_told_in_15_days_is_in_time(office: CountedFacts) -> None:
    """信访工作条例 23: received 2 March, the 15th day is 17 March, a Tuesday; its 24:00 is in time, a minute later is not."""
    for name in ("XF1", "XF2", "XF3", "XF4"):
        step(office, name, "received", "03-02T10:00")
    step(office, "XF4", "withdrawn", "03-03T09:00")
    step(office, "XF1", "told", "03-17T23:59")
    assert office.row("petition-told-in-time") == {}
    step(office, "XF2", "told", "03-18T00:01")
    assert office.row("petition-told-in-time") == {"gov-410102": (1, 3, {"taken-back": 1})}
    assert office.row("petition-told-in-time", "month") == {"2026-03": (1, 3, {"taken-back": 1})}
    assert office.row("petition-told-in-time", "domain") == {"service": (1, 3, {"taken-back": 1})}


def test_a_time_that_ends_at_24_00_counts_with_the_day_that_it_ends(office: CountedFacts) -> None:
    """民法典 203: the last day ends at 24:00. Received 16 March, the 15th day is 31 March: it counts in March, not in April."""
    step(office, "XF1", "received", "03-16T10:00")
    step(office, "XF1", "told", "03-31T20:00")
    office.tick("2026-04-01T00:00:00+08:00")
    assert office.row("petition-told-in-time", "month") == {}
    office.tick("2026-04-01T00:00:01+08:00")
    assert office.row("petition-told-in-time", "month") == {"2026-03": (1, 1, {})}


def test_what_was_given_more_time_has_its_own_measure(office: CountedFacts) -> None:
    """信访工作条例 34: 60 days from 2 March are over on Friday 1 May, 劳动节, so by 203 on 6 May; 90 days on Monday 1 June."""
    for name in ("XF1", "XF2", "XF3"):
        step(office, name, "accepted", "03-02T10:00")
    step(office, "XF1", "extended", "04-20T10:00")
    step(office, "XF2", "concluded", "05-06T20:00")
    office.tick("2026-05-07T00:00:01+08:00")
    assert office.row("petition-concluded-in-time") == {"gov-410102": (1, 2, {"time-given": 1})}
    assert office.row("petition-concluded-longest") == {}
    step(office, "XF1", "concluded", "05-28T10:00")
    office.tick("2026-06-02T00:00:01+08:00")
    assert office.row("petition-concluded-longest") == {"gov-410102": (2, 3, {})}


def test_a_petition_told_twice_is_one(office: CountedFacts) -> None:
    """Received again on 3 March, before the telling or after it: one petition each, its time that of the first receipt."""
    step(office, "XF1", "received", "03-02T10:00")
    step(office, "XF1", "received", "03-03T10:00")
    step(office, "XF2", "received", "03-02T11:00")
    step(office, "XF2", "told", "03-05T10:00")
    step(office, "XF2", "received", "03-03T11:00")
    office.tick("2026-03-25T00:00:01+08:00")
    assert office.row("petition-told-in-time") == {"gov-410102": (1, 2, {})}


def test_what_was_fulfilled_before_it_was_heard_of_counts(office: CountedFacts) -> None:
    """An office files the telling first and the receipt after it: the duty was done in time, and is in the denominator."""
    step(office, "XF1", "told", "03-05T10:00")
    step(office, "XF1", "received", "03-02T10:00")
    office.tick("2026-03-18T00:00:01+08:00")
    assert office.row("petition-told-in-time") == {"gov-410102": (1, 1, {})}


def test_what_began_earlier_than_was_heard_at_first_is_one_duty() -> None:
    """行政许可法 42: an acceptance of 2 March that is filed after one of 4 March is one case, not two."""
    made = CountedFacts()
    subject = "licence_office.t.410102.1"
    made.register(subject, "2026-03-01T00:00:00+08:00")
    for day in ("04", "02"):
        made.write("application_step", f"2026-03-{day}T09:00:00+08:00", subject, application="A1", step="accepted")
    made.write("application_step", "2026-03-20T09:00:00+08:00", subject, application="A1", step="granted")
    made.tick("2026-05-01T00:00:00+08:00")
    assert made.row("licence-decided-in-time") == {subject: (1, 1, {})}


def test_time_that_the_law_does_not_count_is_not_counted() -> None:
    """行政许可法 42, 45: accepted Monday 2 March, 20 working days are over on 30 March; 5 of expert review put it to 7 April.

    清明节 2026 is off from 4 to 6 April.
    """
    made = CountedFacts()
    subject = "licence_office.t.410102.1"
    made.register(subject, "2026-03-01T00:00:00+08:00")
    made.write("application_step", "2026-03-02T09:00:00+08:00", subject, application="A1", step="accepted")
    made.write("application_step", "2026-03-02T09:01:00+08:00", subject, application="A2", step="accepted")
    said = {"application": "A1", "reason": "expert-review"}
    made.write("application_step", "2026-03-09T09:00:00+08:00", subject, **said, step="paused")
    made.write("application_step", "2026-03-16T09:00:00+08:00", subject, **said, step="resumed")
    made.write("application_step", "2026-04-03T17:00:00+08:00", subject, application="A1", step="granted")
    made.write("application_step", "2026-04-03T17:01:00+08:00", subject, application="A2", step="granted")
    made.tick("2026-04-20T00:00:00+08:00")
    assert made.row("licence-decided-in-time") == {subject: (1, 2, {})}


def test_a_bad_rating_set_aside_leaves_the_figure() -> None:
    """国办发〔2019〕51号: mistaken and malicious ones are set aside once verified; 基本满意 is none."""
    made = CountedFacts()
    made.register(WINDOW, "2026-03-01T00:00:00+08:00", unit="zz-amr")
    for n, level in enumerate((5, 3, 2, 1)):
        made.write("rating", f"2026-03-02T10:0{n}:00+08:00", WINDOW, rating=f"R{n}", level=level)
    assert made.row("rating-bad") == {"zz-amr": (2, 4, {})}
    made.write("rating_step", "2026-03-03T10:00:00+08:00", WINDOW, rating="R3", step="set-aside")
    assert made.row("rating-bad") == {"zz-amr": (1, 3, {"rating-set-aside": 1})}


def test_ratings_of_ones_own_accord_are_of_those_that_tell_it() -> None:
    """Two of three that tell it; one that does not is named as left out, and so is one that was set aside."""
    made = CountedFacts()
    made.register(WINDOW, "2026-03-01T00:00:00+08:00", unit="zz-amr")
    for n, said in enumerate(({"own": True}, {"own": True}, {"own": False}, {}, {"own": True, "level": 1})):
        made.write("rating", f"2026-03-02T10:0{n}:00+08:00", WINDOW, **{"rating": f"R{n}", "level": 5} | said)
    made.write("rating_step", "2026-03-03T10:00:00+08:00", WINDOW, rating="R4", step="set-aside")
    assert made.row("rating-own") == {"zz-amr": (2, 3, {"own-untold": 1, "rating-set-aside": 1})}


def test_a_re_inspection_tells_whether_it_was_corrected() -> None:
    """按日连续处罚办法 10, 13: within 30 days of service; going on, a refused one too, is not corrected."""
    made = CountedFacts("environment")
    made.register(SOURCE, "2026-06-01T00:00:00+08:00")
    for name in ("Z1", "Z2", "Z3"):
        made.write("correction_order", "2026-06-01T10:00:00+08:00", SOURCE, order=name, step="served")
    made.write("correction_order", "2026-06-20T10:00:00+08:00", SOURCE, order="Z1", step="re-inspected", found="corrected")
    made.write("correction_order", "2026-06-20T10:01:00+08:00", SOURCE, order="Z2", step="re-inspected", found="going-on")
    made.tick("2026-07-02T00:00:01+08:00")
    assert made.row("office-recheck-in-time") == {SOURCE: (2, 3, {})}
    assert made.row("discharge-corrected") == {SOURCE: (1, 2, {})}


def test_every_rule_that_a_measure_names_is_one() -> None:
    """A duty is counted by the rule that watches it; and each measure of facts has a rule or is of ratings."""
    assert rules_named(measure_book()) <= the_book().rules.keys() | watched_names()
    of_facts = [row for row in measure_book().measures.values() if row.population in OF_FACTS]
    assert {row.population for row in of_facts} == OF_FACTS
    for row in of_facts:
        named = {name for each in row.where for name in measure_book().conditions[each].among or ()}
        assert row.population == "rating" or named <= rules_named(measure_book())


N = 120


def steps() -> Iterator[tuple[str, str, str]]:
    """Petitions of a fortnight: what is told, when, of which; some late, some never, some withdrawn."""
    begin = parse_time("2026-03-02T09:00:00+08:00")
    for n in range(N):
        at = begin + n * 97 * MINUTE
        yield format_time(at), f"XF{n}", "received"
        if n % 5:
            yield format_time(at + (n % 23) * DAY + MINUTE), f"XF{n}", "withdrawn" if n % 11 == 0 else "told"


@cache
def counted() -> Ledger:
    """The ledger of the petitions."""
    made = CountedFacts()
    made.register(OFFICE, "2026-03-01T00:00:00+08:00", unit="gov-410102")
    for at, name, what in sorted(steps()):
        made.write("petition_step", at, OFFICE, petition=name, step=what)
    made.tick("2026-05-01T00:00:00+08:00")
    return made.ledger


def test_duties_are_what_pandas_reckons() -> None:
    """Case by case over a fortnight: 15 days after the day of receipt, at 24:00, on the next working day where that is none."""
    frame = pd.DataFrame(steps(), columns=["at", "id", "step"]).assign(at=lambda each: pd.to_datetime(each["at"]))
    begun = frame[frame["step"] == "received"].set_index("id")["at"]
    ended = frame[frame["step"] != "received"].set_index("id")
    off = {f"2026-03-{day}" for day in ("21", "22", "28", "29")} | {"2026-04-04", "2026-04-05", "2026-04-06"}
    last = begun.dt.normalize() + pd.Timedelta(days=15)
    while (late := last.dt.strftime("%Y-%m-%d").isin(off)).any():
        last = last.where(~late, last + pd.Timedelta(days=1))
    table = pd.DataFrame({"due": last + pd.Timedelta(days=1)}).join(ended)
    out = table["step"] == "withdrawn"
    done = (table["at"] <= table["due"]) & ~out
    (row,) = answers(counted(), "petition-told-in-time", "unit")
    assert {each.split("/")[2] for each in row.numerator} == set(table[done].index)
    assert {each.split("/")[2] for each in row.left_out["taken-back"]} == set(table[out].index)
    assert {each.split("/")[2] for each in row.rest} == set(table[~done & ~out].index)
