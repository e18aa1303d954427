"""A key on this machine: one file, one process, one rising series of numbers. The only file I/O of this package.

The file is JSON and readable by its owner alone. It holds the private key, or the command of an outside signer (a card, a
signing server) that reads the bytes on stdin and writes the signature on stdout.
"""

import fcntl
import os
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import DecodeError, Struct, ValidationError, json

from streams.command import Trouble
from streams.durable import sync_folder
from streams.signing.preimage import key_id
from streams.signing.suites import fault
from streams.signing.verify import TREE, verify
from streams.signing.words import base64url, from_base64url

FORMAT = 1
AHEAD = 60_000_000
"""How many numbers (µs of the clock) are set aside at once, so that the file is written once a minute at most."""

TIMEOUT = 10.0
"""Seconds after which an outside signer has not answered."""

_ED25519 = ("ed25519-sha256", TREE)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFileError(Trouble):
    """A key that cannot be used: what was found, and what to do."""


class KeyFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What stands in the file: whose key, its suite and public key, and its private key (base64url) or the outside signer."""

    format: int = FORMAT
    part: str
    suite: str
    public: str
    private: str = ""
    command: tuple[str, ...] = ()


def write_new(path: Path, part: str, suite: str = _ED25519[0]) -> KeyFile:
    """Make a new key and its file; KeyFileError where one stands there, or the suite's keys are made elsewhere."""
    if suite not in _ED25519:
        raise KeyFileError(f"keys of {suite} are made by an outside signer; here those of {' and '.join(_ED25519)}")
    private = Ed25519PrivateKey.generate()
    public = base64url(private.public_key().public_bytes_raw())
    made = KeyFile(part=part, suite=suite, public=public, private=base64url(private.private_bytes_raw()))
    write(path, made)
    return made


def write(path: Path, key: KeyFile) -> None:
    """Write a key's file for its owner alone, durably; it must not be there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{path} is there already: end its key first, then move the file away") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.format(json.encode(key)) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def wall_time() -> int:
    """The machine's clock in µs since the epoch."""
    return time.time_ns() // 1_000


class Key:
    """A key that this process has for itself, as long as it is open: a Signer, and its numbers."""

    def __init__(self, path: Path, clock: Callable[[], int] = wall_time) -> None:
        """Open and lock the key's file; KeyFileError where another process has it, or others may read it."""
        self.path = path
        self._clock = clock
        self._descriptor = _locked(path)
        try:
            self._file = _read(self._descriptor, path)
            self._seq = path.with_name(f"{path.name}.seq")
            self._last = self._ahead = _number(self._seq)
        except BaseException:
            self.close()
            raise
        self.part, self.suite, self.public = self._file.part, self._file.suite, self._file.public
        self.kid = key_id(self.suite, self.public)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go: another process may open it."""
        os.close(self._descriptor)

    def number(self) -> int:
        """The next number: µs of the clock, or one more than the last where the clock has not gone on.

        Numbers are set aside in the file before they are used, so none is used twice, whatever happens to this process or to
        the machine's clock.
        """
        self._last = max(self._clock(), self._last + 1)
        if self._last >= self._ahead:
            self._ahead = self._last + AHEAD
            _write_number(self._seq, self._ahead)
        return self._last

    def sign(self, message: bytes) -> str:
        """The signature (base64url) over some bytes; KeyFileError where the outside signer gives none that holds."""
        if self._file.command:
            return self._outside(message)
        private = Ed25519PrivateKey.from_private_bytes(from_base64url(self._file.private) or b"")
        return base64url(private.sign(message))

    def _outside(self, message: bytes) -> str:
        program = self._file.command[0]
        try:
            done = subprocess.run(self._file.command, input=message, capture_output=True, timeout=TIMEOUT, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise KeyFileError(f"the outside signer {program} of {self.path} gave no signature: {error}") from None
        signature = done.stdout.decode("ascii", "replace").strip()
        suite = _ED25519[0] if self.suite == TREE else self.suite  # over these very bytes: a tree's path comes later
        if not verify(suite, self.public, message, signature):
            raise KeyFileError(
                f"the outside signer {program} of {self.path} gave a signature that its public key does not verify"
            )
        return signature


def _locked(path: Path) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeyFileError(f"no key can be read at {path}: {error.strerror}") from None
    found = os.fstat(descriptor)
    trouble = ""
    if not stat.S_ISREG(found.st_mode) or found.st_mode & _OTHERS or found.st_uid != os.geteuid():
        trouble = f"others may read {path} (mode {stat.S_IMODE(found.st_mode):o}): end its key; a new one has the mode 600"
    else:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            trouble = f"another process has the key {path}: one key, one process; give this one a key of its own"
    if trouble:
        os.close(descriptor)
        raise KeyFileError(trouble)
    return descriptor


def _read(descriptor: int, path: Path) -> KeyFile:
    with os.fdopen(os.dup(descriptor), "rb") as file:
        value = file.read()
    try:
        key = json.decode(value, type=KeyFile)
    except (ValidationError, DecodeError, UnicodeDecodeError):
        raise KeyFileError(f"{path} is no key file: restore it, or make a new key") from None
    if key.format != FORMAT:
        raise KeyFileError(f"{path} has the format {key.format}, only {FORMAT} is known")
    if found := fault(key.suite, key.public):
        raise KeyFileError(f"the public key in {path} cannot be used: {found}")
    if not key.command and (key.suite not in _ED25519 or _public_of(key.private) != key.public):
        raise KeyFileError(f"{path} has neither the private key of its public key nor the command of an outside signer")
    return key


def _public_of(private: str) -> str:
    raw = from_base64url(private)
    if raw is None or len(raw) != 32:
        return ""
    return base64url(Ed25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw())


def _number(path: Path) -> int:
    try:
        text = path.read_text("ascii").strip()
    except FileNotFoundError:
        return 0
    except ValueError:
        text = ""
    if not text.isdigit():
        raise KeyFileError(f"{path} holds no number: write into it one above every number that the key has used")
    return int(text)


def _write_number(path: Path, number: int) -> None:
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"%d\n" % number)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)
