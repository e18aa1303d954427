"""The domains side by side: what each has open, where, and at which of its places most. Pure but for the catalogue."""

from heapq import nsmallest

from msgspec import Struct

from screen.feed.alarm_counts import Counts, Kind
from screen.feed.slices.alarms import Alarms
from screen.feed.view import View
from screen.wall.figures import NONE, by_district
from streams.catalogue import domains, on_screen
from streams.catalogue.sight import NOBODY, seen
from streams.messages import Name, Text

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
    """Every domain of the catalogue, in their order on the screen."""
    listed = domains()
    kinds: dict[str, list[tuple[Kind, int]]] = {}
    for kind, count in view[Alarms].counts.kinds.items():
        kinds.setdefault(kind.domain, []).append((kind, count))
    sites: dict[str, list[tuple[Counts, str]]] = {}
    for (name, subject), counts in view[Alarms].counts.sites.items():
        sites.setdefault(name, []).append((counts, subject))
    return [_share(view, name, listed[name].title, kinds.get(name, []), sites.get(name, [])) for name in on_screen()]


def _share(view: View, name: str, title: Text, kinds: list[tuple[Kind, int]], sites: list[tuple[Counts, str]]) -> Share:
    districts = sorted(by_district(kinds).items())
    worst = nsmallest(MOST_SITES, sites, key=lambda site: ([-count for count in site[0]], site[1]))
    return Share(
        name=name,
        title=title,
        counts=tuple(map(sum, zip(NONE, *(its.counts for _, its in districts), strict=True))),
        loads={adcode: its.load for adcode, its in districts},
        red={adcode: its.red_unacknowledged for adcode, its in districts if its.red_unacknowledged},
        sites=len(sites),
        worst=tuple(_site(view, name, subject, found) for found, subject in worst),
    )


def _site(view: View, domain: str, subject: str, counts: Counts) -> Site:
    first = next(alert for alert in view[Alarms].counts.subjects[subject] if alert.domain == domain)
    return Site(seen(first, NOBODY).name, first.adcode, counts)
