"""Import into a real log."""

import json
from collections import Counter
from pathlib import Path

import pytest

from streams.clock import newest_tick
from streams.command import Trouble
from streams.gateways.files import beats, prepare_log, read_file
from streams.gateways.sink import write_log
from streams.gateways.timeline import Arrival
from streams.kafka.clients import partition_of, read_topic
from streams.messages import HOUR, MINUTE, RESUMED, TICK, parse_time
from streams.settings import Settings
from streams.topics import LIVE, events_topic

HEADER = "Date,Hour,WatchPoint,AQI,Level,PrimaryPollution,PM2.5,PM10,CO,NO2,O3_1h,O3_8h,SO2"
NAMES = ("甲", "乙", "丙", "丁")
START = parse_time("2020-04-02T07:00:00+08:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table of four stations and three hours."""
    rows = [f"20200402,{hour:02d},{name},NaN,,NaN,1,2,0.{hour},3,4,5,6" for hour in (8, 9, 11) for name in NAMES]
    path = tmp_path / "table.csv"
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    return path


def test_every_record_stands_in_the_log_behind_the_tick_of_its_time(broker: Settings, path: Path) -> None:
    """Each partition has every tick; each record is keyed by its subject and stands between its tick and the next."""
    log = "import-whole"
    prepare_log(broker, log, START)
    content = read_file(path, "environment")
    write_log(beats(content, MINUTE, HOUR), broker, log)
    records = read_topic(broker, events_topic(log, "environment"))
    expected = Counter((arrival.key, arrival.value) for arrival in content.arrivals)
    now: dict[int, int] = {}
    found: Counter[tuple[bytes, bytes]] = Counter()
    ticks: Counter[int] = Counter()
    for record in records:
        event = json.loads(record.value)
        if event["type"] in {RESUMED, TICK}:
            now[record.partition] = parse_time(event["time"])
            ticks[record.partition] += 1
        else:
            assert parse_time(event["time"]) == now[record.partition]
            assert record.partition == partition_of(event["subject"].encode(), broker.partitions)
            found[record.key, record.value] += 1
    assert found == expected
    assert ticks == dict.fromkeys(range(broker.partitions), 5 * 60 + 1)  # 07:00 to 12:00, a tick a minute
    assert newest_tick(broker, log) == START + 5 * HOUR


def test_order_within_a_partition_is_the_order_of_the_file(broker: Settings, log: str) -> None:
    """Many records of one key keep their order over the producer's batches."""
    arrivals = [Arrival(START, "environment", b"one", b"%d" % number) for number in range(50_000)]
    write_log(arrivals, broker, log)
    values = [record.value for record in read_topic(broker, events_topic(log, "environment"))]
    assert values == [arrival.value for arrival in arrivals]


def test_the_live_log_is_refused(broker: Settings) -> None:
    """Old data never mixes with what is live."""
    with pytest.raises(Trouble, match="another name"):
        prepare_log(broker, LIVE, START)


def test_a_log_that_is_further_on_is_refused(broker: Settings, log: str) -> None:
    """A second import of the same file would go back in time: the trouble says where the log has got to."""
    write_log([START + HOUR], broker, log)
    with pytest.raises(Trouble, match=r"2020-04-02T08:00:00.*choose another name"):
        prepare_log(broker, log, START)
