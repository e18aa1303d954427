"""A table of another's, in SQLite, and the gateway that reads it without Kafka."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from streams.gateways.drain import unpacked
from streams.gateways.foreign.engine import Origin
from streams.gateways.intake.limit import TellingLimit
from streams.gateways.intake.refusals import Refusals
from streams.gateways.pull.progress import ReadProgress, by_mappings, newest_step
from streams.gateways.pull.sql import TableReader
from streams.gateways.pull.table import load_table
from streams.gateways.spool import Spool
from streams.messages import Name, parse_time

NOW = parse_time("2026-06-01T09:00:00+08:00")

LIFTS = """
title = "states of lifts"
domain = "special_equipment"
fact = "lift_state"
subject = "lift"
region = "410100"
station = "lift_no"
[time]
columns = ["seen_at"]
format = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
[values]
running = { at = "running", as = "flag" }
door = { at = "door", words = { "0" = "closed", "1" = "open" } }
"""

SOURCE = """
source = "amr/lifts"
map = "lifts.toml"
driver = "sqlite"
database = "lifts.db"
table = "lift_state"
watermark = "changed"
key = ["lift_no"]
overlap = 10
rows = 3
"""

Columns = tuple[int | None, str | None, str, int, str]
"""changed, lift_no, seen_at, running, door."""


class LiftTable:
    """The table, a source that reads it, and its spool; everything in one folder."""

    def __init__(self, folder: Path, source: str = SOURCE, mapping: str = LIFTS) -> None:
        self.folder = folder
        (folder / "lifts.toml").write_text(mapping, "utf-8")
        (folder / "amr.toml").write_text(source, "utf-8")
        self._base = sqlite3.connect(folder / "lifts.db")
        self._base.execute("CREATE TABLE lift_state (changed, lift_no, seen_at, running, door)")
        self.said: list[str] = []

    def insert(self, *rows: Columns) -> None:
        """Rows as the other system writes them."""
        self._base.executemany("INSERT INTO lift_state VALUES (?, ?, ?, ?, ?)", rows)
        self._base.commit()

    def state(self, changed: int, number: int, second: int = 0, door: str = "0") -> None:
        """One row of a lift."""
        self.insert((changed, f"L{number:03d}", f"2026-06-01 08:00:{second:02d}", 1, door))

    def reader(self, spool: Spool) -> TableReader:
        """The reader, as the gateway makes it at a start."""
        plan = load_table(self.folder / "amr.toml")
        refusals = Refusals("sql", Name("网关"), "410100", TellingLimit(frozenset()), "run")
        make = by_mappings(plan.mappings, Origin(source=plan.source.source, now=0), refusals)
        reader = TableReader(plan, ReadProgress(plan.name, plan.source.behind, spool, make), self.said.append)
        if step := newest_step(spool):
            reader.progress.resume(step)
        return reader

    def read(self, stopped: Sequence[bool] = ()) -> list[dict[str, Any]]:
        """Start, read on, end; all events that the spool has by then."""
        waits = iter(stopped)
        with Spool(self.folder / "spool") as spool:
            reader = self.reader(spool)
            try:
                reader.read(NOW, lambda: next(waits, False))
            finally:
                reader.close()
        return self.events()

    def events(self) -> list[dict[str, Any]]:
        """All events in the spool."""
        with Spool(self.folder / "spool") as spool:
            records = spool.read(0, 10_000)
        return [json.loads(each) for record in records for each in unpacked(record.payload).events]

    def subjects(self) -> list[str]:
        """The subjects of the facts in the spool."""
        return [event["subject"] for event in self.events() if event["type"] == "special_equipment.lift_state"]
