"""What stands beside a draft: likes, duplicates, inspections of the year, and the six checks."""

from screen.dispatch.checks import checks
from screen.dispatch.likes import duplicates, inspections, likes
from screen.dispatch.limits import Due
from screen.dispatch.receivers import Receivers
from screen.dispatch.visits import Visits
from streams.messages import Text
from streams.messages.orders import LegalInstrument
from streams.messages.outputs.order import Stamp
from streams.orders.wording import wording
from tests.unit.dispatch.made import NOW, SUBJECT, WANG, at, order

NONE = Text("", "")
NO_VISITS = Visits("", (), (), (), 0)


def paper(number: str, served: str) -> LegalInstrument:
    """An instrument that was served."""
    return LegalInstrument(
        kind="rectification", number=number, organ="zz-ee", officers=("1", "2"), served="direct", served_at=served
    )


def test_likes_are_of_the_last_twelve_months_the_own_first() -> None:
    """Same subject, requests within 5 km, same rule; a year-old one is none."""
    own = order(1, at("09:00"), closed_at=at("10:00"), outcome="rectified")
    near = order(2, at("13:50"), kind="request", alerts=(), lon=113.40, lat=34.80)
    far = order(3, at("13:50"), kind="request", alerts=(), lon=114.40, lat=34.80)
    old = order(4, "2025-11-20T09:00:00+08:00", closed_at="2025-11-25T09:00:00+08:00")
    found = likes([old, far, near, own], SUBJECT, frozenset(), (113.39, 34.79), NOW)
    assert [(each.number, each.why) for each in found.rows] == [("GD-20261124-0001", "subject"), ("GD-20261124-0002", "near")]
    assert found.same == ()


def test_an_open_order_on_the_same_subject_is_a_duplicate() -> None:
    """重复: asked about before another one is sent."""
    assert likes([order(1, at("09:00"))], SUBJECT, frozenset(), (None, None), NOW).same == (f"{1:032x}",)


def test_the_inspections_of_this_year_are_counted_by_month_and_organ() -> None:
    """国办发〔2024〕54号: how often this enterprise was inspected stands beside the press; last year's do not count."""
    one = order(
        1,
        at("09:00"),
        instruments=(paper("郑环责改〔2026〕1号", "2026-10-17T10:00:00+08:00"), paper("旧", "2025-12-31T23:59:00+08:00")),
        inspected=Stamp(at="2026-11-03T10:00:00+08:00", actor=WANG),
    )
    found = inspections([one, order(2, at("10:00"), alerts=())], SUBJECT, NOW)
    assert (found.year, found.count, found.organs) == (2026, 2, 1)
    assert (found.months[9], found.months[10]) == (1, 1)
    assert [each.what for each in found.rows] == ["inspection", "rectification"]


def test_requests_are_merged_by_topic_place_and_days() -> None:
    """并单 candidates: the same topic, within 5 km, within seven days, both open."""
    at_home = {"kind": "request", "alerts": (), "traits": {"category": "smell"}}
    matter = order(1, at("14:00"), **at_home)
    same = order(2, at("09:00"), **at_home)
    other = order(3, at("09:00"), **(at_home | {"traits": {"category": "noise"}}))
    early = order(4, "2026-11-10T09:00:00+08:00", **at_home)
    ended = order(5, at("09:00"), closed_at=at("10:00"), **at_home)
    assert [each.id for each in duplicates([matter, same, other, early, ended], matter)] == [same.id]


def state(verdict: str = "true", text: str = "疑似超限", same: bool = False, mark: str = "default") -> dict[str, str]:
    """The checks by name."""
    receivers = Receivers(
        sender="zz-ee",
        sender_name=NONE,
        candidates=(),
        barred=(),
        supervising="",
        supervising_name=NONE,
        basis="",
        why=(),
        upward=False,
    )
    due = Due(
        clock="sign",
        part="main",
        limit=NONE,
        due=1,
        warn=None,
        provisional=False,
        source=NONE,
        mark="default",
        place="",
        urgent=False,
    )
    found = likes([order(1, at("09:00"))] if same else [], SUBJECT, frozenset(), (None, None), NOW)
    return {each.name: each.state for each in checks(verdict, receivers, wording(text), [due], found, NO_VISITS, "")}


def test_the_six_checks() -> None:
    """核实 asks, an assertion stops, a duplicate asks; without one main receiver nothing goes."""
    assert list(state()) == ["verified", "correspondence", "wording", "limits", "duplicate", "inspections"]
    assert (state()["verified"], state(verdict="")["verified"], state(verdict="false")["verified"]) == ("ok", "ask", "ask")
    assert state()["correspondence"] == "stop"
    assert (state()["wording"], state(text="该厂违法")["wording"], state(text="超限")["wording"]) == ("ok", "stop", "stop")
    assert state(text="疑似；机密★1年")["wording"] == "stop"
    assert (state()["duplicate"], state(same=True)["duplicate"]) == ("ok", "ask")
