"""What two versions of the program made of the same events, as a page."""

from pathlib import Path

import pytest

from agents.offline.versions import counted, main, reasons
from streams.command import Trouble
from streams.messages import Alert, encode, parse_time
from tests.support.town import alert

NOW = parse_time("2026-11-24T14:32:00+08:00")
REVIEW = """
| Rule | Clause | Changed |
|---|---|---|
| `gas-hourly` | `gb` | limit of the text |
"""


def written(path: Path, *alerts: Alert) -> Path:
    """What `agents judge --only alerts` writes of these."""
    path.write_bytes(b"".join(encode({"topic": "t.alerts", "key": each.id, "value": each}) + b"\n" for each in alerts))
    return path


def test_what_went_and_what_came_is_counted_by_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One alert is the same in both, one is worse, one is gone, one is new: each in its column, with the reason beside."""
    same, worse, gone, new = (alert("t", n, NOW, rule="gas-hourly", subject=f"s{n}", severity="yellow") for n in range(4))
    red = alert("t", 1, NOW, rule="gas-hourly", subject="s1", severity="red")
    other = alert("t", 9, NOW, rule="flat-line", subject="s9")
    before = written(tmp_path / "before", same, worse, gone, other)
    after = written(tmp_path / "after", same, red, new, other)
    found = counted(before, after)[same.domain, "gas-hourly"]
    assert (found.before, found.after, found.lost, found.raised, found.severity) == (3, 3, 1, 1, 1)
    review = tmp_path / "review.md"
    review.write_text(REVIEW, "utf-8")
    assert main([str(before), str(after), "--review", str(review)]) == 0
    said = capsys.readouterr().out
    assert "| `gas-hourly` | 3 | 3 | 1 | 1 |  |  | 1 | limit of the text |" in said
    assert "The same in both: `flat-line`." in said


def test_a_line_that_is_no_alert_is_named(tmp_path: Path) -> None:
    """File and line, and what to give instead."""
    bad = tmp_path / "bad"
    bad.write_text("[]\n", "utf-8")
    with pytest.raises(Trouble, match="bad:1: no alert: give what"):
        counted(bad, bad)


def test_the_reasons_are_those_of_the_review() -> None:
    """The cell of the column `Changed` by rule; a table without such a column gives none."""
    assert reasons(REVIEW) == {"gas-hourly": "limit of the text"}
    assert reasons("| Rule |\n|---|\n| `x` |\n") == {}
