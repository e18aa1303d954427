"""The devices that may report: a TOML file that names each by its MN. No password stands in it, only salted hashes.

[device.410102A8900016F000169DC0]
st = ["31"]                       # HJ 212-2017 table 5; frames of another system are refused
password = "scrypt:…:…"           # python -m streams gateway password
expects = ["2061", "2031"]        # what is asked for again where it is missing
minutes = 10                      # MinInterval (table 4)
edition = 2017                    # a frame of another edition is taken with a remark
subject = "410102A8900016F000169DC0"   # the subject of its facts; its MN where this is not given
set_clock = false                 # true: its clock may be set, by a signed order alone (`hj212.clock`)
"""

import hmac
import re
import tomllib
from collections import deque
from hashlib import blake2b, scrypt
from pathlib import Path
from secrets import token_bytes

import msgspec
from msgspec import Struct

from streams.command import Trouble
from streams.gateways.hj212.decode import INTERVALS
from streams.gateways.hj212.frame import EDITIONS

ASKABLE = ("2051", "2061", "2031")
"""Commands by which data of the past are asked for (HJ 212-2017 tables C.20, C.21, C.22)."""

CHECKS = 200
"""How many passwords are hashed in a second; a default of this system. One takes some milliseconds, so that more would keep the
gateway from its work; a device whose frame was not looked at sends it again after 10 s (table 1)."""

_COST = {"n": 1 << 10, "r": 8, "p": 1}
_MN = re.compile(r"[0-9A-Za-z_-]{1,27}")
_ST = re.compile(r"[0-9A-Z]{2}")
_HASH = re.compile(r"scrypt:[0-9a-f]{32}:[0-9a-f]{64}")


class Device(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of a device; the module says what each field is. With `fill = false` nothing is ever asked of it."""

    st: tuple[str, ...]
    password: str
    subject: str = ""
    edition: int = 0
    minutes: int = 10
    expects: tuple[str, ...] = ()
    fill: bool = True
    set_clock: bool = False


class _Devices(Struct, forbid_unknown_fields=True):
    device: dict[str, Device] = {}


def load_register(path: Path) -> dict[str, Device]:
    """The devices by MN; Trouble that says where and what is wrong."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Devices).device
    except OSError as error:
        raise Trouble(f"the register of devices {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Trouble(f"the register of devices {path}: {error}") from None
    for mn, device in found.items():
        if (wrong := _fault(mn, device)) is not None:
            raise Trouble(f"the register of devices {path}, device.{mn}: {wrong}")
    return found


def _fault(mn: str, device: Device) -> str | None:
    """The first thing that is wrong with a device of the register."""
    strange = sorted(set(device.expects).difference(ASKABLE))
    wrong = {
        "an MN has 24 digits and letters (table 3; 14 in 2005), at most 27 are taken": not _MN.fullmatch(mn),
        'st is a list of system codes of table 5, such as ["31"]': not device.st or not all(map(_ST.fullmatch, device.st)),
        "password is no hash: `python -m streams gateway password` makes one. A password in the clear has no place here": (
            not _HASH.fullmatch(device.password)
        ),
        f"minutes is {device.minutes}: MinInterval is one of {', '.join(sorted(INTERVALS, key=int))} (table 4)": (
            str(device.minutes) not in INTERVALS
        ),
        f"expects has {strange[:1]}: data of the past are asked for by {', '.join(ASKABLE)}": bool(strange),
        f"edition is {device.edition}: give one of {', '.join(map(str, EDITIONS.values()))}": (
            device.edition not in {0, *EDITIONS.values()}
        ),
    }
    return next((message for message, is_wrong in wrong.items() if is_wrong), None)


def hashed(password: str) -> str:
    """The salted hash of a password as the register has it."""
    salt = token_bytes(16)
    return f"scrypt:{salt.hex()}:{_scrypt(password, salt).hex()}"


class Passwords:
    """Whether passwords are right. What was right once is known again at once; only that is, so a guess is always hashed."""

    def __init__(self) -> None:
        self._secret = token_bytes(32)
        self._right: dict[str, bytes] = {}
        self._checked: deque[int] = deque(maxlen=CHECKS)

    def right(self, mn: str, stored: str, password: str, now: int) -> bool | None:
        """Whether a device's password is right at a moment (ms); None where too many others are being looked at just now."""
        quick = blake2b(f"{stored} {password}".encode(), key=self._secret).digest()
        if hmac.compare_digest(self._right.get(mn, b""), quick):
            return True
        if len(self._checked) == CHECKS and now - self._checked[0] < 1_000:
            return None
        self._checked.append(now)
        _, salt, wanted = stored.split(":")
        if not hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)), bytes.fromhex(wanted)):
            return False
        self._right[mn] = quick
        return True


def _scrypt(password: str, salt: bytes) -> bytes:
    return scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, dklen=32, **_COST)
