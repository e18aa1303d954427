"""An index and a baseline are adopted and a figure objected to in a real log, by the commands of those who do so."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agents.core.signs.feed import cells
from agents.measures.index.command import main as index
from agents.measures.measure_command import main as measure
from agents.signs.command import main as sign
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import (
    BANDS,
    HOUR,
    MINUTE,
    CitySign,
    SignBands,
    SignCell,
    SignCells,
    decode,
    decode_event,
    format_time,
    parse_time,
    tick_bytes,
)
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.orders.signings import Signing, signings
from tests.support.signs.hotline import SIGN, SINCE, UNTIL, archive
from tests.support.workers import Worker, wait_for, write_outputs

PERIOD = ("request-handling", "--period", "2026-Q1", "--at", "2026-04-02T09:00:00+08:00")


@pytest.fixture
def there(broker: Settings, log: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A log with ten requests of a department, eight of which were signed in time, and the broker as commands find it."""
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    monkeypatch.setenv("ONESCREEN_DATA", str(broker.data))
    write_outputs(broker, log, signings(Signing("zz-ee", 8, 10)))
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


def test_a_baseline_of_signs_is_adopted_by_two(
    broker: Settings, there: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """One drafts a window, another adopts it: from then on the log has it, and the stage of signs is told its bands."""

    def told(*arguments: str) -> list[dict[str, Any]]:
        capsysbinary.readouterr()
        assert sign(["baseline", *arguments, "--log", there]) == 0
        return [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]

    def by(who: str, department: str = "zz-inspect") -> tuple[str, ...]:
        return "--actor", who, "--department", department

    window = ("--archive", str(archive(tmp_path)), "--from", SINCE, "--to", UNTIL, "--area", "410100", "--area", "410105")
    with pytest.raises(Trouble, match="drafts and adopts baselines, not 'zz-ee'"):
        told("draft", *window, *by("li", "zz-ee"))
    *counted, draft = told("draft", *window, *by("qian"))
    assert {each["area"] for each in counted if each["sign"] == SIGN and each["bands"] == 24} == {"410100", "410105"}
    assert (draft["baseline"], draft["since"], draft["until"], draft["step"]) == ("signs", SINCE, UNTIL, "drafted")
    with pytest.raises(Trouble, match="has adopted no baseline"):
        told("show")
    with pytest.raises(Trouble, match="'qian' has drafted it"):
        told("adopt", "--version", draft["version"], *by("qian"))
    adopted, written = told("adopt", "--version", draft["version"], *by("sun"))
    told_of = sum(each["bands"] > 0 for each in counted)
    assert (adopted["step"], written) == ("adopted", {"version": draft["version"], "told": told_of})
    assert [each["state"] for each in told("versions")] == ["adopted"]
    shown = {each["area"]: each for each in told("show", "--hours") if each["sign"] == SIGN}
    usual = shown["410105"]["usual"]["summer/weekday/12"]
    records = clients.read_topic(broker, events_topic(there, "cells"))
    events = [event for record in records if (event := decode_event(record.value or b"")).type == BANDS]
    found = [decode(event.data, SignBands) for event in events]
    bands = {each.area: each for each in found if each.sign == SIGN}
    assert len(found) == told_of
    assert bands.keys() == {"410100", "410105"}
    assert [each for each in bands["410105"].bands if each] == [
        (each[1], each[3]) for _, each in sorted(shown["410105"]["usual"].items())
    ]
    assert (usual[1], usual[3]) in bands["410105"].bands
    with pytest.raises(Trouble, match="has adopted no baseline by then"):
        told("show", "--at", "2026-01-01T00:00:00+08:00")
    (again,) = told("tell", "--actor", "sun")
    assert again == written
    known = [(shown["410105"]["usual"][f"summer/weekday/{hour}"]) for hour in ("12", "13")]
    _tell_cells(broker, there)
    with Worker(broker, there) as worker:
        worker.ready()
        wait_for(lambda: _newest(broker, there) is not None, "a record of the third hour")
        assert worker.stop() == 0
    record = _newest(broker, there)
    assert record is not None
    assert record.band[-2:] == tuple((each[1], each[3]) for each in known)


def _tell_cells(broker: Settings, log: str) -> None:
    """A partition of facts tells of the hotline from Monday noon on, at three full hours, and ticks follow."""
    begin, topic = parse_time("2026-06-22T12:00:00+08:00"), events_topic(log, "cells")
    cell = SignCell(sign=SIGN, area="410105", numerator=95, denominator=100, valid=24, due=24)
    with closing(clients.producer(broker)) as producer:
        for at in (begin, begin + HOUR, begin + 2 * HOUR):
            told = SignCells(topic=f"{log}.events.service", partition=0, city="410100", at=format_time(at), cells=(cell,))
            ((key, value),) = cells([told])
            producer.send(topic, value, key)
            for partition in range(broker.partitions):
                producer.send(topic, tick_bytes(at + MINUTE), partition=partition)
        producer.flush()


def _newest(broker: Settings, log: str) -> CitySign | None:
    """The record of the district after two hours of its trend are there."""
    found = (decode(record.value or b"", CitySign) for record in clients.read_topic(broker, topic_name(log, "signs")))
    told = [each for each in found if each.area == "410105" and each.at == "2026-06-22T14:00:00+08:00"]
    return told[-1] if told else None
