"""`agents sign` over an archive, as a person types it."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from agents.measures.measure_command import main as measure
from agents.signs.command import main
from streams.archive import files
from streams.command import Trouble
from streams.messages import HOUR, MINUTE, event_bytes, format_time, parse_time
from tests.support.events import START
from tests.support.signed_log import SignedLog
from tests.unit.signs.facts import fact, registered, tick

AT = "2026-08-20T01:00:00+08:00"


def slow(site: str, minute: int) -> int:
    """The first probe of one site takes longer than 15 s."""
    return 20 if (site, minute) == ("a", 5) else 1


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An hour of two probed sites, one of which is slow once, and a log of the hotline that has come a minute further."""
    root = tmp_path_factory.mktemp("archive")
    begin = "2026-08-20T00:00:00+08:00"
    probes = [
        fact(
            "cyber.probe",
            site,
            f"2026-08-20T00:{minute:02}:00+08:00",
            f"{minute}",
            seconds=20 if (site, minute) == ("a", 5) else 1,
        )
        for minute in range(5, 60, 5)
        for site in ("a", "b")
    ]
    last = [fact("cyber.probe", site, AT, "60", seconds=1) for site in ("a", "b")]
    sites = [registered("cyber", "gov_site", site, begin) for site in ("a", "b")]
    calls = [registered("service", "hotline", "h", begin), fact("service.calls", "h", AT, answered=97, calls=200)]
    for domain, values in {
        "cyber": [*sites, *probes, *last, tick(AT)],
        "service": [*calls, tick("2026-08-20T01:01:00+08:00")],
    }.items():
        chunk = files.Chunk(0.0)
        for offset, value in enumerate(values):
            chunk.add(offset, 0, b"key", value)
        files.write(root, f"live.events.{domain}", 0, chunk)
    return root


def told(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[dict[str, object]]:
    """The lines that the command writes."""
    assert main(list(arguments)) == 0
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def test_signs_of_an_archive_at_the_moment_to_which_all_have_come(
    archive: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """23 of 24 probes within 15 s; 97 of 100 calls; and what nothing came of is grey."""
    found = {str(each["sign"]): each for each in told(capfdbinary, "show", "--archive", str(archive), "--area", "410100")}
    site = found["site-availability"]
    assert (site["at"], site["numerator"], site["valid"], site["due"], site["state"]) == (AT, 23, 24, 24, "ok")
    assert site["value"] == pytest.approx(100 * 23 / 24)
    assert (found["hotline-answered"]["value"], found["hotline-answered"]["coverage"]) == (97, 1)
    assert (found["city-air"]["value"], found["city-air"]["state"]) == (None, "na")


def test_a_figure_is_explained_by_its_records(archive: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Topic, partition and offset of each input; the slow one adds nothing to the numerator."""
    figure, *inputs = told(capfdbinary, "explain", "site-availability", "--archive", str(archive), "--area", "410105")
    assert figure["sign"] == "site-availability"
    assert len(inputs) == 24
    (slow,) = [each for each in inputs if each["numerator"] == 0]
    assert slow["time"] == "2026-08-20T00:05:00+08:00"
    assert slow["place"] == {"topic": "live.events.cyber", "partition": 0, "offset": 2}


def test_a_moment_to_which_a_partition_has_not_come_is_refused(archive: Path) -> None:
    """Its part would be missing unseen."""
    with pytest.raises(Trouble, match=r"live\.events\.cyber/0: no tick of 2026-08-20T01:01:00\+08:00 or later"):
        main(["show", "--archive", str(archive), "--at", "2026-08-20T01:01:00+08:00"])


def test_an_unknown_sign_and_an_empty_archive_are_refused(archive: Path, tmp_path: Path) -> None:
    """Errors say what to do."""
    with pytest.raises(Trouble, match="there is no sign 'none'"):
        main(["show", "none", "--archive", str(archive)])
    with pytest.raises(Trouble):
        main(["show", "--archive", str(tmp_path)])


def test_a_sign_says_what_its_measure_says(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """24 hours of one day, in shares that no float adds up exactly: the month's measure and the sign are one figure."""
    begin = parse_time("2026-08-20T00:00:00+08:00")
    hours = [format_time(begin + n * HOUR) for n in range(1, 25)]
    said = [fact("service.calls", "h", at, answered=90.1 + n * 0.3, calls=97 + 13 * n) for n, at in enumerate(hours)]
    chunk = files.Chunk(0.0)
    own = [registered("service", "hotline", "h", format_time(begin)), *said, tick(hours[-1])]
    for offset, value in enumerate(own):
        chunk.add(offset, 0, b"h", value)
    files.write(tmp_path, "live.events.service", 0, chunk)
    (sign,) = told(capfdbinary, "show", "hotline-answered", "--archive", str(tmp_path), "--at", hours[-1])
    assert measure(["show", "hotline-connected", "--archive", str(tmp_path)]) == 0
    (row,) = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    exact = sum(Fraction(str(round(90.1 + n * 0.3, 1))) * (97 + 13 * n) for n in range(24)) / 100
    calls = sum(97 + 13 * n for n in range(24))
    assert (sign["numerator"], sign["denominator"]) == (float(exact), calls)
    assert (row["count"], row["of"]) == (round(exact), calls)
    assert row["value"] == sign["value"]


def test_a_tick_that_is_not_the_clock_s_tells_no_time_in_an_opened_log(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Of a log that its roots opened the moment is that of the chain's newest tick, though one of 2099 stands after it."""
    signed, chunk = SignedLog(), files.Chunk(0.0)
    forged = event_bytes(type="clock.tick", source="clock", id="forged", time="2099-01-01T00:00:00+08:00")
    told = (*signed.start, signed.tick(START), signed.tick(START + MINUTE), forged)
    for offset, value in enumerate(told):
        chunk.add(offset, 0, None, value)
    files.write(tmp_path, "live.events.environment", 0, chunk)
    assert main(["explain", "city-air", "--archive", str(tmp_path)]) == 0
    (figure,) = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert (figure["at"], figure["state"]) == (format_time(START + MINUTE), "na")
