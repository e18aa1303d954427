"""The two tracks of one alert: its condition and its case, neither of which ends it without the other; and escalation."""

import pytest

from agents.core.alerts.fold import Fold
from streams.messages import DAY, HOUR, MINUTE, Quality, format_time, parse_time
from tests.support.events import START, act, clean, hour, records, registered, tick
from tests.support.pure.alarm import OZONE, at, bad, book_with, calling, cased, desk, states
from tests.support.pure.case import OVER, lived


def test_an_alert_ends_with_its_case_not_with_its_condition() -> None:
    """Acknowledged and back to normal it is in state A and goes on: only its conclusion ends it."""
    begun = [clean(START, o3=OZONE), act(bad().id), *OVER]
    alerts, _ = lived(cased(), *begun)
    assert (alerts[-1].state, alerts[-1].ended, alerts[-1].verbs) == ("A", False, ("conclude", "comment"))
    alerts, trail = lived(cased(), *begun, desk(bad(), "conclude", finding="confirmed", reason="喷涂工序泄漏"))
    assert (alerts[-1].ended, alerts[-1].verbs, trail[-1].event) == (True, (), "conclude")
    assert trail[-1].reason == "confirmed: 喷涂工序泄漏"


def test_a_case_is_not_concluded_while_its_condition_is_true() -> None:
    """The refusal stands in the trail; after the return to normal the same act is done, and the alarm still asks."""
    conclude = desk(bad(), "conclude", finding="confirmed")
    alerts, trail = lived(cased(), clean(START, o3=OZONE), conclude)
    assert (alerts[-1].state, trail[-1].event, "conclude" in trail[-1].reason) == ("B", "refuse", True)
    alerts, trail = lived(cased(), clean(START, o3=OZONE), *OVER, conclude)
    assert (alerts[-1].state, alerts[-1].ended, "acknowledge" in alerts[-1].verbs) == ("D", False, True)
    alerts, _ = lived(cased(), clean(START, o3=OZONE), *OVER, conclude, act(bad().id))
    assert (alerts[-1].state, alerts[-1].ended) == ("A", True)


def test_the_finding_afterwards_corrects_the_first() -> None:
    """The alert carries what was found, the trail what it said before."""
    right = desk(bad(), "conclude", finding="corrected", severity="blue", value=205.0, reason="零点漂移，按质控数据修正")
    alerts, trail = lived(cased(), clean(START, o3=OZONE), *OVER, right)
    assert (alerts[-1].severity, alerts[-1].value) == ("blue", 205.0)
    assert trail[-1].reason == "corrected, severity orange to blue, value 230.0 to 205.0: 零点漂移，按质控数据修正"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({}, "confirmed, corrected, unfounded"),
        ({"finding": "fine"}, "fine"),
        ({"finding": "corrected"}, "another severity or value"),
        ({"finding": "confirmed", "severity": "blue"}, "another severity or value"),
        ({"finding": "confirmed", "reason": " "}, "reason"),
    ],
)
def test_a_conclusion_says_what_it_found(given: dict[str, object], word: str) -> None:
    """Without a finding, with a correction that corrects nothing, or one beside another finding it is refused."""
    alerts, trail = lived(cased(), clean(START, o3=OZONE), *OVER, desk(bad(), "conclude", **given))
    assert (trail[-1].event, word in trail[-1].reason) == ("refuse", True)
    assert alerts[-1].case is not None
    assert alerts[-1].case.open


def test_a_new_occurrence_of_an_alert_whose_case_is_open_is_the_same_alert() -> None:
    """In state A with an open case the condition becomes true again: row 1, the next occurrence, the same case."""
    hours = [clean(START, o3=OZONE), act(bad().id), *OVER, at(121), clean(START + 2 * HOUR, o3=OZONE)]
    alerts, trail = lived(cased(), *hours)
    assert (states(alerts), alerts[-1].occurrence, trail[-1].event) == (["B", "C", "A", "B"], 2, "raise")
    assert len({each.id for each in alerts}) == 1
    assert alerts[-1].case == alerts[0].case


def test_a_concluded_case_is_opened_again_by_a_person_or_by_the_next_occurrence() -> None:
    """While the alarm still asks for its acknowledgement: by an act with its reason, or because it is true again."""
    concluded = [clean(START, o3=OZONE), *OVER, desk(bad(), "conclude", finding="unfounded")]
    alerts, _ = lived(cased(), *concluded, desk(bad(), "reopen", reason="复测超标"))
    assert alerts[-1].case is not None
    assert (alerts[-1].case.open, "conclude" in alerts[-1].verbs) == (True, True)
    alerts, _ = lived(cased(), *concluded, at(121), clean(START + 2 * HOUR, o3=OZONE))
    assert alerts[-1].case is not None
    assert (alerts[-1].case.open, alerts[-1].case.opened_at) == (True, format_time(START + 121 * MINUTE))


@pytest.mark.parametrize("time", ["2199-12-31T23:00:00Z", "2199-12-31T10:00:00+08:00", "2198-12-15T08:00:00+08:00"])
def test_a_fact_at_the_end_of_all_time_stops_nothing(time: str) -> None:
    """Before the first tick it is a bad time: what is reckoned from it could not be read back."""
    begin = [registered(), clean(parse_time("2198-11-01T08:00:00+08:00"))]
    for book in (cased(), calling()):
        fold = Fold(book, "test.events.environment", 0)
        fold.run(records(begin))
        far = hour(START, o3=OZONE).replace(format_time(START).encode(), time.encode())
        out = fold.run(records([far, tick(START)], start=2))
        assert [each.reason for each in out if isinstance(each, Quality)] == ["bad-time"]


def test_a_case_that_is_late_says_so_once() -> None:
    """15 days after it was opened, at the first tick that is as late; a concluded one is never late."""
    days = [tick(START + 15 * DAY - MINUTE), tick(START + 15 * DAY), tick(START + 16 * DAY)]
    alerts, trail = lived(cased(), clean(START, o3=OZONE), act(bad().id), *OVER, *days)
    late = [(each.event, each.at) for each in trail if each.event == "overdue"]
    assert late == [("overdue", format_time(START + 15 * DAY))]
    assert alerts[-1].case is not None
    assert alerts[-1].case.overdue
    done = desk(bad(), "conclude", finding="confirmed")
    _, trail = lived(cased(), clean(START, o3=OZONE), act(bad().id), *OVER, done, *days)
    assert [each.event for each in trail if each.event == "overdue"] == []


def test_an_alarm_that_nobody_acknowledges_goes_up_and_then_reminds() -> None:
    """Every ten minutes one level, to the third; then three reminders and no more. The state never changes by it."""
    alerts, trail = lived(calling(), clean(START, o3=OZONE), *(at(minutes) for minutes in range(1, 120)))
    calls = [(each.event, each.at) for each in trail[1:]]
    moments = [format_time(START + 10 * n * MINUTE) for n in range(1, 6)]
    assert calls == list(zip(["escalate", "escalate", "remind", "remind", "remind"], moments, strict=True))
    assert {each.state for each in alerts} == {"B"}
    assert [each.level for each in alerts] == [1, 2, 3, 3, 3, 3]


def test_an_acknowledgement_ends_the_calls_and_a_new_occurrence_begins_at_the_desk() -> None:
    """Acknowledged after one escalation nothing follows; returned and true again it is level 1 and waits anew."""
    alerts, _ = lived(calling(), clean(START, o3=OZONE), at(11), act(bad().id), *(at(minutes) for minutes in range(12, 60)))
    assert (states(alerts), alerts[-1].level) == (["B", "B", "C"], 2)
    again = [at(121), clean(START + 2 * HOUR, o3=OZONE), at(130), at(131)]
    alerts, trail = lived(calling(), clean(START, o3=OZONE), at(11), *OVER, *again)
    assert [each.level for each in alerts if each.occurrence == 2] == [1, 2]
    assert trail[-1].at == format_time(START + 131 * MINUTE)


def test_only_the_severity_that_the_rule_names_calls() -> None:
    """An orange alert of a rule that names red waits without calling; when it becomes red its ten minutes begin."""
    params = {**calling().rules["gas-hourly"].params, "tiers": [{"over": 1.5, "severity": "red"}]}
    book = book_with(severity="orange", escalate={"red": "10m"}, params=params)
    hours = [at(minutes) for minutes in range(1, 61)]
    worse = [clean(START + HOUR, o3=330), *(at(minutes) for minutes in range(62, 72))]
    alerts, trail = lived(book, clean(START, o3=OZONE), *hours, *worse)
    assert [(each.event, each.at) for each in trail][1:] == [
        ("severity", format_time(START + 60 * MINUTE)),
        ("escalate", format_time(START + 70 * MINUTE)),
    ]
    assert alerts[-1].severity == "red"
