"""A sign as events of the domain `data`: whom it is about is registered before the first. Pure."""

from hashlib import blake2s

from msgspec import Struct

from streams.messages import HOUR, REGISTERED, Event, Name, Registered, encode, event_bytes, format_time, parse_time
from streams.risk.signs import Sign, Whom

DOMAIN = "data"

MOST = 10_000
"""Kinds of signs, and of whom, that are told apart in an hour; what is more waits for the next. 本系统默认."""

OFTEN = {"refused_read": 50, "export": MOST}
"""How many of a kind of sign are told in an hour, where their number is what is judged: more than rules count. 本系统默认."""

_NAMES = {"data_source": ("数据来源", "Data source"), "data_account": ("数据账号", "Data account")}


def subject_of(whom: Whom) -> str:
    """The subject of the signs about somebody.

    >>> subject_of(Whom("data_account", "lw"))
    'account.lw'
    """
    return f"{whom.kind.removeprefix('data_')}.{whom.name}"


def key_of(sign: Sign) -> str:
    """By what a sign is like others: its kind, whom it is about, and what makes two of them alike."""
    return blake2s(encode([sign.kind, subject_of(sign.whom), sign.like]), digest_size=8).hexdigest()


class ToldSoFar(Struct, frozen=True):
    """What was told, for the next start: the hour that it was last, and in it how often what is alike was told, by key.

    `untold`: how many of each were not; `registered`: about whom.
    """

    hour: int
    told: dict[str, int]
    untold: dict[str, int]
    registered: list[str]


class Telling:
    """Makes the events of the signs of one part (`part`: the source of what it writes), registered in the district `region`.

    Of what is alike one an hour is told, with the number that it stands for.
    """

    def __init__(self, part: str, region: str) -> None:
        self._part, self._region = part, region
        self._registered: set[str] = set()
        self._hour = 0
        self._told: dict[str, int] = {}
        self._untold: dict[str, int] = {}
        self._there: set[str] = set()

    def events(self, sign: Sign, now: int, mark: str) -> list[bytes]:
        """The events of a sign at a moment (ms); none where it was told often enough. `mark`: what makes their ids."""
        key = key_of(sign)
        id_ = f"{key}-{blake2s(mark.encode(), digest_size=16).hexdigest()}"
        if id_ in self._there:
            return []
        more = self._more(sign, key, now)
        if more is None:
            return []
        subject, time = subject_of(sign.whom), format_time(now)
        data = dict(sign.data) | ({"more": more} if more and sign.kind != "export" else {})
        told = self._event(f"{DOMAIN}.{sign.kind}", id_, time, subject, data)
        if subject in self._registered:
            return [told]
        self._registered = {subject} if len(self._registered) >= MOST else self._registered | {subject}
        zh, en = _NAMES[sign.whom.kind]
        facts = Registered(
            kind=sign.whom.kind, name=Name(zh=f"{zh} {sign.whom.name}", en=f"{en} {sign.whom.name}"), adcode=self._region
        )
        return [self._event(DOMAIN + REGISTERED, f"{subject}/r", time, subject, facts), told]

    def state(self) -> ToldSoFar:
        """What was told, for the next start."""
        return ToldSoFar(self._hour, self._told, self._untold, sorted(self._registered))

    def restore(self, state: ToldSoFar) -> None:
        """Take up what `state` gave."""
        self._hour, self._told, self._untold = state.hour, dict(state.told), dict(state.untold)
        self._registered = {*state.registered}

    def again(self, event: Event) -> None:
        """An event that was told after that state: it stands, and is told no more."""
        if event.type == DOMAIN + REGISTERED:
            self._registered.add(event.subject)
            return
        self._there.add(event.id)
        self._in_hour(parse_time(event.time))
        key = event.id.partition("-")[0]
        self._told[key] = self._told.get(key, 0) + 1
        self._untold.pop(key, None)

    def _event(self, type_: str, id_: str, time: str, subject: str, data: Registered | dict[str, object]) -> bytes:
        return event_bytes(type=type_, source=self._part, id=id_, time=time, subject=subject, region=self._region, data=data)

    def _in_hour(self, now: int) -> None:
        if self._hour != now // HOUR:
            self._hour = now // HOUR
            self._told.clear()

    def _more(self, sign: Sign, key: str, now: int) -> int | None:
        """How many a sign stands for beside itself; None where it is not told now."""
        self._in_hour(now)
        told = self._told.get(key, 0)
        if told >= OFTEN.get(sign.kind, 1) or (not told and len(self._told) >= MOST):
            if len(self._untold) < MOST or key in self._untold:
                self._untold[key] = self._untold.get(key, 0) + sign.stands_for
            return None
        self._told[key] = told + 1
        return self._untold.pop(key, 0) + sign.stands_for - 1
