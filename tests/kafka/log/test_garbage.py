"""Garbage in every topic stops no part, at the start or while it runs (`make attack` has each kind by itself)."""

from pathlib import Path

import pytest

from streams.settings import Settings
from tests.support.books import the_book
from tests.support.kafka.garbage import KINDS, everything_holds


@pytest.mark.chaos
def test_no_record_in_any_topic_stops_any_part(broker: Settings, log: str, tmp_path: Path) -> None:
    """Worker, screen, jobs, audit, archive, notifier, performance and `status` go on; all that is true is judged and shown."""
    everything_holds(broker, log, the_book(), tmp_path, KINDS)
