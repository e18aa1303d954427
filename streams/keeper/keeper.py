"""The keeper: alone it seals and opens. A text stands in Kafka before its reference is given out, a look before a text is."""

import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable

from streams.keeper.acts import LOOK, Look
from streams.keeper.destruction import Sign, Tell
from streams.keeper.disk.store import Class, KeyRecord, Owner, Store
from streams.keeper.errors import KeeperError, RefusedError
from streams.keeper.forgetting import Forgetting
from streams.keeper.log import LOOKS, SEALED, Log
from streams.keeper.wire import NamePerson, Opened, OpenText, SealText, Standing
from streams.messages import event_bytes, format_time
from streams.messages.words import Sealed
from streams.sealing.record import Spot, UnopenedError, is_bound, opened, seal

Right = Callable[[OpenText, Class], str]
"""Why this person may not look at a text of this class, in this family for this purpose; empty where that is allowed."""

Now = Callable[[], int]


class Keeper:
    """Seals and opens the texts of one log. Not thread-safe: whoever serves it has one lock. `now`: ms since 1970."""

    def __init__(
        self, store: Store, log: Log, forgetting: Forgetting, logid: str, sign: Sign, right: Right, tell: Tell, now: Now
    ) -> None:
        self._store, self._log, self._forgetting, self._logid = store, log, forgetting, logid
        self._sign, self._right, self._tell, self._now = sign, right, tell, now
        self.counts = Counter[str]()

    def seal(self, asked: SealText) -> Sealed:
        """The reference to a text: its key is durable by then, and Kafka has the text. RefusedError where there is none."""
        if not asked.text.strip():
            raise RefusedError("there is no text to seal")
        now = self._now()
        try:
            key = self._store.key_for(Owner(asked.family, asked.party, asked.class_, asked.person), now)
        except sqlite3.Error as error:
            raise KeeperError(f"no key could be made durable: {error}; make room on the disks of the store") from None
        spot = Spot(self._logid, asked.type, asked.id, asked.path)
        try:
            reference, value = seal(key, spot, asked.text)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        self._log.write(SEALED, reference.digest, value)
        self.counts["sealed"] += 1
        return reference

    def person(self, asked: NamePerson) -> str:
        """The pseudonym of a person for a purpose."""
        try:
            return self._store.person(asked.purpose, asked.identifier, self._now())
        except sqlite3.Error as error:
            raise KeeperError(f"no pseudonym could be made durable: {error}; make room on the disks of the store") from None

    def open(self, asked: OpenText) -> Opened:
        """The text of a reference, once Kafka has the look; else why not. AwayError where Kafka does not take the look."""
        found = self._open(asked)
        self.counts[f"looks {found.state}"] += 1
        if found.state == "unavailable":
            self._tell("text lost", {"kid": asked.reference.kid, "digest": asked.reference.digest, "why": found.why})
        return found

    def standing(self, log: str) -> Standing:
        """How the keeper stands."""
        ledger = self._forgetting.ledger
        ((people,),) = self._store.base.read("select count(*) from person")
        return Standing(
            log=log,
            epoch=self._store.epoch,
            ends=format_time(self._store.ends),
            keys=len(self._store.rows()),
            people=people,
            holds=tuple(sorted(ledger.holds())),
            pending={each.id: format_time(each.since) for each in ledger.pending()},
            owed=len(ledger.owed()),
            counts=dict(sorted(self.counts.items())),
        )

    def rotate(self) -> int:
        """Begin the next epoch."""
        epoch = self._store.rotate(self._now())
        self._tell("epoch", {"epoch": epoch})
        return epoch

    def rotate_if_due(self) -> None:
        """Begin the next epoch where the present one has lasted long enough."""
        if self._now() >= self._store.ends:
            self.rotate()

    def sweep(self, digests: tuple[str, ...]) -> int:
        """Remove texts to which no event refers; how many stood there."""
        found = [digest for digest in digests if self._log.text(digest) is not None]
        for digest in found:
            self._log.write(SEALED, digest, None)
        self._tell("swept", {"texts": len(found)})
        return len(found)

    def _open(self, asked: OpenText) -> Opened:
        kid = asked.reference.kid
        row = self._store.row(kid)
        if why := self._right(asked, row.class_ if row else "personal"):
            return Opened(state="sealed", why=why)
        if row is None and self._store.is_gone(kid):
            return Opened(state="deleted")
        if row is not None and row.family != asked.family:
            return Opened(state="sealed", why="the text is of another family")
        value = self._log.text(asked.reference.digest)
        if row is None or value is None:
            return Opened(state="unavailable", why=f"its {'text is not in the log' if row else 'key is not in the store'}")
        return self._opened(asked, row, value)

    def _opened(self, asked: OpenText, row: KeyRecord, value: bytes) -> Opened:
        reference = asked.reference
        spot = Spot(self._logid, asked.type, asked.id, asked.path)
        try:
            if not is_bound(reference, spot, value):
                return Opened(state="sealed", why="the text was sealed for another place")
            key = self._store.key(row)
        except (UnopenedError, KeeperError) as error:
            return Opened(state="unavailable", why=str(error))
        self._look(asked)
        try:
            return Opened(state="open", text=opened(key, reference, spot, value))
        except UnopenedError as error:
            return Opened(state="unavailable", why=str(error))

    def _look(self, asked: OpenText) -> None:
        look = Look(
            who=asked.actor,
            authn=asked.authn,
            purpose=asked.purpose,
            kid=asked.reference.kid,
            digest=asked.reference.digest,
            type=asked.type,
            id=asked.id,
            path=asked.path,
        )
        at = format_time(self._log.now() or self._now())
        event = event_bytes(type=LOOK, source="keeper", id=secrets.token_hex(16), time=at, subject=asked.family, data=look)
        self._log.write(LOOKS, asked.family, self._sign(event, LOOKS))
