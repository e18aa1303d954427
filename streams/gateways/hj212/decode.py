"""`python -m streams hj212 decode [FILE]`: frames of HJ 212, one a line, into CloudEvents, one a line.

A line is a frame, or JSON with the frame in `frame` or `raw` and, where it is known, the moment of its arrival in `received`
(RFC 3339). A frame that is no good becomes an event too, `environment.bad_frame`: the judge makes the quality record of it
(DQ-09), so that it stands in the log and is replayed with it. It says what is wrong and how long the frame is, never what it
holds: a password, or whatever else was sent. What is irregular in a good frame is taken or refused field by field
(`hj212.irregular`), and told by `environment.field_note`. Nothing here reads a clock.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from streams.command import Trouble
from streams.gateways.hj212.content import ASKED, ASKED_HOUR, MESSAGE, Reading, Said, say, sent_at
from streams.gateways.hj212.frame import Frame, Problem, head_of, mn_of, read_frame
from streams.gateways.hj212.irregular import IRREGULARITIES
from streams.gateways.notes import notes_event
from streams.messages import DAY, MINUTE, REGISTERED, SECOND, FieldNote, Name, Registered, event_bytes, format_time, parse_time

DOMAIN = "environment"
GATEWAY = "hj212-gateway"
"""The subject of bad frames: whose frame it is cannot be known for sure where the frame is broken."""

CLOCK = 5 * MINUTE
"""How far QN may be from the moment of arrival (DQ-10; a default)."""

MAX_MESSAGE = 1_000
"""Characters kept of what is wrong with a frame."""

INTERVALS = frozenset(str(minutes) for minutes in range(1, 31) if 60 % minutes == 0)
"""MinInterval in minutes: divisors of an hour up to 30 (HJ 212-2017 table 4)."""

MAX_WAITING = 1_000
"""How many messages in parts wait for their rest; beyond that the oldest is given up."""

MAX_PARTS = 20_000
"""How many parts, of at most 1,024 bytes each, wait in all."""

MAX_TOLD = 10_000
"""Of how many devices and irregularities it is remembered that they were told today; beyond that all are told anew."""


class Line(Struct, frozen=True, gc=False):
    """One line of input: the frame's bytes, and when it arrived (ms) where that is known."""

    raw: bytes
    received: int | None = None


class Waiting(Struct):
    """Parts of one message that have come, by number, and the line of the newest one."""

    parts: dict[int, Frame]
    line: Line


class _Json(Struct):
    frame: str = ""
    raw: str = ""
    received: str = ""


_time_text = lru_cache(maxsize=4_096)(format_time)  # many frames have the same time

Limit = Callable[[str, str, int], int]
"""For how many bad frames of a device and fault the record of the one at this moment (ms) stands; 0: it is not told."""


class Decoder:
    """Turns lines into events; it remembers parts that wait for their rest, and how long a device's minute data are.

    `minutes` is the length of minute data of a device that did not say its MinInterval (commands 1063, 1064); `region` the
    adcode under which the gateway registers itself before the first bad frame; with `strict` a frame with anything irregular
    is a bad frame; `subject` gives the subject of a device, and `limit` bounds the records of bad frames. Counted are frames,
    those that are bad, and of the others the fields refused and the remarks. `facts`: those of the frame that was taken last.
    """

    def __init__(
        self,
        minutes: int = 10,
        region: str = "",
        strict: bool = False,
        *,
        subject: Callable[[str], str] = str,
        limit: Limit = lambda _mn, _fault, _at: 1,
    ) -> None:
        self.frames = 0
        self.bad = 0
        self.refused = 0
        self.remarks = 0
        self.facts: list[Said] = []
        self._strict = strict
        self._subject = subject
        self._limit = limit
        self._told: dict[tuple[str, str], int] = {}
        self._minutes = minutes
        self._region = region
        self._intervals: dict[str, int] = {}
        self._waiting: dict[tuple[str, str, str], Waiting] = {}
        self._parts = 0
        self._newest = 0
        self._registered = False

    def decode(self, line: Line) -> Iterator[bytes]:
        """The events of one line; none where it is a part of a message that is not whole yet."""
        found = read_frame(line.raw)
        if isinstance(found, Frame):
            yield from self.take(line, found)
        else:
            self.frames += 1
            yield from self.refuse(line, found)

    def take(self, line: Line, frame: Frame, *, minutes: int = 0, asked: bool = False) -> Iterator[bytes]:
        """The events of a frame that was read; `minutes` and `asked` as of `say`, where they are known."""
        self.frames += 1
        self.facts = []
        if apart := _apart(line, frame):
            yield from self._record(line, [apart])
        whole = frame if frame.parts == 1 else self._joined(frame, line)
        if whole is not None:
            yield from self._facts(whole, line, minutes, asked)
        while len(self._waiting) > MAX_WAITING or self._parts > MAX_PARTS:
            yield from self._give_up(next(iter(self._waiting)))

    def expire(self, before: int) -> Iterator[bytes]:
        """Give up the messages of which no part has come since then (ms)."""
        for key in [key for key, waiting in self._waiting.items() if (waiting.line.received or 0) < before]:
            yield from self._give_up(key)

    def waits(self, frame: Frame) -> bool:
        """Whether the message of which a frame is a part is not whole."""
        return (frame.mn, frame.qn, frame.cn) in self._waiting

    def finish(self) -> Iterator[bytes]:
        """What is left when no more comes: messages of which a part is missing."""
        for key in list(self._waiting):
            yield from self._give_up(key)

    def _facts(self, frame: Frame, line: Line, minutes: int, asked: bool) -> Iterator[bytes]:
        reading = say(frame, self._intervals.get(frame.mn, minutes or self._minutes), asked=asked)
        if not isinstance(reading, Reading):
            yield from self.refuse(line, reading)
            return
        notes = [*frame.notes, *reading.notes]
        if notes and self._strict:
            yield from self.refuse(line, [_irregular(note) for note in notes])
            return
        self.facts = reading.facts
        for said in reading.facts:
            if said.kind == MESSAGE:
                self._learn(frame, said)
            self._newest = said.at
            yield event_bytes(
                type=f"{DOMAIN}.{said.kind}",
                source=f"hj212:{frame.mn}",
                id=_id(frame, said),
                time=_time_text(said.at),
                subject=self._subject(frame.mn),
                data=said.data,
            )
        if notes:
            yield from self._note(frame, reading.facts[0], notes)

    def _note(self, frame: Frame, said: Said, notes: list[FieldNote]) -> Iterator[bytes]:
        """Tell each field that was refused, and each remark of a device once a day."""
        self.refused += sum(not note.taken for note in notes)
        self.remarks += sum(note.taken for note in notes)
        new = [note for note in notes if not note.taken or self._is_new(frame.mn, note, said.at // DAY)]
        if new:
            fact = (said.kind, _id(frame, said), self._subject(frame.mn))
            yield notes_event(DOMAIN, f"hj212:{frame.mn}", fact, said.at, new)

    def _is_new(self, mn: str, note: FieldNote, day: int) -> bool:
        key = (mn, f"{note.reason} {note.field}")
        if self._told.get(key) == day:
            return False
        if len(self._told) >= MAX_TOLD:
            self._told.clear()
        self._told[key] = day
        return True

    def _learn(self, frame: Frame, said: Said) -> None:
        params = said.data.get("params")
        if isinstance(params, dict) and params.get("MinInterval") in INTERVALS:
            self._intervals[frame.mn] = int(params["MinInterval"])

    def _joined(self, frame: Frame, line: Line) -> Frame | None:
        key = (frame.mn, frame.qn, frame.cn)
        waiting = self._waiting.setdefault(key, Waiting({}, line))
        self._parts += frame.part not in waiting.parts
        waiting.parts[frame.part], waiting.line = frame, line
        if len(waiting.parts) < frame.parts:
            return None
        del self._waiting[key]
        self._parts -= len(waiting.parts)
        parts = [waiting.parts[n] for n in sorted(waiting.parts)]
        notes = {note.reason: note for part in parts for note in part.notes}
        return structs.replace(frame, content=";".join(part.content for part in parts), notes=tuple(notes.values()))

    def _give_up(self, key: tuple[str, str, str]) -> Iterator[bytes]:
        waiting = self._waiting.pop(key)
        self._parts -= len(waiting.parts)
        total = next(iter(waiting.parts.values())).parts
        missing = [str(n) for n in range(1, total + 1) if n not in waiting.parts]
        yield from self.refuse(waiting.line, [Problem("part", f"of {total} parts, {', '.join(missing[:9])} never came")])

    def refuse(self, line: Line, problems: list[Problem]) -> Iterator[bytes]:
        """The record of a bad frame, which is counted as such."""
        self.bad += 1
        yield from self._record(line, problems)

    def _record(self, line: Line, problems: list[Problem]) -> Iterator[bytes]:
        """What is wrong with a frame, and its header as far as that is known."""
        at = self._newest if line.received is None else line.received
        mn, time = mn_of(line.raw), format_time(at)
        stands_for = self._limit(mn, problems[0].fault, at)
        if not stands_for:
            return
        if not self._registered:
            self._registered = True
            yield self._registration(time)
        message = "; ".join(problem.message for problem in problems)
        many = f"; one of {stands_for}" if stands_for > 1 else ""
        head = f" ({head})" if (head := head_of(line.raw)) else ""
        data = {
            "reason": problems[0].fault,
            "message": f"{message[: MAX_MESSAGE - len(head) - len(many)]}{many}{head}",
            "mn": mn,
            "size": len(line.raw),
        }
        kind = f"{DOMAIN}.bad_frame"
        yield event_bytes(type=kind, source="hj212", id=f"{time}-{self.frames}", time=time, subject=GATEWAY, data=data)

    def _registration(self, time: str) -> bytes:
        name = Name(zh="HJ 212 接入网关", en="HJ 212 gateway")
        facts = Registered(kind="gateway", name=name, adcode=self._region)
        type_ = DOMAIN + REGISTERED
        return event_bytes(type=type_, source="hj212", id="registered", time=time, subject=GATEWAY, data=facts)


def _apart(line: Line, frame: Frame) -> Problem | None:
    """What is wrong with a device's clock, where the moment of arrival is known."""
    sent = None if line.received is None else sent_at(frame)
    if sent is None or line.received is None or abs(line.received - sent) <= CLOCK:
        return None
    apart = (sent - line.received) // SECOND
    message = (
        f"QN is {apart} s from the moment of arrival {format_time(line.received)}: have its operator set the device's clock"
    )
    return Problem("clock", message)


def _irregular(note: FieldNote) -> Problem:
    return Problem("irregular", f"{note.field}: {IRREGULARITIES[note.reason].what}, refused by --strict")


def _id(frame: Frame, said: Said) -> str:
    """Which fact it is: that of a request for the past by its time, for one request brings many (2005: all with its QN)."""
    return f"{frame.cn}-{said.at if said.suffix in {ASKED, ASKED_HOUR} else frame.qn or said.at}{said.suffix}"


def read_line(text: bytes) -> Line:
    """One line of input: a frame as it stands, or JSON around it; a JSON line without a frame is taken for a frame."""
    stripped = text.strip(b"\r\n")
    if not stripped.startswith(b"{"):
        return Line(stripped)
    try:
        wrapped = msgspec.json.decode(stripped, type=_Json)
        received = parse_time(wrapped.received) if wrapped.received else None
        if received is not None:
            format_time(received)  # a moment that cannot be told is none
        frame = (wrapped.frame or wrapped.raw).encode()
    except (msgspec.DecodeError, ValueError, OverflowError):
        return Line(stripped)
    return Line(frame or stripped, received)


def decode_lines(lines: Iterable[bytes], decoder: Decoder) -> Iterator[bytes]:
    """The events of all lines; empty lines are passed over."""
    for text in lines:
        if text.strip():
            yield from decoder.decode(read_line(text))
    yield from decoder.finish()


def options_of(parser: argparse.ArgumentParser) -> None:
    """What can be said at the command line."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="frames, one a line (- for standard input)")
    parser.add_argument("--minutes", type=int, default=10, help="length of minute data where a device did not say it (10)")
    parser.add_argument("--region", default="", metavar="ADCODE", help="the city under which the gateway registers itself")
    parser.add_argument("--strict", action="store_true", help="refuse every frame with anything irregular")


def run(options: argparse.Namespace) -> int:
    """Run the command; CloudEvents on standard output, a count on standard error."""
    if str(options.minutes) not in INTERVALS:
        raise ValueError(f"--minutes is {options.minutes}: MinInterval is one of {', '.join(sorted(INTERVALS, key=int))}")
    decoder = Decoder(options.minutes, options.region, options.strict)
    for event in _decoded(options.file, decoder):
        sys.stdout.buffer.write(event + b"\n")
    sys.stdout.buffer.flush()
    told = f"{decoder.frames} frames, {decoder.bad} of them bad; {decoder.refused} fields refused, {decoder.remarks} remarks"
    sys.stderr.write(told + "\n")
    return 0


def _decoded(file: str, decoder: Decoder) -> Iterator[bytes]:
    if file == "-":
        yield from decode_lines(sys.stdin.buffer, decoder)
        return
    try:
        with Path(file).open("rb") as lines:
            yield from decode_lines(lines, decoder)
    except OSError as error:
        raise Trouble(f"{file} cannot be read: {error.strerror}") from None
