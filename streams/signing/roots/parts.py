"""What the key of each part of the system may, in one table: as little as its work needs. Pure."""

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from streams.messages import ADOPTED, CELLS, COMMAND, NOTICE, RESUMED, REVISED, RIGHTS, ROLES, SIGN_FIGURE, SIGN_REGISTERED
from streams.messages.orders import FILED, LINK
from streams.messages.orders import RELEASE as UNTIED
from streams.messages.rights import ALERT_RIGHTS, INCIDENT_RIGHTS, ORDER
from streams.messages.times import HOUR, SECOND
from streams.signing.proofs.seal import ANCHOR, MANIFEST, SEAL
from streams.signing.series import Policy
from streams.signing.suites import SUITES
from streams.signing.ticks import CHAIN

PLAIN, BULK = "ed25519-sha256", "ed25519-sha256-tree"
EVERYWHERE = "*"
FORGET, RELEASE = "personal.forget", "personal.release"
ORDERS = (FORGET, "personal.cancel", "personal.hold", RELEASE)
"""What people order of the keeper of keys; the first and the last let texts be destroyed."""

ANSWERS = ("personal.accepted", "personal.refused", "personal.destroyed", "personal.look")
"""What the keeper of keys writes."""

STAFF = "staff"
"""The part that signs what the people of a simulated city do."""

EVENTS = "events."
FEED = (REVISED, FILED, LINK, UNTIED, CELLS, SIGN_REGISTERED, SIGN_FIGURE)
"""What a worker writes into the input of another stage."""

_PERSONS = tuple(role for role in ROLES if role != "viewer")
_NOTIFY = "notify"
_DELIVER = f"{COMMAND}{ORDER}deliver"
_ACTS = (*(COMMAND + verb for verb in (*ALERT_RIGHTS, *INCIDENT_RIGHTS) if verb != _NOTIFY), f"{COMMAND}{ORDER}*")
_NOT_KEPT = frozenset({"jobs", "catalogue", "entries", "appraisal", "device-acts"})
_DESK = (*_ACTS, "job.*", "shift.*", "catalogue.*", "entry.*", "appraisal.*", *ORDERS)

ADMIN_ACTS = tuple(COMMAND + verb for verb, roles in RIGHTS.items() if set(roles) == {"admin"})
"""The acts that the administrator alone may do: what hides alarms by design."""

COSIGNED = (ADOPTED, NOTICE, RESUMED, FORGET, RELEASE, *ADMIN_ACTS)
"""What needs a second signature unless a log's policy says otherwise; what a desk does daily is not among it."""

AHEAD = HOUR
"""How far a clock may go on after the newest tick without a second signature (ms): the bound of logs that were never opened."""

STALE = HOUR
"""How old a signed act may be (ms)."""


class PartRights(Struct, frozen=True, kw_only=True):
    """What a part's key may, as `key.added` has it."""

    suite: str = PLAIN
    may: tuple[str, ...] = ()
    cosigns: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    to: tuple[str, ...]


class PartRow(Struct, frozen=True):
    """A row: the form of a part's name, what it is, and what it may, where a log has these places and domains."""

    name: str
    what: str
    rights: Callable[[tuple[str, ...], tuple[str, ...]], PartRights]


def _desk(places: Iterable[str]) -> tuple[str, ...]:
    beside = {"jobs", "handovers", "forgets", "catalogue", "entries", "appraisal"}
    return tuple(place for place in places if place.startswith(EVENTS) or place in beside)


def _stages(places: Iterable[str]) -> tuple[str, ...]:
    return tuple(place for place in places if place.startswith(EVENTS))


def _registrar(_places: tuple[str, ...], domains: tuple[str, ...]) -> PartRights:
    return PartRights(
        suite=BULK, may=tuple(f"{domain}.*" for domain in domains), to=tuple(f"{EVENTS}{domain}" for domain in domains)
    )


PARTS = (
    PartRow("clock", "tells the time", lambda *_: PartRights(may=(CHAIN, RESUMED), to=(EVERYWHERE,))),
    PartRow(
        "clock-second",
        "the second signature of a clock that goes on after a long gap",
        lambda *_: PartRights(cosigns=(RESUMED,), to=(EVERYWHERE,)),
    ),
    PartRow(
        r"screen-\d+",
        "writes what signed-in people do",
        lambda places, _: PartRights(may=_DESK, roles=_PERSONS, to=_desk(places)),
    ),
    PartRow(
        "notifier",
        "says in the log what it has sent, and how its channels are",
        lambda places, _: PartRights(
            may=(COMMAND + _NOTIFY, _DELIVER, "service.registered"), roles=("notifier",), to=_stages(places)
        ),
    ),
    PartRow(
        r"worker-\d+",
        "seals what it has judged, and passes on to other stages what they read of it",
        lambda places, _: PartRights(may=(*FEED, SEAL), to=_stages(places)),
    ),
    PartRow("audit", "anchors what the workers have sealed", lambda *_: PartRights(may=(ANCHOR,), to=())),
    PartRow("archive", "says what its files hold", lambda *_: PartRights(may=(MANIFEST,), to=())),
    PartRow(
        "rules",
        "adopts rule books and notices of holidays; with a second signature",
        lambda *_: PartRights(may=(ADOPTED, NOTICE), to=(EVERYWHERE,)),
    ),
    PartRow(r"registrar-[a-z0-9-]+", "a gateway's registers, and whatever else a person or an office states", _registrar),
    PartRow(
        STAFF,
        "acts as the people of a simulated city; no live log adopts its key by default",
        lambda places, _: PartRights(may=_ACTS, roles=_PERSONS, to=_stages(places)),
    ),
    PartRow(
        "keeper",
        "keeps the keys of personal texts",
        lambda places, _: PartRights(may=ANSWERS, to=tuple(each for each in places if each not in _NOT_KEPT)),
    ),
    PartRow(
        r"cli-[a-z0-9._-]+",
        "a person's own key at a command line; signs as the second too",
        lambda places, _: PartRights(
            may=(*_DESK, "device.*"),
            cosigns=(ADOPTED, NOTICE, FORGET, RELEASE, *ADMIN_ACTS),
            roles=_PERSONS,
            to=(*_desk(places), *(place for place in places if place == "device-acts"), EVERYWHERE),
        ),
    ),
)
"""All parts that sign. Job worker and measures write outputs alone, and have no key here."""


def rights_of_part(name: str, places: tuple[str, ...], domains: tuple[str, ...]) -> PartRights:
    """What the key of a part may in a log with these places (`sigto`) and domains; ValueError where there is no such part."""
    for row in PARTS:
        if re.fullmatch(row.name, name):
            return row.rights(places, domains)
    raise ValueError(f"no part is called {name!r}: the parts are {', '.join(row.name for row in PARTS)}")


def usual_policy(*, simulated: bool, step: int = SECOND) -> Policy:
    """The policy of a new log: all that no instrument measures is signed. Acts of any age in simulated time; `step` in ms."""
    return Policy(signed=("*",), cosigned=COSIGNED, ahead=AHEAD, stale=0 if simulated else STALE, step=step)


def suites_of(rights: Iterable[PartRights]) -> tuple[str, ...]:
    """The suites of these keys in the order of the table of suites."""
    wanted = {each.suite for each in rights}
    return tuple(name for name in SUITES if name in wanted)
