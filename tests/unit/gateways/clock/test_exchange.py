"""An order to set a device's clock, moment by moment: read, kept, set once, read again; and all that may go wrong."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from streams.gateways.hj212.clock.exchange import Clocks
from streams.gateways.hj212.clock.order import order_fault
from streams.gateways.hj212.frame import Frame, read_frame
from streams.gateways.hj212.reception import Caller
from streams.gateways.hj212.register import Device
from streams.gateways.hj212.stream import Framer
from streams.messages import DAY, HOUR, MINUTE, SECOND, DecodeError, decode, encode, format_time, parse_time
from streams.messages.services.devices import ClockOrder
from tests.support.gateways.clock import DEVICE, MN, OFFICER, ClockDevice, order, said, uploaded

NOW = parse_time("2026-06-01T08:00:00+08:00")


class Talk:
    """A gateway's orders and one device, second by second; `facts` are what was told, `sent` what went to the device."""

    def __init__(self, device: ClockDevice | None, register: Device = DEVICE) -> None:
        self.clocks, self.device, self.now = Clocks({MN: register}), device, NOW
        self.caller = Caller()
        self.facts: list[dict[str, Any]] = []
        self.sent: list[str] = []

    def hear(self, raw: bytes) -> None:
        """The device says something."""
        for each in Framer().feed(raw):
            assert isinstance(each, bytes)
            frame = read_frame(each)
            assert isinstance(frame, Frame)
            self.clocks.heard(frame, "123456", self.caller, self.now)

    def take(self, given: ClockOrder) -> None:
        """An order comes."""
        self.tell(self.clocks.take(given, self.now))

    def tell(self, events: list[bytes]) -> None:
        """Facts were told."""
        self.facts += [json.loads(event) for event in events]

    def seconds(self, many: int) -> None:
        """Time goes on."""
        for _ in range(many):
            self.now += SECOND
            for step in list(self.clocks.steps(self.now)):
                self.tell(step.events)
                made = self.clocks.made(step, self.now)
                if made is not None:
                    self.sent.append(made[1].decode())
                    if self.device is not None:
                        self.hear(self.device.answers(made[1], self.now))

    @property
    def told(self) -> list[str]:
        """The steps that were told."""
        return [each["data"]["step"] for each in self.facts]

    @property
    def commands(self) -> list[str]:
        """The commands that went to the device."""
        return [each.partition("CN=")[2][:4] for each in self.sent]


def test_a_clock_is_set_with_both_times_stored() -> None:
    """Its time is read by 1011 and told before 1012 goes; then it is read again. Who, why, request and ExeRtn stand with it."""
    talk = Talk(ClockDevice(90 * SECOND))
    talk.hear(uploaded(NOW + 90 * SECOND))
    talk.take(order(NOW))
    talk.seconds(10)
    assert talk.told == ["ordered", "setting", "set"]
    assert talk.commands == ["1011", "1012", "1011"]
    begun, done = talk.facts[1]["data"], talk.facts[2]["data"]
    assert begun["before"]["way"] == "1011"
    assert "request" not in begun
    assert parse_time(begun["before"]["device"]) - parse_time(begun["before"]["gateway"]) == 90 * SECOND
    assert parse_time(done["after"]["device"]) == parse_time(done["after"]["gateway"])
    assert (done["ready"], done["executed"]) == ("1", "1")
    assert (done["account"], done["role"], done["department"]) == ("wang", "officer", "zz-ee")
    assert done["reason"].startswith("现场核查")
    assert f"SystemTime={''.join(each for each in done['request'][:19] if each.isdigit())}&&" in talk.sent[1]
    assert {each["subject"] for each in talk.facts} == {"boiler"}


def test_a_device_that_says_no_stays_as_it_is() -> None:
    """QnRtn 2 (refused) ends it as failed, with both readings the same; 1012 went once."""
    talk = Talk(ClockDevice(90 * SECOND, obeys=False))
    talk.hear(uploaded(NOW))
    talk.take(order(NOW))
    talk.seconds(60)
    assert talk.told == ["ordered", "setting", "failed"]
    assert talk.commands.count("1012") == 1
    assert talk.facts[-1]["data"]["ready"] == "2"


def test_nothing_is_set_where_nobody_answers() -> None:
    """1011 goes once and three times more, 10 s apart (table 1); then it is told, and no 1012 ever went."""
    talk = Talk(None)
    talk.hear(uploaded(NOW))
    talk.take(order(NOW))
    talk.seconds(120)
    assert talk.commands == ["1011"] * 4
    assert talk.told == ["ordered", "unanswered"]
    assert len({each.partition(";")[0] for each in talk.sent}) == 1


def test_a_device_that_cannot_tell_its_time_is_read_by_qn() -> None:
    """Where 1011 is refused (QnRtn 8, no such command) the time before is that of its newest frame's QN."""
    talk = Talk(None)
    talk.hear(uploaded(NOW + 90 * SECOND + 250))
    talk.take(order(NOW))
    talk.seconds(1)
    qn = talk.sent[0].partition("QN=")[2][:17]
    talk.hear(said(qn, "9011", "QnRtn=8", "91"))
    talk.seconds(1)
    begun = talk.facts[1]["data"]
    assert begun["before"]["way"] == "QN"
    assert parse_time(begun["before"]["device"]) - parse_time(begun["before"]["gateway"]) == 90 * SECOND + 250
    assert talk.commands[-1] == "1012"


def test_1012_is_never_sent_twice() -> None:
    """A device that falls silent after 1012 is not sent it again; what became of it is told as not answered."""
    talk = Talk(ClockDevice(0))
    talk.hear(uploaded(NOW))
    talk.take(order(NOW))
    talk.seconds(1)
    talk.device = None
    talk.seconds(120)
    assert talk.commands == ["1011", "1012", *["1011"] * 4]
    assert talk.told == ["ordered", "setting", "unanswered"]


@pytest.mark.parametrize(
    ("register", "changes", "why"),
    [
        (replace(DEVICE, set_clock=False), {}, "set_clock"),
        (DEVICE, {"by": replace(OFFICER, role="admin")}, "role admin"),
        (DEVICE, {"by": replace(OFFICER, department="zz-scjg")}, "competent office"),
        (DEVICE, {"reason": "  "}, "no reason"),
        (DEVICE, {"until": format_time(NOW + DAY + SECOND)}, "24 hours"),
        (DEVICE, {"at": format_time(NOW + HOUR)}, "ahead"),
    ],
)
def test_who_may_not_is_refused_and_told(register: Device, changes: dict[str, Any], why: str) -> None:
    """Off in the register, another role, another office, no reason, too long, ahead of time: refused, and nothing is sent."""
    talk = Talk(ClockDevice(0), register)
    talk.hear(uploaded(NOW))
    talk.take(order(NOW, **changes))
    talk.seconds(30)
    assert (talk.told, talk.sent) == (["refused"], [])
    assert why in talk.facts[0]["data"]["why"]


def test_an_order_waits_for_its_device_until_it_ends() -> None:
    """A device that is not there is waited for; after `until` the order lapses, and nothing is sent when it comes."""
    talk = Talk(ClockDevice(0))
    talk.take(order(NOW, until=format_time(NOW + MINUTE)))
    talk.seconds(61)
    assert talk.told == ["ordered", "lapsed"]
    talk.hear(uploaded(talk.now))
    talk.seconds(30)
    assert talk.sent == []


def test_an_order_is_carried_out_once() -> None:
    """The same order again, as a second copy, does nothing."""
    talk = Talk(ClockDevice(0))
    talk.hear(uploaded(NOW))
    talk.take(order(NOW))
    talk.seconds(10)
    talk.take(order(NOW))
    talk.seconds(10)
    assert talk.told == ["ordered", "setting", "set"]


def test_after_a_kill_nothing_is_begun_again() -> None:
    """What was begun before a start is told as interrupted; what waited goes on; what was done stays done."""
    talk = Talk(ClockDevice(0))
    talk.hear(uploaded(NOW))
    talk.take(order(NOW))
    talk.seconds(2)
    state = talk.clocks.state()
    again = Talk(ClockDevice(0))
    again.clocks.restore(state)
    again.hear(uploaded(NOW))
    again.seconds(30)
    again.take(order(NOW))
    again.seconds(30)
    assert (again.told, again.sent) == (["interrupted"], [])


def test_an_order_of_another_gateways_device_is_left_alone() -> None:
    """One of no device of this register says nothing: another gateway may have it."""
    talk = Talk(ClockDevice(0))
    talk.take(order(NOW, device="410102A8900016F000169DC1"))
    assert talk.facts == []


def test_an_order_as_it_should_be_has_no_fault() -> None:
    """An officer of the competent office, with a reason, for an hour."""
    assert order_fault(order(NOW)) == ""


def test_a_device_that_leaves_before_1012_was_sent_nothing() -> None:
    """Its connection ends while its time before is written to the disk: the outcome names no request."""
    talk = Talk(ClockDevice(0))
    talk.hear(uploaded(NOW))
    talk.take(order(NOW))
    talk.seconds(1)
    (step,) = talk.clocks.steps(talk.now + SECOND)
    talk.tell(step.events)
    talk.caller.closed = True
    assert talk.clocks.made(step, talk.now + SECOND) is None
    talk.seconds(120)
    assert (talk.told, talk.commands) == (["ordered", "setting", "unanswered"], ["1011"])
    assert "request" not in talk.facts[-1]["data"]


@pytest.mark.parametrize("name", ["at", "until"])
def test_an_order_without_its_times_is_none(name: str) -> None:
    """It is passed over where it is read."""
    text = json.loads(encode(order(NOW))) | {name: ""}
    with pytest.raises(DecodeError):
        decode(json.dumps(text).encode(), ClockOrder)
