"""Drafts of the roots' events: each names the one before it, none is signed. Pure; the log's id is made here."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Raw, Struct

from streams.messages import Event, encode, format_time
from streams.signing.envelope import Envelope
from streams.signing.preimage import content, log_id
from streams.signing.roots.parts import PartRights
from streams.signing.series import (
    SERIES_DATA,
    Follows,
    KeyAdded,
    KeyEnded,
    LogOpened,
    Policy,
    PolicyChanged,
    RootKey,
    SeriesEvent,
    StagesAdded,
    SuitesChanged,
)
from streams.signing.sign import addressed
from streams.signing.suites import SUITES

SOURCE = "roots"
_KINDS = {data: kind for kind, data in SERIES_DATA.items()}


class Draft(Struct, frozen=True):
    """Events of the roots that follow each other, and after what: the log's id and hash, number and digest of the newest."""

    logid: str
    hash: str
    n: int
    prev: str
    events: tuple[Envelope, ...] = ()

    def then(self, make: Callable[[int, str], SeriesEvent], at: int) -> "Draft":
        """The draft with one more event, whose data are made of its number and of what it follows; `at` in ms."""
        data = make(self.n + 1, self.prev)
        event = _event(self.logid, data, at)
        return Draft(self.logid, self.hash, data.n, content(event, self.hash), (*self.events, event))

    def adding(self, part: str, rights: PartRights, public: str, proof: str, at: int, until: str = "") -> "Draft":
        """The draft with the adoption of a part's key."""
        return self.then(
            lambda n, prev: KeyAdded(
                n=n,
                prev=prev,
                suite=rights.suite,
                public=public,
                part=part,
                may=rights.may,
                to=rights.to,
                proof=proof,
                cosigns=rights.cosigns,
                roles=rights.roles,
                until=until,
            ),
            at,
        )

    def ending(self, kid: str, why: str, at: int, since: str = "") -> "Draft":
        """The draft with the end of a key: retired, lost or stolen."""
        return self.then(lambda n, prev: KeyEnded(n=n, prev=prev, kid=kid, why=why, since=since), at)  # type: ignore[arg-type]

    def demanding(self, policy: Policy, at: int) -> "Draft":
        """The draft with another policy."""
        return self.then(lambda n, prev: PolicyChanged(n=n, prev=prev, policy=policy), at)

    def with_stages(self, partitions: Mapping[str, int], at: int) -> "Draft":
        """The draft with new stages."""
        return self.then(lambda n, prev: StagesAdded(n=n, prev=prev, partitions=dict(partitions)), at)

    def with_suites(self, adopts: Sequence[str], at: int) -> "Draft":
        """The draft with further suites; itself where there are none."""
        return self.then(lambda n, prev: SuitesChanged(n=n, prev=prev, adopts=tuple(adopts)), at) if adopts else self


def opening(
    *,
    name: str,
    nonce: str,
    partitions: Mapping[str, int],
    roots: Sequence[RootKey],
    threshold: int,
    policy: Policy,
    at: int,
    follows: Follows | None = None,
) -> Draft:
    """The draft that opens a log, whose id is the hash of its data; ValueError where its roots cannot open it."""
    if not 1 <= threshold <= len({root.public for root in roots}) == len(roots):
        raise ValueError(f"{threshold} of {len(roots)} roots: give as many different roots, and demand at most all of them")
    suite = roots[0].suite
    data = LogOpened(
        n=0,
        prev="",
        format=1,
        name=name,
        nonce=nonce,
        partitions=dict(partitions),
        suite=suite,
        roots=tuple(roots),
        threshold=threshold,
        policy=policy,
        follows=follows,
    )
    logid, hashed = log_id(suite, encode(data)), SUITES[suite].hash
    event = _event(logid, data, at)
    return Draft(logid, hashed, 0, content(event, hashed), (event,))


def _event(logid: str, data: SeriesEvent, at: int) -> Envelope:
    kind = _KINDS[type(data)]
    event = Event(
        specversion="1.0", id=f"{kind}/{data.n}", source=SOURCE, type=kind, time=format_time(at), data=Raw(encode(data))
    )
    return addressed(event, logid, "*", 0)
