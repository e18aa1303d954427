"""The evidence case of one alert of a signed log in memory."""

from collections.abc import Mapping, Sequence

from agents.evidence.case import Files, Traced, case_files, newest_of, places, traced
from agents.evidence.command import rule_texts
from agents.evidence.instrument import Instrument, instrument
from streams.messages import HOUR, MINUTE, Place
from tests.support.events import START, act, clean, registered, tick
from tests.support.proofs.sealed import TOPIC, SealedLog
from tests.support.pure.alarm import BOOK, raised

ALERT = raised().id


def lived(name: str = "live", days: int = 1, **more: object) -> SealedLog:
    """A log with an alert on which two signed acts stand: three seals, two anchors, the second of which closes a day."""
    made = SealedLog(name, acts=True, **more)
    made.judge(registered(), tick(START), clean(START, o3=230))
    made.seal()
    made.judge(made.acted(act(ALERT, reason="已派人")), tick(START + MINUTE))
    made.seal()
    made.anchor()
    made.judge(tick(START + HOUR), made.acted(act(ALERT, verb="comment", id="2", reason="复查")), clean(START + HOUR, o3=260))
    made.seal()
    for day in range(1, days + 1):
        made.anchor(f"2026-06-{day + 1:02d}T00:00:30+08:00", day=f"2026-06-{day:02d}")
    return made


def found_in(made: SealedLog) -> Traced:
    """What the log says of the alert."""
    return traced(ALERT, made.roots.logid, made.read)


def files_of(made: SealedLog, stamps: Mapping[int, bytes] | None = None, kept: Sequence[int] = ()) -> Files:
    """The files of the case."""
    found = found_in(made)
    records = {place: made.records[place.offset] for place in places(found)}
    return case_files(found, records, instrument_in(made), rule_texts(found, [BOOK.text]), stamps or {}, kept)


def instrument_in(made: SealedLog) -> Instrument:
    """What the log says of the instrument behind the alert."""
    return instrument(newest_of(found_in(made)), ((Place(TOPIC, 0, n), value) for n, value in enumerate(made.records)))
