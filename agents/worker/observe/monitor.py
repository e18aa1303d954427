"""What only Faust knows of its own life, as it tells its sensors: how long rebalances and commits take."""

from time import monotonic
from typing import Any

from faust import Sensor
from faust.types import AppT
from faust.types.transports import ConsumerT

from agents.worker.observe.metrics import Metrics


class Monitor(Sensor):
    """A Faust sensor that tells our metrics. Faust's own monitor counts messages, and a message is a whole batch here."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    def on_commit_initiated(self, consumer: ConsumerT) -> float:  # noqa: ARG002 - the signature is Faust's
        """The consumer begins to commit."""
        return monotonic()

    def on_commit_completed(self, consumer: ConsumerT, state: float) -> None:  # noqa: ARG002
        """Kafka has taken the offsets."""
        self._metrics.commit_seconds.observe(monotonic() - state)

    def on_rebalance_start(self, app: AppT) -> dict[str, Any]:  # noqa: ARG002
        """The group begins to share its partitions anew."""
        return {"began": monotonic()}

    def on_rebalance_end(self, app: AppT, state: dict[str, Any]) -> None:  # noqa: ARG002
        """Events flow again."""
        self._metrics.rebalance_seconds.observe(monotonic() - state["began"])
