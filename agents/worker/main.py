"""`python -m agents worker`: judge the events of a log through Kafka. Several workers share the partitions of a log."""

import gc
import logging
import socket
import sys
from collections.abc import Sequence

from agents.basis import whole_basis
from agents.stages import Basis, sound_basis, stage_of
from agents.worker.app import build
from agents.worker.observe import logs
from agents.worker.observe.health import Health
from agents.worker.observe.metrics import Metrics
from agents.worker.observe.server import address, listen, serve
from agents.worker.options import parser
from streams.catalogue import domains
from streams.command import Trouble
from streams.kafka.clients import consumer
from streams.retention.topics import refuse_under_floor
from streams.settings import Settings, load
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import Part, open_part
from streams.topics import events_topic, inputs, table, topic_name

log = logging.getLogger(logs.OWN)

GARBAGE = (5_000, 2, 660)
"""How Python looks for cyclic garbage (thresholds of `gc`): seldom in all that is there, since state has none, and in what is
new in small parts: at most four times the first number of objects, about 5 ms.

With 200,000 new objects in a look (10_000, 20, 50) it held up a fold alone for 57 ms and a busy worker for 87, and took as much
time in all.
"""


def main(argv: list[str], basis: Basis | None = None) -> int:
    """Entry of the command; runs until SIGTERM or SIGINT, then saves and exits 0; exits 1 where it cannot go on.

    `basis`: what is judged by, where it is not what is committed.
    """
    known = parser("worker", str(__doc__))
    known.add_argument("--listener", type=int, help="an open socket on which to answer HTTP, as `agents watch` hands it down")
    options = known.parse_args(argv)
    settings = load()
    if basis is None:
        basis = whole_basis() if settings.signs else sound_basis()
    chosen = options.domain or [name for name in inputs() if stage_of(basis, events_topic(options.log, name), 0)]
    check_topics(settings, options.log, chosen)
    refuse_under_floor(settings, options.log)
    logs.set_up()
    health = Health()
    metrics = Metrics(health)
    if listener := _listener(settings, options.listener):
        serve(listener, health, metrics.registry)
        log.info("metrics at %s/metrics", address(listener))
    part = _part(settings, options.log, options.part)
    _leave_out_of_garbage()
    app = build(settings, options.log, chosen, basis, health, metrics, options.name, part)
    worker = app.Worker(loglevel="WARN", override_logging=False, quiet=True, stdout=sys.stderr)
    worker.spinner = None
    worker.execute_from_commandline()


def _leave_out_of_garbage() -> None:
    """Look for garbage seldom, and never in what is there by now: the rule book alone is a million objects that live on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def check_topics(settings: Settings, log: str, chosen: Sequence[str]) -> None:
    """Trouble where a topic that the worker needs is missing, or where outputs have not as many partitions as their events."""
    others = {f"{kind}.{domain}" for domain in set(domains()) - set(chosen) for kind in ("events", "checkpoint")}
    names = [topic_name(log, topic.name) for topic in table() if topic.name not in others and not topic.partitions]
    with consumer(settings) as reader:
        found = {name: len(reader.partitions_for_topic(name) or ()) for name in names}
    if missing := [name for name, count in found.items() if not count]:
        raise Trouble(f"no topic {missing[0]}: run python -m streams topics create --log {log}")
    if len(set(found.values())) > 1:
        counts = ", ".join(f"{name} {count}" for name, count in found.items())
        raise Trouble(f"all topics of a log need the same number of partitions, found {counts}: make the log anew")


def _part(settings: Settings, log: str, name: str) -> Part:
    try:
        return open_part(settings, log, name)
    except KeyFileError as error:
        raise Trouble(str(error)) from None


def _listener(settings: Settings, inherited: int | None) -> socket.socket | None:
    if inherited is not None:
        return socket.socket(fileno=inherited)
    return None if settings.metrics_port is None else listen(settings.metrics_host, settings.metrics_port)
