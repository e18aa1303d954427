"""What the gateway says to a device: that data are kept (9014), that a notice has come (9013), and questions for past data.

No command that sets a clock, a parameter, a password or a valve is made here; of all these the gateway has one, which sets a
clock by a signed order (`hj212.clock`). Sources: HJ 212-2017 tables 3, 9, C.3, C.4, C.14 to C.22; HJ/T 212-2005 appendix C,
whose answers carry QN in CP.
"""

from streams.gateways.hj212.frame import Frame, crc
from streams.messages import SECOND, format_time

DATA_ANSWER, NOTICE_ANSWER = "9014", "9013"

_NOTICES = {"2071", "2072"}
"""Notices of alarms, which HJ/T 212-2005 has and 2017 has not."""

_UNANSWERED = {"1013", "9011", "9013", "9014", "9015"}
"""1013 asks for the time: its answer is the beginning of setting the device's clock (table C.4). Answers are not answered; what
2025 says of its heart beat (9015) could not be read."""

_EXECUTED = "9012"


def answers(frame: Frame, password: str) -> bytes | None:
    """The answer to a message whose data are kept; None where it asks for none (A=0) or gets none.

    A message in parts has one, for QN names one exchange (table 3); by 2005 each part has its own, and all are answered now.
    """
    if not frame.needs_answer or frame.cn in _UNANSWERED or (frame.cn == _EXECUTED and frame.edition != 2005):
        return None
    cn = NOTICE_ANSWER if frame.cn in _NOTICES else DATA_ANSWER
    if frame.edition == 2005:
        if cn == DATA_ANSWER:
            parts = [f";PNO={n};PNUM={frame.parts}" for n in range(1, frame.parts + 1)] if frame.parts > 1 else [""]
            return b"".join(packed(f"ST=91;CN={cn};CP=&&QN={frame.qn};CN={frame.cn}{part}&&") for part in parts)
        return packed(f"ST=91;CN={cn};PW={password};MN={frame.mn};Flag=0;CP=&&QN={frame.qn}&&")
    flag = frame.flag & ~3
    return packed(f"QN={frame.qn};ST=91;CN={cn};PW={password};MN={frame.mn};Flag={flag};CP=&&&&")


def question(frame: Frame, password: str, cn: str, span: tuple[int, int], now: int) -> tuple[str, bytes]:
    """A request for past data to the device that sent `frame`: its QN, and the request.

    `span`: beginnings of the first and the last interval that is asked for (ms), as DataTime names them (tables C.20 to C.22).
    """
    qn, between = qn_of(now), "," if frame.edition == 2005 else ";"
    begin, end = (stamp(each) for each in span)
    return qn, request(frame, password, qn, cn, f"BeginTime={begin}{between}EndTime={end}")


def request(frame: Frame, password: str, qn: str, cn: str, content: str) -> bytes:
    """A request of this QN and command to the device that sent `frame`."""
    flag = frame.flag & ~3 | (3 if frame.edition == 2005 else 1)
    return packed(f"QN={qn};ST={frame.st};CN={cn};PW={password};MN={frame.mn};Flag={flag};CP=&&{content}&&")


def qn_of(now: int) -> str:
    """The QN of a request that is made at a moment (ms)."""
    return f"{stamp(now)}{now % SECOND:03d}"


def packed(segment: str) -> bytes:
    """A data segment in its frame.

    >>> packed("QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&")[-6:-2]
    b'1C80'
    """
    data = segment.encode()
    return b"##%04d%b%04X\r\n" % (len(data), data, crc(data))


def stamp(at: int) -> str:
    """A moment (ms) as frames write it, China Standard Time."""
    return "".join(each for each in format_time(at)[:19] if each.isdigit())
