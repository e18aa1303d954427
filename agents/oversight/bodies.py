"""The bodies of a place as figures are told by them: what is no more counts as what has its duties on a day. Pure."""

from datetime import date

from agents.measures.compare.counted import standing_id
from streams.organs.unit import Units


class StandingBodies:
    """The bodies of a place (`units`) on a day."""

    def __init__(self, units: Units, day: date) -> None:
        self.day, self.units = day, units
        self._standing: dict[str, str] = {}

    def standing(self, unit: str) -> str:
        """The id under which a unit's figures are told; its own where it stands, is unknown, or has no successor."""
        known = self._standing.get(unit)
        if known is None:
            known = self._standing[unit] = standing_id(self.units, self.day, unit)
        return known

    def kind(self, unit: str) -> str:
        """What kind of body that is; empty of one that is unknown."""
        found = self.units.get(self.standing(unit))
        return found.kind if found else ""
