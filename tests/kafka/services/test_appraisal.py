"""An index is adopted and a figure objected to in a real log, by the commands of those who do so."""

import json
from contextlib import closing
from typing import Any

import pytest

from agents.measures.index.command import main as index
from agents.measures.measure_command import main as measure
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import encode
from streams.outputs import target
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.orders.signings import Signing, signings

PERIOD = ("request-handling", "--period", "2026-Q1", "--at", "2026-04-02T09:00:00+08:00")


@pytest.fixture
def there(broker: Settings, log: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A log with ten requests of a department, eight of which were signed in time, and the broker as commands find it."""
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    monkeypatch.setenv("ONESCREEN_DATA", str(broker.data))
    with closing(clients.producer(broker)) as producer:
        for each in signings(Signing("zz-ee", 8, 10)):
            topic, key = target(each)
            producer.send(topic_name(log, topic), encode(each), key.encode())
        producer.flush()
    return log


def test_figures_and_scores_follow_what_people_decide(broker: Settings, there: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The unit objects, somebody of the office grants: 8 of 9. Two adopt; a quarter that had ended by then keeps none."""

    def told(run: Any, *arguments: str) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert run([*arguments, "--log", there]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    def by(who: str, department: str) -> tuple[str, ...]:
        return "--actor", who, "--department", department

    said = ("object", "request-signed", "--from", "2026-03", "--case", "0-9/1", "--reason", "系统故障")
    with pytest.raises(Trouble, match="a unit objects to its own figure"):
        measure([*said, *by("li", "zz-um"), "--unit", "zz-ee", "--log", there])
    (made,) = told(measure, *said, *by("li", "zz-ee"))
    shown = ("show", "request-signed", "--at", "2026-04-02T09:00:00+08:00")
    (row,) = told(measure, *shown)
    assert (row["count"], row["of"], row["objections"][0]["state"]) == (8, 10, "open")
    answered = ("answer", made["objection"], "leave-out", "--reason", "属实")
    with pytest.raises(Trouble, match="'zz-inspect' measures"):
        measure([*answered, *by("zhao", "zz-ee"), "--log", there])
    told(measure, *answered, *by("zhao", "zz-inspect"))
    (row,) = told(measure, *shown)
    assert (row["count"], row["of"], row["objections"][0]["state"]) == (8, 9, "left-out")
    assert [each["state"] for each in told(measure, "objections")] == ["left-out"]

    (draft,) = told(index, "draft", "request-handling", "--since", "2026-01", *by("qian", "zz-inspect"))
    adopting = ("adopt", "request-handling", "--version", draft["version"])
    with pytest.raises(Trouble, match="'qian' has drafted it"):
        index([*adopting, *by("qian", "zz-inspect"), "--log", there])
    told(index, *adopting, *by("sun", "zz-inspect"))
    assert [each["state"] for each in told(index, "versions")] == ["adopted"]
    with pytest.raises(Trouble, match="no version of request-handling was adopted for 2026-Q1"):
        index(["show", *PERIOD, "--log", there])
