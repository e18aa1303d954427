"""What the benchmarks found, as JSON for programs and as Markdown for people."""

import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from streams.kafka.jars import KAFKA
from tests.bench.text import METHODS, PREFACE

Figures = dict[str, Any]
"""Sections by name, as `docs/measured/benchmarks.json` holds them."""

LIMIT = "aiokafka"
"""The engine to which ratios are given."""

TOO_SHORT = "too short"
"""What stands for the rate of a run that says nothing."""


def say(text: str) -> None:
    """A line for people on standard error, at once."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


def machine() -> dict[str, str]:
    """The machine: processor and cores as `lscpu` says, memory, kernel, Python, the date (UTC)."""
    lines = subprocess.run(["lscpu"], check=True, capture_output=True, text=True, env={"LC_ALL": "C"}).stdout.splitlines()
    facts = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    memory = next(line for line in Path("/proc/meminfo").read_text("ascii").splitlines() if line.startswith("MemTotal"))
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": facts.get("Model name", facts.get("Architecture", "unknown")),
        "cores": facts["CPU(s)"],
        "threads_per_core": facts.get("Thread(s) per core", "unknown"),
        "memory_gb": f"{int(memory.split()[1]) / (1 << 20):.1f}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "python_build": built(sysconfig.get_config_var("CONFIG_ARGS") or ""),
        "kafka": KAFKA.rpartition(":")[2],
    }


def built(configured: str) -> str:
    """How an interpreter that was configured so was built: what of it makes it faster, or that nothing does.

    >>> built("'--enable-shared' '--enable-optimizations' '--with-lto'"), built("'--enable-shared' '--without-lto'")
    ('--enable-optimizations --with-lto', 'not optimised')
    """
    given = [name for name in ("--enable-optimizations", "--with-lto", "--enable-experimental-jit") if name in configured]
    return " ".join(given) or "not optimised"


def merged(folder: Path, figures: Figures) -> Figures:
    """These figures beside those of other sections that stand in a folder; each older section keeps its date."""
    beside = kept(folder / "benchmarks.json", METHODS, figures)
    extra = {"mix", "outputs"} if "throughput" in figures else set()
    return {name: each for name, each in beside.items() if name in figures or name not in extra}


def kept(path: Path, sections: Iterable[str], figures: Figures) -> Figures:
    """These figures beside what a file has of other sections, each of which keeps the date at which it was measured.

    And the seconds that it took.
    """
    known: Figures = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    older = {name: known[name] for name in known if name not in figures}
    date = known.get("machine", {}).get("date", "")
    dates = {name: known.get("dates", {}).get(name, date) for name in sections if name in older}
    seconds = known.get("seconds", {}) | figures.get("seconds", {})
    return older | figures | {"dates": dates} | ({"seconds": seconds} if seconds else {})


def dated(name: str, figures: Figures) -> list[str]:
    """When a section was measured, where that was before the rest."""
    older = figures.get("dates", {}).get(name)
    return [f"Measured {older}, earlier than the rest."] if older else []


def write(folder: Path, figures: Figures) -> None:
    """Write `benchmarks.json` and `benchmarks.md` into a folder."""
    (folder / "benchmarks.json").write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    (folder / "benchmarks.md").write_text(markdown(figures), "utf-8")


def markdown(figures: Figures) -> str:
    """The page: machine, versions, and each section with its method and its tables."""
    parts = [PREFACE, _machine(figures)]
    for name, (title, method) in METHODS.items():
        if figures.get(name):
            parts += [f"## {title}", method, *dated(name, figures), *_TABLES[name](figures)]
    if seconds := figures.get("seconds"):
        parts += ["## How long it took", table(("section", "s"), [*seconds.items(), ("together", sum(seconds.values()))])]
    return "\n\n".join(parts) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers with thousands separators.

    >>> print(table(("engine", "events/s"), [("a", 1234567), ("b", None)]))
    | engine | events/s |
    |---|---|
    | a | 1,234,567 |
    | b |  |
    """
    lines = ["| " + " | ".join(map(_cell, row)) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _machine(figures: Figures) -> str:
    facts = figures["machine"]
    versions = ", ".join(f"{package} {version}" for package, version in figures["versions"].items())
    build = f" ({facts['python_build']})" if "python_build" in facts else ""  # of an older run nobody knows it
    return (
        f"Measured {facts['date']}: {facts['processor']}, {facts['cores']} cores ({facts['threads_per_core']} threads a core), "
        f"{facts['memory_gb']} GB, {facts['system']}, Python {facts['python']}{build}, Apache Kafka {facts['kafka']} (the "
        f"embedded broker, on the same machine). {versions}."
    )


def _throughput(figures: Figures) -> Iterable[str]:
    runs: dict[str, list[int | None]] = {}
    counts: dict[str, int] = {}
    for run in figures["throughput"]:
        runs.setdefault(run["engine"], []).append(run["events_per_s"])
        counts[run["engine"]] = run["events"]
    medians = {engine: _middle(rates) for engine, rates in runs.items()}
    yield table(
        ("engine", "events/s (median)", f"to {LIMIT}", "to onescreen", "events of a run", "runs"),
        [
            (
                engine,
                None if rate is None else round(rate),
                _ratio(rate, medians.get(LIMIT)),
                _ratio(rate, medians.get("onescreen")),
                counts[engine],
                ", ".join(TOO_SHORT if one is None else f"{one:,}" for one in runs[engine]),
            )
            for engine, rate in sorted(medians.items(), key=lambda one: -(one[1] or 0))
        ],
    )
    if any(rate is None for rates in runs.values() for rate in rates):
        yield f"{TOO_SHORT}: the engine took the log in so few batches that its marks lie less than a second apart: no rate."
    total, made = sum(figures["mix"].values()), figures["outputs"]
    yield (
        f"Outputs of one run, the same for every engine that judged it: {made['alerts']:,} alert revisions "
        f"({_share(made['alerts'], total)} of the events), {made['audit']:,} audit entries, "
        f"{made['quality']:,} quality records."
    )
    yield "What the events are:"
    yield table(("type", "events", "share"), [(name, count, _share(count, total)) for name, count in figures["mix"].items()])


def _native(figures: Figures) -> Iterable[str]:
    found = figures["native"]
    by: dict[str, list[Figures]] = {}
    for row in found["runs"]:
        by.setdefault(row["engine"], []).append(row)
    start = found["start_cpu_s"]
    rates = {engine: _middle(row["events_per_s"] for row in rows) for engine, rows in by.items()}
    costs = {
        engine: median(1e6 * (row["cpu_s"] - start[engine]) / row["events"] for row in rows) for engine, rows in by.items()
    }
    ours = next(iter(by))
    yield (
        f"The rules: {', '.join(found['rules'])}. "
        f"{', '.join(f'{name} {version}' for name, version in found['versions'].items())}, heap {found['heap']}."
    )
    yield table(
        (
            "engine",
            "events/s (median)",
            f"to {ours}",
            "µs of processor time an event (median)",
            f"to {ours}",
            "s of it to start",
            "memory MB, most",
            "runs",
        ),
        [
            (
                engine,
                None if (rate := rates[engine]) is None else round(rate),
                _ratio(rate, rates[ours]),
                round(costs[engine], 2),
                _ratio(costs[engine], costs[ours]),
                start[engine],
                max(row["memory_mb"] for row in rows),
                ", ".join(TOO_SHORT if row["events_per_s"] is None else f"{row['events_per_s']:,}" for row in rows),
            )
            for engine, rows in by.items()
        ],
    )
    logs = {"the stream": found["compared"], "disorder": found["disorder"]}
    yield "What the peer found beside ours, occurrence by occurrence, and how many records each refused, by reason:"
    yield table(
        ("log", "engine", "the same to the ms", "ours alone", "the peer's alone", "other times", "refused: ours / the peer"),
        [(name, engine, *_found(each)) for name, engines in logs.items() for engine, each in engines.items()],
    )


def _found(each: Figures) -> tuple[object, ...]:
    names = ("ours_alone", "theirs_alone", "otherwise")
    parts = (", ".join(f"{rule} {count}" for rule, count in each[name].items()) or 0 for name in names)
    refused = ", ".join(f"{reason} {ours:,} / {theirs:,}" for reason, (ours, theirs) in each["refused"].items())
    return (each["equal"], *parts, refused)


def _middle(rates: Iterable[int | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return median(known) if known else None


def _ratio(rate: float | None, to: float | None) -> str | None:
    return f"{rate / to:.2f}" if rate and to else None


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.2f} %"


def _delay(figures: Figures) -> Iterable[str]:
    found = figures["delay"]
    head = ("events/s asked", "events/s written", "alerts", "p50 ms", "p99 ms", "longest ms", "alerts that did not come")
    names = ("asked_events_per_s", "events_per_s", "alerts", "p50_ms", "p99_ms", "max_ms", "missing")
    yield table(head, [[found[name] for name in names]])


def _wall(figures: Figures) -> Iterable[str]:
    found = figures["wall"]
    rows = {
        "its alert readable in Kafka": found["event_to_alert_ms"],
        "the wall's count, in the browser": found["event_to_wall_ms"],
    }
    head = ("from the event's write to", "p50 ms", "p95 ms", "longest ms")
    yield table(head, [(what, ms["p50"], ms["p95"], ms["max"]) for what, ms in rows.items()])


def _growth(figures: Figures) -> Iterable[str]:
    head = (
        "subjects",
        "facts and ticks",
        "events/s",
        "registrations/s",
        "memory MB",
        "memory after restart MB",
        "checkpoint s, median",
        "longest",
        "recovery s",
    )
    yield table(
        head,
        [
            (
                row["subjects"],
                row["facts"],
                row["events_per_s"],
                row["registrations_per_s"],
                row["rss_mb"],
                row["rss_recovered_mb"],
                row["checkpoint_s"]["median"],
                row["checkpoint_s"]["longest"],
                row["recovery_s"],
            )
            for row in figures["growth"]
        ],
    )


def _rules(figures: Figures) -> Iterable[str]:
    rows = figures["rules"]
    base = rows[0]["us_per_event"]
    yield table(
        ("rules added", "how many", "µs of an event", "to none", "runs"),
        [
            (
                row["added"],
                row["rules"],
                row["us_per_event"],
                f"{row['us_per_event'] / base:.2f}",
                ", ".join(map(str, row["runs"])),
            )
            for row in rows
        ],
    )


def _workers(figures: Figures) -> Iterable[str]:
    found = figures["workers"]
    one, two = found["events_per_s"]["one"], found["events_per_s"]["two"]
    yield table(("workers", "events/s together", "to one"), [(1, one, None), (2, two, _ratio(two, one) if two else None)])
    cost: Mapping[str, Any] = found["rebalance"]
    names = {
        "steady": "before anything changes",
        "join": "after a second worker is started",
        "leave": "after it is stopped (SIGTERM)",
        "join_again": "after a third is started",
        "kill": "after the third is killed (SIGKILL)",
    }
    by_partition = {name: cost.get(f"{name}_by_partition_ms", []) for name in names}
    count = max(map(len, by_partition.values()), default=0)
    yield table(
        ("longest delay of an alert, ms", "of all", *(f"partition {number}" for number in range(count))),
        [(what, cost.get(f"{name}_longest_ms"), *by_partition[name]) for name, what in names.items()],
    )


def _judge(figures: Figures) -> Iterable[str]:
    yield table(
        ("source", "events", "events/s", "events/s per core", "start-up s"),
        [
            (row["source"], row["events"], row.get("events_per_s"), row["per_core"], row.get("start_s"))
            for row in figures["judge"]
        ],
    )


def _alerts(figures: Figures) -> Iterable[str]:
    found = figures["alerts"]
    yield table(
        ("alerts that stand", "µs of an event", "of one without an alert", "bytes of an alert"),
        [(row["alerts"], row["us_per_event"], row["us_per_event_without"], row["bytes"]) for row in found["standing"]],
    )
    yield table(("acts at once", "acts/s"), [(found["acts"]["acts"], found["acts"]["acts_per_s"])])


def _orders(figures: Figures) -> Iterable[str]:
    found = figures["orders"]
    yield table(
        ("open orders", "µs of an act", "bytes of an order", "restart s"),
        [(row["orders"], row["us_per_act"], row["bytes_per_order"], row["restore_s"]) for row in found["open"]],
    )
    press = found["press"]
    yield table(
        ("receivers", "ms of the press", "µs of a signature"), [(press["receivers"], press["press_ms"], press["sign_us"])]
    )
    yield from _order_year(found["year"])
    yield from _order_list(found["list"])
    yield from _order_press(found["screen"])


def _order_year(year: Figures) -> Iterable[str]:
    names = ("orders", "acts", "us_per_act", "processes", "acts_per_s", "year_s", "cores_for_bar", "peak_mb")
    bar = f"≤ {year['bar_s']} s"
    yield table(
        (
            "whole lives",
            "acts",
            "µs of an act",
            "processes",
            "acts/s together",
            f"s of a year ({bar})",
            f"cores for {bar}",
            "memory of a process MB",
        ),
        [[year[name] for name in names]],
    )
    yield f"A year of {year['year_orders']:,} orders, reckoned from these lives: {held(year['year_s'], year['bar_s'])}."


def _order_list(found: Figures) -> Iterable[str]:
    bar = found["bar_ms"]
    yield table(
        ("open orders in the list", "bytes of an order on the screen's side", "s to take all of them up"),
        [(found["orders"], found["bytes_per_order"], found["fold_s"])],
    )
    yield table(
        ("asked of the list", "p50 ms", f"p95 ms (≤ {bar} ms)", ""),
        [(row["asked"], row["p50_ms"], row["p95_ms"], held(row["p95_ms"], bar)) for row in found["answers"]],
    )


def _order_press(found: Figures) -> Iterable[str]:
    bar, single, many = found["bar_ms"], found["single"], found["many"]
    yield table(
        ("presses, one receiver each", "p50 ms to its screen", f"p95 ms (≤ {bar} ms)", "longest ms", ""),
        [(single["presses"], single["p50_ms"], single["p95_ms"], single["max_ms"], held(single["p95_ms"], bar))],
    )
    yield table(
        ("receivers of one press", "watched", "presses", "p50 ms to the last", f"longest ms (≤ {bar} ms)", ""),
        [(*(many[name] for name in ("receivers", "watched", "presses", "p50_ms", "max_ms")), held(many["max_ms"], bar))],
    )


def held(found: float, bar: float) -> str:
    """Whether a figure stands within its bar, in words.

    >>> held(0.4, 1), held(90, 60)
    ('within its bar', 'beyond its bar, 1.5 times')
    """
    return "within its bar" if found <= bar else f"beyond its bar, {found / bar:.1f} times"


def _oversight(figures: Figures) -> Iterable[str]:
    found = figures["oversight"]
    names = ("orders", "cases", "us_per_event", "us_per_change", "bytes_per_order", "snapshot_mb", "snapshot_s", "restore_s")
    yield table(
        (
            "open orders",
            "cases",
            "µs of an event of a first reading",
            "µs of a line that changes",
            "bytes of an order",
            "snapshot MB",
            "s to write it",
            "s to begin from it",
        ),
        [[found[name] for name in names]],
    )
    if told := found.get("told"):
        head = ("events", "read by the service, ticks among them", "cases", "µs of a fact that it reads")
        yield table(head, [[told[name] for name in ("events", "facts", "cases", "us_per_fact")]])
    head = ("asked", "p50 ms", "longest ms", "kB of the answer")
    yield table(head, [[row[name] for name in ("asked", "p50_ms", "max_ms", "kb")] for row in found["answers"]])


def _hj212(figures: Figures) -> Iterable[str]:
    found = figures["hj212"]
    yield table(
        ("frames", "bytes of a frame", "factors", "decoded/s of a core", "found, decoded, answered/s of a core"),
        [tuple(found["decode"][name] for name in ("frames", "bytes", "factors", "decoded_per_s", "answered_per_s"))],
    )
    yield table(
        ("devices connected", "frames answered", "frames/s", "not answered", "memory MB", "with noise and halves beside MB"),
        [
            tuple(
                found["served"][name]
                for name in ("devices", "answered", "frames_per_s", "unanswered", "rss_mb", "rss_under_noise_mb")
            )
        ],
    )


def _http(figures: Figures) -> Iterable[str]:
    head = ("events of a post", "posts", "events/s", "answer p50 ms", "p99 ms", "longest ms")
    names = ("batch", "posts", "events_per_s", "p50_ms", "p99_ms", "max_ms")
    yield table(head, [[row[name] for name in names] for row in figures["http"]])


def _mqtt(figures: Figures) -> Iterable[str]:
    head = ("messages that waited", "messages/s into Kafka", "single messages", "into Kafka p50 ms", "p99 ms")
    names = ("messages", "messages_per_s", "single", "p50_ms", "p99_ms")
    yield table(head, [[figures["mqtt"][name] for name in names]])


def _signs(figures: Figures) -> Iterable[str]:
    found = figures["signs"]
    head = ("signs", "districts", "subjects", "minutes", "facts", "cells a minute")
    yield table(head, [[found[name] for name in ("signs", "areas", "subjects", "minutes", "facts", "cells")]])
    head = (
        "memory MB",
        "without signs",
        "a minute of all partitions ms",
        "without signs",
        "longest, with all",
        "of the stage ms",
    )
    names = ("memory_mb", "memory_without_mb", "tick_ms", "tick_without_ms", "tick_most_ms", "stage_ms")
    yield table(head, [[found[name] for name in names]])
    head = ("cities", "hours", "copies", "events", "facts a tick", "µs an event without signs", "with", "ratio of two halves")
    names = ("cities", "hours", "copies", "events", "facts_per_tick", "us_without", "us_with")
    yield table(
        head, [[*(row[name] for name in names), " and ".join(map(str, row["halves"]))] for row in figures["signs_cost"]]
    )


_TABLES = {
    "signs": _signs,
    "http": _http,
    "mqtt": _mqtt,
    "hj212": _hj212,
    "throughput": _throughput,
    "native": _native,
    "delay": _delay,
    "wall": _wall,
    "growth": _growth,
    "rules": _rules,
    "workers": _workers,
    "judge": _judge,
    "orders": _orders,
    "oversight": _oversight,
    "alerts": _alerts,
}
