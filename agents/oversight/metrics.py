"""What Prometheus is told of the oversight service; read when it asks."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.oversight.books import OversightBooks

PREFIX = "onescreen_oversight_"


class OversightMetrics(Collector):
    """How the books stand. `behind`: records that are not read yet; `away`: why Kafka does not answer, empty where it does."""

    def __init__(self, books: Callable[[], OversightBooks], behind: Callable[[], int], away: Callable[[], str]) -> None:
        self._books, self._behind, self._away = books, behind, away
        self.answers: dict[str, int] = {}
        self.seconds = 0.0

    def answered(self, question: str, seconds: float) -> None:
        """A question was answered."""
        self.answers[question] = self.answers.get(question, 0) + 1
        self.seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """The metrics of this moment."""
        books = self._books()
        yield _gauge("orders", "Orders that are known.", len(books.ledger.facts))
        yield _gauge("cases", "Cases that measures count.", len(books.ledger.columns.rows))
        yield _gauge("corrections", "Corrections that are kept.", len(books.corrections.kept))
        yield _gauge("behind_records", "Records of the log that are not read yet.", self._behind())
        yield _gauge("kafka_away", "1 while Kafka does not answer.", bool(self._away()))
        yield _gauge("now_seconds", "The log's newest time, in seconds since 1970.", books.ledger.now / 1_000)
        answers = CounterMetricFamily(f"{PREFIX}answers", "Questions that were answered.", labels=("question",))
        for question, number in self.answers.copy().items():
            answers.add_metric([question], number)
        yield answers
        yield CounterMetricFamily(f"{PREFIX}answer_seconds", "Seconds spent on answers.", self.seconds)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, what, float(value))
