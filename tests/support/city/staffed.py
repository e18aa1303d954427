"""A city at work in memory: its facts, the people's acts and the ticks through every stage, one partition each."""

from collections import defaultdict, deque
from collections.abc import Iterable
from functools import cache
from typing import Any

from agents.core.alerts.feed import order_of
from agents.rulebook.orders import order_rules
from agents.stages import STAGES, stage_of
from fixtures.city import beats
from fixtures.scenario import load_scenario
from fixtures.staff.doing import Doing
from fixtures.staff.habits import Chances, Habits, load_habits
from fixtures.staff.people import People
from fixtures.staff.shift import Shift
from fixtures.staff.town import load_town
from fixtures.weather import Air
from streams.gateways.timeline import Arrival
from streams.messages import (
    DAY,
    FILED,
    HOUR,
    MINUTE,
    Alert,
    Audit,
    Matter,
    Order,
    OrderAudit,
    OrderLine,
    Text,
    event_bytes,
    format_time,
    tick_bytes,
)
from streams.outputs import Output
from streams.topics import inputs
from tests.support.pure.scenarios import basis

STEP = 5 * MINUTE
"""From tick to tick."""

PLAN = {
    "ours": 1.0,
    "lead": 1.0,
    "false-alarm": 0.0,
    "unclear": 0.0,
    "return": 0.25,
    "return-granted": 0.5,
    "return-designated": 0.3,
    "unsigned": 0.1,
    "late": 0.2,
    "extension": 0.4,
    "extension-granted": 0.5,
    "pause": 0.6,
    "object": 0.15,
    "objection-granted": 0.4,
    "sub-order": 0.5,
    "rectification": 1.0,
    "reject": 0.15,
    "failed": 0.2,
    "supervision": 0.6,
    "dissatisfied": 0.4,
    "silent": 0.1,
    "redo": 0.6,
    "decline": 0.05,
    "lawful": 0.3,
    "review": 0.25,
    "review-granted": 0.4,
    "reopen": 0.2,
    "merge": 0.5,
    "away": 0.1,
    "recall": 0.2,
    "follow": 0.8,
}
"""The shares by which the city of the tests lives: each so large that in the cases of `BRANCHES` something of it happens."""

AIR = Air(1, load_scenario("trapped"))
BEGIN = AIR.begin
DAYS, PACE = 6, 40
"""Six days, which begin on a Thursday, so that four of them are worked; the people work so many times faster than real."""

REQUESTS, RATINGS = 24, 6
"""How many matters come in, on the first day."""

LIFT = b'"subject":"lift.sim.410105.2"'
UNFIT = (b'"subject":"boiler.sim.410105.1"', b'"subject":"filling_unit.sim.410183.1"')

SEEN = (Alert, Audit, Order, OrderLine, OrderAudit)


def filed(kind: str, n: int, at: int, **said: Any) -> Arrival:
    """A matter that comes in, as a fact of a hotline or a window opens it."""
    matter = Matter(
        id=f"{kind}/{n}",
        kind=kind,
        number=str(n),
        step="received",
        n=n,
        at=format_time(at),
        subject="hotline.sim",
        title=Text("反映小区停水", "Water is out"),
        adcode="410102",
        **said,
    )
    order = order_of(matter)
    value = event_bytes(type=FILED, source="judge", id=f"{matter.id}/{n}", time=format_time(at), subject=order, data=matter)
    return Arrival(at, "orders", order.encode(), value)


def chances(seed: int = 1, faster: float = PACE) -> Chances:
    """What people draw who live by the plan of the tests: no hotline's system tells its steps here."""
    return Chances(Habits(load_habits().pace, PLAN), order_rules().calendar, seed, faster)


def shift(seed: int = 1, faster: float = PACE) -> Shift:
    """The people of the place, who live by the plan of the tests."""
    return Shift(load_town(), chances(seed, faster), People(seed))


@cache
def arrivals() -> list[Arrival]:
    """The morning of a lift in which people are trapped, and of a boiler and a filling unit that may not run.

    And requests and bad ratings by themselves, which nobody else moves on.
    Every fourth request is about the same as the one four before it; one of them is of a mass outage, late in the evening.
    """
    trapped = [each for each in beats(AIR, 10) if isinstance(each, Arrival) and LIFT in each.value]
    unfit = Air(1, load_scenario("equipment"))
    failed = [each for each in beats(unfit, 9) if isinstance(each, Arrival) and any(name in each.value for name in UNFIT)]
    natures = ("help", "complaint", "consultation")
    requests = [
        filed(
            "request",
            n,
            BEGIN + 8 * HOUR + n * 20 * MINUTE,
            traits={"nature": natures[n % 3], "topic": f"sim-{n % 4}"},
        )
        for n in range(REQUESTS - 1)
    ]
    mass = filed("request", REQUESTS - 1, BEGIN + 22 * HOUR, urgent=True, traits={"nature": "help", "category": "mass"})
    ratings = [filed("rating", n, BEGIN + 9 * HOUR + n * 30 * MINUTE, unit="zz-amr") for n in range(RATINGS)]
    return [*trapped, *failed, *requests, mass, *ratings]


@cache
def worked() -> "StaffedCity":
    """The people's work of the days of the plan."""
    city = StaffedCity(shift())
    city.work(BEGIN, BEGIN + DAYS * DAY, arrivals())
    return city


class StaffedCity:
    """What is written and judged; `acts`: what the people did, `told`: what the stages gave."""

    def __init__(self, people: Shift) -> None:
        made = {name: stage_of(basis(), f"t.events.{name}", 0) for name in inputs()}
        self.stages = {name: stage for name, stage in made.items() if stage is not None}
        self.people = people
        self.feeds = [feed for kind in STAGES for feed in kind.feeds.items()]
        self.offsets: dict[str, int] = defaultdict(int)
        self.acts: list[Doing] = []
        self.told: list[Output] = []

    def tick(self, now: int) -> None:
        """Time goes on in every partition, and the people do what is due."""
        for name in self.stages:
            self.write(name, None, tick_bytes(now))
        for doing in self.people.due(now):
            self.acts.append(doing)
            self.write(doing.to, doing.subject.encode(), doing.event())

    def work(self, begin: int, end: int, beats: Iterable[Arrival] = ()) -> None:
        """Time, what arrives, and the people's acts, from a moment to another (ms)."""
        waiting = deque(sorted(beats, key=lambda each: each.at))
        for now in range(begin, end + 1, STEP):
            self.tick(now)
            while waiting and waiting[0].at <= now:
                each = waiting.popleft()
                self.write(each.domain, each.key or None, each.value)

    def write(self, name: str, key: bytes | None, value: bytes) -> None:
        """A record into a partition, and all that follows from it."""
        if (stage := self.stages.get(name)) is None:
            return
        out = stage.run([(self.offsets[name], key, value)])
        self.offsets[name] += 1
        for each in out:
            if isinstance(each, SEEN):
                self.people.take(each)
        self.told += out
        if out:
            for to, feed in self.feeds:
                for fed_key, fed_value in feed(out):
                    self.write(to, fed_key, fed_value)

    def trails(self) -> list[OrderAudit]:
        """All entries of all orders."""
        return [each for each in self.told if isinstance(each, OrderAudit)]

    def lines(self) -> dict[str, OrderLine]:
        """The newest revision of each receiver's line."""
        return {each.id: each for each in self.told if isinstance(each, OrderLine)}

    def newest(self) -> dict[str, Order]:
        """The newest revision of each order."""
        return {each.id: each for each in self.told if isinstance(each, Order)}

    def refusals(self) -> list[tuple[str, str]]:
        """Verb and reason of each refusal of an act on an order or alert."""
        return [
            (each.verb, each.reason) for each in self.told if isinstance(each, OrderAudit | Audit) and each.event == "refuse"
        ]
