"""Lines of frames become CloudEvents: parts are joined, bad frames are events of their own, passwords are masked."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.gateways.hj212.decode import MAX_WAITING, Decoder, Line, decode_lines
from streams.messages import decode_event
from tests.support.pure.hj212 import ANNEX_2017, FRAMES, HEAD, framed, uploaded
from tests.support.shared import either, shared

ROOT = Path(__file__).resolve().parents[3]


def decoded(lines: Iterable[bytes], minutes: int = 10) -> list[dict[str, object]]:
    """The events of lines as plain dicts."""
    return [json.loads(event) for event in decode_lines(lines, Decoder(minutes))]


def kinds(events: list[dict[str, object]]) -> list[str]:
    """The kinds of events."""
    return [str(event["type"]).removeprefix("environment.") for event in events]


def part(number: int, of: int, content: str) -> bytes:
    """One part of a message."""
    segment = HEAD.format(cn="2061", flag=7, content=content).replace("CP=", f"PNUM={of};PNO={number};CP=")
    return framed(segment)


def test_parts_are_joined_in_their_order() -> None:
    """A message in two parts, the second first, is one fact with the factors of both."""
    second, first = part(2, 2, "a21002-Avg=40"), part(1, 2, "DataTime=20260601080000;a21026-Avg=30")
    (event,) = decoded([second, first])
    assert event["type"] == "environment.source_hour"
    assert list(event["data"]["factors"]) == ["a21026", "a21002"]  # type: ignore[index]


def test_a_part_that_never_comes_is_a_bad_frame() -> None:
    """A message whose second part is missing when no more comes is reported with what is missing."""
    events = decoded([part(1, 2, "DataTime=20260601080000;a21026-Avg=30")])
    assert kinds(events) == ["registered", "bad_frame"]
    assert "of 2 parts, 2 never came" in str(events[1]["data"])


def test_waiting_parts_are_bounded() -> None:
    """Of more messages than may wait the oldest is given up."""
    decoder = Decoder()
    lines = (part(1, 2, "DataTime=20260601080000").replace(b"MN=410102", b"MN=%06d" % n) for n in range(MAX_WAITING + 1))
    recoded = (framed(line[6:-6].decode()) for line in lines)
    events = [json.loads(event) for line in recoded for event in decoder.decode(Line(line))]
    assert kinds(events) == ["registered", "bad_frame"]


def test_a_bad_frame_is_an_event_with_its_size_and_without_what_it_holds() -> None:
    """Fault, device, size and header are told, the password masked; neither what it says nor a digest."""
    raw = uploaded("2011", "DataTime=20260601080000")
    events = decoded([raw[:-6] + b"0000\r\n"])
    data = events[1]["data"]
    assert isinstance(data, dict)
    assert (data["reason"], data["mn"]) == ("crc", "410102A8900016F000169DC0")
    assert data == {
        "reason": "crc",
        "message": "the CRC is not that of the data segment "
        "(QN=20260601080000000;ST=31;CN=2011;PW=***;MN=410102A8900016F000169DC0;Flag=5)",
        "mn": data["mn"],
        "size": len(raw) - 2,
    }
    assert b"123456" not in b"".join(Decoder().decode(Line(raw[:-6] + b"0000")))


def test_json_lines_and_the_clock() -> None:
    """DQ-10: a frame that arrives more than 5 minutes from its QN says so, and is decoded all the same."""
    raw = uploaded("2011", "DataTime=20260601080000").decode()
    on_time = json.dumps({"frame": raw, "received": "2026-06-01T08:05:00+08:00"}).encode()
    late = json.dumps({"raw": raw, "received": "2026-06-01T08:05:00.001+08:00"}).encode()
    assert kinds(decoded([on_time])) == ["source_realtime"]
    events = decoded([late])
    assert kinds(events) == ["registered", "bad_frame", "source_realtime"]
    assert events[1]["time"] == "2026-06-01T08:05:00.001+08:00"
    assert "set the device's clock" in str(events[1]["data"])


def test_a_frame_whose_clock_alone_is_wrong_is_not_counted_as_bad() -> None:
    """Its data are taken: what the command and the gateway count as refused is what nothing came of."""
    late = json.dumps({"raw": uploaded("2011", "DataTime=20260601080000").decode(), "received": "2026-06-01T09:00:00+08:00"})
    decoder = Decoder()
    assert [*decode_lines([late.encode()], decoder)]
    assert (decoder.frames, decoder.bad) == (1, 0)


def test_a_device_says_how_long_its_minutes_are() -> None:
    """MinInterval=5 (command 1064) makes minute data end 5 minutes after their DataTime."""
    minute = uploaded("2051", "DataTime=20260601080000;a21026-Avg=30")
    events = decoded([minute, uploaded("1064", "MinInterval=5"), minute])
    assert [event["time"] for event in events if event["type"] == "environment.source_minute"] == [
        "2026-06-01T08:10:00+08:00",
        "2026-06-01T08:05:00+08:00",
    ]


def test_a_resent_frame_is_told_as_a_revision_too() -> None:
    """RF=1 (2025) marks a frame that was sent before: the fact, and a second event that lets a change be found."""
    segment = HEAD.format(cn="2061", flag=9, content="DataTime=20260601080000;a21026-Avg=30").replace("CP=", "RF=1;CP=")
    events = decoded([framed(segment)])
    assert kinds(events) == ["source_hour", "source_revision"]
    assert len({event["id"] for event in events}) == 2


@pytest.mark.parametrize("line", [b"{}", b"{", b'{"raw": 3}', b"##", b"\xff\xfe", b"####" * 600, b'{"raw":"x","received":"y"}'])
def test_no_line_stops_the_decoder(line: bytes) -> None:
    """Whatever a line holds, it becomes a bad frame, and the next line is decoded."""
    assert kinds(decoded([line, ANNEX_2017])) == ["registered", "bad_frame", "device_message"]


@pytest.mark.parametrize("time", ["99991231235959", "19700101000000", "00010101000000"])
def test_times_that_no_device_means(time: str) -> None:
    """A year before 2000 or after 2099 is told as bad content."""
    assert kinds(decoded([uploaded("2031", f"DataTime={time};a21026-Avg=1")])) == ["registered", "bad_frame"]


def test_what_is_told_of_a_bad_frame_is_bounded() -> None:
    """However long the line and however many faults it has, its event stays small."""
    segment = HEAD.format(cn="2011", flag=5, content="x").replace("ST=31;", "".join(f"X{n}=1;" for n in range(20_000)))
    bad = decoded([framed(segment)])[1]["data"]
    assert isinstance(bad, dict)
    assert (len(bad["message"]), len(json.dumps(bad)) < 1_200) == (1_000, True)


TIME = ["DataTime=20260601080000", "DataTime=", "99991231235959"]
PIECES = [*TIME, "a21026", "-Avg", "-Flag", "=", "N", "12.5", "-", ",", ";", "SB1-RS", "烟", "&&", "\x00", "9" * 40]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["2011", "2051", "2061", "2031", "2021", "1072", "9014"]), st.lists(st.sampled_from(PIECES)), st.binary()
)
def test_any_bytes_are_decoded_to_events(cn: str, pieces: list[str], line: bytes) -> None:
    """Whatever stands in a line, and in the content of a right frame, what comes out are CloudEvents."""
    for event in decode_lines([line, uploaded(cn, "".join(pieces))], Decoder()):
        decode_event(event)


@either
def test_the_command_reads_the_samples(ours: bool) -> None:
    """12 sample frames: 4 with a wrong CRC become bad frames, 8 become facts; 2 devices write the CRC in lower case; exit 0."""
    command = [sys.executable, "-m", "streams", "hj212", "decode", str(shared(FRAMES, ours=ours))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    events = [decode_event(line) for line in done.stdout.splitlines()]
    counts = {kind: [event.type for event in events].count(f"environment.{kind}") for kind in ("bad_frame", "registered")}
    frames, bad, known = (5, 1, 1) if ours else (12, 4, 1)
    assert counts == {"bad_frame": bad, "registered": known}
    remarks, devices = (0, 0) if ours else (3, 2)
    assert len(events) == frames + known + devices
    assert done.stderr == f"{frames} frames, {bad} of them bad; 0 fields refused, {remarks} remarks\n".encode()


def test_the_command_reads_standard_input_and_names_a_missing_file() -> None:
    """Frames come from standard input by default; a file that is not there is exit 1 and named."""
    command = [sys.executable, "-m", "streams", "hj212", "decode"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, input=ANNEX_2017, check=True)
    assert decode_event(done.stdout.strip()).type == "environment.device_message"
    gone = subprocess.run([*command, "/nonexistent"], cwd=ROOT, capture_output=True, check=False)
    assert (gone.returncode, b"/nonexistent" in gone.stderr) == (1, True)
