"""The domains side by side: what each has open, where, and at which of its places most. Pure but for the catalogue."""

from collections import Counter

from msgspec import Struct

from screen.figures import WEIGHTS, acknowledged, by_severity
from screen.view import View
from streams.catalogue import domains
from streams.messages import Alert, Name, Text

FIRST = ("environment", "food_drug", "special_equipment", "cyber", "service")
"""The order of the look; a domain that is not here comes after these."""

MOST_SITES = 12


class Site(Struct, frozen=True):
    """A place with open alerts: its name, its district, and how many of each severity, worst first."""

    name: Name
    adcode: str
    counts: tuple[int, ...]


class Share(Struct, frozen=True):
    """A domain's open alerts by severity (worst first), and its load and unacknowledged red ones in each district that has any.

    `sites`: how many places have open alerts; `worst`: those with the most, at most MOST_SITES.
    """

    name: str
    title: Text
    counts: tuple[int, ...]
    loads: dict[str, int]
    red: dict[str, int]
    sites: int
    worst: tuple[Site, ...]


def shares(view: View) -> list[Share]:
    """Every domain of the catalogue."""
    listed = domains()
    by_domain: dict[str, list[Alert]] = {}
    for alert in view.alerts.values():
        by_domain.setdefault(alert.domain, []).append(alert)
    names = [name for name in FIRST if name in listed] + [name for name in listed if name not in FIRST]
    return [_share(name, listed[name].title, by_domain.get(name, [])) for name in names]


def _share(name: str, title: Text, alerts: list[Alert]) -> Share:
    loads: Counter[str] = Counter()
    sites: dict[str, list[Alert]] = {}
    for alert in alerts:
        loads[alert.adcode] += WEIGHTS[alert.severity]
        sites.setdefault(alert.subject, []).append(alert)
    red = Counter(alert.adcode for alert in alerts if alert.severity == "red" and not acknowledged(alert))
    places = {subject: Site(found[0].name, found[0].adcode, by_severity(found)) for subject, found in sites.items()}
    worst = sorted(places, key=lambda subject: ([-count for count in places[subject].counts], subject))[:MOST_SITES]
    return Share(
        name=name,
        title=title,
        counts=by_severity(alerts),
        loads=dict(sorted(loads.items())),
        red=dict(sorted(red.items())),
        sites=len(places),
        worst=tuple(places[subject] for subject in worst),
    )
