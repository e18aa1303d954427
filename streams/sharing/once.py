"""Events of the domain `data` that are told once, whoever reads the records again that they are made of. Pure."""

from msgspec import Struct

from streams.messages import REGISTERED, Event, Name, Registered, event_bytes

DOMAIN = "data"

MOST = 200
"""Characters of a name at most."""


class Once:
    """Makes events by a subject and a name that is its own there. `part`: their source, in the district `region`."""

    def __init__(self, part: str, region: str) -> None:
        self._part, self._region = part, region
        self._there: set[str] = set()

    def again(self, event: Event) -> None:
        """An event that the log has: it stands, and is told no more."""
        self._there.add(event.id)

    def registered(self, subject: str, at: str, kind: str, name: Name) -> list[bytes]:
        """The registration of a subject, at the time (RFC 3339) of its first fact."""
        short = Name(zh=name.zh[:MOST], en=name.en[:MOST])
        return self.fact(subject, "registered", at, REGISTERED[1:], Registered(kind=kind, name=short, adcode=self._region))

    def fact(self, subject: str, name: str, at: str, kind: str, data: Struct | dict[str, object]) -> list[bytes]:
        """A fact of a kind, at its time; none where the log has it."""
        id_ = f"{subject}/{name}"
        if id_ in self._there:
            return []
        type_ = f"{DOMAIN}.{kind}"
        return [event_bytes(type=type_, source=self._part, id=id_, time=at, subject=subject, region=self._region, data=data)]
