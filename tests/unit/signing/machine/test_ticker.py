"""The clock of an opened log writes what its partitions take: over an hour, a restart, a stall, a gap; at any speed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import json

from streams.messages import HOUR, MINUTE, SECOND, PartitionTime, decode_event, parse_time
from streams.signing.machine.keyfile import Key, write_new
from streams.signing.machine.part import Part
from streams.signing.machine.ticker import NeedsSecondError, Ticker, TimeStanding
from streams.signing.roots.parts import PartRights, rights_of_part, usual_policy
from streams.signing.sign import Signer, proof
from streams.signing.ticks import ClockTick
from streams.signing.trust import tick
from tests.support.signing import BEGIN, ENVIRONMENT, Roots, SignedPartition


class TickedTown:
    """An opened log with a clock's key and its second one in files; a partition takes what the ticker writes."""

    def __init__(self, folder: Path, step: int = SECOND) -> None:
        self.policy = usual_policy(simulated=False, step=step)
        self.roots = Roots(policy=self.policy)
        self.partition = SignedPartition(to=ENVIRONMENT)
        self.partition.now = None
        self.partition.take_all([self.roots.opened])
        self.second_there = True
        for part in ("clock", "clock-second"):
            write_new(folder / part, part)
        self.key, self.second = Key(folder / "clock"), Key(folder / "clock-second")
        for part, key in (("clock", self.key), ("clock-second", self.second)):
            self._adopt(part, key, rights_of_part(part, (ENVIRONMENT,), ("environment",)))

    def _adopt(self, part: str, key: Key, rights: PartRights) -> None:
        logid = self.roots.logid
        self.partition.take_all(
            [
                self.roots.write(
                    "key.added",
                    suite=key.suite,
                    public=key.public,
                    part=part,
                    may=rights.may,
                    cosigns=rights.cosigns,
                    to=rights.to,
                    proof=proof(key, logid, key.public, part),
                )
            ]
        )

    def ticker(self, step: int = SECOND) -> Ticker:
        """A clock that was just started."""

        @contextmanager
        def second() -> Iterator[Signer | None]:
            yield self.second if self.second_there else None

        made = Ticker(Part(self.roots.logid, self.key), self.policy, "sha256", step, second)
        now = self.partition.now
        made.begin(TimeStanding(now, now, self.partition.trust.clock.resumed))
        return made

    def take(self, values: list[bytes]) -> list[str]:
        """Take what was written; the types of it. Every record must be taken."""
        types = []
        for value in values:
            event = decode_event(value)
            if event.type == "clock.tick":
                at = parse_time(event.time)
                found = tick(self.partition.trust, at, json.decode(event.data, type=ClockTick).r, 0, self.partition.now)
                assert found.reason is None, found.message
                assert not found.copy
                self.partition.trust, self.partition.now = found.trust, at
            else:
                assert self.partition.take(value).reason is None
            types.append(event.type)
        return types


@pytest.fixture
def town(tmp_path: Path) -> TickedTown:
    """A log with a live clock's policy."""
    return TickedTown(tmp_path)


@pytest.mark.parametrize("speed", [1, 60])
def test_an_hour_of_ticks_has_one_signature(tmp_path: Path, speed: int) -> None:
    """At speed 1 and 60 one signed chain serves 3,600 ticks, the next one the tick after them; a reader of times sees each."""
    town = TickedTown(tmp_path, speed * SECOND)
    clock, types, time = town.ticker(speed * SECOND), [], PartitionTime()
    for n in range(3_602):
        written = clock.told(BEGIN + n * speed * SECOND)
        types.append(town.take(written))
        assert [at for value in written if (at := time.take(value))] == [BEGIN + n * speed * SECOND]
    assert [n for n, each in enumerate(types) if each == ["clock.chain", "clock.tick"]] == [0, 3_600]
    assert town.partition.now == BEGIN + 3_601 * speed * SECOND


def test_a_restart_in_the_middle(town: TickedTown) -> None:
    """A clock that was started again has no links: it signs a new chain from the newest tick, and goes on by the second."""
    first = town.ticker()
    for n in range(10):
        town.take(first.told(BEGIN + n * SECOND))
    again = town.ticker()
    assert again.told(BEGIN + 9 * SECOND) == []  # the same second
    assert town.take(again.told(BEGIN + 10 * SECOND)) == ["clock.chain", "clock.tick"]
    assert town.take(again.told(BEGIN + 11 * SECOND)) == ["clock.tick"]


def test_a_stall(town: TickedTown) -> None:
    """After a stall one tick for the latest second: of the same chain where it reaches so far, else of a new one."""
    clock = town.ticker()
    town.take(clock.told(BEGIN))
    assert town.take(clock.told(BEGIN + 25 * MINUTE)) == ["clock.tick"]
    assert town.take(clock.told(BEGIN + 70 * MINUTE)) == ["clock.chain", "clock.tick"]


def test_other_steps(town: TickedTown) -> None:
    """A time between two steps begins a new chain; one that is not after the newest tick says nothing."""
    clock = town.ticker(1_000)
    town.take(clock.told(BEGIN))
    assert town.take(clock.told(BEGIN + 1_500)) == ["clock.chain", "clock.tick"]
    assert town.take(clock.told(BEGIN + 1_700)) == ["clock.chain", "clock.tick"]
    assert clock.told(BEGIN + 1_700) == []


def test_a_gap_needs_a_second_signature(town: TickedTown) -> None:
    """A weekend later the clock alone writes nothing; with the second key it resumes time, and then goes on."""
    town.take(town.ticker().told(BEGIN))
    monday = BEGIN + 60 * HOUR
    town.second_there = False
    clock = town.ticker()
    for _ in range(2):
        with pytest.raises(NeedsSecondError, match="second signature"):
            clock.told(monday)
    town.second_there = True
    assert town.take(clock.told(monday)) == ["clock.resumed", "clock.chain", "clock.tick"]
    assert town.take(clock.told(monday + SECOND)) == ["clock.tick"]


def test_a_clock_that_an_operator_has_resumed(town: TickedTown) -> None:
    """Where `clock.resumed` stands in the log already the clock goes on by itself, up to an hour after it."""
    town.take(town.ticker().told(BEGIN))
    town.take(town.ticker().told(BEGIN + 3 * HOUR)[:1])  # the operator wrote this alone
    town.second_there = False
    assert town.take(town.ticker().told(BEGIN + 3 * HOUR + 30 * MINUTE)) == ["clock.chain", "clock.tick"]


def test_partitions_that_are_apart(town: TickedTown) -> None:
    """Killed half way, the clock begins after the partition that is ahead: the one behind takes the chain too."""
    clock = town.ticker()
    town.take(clock.told(BEGIN))
    again = town.ticker()
    again.begin(TimeStanding(BEGIN, BEGIN + 5 * SECOND))
    assert town.take(again.told(BEGIN + 6 * SECOND)) == ["clock.chain", "clock.tick"]
