"""Who lets people in and knows who is signed in: this very process, or for an opened log the signer."""

import time
from typing import Protocol

from msgspec import Struct
from starlette.concurrency import run_in_threadpool

from screen.access.accounts import Account, Accounts, names_of
from screen.access.oidc import NotLetInError, Provider
from screen.access.people import Person
from screen.access.sessions import WALL_LASTS, Session, Sessions, Way


class Entered(Struct, frozen=True):
    """Somebody has signed in: who, the cookie of the session, and how long it lasts at most (s)."""

    person: Person
    token: str
    lasts: float


class Entrance(Protocol):
    """How people come in, what holds of their sessions, and how they leave. A session is named by the hash of its cookie."""

    @property
    def has_accounts(self) -> bool:
        """Whether somebody may come in with a password."""

    async def held(self, hashed: str) -> Session | None:
        """The session, where it holds now."""

    async def active(self, hashed: str) -> None:
        """Its person has done something."""

    async def end(self, hashed: str) -> None:
        """End it."""

    async def by_password(self, account: str, password: str) -> Entered | None:
        """Begin a session with a password; None where it is not this account's."""

    async def by_wall(self, token: str) -> Entered | None:
        """Begin the session of a wall; None where this is no wall's token."""

    async def by_provider(self, answer: str) -> Entered:
        """Begin a session on a provider's answer; NotLetInError says why not."""

    async def knows(self, account: str) -> bool:
        """Whether there is such an account."""

    async def device_key(self) -> bytes:
        """What signs the cookies by which devices are known."""

    async def names(self) -> dict[str, str]:
        """The name to show of each account: where the log itself has none, and of those for whom somebody stands in."""


class Admission:
    """Sign-ins and sessions on files of this process. Blocking; `by_password` takes a core for a moment."""

    def __init__(self, accounts: Accounts | None, provider: Provider | None, sessions: Sessions) -> None:
        self.accounts, self.provider, self.sessions = accounts, provider, sessions

    def by_password(self, account: str, password: str) -> Entered | None:
        """As an `Entrance`."""
        if self.accounts is None or (found := self.accounts.signed(account, password)) is None:
            return None
        return self._begun(self.accounts, found, "local", found.hash, self.sessions.longest)

    def by_wall(self, token: str) -> Entered | None:
        """As an `Entrance`."""
        found = self.accounts.of_wall(token) if self.accounts else None
        if self.accounts is None or found is None or found.role != "viewer":
            return None
        return self._begun(self.accounts, found, "wall", found.wall, WALL_LASTS)

    def by_provider(self, answer: str) -> Entered:
        """As an `Entrance`."""
        now = time.time()
        if self.provider is None:
            raise NotLetInError("expired")
        person, ends = self.provider.person(answer.encode(), now)
        ends = min(ends, now + self.sessions.longest)
        token = self.sessions.begin(person, "oidc", answer, now, ends)
        if token is None:
            raise NotLetInError("expired")
        return Entered(person, token, ends - now)

    def knows(self, account: str) -> bool:
        """As an `Entrance`."""
        return bool(self.accounts and self.accounts.of(account))

    def _begun(self, accounts: Accounts, account: Account, way: Way, proof: str, lasts: float) -> Entered | None:
        now, person = time.time(), accounts.person(account)
        token = self.sessions.begin(person, way, proof, now, now + lasts)
        return Entered(person, token, lasts) if token else None


class OwnEntrance:
    """An `Entrance` of this process itself: as long as a log was never opened."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission

    @property
    def has_accounts(self) -> bool:
        """As an `Entrance`."""
        return self._admission.accounts is not None

    async def held(self, hashed: str) -> Session | None:
        """As an `Entrance`."""
        return self._admission.sessions.held(hashed, time.time())

    async def active(self, hashed: str) -> None:
        """As an `Entrance`."""
        self._admission.sessions.active(hashed, time.time())

    async def end(self, hashed: str) -> None:
        """As an `Entrance`."""
        self._admission.sessions.end(hashed)

    async def by_password(self, account: str, password: str) -> Entered | None:
        """As an `Entrance`; in a thread, for it takes a core for a moment."""
        return await run_in_threadpool(self._admission.by_password, account, password)

    async def by_wall(self, token: str) -> Entered | None:
        """As an `Entrance`."""
        return self._admission.by_wall(token)

    async def by_provider(self, answer: str) -> Entered:
        """As an `Entrance`."""
        return self._admission.by_provider(answer)

    async def knows(self, account: str) -> bool:
        """As an `Entrance`."""
        return self._admission.knows(account)

    async def device_key(self) -> bytes:
        """As an `Entrance`."""
        return self._admission.sessions.device_key

    async def names(self) -> dict[str, str]:
        """As an `Entrance`."""
        return names_of(self._admission.accounts)

    def close(self) -> None:
        """Let go of the file of sessions."""
        self._admission.sessions.close()
