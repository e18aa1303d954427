"""The subjects of a partition over time, as signs count them: what each is registered as, where, whether it is in service."""

from bisect import insort
from collections.abc import Iterable, Iterator

from msgspec import Struct

from agents.signs.facts import Service
from streams.messages import Registered


class KeptService(Struct, array_like=True):
    """A subject's service as a checkpoint holds it."""

    name: str
    registered: list[tuple[int, str, str]]
    steps: list[tuple[int, bool]]


NOWHERE = "000000"
"""The district of subjects whose registration names none."""


def district_of(adcode: str) -> str:
    """The six digits of the district of a code of the state, of a district (six) or a street (nine).

    >>> district_of("410105"), district_of("410105001"), district_of("?")
    ('410105', '410105', '000000')
    """
    return adcode[:6] if len(adcode) in {6, 9} and adcode.isascii() and adcode.isdigit() else NOWHERE


class Services:
    """The services by subject; `of_kind` those that are or were registered as a kind."""

    def __init__(self) -> None:
        self.known: dict[str, Service] = {}
        self.of_kind: dict[str, dict[str, Service]] = {}
        self._areas: set[str] = set()
        self._touched: set[str] = set()
        self._changed: dict[str, None] = {}

    def register(self, name: str, facts: Registered, at: int) -> None:
        """A subject was registered at `at` (ms)."""
        kind, area = facts.kind, district_of(facts.adcode)
        service = self.known.get(name)
        if service is None:
            service = self.known[name] = Service([], [])
        if service.registered and service.registered[-1][0] <= at and service.registered[-1][1:] == (kind, area):
            return
        insort(service.registered, (at, kind, area), key=lambda each: each[0])
        self.of_kind.setdefault(kind, {})[name] = service
        self._areas.add(area)
        self._change(name)

    def step(self, name: str, at: int, *, serves: bool) -> None:
        """A subject has left service, or come back."""
        service = self.known.get(name)
        if service is not None:
            insort(service.steps, (at, serves), key=lambda each: each[0])
            self._change(name)

    def standing(self, name: str, at: int) -> tuple[str, str] | None:
        """Kind and district of a subject when a fact of it happened; where it was not in service then, those of today."""
        service = self.known.get(name)
        return None if service is None else service.when(at)

    def areas(self) -> set[str]:
        """The districts in which subjects are or were registered."""
        return self._areas

    def touched(self) -> set[str]:
        """Those that have changed since they were asked for so, or were taken up."""
        touched, self._touched = self._touched, set()
        return touched

    def changes(self) -> list[KeptService]:
        """Those that have changed since they were asked for."""
        changed, self._changed = self._changed, {}
        return [self._kept(name) for name in changed]

    def whole(self) -> Iterator[KeptService]:
        """All of them."""
        self._changed = {}
        return (self._kept(name) for name in self.known)

    def take_up(self, kept: Iterable[KeptService]) -> None:
        """Go on with these."""
        for each in kept:
            service = self.known[each.name] = Service(each.registered, each.steps)
            for _, kind, area in each.registered:
                self.of_kind.setdefault(kind, {})[each.name] = service
                self._areas.add(area)
            self._touched.add(each.name)

    def _kept(self, name: str) -> KeptService:
        service = self.known[name]
        return KeptService(name, service.registered, service.steps)

    def _change(self, name: str) -> None:
        self._changed[name] = None
        self._touched.add(name)


def is_plain(service: Service, at: int) -> bool:
    """Whether a subject was registered once, before a moment, and has been in service ever since."""
    return len(service.registered) == 1 and not service.steps and service.registered[0][0] <= at
