"""The life of the last day's alarms: how many were annunciated, acknowledged, normal again, closed. Pure."""

from msgspec import Struct

from screen.view import View, find
from streams.messages import Alert, parse_time


class Stage(Struct, frozen=True):
    """A step of the alarms' life: how many have done it, how many wait for it, and of these how many are late."""

    name: str
    count: int
    waiting: int
    late: int


def life(view: View) -> list[Stage]:
    """The steps of those alarms that were annunciated in the last 24 h of the log and are not put aside now.

    ANSI/ISA-18.2-2016's states, asked of the newest occurrence. Acknowledged: in no state B or D; late where it has gone up
    a level unacknowledged. Returned: its condition is normal; late where its deadline has passed. Closed: nothing is left
    to be done; late where its case is overdue. Each step is counted by itself: an alarm may be normal again before anybody
    acknowledges it (state D).
    """
    names = sorted({name for name, _ in view.annunciations} - view.aside.keys())
    known = [(view.versions[name], find(view, name)) for name in names if name in view.versions]
    now = view.now or 0
    return [
        Stage("raised", len(known), 0, 0),
        _stage("acknowledged", [(one.signed, alert is not None and alert.level > 1) for one, alert in known]),
        _stage("returned", [(one.returned, _past_due(alert, now)) for one, alert in known]),
        _stage("closed", [(one.ended, _overdue(alert)) for one, alert in known]),
    ]


def _stage(name: str, alarms: list[tuple[bool, bool]]) -> Stage:
    done = sum(finished for finished, _ in alarms)
    return Stage(name, done, len(alarms) - done, sum(late and not finished for finished, late in alarms))


def _past_due(alert: Alert | None, now: int) -> bool:
    return alert is not None and alert.due is not None and parse_time(alert.due) < now


def _overdue(alert: Alert | None) -> bool:
    return alert is not None and alert.case is not None and alert.case.overdue
