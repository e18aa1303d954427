"""A table of another's database read on: no row lost, none twice, whatever comes late, ties, or kills the gateway."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.command import Trouble
from streams.gateways.pull import progress as progressing
from streams.gateways.pull import watermark
from streams.gateways.pull.database import DIALECTS, pages
from streams.gateways.pull.progress import Away, newest_step
from streams.gateways.pull.secret import secret
from streams.gateways.pull.table import load_table
from streams.gateways.pull.watermark import ReadState, TooMany, Watermark
from streams.gateways.spool import Spool, SpoolFull
from tests.support.gateways.tables import NOW, SOURCE, LiftTable


def names(*numbers: int) -> list[str]:
    """The subjects of lifts."""
    return [f"lift.410100.L{number:03d}" for number in numbers]


def test_rows_become_events_by_the_mapping(tmp_path: Path) -> None:
    """A row is the event of its mapping, with the source of its file."""
    table = LiftTable(tmp_path)
    table.state(1, 7, door="1")
    [event] = table.read()
    assert (event["type"], event["source"], event["subject"]) == (
        "special_equipment.lift_state",
        "amr/lifts",
        "lift.410100.L007",
    )
    assert event["time"] == "2026-06-01T08:00:00+08:00"
    assert event["data"] == {"running": True, "door": "open"}


def test_a_table_of_several_pages_is_read_once_and_in_order(tmp_path: Path) -> None:
    """Pages of three rows: ten rows come once, in the order of the watermark, and again nothing comes of them."""
    table = LiftTable(tmp_path)
    for number in range(10):
        table.state(number, number)
    table.read()
    assert table.subjects() == names(*range(10))
    table.read()
    assert table.subjects() == names(*range(10))


def test_rows_of_one_watermark_are_all_read(tmp_path: Path) -> None:
    """Eight rows with one watermark, more than a page; then two more with it, before and behind them in the key's order."""
    table = LiftTable(tmp_path, SOURCE.replace("overlap = 10", "overlap = 0"))
    for number in range(1, 9):
        table.state(5, number)
    table.read()
    table.state(5, 0)
    table.state(5, 9)
    table.read()
    assert table.subjects() == names(*range(1, 9), 0, 9)


def test_a_late_row_within_the_overlap_is_read_and_no_other_again(tmp_path: Path) -> None:
    """A transaction that ends late brings watermark 95 after 100 was read: overlap 10 finds it, and 80 is behind it."""
    table = LiftTable(tmp_path)
    for changed in (90, 95, 100):
        table.state(changed, changed)
    table.read()
    table.state(95, 1)
    table.state(80, 2)
    table.read()
    assert table.subjects() == names(90, 95, 100, 1)


def test_a_row_that_was_changed_comes_again(tmp_path: Path) -> None:
    """The same lift with a newer watermark and another state is another event."""
    table = LiftTable(tmp_path)
    table.state(1, 7)
    table.read()
    table.state(2, 7, second=30, door="1")
    table.read()
    assert [event["data"]["door"] for event in table.events()] == ["closed", "open"]


def test_a_kill_between_spool_and_note_costs_nothing_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are in the spool, their step is not noted: the next start finds it in the spool's last record."""
    table = LiftTable(tmp_path)
    for number in range(5):
        table.state(number, number)

    def killed(path: Path, data: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(progressing, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            table.read()
    assert table.subjects() == names(0, 1, 2)
    table.read()
    assert table.subjects() == names(*range(5))


def test_a_full_spool_stops_the_reading_and_loses_nothing(tmp_path: Path) -> None:
    """Where there is no room no row counts as read; with room they come."""
    table = LiftTable(tmp_path)
    for number in range(5):
        table.state(number, number)
    with Spool(tmp_path / "spool", most=600) as spool:
        reader = table.reader(spool)
        with pytest.raises(SpoolFull):
            reader.read(NOW, lambda: False)
        assert newest_step(spool) is None
    table.read()
    assert table.subjects() == names(*range(5))


def test_stopped_between_two_pages_it_goes_on_there(tmp_path: Path) -> None:
    """Told to stop after the first page, it reads the others after the next start."""
    table = LiftTable(tmp_path)
    for number in range(7):
        table.state(number, number)
    table.read([False, True])
    assert table.subjects() == names(0, 1, 2)
    table.read()
    assert table.subjects() == names(*range(7))


def test_a_row_of_which_no_event_can_be_made_is_told(tmp_path: Path) -> None:
    """No lift's number, an unreadable time, an unknown code: the first two are refused, the third is left out; others stand."""
    table = LiftTable(tmp_path)
    table.insert((1, "", "2026-06-01 08:00:00", 1, "0"), (2, "L2", "gestern", 1, "0"), (3, "L3", "2026-06-01 08:00:00", 1, "9"))
    events = table.read()
    kinds = [event["type"].partition(".")[2] for event in events]
    assert kinds == ["registered", "refused_input", "refused_input", "lift_state", "field_note"]
    assert [event["data"]["reason"] for event in events if event["type"].endswith("refused_input")] == ["bad-data", "bad-time"]
    assert "gestern" not in str(events)


def test_rows_without_a_place_in_the_order_are_told(tmp_path: Path) -> None:
    """A row without watermark or key has no place: it is not read, and said once an hour."""
    table = LiftTable(tmp_path)
    table.insert((None, "L1", "2026-06-01 08:00:00", 1, "0"))
    table.state(1, 2)
    table.read()
    assert table.subjects() == names(2)
    assert len(table.said) == 1


def test_a_key_that_tells_no_rows_apart_is_refused(tmp_path: Path) -> None:
    """Two rows of one watermark and key: at the end of a page one would be lost, so nothing is read until the key is right."""
    table = LiftTable(tmp_path)
    table.state(1, 7)
    table.state(1, 7, second=30)
    with pytest.raises(Trouble, match="does not tell two rows apart"):
        table.read()


def test_the_other_system_is_not_written(tmp_path: Path) -> None:
    """A query that writes fails: the session is read only."""
    table = LiftTable(tmp_path)
    table.state(1, 1)
    base = sqlite3.connect(f"file:{tmp_path / 'lifts.db'}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        base.execute("DELETE FROM lift_state")
    base.close()
    source = SOURCE.replace('table = "lift_state"', 'query = "DELETE FROM lift_state"')
    (tmp_path / "amr.toml").write_text(source, "utf-8")
    with pytest.raises(Away):
        table.read()


def test_a_table_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    """A table that does not exist is no crash."""
    table = LiftTable(tmp_path, SOURCE.replace("lift_state", "no_such_table"))
    with pytest.raises(Away, match="no such table"):
        table.read()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('password = "x"', "unknown field `password`"),
        ('query = "SELECT 1"', "give either `table`"),
        ('every = "soon"', "no duration"),
    ],
)
def test_a_source_that_cannot_be_is_told_at_start(tmp_path: Path, change: str, said: str) -> None:
    """A password in the file, two tables, no length of time: each is said."""
    LiftTable(tmp_path, SOURCE + change)
    with pytest.raises(Trouble, match=said):
        load_table(tmp_path / "amr.toml")


def test_a_password_is_read_of_a_file_of_mode_600_or_the_environment(tmp_path: Path) -> None:
    """A file that others may read is refused; a variable that is not set too."""
    file = tmp_path / "p"
    file.write_text("geheim\nx", "utf-8")
    file.chmod(0o640)
    with pytest.raises(Trouble, match="mode 640"):
        secret("p", "", tmp_path)
    file.chmod(0o600)
    assert secret("p", "", tmp_path) == "geheim"
    assert secret("", "PW", tmp_path, {"PW": "geheim"}) == "geheim"
    with pytest.raises(Trouble, match="PW"):
        secret("", "PW", tmp_path, {})


def test_names_of_columns_are_quoted() -> None:
    """A column's name with the quotation mark in it ends no name."""
    statement, _ = pages(DIALECTS["mysql"], "t", "a`b", ["c"], 1)(None, None)
    assert "`a``b`" in statement


def test_an_overlap_of_too_many_rows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows within the overlap than are remembered: it is said, not forgotten."""
    monkeypatch.setattr(watermark, "MOST_KNOWN", 2)
    table = Watermark("t", 10, ReadState())
    rows = [(number, {"n": number}) for number in range(3)]
    with pytest.raises(TooMany):
        table.take(table.step(rows, 2))


BEGIN = datetime(2026, 6, 1, 8)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=12), max_size=5))
def test_every_row_that_is_not_too_late_is_given_once(batches: list[list[tuple[int, int]]]) -> None:
    """Rows come in batches, in any order, at most the overlap behind what was read: each distinct one is given exactly once."""
    table, overlap = Watermark("t", 10_000, ReadState()), timedelta(seconds=10)
    there: list[tuple[datetime, dict[str, int]]] = []
    given_out: list[tuple[datetime, int]] = []
    newest = None
    for batch in batches:
        rows = [(BEGIN + timedelta(seconds=second), {"n": number, "s": second}) for second, number in batch]
        there += [row for row in rows if newest is None or row[0] >= newest - overlap]
        begin = table.begin
        page = sorted((row for row in there if begin is None or row[0] >= begin), key=lambda row: (row[0], row[1]["n"]))  # type: ignore[operator]
        if page:
            new = table.new(page)
            given_out += [
                (BEGIN + timedelta(seconds=row["s"]), row["n"]) for row in {tuple(r.items()): r for r in new}.values()
            ]
            table.take(table.step(page, page[-1][0]))
            newest = max(at for at, _ in there)
        table = Watermark("t", 10_000, table.state)
    assert sorted(given_out) == sorted({(at, row["n"]) for at, row in there})
