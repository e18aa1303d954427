"""A device of HJ 212 with a clock of its own that can be read (1011) and set (1012), and orders to set it."""

import asyncio
import re
from datetime import datetime

from msgspec.structs import replace

from streams.clock import wall_time
from streams.gateways.hj212.clock.order import order_id
from streams.gateways.hj212.register import Device, hashed
from streams.gateways.hj212.stream import Framer
from streams.messages import CST, HOUR, MINUTE, SECOND, Actor, format_time
from streams.messages.services.devices import ClockOrder
from tests.support.pure.hj212 import framed

MN = "410102A8900016F000169DC0"
DEVICE = Device(st=("31",), password=hashed("123456"), set_clock=True, subject="boiler")
OFFICER = Actor(id="wang", name="王", role="officer", department="zz-ee")
_HEAD = re.compile(r"QN=(\d{17});ST=31;CN=(\d{4});")


def order(at: int, /, **changes: object) -> ClockOrder:
    """An order that was given at a moment (ms) and counts for an hour."""
    given = format_time(at)
    made = ClockOrder(
        order=order_id(OFFICER, MN, given),
        at=given,
        by=OFFICER,
        device=MN,
        reason="现场核查：时钟快 90 秒",
        until=format_time(at + HOUR),
    )
    return replace(made, **changes)


def stamp(at: int, digits: int = 14) -> str:
    """A moment (ms) as a frame has it."""
    return ("".join(each for each in format_time(at)[:19] if each.isdigit()) + f"{at % SECOND:03d}")[:digits]


def said(qn: str, cn: str, content: str, st: str = "31") -> bytes:
    """What a device of 2017 says: its frames carry the QN of the request that they answer (appendix C)."""
    return framed(f"QN={qn};ST={st};CN={cn};PW=123456;MN={MN};Flag=4;CP=&&{content}&&")


def uploaded(at: int, number: int = 0) -> bytes:
    """A frame of data of a device whose clock shows this moment (ms)."""
    begin = stamp(at // MINUTE * MINUTE)
    return framed(f"QN={stamp(at, 17)};ST=31;CN=2011;PW=123456;MN={MN};Flag=4;CP=&&DataTime={begin};a21026-Rtd={number}&&")


class ClockDevice:
    """Answers as table C.2 and C.3 have it: 9011, its time for 1011, 9012. `ahead`: how far its clock goes ahead (ms).

    `told`: the commands that it was sent; `obeys`: whether it sets its clock.
    """

    def __init__(self, ahead: int, *, obeys: bool = True) -> None:
        self.ahead, self.obeys = ahead, obeys
        self.told: list[str] = []

    def answers(self, request: bytes, now: int) -> bytes:
        """What it says to a request at a true moment (ms)."""
        found = _HEAD.search(request.decode())
        if found is None or found[2] not in {"1011", "1012"}:
            return b""
        self.told.append(found[2])
        qn, done = found[1], "1"
        ready = said(qn, "9011", f"QnRtn={'1' if found[2] == '1011' or self.obeys else '2'}", "91")
        if found[2] == "1012":
            if not self.obeys:
                return ready
            set_to = re.search(rb"SystemTime=(\d{14})", request)
            assert set_to
            wanted = datetime.strptime(set_to[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=CST)
            self.ahead = int(wanted.timestamp()) * SECOND - now
            return ready + said(qn, "9012", f"ExeRtn={done}", "91")
        return ready + said(qn, "1011", f"SystemTime={stamp(now + self.ahead)}") + said(qn, "9012", f"ExeRtn={done}", "91")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send a frame of data, and answer until the connection ends."""
        framer = Framer()
        writer.write(uploaded(wall_time() + self.ahead))
        while data := await reader.read(4_096):
            for frame in framer.feed(data):
                if isinstance(frame, bytes):
                    writer.write(self.answers(frame, wall_time()))
