"""The rule book beside the log: what the rules say, how often each has raised, and what of each stands open.

The book is the one that the log's workers have told in the topic `rulebook`: the screen imports nothing of the agents and reads
none of their files, and a reading of the rule files here would be a second meaning of them beside the core's.
"""

import gzip
from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import Audience, LookRoute
from screen.access.people import person_of
from screen.feed.hub import Hub
from screen.feed.rows import row
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.annunciations import DAYS, Annunciations, day_of
from screen.feed.slices.clock import Clock
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.view import View
from screen.web.json_response import JSON, NOT_KEPT, json_response
from streams.messages import DAY, SEVERITIES, Alert, Text, parse_time
from streams.rulebook import BookInForce

MOST_OPEN = 50
"""Open alerts of a rule that its page lists; the others are counted."""


class Raised(Struct, frozen=True):
    """What the log says of the rules now.

    `days`: the newest local days, oldest first, as numbers since 1970-01-01; `raised`: alerts raised on each by rule; `open`:
    alerts that have not ended by rule and severity, worst first.
    """

    days: tuple[int, ...]
    raised: dict[str, list[int]]
    open: dict[str, list[int]]


def raised(view: View) -> Raised:
    """How often each rule has raised an alert on each of the last days of the log, and what of it stands open."""
    today = day_of(view[Clock].now or 0)
    days = tuple(range(today - DAYS + 1, today + 1))
    known = view[Annunciations].raised
    counts = {rule: [known.get((rule, day), 0) for day in days] for rule, _ in known}
    standing = Counter((alert.rule, alert.severity) for alert in _open(view))
    rules = {rule for rule, _ in standing}
    return Raised(days, counts, {rule: [standing[rule, severity] for severity in SEVERITIES] for rule in rules})


def open_of(view: View, rule: str) -> list[Alert]:
    """The alerts of a rule that have not ended: worst first, then those that stand longest."""
    found = [alert for alert in _open(view) if alert.rule == rule]
    return sorted(found, key=lambda alert: (SEVERITIES.index(alert.severity), parse_time(alert.raised_at), alert.id))


def _open(view: View) -> Iterator[Alert]:
    alarms = view[Alarms]
    for alerts in (alarms.alerts, alarms.aside, alarms.normal):
        yield from alerts.values()


def untold(log: str) -> Text:
    """What a page is told as long as no worker has told the book."""
    return Text(
        f"尚无研判引擎报告日志 {log} 的规则手册，请启动 python -m agents worker --log {log}",
        f"no worker has told the rule book of log {log} yet: start one by python -m agents worker --log {log}",
    )


class RuleBook:
    """The routes of the page of rules, for one log."""

    def __init__(self, hub: Hub, log: str) -> None:
        self._hub, self._log = hub, log
        self._packed: tuple[BookInForce, bytes] | None = None

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            LookRoute("/screen/rules", self.book, right=Audience.SIGNED_IN),
            LookRoute("/screen/rules/now", self.now, right=Audience.SIGNED_IN),
        ]

    async def book(self, _request: Request) -> Response:
        """The whole rule book, packed; 503 with what to do, in both languages, before a worker has told it."""
        told = self._hub.view[LawInForce].law.book
        if told is None:
            return json_response({"error": untold(self._log)}, 503)
        if self._packed is None or self._packed[0] is not told:
            self._packed = told, await run_in_threadpool(gzip.compress, bytes(told.book), 6)
        return Response(self._packed[1], 200, NOT_KEPT | {"content-encoding": "gzip"}, JSON)

    async def now(self, request: Request) -> Response:
        """How often each rule has raised, what stands open, and, with `?rule=ID`, the open alerts of one."""
        view, person = self._hub.view, person_of(request)
        found = raised(view)
        told: dict[str, Any] = {
            "days": [day * DAY for day in found.days],
            "raised": found.raised,
            "open": found.open,
        }
        if rule := request.query_params.get("rule"):
            told["alerts"] = [row(alert, person.sees(alert)) for alert in open_of(view, rule)[:MOST_OPEN]]
        return json_response(told, 200)
