"""A judge that raised an exception is put on hold for the subject it raised at: what it has not judged is kept in order.

While it is on hold it is neither asked nor woken, and its alerts stay as they are. A person's `retry` judges what is held
(`agents.core.alerts.retry`). Nothing here reads a file, so a traceback has file, line and function, but no source lines.
"""

import re
import traceback
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, structs

from agents.core.alerts.alarm import Cause
from agents.core.alerts.state import Held, Hold, Subject
from agents.core.judge import Finding
from agents.core.rules.bound import Bound
from streams.messages import MAX_TRACEBACK, NEVER, Quarantine, format_time

CHECK = "check:"
"""How the key of a domain's own check begins: `check:<kind>`."""

MAX_HELD = 256
"""Facts that are held for one judge and subject; those that come after them stand in the log only."""

MAX_HELD_BYTES = 1 << 20
"""Bytes of all facts held for one subject: its state is one message of the checkpoint, of at most 8 MiB."""

_FRAMES = 40
_WORDS = re.compile(r"(?m)^([A-Za-z_][\w.]*): (?s:.*)\Z")
_ROOT = __file__.removesuffix(f"{__name__.replace('.', '/')}.py")
pack = msgspec.msgpack.encode


class Told:
    """The judge of the oversight alerts: it finds nothing by itself."""

    timed = False
    Memory: type[Struct] | None = None

    def __init__(self, key: str) -> None:
        self.key = key

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Nothing."""
        return None

    def wake(self, subject: Subject, now: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Nothing."""
        return None

    def due(self, subject: Subject) -> int:  # noqa: ARG002 - the contract
        """Never."""
        return NEVER


def is_put_back(bound: Bound) -> bool:
    """Whether a judge that raised remembers again what it did before: one of a domain; a stock judge is tested not to raise.

    So a stock judge that raised all the same may have remembered half of what it read.
    """
    return bound.own and bound.judge.Memory is not None


def kept(subject: Subject, bound: Bound) -> bytes | None:
    """The bytes of what a judge remembers before it is asked; None where nothing is put back."""
    return pack(subject.memory.get(bound.judge.key)) if is_put_back(bound) else None


def put_back(subject: Subject, bound: Bound, memory: bytes | None) -> None:
    """Let a judge remember what it did before it raised."""
    type_, key = bound.judge.Memory, bound.judge.key
    if memory is None or type_ is None:
        return
    remembered = msgspec.msgpack.decode(memory, type=type_ | None)
    if remembered is None:
        subject.memory.pop(key, None)
    else:
        subject.memory[key] = remembered


def held(kind: str, at: int, data: bytes, cause: Cause) -> Held:
    """What a judge was to see, as it is held."""
    return Held(kind, at, data, cause.place, sha256(cause.value).hexdigest(), cause.now)


def described(record: Quarantine, seen: Held, error: Exception, cause: Cause) -> Quarantine:
    """The record of a judge that raised at this."""
    return structs.replace(
        record,
        rev=cause.place.offset,
        traceback=_text(error),
        place=seen.place,
        at=format_time(cause.now),
        type=seen.kind if ":" in seen.kind or "." in seen.kind else f"{record.domain}.{seen.kind}",
        size=len(seen.data),
    )


def begin(record: Quarantine, subject: Subject, key: str, now: int) -> Hold:
    """Put a judge on hold at `now` (ms): it will be asked again with what is known of the subject now."""
    latest = {kind: structs.replace(each, slots=None) for kind, each in subject.latest.items()}
    hold = Hold(record, subject.facts, latest, record.place, now, [])
    subject.held = {**(subject.held or {}), key: hold}
    return hold


def add(subject: Subject, hold: Hold, seen: Held) -> bool:
    """Hold one more fact, if there is room; whether people must be told of the new number."""
    room = MAX_HELD_BYTES - sum(each.size for each in (subject.held or {}).values())
    if hold.passed or len(hold.events) >= MAX_HELD or len(seen.data) > room:
        hold.passed += 1
    else:
        hold.events.append(seen)
        hold.size += len(seen.data)
    count = len(hold.events) + hold.passed
    return count & (count - 1) == 0


def revised(hold: Hold, rev: int) -> Quarantine:
    """The record of a judge on hold, with the numbers of now."""
    hold.record = structs.replace(said(hold.record), rev=rev, waiting=len(hold.events), passed=hold.passed)
    return hold.record


def said(record: Quarantine) -> Quarantine:
    """The record without the exception's words, which checkpoints of an older version still have."""
    kept = _WORDS.sub(r"\1\n", record.traceback)
    return record if kept == record.traceback else structs.replace(record, traceback=kept)


def record(key: str, bound: Bound | None, department: str, subject: Subject, seen: Held, told: tuple[str, int]) -> Quarantine:
    """The beginning of a record; `told` is id and occurrence of the alert that tells of it, `described` gives the rest."""
    log, _, domain = seen.place.topic.partition(".events.")
    return Quarantine(
        id=told[0],
        rev=0,
        occurrence=told[1],
        state="held",
        rule=bound.rule.id if bound else key,
        rule_version=bound.rule.version if bound else "",
        judge=key,
        traceback="",
        waiting=0,
        passed=0,
        department=department,
        log=log,
        domain=domain,
        place=seen.place,
        at="",
        type="",
        subject=subject.id,
        size=0,
    )


def _text(error: Exception) -> str:
    """A traceback from the call of the judge on, the same wherever the tree stands and whoever runs it.

    The exception's own words are left out: they may quote what was judged.
    """
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)][-_FRAMES:]
    lines = [f'  File "{code.co_filename.removeprefix(_ROOT)}", line {line}, in {code.co_name}\n' for code, line in frames]
    text = "".join(["Traceback (most recent call last):\n", *lines, type(error).__qualname__, "\n"])
    return text.encode("utf-8", "replace").decode()[-MAX_TRACEBACK:]
