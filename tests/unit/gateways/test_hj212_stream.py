"""Frames out of a connection's bytes: glued, halved, with noise between, of a false length; in bounded memory."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.gateways.hj212.frame import Frame, read_frame
from streams.gateways.hj212.stream import LARGEST, Framer, Noise
from tests.support.pure.hj212 import FRAMES, HEAD, framed, uploaded
from tests.support.shared import either, shared

FIRST = uploaded("2011", "DataTime=20260601080000;a21026-Rtd=1")
SECOND = uploaded("2061", "DataTime=20260601070000;a21026-Avg=2")


def found(*pieces: bytes) -> list[bytes | Noise]:
    """What a connection's pieces give, with what is left at its end."""
    framer = Framer()
    got = [each for piece in pieces for each in framer.feed(piece)]
    return [*got, *framer.flush()]


def good(got: list[bytes | Noise]) -> list[bytes]:
    """The right frames of them."""
    return [each for each in got if isinstance(each, bytes) and isinstance(read_frame(each), Frame)]


def bare(raw: bytes) -> bytes:
    """A frame without its end."""
    return raw.removesuffix(b"\r\n")


@given(st.lists(st.integers(1, 40), max_size=30))
def test_where_tcp_cuts_does_not_matter(cuts: list[int]) -> None:
    """Two glued frames come out as two, whatever the pieces."""
    data, pieces = FIRST + SECOND, []
    for size in cuts:
        pieces.append(data[:size])
        data = data[size:]
    assert found(*pieces, data) == [bare(FIRST), bare(SECOND)]


def test_a_whole_frame_is_there_at_once() -> None:
    """With its last digit of CRC a right frame is taken; CR LF may come later, or never."""
    framer = Framer()
    assert list(framer.feed(bare(FIRST))) == [bare(FIRST)]
    assert not framer.half
    assert list(framer.feed(b"\r\n" + bare(SECOND))) == [bare(SECOND)]


@pytest.mark.parametrize("noise", [b"AT+CIPSEND\r\n", b"#", b"##12x4", bytes(range(256)), b"####", b"\x00##"])
def test_noise_between_frames_costs_none(noise: bytes) -> None:
    """What a modem says, or nobody knows what, is counted and passed over."""
    got = found(FIRST, noise, SECOND, noise)
    assert good(got) == [bare(FIRST), bare(SECOND)]
    assert any(isinstance(each, Noise) for each in got)


def test_half_a_frame_before_a_good_one_costs_it_alone() -> None:
    """A frame whose second half was lost is told; the good one behind it comes at once, not when more comes."""
    framer = Framer()
    assert list(framer.feed(FIRST[:50])) == []
    assert list(framer.feed(SECOND)) == [FIRST[:50], bare(SECOND)]


def test_half_a_frame_at_the_end_is_told() -> None:
    """What never comes whole comes out as it is, and is no frame."""
    got = found(FIRST[:50])
    assert got == [FIRST[:50]]
    assert good(got) == []


@pytest.mark.parametrize("length", [1, 100, 140, 900])
def test_a_false_length_costs_no_other_frame(length: int) -> None:
    """Too long or too short, the frame is wrong and the next one is right."""
    wrong = framed(HEAD.format(cn="2011", flag=5, content="DataTime=20260601080000"), length=length)
    got = found(wrong, SECOND, FIRST)
    assert good(got) == [bare(SECOND), bare(FIRST)]


def test_a_wrong_crc_costs_no_other_frame() -> None:
    """The frame with it comes out as it is."""
    wrong = framed(HEAD.format(cn="2011", flag=5, content="DataTime=20260601080000"), checksum="0000")
    assert found(wrong, SECOND) == [bare(wrong), bare(SECOND)]


def test_a_segment_beyond_the_standard_comes_out_whole() -> None:
    """A length of 1,025, which 6.3.1 forbids, is told by the reader of the frame: it comes out whole."""
    long = framed(HEAD.format(cn="2011", flag=5, content="x" * 2_000))
    assert found(long, SECOND) == [bare(long), bare(SECOND)]


@given(st.lists(st.sampled_from([b"##9999", b"#", b"##", b"1", b"\r\n", b"x" * 700, FIRST[:30], bytes(100)]), max_size=60))
def test_memory_is_bounded(pieces: list[bytes]) -> None:
    """Whatever comes, what is held is at most the longest frame; and every byte is told or part of a frame."""
    framer = Framer()
    for piece in pieces:
        list(framer.feed(piece))
        assert len(framer._held) < LARGEST + len(b"\r\n")
    list(framer.flush())
    assert not framer.half


@either
def test_every_sample_frame_comes_out_of_the_connection_as_its_file_says(ours: bool) -> None:
    """The frames of the sample file, sent one behind the other, come out one by one, right or wrong as their file states."""
    samples = [json.loads(line) for line in shared(FRAMES, ours=ours).read_text("utf-8").splitlines()]
    got = found(*(str(sample["raw"]).encode() + b"\r\n" for sample in samples))
    frames = [each for each in got if isinstance(each, bytes)]
    assert [bare(str(sample["raw"]).encode()) for sample in samples] == frames
    right = [isinstance(read_frame(each), Frame) for each in frames]
    assert right == [sample["len_ok"] and sample["crc_ok"] for sample in samples]
