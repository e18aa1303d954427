"""Everything at random under load, from a seed; then it is counted what stands at the end.

`--torture-seed N` and `--torture-seconds N`: which plan, and how long. `make torture` runs it alone.
"""

import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.settings import Settings
from streams.topics import events_topic
from tests.chaos.torture.city import DOMAINS, Tortured, refusals, stood, tortured
from tests.chaos.torture.ledger import faults, raised, unpromised
from tests.chaos.torture.plan import DISKS, Blow, plan
from tests.support.kafka.mqtt import MOSQUITTO
from tests.support.workers import committed, record_ends, wait_for

CALM = 60.0
"""Seconds within which everything that was begun must be brought once nothing is done any more."""

HELD = 25.0
"""Seconds after which Mosquitto is restarted where something is still missing in the log."""

MEMORY = 400 << 20
"""Bytes that a part may have at most."""

AGAIN = {"worker": {1}, "archive": {1}}
"""The codes with which a part may end by itself, to be started again: a worker that was fenced or lost Kafka for too long, an
archive whose disk is full or whose Kafka is away. A gateway never ends."""

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed: scripts/mosquitto does it")


@pytest.mark.timeout(0)  # it lasts as long as it is told to
def test_what_was_acknowledged_is_kept_and_judged_once(
    broker: Settings, log: str, ways: tuple[int, int], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Every acknowledged fact once in the archive, in order; each alert that there must be; each refusal told."""
    seed = pytestconfig.getoption("--torture-seed", None) or random.randrange(1_000_000)
    seconds = pytestconfig.getoption("--torture-seconds", None) or 180.0
    _say(f"seed {seed}, {seconds:.0f} s; the same plan again: make torture SEED={seed}")
    with tortured(broker, log, ways, tmp_path, seed) as city:
        blows = plan(seed, seconds, tuple(name for name in DISKS if city.disks[name] is not None))
        _strike(city, blows, seconds)
        _say("nothing more is done")
        unserved = city.let_run(CALM)
        _say("all is brought")
        restarts = _settle(city)
        _say("all is in the log")
        for domain in DOMAINS:
            end = record_ends(broker, events_topic(log, domain))
            wait_for(lambda end=end, domain=domain: _judged(committed(broker, log, domain), end), "all to be judged", 120)
        _say("all is judged")
        own = {name: part.own for name, part in city.parts.parts.items()}
        said = {name: part.said() for name, part in city.parts.parts.items()}
        codes = city.parts.stop()
        records, archived = city.records(), city.archived()
        facts = [fact for place, value in archived.items() if (fact := stood(place, value)) is not None]
        told = refusals(archived)
        alerts = city.alerts()
        found = dict(faults(city.ledger, facts, alerts, set(told.values()), told.keys(), city.quality()))
        peaks = {name: part.peak for name, part in city.parts.parts.items()}
        figures = {
            "seed": seed,
            "blows": Counter(f"{blow.what} {blow.whom}" for blow in blows),
            "sent": Counter(fact.type for fact in city.ledger.sent),
            "acknowledged": Counter(name[0] for name in city.ledger.acknowledged),
            "again": city.ledger.tries,
            "archived": Counter(fact.type for fact in facts),
            "lost by Mosquitto": unpromised(city.ledger, facts),
            "refused": len(city.ledger.refused),
            "refusals told": len(told),
            "alerts": [len(alerts), len(raised(city.ledger, facts))],
            "MiB": {name: peak >> 20 for name, peak in peaks.items()},
            "ended by itself": {name: codes for name, codes in own.items() if codes},
            "Mosquitto restarted at the end": restarts,
        }
        _say(json.dumps(figures, ensure_ascii=False))
        found |= {"not served again": unserved} if unserved else {}
        found |= {"the archive is not the log": sorted(records.items() ^ archived.items())} if records != archived else {}
        found |= {f"{name} ended by itself": codes for name, codes in own.items() if set(codes) - AGAIN.get(name, set())}
        found |= {f"{name} at SIGTERM": [code] for name, code in codes.items() if code}
        found |= {f"memory of {name}": [peak] for name, peak in peaks.items() if peak > MEMORY}
        shown = {what: [len(all_), all_[:5]] for what, all_ in found.items()}
        last = "\n".join(f"--- {name}\n{text[-3_000:]}" for name, text in said.items())
        assert not shown, f"seed {seed}: {shown}\n{last}"


def _strike(city: Tortured, blows: list[Blow], seconds: float) -> None:
    """Each blow at its time, whatever others are under way."""
    begun = time.monotonic()
    with ThreadPoolExecutor(len(blows) + 1) as pool:
        struck = []
        for blow in blows:
            time.sleep(max(0.0, begun + blow.at - time.monotonic()))
            struck.append(pool.submit(city.bear, blow))
        time.sleep(max(0.0, begun + seconds - time.monotonic()))
        for each in struck:
            each.result()


def _judged(done: dict[int, int], ends: dict[int, int]) -> bool:
    """Whether the worker has committed the last record of each partition."""
    return all(done.get(number, 0) >= end for number, end in ends.items())


def _settle(city: Tortured) -> int:
    """Wait until all stands in Kafka; how often Mosquitto had to be restarted for that.

    Before 2.0.13 it may hold messages back after reconnects until it is restarted (its issue 2306).
    """
    for restarts in range(3):
        until = time.monotonic() + HELD
        while missing := city.missing():
            if time.monotonic() > until:
                _say(f"{len(missing)} are missing in the log, such as {missing[:3]}: Mosquitto is restarted")
                city.mosquitto.restart()
                break
            time.sleep(1)
        else:
            return restarts
    return 3


def _say(text: str) -> None:
    sys.stderr.write(f"torture: {text}\n")
    sys.stderr.flush()
