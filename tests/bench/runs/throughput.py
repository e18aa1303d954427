"""Events per second: the same events through our worker and its peers, with the same rules, outputs and kept state.

Each run fills a log; then the engines read it one after the other, each into outputs of its own. An engine's time runs from
its first to its last quality record of a mark, by the broker's stamps on them, so starting up does not count. What an engine
wrote must be byte for byte what the others wrote of the same log, and as much as one uninterrupted fold makes of it.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from streams.kafka import clients
from streams.outputs import target
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.bench import engines, logs
from tests.bench.report import say
from tests.bench.sizes import Sizes
from tests.bench.workload import Record, Workload, mix

PATIENCE = 900
"""Seconds that an engine may take."""

SHORTEST = 1_000
"""Milliseconds from the first to the last mark of which a rate is made. A first batch of each partition does not count, so that
of a log which an engine takes in one batch each the marks lie next to one another and say nothing."""


class UnequalError(RuntimeError):
    """Engines made different outputs of the same log."""


def throughput(settings: Settings, sizes: Sizes, chosen: Iterable[str]) -> dict[str, Any]:
    """All runs of all engines; the mix and the number of outputs of the events."""
    book = load_book()
    work, few = sizes.throughput, sizes.faust
    expected = {work: outputs(book, work.records(settings.partitions)), few: outputs(book, few.records(settings.partitions))}
    runs = [
        {"engine": engine, "run": run, "events": count, "events_per_s": None if rate is None else round(rate)}
        for run in range(1, sizes.runs + 1)
        for engine, count, rate in _run(settings, f"bench{run}", expected, (work, few), set(chosen))
    ]
    kinds = mix(value for _, _, _, value in work.records(settings.partitions))
    return {
        "throughput": runs,
        "mix": dict(kinds.most_common()),
        "outputs": dict(expected[work]),
        "faust_outputs": dict(expected[few]),
    }


def outputs(book: Book, records: Iterable[Record]) -> Counter[str]:
    """How many outputs the pure fold makes, by topic."""
    found: Counter[str] = Counter(dict.fromkeys(logs.OUTPUTS, 0))
    for output in fold(book, "bench", records):
        found[target(output)[0]] += 1
    return found


def fold(book: Book, log: str, records: Iterable[Record]) -> Iterator[Output]:
    """Judge records as they come, each partition by a fold of its own."""
    folds: dict[tuple[str, int], Fold] = {}
    for domain, partition, key, value in records:
        judge = folds.get((domain, partition))
        if judge is None:
            judge = folds[domain, partition] = Fold(book, events_topic(log, domain), partition)
        yield from judge.run([(judge.position, key, value)])


def _run(
    settings: Settings, log: str, expected: Mapping[Workload, Counter[str]], works: tuple[Workload, Workload], chosen: set[str]
) -> Iterator[tuple[str, int, float | None]]:
    """One run of each engine: its name, how many events, events per second where that can be told."""
    work, few = works
    logs.create(settings, log)
    count = logs.fill(settings, log, work.records(settings.partitions))
    found: dict[str, str] = {}
    for engine in (name for name in (*engines.READERS, *engines.JUDGES) if name in chosen and name != "faust"):
        rate: float | None
        if engine in engines.READERS:
            rate = float(json.loads(engines.printed(engine, settings, log)))
        else:
            out = log if engine == "onescreen" else f"{log}-{engine}"
            rate = judged(engine, settings, (log, out), expected[work], count)
            found[engine] = _digest(settings, out)
            _remove_others(settings, log, out)
        say(f"{log} {engine}: {said(rate)}")
        yield engine, count, rate
    if len(set(found.values())) > 1:
        raise UnequalError(f"the outputs of {log} differ: {found}")
    logs.remove(settings, log)
    if "faust" in chosen:
        own = f"{log}-few"
        logs.create(settings, own)
        count = logs.fill(settings, own, few.records(settings.partitions))
        rate = judged("faust", settings, (own, f"{own}-faust"), expected[few], count)
        logs.remove(settings, own)
        _remove_others(settings, own, f"{own}-faust")
        say(f"{log} faust: {said(rate)} of {count:,}")
        yield "faust", count, rate


def judged(engine: str, settings: Settings, names: tuple[str, str], expected: Mapping[str, int], count: int) -> float | None:
    """Events per second of an engine on a full log, or None; `names`: the log, and the log of its outputs."""
    log, out = names
    if out != log:
        logs.create(settings, out)
    with engines.running(engine, settings, log, out) as process:
        logs.wait_for_outputs(settings, out, expected, lambda: process.poll() is None, PATIENCE)
    return rate_of(count, logs.mark_stamps(settings, out))


def rate_of(count: int, stamps: Sequence[int]) -> float | None:
    """Events per second by the stamps of the marks (ms); None where they lie too near to one another.

    >>> rate_of(90_000, [500, 1_000, 3_500]), rate_of(90_000, [500, 503])
    (30000.0, None)
    """
    span = max(stamps) - min(stamps)
    return 1_000 * count / span if span >= SHORTEST else None


def said(rate: float | None) -> str:
    """A rate for people."""
    return "too short a log for a rate" if rate is None else f"{rate:,.0f} events/s"


def _digest(settings: Settings, out: str) -> str:
    """A digest of all outputs of a log, whatever their order."""
    values = [
        b"%b %b %b" % (name.encode(), record.key, record.value)
        for name in logs.OUTPUTS
        for record in clients.read_topic(settings, topic_name(out, name))
    ]
    return sha256(b"\n".join(sorted(values))).hexdigest()


def _remove_others(settings: Settings, log: str, out: str) -> None:
    if out != log:
        logs.remove(settings, out)
