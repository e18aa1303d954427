"""Which log a screen was started for, and whose seals it believes: the keys that the log's roots have adopted."""

from streams.messages import Seal
from streams.signing.proofs.reading import read_series
from streams.signing.proofs.seal import seal_fault
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify


class Proofs:
    """What is known of an opened log's keys. Where no id is given the log was never opened, and there is nothing to know."""

    def __init__(self, logid: str = "") -> None:
        self.logid = logid
        self._trust = Trust()

    @property
    def hash(self) -> str:
        """The name of the log's hash; SHA-256 until its opening is read."""
        return SUITES[self._trust.suite].hash if self._trust.suite else "sha256"

    def learn(self, at: int, value: bytes) -> None:
        """Take up a record of the roots' series, and when Kafka got it (ms)."""
        self._trust = read_series(self._trust, self.logid, [(at, value)], verify)

    def fault(self, seal: Seal, at: int) -> str:
        """Why a seal is none of the log's workers; empty where it is one. `at`: when Kafka got it (ms)."""
        found = seal_fault(seal, self._trust, verify, at)
        return f"a seal of none of the log's workers: {found}" if found else ""
