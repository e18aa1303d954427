"""The whole way: an event through Kafka, judged by a real worker, seen on the wall, acknowledged by a person, judged again."""

from collections.abc import Callable

from playwright.sync_api import expect

from streams.kafka import clients
from streams.messages import HOUR, Alert, Audit, decode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.browser.wall import Wall
from tests.support.events import START, clean, registered, tick
from tests.support.workers import Message, Worker, produce, wait_for

SUBJECT = "air.410100.whole-way"
REASON = "已派执法人员到现场核查"


def _everywhere(partitions: int, value: bytes) -> list[Message]:
    return [(partition, None, value) for partition in range(partitions)]


def _newest(settings: Settings, log: str) -> Alert | None:
    alerts = [decode(record.value, Alert) for record in clients.read_topic(settings, topic_name(log, "alerts"))]
    return next((alert for alert in reversed(alerts) if alert.rule == "gas-hourly"), None)


def test_an_alert_is_acknowledged_with_the_mouse_and_the_log_says_so(
    broker: Settings, log: str, screen: str, look: Callable[[str], Wall]
) -> None:
    """Ozone of 231 µg/m³ (limit 200, GB 3095-2026) reaches the wall; the mouse acknowledges it; Kafka then holds state C.

    The new revision carries who and why, the audit trail has the act, and the row leaves the list of the unacknowledged.
    """
    home = clients.partition_of(SUBJECT.encode(), broker.partitions)
    hour = START + HOUR
    with Worker(broker, log) as worker:
        worker.ready()
        wall = look(screen).open()
        produce(
            broker,
            log,
            [
                *_everywhere(broker.partitions, tick(START)),
                (home, SUBJECT.encode(), registered(SUBJECT, START, "全程测试站")),
                *_everywhere(broker.partitions, tick(hour)),
                (home, SUBJECT.encode(), clean(hour, SUBJECT, o3=231)),
                *_everywhere(broker.partitions, tick(hour + 1_000)),
            ],
        )
        wait_for(lambda: _newest(broker, log), "the alert")
        raised = _newest(broker, log)
        assert raised is not None
        assert (raised.state, raised.value, raised.limit, raised.clause.edition) == ("B", 231.0, 200.0, "GB 3095-2026")
        expect(wall.row(raised.id)).to_contain_text("全程测试站", timeout=20_000)
        wall.acknowledge(raised.id, REASON)
        expect(wall.row(raised.id)).to_have_count(0, timeout=20_000)
        done = _newest(broker, log)
        trail = [decode(record.value, Audit) for record in clients.read_topic(broker, topic_name(log, "audit"))]
    assert done is not None
    assert done.note is not None
    assert ("C", raised.id, REASON) == (done.state, done.id, done.note.reason)
    mine = [entry.event for entry in trail if entry.alert == raised.id]
    assert mine == ["raise", "acknowledge"]
    assert wall.outside == []
