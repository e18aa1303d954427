"""A case that is opened, and what ends it."""

from agents.core.alerts.fold import Fold
from streams.messages import HOUR, Alert, Audit
from tests.support.events import START, clean, records, registered, tick
from tests.support.pure.alarm import at


def lived(book: object, *events: bytes) -> tuple[list[Alert], list[Audit]]:
    """Revisions of the ozone alerts by a book, and their trails; a checkpoint at the end holds what the fold holds."""
    fold = Fold(book, "test.events.environment", 0)
    out = fold.run(records([registered(), tick(START), *events]))
    again = Fold(book, "test.events.environment", 0)
    again.restore(fold.snapshot())
    assert again.subjects == fold.subjects
    alerts = [each for each in out if isinstance(each, Alert) and each.rule == "gas-hourly"]
    ids = {each.id for each in alerts}
    return alerts, [each for each in out if isinstance(each, Audit) and each.alert in ids]


OVER = (at(61), clean(START + HOUR))
