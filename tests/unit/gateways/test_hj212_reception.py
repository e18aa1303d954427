"""Who may report, what is answered, what comes again, what is asked for: HJ 212-2017 6.2, tables 1, 3, C.14, C.20 to C.22."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from streams.command import Trouble
from streams.gateways.hj212.decode import Decoder, Line
from streams.gateways.hj212.frame import Frame, crc, read_frame
from streams.gateways.hj212.reception import Caller, Reception, Taken, label
from streams.gateways.hj212.register import Device, Passwords, hashed, load_register
from streams.gateways.intake.limit import EACH, STRANGERS
from streams.messages import DAY, HOUR, MINUTE, SECOND, parse_time
from tests.support.pure.hj212 import FRAMES, framed, uploaded
from tests.support.shared import either, shared

MN = "410102A8900016F000169DC0"
PASSWORD = hashed("123456")
DEVICE = Device(st=("31",), password=PASSWORD, expects=("2061",))
NOW = parse_time("2026-06-01T08:00:30+08:00")


def frame(cn: str, content: str, qn: str = "20260601080000000", flag: int | str = 5, **other: str) -> bytes:
    """A frame of the device, or with another header."""
    head = {"QN": qn, "ST": "31", "CN": cn, "PW": "123456", "MN": MN, "Flag": str(flag)} | other
    return framed(";".join(f"{name}={value}" for name, value in head.items() if value) + f";CP=&&{content}&&")


def hour(begin: str, qn: str = "20260601080000000", **other: str) -> bytes:
    """The hour that begins then."""
    return frame("2061", f"DataTime=20260601{begin}0000;a21026-Avg=30,a21026-Flag=N", qn, 5, **other)


def reception(**devices: Device) -> Reception:
    """A gateway with one device, or with those given."""
    return Reception(devices or {MN: DEVICE}, "410100")


def events(taken: Taken) -> list[dict[str, object]]:
    """What is kept of a frame."""
    return [json.loads(event) for event in taken.events]


def kinds(taken: Taken) -> list[str]:
    """The kinds of what is kept."""
    return [str(event["type"]).removeprefix("environment.") for event in events(taken)]


def segment(answer: bytes | None) -> str:
    """The data segment of an answer, whose length and CRC must be right."""
    assert answer is not None
    assert (int(answer[2:6]), int(answer[-6:-2], 16)) == (len(answer) - 12, crc(answer[6:-6]))
    return answer[6:-6].decode()


def test_an_upload_is_answered_by_9014_of_its_qn_once_it_is_kept() -> None:
    """Table C.14: QN, PW and MN of the frame, ST=91, Flag=4, an empty CP; the event is the hour that ended at 08:00."""
    gateway = reception()
    taken = gateway.take(hour("07"), Caller(), NOW)
    (event,) = events(taken)
    assert (event["type"], event["time"]) == ("environment.source_hour", "2026-06-01T08:00:00+08:00")
    assert segment(gateway.done(taken)) == f"QN=20260601080000000;ST=91;CN=9014;PW=123456;MN={MN};Flag=4;CP=&&&&"


def test_a_frame_that_asks_for_no_answer_gets_none() -> None:
    """Table 3: A=0 is not answered; its data are kept all the same."""
    gateway = reception()
    taken = gateway.take(frame("2011", "DataTime=20260601080000;a21026-Rtd=1", flag=4), Caller(), NOW)
    assert kinds(taken) == ["source_realtime"]
    assert gateway.done(taken) is None


def test_2005_is_answered_in_its_own_form() -> None:
    """HJ/T 212-2005: 9014 carries QN and CN in CP; 9013 of an alarm carries QN there."""
    gateway = reception()
    taken = gateway.take(frame("2011", "DataTime=20260601080000;02-Rtd=1", flag=1), Caller(), NOW)
    assert segment(gateway.done(taken)) == "ST=91;CN=9014;CP=&&QN=20260601080000000;CN=2011&&"
    alarm = gateway.take(frame("2072", "AlarmTime=20260601080000;02-Ala=1", "20260601080001000", flag=1), Caller(), NOW)
    assert segment(gateway.done(alarm)).startswith("ST=91;CN=9013;PW=123456;MN=")


def test_a_frame_of_another_edition_is_taken_with_a_remark() -> None:
    """The register says 2017, the Flag 2025 (9): the fact stands, and the remark beside it is told once a day."""
    gateway, caller = reception(**{MN: Device(st=("31",), password=PASSWORD, edition=2017)}), Caller()
    taken = gateway.take(hour("07", Flag="9"), caller, NOW)
    assert kinds(taken) == ["source_hour", "field_note"]
    assert events(taken)[1]["data"]["notes"][0]["reason"] == "edition-other"  # type: ignore[index]
    assert segment(gateway.done(taken)).endswith("Flag=8;CP=&&&&")
    assert kinds(gateway.take(hour("08", "20260601090000001", Flag="9"), caller, NOW + HOUR)) == ["source_hour"]


def test_an_answer_of_2005_has_its_qn_in_the_content() -> None:
    """HJ/T 212-2005: `ST=91;CN=9011;…;CP=&&QN=…;QnRtn=1&&`; it is kept as a message of that moment."""
    taken = reception().take(frame("9011", "QN=20260601080000000;QnRtn=1", "", flag=0, ST="91"), Caller(), NOW)
    (event,) = events(taken)
    assert (event["type"], event["time"]) == ("environment.device_message", "2026-06-01T08:00:00+08:00")


def test_a_clock_is_never_set() -> None:
    """1013 asks for the time (table C.4): answering begins to set a device's clock, so it is kept and not answered."""
    gateway = reception()
    taken = gateway.take(frame("1013", ""), Caller(), NOW)
    assert kinds(taken) == ["device_message"]
    assert gateway.done(taken) is None


def test_the_same_frame_again_is_answered_again_and_kept_once() -> None:
    """6.2: a device that has heard nothing sends it again; before it was kept the second is not answered either."""
    gateway, caller = reception(), Caller()
    first = gateway.take(hour("07"), caller, NOW)
    before = gateway.take(hour("07"), caller, NOW + 10 * SECOND)
    assert (before.events, gateway.done(before)) == ([], None)
    gateway.done(first)
    after = gateway.take(hour("07"), caller, NOW + 20 * SECOND)
    assert after.events == []
    assert segment(gateway.done(after)).startswith("QN=20260601080000000;ST=91;CN=9014")


def test_what_could_not_be_kept_is_as_if_it_had_never_come() -> None:
    """After a full disk the frame that comes again is kept then."""
    gateway, caller = reception(), Caller()
    gateway.lost(gateway.take(hour("07"), caller, NOW))
    assert kinds(gateway.take(hour("07"), caller, NOW)) == ["source_hour"]


def test_a_frame_that_was_kept_before_a_kill_is_answered_and_kept_once() -> None:
    """SIGKILL between the disk and the answer: the next start knows the frame by the label of its record."""
    second = reception()
    second.kept(label(reception().take(hour("07"), Caller(), NOW)))
    taken = second.take(hour("07"), Caller(), NOW + MINUTE)
    assert (taken.events, segment(second.done(taken))[:40]) == ([], "QN=20260601080000000;ST=91;CN=9014;PW=12")


def test_another_frame_under_the_same_number_is_a_quality_record() -> None:
    """Table 3: QN names one exchange; other data under it are told, and not answered."""
    gateway, caller = reception(), Caller()
    gateway.done(gateway.take(hour("07"), caller, NOW))
    taken = gateway.take(hour("06"), caller, NOW)
    assert kinds(taken) == ["registered", "bad_frame"]
    assert events(taken)[1]["data"]["reason"] == "number"  # type: ignore[index]
    assert gateway.done(taken) is None


def test_a_message_in_parts_is_answered_when_it_is_whole() -> None:
    """PNUM and PNO: nothing is promised for a part; the last one brings the fact and the one answer of the QN."""
    gateway, caller = reception(), Caller()
    one, two = (
        frame("2061", content, flag=7, PNUM="2", PNO=str(n))
        for n, content in enumerate(("DataTime=20260601070000;a21026-Avg=30", "a21002-Avg=40"), 1)
    )
    first = gateway.take(one, caller, NOW)
    assert (first.events, gateway.done(first)) == ([], None)
    again = gateway.take(one, caller, NOW)
    assert (again.events, gateway.done(again)) == ([], None)
    whole = gateway.take(two, caller, NOW)
    assert kinds(whole) == ["source_hour"]
    assert segment(gateway.done(whole)).startswith("QN=20260601080000000;ST=91;CN=9014")
    late = gateway.take(one, caller, NOW)
    assert (late.events, gateway.done(late) is None) == ([], False)


def test_a_part_that_never_comes_is_told_in_the_end() -> None:
    """After ten minutes what is there is given up: a quality record, no fact."""
    gateway = reception()
    gateway.take(frame("2061", "DataTime=20260601070000", flag=7, PNUM="2", PNO="1"), Caller(), NOW)
    assert gateway.expired(NOW + 9 * MINUTE).events == []
    assert kinds(gateway.expired(NOW + 11 * MINUTE)) == ["registered", "bad_frame"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [({"MN": "F" * 24}, "device"), ({"PW": "654321"}, "password"), ({"PW": ""}, "password"), ({"ST": "32"}, "system")],
)
def test_who_may_not_report_is_told_and_not_answered(other: dict[str, str], reason: str) -> None:
    """An MN in no register, a wrong or no password, another system: a record with a masked head, no fact, no answer."""
    gateway = reception()
    taken = gateway.take(frame("2061", "DataTime=20260601070000;a21026-Avg=30", "20260601080000000", 5, **other), Caller(), NOW)
    assert kinds(taken) == ["registered", "bad_frame"]
    assert events(taken)[1]["data"]["reason"] == reason  # type: ignore[index]
    told = taken.events[1]
    assert b"QN=20260601080000000" in told
    assert not any(word in told for word in (b"123456", b"654321", b"a21026"))
    assert gateway.done(taken) is None


def test_a_stranger_and_a_wrong_password_are_told_once_a_day() -> None:
    """The second frame of the day says nothing, the first of the next day does; the third wrong password ends a connection."""
    gateway, caller = reception(), Caller()
    wrong = frame("2061", "DataTime=20260601070000;a21026-Avg=30", PW="654321")
    told = [gateway.take(wrong, caller, at) for at in (NOW, NOW + SECOND, NOW + 2 * SECOND, NOW + DAY)]
    assert [len(kinds(each)) for each in told] == [2, 0, 0, 1]
    assert [each.close for each in told] == [False, False, True, True]
    strangers = [frame("2011", "DataTime=20260601080000", MN=f"{n:024d}") for n in range(STRANGERS + 50)]
    assert sum(len(gateway.take(each, Caller(), NOW + DAY).events) for each in strangers) == STRANGERS - 1


def test_a_flood_of_bad_frames_is_a_bounded_number_of_records() -> None:
    """1,000 frames with a wrong CRC in a minute are 20 records and those at 32, 64 … 512, which say for how many they stand."""
    gateway = reception()
    bad = hour("07")[:-6] + b"0000"
    told = [
        event for _ in range(1_000) for event in events(gateway.take(bad, Caller(), NOW)) if "bad_frame" in str(event["type"])
    ]
    assert len(told) == EACH + 5
    assert "one of 256" in told[-1]["data"]["message"]  # type: ignore[index]


def test_passwords_are_looked_at_so_often_a_second() -> None:
    """Guesses cost processor time: beyond 200 a second nothing is said to them, and a device that was known is served."""
    passwords = Passwords()
    assert passwords.right(MN, PASSWORD, "123456", NOW) is True
    assert {passwords.right(MN, PASSWORD, str(n), NOW) for n in range(199)} == {False}
    assert passwords.right(MN, PASSWORD, "guess", NOW) is None
    assert passwords.right(MN, PASSWORD, "123456", NOW) is True
    assert passwords.right(MN, PASSWORD, "guess", NOW + SECOND) is False


def test_a_missing_hour_is_asked_for_and_comes_as_sent_afterwards() -> None:
    """Table C.21: 06:00 is asked for by the beginning of its hour, and comes as one sent afterwards (`source_revision`).

    The device answers 9011, sends the data with a QN of their own and Flag=4, which asks for no answer, and ends with 9012.
    """
    gateway, caller = reception(), Caller()
    for begin, qn in (("05", "20260601060000000"), ("07", "20260601080000000")):
        gateway.done(gateway.take(hour(begin, qn), caller, parse_time(f"2026-06-01T{int(begin) + 1:02d}:00:05+08:00")))
    now = NOW + MINUTE
    ((mn, to, request),) = gateway.questions(now)
    asked = segment(request)
    qn = asked[3:20]
    assert (mn, to) == (MN, caller)
    assert asked == f"QN={qn};ST=31;CN=2061;PW=123456;MN={MN};Flag=5;CP=&&BeginTime=20260601060000;EndTime=20260601060000&&"
    assert kinds(gateway.take(frame("9011", "QnRtn=1", qn, flag=4, ST="91"), caller, now + 9 * SECOND)) == ["device_message"]
    assert list(gateway.questions(now + 20 * SECOND)) == []
    taken = gateway.take(hour("06", "20260601080131534", Flag="4"), caller, now + MINUTE)
    (event,) = events(taken)
    assert (event["type"], event["time"]) == ("environment.source_revision", "2026-06-01T07:00:00+08:00")
    assert event["data"]["of"] == "source_hour"  # type: ignore[index]
    assert gateway.done(taken) is None
    assert kinds(gateway.take(frame("9012", "ExeRtn=1", qn, flag=4, ST="91"), caller, now + MINUTE)) == ["device_message"]
    late = gateway.take(hour("06", "20260601080231534", Flag="4"), caller, now + MINUTE)
    assert kinds(late) == ["source_hour"]  # nobody asks any more: the device sends it by itself
    assert list(gateway.questions(now + 5 * MINUTE)) == []


def test_a_device_that_has_no_data_is_not_asked_again_at_once() -> None:
    """Table 7: QnRtn=2 refuses a request; the interval is asked for again an hour later."""
    gateway, caller = reception(), Caller()
    for begin, qn in (("05", "20260601060000000"), ("07", "20260601080000000")):
        gateway.done(gateway.take(hour(begin, qn), caller, NOW - MINUTE))
    ((_, _, request),) = gateway.questions(NOW)
    gateway.take(frame("9011", "QnRtn=2", segment(request)[3:20], flag=4, ST="91"), caller, NOW + SECOND)
    assert not any(list(gateway.questions(NOW + second * SECOND)) for second in range(3_500))


def test_a_device_that_does_not_answer_is_asked_four_times_and_left_alone() -> None:
    """Table 1: 10 s, and three times again; then an hour later."""
    gateway, caller = reception(), Caller()
    for begin, qn in (("05", "20260601060000000"), ("07", "20260601080000000")):
        gateway.done(gateway.take(hour(begin, qn), caller, NOW - MINUTE))
    asked = [second for second in range(3_600) if list(gateway.questions(NOW + second * SECOND))]
    assert len(asked) == 4
    assert [after - before for before, after in pairwise(asked)] == [11, 11, 11]
    assert [mn for mn, _, _ in gateway.questions(NOW + HOUR + 2 * MINUTE)] == [MN]


def test_what_a_device_had_before_it_came_is_not_asked_for() -> None:
    """One hour has come: nothing before it is missing; nor is one whose hour of grace is not over."""
    gateway, caller = reception(), Caller()
    gateway.done(gateway.take(hour("07"), caller, NOW))
    assert list(gateway.questions(NOW + 59 * MINUTE)) == []
    assert [mn for mn, _, _ in gateway.questions(NOW + 2 * HOUR)] == [MN]


def test_what_has_come_is_known_after_a_restart() -> None:
    """The state of one start is taken up by the next: it asks for the hours between."""
    gateway, caller = reception(), Caller()
    gateway.done(gateway.take(hour("05", "20260601060000000"), caller, NOW - 2 * HOUR))
    second, caller = reception(), Caller()
    second.restore(gateway.state())
    second.done(second.take(hour("09", "20260601100000000"), caller, NOW + 2 * HOUR))
    ((_, _, request),) = second.questions(NOW + 2 * HOUR + MINUTE)
    assert b"BeginTime=20260601060000;EndTime=20260601080000" in request


def test_nothing_is_asked_of_a_device_that_has_gone() -> None:
    """A connection that ended is not written to."""
    gateway, caller = reception(), Caller()
    gateway.done(gateway.take(hour("05", "20260601060000000"), caller, NOW))
    gateway.left(caller)
    assert list(gateway.questions(NOW + 9 * HOUR)) == []


def test_the_register_is_read_or_its_fault_is_named(tmp_path: Path) -> None:
    """A password in the clear is refused, and so is an interval that nobody can ask for."""
    path = tmp_path / "devices.toml"
    path.write_text(f'[device.{MN}]\nst = ["31"]\npassword = "{PASSWORD}"\nexpects = ["2061"]\n', "utf-8")
    assert load_register(path) == {MN: DEVICE}
    for wrong, told in ((PASSWORD, "no hash"), ('["2061"]', "expects has"), ('["31"]', "st is a list"), (f"device.{MN}", "MN")):
        other = {PASSWORD: "123456", '["2061"]': '["2011"]', '["31"]': "[]"}.get(wrong, 'device."a b"')
        path.with_suffix(".bad").write_text(path.read_text("utf-8").replace(wrong, other), "utf-8")
        with pytest.raises(Trouble, match=told):
            load_register(path.with_suffix(".bad"))


@either
def test_every_sample_frame_is_taken_or_refused_as_its_file_says(ours: bool) -> None:
    """With their devices registered, a frame is kept where its CRC and length are right; those that ask for it are answered."""
    samples = [json.loads(line) for line in shared(FRAMES, ours=ours).read_text("utf-8").splitlines()]
    for sample in samples:
        raw = str(sample["raw"]).encode()
        found = read_frame(raw)
        good = sample["len_ok"] and sample["crc_ok"]
        assert good != isinstance(found, list)
        password = raw.partition(b"PW=")[2].partition(b";")[0].decode()
        mn, st = (raw.partition(name)[2].partition(b";")[0].decode() for name in (b"MN=", b"ST="))
        gateway = reception(**{mn: Device(st=(st,), password=hashed(password))})
        taken = gateway.take(raw, Caller(), NOW)
        told = [data for event in events(taken) if isinstance(data := event["data"], dict)]
        refused = [data for data in told if data.get("reason") not in {None, "clock"}]
        assert bool(refused) != good, sample
        assert (gateway.done(taken) is not None) == (good and sample["need_ack"])


def test_an_air_stations_hour_sent_afterwards_is_an_hour_too() -> None:
    """Of ST=22 an hour that was asked for is told as `source_revision`, and its normal values as an hour that is judged."""
    content = "DataTime=20260601060000;a05024-Avg=201,a05024-Flag=N;a21026-Avg=9,a21026-Flag=D"
    found = read_frame(uploaded("2061", content, st="22"))
    assert isinstance(found, Frame)
    again, hour = (json.loads(each) for each in Decoder().take(Line(b"", NOW), found, asked=True))
    assert (again["type"], hour["type"]) == ("environment.source_revision", "environment.air_backfill")
    assert (hour["time"], hour["data"]) == ("2026-06-01T07:00:00+08:00", {"o3": 201})
    assert again["id"] != hour["id"]
