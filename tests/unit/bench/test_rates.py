"""Rates of engines: none is given of a log that an engine took in so few batches that its marks say nothing."""

from tests.bench.report import markdown
from tests.bench.runs.throughput import rate_of
from tests.unit.bench.machine import MACHINE


def test_a_rate_needs_a_second_between_the_marks() -> None:
    """30,000 events in two seconds are 15,000 a second; in three milliseconds they are no rate, however good it would look."""
    assert rate_of(30_000, [0, 700, 2_000]) == 15_000
    assert rate_of(30_000, [0, 3]) is None
    assert rate_of(30_000, [5]) is None


def test_the_page_says_of_which_engine_there_is_no_rate() -> None:
    """A run without a rate stands as too short, gives no ratio to others, and does not count among those that have one."""
    runs = [
        {"engine": "onescreen", "run": 1, "events": 900, "events_per_s": 40_000},
        {"engine": "bytewax", "run": 1, "events": 900, "events_per_s": None},
        {"engine": "faust", "run": 1, "events": 900, "events_per_s": 2_000},
        {"engine": "faust", "run": 2, "events": 900, "events_per_s": None},
    ]
    made = {"alerts": 1, "audit": 1, "quality": 1}
    page = markdown({"machine": MACHINE, "versions": {}, "throughput": runs, "mix": {"clock.tick": 900}, "outputs": made})
    assert "| bytewax |  |  |  | 900 | too short |" in page
    assert "| faust | 2,000 |  | 0.05 | 900 | 2,000, too short |" in page
    assert "too short: the engine took the log in so few batches" in page
