"""The limits on the sheet: counted by hand on the calendar of November and December 2026."""

from screen.dispatch.limits import dues, own
from streams.calendar.holidays import load
from streams.messages import format_time, parse_time
from streams.messages.orders import Part
from streams.orders.kinds import kinds

TUESDAY = parse_time("2026-11-24T14:36:00+08:00")


def test_a_lead_has_its_limits_from_sending() -> None:
    """2 working hours from Tuesday 14:36 end at 16:36; 15 working days (程序规定 18) after 24 November end with 15 December."""
    sign, handle = dues(kinds()["lead"], ["main"], {"law": "market"}, load(), TUESDAY)
    assert (sign.clock, format_time(sign.due or 0), sign.mark) == ("sign", "2026-11-24T16:36:00+08:00", "default")
    assert (handle.clock, format_time(handle.due or 0), handle.mark) == ("handle", "2026-12-16T00:00:00+08:00", "certain")


def test_support_ends_before_the_main_receiver_and_a_helper_has_no_clock() -> None:
    """公文条例 24 (4): the main one answers for the whole, so support ends earlier; 协助 is not timed (row 7)."""
    parts: tuple[Part, ...] = ("main", "support", "assist")
    found = {(each.clock, each.part): each.due for each in dues(kinds()["lead"], parts, {}, load(), TUESDAY)}
    assert (found["handle", "support"] or 0) < (found["handle", "main"] or 0)
    assert not [part for _, part in found if part == "assist"]


def test_a_limit_of_the_issuer_says_so() -> None:
    """Four working hours from 14:36: 3 h 24 min until 18:00, 36 min from 08:00 on Wednesday."""
    given = own("handle", "main", "4 working-hours", load(), TUESDAY)
    assert (format_time(given.due or 0), given.mark) == ("2026-11-25T08:36:00+08:00", "issuer")


def test_a_year_without_a_notice_is_provisional_or_unknown() -> None:
    """What the calendar does not know is not made up."""
    far = parse_time("2099-12-30T10:00:00+08:00")
    assert [each.due for each in dues(kinds()["lead"], ["main"], {}, load(), far)] == [None, None]
