"""`python -m agents cap ALERT` reads a real log."""

from contextlib import closing

import pytest

from agents.core.alerts.fold import Fold
from agents.reports import cap
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import HOUR, Alert, encode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.books import the_book
from tests.support.events import START, clean, records, registered, tick


def test_an_alert_of_a_log(
    broker: Settings, log: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The newest revision refers to the one before it; where compaction has taken that one, the command says so."""
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    monkeypatch.setenv("ONESCREEN_DATA", str(broker.data))
    begin = [registered(), tick(START), clean(START, o3=250, no2=260)]
    events = [*begin, tick(START + HOUR), clean(START + HOUR, o3=251, no2=261)]
    made = Fold(the_book(), events_topic(log, "environment"), 0).run(records(events))
    alerts = [each for each in made if isinstance(each, Alert) and each.rule == "gas-hourly"]
    ozone, dioxide = ([each for each in alerts if each.item == item] for item in ("o3", "no2"))
    with pytest.raises(Trouble, match="has no alert"):
        cap.main([ozone[0].id, "--log", log])
    with closing(clients.producer(broker)) as to:
        for alert in (*ozone, *ozone, dioxide[1]):
            to.send(topic_name(log, "alerts"), encode(alert), alert.id.encode(), partition=0).get(10)

    def printed(*arguments: str) -> tuple[bytes, bytes]:
        assert cap.main([*arguments, "--log", log]) == 0
        said = capfdbinary.readouterr()
        return said.out, said.err

    capfdbinary.readouterr()
    out, err = printed(ozone[0].id)
    assert out == cap.message(ozone[1], [cap.reference(ozone[0], "onescreen")], "onescreen") + b"\n"
    assert (b"<msgType>Update" in out, b"<references>" in out, err) == (True, True, b"")
    out, _ = printed(ozone[0].id, "--rev", str(ozone[0].rev))
    assert (b"<msgType>Alert" in out, b"<references>" in out) == (True, False)
    out, err = printed(dioxide[0].id)
    assert (b"<msgType>Update" in out, b"<references>" in out, b"compacted" in err) == (True, False, True)
