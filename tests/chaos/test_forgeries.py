"""Attack 32: a hundred thousand forgeries in a minute of a signed log; pure, but long."""

from msgspec.structs import replace

from streams.messages import Quality, encode
from streams.signing.envelope import envelope_bytes
from tests.support.events import START, act, clean, registered
from tests.support.pure.alarm import raised
from tests.support.signed_log import REGISTRAR, SCREEN, SignedLog, fold, records
from tests.support.signing import Hand

FORGERIES = 100_000
MOST = 20
"""Quality records that they may be."""


def test_a_flood_of_forgeries_is_told_seldom_and_remembered_in_one_number() -> None:
    """Unsigned ones, and ones with a key's name and a thief's signature: few records, a state that does not grow."""
    log, alert = SignedLog(), raised().id
    by = fold()
    by.run(records([*log.start, log.written(registered(), REGISTRAR), log.tick(START), clean(START, o3=230)]))
    for forged in (act(alert), envelope_bytes(replace(log.envelope(act(alert), Hand("thief")), sigkid=SCREEN.kid))):
        by.snapshot()
        out = by.run(records([forged] * FORGERIES, by.position))
        told = [each for each in out if isinstance(each, Quality)]
        assert len(out) == len(told) <= MOST
        assert sum(each.more or 1 for each in told) > FORGERIES // 2
        assert sum(len(key) + len(value or b"") for key, value in by.snapshot()) < 10_000
    assert len(by.trust.refused) == 2
    assert b"acknowledge" in encode(by.run(records([log.written(act(alert), SCREEN)], by.position)))
