"""The judging in stock Faust: `async for event in stream.events()`, one message each, a table for the state, commits on.

After each event the subject that it changed is written into the table as bytes, as Faust's guide does with state.
"""

import sys

import faust

from agents.core.position import POSITION
from streams.catalogue import domains
from tests.bench.peers.judging import Judgings, given_task

task = given_task()
app = faust.App(
    f"faust-{task.out}",
    broker=f"kafka://{task.servers}",
    store="memory://",
    datadir=str(task.data),
    topic_partitions=task.partitions,
    topic_replication_factor=1,
    consumer_auto_offset_reset="earliest",
    table_standby_replicas=0,
    web_enabled=False,
)
judgings = Judgings(task.out)
outputs = {
    f"{task.out}.{name}": app.topic(f"{task.out}.{name}", key_serializer="raw", value_serializer="raw")
    for name in ("alerts", "audit", "quality")
}


def attach(domain: str, topic: str) -> None:
    """An agent and a table for one domain: the partitions of a table are those of its events."""
    events = app.topic(topic, key_serializer="raw", value_serializer="raw")
    states = app.Table(f"{domain}-states", partitions=task.partitions, key_type=bytes, value_type=bytes)

    @app.agent(events, name=f"judge-{domain}")
    async def judge(stream: faust.Stream) -> None:
        async for event in stream.events():
            message = event.message
            judging = judgings.of(topic, message.partition)
            for to, key, value in judging.run([(message.offset, message.key, message.value)]):
                await outputs[to].send(key=key, value=value)
            for name, state in judging.fold.snapshot():
                if name != POSITION:
                    states[name] = state


for one, name in zip(domains(), task.topics, strict=True):
    attach(one, name)


if __name__ == "__main__":
    sys.argv = [sys.argv[0], "worker", "-l", "warn", "--without-web"]
    app.main()
