"""Each kind of garbage by itself in every topic: no part stops, and nothing of it stands in what is said of it."""

from pathlib import Path

import pytest

from streams.settings import Settings
from tests.support.books import the_book
from tests.support.kafka.garbage import KINDS, everything_holds


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_garbage_stops_no_part(broker: Settings, log: str, tmp_path: Path, kind: str) -> None:
    """It stands in every topic before any part starts, comes while they run, and stands there when they start again."""
    everything_holds(broker, log, the_book(), tmp_path, [kind])
