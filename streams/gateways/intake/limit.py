"""How much is told of what is refused: enough for whoever mends it, never a flood. Pure."""

from streams.messages import DAY, HOUR

EACH = 20
"""What is told one by one in an hour of one device and fault, twice what the rule `bad-frames` counts.

After that the next power of two is told (32nd, 64th, 128th …), with the number that it stands for. 本系统默认 (a default of
this system)."""

STRANGERS = 1_000
"""Who is in no register, or has not shown who it is, that are told in a day, each once. 本系统默认."""

DAILY = frozenset({"device", "password"})
"""Faults that are told once a day of whoever has them."""


class TellingLimit:
    """Counts what is refused; `known` are the senders that may have counts of their own, all others share one.

    `each` and `daily` as EACH and DAILY say.
    """

    def __init__(self, known: frozenset[str], each: int = EACH, daily: frozenset[str] = DAILY) -> None:
        self._known, self._each, self._daily = known, each, daily
        self._hours: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._day = 0
        self._told: set[tuple[str, str]] = set()

    def know(self, senders: frozenset[str]) -> None:
        """These may have counts of their own from now on."""
        self._known = senders

    def __call__(self, sender: str, fault: str, at: int) -> int:
        """For how many of its kind a record at this moment (ms) stands; 0: it is not told."""
        if fault in self._daily:
            return self._once_a_day(sender, fault, at)
        key = (sender if sender in self._known else "", fault)
        hour, count, untold = self._hours.get(key, (0, 0, 0))
        if hour != at // HOUR:
            hour, count = at // HOUR, 0
        count, untold = count + 1, untold + 1
        told = count <= self._each or count & (count - 1) == 0
        self._hours[key] = (hour, count, 0 if told else untold)
        return untold if told else 0

    def _once_a_day(self, sender: str, fault: str, at: int) -> int:
        if self._day != at // DAY:
            self._day = at // DAY
            self._told.clear()
        if (sender, fault) in self._told or len(self._told) >= STRANGERS:
            return 0
        self._told.add((sender, fault))
        return 1
