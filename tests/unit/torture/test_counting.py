"""The counting of the torture finds what it looks for, over a ledger that is made up; its plan is that of its seed."""

from msgspec.structs import replace

from tests.chaos.torture.ledger import LOSES, Ledger, Place, SentFact, Span, Stood, faults, unpromised
from tests.chaos.torture.plan import DISKS, deck, lasts, plan

HOUR, STATE = "environment.source_hour", "special_equipment.lift_state"


def sent(number: int, type_: str = HOUR, *, over: bool = False) -> SentFact:
    """A fact."""
    return SentFact(type_, "a", number, float(number), over)


def stood(number: int, type_: str = HOUR, offset: int | None = None, value: float | None = None) -> Stood:
    """The same in the archive."""
    return Stood(type_, "a", number, float(number) if value is None else value, ("t", 0, number if offset is None else offset))


def ledger(*numbers: int, type_: str = HOUR) -> Ledger:
    """Facts that were sent and acknowledged, each within the second of its number."""
    facts = [sent(number, type_, over=number in {2, 3, 5}) for number in numbers]
    return Ledger(facts, {(type_, "a", number): Span(number, number + 0.5) for number in numbers})


def told(ledger: Ledger, *archived: Stood, alerts: frozenset[Place] = frozenset()) -> list[str]:
    """What is found wrong where nothing was refused."""
    return list(faults(ledger, archived, alerts, set(), set(), set()))


def test_all_that_was_acknowledged_once_and_in_order_is_right() -> None:
    """So it is with what was sent, was not acknowledged, and stands there once."""
    kept = ledger(1, 4)
    assert told(kept, stood(1), stood(4)) == []
    kept.sent.append(sent(6))
    assert told(kept, stood(1), stood(4), stood(6)) == []
    assert told(kept, stood(1), stood(4)) == []


def test_an_answer_before_keeping_is_found() -> None:
    """A fact that was acknowledged and is not there; the same fact twice; one that nobody sent; another value."""
    assert told(ledger(1, 4), stood(1)) == ["acknowledged and not in the archive"]
    assert told(ledger(1, 4), stood(1), stood(4), stood(4, offset=9)) == ["in the archive more than once"]
    assert told(ledger(1), stood(1), stood(4)) == ["in the archive and never sent so"]
    assert told(ledger(1), stood(1, value=7.0)) == ["in the archive and never sent so"]
    lying = replace(ledger(1), lies=["an answer to nothing"])
    assert told(lying, stood(1)) == ["acknowledged and never sent"]


def test_another_order_is_found() -> None:
    """The later one stands before the earlier one; a subject's facts stand in two partitions."""
    assert told(ledger(1, 4), stood(4, offset=1), stood(1, offset=2)) == ["out of order"]
    apart = Stood(HOUR, "a", 4, 4.0, ("t", 1, 0))
    assert told(ledger(1, 4), stood(1), apart) == ["out of order"]


def test_alerts_are_counted_against_the_limits() -> None:
    """Of 1, 2, 3, 4, 5 the values 2, 3 and 5 are beyond the limit: there are two alerts, at 2 and at 5."""
    numbers, right = range(1, 6), frozenset({("t", 0, 2), ("t", 0, 5)})
    archived = [stood(number) for number in numbers]
    assert told(ledger(*numbers), *archived, alerts=right) == []
    assert told(ledger(*numbers), *archived, alerts=frozenset({("t", 0, 2)})) == ["alerts missing"]
    assert told(ledger(*numbers), *archived, alerts=right | {("t", 0, 3)}) == ["alerts without a cause"]


def test_what_mosquitto_may_have_lost_is_not_missed() -> None:
    """What it acknowledged within its time to save before a kill may be gone, whenever that was read; nothing before."""
    kept = ledger(1, 10, type_=STATE)
    kept.mqtt.add(STATE)
    kept.deaths.append(10.5 + LOSES - 0.1)
    assert told(kept, stood(1, STATE)) == []
    assert unpromised(kept, [stood(1, STATE)]) == 1
    assert told(kept, stood(10, STATE)) == ["acknowledged and not in the archive"]
    kept.mqtt.clear()
    assert told(kept, stood(1, STATE)) == ["acknowledged and not in the archive"]


def test_what_was_refused_is_told_and_has_its_owner() -> None:
    """An acknowledged refusal that the log does not tell of; one that it tells of without a quality record."""
    kept = replace(ledger(), refused={"digest": Span(1, 2)})
    place = ("t", 0, 1)
    assert list(faults(kept, [], set(), {"digest"}, {place}, {place})) == []
    assert list(faults(kept, [], set(), set(), set(), set())) == ["refused and not told"]
    assert list(faults(kept, [], set(), {"digest"}, {place}, set())) == ["refused without a quality record"]


def test_a_plan_is_that_of_its_seed() -> None:
    """The same seed gives the same plan, another one another; in ten minutes everything is done, in its bounds."""
    made = plan(7, 600.0)
    assert made == plan(7, 600.0)
    assert made != plan(8, 600.0)
    assert {(blow.what, blow.whom) for blow in made} == set(deck(DISKS))
    spans = [(blow, *lasts(blow.what, blow.whom)) for blow in made]
    assert all(0 < blow.at <= 600 and low <= blow.seconds <= high for blow, low, high in spans)
    assert "fill" not in {blow.what for blow in plan(7, 600.0, ())}
