"""Frames of HJ 212: the standard's own examples, every frame of the sample file, and each way in which a frame can be wrong."""

import json

import pytest

from streams.gateways.hj212.content import Reading, Said, say
from streams.gateways.hj212.frame import Frame, crc, mn_of, modbus, read_frame
from streams.gateways.hj212.items import unit_of
from streams.messages import format_time
from tests.support.pure.hj212 import ANNEX_2017, FRAMES, HEAD, framed, uploaded
from tests.support.shared import either, shared

ANNEX_2025 = b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n"


def faults(raw: bytes) -> list[str]:
    """What is wrong with a frame."""
    found = read_frame(raw)
    return [] if isinstance(found, Frame) else [problem.fault for problem in found]


def said(raw: bytes, minutes: int = 10) -> Said:
    """The one fact of a right frame."""
    frame = read_frame(raw)
    assert isinstance(frame, Frame), frame
    reading = say(frame, minutes)
    assert isinstance(reading, Reading), reading
    (fact,) = reading.facts
    return fact


def _samples(ours: bool) -> list[dict[str, object]]:
    return [json.loads(line) for line in shared(FRAMES, ours=ours).read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("segment", "ours", "theirs"),
    [(b"123456789", 0x2F80, 0x4B37), (b"\x00", 0x4040, 0x40BF)],
)
def test_check_values(segment: bytes, ours: int, theirs: int) -> None:
    """The CRC of HJ 212 and CRC-16/MODBUS differ: "123456789" gives 2F80 and 4B37."""
    assert (crc(segment), modbus(segment)) == (ours, theirs)


def test_the_crc_is_the_bitwise_one_of_annex_a() -> None:
    """The table gives for every length what the standard's shifts give, bit by bit."""
    for length in range(64):
        segment = bytes((7 * n + length) % 256 for n in range(length))
        value = 0xFFFF
        for byte in segment:
            value = (value >> 8) ^ byte
            for _ in range(8):
                value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
        assert crc(segment) == value


@pytest.mark.parametrize(("raw", "edition", "cn"), [(ANNEX_2017, 2017, "1062"), (ANNEX_2025, 2025, "1011")])
def test_the_examples_of_both_standards(raw: bytes, edition: int, cn: str) -> None:
    """Annex A of 2017 (CRC 1C80) and A.1 of 2025 (CRC 2200) are right frames that ask for an answer."""
    frame = read_frame(raw)
    assert isinstance(frame, Frame)
    assert (frame.edition, frame.cn, frame.needs_answer, frame.mn) == (edition, cn, True, "010000A8900016F000169DC0")


@either
def test_every_sample_frame_is_right_or_wrong_as_it_is_stated(ours: bool) -> None:
    """Length, CRC, version and need of an answer of the 12 sample frames are as their file states them."""
    samples = _samples(ours)
    assert len(samples) == (5 if ours else 12)
    for sample in samples:
        raw = str(sample["raw"]).encode()
        found = faults(raw)
        assert ("length" in found, "crc" in found) == (not sample["len_ok"], not sample["crc_ok"]), sample
        assert f"{crc(raw[6:-4]):04X}" == sample["crc_calc"]
        frame = read_frame(raw)
        if isinstance(frame, Frame):
            assert (f"HJ 212-{frame.edition}", frame.needs_answer) == (sample["version"], sample["need_ack"])
    assert sum(not isinstance(read_frame(str(sample["raw"]).encode()), Frame) for sample in samples) == (1 if ours else 4)


def test_a_modbus_crc_is_recognised() -> None:
    """A device that sends CRC-16/MODBUS is told so; no digest of what it sent is told."""
    segment = HEAD.format(cn="2011", flag=5, content="DataTime=20260601080000")
    (problem,) = read_frame(framed(segment, checksum=f"{modbus(segment.encode()):04X}"))  # type: ignore[misc]  # it is wrong
    assert problem.fault == "crc-modbus"
    assert f"{crc(segment.encode()):04X}" not in problem.message


def test_length_counts_bytes() -> None:
    """Chinese in UTF-8 counts three bytes a character."""
    segment = HEAD.format(cn="3020", flag=5, content="Info=烟尘仪")
    assert faults(framed(segment)) == []
    assert faults(framed(segment, length=len(segment))) == ["length"]


@pytest.mark.parametrize(("bytes_", "expected"), [(1024, []), (1025, ["segment-too-long"])])
def test_a_segment_has_at_most_1024_bytes(bytes_: int, expected: list[str]) -> None:
    """1024 bytes are allowed, 1025 are not."""
    rest = bytes_ - len(HEAD.format(cn="3020", flag=5, content="Info="))
    assert faults(framed(HEAD.format(cn="3020", flag=5, content="Info=" + "x" * rest))) == expected


@pytest.mark.parametrize(
    ("segment", "message"),
    [
        (HEAD.format(cn="2011", flag=5, content="").replace("Flag", "Flagge"), "unknown header field: known are QN, ST"),
        (HEAD.format(cn="2011", flag=5, content="").replace("CP=", "MN=1;CP="), "MN comes twice"),
        (HEAD.format(cn="2011", flag=5, content="").replace(";MN=", ";,MN="), "unknown header field: known are QN, ST"),
        (HEAD.format(cn="2011", flag=5, content="").replace("CN=2011;", ""), "CN is missing"),
        (HEAD.format(cn="2011", flag=13, content=""), "Flag 13 has version 3"),
        ("QN=1", "no content"),
    ],
)
def test_bad_headers(segment: str, message: str) -> None:
    """A header's field with another name, a missing one and an unknown version are named."""
    problems = read_frame(framed(segment))
    assert isinstance(problems, list)
    assert problems[0].fault == "header"
    assert message in problems[0].message


def test_lower_case_and_no_line_end_are_legal() -> None:
    """The CRC may be in lower case, and the line end may have been cut off by whoever kept the frame."""
    raw = uploaded("2011", "DataTime=20260601080000").rstrip()
    assert faults(raw[:-4] + raw[-4:].lower()) == []


@pytest.mark.parametrize("flag", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
def test_flag_has_version_bits_and_the_wish_for_an_answer(flag: int) -> None:
    """Flag 0-3 is 2005, 4-7 is 2017, 8-11 is 2025; its last bit asks for an answer."""
    frame = read_frame(uploaded("2011", "DataTime=20260601080000", flag))
    assert isinstance(frame, Frame)
    assert (frame.edition, frame.needs_answer) == ((2005, 2017, 2025)[flag // 4], flag % 2 == 1)


@pytest.mark.parametrize(
    ("cn", "kind", "time"),
    [
        ("2011", "source_realtime", "2026-06-01T08:00:00+08:00"),
        ("2051", "source_minute", "2026-06-01T08:10:00+08:00"),
        ("2061", "source_hour", "2026-06-01T09:00:00+08:00"),
        ("2031", "source_day", "2026-06-02T08:00:00+08:00"),
    ],
)
def test_data_time_is_the_start_and_our_time_the_end(cn: str, kind: str, time: str) -> None:
    """DataTime of minute, hour and day data is the START of the interval (2017 table 4); facts carry its END."""
    fact = said(uploaded(cn, "DataTime=20260601080000;a21026-Avg=30.5,a21026-Flag=N"))
    assert (fact.kind, format_time(fact.at)) == (kind, time)


def test_fields_of_a_factor() -> None:
    """Every field of the standard has its name in our facts; what the standard does not know is kept as it is."""
    content = (
        "DataTime=20260601080000;a21026-Avg=30.5,a21026-Min=10,a21026-Max=50.25,a21026-Cou=3.1,"
        "a21026-ZsAvg=36.6,a21026-Flag=N,a21026-ValidNum=58;w01018-SampleTime=20260601073000,w01018-Rtd=7"
    )
    factors = said(uploaded("2061", content)).data["factors"]
    assert factors == {
        "a21026": {
            "unit": "mg/m³",
            "avg": 30.5,
            "min": 10,
            "max": 50.25,
            "cou": 3.1,
            "zs_avg": 36.6,
            "flag": "N",
            "other": {"ValidNum": 58},
        },
        "w01018": {"unit": "mg/L", "sample_time": "20260601073000", "rtd": 7},
    }


def test_codes_of_2005_are_read_as_those_of_2017() -> None:
    """HJ/T 212-2005 writes 011 for COD, 060 for ammonia nitrogen, 02 for sulphur dioxide, S01 for oxygen (annex B)."""
    content = "DataTime=20260601080000;011-Rtd=231.0;060-Rtd=1.8;02-Rtd=5;S01-Rtd=7.5"
    factors = said(uploaded("2011", content, flag=0)).data["factors"]
    assert isinstance(factors, dict)
    assert list(factors) == ["w01018", "w21003", "a21026", "a19001"]


@pytest.mark.parametrize(
    ("code", "st", "unit"),
    [
        ("a34001", "39", "µg/m³"),
        ("a34002", "39", "µg/m³"),
        ("a34004", "22", "µg/m³"),
        ("a21026", "31", "mg/m³"),
        ("a21026", "22", "µg/m³"),
        ("a21005", "22", "mg/m³"),
        ("a34013", "31", "mg/m³"),
        ("x99999", "31", ""),
    ],
)
def test_the_trap_of_units(code: str, st: str, unit: str) -> None:
    """Particles are in µg/m³ though table B.2 says ng/m³; an air station's gases are in µg/m³, carbon monoxide in mg/m³."""
    assert unit_of(code, st) == unit


def test_an_air_stations_hour_becomes_an_air_hour() -> None:
    """ST=22 with hour data gives the items of an air station; what is not marked normal is left out."""
    content = "DataTime=20260601080000;a05024-Avg=120,a05024-Flag=N;a21026-Avg=9;a34004-Avg=35,a34004-Flag=D;a01007-Avg=2"
    fact = said(uploaded("2061", content, st="22"))
    assert (fact.kind, format_time(fact.at), fact.data) == ("air_hour", "2026-06-01T09:00:00+08:00", {"o3": 120, "so2": 9})


def test_an_air_stations_hour_that_is_sent_again_is_told_as_such_too() -> None:
    """RF=1 (2025): beside the hour, which may be late, goes what was sent again, as of any source."""
    head = HEAD.format(cn="2061", flag=9, content="DataTime=20260601080000;a05024-Avg=120,a05024-Flag=N").replace(
        "ST=31", "ST=22"
    )
    frame = read_frame(framed(head.replace("Flag=9", "Flag=9;RF=1")))
    assert isinstance(frame, Frame)
    reading = say(frame, 10)
    assert isinstance(reading, Reading)
    assert [(fact.kind, fact.data.get("of")) for fact in reading.facts] == [
        ("air_hour", None),
        ("source_revision", "source_hour"),
    ]


def test_states_of_facilities() -> None:
    """SBxxx-RS says what a facility does, 0 off to 5 blowing back; SBxxx-RT for how many hours it ran."""
    fact = said(uploaded("2021", "DataTime=20260601080000;SB1-RS=1;SB2-RS=0"))
    assert (fact.kind, fact.data["devices"]) == ("device_state", {"SB1": {"state": 1}, "SB2": {"state": 0}})
    fact = said(uploaded("2041", "DataTime=20260601000000;SB1-RT=23.5"))
    assert (format_time(fact.at), fact.data["devices"]) == ("2026-06-02T00:00:00+08:00", {"SB1": {"hours": 23.5}})


def test_commands_and_answers_are_messages_without_their_secrets() -> None:
    """A command without data is a message; a new password (1072) is not passed on."""
    assert said(ANNEX_2017).data["params"] == {"RtdInterval": "30"}
    assert said(uploaded("1072", "NewPW=654321")).data["params"] == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("DataTime=20260631080000", "its time is none"),
        ("DataTime=20260601080000;a21026", "item 2: item that is not name=value"),
        ("DataTime=20260601080000;a21026-Rtd=1;a21026-Rtd=2", "a21026-Rtd: field that comes twice"),
    ],
)
def test_bad_contents(content: str, message: str) -> None:
    """A time that is none, an item without a value and a value that comes twice are refused in words."""
    frame = read_frame(uploaded("2011", content))
    assert isinstance(frame, Frame)
    problems = say(frame, 10)
    assert isinstance(problems, list)
    (problem,) = problems
    assert message in getattr(problem, "message", "")


def test_the_device_of_a_broken_frame() -> None:
    """MN is read from a frame whose CRC is wrong; nothing is made up where there is none."""
    assert mn_of(uploaded("2011", "")) == "410102A8900016F000169DC0"
    assert mn_of(b"##00") == ""
