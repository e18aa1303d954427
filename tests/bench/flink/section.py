"""The section `native`: our worker with the few rules and Flink with the same, one log after the other, found by found.

Processor time is user and system time of an engine's whole process as the kernel counts it, and memory its largest resident
set; what starting up alone takes is measured on a log of marks and taken off. So a machine with other load gives figures too.
"""

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec import to_builtins

from streams.kafka.clients import read_topic
from streams.settings import Settings
from streams.topics import topic_name
from tests.bench import engines, logs
from tests.bench.engines import FEW, NATIVE
from tests.bench.flink import compared, peer
from tests.bench.flink.disorder import disordered
from tests.bench.flink.few_book import RULES
from tests.bench.report import say
from tests.bench.runs.throughput import PATIENCE, rate_of, said
from tests.bench.sizes import Sizes
from tests.bench.workload import NO_JSON, Record, marks

ENGINES = (FEW, *NATIVE)
QUIET = 4
"""After so many looks without another output an engine has done its work, once all marks are there."""

SEED = 30


def native(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """All runs, what starting up takes, and what both found; nothing where there is no JDK."""
    if peer.JAVA is None or peer.JAVAC is None:
        say("no JDK here, so that there is no native peer: apt-get install openjdk-17-jdk-headless, or newer")
        return {}
    start = {row["engine"]: row["cpu_s"] for row in _run(settings, "native-start", 2 * marks(settings.partitions))[0]}
    runs: list[dict[str, Any]] = []
    for run in range(1, sizes.runs + 1):
        rows, found = _run(settings, f"native{run}", sizes.throughput.records(settings.partitions))
        runs += [{"run": run, **row} for row in rows]
    _, disorder = _run(settings, "native-disorder", disordered(settings.partitions, SEED))
    return {
        "rules": [rule for of in RULES.values() for rule in of],
        "versions": peer.versions(),
        "heap": peer.HEAP,
        "start_cpu_s": start,
        "runs": runs,
        "compared": found,
        "disorder": disorder,
    }


def _run(settings: Settings, log: str, records: Iterable[Record]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """One log through all engines: what each took, and what each of the peers found beside ours."""
    logs.create(settings, log)
    count = logs.fill(settings, log, records)
    rows, told = [], {}
    for engine in ENGINES:
        out = log if engine == FEW else f"{log}-{engine.partition(',')[0]}{NATIVE[engine]}"
        row = _measured(settings, engine, log, out, count)
        say(f"{log} {engine}: {said(row['events_per_s'])}, {row['cpu_s']} s of processor time, {row['memory_mb']} MB")
        rows.append(row)
        alerts = [record.value for record in _in_order(settings, out, "alerts")]
        refused = compared.refused(record.value for record in _in_order(settings, out, "quality"))
        told[engine] = ((compared.ours if engine == FEW else compared.theirs)(alerts), refused)
        if out != log:
            logs.remove(settings, out)
    logs.remove(settings, log)
    ours, our_refusals = told[FEW]
    found = {}
    for engine in NATIVE:
        theirs, their_refusals = told[engine]
        both = {reason: [our_refusals[reason], their_refusals[reason]] for reason in sorted(our_refusals | their_refusals)}
        found[engine] = to_builtins(compared.compare(ours, theirs)) | {"refused": both}
    return rows, found


def _measured(settings: Settings, engine: str, log: str, out: str, count: int) -> dict[str, Any]:
    if out != log:
        logs.create(settings, out)
    with engines.running(engine, settings, log, out) as process:
        _settle(settings, out, process)
        cpu, memory = _used(process.pid)
    stamps = _mark_stamps(settings, out)
    rate = rate_of(count, stamps)
    return {
        "engine": engine,
        "events": count,
        "events_per_s": None if rate is None else round(rate),
        "cpu_s": cpu,
        "memory_mb": memory,
    }


def _settle(settings: Settings, out: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until all marks are there and nothing more comes."""
    wanted, until = 2 * len(marks(settings.partitions)), time.monotonic() + PATIENCE
    before, same = logs.counts(settings, out), 0
    while True:
        time.sleep(logs.POLL)
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{out} holds {before} of {wanted} marks and all outputs")
        now = logs.counts(settings, out)
        same = same + 1 if now == before else 0
        before = now
        if now["quality"] >= wanted and same >= QUIET and len(_mark_stamps(settings, out)) >= wanted:
            return


def _mark_stamps(settings: Settings, out: str) -> list[int]:
    """When the record of each mark that is judged arrived at the broker (ms)."""
    records = _in_order(settings, out, "quality")
    told = ((record.timestamp, compared.refusal(record.value)) for record in records)
    return [at for at, each in told if (each.reason, each.size) == ("not-json", len(NO_JSON))]


def _in_order(settings: Settings, log: str, name: str) -> Iterable[Any]:
    return read_topic(settings, topic_name(log, name))


def _used(pid: int) -> tuple[float, int]:
    """Seconds of user and system time of a process so far, and the largest resident memory that it had (MB)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return round((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 2), peak // 1024
