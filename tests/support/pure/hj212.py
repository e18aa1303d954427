"""Frames of HJ 212."""

from streams.gateways.hj212.frame import crc

ANNEX_2017 = (
    b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&1C80\r\n"
)


FRAMES = "hj212/frames.jsonl"
"""Sample frames of others, with the CRC that each should have."""

HEAD = "QN=20260601080000000;ST=31;CN={cn};PW=123456;MN=410102A8900016F000169DC0;Flag={flag};CP=&&{content}&&"


def framed(segment: str, length: int | None = None, checksum: str | None = None) -> bytes:
    """A frame around a data segment, with the right length and CRC unless others are given."""
    data = segment.encode()
    return (
        f"##{len(data) if length is None else length:04d}".encode() + data + (checksum or f"{crc(data):04X}").encode() + b"\r\n"
    )


def uploaded(cn: str, content: str, flag: int = 5, st: str = "31") -> bytes:
    """A right frame of a device."""
    return framed(HEAD.format(cn=cn, flag=flag, content=content).replace("ST=31", f"ST={st}"))
