"""The keeper: alone it seals and opens. A text stands in Kafka before its reference is given out, a look before a text is."""

import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from streams.keeper.acts import LOOK, Look
from streams.keeper.destruction import Sign, Tell
from streams.keeper.disk.shelf import Shelf
from streams.keeper.disk.store import KeyRecord, Owner, Store
from streams.keeper.errors import KeeperError, RefusedError
from streams.keeper.forgetting import Forgetting
from streams.keeper.log import LOOKS, SEALED, Log
from streams.keeper.wire import NamePerson, Opened, OpenFile, OpenText, SealFile, SealText, Standing
from streams.messages import event_bytes, format_time
from streams.messages.words import Sealed
from streams.sealing.file import opened_pieces
from streams.sealing.record import Spot, UnopenedError, is_bound, opened, seal

Right = Callable[[OpenText, Owner], str]
"""Why this person may not look at a text of this family, party and class for this purpose; empty where that is allowed."""

Now = Callable[[], int]

_OFFICE = "office"


class Keeper:
    """Seals and opens the texts of one log. Not thread-safe: whoever serves it has one lock. `now`: ms since 1970."""

    def __init__(
        self,
        store: Store,
        log: Log,
        shelf: Shelf,
        forgetting: Forgetting,
        logid: str,
        sign: Sign,
        right: Right,
        tell: Tell,
        now: Now,
    ) -> None:
        self._store, self._log, self._forgetting, self._logid = store, log, forgetting, logid
        self.shelf = shelf
        self._sign, self._right, self._tell, self._now = sign, right, tell, now
        self.counts = Counter[str]()

    def seal(self, asked: SealText) -> Sealed:
        """The reference to a text: its key is durable by then, and Kafka has the text. RefusedError where there is none."""
        if not asked.text.strip():
            raise RefusedError("there is no text to seal")
        key = self._key(Owner(asked.family, asked.party, asked.class_, asked.person))
        spot = Spot(self._logid, asked.type, asked.id, asked.path)
        try:
            reference, value = seal(key, spot, asked.text)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        self._log.write(SEALED, reference.digest, value)
        self.counts["sealed"] += 1
        return reference

    def file_key(self, asked: SealFile) -> tuple[bytes, Spot]:
        """The key, durable by then, and the place that an original is sealed for."""
        return self._key(Owner(asked.family, asked.party, asked.class_)), Spot(self._logid, asked.type, asked.id, asked.path)

    def keep_file(self, reference: Sealed) -> Sealed:
        """The reference to an original that stands; RefusedError where its key was destroyed meanwhile."""
        if self._store.row(reference.kid) is None:
            self.shelf.bury((reference.kid,))
            raise RefusedError("the key was destroyed while the file came: send it again")
        self.counts["files sealed"] += 1
        return reference

    def open_file(self, asked: OpenFile) -> tuple[Opened, Iterator[bytes]]:
        """The bytes of an original, once Kafka has the look; else why not. A file that was changed is lost, and told."""
        found, pieces = self._open_file(asked)
        self._looked(asked, found, "file")
        return found, pieces

    def person(self, asked: NamePerson) -> str:
        """The pseudonym of a person for a purpose."""
        try:
            return self._store.person(asked.purpose, asked.identifier, self._now())
        except sqlite3.Error as error:
            raise KeeperError(f"no pseudonym could be made durable: {error}; make room on the disks of the store") from None

    def open(self, asked: OpenText) -> Opened:
        """The text of a reference, once Kafka has the look; else why not. AwayError where Kafka does not take the look."""
        found = self._open(asked)
        self._looked(asked, found, "text")
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
        files = sum(self.shelf.drop(digest) for digest in digests)
        self._tell("swept", {"texts": len(found), **({"files": files} if files else {})})
        return len(found) + files

    def _looked(self, asked: OpenText, found: Opened, what: str) -> None:
        """Count how a look was answered; what is lost is told."""
        self.counts[f"looks {found.state}"] += 1
        if found.state == "unavailable":
            self._tell(f"{what} lost", {"kid": asked.reference.kid, "digest": asked.reference.digest, "why": found.why})

    def _open(self, asked: OpenText) -> Opened:
        row = self._store.row(asked.reference.kid)
        if against := self._against(asked, row):
            return against
        value = self._log.text(asked.reference.digest)
        if row is None or value is None:
            return Opened(state="unavailable", why=f"its {'text is not in the log' if row else 'key is not in the store'}")
        return self._opened(asked, row, value)

    def _open_file(self, asked: OpenFile) -> tuple[Opened, Iterator[bytes]]:
        reference, nothing = asked.reference, iter(())
        row = self._store.row(reference.kid)
        if against := self._against(asked, row):
            return against, nothing
        path = self.shelf.path(reference)
        if row is None or path is None:
            why = "file is not on the shelf" if row else "key is not in the store"
            return Opened(state="unavailable", why=f"its {why}"), nothing
        if not self.shelf.is_whole(reference):
            return Opened(state="unavailable", why="its file was changed on the shelf"), nothing
        spot = Spot(self._logid, asked.type, asked.id, asked.path)
        try:
            key = self._store.key(row)
            pieces = opened_pieces(key, reference, spot, path.open("rb"))
            first = next(pieces)
        except KeeperError as error:
            return Opened(state="unavailable", why=str(error)), nothing
        except UnopenedError:
            return Opened(state="sealed", why="the file was sealed for another place"), nothing
        self._look(asked)
        return Opened(state="open", size=reference.size), chain((first,), pieces)

    def _against(self, asked: OpenText, row: KeyRecord | None) -> Opened | None:
        """Why what is asked is not opened, before anything is read."""
        if why := self._right(asked, row.owner if row else Owner(asked.family, _OFFICE, "personal")):
            return Opened(state="sealed", why=why)
        if row is None and self._store.is_gone(asked.reference.kid):
            return Opened(state="deleted")
        if row is not None and row.family != asked.family:
            return Opened(state="sealed", why="the text is of another family")
        return None

    def _key(self, owner: Owner) -> bytes:
        try:
            return self._store.key_for(owner, self._now())
        except sqlite3.Error as error:
            raise KeeperError(f"no key could be made durable: {error}; make room on the disks of the store") from None

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
