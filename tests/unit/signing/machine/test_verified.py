"""Jobs and notes of shifts, read by who is no fold: of an opened log only what a key signed that counted just then."""

from collections.abc import Callable

import pytest
from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Raw
from msgspec.structs import replace

from streams.desk import desk_bytes, event_of, place_of, record_of
from streams.handover import Summary, handed, taken
from streams.kafka.series import LogSeries, folded
from streams.kafka.verified import DeskReader
from streams.messages import Actor, Ask, Cancel, Handover, JobCommand, Takeover, encode, format_time
from streams.signing.envelope import envelope_bytes
from streams.signing.kinds import partition_of
from streams.signing.sign import addressed, signed
from tests.support.signing import BEGIN, PARTITIONS, Hand, Roots

PARTITIONS_HERE = PARTITIONS | {"handovers": 1}
SCREEN, STRANGER = Hand("screen-1"), Hand("stranger")
WANG = Actor(id="wang", role="supervisor", department="zz-ee")
NOTE = handed("zz-ee", WANG, "无事", Summary({}, {}, (), {}), "key", BEGIN)
TAKEOVER = taken(NOTE, replace(WANG, id="li"), "知道了", BEGIN)
ASK = Ask(id="ab" * 16, at=format_time(BEGIN), by=WANG, kind="replay", params=Raw(b"{}"))


class OpenedTown:
    """A log opened at second 10 whose screen may write jobs and notes from second 11 on."""

    def __init__(self) -> None:
        self.roots = Roots(partitions=PARTITIONS_HERE)
        to = ["jobs", "handovers"]
        adopted = self.roots.key(SCREEN, "screen-1", may=["job.*", "shift.*"], to=to, roles=["supervisor"])
        self.records = [(10, envelope_bytes(self.roots.opened)), (11, envelope_bytes(adopted))]
        self.now = 0.0

    def series(self) -> LogSeries:
        """What stands in `<log>.keys`."""
        return folded(self.records, self.roots.logid)

    def signed(self, record: JobCommand | Handover | Takeover, number: int, hand: Hand = SCREEN, to: str = "") -> bytes:
        """The record as the signer writes it."""
        event = event_of(record, "screen")
        return envelope_bytes(signed(addressed(event, self.roots.logid, to or place_of(record)[0], number), hand))


@pytest.fixture
def town() -> OpenedTown:
    """An opened log."""
    return OpenedTown()


@pytest.fixture
def read(town: OpenedTown, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[object, str]]:
    """What the reader makes of a record that Kafka got at a second, and what it says of it."""
    reader = DeskReader("live", "test", town.series, lambda: town.now)

    def one(value: bytes | None, at: int, topic: str = "handovers", key: str = "zz-ee") -> tuple[object, str]:
        record = ConsumerRecord(f"live.{topic}", 0, None, 7, at, 0, key.encode(), value, [], None, 0, 0, 0)
        plain = JobCommand if topic == "jobs" else Handover | Takeover
        return reader.read(record, plain), capfd.readouterr().err

    return one


@pytest.mark.parametrize("record", [NOTE, TAKEOVER, ASK, Cancel(id=ASK.id, at=ASK.at, by=WANG)])
def test_a_record_and_its_event(record: JobCommand | Handover | Takeover) -> None:
    """The record is the data of its event, whose subject is the topic's key."""
    event = event_of(record, "screen")
    assert encode(record_of(event.type, bytes(event.data))) == encode(record)
    assert event.subject == place_of(record)[1]
    assert desk_bytes(record, "screen") == desk_bytes(record, "screen")


def test_before_and_after_the_opening(town: OpenedTown, read: Callable[..., tuple[object, str]]) -> None:
    """What Kafka got before the opening is read as it stands; after it only what is signed is read."""
    assert read(encode(NOTE), 5) == (NOTE, "")
    assert read(town.signed(NOTE, 1), 12) == (NOTE, "")
    found, said = read(encode(TAKEOVER), 13)
    assert found is None
    assert "not-cloudevent" in said
    assert "知道了" not in said
    assert read(None, 14) == (None, "")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (lambda town: town.signed(TAKEOVER, 1, STRANGER), "unknown-key"),
        (lambda town: town.signed(replace(TAKEOVER, by=replace(WANG, role="admin")), 1), "not-its-right"),
        (lambda town: town.signed(TAKEOVER, 1, to="jobs"), "wrong-place"),
        (lambda town: town.signed(ASK, 1, to="handovers"), "wrong-place"),
        (lambda town: town.signed(TAKEOVER, 1).replace("知道了".encode(), "别管它".encode()), "bad-signature"),
        (lambda _: OpenedTown().signed(TAKEOVER, 1).replace(b'"logid":"', b'"logid":"0'), "not-strict"),
    ],
)
def test_forgeries(
    town: OpenedTown, read: Callable[..., tuple[object, str]], value: Callable[[OpenedTown], bytes], reason: str
) -> None:
    """A stranger's key, a role that the key may not claim, another topic, other words: passed over by its reason."""
    found, said = read(value(town), 12)
    assert found is None
    assert reason in said


def test_the_same_bytes_again(town: OpenedTown, read: Callable[..., tuple[object, str]]) -> None:
    """A genuine request delivered once more is passed over; a newer one is read."""
    asked = town.signed(ASK, 5)
    assert partition_of(ASK.id.encode(), 1) == 0
    assert encode(read(asked, 12, "jobs", ASK.id)[0]) == encode(ASK)
    assert "replayed" in read(asked, 13, "jobs", ASK.id)[1]
    assert read(town.signed(Cancel(id=ASK.id, at=ASK.at, by=WANG), 6), 14, "jobs", ASK.id)[0] is not None


def test_a_key_that_has_ended(town: OpenedTown, read: Callable[..., tuple[object, str]]) -> None:
    """What Kafka got before the key's end is read, however late; after it, nothing, once the series was read again."""
    town.records.append((20, envelope_bytes(town.roots.ended(SCREEN, "stolen"))))
    town.now = 6.0
    assert read(town.signed(NOTE, 1), 19)[0] == NOTE
    assert "ended-key" in read(town.signed(TAKEOVER, 2), 21)[1]
