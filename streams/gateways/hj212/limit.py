"""How much is told of what is refused: enough for whoever mends it, never a flood. Pure."""

from streams.messages import DAY, HOUR

EACH = 20
"""Bad frames of one device and fault that are told one by one in an hour, twice what the rule `bad-frames` counts.

After that the 32nd, 64th, 128th … is told, with the number that it stands for. 本系统默认 (a default of this system)."""

STRANGERS = 1_000
"""Devices that are in no register, or whose password is wrong, that are told in a day, each once. 本系统默认."""


class TellingLimit:
    """Counts what is refused; `known` are the devices that may have counts of their own, all others share one."""

    def __init__(self, known: frozenset[str]) -> None:
        self._known = known
        self._hours: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._day = 0
        self._told: set[tuple[str, str]] = set()

    def __call__(self, mn: str, fault: str, at: int) -> int:
        """For how many of its kind a record at this moment (ms) stands; 0: it is not told."""
        if fault in {"device", "password"}:
            return self._once_a_day(mn, fault, at)
        key = (mn if mn in self._known else "", fault)
        hour, count, untold = self._hours.get(key, (0, 0, 0))
        if hour != at // HOUR:
            hour, count = at // HOUR, 0
        count, untold = count + 1, untold + 1
        told = count <= EACH or count & (count - 1) == 0
        self._hours[key] = (hour, count, 0 if told else untold)
        return untold if told else 0

    def _once_a_day(self, mn: str, fault: str, at: int) -> int:
        if self._day != at // DAY:
            self._day = at // DAY
            self._told.clear()
        if (mn, fault) in self._told or len(self._told) >= STRANGERS:
            return 0
        self._told.add((mn, fault))
        return 1
