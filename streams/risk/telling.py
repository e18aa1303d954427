"""A sign as events of the domain `data`: whom it is about is registered before the first. Pure."""

from hashlib import blake2s

from streams.messages import HOUR, REGISTERED, Name, Registered, encode, event_bytes, format_time
from streams.risk.signs import Sign, Whom

DOMAIN = "data"

MOST = 10_000
"""Kinds of signs, and of whom, that are told apart in an hour; what is more waits for the next. 本系统默认."""

OFTEN = {"refused_read": 50, "reveal": 100, "export": MOST}
"""How many of a kind of sign are told in an hour, where their number is what is judged: more than rules count. 本系统默认."""

_NAMES = {"data_source": ("数据来源", "Data source"), "data_account": ("数据账号", "Data account")}


def subject_of(whom: Whom) -> str:
    """The subject of the signs about somebody.

    >>> subject_of(Whom("data_account", "lw"))
    'account.lw'
    """
    return f"{whom.kind.removeprefix('data_')}.{whom.name}"


class Telling:
    """Makes the events of the signs of one part (`part`: the source of what it writes), registered in the district `region`.

    Of what is alike one an hour is told, with the number that it stands for.
    """

    def __init__(self, part: str, region: str) -> None:
        self._part, self._region = part, region
        self._registered: set[str] = set()
        self._hour = 0
        self._told: dict[tuple[str, str, str], int] = {}
        self._untold: dict[tuple[str, str, str], int] = {}
        self._number = 0

    def events(self, sign: Sign, now: int, mark: str) -> list[bytes]:
        """The events of a sign at a moment (ms); none where it was told often enough. `mark`: what makes their ids."""
        more = self._more(sign, now)
        if more is None:
            return []
        subject, time = subject_of(sign.whom), format_time(now)
        data = dict(sign.data) | ({"more": more} if more and sign.kind != "export" else {})
        id_ = blake2s(encode([mark, sign.kind, sign.like]), digest_size=16).hexdigest()
        told = self._event(f"{DOMAIN}.{sign.kind}", id_, time, subject, data)
        if subject in self._registered:
            return [told]
        self._registered = {subject} if len(self._registered) >= MOST else self._registered | {subject}
        zh, en = _NAMES[sign.whom.kind]
        facts = Registered(
            kind=sign.whom.kind, name=Name(zh=f"{zh} {sign.whom.name}", en=f"{en} {sign.whom.name}"), adcode=self._region
        )
        return [self._event(DOMAIN + REGISTERED, f"{subject}/r", time, subject, facts), told]

    def _event(self, type_: str, id_: str, time: str, subject: str, data: Registered | dict[str, object]) -> bytes:
        return event_bytes(type=type_, source=self._part, id=id_, time=time, subject=subject, region=self._region, data=data)

    def _more(self, sign: Sign, now: int) -> int | None:
        """How many a sign stands for beside itself; None where it is not told now."""
        if self._hour != now // HOUR:
            self._hour = now // HOUR
            self._told.clear()
        key = (sign.kind, subject_of(sign.whom), sign.like)
        told = self._told.get(key, 0)
        if told >= OFTEN.get(sign.kind, 1) or (not told and len(self._told) >= MOST):
            if len(self._untold) < MOST or key in self._untold:
                self._untold[key] = self._untold.get(key, 0) + sign.stands_for
            return None
        self._told[key] = told + 1
        return self._untold.pop(key, 0) + sign.stands_for - 1
