"""A gateway's part of the standing watch: whether a credential that it knows is used in two places at one time. Pure."""

from streams.risk.places import Networks
from streams.risk.signs import Sign, source_named
from streams.risk.telling import Telling


class Following:
    """Where the senders of one part (`part`: the source of what it tells) are; in the district `region`.

    A sender is a name of the part's register; addresses stay in memory.
    """

    def __init__(self, part: str, region: str) -> None:
        self._part, self._networks, self._telling = part, Networks(), Telling(part, region)

    def used(self, sender: str, address: str, now: int) -> list[bytes]:
        """The events to keep where a sender that has shown who it is comes from an address at a moment (ms); mostly none."""
        networks = self._networks.used(sender, address, now)
        if not networks:
            return []
        sign = Sign("two_places", source_named(sender), {"part": self._part, "networks": networks}, self._part)
        return self._telling.events(sign, now, f"{sender}/{now}")
