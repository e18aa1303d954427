"""In an opened log an order's ties count where the worker has signed them for the domain; nobody else may write them."""

import pytest

from streams.messages import LINK, RELEASE, Alert, Link, Quality, event_bytes, format_time
from streams.outputs import Output
from streams.signing.kinds import NUMBERED, matches
from streams.signing.roots.parts import FEED, rights_of_part
from tests.support.events import START, STATION, clean, registered
from tests.support.signed_log import INCIDENTS, REGISTRAR, SCREEN, WORKER, SignedLog, fold, records
from tests.support.signing import ENVIRONMENT, Hand

SECOND_WORKER = Hand("worker with the rights of this release")
ORDER = "0f" * 16


def log_with_worker() -> SignedLog:
    """A signed log with a worker that may feed the stage of facts too."""
    log = SignedLog()
    rights = rights_of_part("worker-2", (ENVIRONMENT, INCIDENTS, "events.orders"), ("environment",))
    to = [each for each in rights.to if each != "events.orders"]
    log.series.append(log.key(SECOND_WORKER, "worker-2", may=list(rights.may), roles=[], to=to))
    return log


def tie(alert: str, kind: str = LINK) -> bytes:
    """An order ties the alert of the station, or lets it go."""
    data = Link(domain="environment", subject=STATION, alert=alert, occurrence=1, order=ORDER, number="GD-1")
    name = f"{ORDER}/{alert}/{kind}"
    return event_bytes(type=kind, source="judge", id=name, time=format_time(START), subject=STATION, data=data)


def judged(log: SignedLog, *more: bytes) -> list[Output]:
    """What a station's hour of bad air and these records give."""
    begun = [*log.start, log.written(registered(), REGISTRAR), log.tick(START), clean(START, o3=230)]
    return list(fold().run(records([*begun, *more])))


ALERT = next(each.id for each in judged(SignedLog()) if isinstance(each, Alert))


def newest(out: list[Output]) -> Alert:
    """The alert as it stands in the end."""
    return [each for each in out if isinstance(each, Alert) and each.id == ALERT][-1]


def refused(out: list[Output]) -> list[str]:
    """Why records were refused."""
    return [each.reason for each in out if isinstance(each, Quality)]


def test_what_the_worker_writes_for_other_stages_numbers_itself() -> None:
    """A crash writes it twice, so it has no number of the key's; the worker's key may write it to every stage."""
    assert all(matches(NUMBERED, kind) for kind in FEED)
    rights = rights_of_part("worker-1", (ENVIRONMENT, INCIDENTS, "events.orders"), ("environment",))
    assert set(FEED) <= set(rights.may)
    assert rights.to == (ENVIRONMENT, INCIDENTS, "events.orders")


def test_a_signed_link_ties_and_its_copy_is_silent() -> None:
    """Written twice, as after a crash, then released: one entry each."""
    log = log_with_worker()
    link, free = (log.written(tie(ALERT, kind), SECOND_WORKER) for kind in (LINK, RELEASE))
    out = judged(log, link, link)
    assert (newest(out).orders, refused(out)) == ((ORDER,), [])
    out = judged(log, link, link, free, link, free)
    assert (bool(newest(out).orders), newest(out).audit, refused(out)) == (False, 3, [])


@pytest.mark.parametrize(
    ("hand", "reason"),
    [(None, "unsigned"), (SCREEN, "not-its-right"), (WORKER, "not-its-right")],
    ids=["", "screen", "old worker"],
)
def test_who_may_not_ties_nothing(hand: Hand | None, reason: str) -> None:
    """Unsigned, by the screen, or by a worker whose key is from before orders: refused and told, the alert stays as it is."""
    log = log_with_worker()
    value = tie(ALERT) if hand is None else log.written(tie(ALERT), hand)
    out = judged(log, value)
    assert (bool(newest(out).orders), refused(out)) == (False, [reason])


def test_another_link_of_the_same_name_is_a_conflict() -> None:
    """The first stands."""
    log = log_with_worker()
    other = log.written(tie(ALERT).replace(b"GD-1", b"GD-2"), SECOND_WORKER)
    out = judged(log, log.written(tie(ALERT), SECOND_WORKER), other)
    assert (newest(out).orders, refused(out)) == ((ORDER,), ["conflict"])
