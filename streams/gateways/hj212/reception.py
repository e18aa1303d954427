"""What becomes of a frame at the gateway: who sent it, what it says, what is answered once it is kept. No I/O: moments come in.

A frame of a device that is not in the register, of another system than its own, or with a wrong password is refused and told;
it gets no answer, for HJ 212 has none that an upper machine could give to an upload but 9014. The same frame again is answered
again and kept once (6.2: a device that hears nothing sends it up to three times more); another one under its number is refused.
"""

import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec
from msgspec import Struct, structs

from streams.gateways.hj212.answer import answers, question
from streams.gateways.hj212.content import KINDS
from streams.gateways.hj212.decode import Decoder, Line
from streams.gateways.hj212.frame import Frame, Problem, password_of, read_frame
from streams.gateways.hj212.gaps import ANSWER, ASKS, PAUSE, Coverage, Question, asked_for, cover, due, length, stands
from streams.gateways.hj212.irregular import note
from streams.gateways.hj212.register import Device, Passwords
from streams.gateways.intake.limit import TellingLimit
from streams.messages import CST, MINUTE, SECOND

WRONG = 3
"""Wrong passwords after which a connection is closed. 本系统默认 (a default of this system): the count of table 1."""

SEEN = 64
"""Frames of a device that are remembered to know one that comes again. 本系统默认: 30 s of sending again are some frames."""

REST = 10 * MINUTE
"""How long a message in parts waits for its rest (ms). 本系统默认; a device has given up after 40 s (table 1)."""

EXCHANGE = "91"
"""The system code of answers, which each device may use (HJ 212-2017 table 5)."""

_ASKED_BEGIN = re.compile(r"DataTime=(\d{14})")
_RETURNED = re.compile(r"(QnRtn|ExeRtn)=(\d{1,3})")
_OF = re.compile(r"QN=(\d{17})")
_READY = "1"


Number = tuple[str, str, str, int]
"""By what a frame is known again: command, QN, the beginning of its data where they were asked for, and number of its part."""


class Caller(Struct, eq=False):
    """One connection: the devices that have shown their passwords on it, and how many wrong ones came."""

    mns: set[str] = set()
    wrong: int = 0
    closed: bool = False


Heard = Callable[[Frame, str, Caller, int], None]
"""A frame, its password, its connection, and when it came (ms)."""


class Taken(Struct, kw_only=True):
    """What is to be kept of a frame, and what is answered when it is: `again` says that it was kept before."""

    mn: str = ""
    events: list[bytes] = []
    answer: bytes | None = None
    close: bool = False
    again: bool = False
    numbers: list[tuple[Number, bytes]] = []
    ends: list[tuple[str, int]] = []


def label(taken: Taken) -> bytes:
    """By what a frame that was kept is known again after a kill."""
    return msgspec.msgpack.encode((taken.mn, taken.numbers)) if taken.numbers else b""


class Spoken(Struct):
    """A device that has shown its password: its newest data frame, its password and its connection."""

    frame: Frame
    password: str
    caller: Caller
    look: int
    ask: Question | None = None
    request: bytes = b""


class Reception:
    """All devices of a gateway. `take` a frame; `done` when its events are kept, `lost` when they could not be.

    `heard` gets each frame of a device whose password is right. `verdicts` counts frames and `requests` those for missing
    data, as `metrics.DeviceCounts` says.
    """

    def __init__(self, devices: Mapping[str, Device], region: str = "", heard: Heard = lambda *_: None) -> None:
        self._devices, self._hears = devices, heard
        self._passwords = Passwords()
        self._limit = TellingLimit(frozenset(devices))
        self._decoder = Decoder(region=region, subject=lambda mn: self._devices[mn].subject or mn, limit=self._limit)
        self.verdicts: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self._seen: dict[str, OrderedDict[Number, tuple[bytes, bool]]] = {}
        self._spoken: dict[str, Spoken] = {}
        self._covered: dict[str, dict[str, Coverage]] = {}

    @property
    def frames(self) -> tuple[int, int]:
        """How many frames came, and how many of them were bad."""
        return self._decoder.frames, self._decoder.bad

    def register(self, devices: Mapping[str, Device]) -> None:
        """Go by another register from now on; of devices that are in it no more nothing is remembered or asked."""
        self._devices = devices
        self._limit.know(frozenset(devices))
        self._spoken = {mn: spoken for mn, spoken in self._spoken.items() if mn in devices}
        self._covered = {mn: covered for mn, covered in self._covered.items() if mn in devices}

    def take(self, raw: bytes, caller: Caller, now: int) -> Taken:
        """One frame of a connection at a moment (ms)."""
        found = read_frame(raw)
        if not isinstance(found, Frame):
            return self.refused(raw, found, now)
        device = self._devices.get(found.mn)
        if device is None:
            problem = Problem("device", "no device of this MN is in the register: register it, or find out who sends")
            return self.refused(raw, [problem], now)
        password = password_of(raw)
        right = self._passwords.right(found.mn, device.password, password, now)
        if right is None:
            self.verdicts["unlooked"] += 1
            return Taken()
        if not right:
            caller.wrong += 1
            problem = Problem("password", "the password is not that of the register: set one of the two right")
            return self.refused(raw, [problem], now, close=caller.wrong >= WRONG)
        caller.mns.add(found.mn)
        if found.st not in {*device.st, EXCHANGE}:
            wrong = f"ST {found.st} is not a system of this device, which has {', '.join(device.st)}"
            return self.refused(raw, [Problem("system", wrong)], now)
        self._hears(found, password, caller, now)
        return self._taken(raw, found, device, password, self._heard(found, password, caller, now), now)

    def refused(self, raw: bytes, problems: list[Problem], now: int, *, close: bool = False) -> Taken:
        """What is to be kept of something that is no good."""
        self._decoder.frames += 1
        self.verdicts[problems[0].fault] += 1
        return Taken(events=list(self._decoder.refuse(Line(raw, now), problems)), close=close)

    def expired(self, now: int) -> Taken:
        """What is to be kept of messages whose rest never came."""
        return Taken(events=list(self._decoder.expire(now - REST)))

    def done(self, taken: Taken) -> bytes | None:
        """Its events are kept: the answer."""
        seen = self._seen.get(taken.mn, OrderedDict())
        for number, digest in taken.numbers:
            if number in seen:
                seen[number] = (digest, True)
        if taken.ends and (device := self._devices.get(taken.mn)) is not None:
            covered = self._covered.setdefault(taken.mn, {})
            for cn, end in taken.ends:
                covered[cn] = cover(covered.get(cn), end, length(cn, device.minutes))
        return taken.answer

    def lost(self, taken: Taken) -> None:
        """Its events could not be kept: it is as if it had never come."""
        for number, _ in taken.numbers:
            self._seen[taken.mn].pop(number, None)

    def kept(self, label: bytes) -> None:
        """Know again what was kept before a kill, by the label of its record: the device may not have had its answer."""
        mn, numbers = msgspec.msgpack.decode(label, type=tuple[str, list[tuple[Number, bytes]]])
        seen = self._seen.setdefault(mn, OrderedDict())
        for number, digest in numbers:
            seen[number] = (digest, True)
        while len(seen) > SEEN:
            seen.popitem(last=False)

    def questions(self, now: int) -> Iterator[tuple[str, Caller, bytes]]:
        """Requests for what is missing, each to the connection of its device; to be asked for once a second."""
        for mn, spoken in self._spoken.items():
            if spoken.look <= now and not spoken.caller.closed and self._ask(mn, spoken, now):
                yield mn, spoken.caller, spoken.request

    def left(self, caller: Caller) -> None:
        """A connection has ended."""
        caller.closed = True
        for mn in caller.mns:
            if mn in self._spoken and self._spoken[mn].caller is caller:
                del self._spoken[mn]

    def state(self) -> bytes:
        """What of each device has come, for the next start."""
        return msgspec.msgpack.encode(self._covered)

    def restore(self, state: bytes) -> None:
        """Take up what `state` gave; msgspec.DecodeError where it is none. Devices registered no more are forgotten."""
        found = msgspec.msgpack.decode(state, type=dict[str, dict[str, Coverage]])
        self._covered = {mn: covered for mn, covered in found.items() if mn in self._devices}

    def _taken(self, raw: bytes, frame: Frame, device: Device, password: str, ask: Question | None, now: int) -> Taken:
        begin = 0 if ask is None else _begin(frame)
        asked = ask is not None and asked_for(ask, frame.cn, begin, now)
        if ask is not None and asked:
            ask.at, ask.heard = now, True
        number = (frame.cn, frame.qn, str(begin) if asked else "")
        answer = answers(frame, password)
        digest = blake2b(frame.content.encode(), digest_size=16).digest()
        seen = self._seen.setdefault(frame.mn, OrderedDict())
        if frame.qn and (*number, frame.part) in seen:
            before, kept = seen[*number, frame.part]
            if before == digest:
                self.verdicts["again"] += 1
                return Taken(mn=frame.mn, answer=answer if kept else None, again=True)
            problem = Problem("number", "the QN is that of another frame of this command: each has one of its own (table 3)")
            return self.refused(raw, [problem], now)
        if device.edition not in {0, frame.edition}:
            frame = structs.replace(frame, notes=(*frame.notes, note("edition-other", "Flag", len(str(frame.flag)))))
        events = list(self._decoder.take(Line(raw, now), frame, minutes=device.minutes, asked=asked))
        if frame.qn:
            seen[*number, frame.part] = (digest, False)
        while len(seen) > SEEN:
            seen.popitem(last=False)
        if frame.parts > 1 and self._decoder.waits(frame):
            self.verdicts["part"] += 1
            return Taken(mn=frame.mn, events=events)
        self.verdicts["taken" if self._decoder.facts else "content"] += 1
        facts = self._decoder.facts[:1] if frame.cn in device.expects else []
        ends = [(frame.cn, said.at) for said in facts if said.kind != "device_message"]
        parts = [(*number, part) for part in range(1, frame.parts + 1)]
        numbers = [(part, seen[part][0]) for part in parts if part in seen]
        return Taken(mn=frame.mn, events=events, answer=answer, numbers=numbers, ends=ends)

    def _heard(self, frame: Frame, password: str, caller: Caller, now: int) -> Question | None:
        """Remember who speaks, and what it says to a request; the request that stands."""
        spoken = self._spoken.get(frame.mn)
        if spoken is None or spoken.caller is not caller:
            spoken = self._spoken[frame.mn] = Spoken(frame, password, caller, now + PAUSE)
        if frame.cn in KINDS:
            spoken.frame, spoken.password = frame, password
        ask = spoken.ask
        if ask is None:
            return None
        returned = _RETURNED.search(frame.content)
        if returned is not None and ask.qn in {frame.qn, *_OF.findall(frame.content)}:
            ask.at, ask.heard = now, True
            if frame.cn == "9012" or returned[2] != _READY:
                spoken.ask, spoken.look = None, now + PAUSE
        return spoken.ask

    def _ask(self, mn: str, spoken: Spoken, now: int) -> bool:
        """Whether a device is to be sent its request now, the same again or a new one."""
        device, ask = self._devices[mn], spoken.ask
        if ask is not None and stands(ask, now):
            return False
        if ask is not None and not ask.heard and ask.sent <= ASKS:
            ask.at, ask.sent = now, ask.sent + 1
            self.requests[ask.cn] += 1
            return True
        spoken.ask, spoken.look = None, now + PAUSE
        if ask is not None or not device.fill:
            return False
        covered = {cn: each for cn, each in self._covered.get(mn, {}).items() if cn in device.expects}
        for cn, span in due(covered, device.minutes, now):
            frame = structs.replace(spoken.frame, st=device.st[0]) if spoken.frame.st == EXCHANGE else spoken.frame
            qn, spoken.request = question(frame, spoken.password, cn, span, now)
            spoken.ask, spoken.look = Question(qn, cn, span, now), now + ANSWER
            self.requests[cn] += 1
            return True
        return False


def _begin(frame: Frame) -> int:
    """When the interval begins that a frame is of (ms), as its DataTime says; 0 where it does not."""
    found = _ASKED_BEGIN.search(frame.content)
    try:
        return 0 if found is None else int(datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=CST).timestamp()) * SECOND
    except (ValueError, OverflowError):
        return 0
