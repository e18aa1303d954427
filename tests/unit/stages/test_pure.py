"""Judging is a pure fold: while it goes on no file is opened, no directory read, no process started, nobody connected to."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import pytest

from agents.commands.holiday_notice import notice_bytes
from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.domains.environment import judges as environment
from agents.rulebook.book_cache import BookCache, text_bytes
from agents.rulebook.grouping import sound_grouping
from agents.rulebook.load import load_book
from fixtures.city import DEFAULT, beats
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.calendar.holidays import Notice, Span, read
from streams.catalogue import domains
from streams.gateways.timeline import Arrival
from streams.messages import ADOPTED, Adoption, Alert, Incident, Quarantine, event_bytes, format_time
from tests.support.events import Record, tick

OUTSIDE = ("open", "os.", "socket.", "subprocess.", "import", "glob.", "shutil.", "tempfile.")
"""How the audit events begin (docs.python.org/3/library/audit_events.html) by which anything of the machine is reached."""

HOURS = 10

_seen: list[str] | None = None


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(OUTSIDE):
        _seen.append(f"{event} {args[:1]}")


sys.addaudithook(_hook)  # for good: Python takes none away, so this one is quiet outside `watched`


@contextmanager
def watched() -> Iterator[list[str]]:
    """What is reached of the machine meanwhile."""
    global _seen  # noqa: PLW0603 - a hook has nothing else to write to
    _seen = found = []
    try:
        yield found
    finally:
        _seen = None


def _raises(*_: Any) -> Any:
    raise RuntimeError("broken")


def log(domain: str, adopted: str) -> list[Record]:
    """Ten hours of the lively city in one domain; a notice of holidays comes on the way, and another rule book is adopted."""
    mine = [beat for beat in beats(Air(1, load_scenario(DEFAULT)), HOURS) if isinstance(beat, int) or beat.domain == domain]
    ticks = [beat for beat in mine if isinstance(beat, int)]
    year = max(each.year for each in read().notices)
    known = next(each for each in read().notices if each.year == year)
    new = Notice(year, "another", (*known.off, Span("例", known.off[-1].last, known.off[-1].last)), known.work)
    at = ticks[len(ticks) // 2]
    adoption = Adoption(book=adopted, by="li", reason="例行更新")
    more = [
        notice_bytes(new, at),
        event_bytes(type=ADOPTED, source="adopt", id="1", time=format_time(at), data=adoption),
    ]
    found: list[tuple[bytes | None, bytes]] = []
    for beat in mine:
        found.append((beat.key, beat.value) if isinstance(beat, Arrival) else (None, tick(beat)))
        if beat == at:
            found += [(None, value) for value in more]
    return [(offset, key, value) for offset, (key, value) in enumerate(found)]


def test_the_watch_sees_a_file() -> None:
    """A file that is opened while the watch is on is told; one that is opened before or after it is not."""
    with watched() as found:
        assert read().notices
    assert any("holidays.toml" in each for each in found)
    number = len(found)
    read()
    assert len(found) == number


def test_judging_reaches_for_nothing() -> None:
    """All domains and their incidents, with judges that raise, a notice and an adoption on the way, and checkpoints between."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(environment.CHECKS, "air_hour", _raises)
        book = load_book()
        other = BookCache({book.hash: text_bytes(book)})
        other(book.hash)
        logs = {domain: log(domain, book.hash) for domain in domains()}
        folds = {domain: Fold(book, f"t.events.{domain}", 0, books=other) for domain in logs}
        incidents = Incidents(sound_grouping(book.rules), "t.events.incidents", 0)
        found: list[Output | Incident] = []
        with watched() as reached:
            for domain, fold in folds.items():
                for _, some in groupby(logs[domain], key=lambda record: record[0] // 700):
                    out = fold.run(some)
                    saved = fold.snapshot()
                    begin = incidents.position
                    told = revisions(out)
                    found += [*out, *incidents.run((begin + n, *each) for n, each in enumerate(told))]
                    incidents.snapshot()
                fold.statuses(1_000)
                assert saved
        assert reached == []
        kinds = {type(each) for each in found}
        assert {Alert, Quarantine, Incident} <= kinds
        assert all(fold.adopted == book.hash and fold.notices for fold in folds.values())
