"""What signatures cost a stage: ticks, registers under a tree, acts with and without attested verdicts; in µs a record."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from agents.core.alerts.fold import Fold
from agents.offline.judge import judge_archive, judge_attested
from agents.stages import Basis
from streams.archive import files
from streams.archive.command import MAX_ROWS
from streams.archive.files import Chunk
from streams.archive.manifests import Manifests
from streams.kafka.series import folded
from streams.messages import Quality, decode_event
from streams.outputs import Output
from streams.signing.envelope import envelope_bytes
from streams.signing.machine.part import Part
from streams.signing.sign import addressed, batch
from streams.signing.ticks import MOST
from streams.signing.verify import TREE, verify
from tests.support.events import START, Record, act, clean, registered
from tests.support.events import tick as unsigned_tick
from tests.support.pure.alarm import BOOK, raised
from tests.support.signed_log import REGISTRAR, SCREEN, STEP, TOPIC, SignedLog, records
from tests.support.signing import ENVIRONMENT, Hand

Row = tuple[str, float, dict[str, Any]]
"""What was measured, µs of one record, and how many there were of what."""

BULK, ARCHIVE = Hand("registrar of the benchmark", TREE), Hand("archive of the benchmark")


def rows(registers: int, acts: int) -> Iterator[Row]:
    """Measure so many registers and acts. Each figure is that of its number: a larger tree has longer paths."""
    log = SignedLog()
    log.series.append(log.write("log.suite", adopts=[TREE]))
    log.series.append(log.key(BULK, "registrar-bulk", may=["environment.registered"], roles=[]))
    log.series.append(log.key(ARCHIVE, "archive", may=["manifest"], roles=[]))
    yield from _ticks(log)
    yield from _registers(log, registers)
    yield from _acts(log, acts)


def _ticks(log: SignedLog) -> Iterator[Row]:
    times = [log.begin + n * STEP for n in range(1, MOST + 1)]
    told = {"n": MOST}
    yield "a tick judged, in a log never opened", _judged([], [unsigned_tick(at) for at in times]), told
    yield "a tick judged, of a chain", _judged(log.start, [log.tick(at) for at in times]), told


def _registers(log: SignedLog, n: int) -> Iterator[Row]:
    plain = [registered(f"air.410102.{number:07d}") for number in range(n)]
    told = {"n": n}
    envelopes = [addressed(decode_event(value), log.logid, ENVIRONMENT, number) for number, value in enumerate(plain, 1)]
    signed, us = _timed(lambda: batch(envelopes, BULK), n)
    yield "a register signed, one tree of all", us, told
    values = [envelope_bytes(each) for each in signed]
    more = sum(map(len, values)) - sum(map(len, plain))
    yield "a register judged, in a log never opened", _judged([], plain), told
    yield "a register judged, one tree of all", _judged(log.start, values), told | {"bytes": more // n}
    single = [log.written(value, REGISTRAR) for value in plain[: n // 10]]
    yield "a register judged, one signature each", _judged(log.start, single), {"n": n // 10}


def _acts(log: SignedLog, n: int) -> Iterator[Row]:
    alert = raised().id
    begun = [*log.start, log.written(registered(), REGISTRAR), log.tick(START), clean(START, o3=230)]
    values = [log.written(act(alert, verb="comment", id=str(number)), SCREEN) for number in range(n)]
    trust = folded((0, envelope_bytes(each)) for each in log.series).trust
    beside = Manifests(Part(log.logid, cast("Any", ARCHIVE)), lambda: trust).write
    basis, told = Basis(BOOK, verify=verify), {"n": n}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        chunks = _chunks(records([*begun, *values]))
        _, us = _timed(lambda: [files.write(root, TOPIC, 0, chunk, beside) for chunk in chunks], n)
        yield "a signed act archived, with its verdict", us, told
        full, us = _timed(lambda: list(judge_archive(basis, root)), n)
        yield "a signed act judged again, --full", us, told
        attested, us = _timed(lambda: list(judge_attested(basis, root, lambda _: None)), n)
        yield "a signed act judged again, --attested", us, told
    _check(full)
    if full != attested:
        raise AssertionError("attested verdicts gave other outputs")


def _chunks(found: Sequence[Record]) -> list[Chunk]:
    made = []
    for at in range(0, len(found), MAX_ROWS):
        made.append(Chunk(0.0))
        for offset, key, value in found[at : at + MAX_ROWS]:
            made[-1].add(offset, START, key, value)
    return made


def _judged(begun: Sequence[bytes], values: Sequence[bytes]) -> float:
    """µs of each of `values`, behind what a partition begins with."""
    stage = Fold(BOOK, TOPIC, 0, verify=verify)
    stage.run(records(begun))
    given = records(values, len(begun))
    outputs, us = _timed(lambda: stage.run(given), len(given))
    _check(outputs)
    return us


def _check(outputs: Sequence[Output]) -> None:
    """Nothing was refused, so that what was measured is judging."""
    refused = [each for each in outputs if isinstance(each, Quality)]
    if refused:
        raise AssertionError(f"{len(refused)} records were refused, the first: {refused[0].reason}")


def _timed(asked: Callable[[], Any], n: int) -> tuple[Any, float]:
    begin = time.perf_counter()
    found = asked()
    return found, (time.perf_counter() - begin) / n * 1e6
