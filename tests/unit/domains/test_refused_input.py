"""What a gateway refused, as the judge of each domain takes it: one quality record for the domain's owner, and nothing else."""

import pytest

from agents.core.alerts.fold import Fold
from streams.catalogue import domains
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals, Trace
from streams.messages import DAY, Name, Quality
from streams.topics import events_topic
from tests.support.books import the_book
from tests.support.events import START, tick

SECRET = "13800000000"  # noqa: S105 - a telephone number of nobody


@pytest.mark.parametrize("domain", domains())
def test_what_a_gateway_refused_is_a_quality_record(domain: str) -> None:
    """Told with its row, its sender and reason; the head of what came stands in the event alone."""
    refusals = Refusals("http", Name(zh="网关", en="gateway"), "410100", TellingLimit(frozenset({"s"}), each=1), "run")
    trace = Trace(7, "0" * 64, f'{{"{SECRET}": *')
    records = [tick(START)]
    for reason in ("unreadable", "conflict", "conflict", "conflict"):
        records += refusals.told(domain, "s", reason, "because", START, trace=trace)
    records.append(tick(START + DAY))
    by = Fold(the_book(), events_topic("live", domain), 0, keyed=False)
    outputs = list(by.run((n, None, value) for n, value in enumerate(records)))
    told = [each for each in outputs if isinstance(each, Quality)]
    assert [(each.reason, each.rule) for each in told] == [
        ("inconsistent", "DQ-15"),
        ("inconsistent", "DQ-04"),
        ("inconsistent", "DQ-04"),
    ]
    assert told[0].message == "unreadable: because (http gateway, source s)"
    assert told[2].message == "conflict: because (http gateway, source s)"
    assert all(SECRET not in each.message for each in told)
    assert len(outputs) == len(told)
