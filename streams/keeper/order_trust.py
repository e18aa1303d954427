"""Whether an order is believed, and what the keeper itself has said: by the roots' events in `<log>.keys`."""

from collections.abc import Iterable

from msgspec.structs import replace

from streams.keeper.acts import FORGETS, PART, NotAccepted, PersonalAct, act_of, is_order, own_of
from streams.keeper.errors import KeeperError
from streams.keeper.log import KEYS, Stored
from streams.messages import parse_time
from streams.messages.personal import Accepted, Destroyed
from streams.signing.envelope import Envelope, claim
from streams.signing.kinds import Unverified, partition_of
from streams.signing.preimage import content, signature_preimage
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.trust import Delivered, Known, Outcome, doubted, pin_fault, take
from streams.signing.verify import verify


class OrderTrust:
    """What the roots have said of the log, and the newest number of each key in each partition of the orders' topic."""

    def __init__(self, logid: str) -> None:
        self._logid = logid
        self._trust = Trust()
        self._seq: dict[int, dict[str, int]] = {}

    def extend(self, chain: Iterable[bytes]) -> None:
        """Know more of the roots' events; KeeperError where they do not open the log that this keeper was started for."""
        for value in chain:
            self._trust = take(self._trust, Delivered(KEYS, 0, 0, None, value), None, verify, lambda _: None).trust
        if fault := pin_fault(self._trust, self._logid):
            raise KeeperError(f"{fault}: compare the id in log.id with the one that `python -m agents keys show` prints")

    def own(self, record: Stored) -> tuple[Accepted | NotAccepted | Destroyed, Envelope] | None:
        """What the keeper has said in a record; None where it is another's, or its signature does not hold.

        A key that has ended since is believed for what it signed before it is doubted: what was forgotten stays so.
        """
        trust = self._trust
        try:
            event = claim(record.value).envelope
            said = own_of(event.type, bytes(event.data))
        except Unverified:
            return None
        row = trust.keys.get(event.sigkid)
        if said is None or row is None or row.part != PART or event.logid != trust.logid or event.sigto != FORGETS:
            return None
        holds = verify(row.suite, row.public, signature_preimage(event), event.sig)
        return (said, event) if holds and not doubted(trust, event.sigkid, parse_time(event.time)) else None

    def content(self, event: Envelope) -> str:
        """The content digest of an event, by the log's hash."""
        return content(event, SUITES[self._trust.suite].hash)

    def judge(self, record: Stored, now: int | None, known: Known) -> Outcome:
        """Whether a record is taken now; `now`: the log's newest tick (ms). Nothing is remembered before `keep`."""
        trust = replace(self._trust, seq=self._seq.get(record.partition, {}))
        where = Delivered(FORGETS, record.partition, record.offset, record.key, record.value)
        return take(trust, where, now, verify, known)

    def keep(self, record: Stored, found: Outcome) -> None:
        """Remember the number that a record used up: it is dealt with."""
        self._seq[record.partition] = found.trust.seq

    def foretell(self, subject: str, value: bytes, now: int | None, known: Known) -> None:
        """Unverified where a record would not be taken as an order if it stood under this subject; nothing is remembered."""
        key, number = subject.encode(), self._trust.partitions.get(FORGETS, 1)
        if act_in(self.judge(Stored(partition_of(key, number), 0, key, value), now, known)) is None:
            raise Unverified("conflict", "it is no order, or one that stands in the log already")


def act_in(found: Outcome) -> PersonalAct | None:
    """The act of a record that was taken; None where it is no person's, or a copy. Unverified: it is refused."""
    if found.reason is not None:
        raise Unverified(found.reason, found.message)
    event = found.envelope
    if event is None or found.copy or not is_order(event.type):
        return None
    return act_of(event, found.content, found.trust)
