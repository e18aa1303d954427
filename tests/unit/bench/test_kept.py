"""Figures of a run that leaves sections out: what was measured before stays, with its date."""

from pathlib import Path
from typing import Any

import msgspec

from tests.bench import report
from tests.benchscreen.__main__ import write
from tests.unit.bench.machine import MACHINE


def test_a_section_of_the_screen_that_is_left_out_stays_with_its_date(tmp_path: Path) -> None:
    """Paint was measured on the 1st, orders on the 2nd and again on the 3rd: both stand, paint as of the 1st, orders anew."""
    write(tmp_path, _found("1st", paint={"visits": 10}))
    write(tmp_path, _found("2nd", orders={"orders": 5}))
    write(tmp_path, _found("3rd", orders={"orders": 7}))
    read = msgspec.json.decode((tmp_path / "benchmarks-screen.json").read_bytes())
    assert (read["paint"], read["orders"], read["dates"]) == ({"visits": 10}, {"orders": 7}, {"paint": "1st"})
    page = (tmp_path / "benchmarks-screen.md").read_text("utf-8")
    assert page.count("Measured 1st, earlier than the rest.") == 1
    assert "2nd" not in page
    assert page.index("Measured 1st") > page.index("## First paint, warm")


def test_what_throughput_says_of_its_log_does_not_outlive_it(tmp_path: Path) -> None:
    """Mix and outputs are of the log of a run of throughput: a new one without them leaves none; another section does."""
    (tmp_path / "benchmarks.json").write_bytes(msgspec.json.encode(_found("1st", throughput=[], mix={"a": 1}, judge={})))
    assert "mix" not in report.merged(tmp_path, _found("2nd", throughput=[]))
    beside = report.merged(tmp_path, _found("2nd", judge={"x": 1}))
    assert (beside["mix"], beside["judge"], beside["dates"]) == ({"a": 1}, {"x": 1}, {"throughput": "1st"})


def _found(date: str, **sections: Any) -> dict[str, Any]:
    return {"machine": {**MACHINE, "date": date}} | sections
