"""Orders to set clocks are believed where a key that may has signed them, and nowhere else."""

import pytest
from kafka.consumer.fetcher import ConsumerRecord

from streams.desk import event_of, place_of
from streams.kafka.series import folded
from streams.kafka.verified import DeskReader
from streams.messages import encode
from streams.messages.services.devices import ClockOrder
from streams.signing.envelope import envelope_bytes
from streams.signing.roots.parts import rights_of_part
from streams.signing.sign import addressed, signed
from tests.support.gateways.clock import MN, order
from tests.support.signing import BEGIN, PARTITIONS, Hand, Roots

OFFICER, STRANGER = Hand("officer"), Hand("stranger")
PLACES = (*PARTITIONS, "device-acts")


def test_what_is_not_signed_sets_no_clock(capfd: pytest.CaptureFixture[str]) -> None:
    """Signed by the officer's own key it is read; unsigned, by a stranger, or from before the opening it is passed over."""
    roots = Roots(partitions=PARTITIONS | {"device-acts": 1})
    rights = rights_of_part("cli-wang", PLACES, ("environment",))
    adopted = roots.key(OFFICER, "cli-wang", may=list(rights.may), to=list(rights.to), roles=list(rights.roles))
    series = folded([(10, envelope_bytes(roots.opened)), (11, envelope_bytes(adopted))], roots.logid)
    reader = DeskReader("live", "hj212", lambda: series, lambda: 0.0, demand=True)
    given = order(BEGIN)

    def read(value: bytes, at: int) -> object:
        record = ConsumerRecord("live.device-acts", 0, None, 7, at, 0, MN.encode(), value, [], None, 0, 0, 0)
        return reader.read(record, ClockOrder)

    def written(hand: Hand, number: int) -> bytes:
        return envelope_bytes(signed(addressed(event_of(given, "test"), roots.logid, "device-acts", number), hand))

    assert place_of(given) == ("device-acts", MN)
    assert read(written(OFFICER, 1), 12) == given
    assert [read(encode(given), 5), read(encode(given), 12), read(written(STRANGER, 2), 12)] == [None] * 3
    assert "device-acts" in capfd.readouterr().err


@pytest.mark.parametrize("part", ["screen-1", "registrar-hj212", "clock", "worker-0", "staff"])
def test_only_a_persons_own_key_may(part: str) -> None:
    """No service's key may write an order: who orders it signs with a key of that person's own."""
    assert "device-acts" not in rights_of_part(part, PLACES, ("environment",)).to
