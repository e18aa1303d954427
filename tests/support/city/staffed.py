"""A city at work in memory: its facts, the people's acts and the ticks through every stage, one partition each."""

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

from agents.core.alerts.feed import order_of
from agents.rulebook.orders import order_rules
from agents.stages import STAGES, stage_of
from fixtures.staff.doing import Doing
from fixtures.staff.habits import Chances, Habits, load_habits
from fixtures.staff.people import People
from fixtures.staff.shift import Shift
from fixtures.staff.town import load_town
from streams.gateways.timeline import Arrival
from streams.messages import (
    FILED,
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


def shift(seed: int = 1, faster: float = 1.0) -> Shift:
    """The people of the place, who handle every request themselves: no hotline's system tells its steps here."""
    habits = load_habits()
    alone = Habits(habits.pace, habits.share | {"ours": 1.0})
    return Shift(load_town(), Chances(alone, order_rules().calendar, seed, faster), People(seed))


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

    def newest(self) -> dict[str, Order]:
        """The newest revision of each order."""
        return {each.id: each for each in self.told if isinstance(each, Order)}

    def refusals(self) -> list[tuple[str, str]]:
        """Verb and reason of each refusal of an act on an order or alert."""
        return [
            (each.verb, each.reason) for each in self.told if isinstance(each, OrderAudit | Audit) and each.event == "refuse"
        ]
