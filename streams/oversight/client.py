"""The oversight service as the screen knows it: a socket that is asked one thing at a time, each over its own connection."""

from pathlib import Path
from typing import TypeVar

from msgspec.json import Decoder, Encoder

from streams.messages.text import Text
from streams.oversight.wire import MAX_ANSWER, NotTold, OversightAnswer, OversightAsked
from streams.peers.client import asked as asked_at
from streams.settings import Settings

TIMEOUT = 10.0
"""Seconds after which the service has not answered: as long as a page waits."""

Told = TypeVar("Told")

_encode = Encoder().encode
_answers: Decoder[OversightAnswer] = Decoder(OversightAnswer)


class OversightAwayError(RuntimeError):
    """No figure can be told now: the service does not run, or has failed. `words`: for people."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


class OversightRefusedError(ValueError):
    """What was asked has no answer; asking again changes nothing, but where it is starting. `told` says why."""

    def __init__(self, told: NotTold) -> None:
        super().__init__(told.words.en)
        self.told = told


def socket_of(settings: Settings, log: str) -> Path:
    """Where the oversight service of a log answers."""
    return settings.data / "oversight" / f"{log}.socket"


class OversightClient:
    """Asks the oversight service at a socket. Blocking and thread-safe."""

    def __init__(self, path: Path, timeout: float = TIMEOUT) -> None:
        self._path, self._timeout = path, timeout

    def ask(self, asked: OversightAsked, of: type[Told]) -> Told:
        """The answer, of this type: OversightAwayError where nobody answers, OversightRefusedError where there is none."""
        try:
            with asked_at(self._path, _encode(asked) + b"\n", self._timeout) as back:
                value = back.readline(MAX_ANSWER)
        except OSError as error:
            raise _away(f"{error.strerror or error}") from None
        if not value.endswith(b"\n"):
            raise _away("hung up")
        answer = _answers.decode(value)
        if isinstance(answer, NotTold):
            raise OversightRefusedError(answer)
        if not isinstance(answer, of):
            raise _away(f"{type(answer).__name__}?")
        return answer


def _away(why: str) -> OversightAwayError:
    return OversightAwayError(
        Text(
            f"监督服务未运行（{why}）：请运行 python -m agents oversight",
            f"the oversight service does not run ({why}): run python -m agents oversight",
        )
    )
