"""What is said to a device about its clock: 1011 asks for its time, 1012 sets it. Nowhere else such a frame is made.

HJ 212-2017 6.6 and appendix C (提取、设置现场机时间), HJ/T 212-2005 appendix C: without a PolId both are about the logger, not
about one analyser. Annex A.1 of 2025 prints such a 1011.
"""

import re

from streams.gateways.hj212.answer import request, stamp
from streams.gateways.hj212.content import moment
from streams.gateways.hj212.frame import Frame

_SYSTEM_TIME = re.compile(r"SystemTime=(\d{14})")
_RETURNED = re.compile(r"(QnRtn|ExeRtn)=(\d{1,3})")
_OF = re.compile(r"QN=(\d{17})")


def asking(frame: Frame, password: str, qn: str) -> bytes:
    """1011 to the device that sent `frame`.

    >>> at = "QN=20240601085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&DataTime=20240601085800&&"
    >>> from streams.gateways.hj212.answer import packed
    >>> from streams.gateways.hj212.frame import read_frame
    >>> asking(read_frame(packed(at)), "123456", "20240601085857223")[-6:-2]
    b'2200'
    """
    return request(frame, password, qn, "1011", "")


def setting(frame: Frame, password: str, qn: str, at: int) -> bytes:
    """1012 to the device that sent `frame`: its clock is to show this moment (ms)."""
    return request(frame, password, qn, "1012", f"SystemTime={stamp(at)}")


def shown(content: str) -> int | None:
    """The moment (ms) that the content of a 1011 gives as the device's time; None where it gives none."""
    found = _SYSTEM_TIME.search(content)
    try:
        return None if found is None else moment(found[1])
    except ValueError:
        return None


def returned(content: str) -> dict[str, str]:
    """QnRtn and ExeRtn, as far as they stand there."""
    return dict(_RETURNED.findall(content))


def is_of(frame: Frame, qn: str) -> bool:
    """Whether a frame belongs to the request of this QN: by its own, or by 2005 by that in its content."""
    return qn in {frame.qn, *_OF.findall(frame.content)}
