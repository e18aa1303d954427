"""The judging in Quix Streams: a StreamingDataFrame for each topic, `apply` with state, `to_topic`, default commits (5 s).

The fold of each partition lives in memory. At the first tick after a commit interval what has changed in it goes into
Quix's own state (RocksDB and its changelog topic), which Quix writes when it commits.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from quixstreams import Application, State, message_context
from quixstreams.models import Serializer, Topic

from tests.bench.peers.judging import OUTPUTS, Judgings, Sent, given_task

COMMIT = 5.0
"""Seconds between two commits: Quix's default."""

Judge = Callable[[bytes, bytes | None, int, Any, State], Iterable[Sent]]


class Bytes(Serializer):
    """The value of an output is its bytes."""

    def __call__(self, value: Sent, ctx: object = None) -> bytes:  # noqa: ARG002 - Quix gives it by name
        """The third of topic, key and value."""
        return value[2]


def main() -> None:
    """Run until stopped."""
    task = given_task()
    app = Application(
        task.servers,
        consumer_group=f"quix-{task.out}",
        auto_offset_reset="earliest",
        commit_interval=COMMIT,
        state_dir=task.data,
        loglevel="WARNING",
    )
    outputs = {topic.name: topic for topic in (_topic(app, f"{task.out}.{name}") for name in OUTPUTS)}
    judgings = Judgings(task.out)
    for name in task.topics:
        frame = app.dataframe(_topic(app, name))
        frame = frame.apply(_judge(name, judgings), stateful=True, expand=True, metadata=True)
        frame.to_topic(lambda sent, *_: outputs[sent[0]], key=lambda sent: sent[1])
    app.run()


def _topic(app: Application, name: str) -> Topic:
    raw = {"key_deserializer": "bytes", "value_deserializer": "bytes", "key_serializer": "bytes"}
    return app.topic(name, value_serializer=Bytes(), **raw)


def _judge(topic: str, judgings: Judgings) -> Judge:
    saved: dict[int, float] = {}

    def judge(value: bytes, key: bytes | None, timestamp: int, headers: Any, state: State) -> list[Sent]:
        place = message_context()
        judging = judgings.of(topic, place.partition)
        sent = judging.run([(place.offset, key, value)])
        if key is None and time.monotonic() - saved.setdefault(place.partition, time.monotonic()) >= COMMIT:
            saved[place.partition] = time.monotonic()
            for name, subject in judging.fold.snapshot():
                state.set_bytes(name, subject)
        return sent

    return judge


if __name__ == "__main__":
    main()
