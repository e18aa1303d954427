"""The page says what came of the benchmarks of gateways."""

from tests.bench.report import markdown
from tests.unit.bench.machine import MACHINE


def test_posts_and_messages_are_on_the_page() -> None:
    """A row for each size of a batch; one for what waited at the broker and what came singly."""
    posts = [{"batch": 100, "posts": 50, "events_per_s": 4_000, "p50_ms": 9.5, "p99_ms": 31.0, "max_ms": 40.0}]
    messages = {"messages": 9_000, "messages_per_s": 3_000, "single": 20, "p50_ms": 61.0, "p99_ms": 99.5}
    page = markdown({"machine": MACHINE, "versions": {}, "http": posts, "mqtt": messages})
    assert "| 100 | 50 | 4,000 | 9.5 | 31.0 | 40.0 |" in page
    assert "| 9,000 | 3,000 | 20 | 61.0 | 99.5 |" in page
