"""The keeper as other processes know it: a socket that takes a text and gives a reference, and back for whoever may look.

Who seals: gateways and the signer of people's acts. Who opens: the screen. Nothing that judges has any use for it.
"""

from pathlib import Path
from typing import IO

from msgspec.json import Decoder, Encoder

from streams.keeper.wire import (
    MAX_LINE,
    Answer,
    Asked,
    AskStatus,
    HandOrder,
    NamePerson,
    Opened,
    OpenFile,
    OpenText,
    Rotate,
    SealFile,
    SealText,
    Standing,
    Sweep,
)
from streams.messages.words import Sealed
from streams.originals.spool import PIECE
from streams.peers.client import asked as asked_at

TIMEOUT = 15.0
"""Seconds after which the keeper has not answered: longer than it waits for Kafka."""


class KeeperAwayError(RuntimeError):
    """The keeper, or Kafka behind it, does not answer: nothing that rests on it may go on. Asking again is safe."""


class KeeperRefusedError(ValueError):
    """The keeper does not do what was asked; asking again changes nothing."""


class KeeperClient:
    """Asks the keeper at a socket; each request has a connection of its own. Thread-safe."""

    def __init__(self, path: Path, timeout: float = TIMEOUT) -> None:
        self._path, self._timeout = path, timeout

    def seal(self, asked: SealText) -> Sealed:
        """The reference to a text, which stands in Kafka by then; the same text at the same place gives the same one."""
        return _reference(self.ask(asked))

    def open(self, asked: OpenText) -> Opened:
        """The text of a reference, after the look stands in Kafka, or why it is not given."""
        return _opened(self.ask(asked))

    def keep_file(self, asked: SealFile, file: IO[bytes]) -> Sealed:
        """The reference to an original of `asked.size` bytes, which is durable by then."""
        return _reference(self.ask(asked, file))

    def open_file(self, asked: OpenFile, target: IO[bytes]) -> Opened:
        """Write an original into `target`, after the look stands in Kafka, or why it is not given."""
        return _opened(self.ask(asked, target=target))

    def person(self, purpose: str, identifier: str) -> str:
        """The pseudonym (32 hex digits) of a person for a purpose."""
        return self.ask(NamePerson(purpose=purpose, identifier=identifier)).person

    def order(self, event: str) -> str:
        """Hand a signed order over; what became of it."""
        return self.ask(HandOrder(event=event)).done

    def status(self) -> Standing:
        """How the keeper stands."""
        answer = self.ask(AskStatus())
        if answer.standing is None:
            raise KeeperAwayError("the keeper does not say how it stands")
        return answer.standing

    def rotate(self) -> str:
        """Begin the next epoch; its number, as a text."""
        return self.ask(Rotate()).done

    def sweep(self, digests: tuple[str, ...]) -> str:
        """Remove texts to which no event refers; how many there were, as a text."""
        return self.ask(Sweep(digests=digests)).done

    def ask(self, asked: Asked, file: IO[bytes] | None = None, target: IO[bytes] | None = None) -> Answer:
        """Ask one thing: KeeperAwayError where nobody answers, KeeperRefusedError where the keeper refuses.

        `file`: whose bytes follow the request; `target`: gets the bytes that follow the answer.
        """
        try:
            with asked_at(self._path, _encode(asked) + b"\n", self._timeout, file) as back:
                value = back.readline(MAX_LINE)
                if target is not None and value.endswith(b"\n"):
                    _copy(back, target, _answers.decode(value).opened)
        except (ConnectionResetError, BrokenPipeError):
            value = b""
        except OSError as error:
            raise KeeperAwayError(
                f"the keeper does not answer at {self._path}: {error.strerror or error}; run `python -m streams keeper run`"
            ) from None
        if not value.endswith(b"\n"):
            raise KeeperAwayError(f"the keeper at {self._path} has hung up: it has no room, or this uid is not its peer")
        answer = _answers.decode(value)
        if answer.error == "refused":
            raise KeeperRefusedError(answer.words)
        if answer.error:
            raise KeeperAwayError(answer.words)
        return answer


_encode = Encoder().encode
_answers = Decoder(Answer)


def _reference(answer: Answer) -> Sealed:
    if answer.sealed is None:
        raise KeeperAwayError("the keeper gave no reference")
    return answer.sealed


def _opened(answer: Answer) -> Opened:
    if answer.opened is None:
        raise KeeperAwayError("the keeper gave no answer to a look")
    return answer.opened


def _copy(back: IO[bytes], target: IO[bytes], opened: Opened | None) -> None:
    """The bytes that follow an answer; KeeperAwayError where they come short."""
    left = opened.size if opened else 0
    while left:
        piece = back.read(min(PIECE, left))
        if not piece:
            raise KeeperAwayError("the keeper has hung up before the file was whole")
        target.write(piece)
        left -= len(piece)
