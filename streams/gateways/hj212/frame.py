"""One HJ 212 frame taken apart: length, CRC, header and content. Pure: bytes in, a `Frame` or what is wrong with it out.

Source: HJ 212-2017 《污染物在线监控（监测）系统数据传输标准》 6.3 (frame, data segment, version bits) and annex A (CRC);
HJ 212-2025 keeps frame and CRC and has version bits of its own.

    ##  length  data segment                                                   CRC   CR LF
    ##  0101    QN=…;ST=32;CN=1062;PW=…;MN=…;Flag=5;CP=&&RtdInterval=30&&        1C80
"""

import re
from functools import lru_cache
from typing import Literal

from msgspec import Struct, structs

from streams.gateways.hj212.irregular import note
from streams.messages import FieldNote

MAX_SEGMENT = 1024
"""Bytes of the longest data segment (HJ 212-2017 6.3.2, table 2)."""

EDITIONS = {0: 2005, 1: 2017, 2: 2025}
"""Edition of the protocol by the version bits of Flag (HJ 212-2017 table 3: 000001 is this standard; 2025: 000010)."""

Fault = Literal[
    "header",
    "length",
    "segment-too-long",
    "crc",
    "crc-modbus",
    "encoding",
    "content",
    "encrypted",
    "part",
    "clock",
    "irregular",
    "noise",
    "device",
    "password",
    "system",
    "number",
    "spool",
]
"""What can be wrong with a frame. From `encrypted` on it is found later: in its content, its parts, its clock, where all that
is irregular is refused; and by the gateway, which knows its devices, its disk, and what a connection sends beside frames."""

_HEADER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
_NAMES = {name.lower(): name for name in _HEADER}
_FORMS = {
    "QN": r"\d{17}",
    "ST": r"\d{2}",
    "CN": r"\d{4}",
    "MN": r"[0-9A-Za-z_-]{1,27}",
    "Flag": r"\d{1,3}",
    "PNUM": r"\d{1,4}",
    "PNO": r"\d{1,4}",
    "RF": r"[01]",
}
_COMPILED = {name: re.compile(form) for name, form in _FORMS.items()}
_MN = re.compile(rb"(?:^|[;,#0-9])MN=([0-9A-Za-z_-]{1,27})(?:;|$)")

_FIELD = re.compile(rb"(?:^|[;,#0-9])(QN|ST|CN|PW|MN|Flag|PNUM|PNO|RF)=([^;,]*)(?=;)")
_WHOLE = re.compile(
    r"QN=([0-9]{17});ST=([0-9]{2});CN=([0-9]{4});PW=[^;=]*;MN=([0-9A-Za-z]{1,27});Flag=([0-9]{1,3});CP=&&(.*)&&", re.DOTALL
)
_PASSWORD = re.compile(rb"(?:^|[;0-9])PW=([^;]*);", re.IGNORECASE)
_START = 0xFFFF  # of the CRC
_CYCLE = 64  # bits after which a byte has passed through the high half as if it had just come: 8 bytes
_LAST = (1 << _CYCLE) - 1
_HEAD = 200  # bytes of a frame without content that are looked over for its header


class Problem(Struct, frozen=True):
    """One thing that is wrong with a frame: which, and in words what was found and what to do."""

    fault: Fault
    message: str


class Frame(Struct, frozen=True, kw_only=True, gc=False):
    """A frame whose length, CRC and header are right. `edition`: year of the protocol's edition by Flag.

    `qn`: request number, the moment of sending (yyyyMMddHHmmsszzz), empty where an old device sends none. `parts`, `part`:
    PNUM and PNO of a message in several parts, both 1 otherwise. `resent`: RF=1. `flag`: as it was sent. The password is not
    kept. `notes`: what is irregular in header and CRC.
    """

    qn: str
    st: str
    cn: str
    mn: str
    edition: int
    needs_answer: bool
    parts: int
    part: int
    resent: bool
    content: str
    flag: int = 0
    notes: tuple[FieldNote, ...] = ()


@lru_cache(maxsize=64)  # a frame's is looked at where it is found, and again where it is read
def crc(segment: bytes) -> int:
    """The CRC of HJ 212: the byte goes into the high half shifted down, not into the low half as in CRC-16/MODBUS.

    >>> f"{crc(b'123456789'):04X}", f"{modbus(b'123456789'):04X}"
    ('2F80', '4B37')
    """
    if not segment:
        return _START
    folded = int.from_bytes(segment, "big") ^ _START >> 8 << 8 * (len(segment) - 1)
    width = 1 << folded.bit_length().bit_length()
    while width > _CYCLE:  # bytes that are 8 apart do the same to the high half, so they may be added first
        width >>= 1
        folded ^= folded >> width
    value = high = 0
    for byte in (folded & _LAST).to_bytes(8, "big"):
        value = high ^ byte
        high = _HIGH[value]
    return _TABLE[value]


def modbus(segment: bytes) -> int:
    """CRC-16/MODBUS, which devices in the field send by mistake."""
    value = 0xFFFF
    for byte in segment:
        mixed = value ^ byte
        value = (mixed >> 8) ^ _TABLE[mixed & 0xFF]
    return value


def read_frame(raw: bytes) -> Frame | list[Problem]:
    """The frame in `raw` (with or without its CR LF), or everything that is wrong with it, the outermost first."""
    line = raw.rstrip(b"\r\n")
    if not (line.startswith(b"##") and line[2:6].isdigit() and len(line) >= 10):
        return [Problem("header", "a frame begins with ## and a length of 4 digits; this one does not")]
    declared, segment, checksum = int(line[2:6]), line[6:-4], line[-4:]
    right = declared == len(segment) <= MAX_SEGMENT and checksum == b"%04X" % crc(segment)
    problems = [] if right else [*_length_problems(declared, len(segment)), *_crc_problems(segment, checksum)]
    try:
        text = segment.decode()
    except UnicodeDecodeError as error:
        return [*problems, Problem("encoding", f"byte {error.start} is not UTF-8: is the text GBK, or encrypted (SM4)?")]
    found = _read_segment(text)
    if not isinstance(found, Frame):
        return [*problems, *found]
    if problems:
        return problems
    small = not right and checksum != checksum.upper()
    return structs.replace(found, notes=(note("crc-case", "CRC", len(checksum)), *found.notes)) if small else found


def mn_of(raw: bytes) -> str:
    """The device's number as far as a broken frame lets it be read, or an empty text.

    >>> mn_of(b"##0001QN=1;MN=010000A8900016F000169DC0;CP=&&"), mn_of(b"####")
    ('010000A8900016F000169DC0', '')
    """
    match = _MN.search(raw)
    return match[1].decode() if match else ""


def head_of(raw: bytes) -> str:
    """The fields of a frame's header as far as they are of their form, the password masked; nothing else of what was sent.

    >>> head_of(b"##0001QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=A;Flag=5;x=1;CP=&&DataTime=1&&")
    'QN=20160801085857223;ST=32;CN=2011;PW=***;MN=A;Flag=5'
    """
    found: dict[str, str] = {}
    for name, value in _FIELD.findall(raw[: raw.find(b"CP=") if b"CP=" in raw else _HEAD]):
        field, text = name.decode(), value.decode("ascii", "replace")
        if field == "PW" or _fits(field, text):
            found.setdefault(field, "***" if field == "PW" else text)
    return ";".join(f"{field}={text}" for field, text in found.items())


def password_of(raw: bytes) -> str:
    """The password of a right frame; empty where it has none."""
    found = _PASSWORD.search(raw[: raw.find(b"CP=")])
    return found[1].decode("utf-8", "replace") if found else ""


def _fits(name: str, value: str) -> bool:
    return _COMPILED[name].fullmatch(value) is not None


def _length_problems(declared: int, actual: int) -> list[Problem]:
    problems = []
    if declared != actual:
        problems.append(Problem("length", f"the length says {declared}, the data segment has {actual} bytes"))
    if actual > MAX_SEGMENT:
        problems.append(
            Problem("segment-too-long", f"{actual} bytes, at most {MAX_SEGMENT} go into one segment: send it in parts")
        )
    return problems


def _crc_problems(segment: bytes, checksum: bytes) -> list[Problem]:
    right = f"{crc(segment):04X}"
    sent = checksum.decode("ascii", "replace").upper()
    if sent == right:
        return []
    if sent == f"{modbus(segment):04X}":
        return [
            Problem(
                "crc-modbus",
                "the CRC is CRC-16/MODBUS, not that of HJ 212 annex A: correct the algorithm in the device",
            )
        ]
    return [Problem("crc", "the CRC is not that of the data segment")]


def _read_segment(text: str) -> Frame | list[Problem]:
    usual = _WHOLE.fullmatch(text)
    if usual is not None:  # the header as table 3 of the standard orders it, nothing irregular in it
        qn, st, cn, mn, flag, content = usual.groups()
        return _frame({"QN": qn, "ST": st, "CN": cn, "MN": mn, "Flag": flag}, content, ())
    head, mark, tail = text.partition("CP=&&")
    if not (mark and tail.endswith("&&")):
        return [Problem("header", "no content: a data segment ends with CP=&&…&&")]
    fields: dict[str, str] = {}
    problems, notes = [], []
    for item in head.rstrip(";").split(";"):
        written, equals, value = item.partition("=")
        name = _NAMES.get(written.lower(), "")
        if not (equals and name):
            problems.append(Problem("header", f"unknown header field: known are {', '.join(_HEADER)}"))
        elif name in _FORMS and not _fits(name, value):
            problems.append(Problem("header", f"{name} is not of the form {_FORMS[name]}"))
        elif fields.setdefault(name, value) != value:
            problems.append(Problem("header", f"{name} comes twice, with two values"))
        elif written != name:
            notes.append(note("name-case", name, len(written)))
    problems += [Problem("header", f"{name} is missing") for name in ("ST", "CN", "MN") if not problems and name not in fields]
    if problems:
        return problems
    if "_" in fields["MN"] or "-" in fields["MN"]:
        notes.append(note("mn-characters", "MN", len(fields["MN"])))
    return _frame(fields, tail.removesuffix("&&"), tuple(notes))


def _frame(fields: dict[str, str], content: str, notes: tuple[FieldNote, ...]) -> Frame | list[Problem]:
    flag = int(fields.get("Flag", "0"))
    edition = EDITIONS.get(flag >> 2)
    if edition is None:
        return [Problem("header", f"Flag {flag} has version {flag >> 2}; known are 0 (2005), 1 (2017), 2 (2025)")]
    parts, part = int(fields.get("PNUM", "1")), int(fields.get("PNO", "1"))
    if not 1 <= part <= parts:
        return [Problem("header", f"PNO {part} of PNUM {parts}: parts are numbered from 1 to PNUM")]
    return Frame(
        qn=fields.get("QN", ""),
        st=fields["ST"],
        cn=fields["CN"],
        mn=fields["MN"],
        edition=edition,
        needs_answer=bool(flag & 1),
        parts=parts,
        part=part,
        resent=fields.get("RF") == "1",
        content=content,
        flag=flag,
        notes=notes,
    )


def _shifted(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_TABLE = tuple(_shifted(byte) for byte in range(256))
_HIGH = tuple(value >> 8 for value in _TABLE)
