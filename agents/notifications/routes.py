"""Routes: which channel gets a notification of which alert, and what each channel takes."""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from agents.core.duration import span
from agents.notifications.duty import DutyTable
from agents.notifications.hours import Hours, minute_of_week
from streams.messages import Alert, Kind, Phase, Severity

Language = Literal["zh", "en"]

ON_DUTY = "on duty"
"""What a route writes for `to` where the duty table says whom it reaches."""

ChannelName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class Channel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to reach people.

    Its address, an Apprise URL, is a secret: it stands in the environment variable `url_env` or in the first line of the file
    `url_file`. At most `limit` messages go out in `window`; where more is waiting than is left of that, it goes as a digest
    (20 a minute: what WeCom and DingTalk let a group robot send). After a failure the next attempt waits for `retry`, twice
    as long each time up to `longest`. What could not be delivered `give_up` after it was due is given up. All are choices.
    """

    url_env: str = ""
    url_file: str = ""
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 20
    window: str = "1m"
    retry: str = "5s"
    longest: str = "5m"
    give_up: str = "24h"


class Route(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To whom what goes: all that is given must fit; what is left out fits always.

    `adcodes` are beginnings of district codes (GB/T 2260), `hours` those of the notifier's wall clock.
    """

    to: Literal["on duty"] | Annotated[tuple[ChannelName, ...], Meta(min_length=1)]
    kinds: tuple[Kind, ...] = ()
    departments: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    adcodes: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = ()
    hours: tuple[Hours, ...] = ()
    language: Language = "zh"

    def fits(self, kind: Kind, alert: Alert, minute: int) -> bool:
        """Whether it is for a kind of notice of this alert in a minute of the week."""
        wanted = (
            (self.kinds, kind),
            (self.departments, alert.department.id),
            (self.severities, alert.severity),
            (self.domains, alert.domain),
            (self.phases, alert.phase),
        )
        return (
            all(not some or one in some for some, one in wanted)
            and (not self.adcodes or alert.adcode.startswith(self.adcodes))
            and (not self.hours or any(hours.covers(minute) for hours in self.hours))
        )


class Routes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of routes."""

    channels: dict[ChannelName, Channel]
    routes: tuple[Route, ...]


def recipients(routes: Routes, duty: DutyTable | None, kind: Kind, alert: Alert, at: int) -> dict[str, Language]:
    """The channels that get a notice, each once, with the language of the first route there; `at` is wall clock (ms)."""
    minute = minute_of_week(at)
    found: dict[str, Language] = {}
    for route in routes.routes:
        if route.fits(kind, alert, minute):
            for channel in _on_duty(duty, kind, alert, minute) if route.to == ON_DUTY else route.to:
                found.setdefault(channel, route.language)
    return found


def faults(routes: Routes, duty: DutyTable | None, departments: Collection[str], domains: Collection[str]) -> Iterator[str]:
    """What is wrong with routes, each with its place in the file."""
    for name, channel in routes.channels.items():
        yield from _channel_faults(f"channels.{name}", channel)
    for number, route in enumerate(routes.routes):
        place = f"routes[{number}]"
        for what, named, known in (
            ("departments", route.departments, departments),
            ("domains", route.domains, domains),
            ("to", () if route.to == ON_DUTY else route.to, routes.channels),
        ):
            for one in named:
                if one not in known:
                    yield f"{place}.{what}: there is no {one!r}; known are {', '.join(sorted(known)) or 'none'}"
        if route.to == ON_DUTY:
            yield from _duty_faults(place, route, duty, departments)
    for key, person in {} if duty is None else duty.people.items():
        for one in person.channels:
            if one not in routes.channels:
                yield f"channels: the duty table reaches {key!r} by {one!r}, which is not among them"


def _on_duty(duty: DutyTable | None, kind: Kind, alert: Alert, minute: int) -> Iterator[str]:
    """The channels of those on duty: an escalation is for the level that it came to, all else for that and those below."""
    if duty is not None:
        for level in range(alert.level if kind in {"escalated", "reminded"} else 1, alert.level + 1):
            for person in duty.on_duty(alert.department.id, level, minute):
                yield from duty.people[person].channels


def _channel_faults(place: str, channel: Channel) -> Iterator[str]:
    if bool(channel.url_env) == bool(channel.url_file):
        yield f"{place}: give url_env or url_file, one of the two"
    for name in ("window", "retry", "longest", "give_up"):
        try:
            span(getattr(channel, name))
        except ValueError as error:
            yield f"{place}.{name}: {error}"


def _duty_faults(place: str, route: Route, duty: DutyTable | None, departments: Collection[str]) -> Iterator[str]:
    if duty is None:
        yield f"{place}.to: {ON_DUTY!r} needs a duty table: give --duty FILE"
        return
    missing = [name for name in route.departments or sorted(departments) if duty.desk(name, 1) is None]
    if missing:
        yield f"{place}.to: the duty table has no desk for {', '.join(missing)}: add one, or one of department '*'"
