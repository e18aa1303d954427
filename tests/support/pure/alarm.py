"""One alarm of a station: its alert in any state, the hours that raise and end it, and acts on it."""

from functools import cache

from msgspec.structs import replace

from agents import law
from agents.core.alerts import alarm
from agents.core.alerts.alarm import Cause
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import book_of, read_rules
from streams import catalogue
from streams.messages import MINUTE, Actor, Alert, Audit, Place
from tests.support.books import the_book
from tests.support.events import START, act, clean, records, registered, tick

BOOK = the_book()


CAUSE = Cause(place=Place("test.events.environment", 0, 99), value=b"{}", at=START, now=START)


def raised() -> Alert:
    """One real alert, raised by an hour of ozone above its limit."""
    fold = Fold(BOOK, "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), clean(START, o3=230)]))
    return next(output for output in out if isinstance(output, Alert) and output.rule == "gas-hourly")


def in_state(state: str) -> Alert:
    """The same alert in another state."""
    active = state in "BC"
    return replace(raised(), state=state, verbs=alarm.VERBS[state], active=active)  # type: ignore[index]


OZONE = 230.0


def log_of(*events: bytes) -> tuple[Fold, list[Alert], list[Audit]]:
    """A fold that has judged a station's registration and these events; revisions of its ozone alerts, and their trails."""
    fold = Fold(BOOK, "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), *events]))
    alerts = [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]
    ids = {each.id for each in alerts}
    return fold, alerts, [each for each in out if isinstance(each, Audit) and each.alert in ids]


def bad() -> Alert:
    """The alert of the first hour of bad air."""
    return log_of(clean(START, o3=OZONE))[1][-1]


def at(minutes: int) -> bytes:
    """The clock so many minutes after the first hour."""
    return tick(START + minutes * MINUTE)


def desk(alert: Alert, verb: str, occurrence: int = 1, **more: object) -> bytes:
    """An act of an admin, who may do everything."""
    boss = Actor(id="boss", name="王主管", role="admin")
    return act(alert.id, occurrence, verb, id=f"{verb}-{more}", actor=boss, **more)


def states(alerts: list[Alert]) -> list[str]:
    """The states, in order."""
    return [each.state for each in alerts]


@cache
def cased() -> Book:
    """The rule book in which each occurrence of that rule opens a case, to be concluded within 15 days."""
    return book_with(conclude_within="15d")


@cache
def calling() -> Book:
    """The rule book in which its alerts are red, and called out again after ten minutes."""
    return book_with(severity="red", escalate={"red": "10m"})


def book_with(**changes: object) -> Book:
    """The rule book with the hourly limit of gases changed."""
    rules = {domain: dict(read_rules(catalogue.ROOT / domain / "rules.toml").rule) for domain in catalogue.domains()}
    rules["environment"]["gas-hourly"] = replace(rules["environment"]["gas-hourly"], **changes)
    return book_of(rules, law.clauses(law.clause_files(catalogue.ROOT)), law.departments())
