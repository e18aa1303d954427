"""本平台预判 and the time of a log, from what a log in Kafka has."""

import msgspec
import pytest

from agents.measures.measure_command import main as measure
from agents.offline.priority import main
from streams.messages import MINUTE, Heartbeat, Name, SubjectStatus, format_time
from streams.settings import Settings
from tests.support.orders.kept import AFTER, NOISE, TO
from tests.support.orders.partition import HOTLINE, OrderPartition, actor, hotline_matter
from tests.support.town import alert, wall_clock
from tests.support.workers import write_outputs

CODE = "91350100M000100Y43"


@pytest.fixture(autouse=True)
def here(broker: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands find the broker of the tests."""
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    monkeypatch.setenv("ONESCREEN_DATA", str(broker.data))


def test_a_log_tells_what_stands_at_an_enterprise(
    broker: Settings, log: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """One red alert of a subject whose register names the enterprise: one part of 20 points, as priority.toml has it."""
    now = wall_clock()
    red = alert(log, 3, now, severity="red")
    whose = SubjectStatus(
        subject=red.subject,
        domain="environment",
        kind="enterprise_source",
        name=Name("甲"),
        adcode="410182",
        lon=None,
        lat=None,
        at=format_time(now),
        values={},
        owner=CODE,
    )
    write_outputs(broker, log, [red, whose])
    assert main(["--log", log, "--json"]) == 0
    (row,) = [msgspec.json.decode(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert (row["code"], row["points"]) == (CODE, 20)
    assert [(each["name"], each["cases"]) for each in row["parts"]] == [("red", [red.id])]


def test_a_log_is_as_far_as_its_slowest_partition_of_orders(
    broker: Settings, log: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The figure is of the time of the partition that is behind, whatever others and other stages tell."""
    by = OrderPartition()
    told = by.filed(hotline_matter(adcode="410105"), NOISE)
    told += by.act("accept", actor("receptionist", HOTLINE), order=NOISE)
    told += by.act("dispatch", actor("dispatcher", HOTLINE), order=NOISE, receivers=TO)
    told += by.tick(AFTER)

    def pulse(domain: str, partition: int, at: int) -> Heartbeat:
        now = format_time(at)
        return Heartbeat(
            domain=domain, partition=partition, worker="w", now=now, sent=now, offset=0, lag=0, rate=0.0, rss=0, subjects=0
        )

    pulses = [pulse("orders", 0, by.time), pulse("orders", 1, by.time + MINUTE), pulse("environment", 0, by.time + 9 * MINUTE)]
    write_outputs(broker, log, [*told, *pulses])
    assert measure(["show", "request-signed", "--log", log, "--json"]) == 0
    (row,) = [msgspec.json.decode(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert row["at"] == format_time(by.time)
