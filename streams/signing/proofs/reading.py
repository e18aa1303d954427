"""What a reader that judges nothing knows of a log's keys: the roots' series, as `<log>.keys` has it."""

from collections.abc import Iterable

from streams.signing.keys import Verify
from streams.signing.state import Trust
from streams.signing.trust import Delivered, take

KEYS = "keys"
"""The topic of the series, below the log's name."""


def read_series(trust: Trust, logid: str, records: Iterable[tuple[int, bytes]], verify: Verify) -> Trust:
    """The trust after more records of the series, in their order; what is not of the log with this id changes nothing.

    `records`: when Kafka got each (ms, -1 where that is not known), and its bytes. These times stand where a stage that judges
    has offsets: `added` and `ended` of a key.
    """
    for at, value in records:
        outcome = take(trust, Delivered(KEYS, 0, at, None, value), None, verify, lambda _: None)
        if outcome.reason is None and outcome.trust.logid == logid:
            trust = outcome.trust
    return trust
