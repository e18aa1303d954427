"""A folder into which others put files: each file once, as soon as it is whole, whatever is killed."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from streams.command import Trouble
from streams.gateways.drain import unpacked
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.pull import folder as watching
from streams.gateways.pull.folder import FolderReader, load_folder
from streams.gateways.pull.progress import Making, newest_step
from streams.gateways.pull.sources import readers_of
from streams.gateways.spool import Spool
from streams.messages import Name, parse_time

NOW = parse_time("2026-06-01T09:00:00+08:00")
SETTLED = NOW + 10_000

SOURCE = """
source = "cdc/fridges"
map = "maps"
folder = "drop"
files = "*.csv"
"""

MAPPING = """
title = "lifts"
domain = "special_equipment"
fact = "lift_state"
topic = "{site}/#"
subject = "lift"
station = ["{site}", "no"]
[time]
columns = ["at"]
[values]
running = { at = "run", as = "flag" }
"""


class Dropped:
    """The folder, and the gateway that watches it."""

    def __init__(self, folder: Path) -> None:
        self.drop, self._folder = folder / "drop", folder
        self.drop.mkdir()
        (folder / "maps").mkdir()
        (folder / "maps" / "lift.toml").write_text(MAPPING, "utf-8")
        (folder / "cdc.toml").write_text(SOURCE, "utf-8")

    def put(self, name: str, *numbers: int) -> Path:
        """A file with a row for each lift."""
        path = self.drop / name
        path.parent.mkdir(exist_ok=True)
        rows = [f"L{number},2026-06-01T08:00:00+08:00,1" for number in numbers]
        path.write_text("\n".join(["no,at,run", *rows, ""]), "utf-8")
        return path

    def reader(self, spool: Spool) -> FolderReader:
        """The reader, as the gateway makes it at a start."""
        refusals = Refusals("folder", Name("网关"), "410100", TellingLimit(frozenset()), "run")
        [reader] = readers_of("folder", [self._folder / "cdc.toml"], spool, Making(refusals), print)
        if step := newest_step(spool):
            reader.progress.resume(step)
        assert isinstance(reader, FolderReader)
        return reader

    def look(self, *moments: int) -> list[str]:
        """Start, look at these moments, end; the subjects of all events in the spool by then."""
        with Spool(self._folder / "spool") as spool:
            reader = self.reader(spool)
            for moment in moments:
                reader.read(moment, lambda: False)
        return [event["subject"] for event in self.events()]

    def events(self) -> list[dict[str, Any]]:
        """All events in the spool."""
        with Spool(self._folder / "spool") as spool:
            return [json.loads(each) for record in spool.read(0, 1_000) for each in unpacked(record.payload).events]


def lifts(*numbers: int, site: str = "a") -> list[str]:
    """Their subjects."""
    return [f"lift.{site}-L{number}" for number in numbers]


def test_a_file_is_taken_when_it_has_not_changed_for_a_while(tmp_path: Path) -> None:
    """Seen at 09:00:00 and grown at 09:00:05: it is taken ten seconds after that, whole, and once."""
    dropped = Dropped(tmp_path)
    dropped.put("a.csv", 1)
    with Spool(tmp_path / "spool") as spool:
        reader = dropped.reader(spool)
        reader.read(NOW, lambda: False)
        dropped.put("a.csv", 1, 2)
        reader.read(NOW + 5_000, lambda: False)
        reader.read(NOW + 14_000, lambda: False)
        assert reader.progress.rows == 0
        reader.read(NOW + 15_000, lambda: False)
        reader.read(NOW + 60_000, lambda: False)
    assert [event["subject"] for event in dropped.events()] == lifts(1, 2)


@pytest.mark.parametrize("name", ["a.csv.part", ".a.csv", "a.csv.filepart"])
def test_a_file_that_is_renamed_into_place_is_taken_at_once(tmp_path: Path, name: str) -> None:
    """While its name says that it is under way it is not looked into, however long it stands."""
    dropped = Dropped(tmp_path)
    path = dropped.put(name, 1)
    with Spool(tmp_path / "spool") as spool:
        reader = dropped.reader(spool)
        reader.read(NOW, lambda: False)
        reader.read(SETTLED, lambda: False)
        assert reader.progress.rows == 0
        path.rename(dropped.drop / "a.csv")
        reader.read(SETTLED + 1, lambda: False)
    assert [event["subject"] for event in dropped.events()] == lifts(1)


def test_a_file_is_known_again_by_what_it_holds(tmp_path: Path) -> None:
    """After a start, under another time and put there anew nothing of it comes again."""
    dropped = Dropped(tmp_path)
    path = dropped.put("a.csv", 1, 2)
    assert dropped.look(NOW, SETTLED) == lifts(1, 2)
    os.utime(path, (0, 0))
    (dropped.drop / "a2.csv").write_bytes(path.read_bytes())
    assert dropped.look(NOW, SETTLED) == lifts(1, 2)


def test_the_folder_below_says_what_the_file_does_not(tmp_path: Path) -> None:
    """The topic is the path without the ending: a site's folder, or its file."""
    dropped = Dropped(tmp_path)
    dropped.put("b/2026-06.csv", 1)
    dropped.put("c.csv", 2)
    assert sorted(dropped.look(NOW, SETTLED)) == [*lifts(1, site="b"), *lifts(2, site="c")]


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_kill_in_the_midst_of_a_file_costs_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """Killed behind the spool and before the note of the first, second or third part of a file: the rest comes, once."""
    dropped, notes = Dropped(tmp_path), 0
    dropped.put("a.csv", *range(7))
    monkeypatch.setattr(watching, "AT_ONCE", 2)

    def killed(path: Path, data: bytes) -> None:
        nonlocal notes
        notes += 1
        if notes == kept:
            raise KeyboardInterrupt
        path.write_bytes(data)

    with monkeypatch.context() as patched:
        patched.setattr(watching, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            dropped.look(NOW, SETTLED)
    assert len(dropped.events()) == 2 * kept
    assert dropped.look(NOW, SETTLED) == lifts(*range(7))


def test_what_cannot_be_read_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    """A row with a cell too many, one without a time, and a file that is no text at all."""
    dropped = Dropped(tmp_path)
    path = dropped.put("a.csv", 1)
    path.write_text(path.read_text("utf-8") + "L2,2026-06-01T08:00:00+08:00,1,x\nL3,gestern,1\n", "utf-8")
    (dropped.drop / "b.csv").write_bytes(b"\xff" * 400)
    dropped.look(NOW, SETTLED)
    reasons = [event["data"]["reason"] for event in dropped.events() if event["type"].endswith("refused_input")]
    assert reasons == ["bad-data", "bad-time", "bad-data"]
    assert [event["subject"] for event in dropped.events() if event["type"].endswith("lift_state")] == lifts(1)


def test_links_and_other_files_are_left(tmp_path: Path) -> None:
    """A link may lead anywhere; a file of another name is none of ours."""
    dropped = Dropped(tmp_path)
    outside = tmp_path / "outside.csv"
    outside.write_text("no,at,run\nL9,2026-06-01T08:00:00+08:00,1\n", "utf-8")
    (dropped.drop / "link.csv").symlink_to(outside)
    dropped.put("a.txt", 1)
    assert dropped.look(NOW, SETTLED) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    """And so is a length of time that is none."""
    dropped = Dropped(tmp_path)
    dropped.drop.rmdir()
    with pytest.raises(Trouble, match="no folder"):
        dropped.look(NOW)
    (tmp_path / "cdc.toml").write_text(SOURCE + 'settle = "soon"', "utf-8")
    with pytest.raises(Trouble, match="no duration"):
        load_folder(tmp_path / "cdc.toml")
