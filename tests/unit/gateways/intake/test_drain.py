"""The way from a spool into Kafka outlasts what fails on it."""

import threading
from pathlib import Path

import pytest
from kafka.errors import KafkaError

from streams.command import Trouble
from streams.gateways import drain
from streams.gateways.drain import Drain
from streams.gateways.spool import Spool
from tests.support.kafka.settings import settings_in


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KafkaError("gone"), Trouble("away")], ids=repr)
def test_what_fails_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: Exception
) -> None:
    """A disk that is full when it is noted how far Kafka has it, or a Kafka that is away: said once, and the drain goes on."""
    monkeypatch.setattr(drain, "PAUSE", 0.01)
    tried, stop = list[int](), threading.Event()

    def pass_on(_: Drain, __: threading.Event) -> None:
        tried.append(1)
        if len(tried) < 3:
            raise error
        stop.set()

    monkeypatch.setattr(Drain, "_pass_on", pass_on)
    with Spool(tmp_path / "spool") as spool:
        Drain(settings_in(tmp_path), "live", "registrar-http", spool).run(stop)
    assert len(tried) == 3
    assert capfd.readouterr().err.count("stays in the spool meanwhile") == 1
