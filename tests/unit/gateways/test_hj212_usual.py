"""The usual content of a frame is read in one go, all others field by field: where both can be asked, both say the same."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.gateways.hj212 import content
from streams.gateways.hj212.decode import Decoder, Line
from streams.gateways.hj212.frame import crc
from streams.gateways.hj212.items import FIELDS
from streams.gateways.hj212.usual import usual
from tests.support.pure.hj212 import FRAMES, framed, uploaded
from tests.support.shared import either, shared

CODES = ("a21026", "a34004", "a05024", "a01012", "w01018", "i33311", "100000")
ODD_CODES = ("A21026", "02", "B01", "S01", "SB1", "O3", "a21", "烟尘", "")
ODD_FIELDS = ("rtd", "RS", "RT", "Ia", "Pa_ave", "ValidNum", "unit", "other", "")
NUMBERS = st.one_of(
    st.integers(0, 10**12 - 1).map(str), st.decimals(0, 10**9, places=3).map(str), st.sampled_from(("0.00", "7.0"))
)
MARKS = st.sampled_from("NFMSDCTB")
ODD_NUMBERS = ("7.", "-1", "-1.5", "-0", "007", "1e5", "1E400", ".5", "999999999999", "1000000000000", "99999999999999", "٣")
ODD_TEXTS = ("", " 1", "NaN", "--", "<2", "1_0", "20260601080000", "n", "X", "NN", "a=b", "5", '"', "%s", "{}", "\\")
ODD = st.sampled_from(ODD_NUMBERS + ODD_TEXTS)
OTHERS = st.sampled_from(([], ["Ia"], ["Ia", "Pa_ave"]))
SAMPLE_TIME = "SampleTime"


def value(field: str) -> st.SearchStrategy[str]:
    """What a field usually has."""
    return MARKS if field in {"Flag", "EFlag"} else st.just("20260601073000") if field == SAMPLE_TIME else NUMBERS


@st.composite
def regular(draw: st.DrawFn) -> str:
    """A content as the standard has it: DataTime, then factors, each field once."""
    groups = []
    for code in draw(st.lists(st.sampled_from(CODES), unique=True, min_size=1, max_size=5)):
        fields = draw(st.lists(st.sampled_from(list(FIELDS)), unique=True, min_size=1, max_size=4)) + draw(OTHERS)
        groups.append(",".join(f"{code}-{field}={draw(value(field))}" for field in fields))
    return ";".join(["DataTime=20260601080000", *groups])


@st.composite
def odd(draw: st.DrawFn) -> str:
    """A content of which anything may be irregular: names, values, order, what stands between, what stands twice."""
    names = st.builds("{}-{}".format, st.sampled_from(CODES + ODD_CODES), st.sampled_from((*FIELDS, *ODD_FIELDS)))
    names |= st.sampled_from(("DataTime", "datatime", "MinInterval", " DataTime", "QnRtn", ""))
    items = [
        draw(names) + draw(st.sampled_from(("=", "=", "=", "=", "", "=="))) + draw(NUMBERS | MARKS | ODD)
        for _ in range(draw(st.integers(0, 6)))
    ]
    first = draw(
        st.sampled_from(("DataTime=20260601080000", "DataTime=20260601240000", "DataTime=20260601080000123", "DataTime="))
    )
    between = st.sampled_from((";", ";", ",", ";;", ",,", "; "))
    return "".join([first, *(draw(between) + item for item in items), draw(st.sampled_from(("", ";", ",")))])


def decoded(frame: bytes, *, in_one_go: bool) -> list[bytes]:
    """The events of a frame, with or without the way of usual contents."""
    with pytest.MonkeyPatch.context() as patch:
        if not in_one_go:
            patch.setattr(content, "usual", lambda *_: None)
        return list(Decoder().decode(Line(frame, 1_780_272_000_000)))


@given(regular(), st.sampled_from(("21", "22", "31", "32")), st.sampled_from(("2011", "2051", "2061", "2031")))
@example("DataTime=20260601080000;a01012-Rtd=-3.5,a01012-Flag=N;100000-Ia=1,100000-Flag=N", "31", "2011")
def test_a_regular_content_is_usual_and_read_the_same(text: str, system: str, cn: str) -> None:
    """What the standard has is read in one go, and gives byte for byte what field by field gives."""
    frame = uploaded(cn, text, st=system)
    assert usual(system, text) is not None
    assert decoded(frame, in_one_go=True) == decoded(frame, in_one_go=False)


@given(
    odd(), st.sampled_from(("22", "31")), st.sampled_from(("2011", "2061", "2021", "2041", "3020")), st.sampled_from((1, 5, 9))
)
@example("DataTime=20260601080000;a21026-Rtd=1=2;a21026-Flag=N", "31", "2011", 5)
@example("DataTime=20260601080000;a21026-Rtd=1;a21026-Rtd=1", "31", "2011", 5)
@example("DataTime=20260601080000;a21026-Rtd=1;a21002-Rtd=2;a21026-Flag=N", "31", "2011", 5)
@example("DataTime=20260601080000;a21026-Rtd=1;02-Rtd=2", "31", "2011", 5)
@example("DataTime=20260601080000;a21026-Rtd=20260601073000;a21026-SampleTime=20260601073000", "31", "2011", 5)
@example("DataTime=20260601080000;100000-Ia=N,100000-Flag=N,100000-Ib=2", "31", "2011", 5)
def test_an_odd_content_is_read_the_same(text: str, system: str, cn: str, flag: int) -> None:
    """Whatever stands in a frame, both ways give the same events, notes and faults."""
    frame = uploaded(cn, text, flag, st=system)
    assert decoded(frame, in_one_go=True) == decoded(frame, in_one_go=False)


@either
def test_the_sample_frames_are_read_the_same(ours: bool) -> None:
    """Every frame of the sample file, also with its CRC put right; more than one of them is usual."""
    samples = [json.loads(line)["raw"] for line in shared(FRAMES, ours=ours).read_text("utf-8").splitlines()]
    contents = [raw.partition("CP=&&")[2].rpartition("&&")[0] for raw in samples]
    assert sum(usual("31", each) is not None for each in contents) > (0 if ours else 3)
    for raw in samples:
        for frame in (raw.encode(), framed(raw[6:-4])):
            assert decoded(frame, in_one_go=True) == decoded(frame, in_one_go=False)


@given(st.binary(max_size=1_100))
def test_the_crc_is_the_one_of_annex_a(segment: bytes) -> None:
    """Bytes 8 apart may be added: the fold gives what the standard's shifts give, bit by bit, for whatever length."""
    expected = 0xFFFF
    for byte in segment:
        expected = (expected >> 8) ^ byte
        for _ in range(8):
            expected = (expected >> 1) ^ 0xA001 if expected & 1 else expected >> 1
    assert crc(segment) == expected
