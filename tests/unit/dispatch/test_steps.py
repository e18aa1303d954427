"""The six steps of the desk (orders.md C), and what must be reported first (row 36)."""

from screen.dispatch.steps import steps
from streams.messages import Handover, Takeover, parse_time
from streams.messages.outputs.order import Application, Stamp
from tests.unit.dispatch.made import WANG, at, entry, line, order, plant, verified


def test_the_order_of_the_steps_and_which_is_next() -> None:
    """核实 · 叫应 · 报告 · 派单 · 提级/会商 · 交接班; after 核实 and 叫应 the report is due."""
    alert = verified(plant())
    trail = [entry(alert, 1, "verify", at("14:29")), entry(alert, 2, "call", at("14:31"))]
    found = steps(alert, trail, [], None, None).steps
    assert [each.name for each in found] == ["verify", "call", "report", "dispatch", "escalate", "hand-over"]
    assert [each.name for each in found if each.due] == ["report"]
    assert (found[0].told, found[0].by and found[0].by.name, found[1].at is not None) == ("true", "王敏", True)


def test_a_red_alert_of_the_five_domains_is_reported_first() -> None:
    """突发事件应对法 17, 61: above the press until it is reported; that this alert may be one is a default of the system."""
    first = steps(plant(), [], [], None, None).first
    assert first is not None
    assert first.mark == "default"
    assert "第十七条" in first.basis
    assert steps(plant(), [entry(plant(), 1, "report", at("14:32"))], [], None, None).first is None
    assert steps(plant(severity="yellow"), [], [], None, None).first is None
    assert steps(plant(phase="post-event"), [], [], None, None).first is None


def test_what_was_done_for_an_earlier_occurrence_does_not_count() -> None:
    """A verification covers the occurrence that was seen (OPC UA Part 9)."""
    alert = plant(occurrence=2)
    (verify, *_) = steps(alert, [entry(alert, 1, "verify", at("10:00"), occurrence=1)], [], None, None).steps
    assert (verify.at, verify.due) == (None, True)


def test_an_order_about_it_is_the_fourth_step() -> None:
    """By the number of the newest one."""
    first, second = order(1, at("14:36")), order(2, at("14:40"))
    found = steps(plant(), [], [(first, [line(first)]), (second, [line(second)])], None, None).steps
    assert found[3].told == "GD-20261124-0002"


def test_a_conference_goes_before_the_escalation() -> None:
    """66号(五): what nobody takes is conferred on (会商); the alert's own level stands there otherwise."""
    alert = plant(level=2)
    trail = [entry(alert, 1, "escalate", at("14:18"), actor=None)]
    assert steps(alert, trail, [], None, None).steps[4].told == "2"
    one = order(1, at("14:36"))
    asked = Application(
        kind="return", asked=Stamp(at=at("15:00")), decision="conferred", decided=Stamp(at=at("15:10"), actor=WANG)
    )
    assert steps(alert, trail, [(one, [line(one, returns=asked)])], None, None).steps[4].told == "conferred"


def test_a_consultation_called_on_the_alert_itself() -> None:
    """66号(五): 会商 is called before any order is sent too; the newest one is told, by whom."""
    alert = plant(level=2)
    trail = [entry(alert, 1, "escalate", at("14:18"), actor=None), entry(alert, 2, "confer", at("14:25"))]
    found = steps(alert, trail, [], None, None).steps[4]
    assert (found.told, found.by and found.by.name, found.at) == ("conferred", "王敏", parse_time(at("14:25")))


def test_the_hand_over_that_stands() -> None:
    """A note waits until somebody else has taken it over."""
    note = Handover(
        id="1", department="zz-ee", at=at("08:00"), by=WANG, note="", states={}, severities={}, unacknowledged=(), done={}
    )
    taken = Takeover(handover="1", department="zz-ee", at=at("08:05"), by=WANG, note="")
    assert steps(plant(), [], [], note, None).steps[5].told == "waiting"
    assert steps(plant(), [], [], note, taken).steps[5].told == "taken"
