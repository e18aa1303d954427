"""What signs rest on beside facts is judged as the log was: by the rule books that it adopted."""

from pathlib import Path

from msgspec.structs import replace

from agents.rulebook.book_cache import text_bytes
from agents.rulebook.load import book_of
from agents.signs.book.read import sign_book
from agents.signs.book.sign import MeasureForm
from agents.signs.ground import ground_of_archive
from streams.archive import files
from streams.messages import Text, event_bytes, parse_time, tick_bytes
from tests.support.books import the_book

OFFICE = "petition_unit.t.410102.1"
TOLD = MeasureForm(measure="petition-told-in-time", undue=Text("甲", "A"))


def test_a_measure_is_counted_by_the_books_that_the_log_adopted(tmp_path: Path) -> None:
    """Told on the eighth day: in time within 15 days, late within the 5 of a book that the log adopted before."""
    rule = the_book().rules["petition-not-told"]
    specs = {name: {**found} for name, found in the_book().specs.items()}
    specs["service"]["petition-not-told"] = replace(rule, params={**rule.params, "within": "5 civil-days"})
    adopted = book_of(specs, the_book().clauses, the_book().departments)
    facts = [
        ("02T09:00:00", "service.registered", OFFICE, {"kind": "petition_unit", "name": Text("甲", "A"), "adcode": "410102"}),
        ("02T09:30:00", "book.adopted", "", {"book": adopted.hash, "by": "zhang", "reason": "试"}),
        ("02T10:00:00", "service.petition_step", OFFICE, {"petition": "XF1", "step": "received"}),
        ("10T10:00:00", "service.petition_step", OFFICE, {"petition": "XF1", "step": "told"}),
    ]
    chunk = files.Chunk(0)
    for n, (day, kind, subject, data) in enumerate(facts):
        time = f"2026-03-{day}+08:00"
        value = event_bytes(type=kind, source="t", id=str(n), time=time, subject=subject, data=data)
        chunk.add(2 * n, 0, None, tick_bytes(parse_time(time)))
        chunk.add(2 * n + 1, 0, subject.encode() or None, value)
    at = parse_time("2026-03-18T00:00:01+08:00")
    chunk.add(2 * len(facts), 0, None, tick_bytes(at))
    files.write(tmp_path, "t.events.service", 0, chunk)
    files.write_book(tmp_path, adopted.hash.encode(), text_bytes(adopted))
    book = {"petitions": replace(sign_book()["patched-in-time"], formula=TOLD)}
    (case,) = ground_of_archive(book, tmp_path, at).cases["petitions"]
    assert (case.adcode, case.good) == ("410102", False)
