"""How an order to set a clock is carried out: its time is read (1011) and kept, 1012 goes once, its time is read again.

Nothing goes to a device that does not answer 1011, and 1012 is never sent twice: whoever hears nothing of it gives a new order.
Pure: every moment is handed in, and what a step tells is kept before the step is made.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
from msgspec import Struct

from streams.gateways.hj212.answer import qn_of
from streams.gateways.hj212.clock.order import ENDS, ClockTold, Step, fact, refusal
from streams.gateways.hj212.clock.request import asking, is_of, returned, setting, shown
from streams.gateways.hj212.content import KINDS, sent_at
from streams.gateways.hj212.frame import Frame
from streams.gateways.hj212.gaps import ANSWER, ASKS
from streams.gateways.hj212.reception import EXCHANGE, Caller
from streams.gateways.hj212.register import Device
from streams.messages import SECOND, format_time, parse_time
from streams.messages.services.devices import ClockOrder

Phase = Literal["waiting", "before", "setting", "after", "ended"]
"""The device is not there; its time was asked for; 1012 was sent; its time was asked for again; all is told."""

OK = "1"
"""QnRtn and ExeRtn of what is ready, and done."""


class ClockReading(Struct, frozen=True):
    """What a device's clock showed (ms) when the gateway's showed `gateway`, and how that was read."""

    device: int
    gateway: int
    way: Literal["1011", "QN"]

    @property
    def told(self) -> dict[str, str]:
        """As a fact has it."""
        return {"device": format_time(self.device), "gateway": format_time(self.gateway), "way": self.way}


class Known(Struct):
    """A device that has shown its password: its newest frame of data (else another), and what its QN says of its clock."""

    frame: Frame
    password: str
    caller: Caller
    reading: ClockReading | None = None


class Carried(Struct):
    """An order under way: how far it is, the request that stands (`qn`, sent `tries` times, at `at`), what the device said."""

    order: ClockOrder
    phase: Phase = "waiting"
    qn: str = ""
    at: int = 0
    tries: int = 0
    before: ClockReading | None = None
    after: ClockReading | None = None
    request: int = 0
    set_qn: str = ""
    ready: str = ""
    executed: str = ""
    cut: bool = False


class ClockStep(Struct):
    """What is to be done next for an order: what it tells, and the phase that it then is in."""

    carried: Carried
    to: Phase
    events: list[bytes] = []


class Clocks:
    """The orders of a gateway. `heard` a frame, `take` an order; make each of the `steps` once what it tells is kept."""

    def __init__(self, devices: Mapping[str, Device]) -> None:
        self._devices = devices
        self._known: dict[str, Known] = {}
        self._orders: dict[str, Carried] = {}

    def register(self, devices: Mapping[str, Device]) -> None:
        """Go by another register from now on."""
        self._devices = devices
        self._known = {mn: known for mn, known in self._known.items() if mn in devices}

    def heard(self, frame: Frame, password: str, caller: Caller, now: int) -> None:
        """A frame of a device whose password is right, at a moment (ms)."""
        device = self._devices.get(frame.mn)
        if device is None or not device.set_clock:
            return
        known = self._known.get(frame.mn)
        if known is None or known.caller is not caller:
            known = self._known[frame.mn] = Known(frame, password, caller)
        if frame.cn in KINDS:
            known.frame, known.password = frame, password
            if (sent := sent_at(frame)) is not None:
                known.reading = ClockReading(sent, now, "QN")
        for carried in self._orders.values():
            if carried.order.device == frame.mn and carried.qn and is_of(frame, carried.qn):
                _answered(carried, frame, known, now)

    def take(self, order: ClockOrder, now: int) -> list[bytes]:
        """What is told of an order that has come; nothing of one that is known, or is of no device of this gateway."""
        device = self._devices.get(order.device)
        if device is None or order.order in self._orders:
            return []
        why = refusal(order, device, now)
        carried = self._orders[order.order] = Carried(order, "ended" if why else "waiting")
        return [self._fact(carried, "refused" if why else "ordered", now, why)]

    def steps(self, now: int) -> Iterator[ClockStep]:
        """What is to be done now; to be asked once a second. Of one device one order is under way at a time."""
        for name in [name for name, each in self._orders.items() if each.phase == "ended"]:
            if parse_time(self._orders[name].order.until) + ANSWER < now:
                del self._orders[name]
        busy = {each.order.device for each in self._orders.values() if each.phase not in {"waiting", "ended"}}
        for carried in list(self._orders.values()):
            if carried.phase == "waiting" and carried.order.device in busy:
                continue
            if carried.phase != "ended" and (step := self._next(carried, now)) is not None:
                busy.add(carried.order.device)
                yield step

    def made(self, step: ClockStep, now: int) -> tuple[Caller, bytes] | None:
        """Make a step whose events are kept, at a moment (ms): what goes to whom, None where nothing does."""
        carried, known = step.carried, self._there(step.carried.order.device)
        if step.to != carried.phase:
            carried.tries = 0
        carried.phase, carried.at = step.to, now
        if step.to in {"waiting", "ended"}:
            carried.qn = ""
            return None
        carried.tries += 1
        if step.to == "setting":
            carried.qn = carried.set_qn
        elif carried.tries == 1:
            carried.qn = qn_of(now)
        if known is None:
            return None
        to = known.frame if known.frame.st != EXCHANGE else msgspec.structs.replace(known.frame, st=self._st(known.frame.mn))
        if step.to == "setting":
            carried.request = (now + SECOND // 2) // SECOND * SECOND
            return known.caller, setting(to, known.password, carried.qn, carried.request)
        return known.caller, asking(to, known.password, carried.qn)

    def state(self) -> bytes:
        """All orders, for the next start."""
        return msgspec.msgpack.encode([(each.order, each.phase, each.before) for each in self._orders.values()])

    def restore(self, state: bytes) -> None:
        """Take up what `state` gave; msgspec.DecodeError where it is none. What was begun is not begun again."""
        for order, phase, before in msgspec.msgpack.decode(state, type=list[tuple[ClockOrder, Phase, ClockReading | None]]):
            cut = phase in {"setting", "after"}
            again: Phase = phase if cut or phase == "ended" else "waiting"
            self._orders[order.order] = Carried(order, again, before=before if cut else None, cut=cut)

    def _st(self, mn: str) -> str:
        return self._devices[mn].st[0]

    def _there(self, mn: str) -> Known | None:
        known = self._known.get(mn)
        return None if known is None or known.caller.closed or mn not in self._devices else known

    def _next(self, carried: Carried, now: int) -> ClockStep | None:
        """The next step of an order; None while an answer may still come, or the device."""
        silent = now - carried.at > ANSWER
        if carried.cut:
            why = "the gateway ended before the device had answered: whether its clock was set is not known; order it anew"
            return self._end(carried, "interrupted", now, why)
        if carried.phase == "setting":
            done = carried.executed or carried.ready not in {"", OK}
            return ClockStep(carried, "after") if done or silent else None
        if carried.phase == "after":
            if carried.after is not None or (silent and carried.tries > ASKS):
                return self._outcome(carried, now)
            return ClockStep(carried, "after") if silent else None
        return self._begin(carried, now, silent=silent)

    def _begin(self, carried: Carried, now: int, *, silent: bool) -> ClockStep | None:
        """The next step of an order of which nothing has gone to the device but questions for its time."""
        if parse_time(carried.order.until) <= now:
            return self._end(carried, "lapsed", now, "its time was over before the device's clock was read")
        there = self._there(carried.order.device) is not None
        if carried.phase == "before" and there and carried.before is not None:
            carried.set_qn = qn_of(now)
            return ClockStep(carried, "setting", [self._fact(carried, "setting", now)])
        if carried.phase == "before" and silent and carried.tries > ASKS:
            return self._end(carried, "unanswered", now, "the device does not tell its time (1011): nothing was set")
        if carried.phase == "before" and there and not silent:
            return None
        to: Phase = "before" if there else "waiting"
        return None if to == carried.phase == "waiting" else ClockStep(carried, to)

    def _outcome(self, carried: Carried, now: int) -> ClockStep:
        if carried.executed == OK:
            return self._end(
                carried, "set", now, "" if carried.after else "the device does not tell its time afterwards (1011)"
            )
        if carried.executed or carried.ready not in {"", OK}:
            return self._end(carried, "failed", now, "the device says that it did not do it")
        why = (
            "the device did not say whether it set its clock (9012)" if carried.request else "the device left before 1012 went"
        )
        return self._end(carried, "unanswered", now, why)

    def _end(self, carried: Carried, step: Step, now: int, why: str) -> ClockStep:
        return ClockStep(carried, "ended", [self._fact(carried, step, now, why)])

    def _fact(self, carried: Carried, step: Step, now: int, why: str = "") -> bytes:
        device = self._devices.get(carried.order.device)
        subject = (device.subject if device else "") or carried.order.device
        told = ClockTold(
            request=format_time(carried.request) if step in ENDS and carried.request else "",
            qn=carried.set_qn,
            ready=carried.ready,
            executed=carried.executed,
            before=carried.before.told if carried.before else None,
            after=carried.after.told if carried.after else None,
            why=why,
        )
        return fact(carried.order, step, subject, now, told)


def _answered(carried: Carried, frame: Frame, known: Known, now: int) -> None:
    """Take what a device says to the request that stands."""
    said, at = returned(frame.content), shown(frame.content)
    if carried.phase == "setting":
        carried.ready, carried.executed = said.get("QnRtn", carried.ready), said.get("ExeRtn", carried.executed)
        carried.at = now
    elif carried.phase in {"before", "after"} and frame.cn == "1011" and at is not None:
        reading = ClockReading(at, now, "1011")
        carried.before, carried.after = (reading, None) if carried.phase == "before" else (carried.before, reading)
    elif carried.phase in {"before", "after"} and any(code != OK for code in said.values()) and known.reading is not None:
        if carried.phase == "before":
            carried.before = known.reading
        elif known.reading.gateway > carried.request:
            carried.after = known.reading
