"""`python -m tests.golden.build`: write a new golden corpus into `tests/golden/data`, by the code as it stands.

Build one for each release, from its very commit, once all tests are green; the tests then hold the next version to it. Never
build one to make a red test green: a difference is a change of what people see, or of what a checkpoint means, and is mended or
decided on, not painted over. The same code gives the same bytes; where a release gives other outputs, its changelog says so.

The day is judged while it is written, as a worker does it, so that people act on alerts that are there: facts and acts go into
the partitions of their keys, ticks, notices and adoptions into all, revisions of alerts into the incidents' input.

`--outputs` judges the log that stands once more and renews the outputs alone: for a change of what is said of it, on purpose.
"""

import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import zip_longest
from typing import Any

from msgspec import structs

from agents.commands.adoption import adoption_bytes
from agents.commands.holiday_notice import notice_bytes
from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.rules.book import Book, BookError
from agents.core.rules.rule import RuleSpec, Suppression
from agents.core.rules.text import BookText
from agents.core.stage import Stage
from agents.rulebook.book_cache import text_bytes
from agents.rulebook.grouping import FILE
from streams.calendar.holidays import HOLIDAYS, Notice, Span
from streams.kafka.clients import partition_of
from streams.messages import DAY, HOUR, MINUTE, NOTICE, Adoption, Text, encode, event_bytes, format_time, tick_bytes
from streams.outputs import Output
from streams.topics import events_topic, inputs
from tests.golden import corpus
from tests.golden.city import BEGIN, STEP, facts
from tests.golden.corpus import Cut, GoldenOutputs, Item, Part, book_of, grouping_of, statuses, store, written
from tests.golden.failing import BAD_OZONE, in_place
from tests.golden.people import LOG, PARTITIONS, People
from tests.support.books import the_book

SAVED_EVERY = 6
"""Ticks from one snapshot to the next: half an hour."""

CUTS = {"morning": 11 * HOUR, "flood": 14 * HOUR + 10 * MINUTE, "evening": 17 * HOUR}
"""When the golden checkpoints are taken, once before and twice after the second adoption: after this tick, in mid-burst."""

NOTICED, CHANGED = 12 * HOUR + 20 * MINUTE, 12 * HOUR + 30 * MINUTE
RETRIED = (8 * HOUR, 10 * HOUR, 15 * HOUR + 30 * MINUTE)
"""When people order a retry: twice in vain, then with rules that were put right."""

REPEATED = {9 * HOUR, 14 * HOUR + 15 * MINUTE}
"""When a crash repeats what came last in the incidents' input."""

TAIL = [BEGIN + DAY + n * 12 * HOUR for n in range(1, 43)]
"""Three weeks after the day of which nothing comes but time: deadlines pass, cases are overdue, measures end."""

NOTICED_AGAIN = 17
"""The tick of the tail at which the next year's notice comes: until then deadlines in that year are provisional."""

AMENDED = Notice(
    year=2026,
    source="made up for the golden log: the last two days of the year are off",
    off=(Span("国庆节", date(2026, 10, 1), date(2026, 10, 7)), Span("年末", date(2026, 12, 30), date(2026, 12, 31))),
    work=(date(2026, 12, 27),),
)
NEXT = Notice(
    year=2027,
    source="made up for the golden log",
    off=(Span("元旦", date(2026, 12, 31), date(2027, 1, 3)), Span("春节", date(2027, 2, 5), date(2027, 2, 12))),
    work=(date(2027, 1, 10), date(2027, 1, 17)),
)


def failing_rules(value: float, wakes: int) -> dict[str, RuleSpec]:
    """Rules that raise: at a value of ozone, at each wake where `wakes`, and one that only the first book has."""
    given: dict[str, tuple[str, dict[str, Any]]] = {
        "golden-window": ("window", {"limit": 120, "of": "mean", "over": "3h", "broken": value}),
        "golden-missing": ("missing", {"after": "3h", "broken_wakes": wakes}),
    }
    if wakes:
        given["golden-gone"] = ("limit", {"limit": 150, "broken": value})
    return {
        rule: RuleSpec(
            row=f"ENV-I9{n}",
            title=Text("例", rule),
            clause="gb3095-gas-1h",
            phase="in-process",
            severity="yellow",
            on=("air_hour",),
            judge=f"environment:failing-{stock}",
            department="zz-ee",
            guidance=Text("例", "Example"),
            items=("o3",),
            params=params,
        )
        for n, (rule, (stock, params)) in enumerate(given.items())
    }


def books() -> tuple[BookText, BookText]:
    """The committed rules with some that raise, and a later book: other parameters, severities, words, and rules."""
    book = the_book()
    first = {domain: dict(rules) for domain, rules in book.specs.items()}
    first["environment"] |= failing_rules(BAD_OZONE, 1)
    silent = first["environment"]["source-minute-missing"]
    twice = Suppression(kind="maintenance_plan", why=Text("例", "whatever is filed"), since="since")
    first["environment"]["source-minute-missing"] = structs.replace(silent, suppress=(*silent.suppress, twice))
    second = {domain: dict(rules) for domain, rules in book.specs.items()}
    second["environment"] |= failing_rules(-1.0, 0)
    params: dict[tuple[str, str], dict[str, Any]] = {
        ("environment", "gas-hourly"): {"limit": 190},
        ("environment", "aqi-hourly"): {"open_after": 1},
        ("cyber", "login-burst"): {"count": 4, "tiers": [{"from": 10, "severity": "orange"}, {"from": 30, "severity": "red"}]},
        ("cyber", "site-unreachable"): {"open_after": 2, "tiers": [{"after": "1h", "severity": "red"}]},
        ("food_drug", "drug-cold-store"): {"tiers": [{"severity": "red", "after": "20m"}]},
        ("food_drug", "drug-store-record"): {"after": "45m"},
        ("service", "window-queue-long"): {"default": 20, "tiers": [{"over": 1.5, "severity": "orange"}]},
        ("service", "topic-surge"): {"count": 5},
    }
    for (domain, rule), changes in params.items():
        spec = second[domain][rule]
        second[domain][rule] = structs.replace(spec, params=spec.params | changes)
    replaced: dict[tuple[str, str], dict[str, Any]] = {
        ("special_equipment", "lift-trapped"): {"title": Text("电梯困人（新）", "Trapped in a lift (new)"), "re_alarm": "20m"},
        ("food_drug", "food-frozen"): {"severity": "red"},
        ("service", "hotline-unanswered"): {"judge": "rate", "params": {"field": "answered", "limit": 10, "per": "1h"}},
    }
    for (domain, rule), fields in replaced.items():
        second[domain][rule] = structs.replace(second[domain][rule], **fields)
    del second["cyber"]["logs-silent"]
    burst = second["service"]["bad-ratings"]
    second["service"]["golden-ratings"] = structs.replace(
        burst, row="SVC-I99", title=Text("例", "Two bad ratings"), params=burst.params | {"count": 2}, conclude_within="2d"
    )
    return tuple(BookText(rules, book.clauses, book.departments) for rules in (first, second))  # type: ignore[return-value]


class Writing:
    """The log as it grows, and what judges it."""

    def __init__(self) -> None:
        names = [events_topic(LOG, name) for name in inputs()]
        places = [(topic, partition) for topic in names for partition in range(PARTITIONS)]
        self.texts: dict[str, bytes] = {}
        self.books = {text.hash: text for text in books()}
        self.first, self.second = self.books
        self.texts = {name: encode(text) for name, text in self.books.items()}
        self._compiled = {name: book_of(text) for name, text in self.texts.items()}
        for name, text in self.texts.items():
            if text_bytes(self._compiled[name]) != text:
                raise BookError(f"the text of {name} would not come back as it is")
        nothing = book_of(self.texts[self.first], empty=True)
        grouping = grouping_of(self.texts[self.first])
        self.stages: dict[tuple[str, int], Stage] = {
            place: Incidents(grouping, *place)
            if place[0] == events_topic(LOG, "incidents")
            else Fold(nothing, *place, books=self._book)
            for place in places
        }
        self.incidents = [stage for stage in self.stages.values() if isinstance(stage, Incidents)]
        self.values: dict[tuple[str, int], list[tuple[bytes | None, bytes | None]]] = defaultdict(list)
        self.outputs: dict[tuple[str, int], list[tuple[int, Output]]] = defaultdict(list)
        self.held: dict[tuple[str, int], dict[bytes, bytes | None]] = defaultdict(dict)
        self.people = People(16)
        self.cuts: list[Cut] = []
        self.due = ""
        self.sent: list[tuple[str, int, bytes | None, bytes]] = []

    def _book(self, hash_: str) -> Book:
        if hash_ not in self._compiled:
            raise BookError(f"no rule book {hash_!r}")
        return self._compiled[hash_]

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None) -> list[Output]:
        """Write one record and judge it, and what it makes in the incidents' input."""
        place = (topic, partition)
        offset = len(self.values[place])
        self.values[place].append((key, value))
        found = list(self.stages[place].run([(offset, key, value)]))
        self.outputs[place] += [(offset, output) for output in found]
        self.people.see(found)
        for city, revision in revisions(found):
            self.put(events_topic(LOG, "incidents"), partition_of(city, PARTITIONS), city, revision)
        return found

    def everywhere(self, value: bytes, *, incidents: bool = False) -> None:
        """Write one record without a key into every partition of the domains, and of the incidents if asked."""
        for topic, partition in self.stages:
            if incidents or topic != events_topic(LOG, "incidents"):
                self.put(topic, partition, None, value)

    def save(self) -> None:
        """Take a snapshot of every partition; its checkpoint topic holds the newest of each key."""
        for place, stage in self.stages.items():
            for key, value in stage.snapshot():
                self.held[place][key] = value

    def cut(self, *, at_last: bool = False) -> None:
        """Keep the checkpoints as they are now, if they are due, while an incident has not told who joined it, or at last."""
        if not self.due or not (at_last or any(group.untold for stage in self.incidents for group in stage.groups.values())):
            return
        name, self.due = self.due, ""
        self.save()
        for (topic, partition), held in self.held.items():
            items: list[Item] = list(held.items())
            self.cuts.append(Cut(name, topic, partition, self.stages[topic, partition].position, items))


def adopted(hash_: str, at: int, by: str = "zhang") -> bytes:
    """The event that adopts a book."""
    return adoption_bytes(Adoption(book=hash_, by=by, reason="例行更新"), at)


def write() -> Writing:
    """The whole log."""
    log = Writing()
    log.everywhere(adopted(log.first, BEGIN))
    number = 0
    for beat in facts():
        if isinstance(beat, int):
            log.everywhere(tick_bytes(beat), incidents=True)
            _happen(log, beat, number)
            number += 1
            continue
        topic = events_topic(LOG, beat.domain)
        put = (topic, partition_of(beat.key or b"", PARTITIONS), beat.key, beat.value)
        log.put(*put)
        log.sent.append(put)
        log.cut()
    for at in TAIL:
        log.everywhere(tick_bytes(at), incidents=True)
        _happen(log, at, number)
        number += 1
    return log


def _happen(log: Writing, now: int, number: int) -> None:
    """What is done at a tick beside what the city sends."""
    since, people = now - BEGIN, log.people
    puts = people.act(now, number) if number else people.before_anything(now)
    for put in [*puts, *(people.retry(now) if since in RETRIED else ())]:
        log.put(*put)
        log.sent.append(put)
    if since in REPEATED:
        _repeat(log, {})
    if since == NOTICED:
        _notice(log, now)
    if since == CHANGED:
        _change(log, now)
    if now == TAIL[NOTICED_AGAIN]:
        log.everywhere(notice_bytes(NEXT, now))
    for name, at in CUTS.items():
        if since == at:
            log.due = name
        if since == at + STEP:
            _copy(log, now)
    if number % SAVED_EVERY == 0:
        log.save()


def _repeat(log: Writing, before: Mapping[tuple[str, int], int]) -> None:
    """What came last in the incidents' input, before these offsets, comes again."""
    for stage in log.incidents:
        place = (stage.topic, stage.partition)
        end = before.get(place, stage.position)
        for key, value in log.values[place][max(0, end - 25) : end]:
            if key is not None:
                log.put(*place, key, value)


def _copy(log: Writing, now: int) -> None:
    """After a cut: second copies of facts, acts and revisions from before it, and acts on alerts that have ended."""
    log.cut(at_last=True)
    acts = [put for put in log.sent if b'"command.' in (put[3] or b"")]
    for put in [*acts[-60:], *log.sent[-1200::11], *log.people.after_end(now)]:
        log.put(*put)
    _repeat(log, {(cut.topic, cut.partition): cut.offset for cut in log.cuts})


def _notice(log: Writing, now: int) -> None:
    """A notice of holidays, its second copy, one that cannot be read and one that is wrong."""
    log.everywhere(notice_bytes(AMENDED, now))
    log.everywhere(notice_bytes(AMENDED, now + MINUTE))
    log.everywhere(event_bytes(type=NOTICE, source="notice", id="bad", time=format_time(now), data={"year": 1}))
    log.everywhere(notice_bytes(structs.replace(NEXT, work=(date(2027, 1, 11),)), now))


def _change(log: Writing, now: int) -> None:
    """A rule book that is not there, the second one, its second copy, and one under a key."""
    log.everywhere(adopted("0" * 32, now))
    log.everywhere(adopted(log.second, now, "li"))
    log.everywhere(adopted(log.second, now + MINUTE, "li"))
    for topic, partition in log.stages:
        log.put(topic, partition, b"somebody", adopted(log.first, now))


def renew() -> None:
    """Write the outputs that today's code gives of the log that stands; say of which topics how many are others."""
    said, changed = list[GoldenOutputs](), Counter[str]()
    with in_place():
        for part in corpus.log():
            by = corpus.stage(part.topic, part.partition)
            found = [(record[0], written(output)) for record in part.records for output in by.run([record])]
            said.append(
                GoldenOutputs(part.topic, part.partition, [at for at, _ in found], [each for _, each in found], statuses(by))
            )
            before = corpus.said()[part.topic, part.partition].outputs
            changed.update(now.topic for then, now in zip_longest(before, said[-1].outputs) if now and then != now)
    size = store("outputs", said)
    sys.stdout.write(f"changed outputs {dict(changed)}; {size} bytes\n")


def main() -> None:
    """Write the corpus and say what is in it."""
    if sys.argv[1:] == ["--outputs"]:
        renew()
        return
    corpus.DATA.mkdir(exist_ok=True)
    shutil.copyfile(FILE, corpus.GROUPING)
    shutil.copyfile(HOLIDAYS, corpus.HOLIDAYS)
    with in_place():
        log = write()
    parts = [Part(*place, log.values[place]) for place in log.stages]
    said = []
    for place, stage in log.stages.items():
        causes, outputs = [offset for offset, _ in log.outputs[place]], [written(each) for _, each in log.outputs[place]]
        said.append(GoldenOutputs(*place, causes, outputs, statuses(stage)))
    sizes = {
        "log": store("log", parts),
        "outputs": store("outputs", said),
        "checkpoints": store("checkpoints", log.cuts),
        "books": store("books", log.texts),
    }
    counts = Counter(each.topic for one in said for each in one.outputs)
    records = sum(len(part.values) for part in parts)
    sys.stdout.write(f"{records} records; outputs {dict(counts)}; bytes {sizes}, together {sum(sizes.values())}\n")


if __name__ == "__main__":
    main()
