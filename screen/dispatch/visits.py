"""The inspections of an enterprise beside the press that would send another: its year, the cap, what could be merged. Pure.

国办发〔2024〕54号: within the yearly cap of an organ's line visits may be ordered; beyond it only for a lawful cause that
is named.
"""

from collections.abc import Iterable

from msgspec import UNSET, Struct

from screen.access.people import Person
from screen.feed.enterprises.inspected import Credit, Enterprises, Inspected
from screen.feed.order_flow import OrderFlow
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.slices.orders import Orders
from screen.feed.slices.subjects import Subjects
from screen.feed.view import View
from streams.messages import Issue, OrderAct, day_of
from streams.orders.texts import rests_on_report
from streams.places.inspections import CAUSE, SENDING, Cap, beyond, capped, caps, cause_fault, organs_sent
from streams.places.priority import Priority, priority, priority_book


class Visits(Struct, frozen=True):
    """`code`: the enterprise's 统一社会信用代码, empty where the register names none; `rows`: its inspections of the year.

    `merge`: planned ones of this month in this district, of any organ, that could be one visit (合并检查); `beyond`: what the
    screen had no room for, so that a count may be too low.
    """

    code: str
    caps: tuple[Cap, ...]
    rows: tuple[Inspected, ...]
    merge: tuple[Inspected, ...]
    beyond: int


class Errand(Struct, frozen=True):
    """Who would inspect, where, and when (ms)."""

    organs: frozenset[str]
    adcode: str
    now: int


def code_of(view: View, subject: str) -> str:
    """The 统一社会信用代码 of whoever answers for a subject; empty where its registration names none."""
    status = view[Subjects].subjects.get(subject)
    return "" if status is None or status.owner is UNSET else status.owner


def visits(view: View, subject: str, errand: Errand) -> Visits:
    """What stands in the way of an inspection of the enterprise behind a subject."""
    code, known = code_of(view, subject), view[Enterprises]
    year = day_of(errand.now).year
    rows = [each for each in known.inspections.get(code) or () if each.year == year]
    made = tuple(sorted((each for each in rows if each.day), key=lambda each: each.day, reverse=True))
    counted = ((each.organ, each.sort) for each in made)
    return Visits(code, capped(counted, errand.organs, caps()), made, mergeable(rows, errand), known.beyond)


def credit_of(view: View, subject: str, person: Person) -> Credit | None:
    """The class of credit risk of the enterprise behind a subject, for whom it is; None for others, and where none was given.

    It is for supervision's own use (国市监信发〔2022〕6号). It stands on the sheet alone, and changes nothing there.
    """
    return None if person.may_not("credit-class") else view[Enterprises].credits.get(code_of(view, subject))


def priority_of(view: View, subject: str, person: Person) -> Priority | None:
    """本平台预判 of the enterprise behind a subject, for whom the class is; None for others, and where nobody is named.

    It stands on the sheet alone, and changes nothing there. Orders that rest on a report (举报) have no part in it.
    """
    code = code_of(view, subject)
    if not code or person.may_not("credit-class"):
        return None
    subjects = {each for each in view[Enterprises].owned.get(code) or () if code_of(view, each) == code}
    alarms, orders, flow = view[Alarms], view[Orders].orders, view[OrderFlow]
    alerts = [each for of in (alarms.alerts, alarms.aside) for each in of.values() if each.subject in subjects]
    about = {name: order for each in subjects for name in flow.about(each) if (order := orders.get(name))}
    open_to_all = [each for each in about.values() if not rests_on_report(each, orders.get)]
    return priority(priority_book(), alerts, open_to_all, view[Clock].now or 0)


def mergeable(rows: Iterable[Inspected], errand: Errand) -> tuple[Inspected, ...]:
    """Inspections that are planned and not made, of the month and district of the errand."""
    month = day_of(errand.now).isoformat()[:7]
    return tuple(each for each in rows if not each.day and each.month == month and each.adcode[:6] == errand.adcode[:6])


def refusal(view: View, issue: Issue) -> str:
    """Why an order may not send an inspector, or an empty text; it names a lawful cause with its reason, or keeps the cap."""
    if issue.kind not in SENDING:
        return ""
    if fault := cause_fault(issue.traits, issue.reason):
        return fault
    if issue.traits.get(CAUSE):
        return ""
    return _beyond(view, organs_sent(issue), issue.adcode, [link.subject for link in issue.alerts])


def refusal_of_act(view: View, verb: str, act: OrderAct) -> str:
    """Why an act on an order may not send another inspector: a receiver that it names, or the unit to which a return goes.

    What the order says of a lawful cause holds for all whom it sends.
    """
    order = view[Orders].orders.get(act.order)
    if order is None or order.kind not in SENDING or order.traits.get(CAUSE):
        return ""
    organs = organs_sent(act, verb, view[Orders].lines_of(act.order).values())
    return _beyond(view, organs, order.adcode, [each.link.subject for each in order.alerts])


def _beyond(view: View, organs: frozenset[str], adcode: str, subjects: Iterable[str]) -> str:
    errand = Errand(organs, adcode, view[Clock].now or 0)
    return beyond(cap for subject in subjects for cap in visits(view, subject, errand).caps if cap.reached)
