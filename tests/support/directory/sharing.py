"""A request for another department's data, and what may follow it, in March 2026."""

from typing import Any

from streams.catalogue.described import catalogue
from streams.messages import Actor
from streams.messages.services.catalogue import SharingAct, SharingStep, Wanted

REQUEST = "0" * 32
HOURS, SOURCES = "environment.air_hour", "environment.source_hour"
"""无条件共享 and 有条件共享, as the catalogue has them."""


def wanted(type_: str, **more: Any) -> Wanted:
    """What zz-um wants of a type: for 2026."""
    entry = catalogue()[type_].entry
    said: dict[str, Any] = {
        "type": type_,
        "purpose": "油烟投诉核查",
        "basis": "郑州市大气污染防治条例 第五十八条",
        "use": "仅限核查人员查询",
        "way": entry.ways[0],
        "since": "2026-03-01",
        "until": "2026-12-31",
        "provider": entry.provider,
        "sharing": entry.sharing,
        "condition": entry.condition,
    }
    return Wanted(**(said | more))


def step(what: SharingAct, by: str, at: str, department: str, **more: Any) -> SharingStep:
    """A step on a day of March 2026, at ten."""
    actor = Actor(id=by, role="supervisor", department=department)
    return SharingStep(request=REQUEST, step=what, at=f"2026-03-{at}T10:00:00+08:00", by=actor, **more)


ASKED = step("asked", "a", "02", "zz-um", wanted=wanted(SOURCES))
ACCEPTED = step("accepted", "b", "11", "zz-ee")
PUT_OFF = step("extension-asked", "b", "12", "zz-ee", reason="需核对排口权限")
EXTENDED = step("extended", "d", "13", "zz-data")
PROVIDED = step("provided", "b", "20", "zz-ee")
