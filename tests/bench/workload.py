"""The events of the benchmarks: many simulated cities side by side, deterministic, mixed as the city itself mixes them.

A city is `python -m fixtures city` of one seed: 308 registered subjects of all five domains from 04:00 on, seven hours whose
kinds of facts are mixed nearest to those of a whole day (total variation distance 0.025; 01:00 to 03:00 and noon differ up
to 0.13). Every fifth city lives the lively `day` of the demo, with limit breaks and bad input; the others are `calm`. In the
names of a city's subjects `.sim.` becomes the city's number, so that subjects of cities differ. Nothing else is changed.
"""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

import msgspec

from fixtures.city import beats
from fixtures.scenario import load_scenario
from fixtures.weather import BEGIN, Air
from streams.catalogue import domains
from streams.kafka import clients
from streams.messages import HOUR, MINUTE, event_bytes, format_time, parse_time

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".onescreen" / "bench"
"""Where environments of peers and generated events are kept between runs (git-ignored)."""

FROM = parse_time(BEGIN) + 4 * HOUR
LIVELY = 5
"""Every fifth city is lively."""

MARK = b"mark"
"""Key of the records that mark where a measurement begins and ends in each partition."""

NO_JSON = b"no JSON, but a mark"
"""Value of a mark: it becomes a quality record, whose stamp says when it was judged."""

Fact = tuple[str, bytes, bytes]
"""Domain, key and value of a fact."""

Minute = list[list[Fact]]
"""The facts of one minute, for each city."""

Record = tuple[str, int, bytes | None, bytes]
"""Domain, partition, key and value of a record of a log."""

_LENGTH = struct.Struct(">I")
_NAME = b".sim."


class Workload(msgspec.Struct, frozen=True):
    """Some cities for some hours. `copies` of each are made by naming its subjects anew; `most` bounds the records."""

    cities: int
    hours: int
    copies: int = 1
    most: int | None = None

    def minutes(self) -> Iterator[list[Fact]]:
        """Facts by minute, the registrations of all first."""
        names = [b".%04d." % number for number in range(self.cities * self.copies)]
        for minute in _kept(self.cities, self.hours):
            yield [
                (domain, key.replace(_NAME, name), value.replace(_NAME, name))
                for number, name in enumerate(names)
                for domain, key, value in minute[number % self.cities]
            ]

    def registrations(self, partitions: int) -> Iterator[Record]:
        """A first tick in each partition, then the registrations, between marks."""
        return self._marked(self._records(partitions, 0, 1), partitions)

    def facts(self, partitions: int) -> Iterator[Record]:
        """All but the registrations, among ticks of each minute in each partition, between marks."""
        return self._marked(self._records(partitions, 1, None), partitions)

    def records(self, partitions: int) -> Iterator[Record]:
        """Registrations and facts among ticks, between marks, at most `most` records beside the marks."""
        return self._marked(self._records(partitions, 0, None), partitions)

    def lines(self) -> Iterator[bytes]:
        """The same as JSON lines of one file, each tick once."""
        for n, facts in enumerate(self.minutes()):
            yield tick(n)
            yield from (value for _, _, value in facts)

    def _records(self, partitions: int, begin: int, end: int | None) -> Iterator[Record]:
        homes: dict[bytes, int] = {}
        places = [(domain, partition) for domain in domains() for partition in range(partitions)]
        for n, facts in islice(enumerate(self.minutes()), begin, end):
            now = tick(n)
            yield from ((domain, partition, None, now) for domain, partition in places)
            for domain, key, value in facts:
                home = homes.get(key)
                if home is None:
                    home = homes[key] = clients.partition_of(key, partitions)
                yield domain, home, key, value

    def _marked(self, records: Iterator[Record], partitions: int) -> Iterator[Record]:
        return chain(marks(partitions), islice(records, self.most), marks(partitions))


def marks(partitions: int) -> list[Record]:
    """A mark for each partition of each domain."""
    return [(domain, partition, MARK, NO_JSON) for domain in domains() for partition in range(partitions)]


def tick(minute: int) -> bytes:
    """The clock, so many minutes after the beginning."""
    time = format_time(FROM + minute * MINUTE)
    return event_bytes(type="clock.tick", source="clock", id=time, time=time)


def mix(values: Iterable[bytes]) -> Counter[str]:
    """How many events there are of each type."""
    return Counter(map(_type, values))


class _Type(msgspec.Struct):
    type: str


_decode = msgspec.json.Decoder(_Type).decode


def _type(value: bytes) -> str:
    try:
        return _decode(value).type
    except msgspec.DecodeError:
        return "unreadable"


def _kept(cities: int, hours: int) -> Iterator[Minute]:
    """The minutes of some cities, made once and then read from a file."""
    path = FOLDER / "events" / f"{_digest()}-{cities}x{hours}"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, cities, hours)
    decode = msgspec.msgpack.Decoder(Minute).decode
    with path.open("rb") as file:
        while length := file.read(_LENGTH.size):
            yield decode(file.read(*_LENGTH.unpack(length)))


def _write(path: Path, cities: int, hours: int) -> None:
    with get_context("spawn").Pool() as pool:
        lives = pool.starmap(_life, [(seed, hours) for seed in range(1, cities + 1)], chunksize=1)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        for minute in zip(*lives, strict=True):
            body = msgspec.msgpack.encode(minute)
            file.write(_LENGTH.pack(len(body)) + body)
    unfinished.rename(path)


def _life(seed: int, hours: int) -> list[list[Fact]]:
    """The facts of one city by minute; the first entry are its registrations."""
    minutes: list[list[Fact]] = []
    air = Air(seed, load_scenario("calm" if seed % LIVELY else "day"), FROM)
    for beat in beats(air, hours):
        if isinstance(beat, int):
            minutes.append([])
        else:
            minutes[-1].append((beat.domain, beat.key, beat.value))
    return minutes


def _digest() -> str:
    """A name for the simulated city as it is now, so that another city makes its events anew."""
    files = sorted([*(ROOT / "fixtures").rglob("*.py"), *(ROOT / "fixtures").rglob("*.toml")])
    program = b"".join(file.read_bytes() for file in files)
    return blake2b(b"%d %d " % (FROM, LIVELY) + program, digest_size=6).hexdigest()
