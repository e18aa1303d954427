"""What a reader that judges nothing knows of a log's keys: the roots' series, as `<log>.keys` has it."""

from collections.abc import Iterable

from streams.signing.keys import Verify
from streams.signing.state import Trust
from streams.signing.trust import Delivered, take

KEYS = "keys"
"""The topic of the series, below the log's name."""


def read_series(trust: Trust, logid: str, values: Iterable[bytes], verify: Verify) -> Trust:
    """The trust after more records of the series, in their order; what is not of the log with this id changes nothing."""
    for value in values:
        outcome = take(trust, Delivered(KEYS, 0, 0, None, value), None, verify, lambda _: None)
        if outcome.reason is None and outcome.trust.logid == logid:
            trust = outcome.trust
    return trust
