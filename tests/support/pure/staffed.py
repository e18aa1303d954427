"""A city at work in memory: its facts, the people's acts and the ticks through every stage, one partition each."""

from collections import defaultdict
from collections.abc import Iterable

from agents.core.alerts.feed import revisions_for_orders
from agents.rulebook.orders import order_rules
from agents.stages import STAGES, Basis, sound_basis, stage_of
from fixtures.staff.doing import Doing
from fixtures.staff.habits import Chances, load_habits
from fixtures.staff.people import People
from fixtures.staff.shift import Shift
from fixtures.staff.town import load_town
from streams.gateways.timeline import Beat
from streams.messages import MINUTE, Alert, Audit, Matter, Order, OrderAudit, OrderLine, tick_bytes
from streams.outputs import Output
from streams.topics import inputs

ORDERS_ALONE = Basis(None, None, order_rules())  # type: ignore[arg-type] - no facts are judged by it
SEEN = (Alert, Audit, Order, OrderLine, OrderAudit)


def shift(seed: int = 1, faster: float = 1.0) -> Shift:
    """The people of the place."""
    return Shift(load_town(), Chances(load_habits(), order_rules().calendar, seed, faster), People(seed))


class StaffedCity:
    """What is written and judged minute by minute; `acts`: what the people did, `told`: what the stages of `kept` types gave."""

    def __init__(self, people: Shift, *, facts: bool = False, every: int = MINUTE) -> None:
        basis = sound_basis() if facts else ORDERS_ALONE
        names = inputs() if facts else ("orders",)
        made = {name: stage_of(basis, f"t.events.{name}", 0) for name in names}
        self.stages = {name: stage for name, stage in made.items() if stage is not None}
        self.people, self.every = people, every
        self.feeds = [feed for kind in STAGES for feed in kind.feeds.items()]
        if facts and "orders" not in STAGES[0].feeds:
            self.feeds.append(("orders", revisions_for_orders))
        self.offsets: dict[str, int] = defaultdict(int)
        self.acts: list[Doing] = []
        self.told: list[Output] = []

    def run(self, beats: Iterable[Beat]) -> None:
        """Facts, and at every tick what the people do."""
        for beat in beats:
            if isinstance(beat, int):
                self.tick(beat)
            else:
                self.write(beat.domain, beat.key or None, beat.value)

    def tick(self, now: int) -> None:
        """Time goes on in every partition, and the people do what is due."""
        for name in self.stages:
            self.write(name, None, tick_bytes(now))
        for doing in self.people.due(now):
            self.acts.append(doing)
            self.write(doing.to, doing.subject.encode(), doing.event())

    def work(self, begin: int, minutes: int) -> None:
        """Nothing but time and the people's acts."""
        for minute in range(minutes + 1):
            self.tick(begin + minute * MINUTE)

    def write(self, name: str, key: bytes | None, value: bytes) -> None:
        """A record into a partition, and all that follows from it."""
        if (stage := self.stages.get(name)) is None:
            return
        out = stage.run([(self.offsets[name], key, value)])
        self.offsets[name] += 1
        for each in out:
            if isinstance(each, SEEN):
                self.people.take(each)
        self.told += [each for each in out if not isinstance(each, Matter)]
        if out:
            for to, feed in self.feeds:
                for fed_key, fed_value in feed(out):
                    self.write(to, fed_key, fed_value)

    def orders(self) -> dict[str, Order]:
        """The newest revision of each order."""
        return {each.id: each for each in self.told if isinstance(each, Order)}

    def refusals(self) -> list[tuple[str, str]]:
        """Verb and reason of each refusal of an act on an order or alert."""
        return [(each.verb, each.reason) for each in self.told if isinstance(each, OrderAudit | Audit) and each.event == "refuse"]
