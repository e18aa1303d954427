"""The end of keys and texts: rows deleted, tombstones written, and all of it told. Every step may be done twice."""

from collections.abc import Callable
from hashlib import sha256

from msgspec import Struct

from streams.keeper.acts import FORGETS
from streams.keeper.disk.ledger import Ended, Ledger
from streams.keeper.disk.shelf import Shelf
from streams.keeper.disk.store import Store
from streams.keeper.log import SEALED, Log
from streams.messages import event_bytes, format_time
from streams.messages.personal import DESTROYED, Destroyed

Sign = Callable[[bytes, str], bytes]
"""Signs an event for a place (`sigto`)."""

Tell = Callable[[str, dict[str, object]], None]
"""Tells whoever runs the keeper what happened, never a text: its name, and what is known of it."""

_STAGES = "events."


def place_of(family: str) -> tuple[str, str] | None:
    """Topic and subject of a family that is judged, `events.environment/站-001`; None of another, as `handovers/hb`.

    >>> place_of("events.environment/站-001"), place_of("handovers/hb")
    (('events.environment', '站-001'), None)
    """
    topic, _, subject = family.partition("/")
    return (topic, subject) if topic.startswith(_STAGES) and subject else None


class Destruction:
    """Destroys in a store, and tells the log. `sign`: with the keeper's key."""

    def __init__(self, store: Store, ledger: Ledger, log: Log, shelf: Shelf, sign: Sign, tell: Tell) -> None:
        self._store, self._ledger, self._log, self._shelf = store, ledger, log, shelf
        self._sign, self._tell = sign, tell

    def end(self, act: str, what: tuple[str, str], kids: tuple[str, ...], people: tuple[str, ...], now: int) -> None:
        """Destroy what an act has ended, a family and the class of its keys, and tell it. `now` in ms."""
        destroyed = Destroyed(
            forget=act,
            family=what[0],
            class_=what[1],
            kids=kids,
            people=people,
            epoch=self._store.epoch,
            backupsdead=format_time(self._store.ends),
        )
        ended = Ended(now, destroyed)
        self._ledger.destroy(ended)
        self.finish(ended)

    def finish(self, ended: Ended) -> None:
        """Bury the texts of what was destroyed, and tell it in the family's trail and among the orders."""
        gone = ended.destroyed
        self.bury(gone)
        name = f"{gone.forget}-destroyed-{sha256('/'.join(gone.what).encode()).hexdigest()[:16]}"
        at = format_time(ended.at)
        if place := place_of(gone.family):
            self.write(DESTROYED, name, at, gone, *place)
        self.write(DESTROYED, name, at, gone, FORGETS, gone.family or gone.people[0])
        self._ledger.told(ended)
        self._tell("forgotten", {"act": gone.forget, "family": gone.family, "keys": len(gone.kids)})

    def bury(self, gone: Destroyed) -> None:
        """Tombstones for the texts of keys that are gone, and the end of their originals."""
        self._shelf.bury(gone.kids)
        for digest, kid in list(self._log.texts()):
            if kid in gone.kids:
                self._log.write(SEALED, digest, None)

    def write(self, kind: str, id_: str, at: str, data: Struct, topic: str, subject: str) -> None:
        """Write an event of the keeper's own, signed."""
        event = event_bytes(type=kind, source="keeper", id=id_, time=at, subject=subject, data=data)
        self._log.write(topic, subject, self._sign(event, topic))
