"""What one part of the system writes with: the id of the log that it was started for, and its key. Files on this machine.

The folder of `ONESCREEN_TRUST` has a folder for each log: `log.id`, the 64 digits that a person has compared, and for each
part that writes on this machine its key, `PART.json`. Where there is no `log.id` the log was never opened, and everything is
written as it is.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from streams.messages.codec import decode_event
from streams.private import private
from streams.settings import Settings
from streams.signing.envelope import envelope_bytes
from streams.signing.kinds import NUMBERED, matches
from streams.signing.machine.keyfile import Key, KeyFileError
from streams.signing.sign import Signer, addressed, batch, cosigned, signed
from streams.signing.verify import TREE

_LOGID = re.compile(r"[0-9a-f]{64}")


def trust_folder(settings: Settings, log: str) -> Path:
    """Where the id of a log, and the keys of the parts of this machine for it, stand."""
    return settings.trust / log


def key_path(settings: Settings, log: str, part: str) -> Path:
    """The file of a part's key for a log."""
    return trust_folder(settings, log) / f"{part}.json"


def pinned(settings: Settings, log: str) -> str:
    """The id that a part of this machine demands of a log; empty where none is given. KeyFileError where the file has none."""
    path = trust_folder(settings, log) / "log.id"
    try:
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path} cannot be read: {error}") from None
    if not _LOGID.fullmatch(text):
        raise KeyFileError(f"{path} holds no id of a log: write the 64 digits into it that `agents keys show` prints")
    return text


def pin(settings: Settings, log: str, logid: str) -> None:
    """Let every part of this machine demand this id of a log; KeyFileError where they demand another."""
    if (known := pinned(settings, log)) and known != logid:
        raise KeyFileError(
            f"the parts of this machine demand the id {known} of log {log!r}: {trust_folder(settings, log)}/log.id"
        )
    path = private(trust_folder(settings, log)) / "log.id"
    beside = path.with_suffix(".new")
    beside.write_text(f"{logid}\n", "ascii")
    beside.replace(path)


class Part:
    """Writes the events of one part into one log: signed, where the log was opened; else as they are."""

    def __init__(self, logid: str = "", key: Key | None = None) -> None:
        self.logid = logid
        self.key = key

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the key go: another process may open it."""
        if self.key is not None:
            self.key.close()

    def value(self, value: bytes, to: str, seconds: Sequence[Signer] = ()) -> bytes:
        """The bytes to write for those of an event, which is for `to` (`events.<stage>`, another topic, or `*`).

        `seconds` sign it too, where its kind needs more than one signature.
        """
        if self.key is None:
            return value
        event = decode_event(value)
        number = 0 if matches(NUMBERED, event.type) else self.key.number()
        envelope = signed(addressed(event, self.logid, to, number), self.key)
        for second in seconds:
            envelope = cosigned(envelope, second)
        return envelope_bytes(envelope)

    def values(self, values: Sequence[tuple[bytes, str, str]]) -> list[bytes]:
        """The bytes to write for those of many events, each with its `to` and when it arrived (RFC 3339).

        A key for bulk signs them all at once.
        """
        if self.key is None:
            return [value for value, _, _ in values]
        key, made = self.key, []
        for value, to, arrived in values:
            event = decode_event(value)
            number = 0 if matches(NUMBERED, event.type) else key.number()
            made.append(addressed(event, self.logid, to, number, arrived))
        many = batch(made, key) if made and key.suite == TREE else [signed(each, key) for each in made]
        return [envelope_bytes(each) for each in many]


def open_part(settings: Settings, log: str, name: str) -> Part:
    """What a part writes with into a log; KeyFileError where the log was opened and the part has no key that can be used."""
    logid = pinned(settings, log)
    return Part(logid, Key(key_path(settings, log, name))) if logid else Part()


@contextmanager
def cosigners(paths: Sequence[Path]) -> Iterator[list[Signer]]:
    """The keys in some files, for as long as they are needed: second signatures."""
    with ExitStack() as opened:
        yield [opened.enter_context(Key(path)) for path in paths]
