"""The rule book changes as an event of the log: from one record on, for what concerns it, and a replay does the same."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import law
from agents.commands.adoption import adoption_bytes
from agents.commands.holiday_notice import notice_bytes
from agents.core.alerts.adopt import goes_on
from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book, BookError
from agents.core.rules.rule import RuleSpec
from agents.offline.judge import judge_archive, judge_lines
from agents.offline.whatif import compare
from agents.rulebook.book_cache import BookCache, compiled, read_text, text_bytes
from agents.rulebook.load import book_of
from agents.stages import Basis
from agents.worker.books import judge_in_parts
from streams.archive import files as archive_files
from streams.calendar.holidays import Notice, Span
from streams.catalogue import domains
from streams.messages import (
    DAY,
    HOUR,
    MINUTE,
    Adoption,
    Alert,
    Audit,
    Quality,
    Quarantine,
    digest,
    encode,
    event_bytes,
    format_time,
)
from tests.support.books import the_book
from tests.support.events import START, STATION, Record, act, clean, records, registered, tick
from tests.support.pure.holiday import ACCEPTED, NOTICE, OFFICE, REMINDED
from tests.support.pure.raising import book as raising

TOPIC = "live.events.environment"
CLAUSES, DEPARTMENTS = law.clauses(), law.departments()


def rule(judge: str, params: dict[str, Any], **fields: Any) -> RuleSpec:
    """A rule about ozone."""
    words = {"zh": "例", "en": "Example"}
    spec = {"row": "ENV-I99", "title": words, "clause": "gb3095-gas-1h", "phase": "in-process", "severity": "yellow"}
    spec |= {"on": ["air_hour"], "judge": judge, "department": "zz-ee", "guidance": words, "items": ["o3"], "with": params}
    return msgspec.convert(spec | fields, RuleSpec)


def book(**rules: RuleSpec) -> Book:
    """A book of rules of the environment."""
    return book_of({"environment": rules}, CLAUSES, DEPARTMENTS)


FLAT = rule("flatline", {"samples": 3})
SILENT = rule("missing", {"after": "2h"}, items=[])
HIGH = rule("limit", {"limit": 150})
LOWER = rule("limit", {"limit": 120})
STEADY = rule("limit", {"limit": 30}, items=["no2"])

OLD = book(high=HIGH, flat=FLAT, steady=STEADY)
NEW = book(high=LOWER, flat=FLAT, steady=STEADY, silent=SILENT)
LESS = book(flat=FLAT, steady=STEADY)


def cache(*books: Book) -> BookCache:
    """A cache with the texts of these books."""
    return BookCache({each.hash: text_bytes(each) for each in books})


SHELF = cache(OLD, NEW, LESS)


def adopted(which: Book | str, at: int = START, by: str = "zhang") -> bytes:
    """The event that adopts a book, or a hash."""
    hash_ = which if isinstance(which, str) else which.hash
    return adoption_bytes(Adoption(book=hash_, by=by, reason="新标准"), at)


def keyed(values: Iterable[bytes], subject: str = STATION, start: int = 0) -> list[Record]:
    """A log: facts and acts under the subject's key, the rest without one."""
    of_all = (b'"type":"clock.', b'"type":"book.', b'"type":"calendar.')
    return [
        (offset, None if any(kind in value for kind in of_all) else key, value)
        for offset, key, value in records(values, subject, start)
    ]


def run(*values: bytes, start: Book = OLD) -> tuple[Fold, list[Output]]:
    """A fold after these events of the station, and what came out."""
    fold = Fold(start, TOPIC, 0, books=SHELF)
    return fold, fold.run(keyed(values))


def hours(*ozone: float, first: int = 1) -> list[bytes]:
    """Hours of the station with these values, and a tick before each."""
    times = [START + n * HOUR for n in range(first, first + len(ozone))]
    return [value for at, o3 in zip(times, ozone, strict=True) for value in (tick(at), clean(at, o3=o3, no2=80))]


def alerts(out: Iterable[Output], name: str) -> list[Alert]:
    """The revisions of a rule's alerts."""
    return [each for each in out if isinstance(each, Alert) and each.rule == name]


def test_a_changed_limit_is_judged_from_that_record_on() -> None:
    """130 is no alert while the limit is 150, and one behind the event that brings 120; the alert pins the new version."""
    values = [registered(), *hours(130), adopted(NEW), *hours(130, first=2)]
    _, out = run(*values)
    (raised,) = alerts(out, "high")
    assert (raised.place.offset, raised.value, raised.limit) == (len(values) - 1, 130, 120)
    assert raised.rule_version == NEW.bounds["high/o3"].rule.version != OLD.bounds["high/o3"].rule.version


def test_what_does_not_concern_a_rule_leaves_it_alone() -> None:
    """The alerts of rules that mean the same equal, byte for byte, those of a log without the event."""
    before, after = [registered(), *hours(60, 60)], hours(60, 60, 80, first=3)
    _, out = run(*before, adopted(NEW), *after)
    _, without = run(*before, tick(START), *after)
    assert [encode(each) for name in ("flat", "steady") for each in alerts(out, name)] == [
        encode(each) for name in ("flat", "steady") for each in alerts(without, name)
    ]
    assert [each.state for each in alerts(out, "flat")] == ["B", "D"]


def test_memory_goes_on_where_only_numbers_change() -> None:
    """Two readings in a row above the limit, one of them before the event: the count goes on."""
    twice = {"limit": 150, "open_after": 2}
    old, new = book(high=rule("limit", twice)), book(high=rule("limit", twice | {"limit": 140}))
    fold = Fold(old, TOPIC, 0, books=cache(new))
    out = fold.run(keyed([registered(), *hours(160), adopted(new), *hours(145, first=2)]))
    (raised,) = alerts(out, "high")
    assert raised.opened_at == format_time(START + HOUR)


def test_an_open_alert_keeps_the_version_that_raised_it() -> None:
    """Nothing at the event; the next finding revises the same alert by the new limit, and the trail says so, once."""
    fold, out = run(registered(), *hours(160))
    (raised,) = alerts(out, "high")
    assert fold.run(keyed([adopted(NEW)], start=fold.position)) == []
    later = fold.run(keyed(hours(155, 156, first=2), start=fold.position))
    revised, _ = alerts(later, "high")
    assert (revised.id, revised.occurrence, revised.limit) == (raised.id, 1, 120)
    new = NEW.bounds["high/o3"].rule.version
    assert (revised.rule_version, revised.judged_by) == (raised.rule_version, new)
    assert (revised.clause, revised.title) == (raised.clause, raised.title)
    (entry,) = [each for each in later if isinstance(each, Audit)]
    assert entry.event == "rule"
    assert raised.rule_version in entry.reason
    assert new in entry.reason
    assert (entry.prev, entry.hash) == (raised.head, digest(entry))


def test_a_new_occurrence_carries_the_version_that_raises_it() -> None:
    """Back to normal and above the new limit behind the event: the alert is raised again, by the new rule."""
    fold, out = run(registered(), *hours(160))
    (raised,) = alerts(out, "high")
    later = fold.run(keyed([adopted(NEW), *hours(100, 130, first=2)], start=fold.position))
    _, again = alerts(later, "high")
    assert (again.id, again.state, again.occurrence) == (raised.id, "B", 2)
    assert (again.rule_version, again.judged_by) == (NEW.bounds["high/o3"].rule.version, "")


def test_an_alert_that_ends_keeps_the_version_that_raised_it() -> None:
    """Acknowledged before, back to normal behind the event: it ends with the version that raised it."""
    fold, out = run(registered(), *hours(160))
    (raised,) = alerts(out, "high")
    ended = fold.run(keyed([act(raised.id), adopted(NEW), *hours(100, first=2)], start=fold.position))
    assert [(each.state, each.rule_version) for each in alerts(ended, "high")] == [
        ("C", raised.rule_version),
        ("A", raised.rule_version),
    ]


@pytest.mark.parametrize(("acknowledged", "state"), [(False, "D"), (True, "A")])
def test_a_withdrawn_rule_ends_its_alert_and_the_trail_says_why(acknowledged: bool, state: str) -> None:
    """Unacknowledged, it returns to normal and waits for a person; acknowledged, it ends. Both with book, person and reason."""
    fold, out = run(registered(), *hours(160))
    (raised,) = alerts(out, "high")
    fold.run(keyed([act(raised.id)] if acknowledged else [], start=fold.position))
    ended = fold.run(keyed([adopted(LESS)], start=fold.position))
    (alert,) = alerts(ended, "high")
    (entry,) = [each for each in ended if isinstance(each, Audit)]
    assert (alert.id, alert.state, alert.active, alert.rule_version) == (raised.id, state, False, raised.rule_version)
    assert (entry.event, entry.reason) == ("clear", f"rule withdrawn: rule book {LESS.hash} (zhang: 新标准)")
    assert entry.hash == digest(entry)
    assert "high/o3" not in fold.subjects[STATION].memory
    assert alerts(fold.run(keyed(hours(500, first=2), start=fold.position)), "high") == []


@pytest.mark.parametrize("said", [START - 400 * DAY, START + 400 * DAY])
def test_an_adoption_takes_effect_at_the_time_of_the_log(said: int) -> None:
    """Dated back or ahead in a log that was never opened: the alert ends when the adoption stands in the log, no other time."""
    fold, out = run(registered(), *hours(160))
    (raised,) = alerts(out, "high")
    (ended,) = alerts(fold.run(keyed([adopted(LESS, said)], start=fold.position)), "high")
    assert ended.cleared_at == ended.changed_at == format_time(START + HOUR)
    assert raised.raised_at == format_time(START + HOUR)


def test_a_rule_that_is_another_one_now_begins_anew() -> None:
    """Another judge under the same id: the old alert returns to normal at the event, the new rule judges what comes."""
    new = book(high=rule("rate", {"limit": 60, "per": "1h"}))
    fold = Fold(OLD, TOPIC, 0, books=cache(new))
    out = fold.run(keyed([registered(), *hours(160), adopted(new), *hours(160, 230, first=2)]))
    assert [(each.state, each.value) for each in alerts(out, "high")] == [("B", 160), ("D", 160), ("B", 70)]
    trail = [(each.event, each.reason) for each in out if isinstance(each, Audit) and each.alert == alerts(out, "high")[0].id]
    assert [event for event, _ in trail] == ["raise", "clear", "rule", "re-alarm"]
    assert trail[1][1].startswith("rule replaced by another of its name: ")


def test_a_rule_that_no_longer_concerns_a_subject_ends_its_alert() -> None:
    """The rule is for another kind of subject now."""
    new = book(high=rule("limit", {"limit": 150}, subjects=["other_station"]))
    out = Fold(OLD, TOPIC, 0, books=cache(new)).run(keyed([registered(), *hours(160), adopted(new), *hours(170, first=2)]))
    assert [each.state for each in alerts(out, "high")] == ["B", "D"]


def test_time_runs_by_a_new_rule_at_once() -> None:
    """A rule about silence that comes in with the book counts from the newest hour, which came before it."""
    fold, _ = run(registered(), *hours(50), adopted(NEW))
    quiet = fold.run(keyed([tick(START + 3 * HOUR), tick(START + 3 * HOUR + MINUTE)], start=fold.position))
    (alert,) = alerts(quiet, "silent")
    assert alert.opened_at == format_time(START + 3 * HOUR)


def test_an_unknown_book_is_a_quality_record_and_the_old_one_goes_on() -> None:
    """The record names the hash and its field; what comes after is judged as before."""
    fold, out = run(registered(), adopted("f" * 32), *hours(130, 160))
    (refused,) = [each for each in out if isinstance(each, Quality)]
    assert (refused.reason, refused.field, refused.owner, refused.place.offset) == (
        "unusable-book",
        "$.data.book",
        "zz-data",
        1,
    )
    assert "python -m agents rules adopt" in refused.message
    assert [each.value for each in alerts(out, "high")] == [160]
    assert fold.adopted is None


def test_a_log_without_texts_says_so() -> None:
    """A plain file has no rule books beside it."""
    (refused,) = Fold(OLD, TOPIC, 0).run(keyed([adopted(NEW)]))
    assert isinstance(refused, Quality)
    assert (refused.reason, NEW.hash in refused.message) == ("unusable-book", False)


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        (adopted(NEW), STATION.encode(), "key-mismatch"),
        (
            event_bytes(type="book.adopted", source="t", id="1", time=format_time(START), data={"book": 7}),
            None,
            "malformed-data",
        ),
        (event_bytes(type="book.adopted", source="t", id="1", time="now", data={"book": "a", "by": "b"}), None, "bad-time"),
    ],
    ids=["a key", "no hash", "no time"],
)
def test_a_wrong_event_is_refused(value: bytes, key: bytes | None, reason: str) -> None:
    """An adoption that is not as it must be changes nothing."""
    fold = Fold(OLD, TOPIC, 0, books=SHELF)
    (refused,) = fold.run([(0, key, value)])
    assert isinstance(refused, Quality)
    assert (refused.reason, fold.book is OLD) == (reason, True)


def test_the_same_book_again_changes_nothing() -> None:
    """A second event for the same book gives nothing, and neither does one for the book that the fold began with."""
    values = [registered(), *hours(160, 60, 60), adopted(NEW)]
    fold, _ = run(*values)
    state = encode(fold.subjects)
    assert fold.run(keyed([adopted(NEW, START + HOUR, "li")], start=fold.position)) == []
    assert encode(fold.subjects) == state
    first, _ = run(*values[:-1])
    state = encode(first.subjects)
    assert first.run(keyed([adopted(OLD)], start=first.position)) == []
    assert (encode(first.subjects), first.adopted) == (state, OLD.hash)


def test_a_hold_of_a_withdrawn_rule_ends() -> None:
    """The record says so, and the oversight alert returns to normal with the rule's own."""
    broken, without = raising("limit", "read"), raising("limit", own=False)
    fold = Fold(broken, TOPIC, 0, books=cache(without))
    out = fold.run(keyed([registered(), *hours(200, 13, 60)]))
    assert [each.state for each in out if isinstance(each, Quarantine)] == ["held", "held"]
    ended = fold.run(keyed([adopted(without)], start=fold.position))
    assert [(each.state, each.waiting) for each in ended if isinstance(each, Quarantine)] == [("withdrawn", 2)]
    assert [(each.rule, each.state) for each in ended if isinstance(each, Alert)] == [("rule-failed", "D"), ("own", "D")]
    assert fold.subjects[STATION].held is None


def test_holidays_that_came_before_hold_in_the_adopted_book() -> None:
    """A notice, then another book, then an application: its deadline is the same as with the notice behind the book."""
    real = the_book()
    other = book_of(
        {name: {k: v for k, v in rules.items() if k != "gas-hourly"} for name, rules in real.specs.items()},
        real.clauses,
        real.departments,
    )
    assert other.hash != real.hash
    registration = event_bytes(
        type="service.registered",
        source="t",
        id="r",
        time=format_time(ACCEPTED - 1000),
        subject=OFFICE,
        data={"kind": "licence_office", "name": {"zh": "大厅"}, "adcode": "410102"},
    )
    accepted = event_bytes(
        type="service.application_step",
        source="t",
        id="a",
        time=format_time(ACCEPTED),
        subject=OFFICE,
        data={"application": "A1", "step": "accepted"},
    )
    notice, adoption = notice_bytes(NOTICE, ACCEPTED), adopted(other, ACCEPTED)
    found = []
    for order in ([notice, adoption], [adoption, notice]):
        fold = Fold(real, "live.events.service", 0, books=cache(other))
        out = fold.run(keyed([registration, *order, accepted, tick(REMINDED)], OFFICE))
        assert fold.book.hash == other.hash
        found.append([(each.due, each.provisional) for each in alerts(out, "licence-undecided")])
    assert found[0] == found[1] != []
    assert not found[0][0][1]


def test_deadlines_of_a_changed_rule_are_reckoned_anew() -> None:
    """Twelve hours to give a reason become six: what began eight hours before the event is overdue with it."""

    def duty(within: str) -> Book:
        params = {"starts": {"kind": "air_hour", "where": {"minutes": 0}}, "done": {"kind": "gap_reason"}, "within": within}
        return book(duty=rule("duty", params, items=[], on=["air_hour", "gap_reason"]))

    old, new = duty("12h"), duty("6h")
    began = [registered(), tick(START), clean(START, minutes=0), tick(START + 8 * HOUR)]
    fold = Fold(old, TOPIC, 0, books=cache(new))
    assert alerts(fold.run(keyed(began)), "duty") == []
    (overdue,) = alerts(fold.run(keyed([adopted(new)], start=fold.position)), "duty")
    assert (overdue.state, overdue.due) == ("B", format_time(START + 6 * HOUR))


LOG = keyed(
    [
        registered(),
        *hours(160, 60, 60),
        adopted(NEW),
        *hours(60, 130, 130, first=4),
        adopted("0" * 32),
        notice_bytes(Notice(2027, "t", (Span("元旦", NOTICE.off[0].first, NOTICE.off[0].last),), ()), START),
        adopted(LESS),
        *hours(200, 50, first=7),
        adopted(NEW),
        *hours(200, first=9),
        tick(START + 20 * HOUR),
    ]
)
WHOLE = [encode(each) for each in Fold(OLD, TOPIC, 0, books=SHELF).run(LOG)]


@given(cuts=st.lists(st.integers(0, len(LOG)), max_size=5), back=st.integers(0, 8))
def test_a_restart_anywhere_changes_nothing(cuts: list[int], back: int) -> None:
    """Cut anywhere and restored, records read again: the same bytes, even where the worker's own files are of another book."""
    checkpoint: list[tuple[bytes, bytes | None]] = []
    out: list[Output] = []
    for begin, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(LOG)], strict=True):
        fold = Fold(OLD if begin <= 7 else LESS, TOPIC, 0, books=SHELF)
        fold.restore(checkpoint)
        out += fold.run(LOG[max(0, begin - back) : end])
        checkpoint += fold.snapshot()
    assert [encode(each) for each in out] == WHOLE


def test_a_checkpoint_whose_book_is_gone_is_not_guessed_at() -> None:
    """A restart without the text of the adopted book stops: judging by another one would not be what the log says."""
    fold, _ = run(registered(), adopted(NEW))
    with pytest.raises(BookError, match=NEW.hash):
        Fold(OLD, TOPIC, 0, books=cache()).restore(fold.snapshot())


KEPT: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "a number": ({"limit": 1}, {"limit": 2}, True),
    "where it comes from": ({"limit": 1}, {"limit": "law"}, True),
    "a length of time": ({"over": "3h"}, {"over": "45m"}, True),
    "working days": ({"within": "7 working-days"}, {"within": "5 working-days"}, True),
    "a number that comes in": ({}, {"deadband": 3.0}, True),
    "a reminder": ({"remind": ["4h"]}, {"remind": ["4h", {"before": "1h", "severity": "red"}]}, True),
    "a level": ({"levels": []}, {"levels": [{"after": "1d", "severity": "red"}]}, True),
    "a field": ({"field": "o3"}, {"field": "no2"}, False),
    "a statistic": ({"of": "mean"}, {"of": "max"}, False),
    "which facts count": ({"where": {"code": 1}}, {"where": {"code": 2}}, False),
    "another start": ({"starts": [{"kind": "a"}, {"kind": "b"}]}, {"starts": [{"kind": "b"}]}, False),
}


@pytest.mark.parametrize(("before", "after", "kept"), KEPT.values(), ids=KEPT)
def test_what_is_remembered_is_kept_only_where_it_means_the_same(
    before: dict[str, Any], after: dict[str, Any], kept: bool
) -> None:
    """Numbers, lengths of time and severities may change; what is read, counted or paired may not."""
    assert goes_on(rule("x", before), rule("x", after), "o3") is kept


def test_the_real_book_comes_back_from_its_text() -> None:
    """Rules, clauses and departments, versions and the order in which judges are asked are those of the files."""
    real = the_book()
    back = compiled(real.hash, text_bytes(real))
    assert read_text(text_bytes(real)) == real.text == back.text
    assert [(key, bound.rule) for key, bound in back.bounds.items()] == [
        (key, bound.rule) for key, bound in real.bounds.items()
    ]


def _text(**changes: Any) -> bytes:
    return encode(msgspec.json.decode(text_bytes(OLD)) | changes)


BAD = {
    "no JSON": b"{",
    "no book": b"[]",
    "another hash": text_bytes(NEW),
    "an unknown judge": text_bytes(OLD).replace(b'"judge":"limit"', b'"judge":"environment:gone"'),
    "an unknown clause": _text(clauses={}),
    "a clause without editions": text_bytes(OLD).replace(b'"edition":[{', b'"edition":[],"x":[{', 1),
    "an unknown domain": _text(rules={"atlantis": {}}),
    "a wrong parameter": text_bytes(OLD).replace(b'"samples":3', b'"samples":1'),
    "a lone surrogate": text_bytes(OLD).replace("例".encode(), b"\\ud800"),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_text_that_cannot_be_used_stops_nobody(text: bytes) -> None:
    """Whatever stands under the hash of the event: a quality record, and the old book goes on."""
    hash_ = OLD.hash
    with suppress(BookError, UnicodeEncodeError):
        hash_ = read_text(text).hash if text != text_bytes(NEW) else OLD.hash
    fold = Fold(NEW, TOPIC, 0, books=BookCache({hash_: text}))
    out = fold.run(keyed([registered(), adopted(hash_), *hours(130)]))
    assert [each.reason for each in out if isinstance(each, Quality)] == ["unusable-book"]
    assert [each.value for each in alerts(out, "high")] == [130]


def archived(folder: Path, log: list[Record], *books: Book) -> Path:
    """An archive of one partition, with the texts of these books."""
    chunk = archive_files.Chunk(0)
    for offset, key, value in log:
        chunk.add(offset, 0, key, value)
    archive_files.write(folder, TOPIC, 0, chunk)
    for each in books:
        archive_files.write_book(folder, each.hash.encode(), text_bytes(each))
    return folder


def test_a_replay_of_an_archive_has_its_rule_books(tmp_path: Path) -> None:
    """`agents judge` of an archive gives what the fold gave that had the texts from Kafka."""
    archive = archived(tmp_path, LOG, NEW, LESS)
    assert [encode(each) for each in judge_archive(Basis(OLD), archive)] == WHOLE


def test_an_archive_keeps_only_texts_under_a_hash(tmp_path: Path) -> None:
    """A key that is no hash names no file, a newer text takes the place of an older one, and a tombstone takes it out."""
    for key, text in ((b"../x", b"1"), (None, b"2"), (b"ab", b"3"), (b"ab", b"4"), (b"cd", b"5"), (b"cd", None)):
        archive_files.write_book(tmp_path, key, text)
    assert archive_files.read_books(tmp_path) == {"ab": b"4"}
    assert [path.name for path in tmp_path.rglob("*.*")] == ["ab.json"]


def test_what_if_judges_by_its_own_books_throughout(tmp_path: Path) -> None:
    """What the log adopted changes neither side: only the book before raises 130, which the log itself did not know yet."""
    log = keyed([registered(), *hours(130), adopted(LESS), *hours(130, 100, first=2)])
    (change,) = [each for each in compare((NEW, OLD), archived(tmp_path, log, LESS))[0] if each.kinds]
    assert (change.rule, change.kinds) == ("high", ("lost",))
    assert change.before is not None
    assert change.before.end == START + 3 * HOUR


def test_an_adoption_in_a_plain_file_is_told_to_every_domain() -> None:
    """A file has no texts: each domain's fold has a quality record of it, and none judges on by another book."""
    real = the_book()
    refused = [each for each in judge_lines(Basis(real), [adopted(NEW)]) if isinstance(each, Quality)]
    assert sorted((each.domain, each.reason) for each in refused) == [(name, "unusable-book") for name in sorted(domains())]


def test_the_worker_finds_the_books_that_its_records_adopt() -> None:
    """Only records without a key are looked at, each when all before it is judged; whatever bytes they have stop nothing."""
    values = [tick(START), b"\xff", b"[]", b'{"type":"book.adopted","data":7}', adopted(NEW), b'{"type":"book.adopted"}']
    done: list[object] = []

    async def judge(batch: Sequence[Record]) -> None:
        stage.run(batch)
        done.append([n for n, *_ in batch])

    async def want(_log: str, hashes: Iterable[str]) -> None:
        done.extend(hashes)

    stage = Fold(OLD, TOPIC, 0)
    asyncio.run(judge_in_parts(stage, [(n, None, value) for n, value in enumerate(values)], judge, want))
    assert done == [[0, 1, 2], [3], NEW.hash, [4], [5]]
    done.clear()
    asyncio.run(judge_in_parts(stage, [(6, b"key", adopted(NEW)), (7, None, None)], judge, want))
    assert NEW.hash not in done


def test_a_value_that_json_cannot_carry_is_refused() -> None:
    """TOML has infinity, JSON has none: it would come back as no limit at all."""
    with pytest.raises(BookError, match="values that JSON cannot carry"):
        text_bytes(book(high=rule("limit", {"limit": float("inf")})))
