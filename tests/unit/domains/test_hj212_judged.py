"""The sample frames through decoder and judge: what pandas counts in the file is what the quality records say."""

import pandas as pd
import pytest

from agents.core.alerts.fold import Fold
from agents.core.intake import NOTHING_TO_JUDGE
from agents.domains.environment.judges import check_revision
from agents.domains.environment.source_codes import AIR_ITEMS
from agents.domains.environment.source_payload import Factor, SourceRevision
from streams.gateways.hj212 import content
from streams.gateways.hj212.decode import Decoder, decode_lines
from streams.gateways.hj212.items import factors
from streams.messages import Quality, parse_time
from tests.support.books import the_book
from tests.support.pure.hj212 import FRAMES
from tests.support.pure.polluter import register
from tests.support.shared import STAND_IN, shared


@pytest.fixture(params=[False, True], ids=["real", STAND_IN])
def ours(request: pytest.FixtureRequest) -> bool:
    """Whether what stands in for the file is meant."""
    return bool(request.param)


@pytest.fixture
def samples(ours: bool) -> pd.DataFrame:
    """The sample file as pandas reads it, with MN, CN and DataTime taken from the frames by pandas."""
    frames = pd.read_json(shared(FRAMES, ours=ours), lines=True)
    for name, pattern in {"MN": "MN=([^;]*);", "CN": "CN=([^;]*);", "at": "DataTime=([0-9]*)"}.items():
        frames[name] = frames.raw.str.extract(pattern, expand=False)
    return frames


def quality(known: list[str], ours: bool) -> list[Quality]:
    """The quality records of the sample file where these devices are registered."""
    with shared(FRAMES, ours=ours).open("rb") as lines:
        events = list(decode_lines(lines, Decoder()))
    fold = Fold(the_book(), "test.events.environment", 0, keyed=False)
    values = [*(register("air_source", mn) for mn in known), *events]
    return [out for out in fold.run((n, None, value) for n, value in enumerate(values)) if isinstance(out, Quality)]


def remarks(samples: pd.DataFrame) -> int:
    """How many devices sent a right frame with a CRC in lower case; none did so on two days."""
    right = samples[samples.crc_ok.astype(bool)]
    return right[right.raw.str[-4:].str.contains("[a-f]")].MN.nunique()


def test_frames_of_registered_devices(samples: pd.DataFrame, ours: bool) -> None:
    """DQ-09: 4 frames with a wrong CRC, 2 devices with a small CRC; DQ-04: 2 right frames with other data for a moment."""
    wrong = samples[~samples.crc_ok.astype(bool) | ~samples.len_ok.astype(bool)]
    right = samples.drop(wrong.index).dropna(subset=["at"])
    conflicts = right.duplicated(["MN", "CN", "at"]).sum()
    found = [record.rule for record in quality(sorted(set(samples.MN)), ours) if record.rule]
    assert (len(wrong), conflicts) == ((1, 1) if ours else (4, 2))
    told = len(wrong) + remarks(samples)
    assert remarks(samples) == (0 if ours else 2)
    assert (found.count("DQ-09"), found.count("DQ-04"), len(found)) == (told, conflicts, told + conflicts)


def test_codes_of_the_sample_that_no_table_has(samples: pd.DataFrame, ours: bool) -> None:
    """Codes that stand in the frames, but not in the table of factors, are told once each, however often they come."""
    told = [record.field.split(".")[3] for record in quality(sorted(set(samples.MN)), ours) if record.reason == "unknown-code"]
    assert len(told) == len(set(told))
    assert told or ours
    assert not set(told) & {*factors(), *(factor.old for factor in factors().values())}
    assert all(samples.raw.str.contains(code, regex=False).any() for code in told)


def test_frames_of_strangers(samples: pd.DataFrame, ours: bool) -> None:
    """DQ-08: a right frame of a device that nobody registered is told as a quality record, a wrong one still is DQ-09."""
    right = samples[samples.crc_ok.astype(bool)]
    found = quality([], ours)
    assert [record.rule for record in found].count("DQ-08") - remarks(samples) == len(right) == (4 if ours else 8)
    assert {record.subject for record in found if record.rule == "DQ-08"} == {""}, "whose name nobody knows is not told"


def test_the_record_of_a_bad_frame_says_whose_it_is_and_why(samples: pd.DataFrame, ours: bool) -> None:
    """Its message has the fault and the device; nothing else of the frame is in it, not even its checksums."""
    records = [record for record in quality([], ours) if record.rule == "DQ-09"]
    wrong = samples[~samples.crc_ok.astype(bool)]
    for record, (_, frame) in zip(records, wrong.iterrows(), strict=True):
        assert record.message.startswith("crc: ")
        assert frame.MN in record.message
        assert not any(part in record.message.replace(frame.MN, "") for part in (frame.crc, frame.crc_calc))
        assert record.type == "environment.bad_frame"


def test_an_hour_of_pollution_that_a_station_sends_afterwards_is_told() -> None:
    """HJ 633-2012: ozone of 250 µg/m³ in an hour is index 125, 轻度污染; 160 is told by nobody, nor is an hour of a source."""
    assert AIR_ITEMS == content.AIR_ITEMS
    at = parse_time("2025-06-01T09:00:00+08:00")
    for st, ozone, told in (("22", 250, ["index 125, 轻度污染"]), ("22", 160, []), ("31", 250, [])):
        revision = SourceRevision(of="source_hour", st=st, factors={"a05024": Factor(unit="µg/m³", avg=ozone, flag="N")})
        found = check_revision(revision, at)
        assert [row for row, _, _ in found] == [NOTHING_TO_JUDGE] * len(told)
        assert all(words in message for words, (_, _, message) in zip(told, found, strict=True))
