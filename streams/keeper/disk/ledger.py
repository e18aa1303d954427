"""What people have ordered and what is owed, in the store: acts, holds, and families that an act has ended."""

from msgspec import Struct
from msgspec.json import decode, encode

from streams.keeper.acts import CancelForget, Forget, Order
from streams.keeper.disk.store import KeyRecord, Store
from streams.keeper.disk.twofold import Change
from streams.messages.personal import FORGET, HOLD, RELEASE, Destroyed


class Pending(Struct, frozen=True):
    """An order to forget that holds: its id, from when its grace runs (ms), and what it says."""

    id: str
    since: int
    order: Forget


class Ended(Struct, frozen=True):
    """What was destroyed at a time (ms), and must be told."""

    at: int
    destroyed: Destroyed


class Ledger:
    """The acts in the keeper's store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._base = store.base

    def content(self, act: str) -> str | None:
        """The content digest of an act that was settled; None where it is not known."""
        return next((content for (content,) in self._base.read("select content from act where id = ?", (act,))), None)

    def state(self, act: str) -> str:
        """How an act stands: pending, done, cancelled or refused; empty where it is not known."""
        return next((state for (state,) in self._base.read("select state from act where id = ?", (act,))), "")

    def settle(self, act: str, kind: str, content: str, since: int, order: Order, *, refused: bool) -> None:
        """Remember an act that was accepted or refused, and do what it says of others."""
        state = "refused" if refused else "pending" if kind == FORGET else "done"
        with self._base.write() as change:
            change.do("insert or ignore into act values (?, ?, ?, ?, ?)", (act, content, since, state, encode(order)))
            change.do("update act set content = ?, value = ? where id = ? and content = ''", (content, encode(order), act))
            if not refused:
                self._effect(change, kind, act, order)

    def end(self, act: str, state: str) -> None:
        """An order to forget is done, or refused after all."""
        with self._base.write() as change:
            change.do("update act set state = ? where id = ?", (state, act))

    def positions(self) -> dict[int, int]:
        """By partition of the orders' topic, up to which offset they were dealt with."""
        return dict(self._base.read("select part, next from position"))

    def read_to(self, positions: dict[int, int]) -> None:
        """The orders before these offsets are dealt with."""
        with self._base.write() as change:
            for each in positions.items():
                change.do("insert or replace into position values (?, ?)", each)

    def pending(self) -> list[Pending]:
        """The orders to forget that are not done, the oldest first."""
        found = self._base.read("select id, at, value from act where state = 'pending' order by at, id")
        return [Pending(id_, at, decode(value, type=Forget)) for id_, at, value in found]

    def matching(self, order: Forget) -> list[KeyRecord]:
        """The keys of an order's scope."""
        family, person = order.names
        rows = self._store.rows("where family = ?", (family,)) if family else self._store.rows("where person = ?", (person,))
        return [row for row in rows if not order.parties or row.party in order.parties]

    def held(self, order: Forget) -> bool:
        """Whether a hold is on anything of an order's scope."""
        rows = self.matching(order)
        scopes = {_scope(order.names), *(_scope((row.family, "")) for row in rows)}
        scopes |= {_scope(("", row.person)) for row in rows if row.person}
        return not scopes.isdisjoint(self.holds())

    def holds(self) -> set[str]:
        """The scopes that are held: `family/…`, `person/…`."""
        return {scope for (scope,) in self._base.read("select scope from hold")}

    def ended(self, act: str) -> set[tuple[str, str]]:
        """What an act has ended: families, and the class of their keys."""
        return {(family, class_) for family, class_ in self._base.read("select family, class from done where act = ?", (act,))}

    def ended_since(self, at: int) -> int:
        """How many families were ended after a time (ms)."""
        ((count,),) = self._base.read("select count(distinct family) from done where at > ?", (at,))
        return int(count)

    def destroy(self, ended: Ended, *, told: bool = False) -> None:
        """Destroy keys and pseudonyms, and owe the rest, in one change. `told`: the log has it already."""
        gone = ended.destroyed
        row = (gone.forget, *gone.what, ended.at, "told" if told else "owed", encode(gone))
        with self._base.write() as change:
            self._store.destroy(change, gone.forget, gone.kids, gone.people)
            change.do("insert or ignore into done values (?, ?, ?, ?, ?, ?)", row)
        self._base.wipe()

    def owed(self) -> list[Ended]:
        """What was destroyed and is not told yet."""
        found = self._base.read("select at, destroyed from done where state = 'owed' order by act, family, class")
        return [Ended(at, decode(value, type=Destroyed)) for at, value in found]

    def told(self, ended: Ended) -> None:
        """All of it is in the log."""
        with self._base.write() as change:
            whose = (ended.destroyed.forget, *ended.destroyed.what)
            change.do("update done set state = 'told' where act = ? and family = ? and class = ?", whose)

    @staticmethod
    def _effect(change: Change, kind: str, act: str, order: Order) -> None:
        if isinstance(order, CancelForget):
            cancelled = (order.forget, "", 0, "cancelled", b"null")
            change.do("insert or ignore into act values (?, ?, ?, ?, ?)", cancelled)  # it may be read first, after a restore
            change.do("update act set state = 'cancelled' where id = ? and state = 'pending'", (order.forget,))
        elif kind == HOLD:
            change.do("insert or replace into hold values (?, ?)", (_scope(order.names), act))
        elif kind == RELEASE:
            change.do("delete from hold where scope = ?", (_scope(order.names),))


def _scope(names: tuple[str, str]) -> str:
    family, person = names
    return f"family/{family}" if family else f"person/{person}"
