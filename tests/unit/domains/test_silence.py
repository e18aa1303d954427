"""Silence is never taken for safety: what nobody judges is told once a day, counted, and never costs what is good beside it.

For every domain and kind of fact, from the declared payloads: an undeclared field, an optional field that is bad, a register
kind that nobody knows. What must come of them is the promise of the product (docs/concepts/data-quality.md), not what it did.
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import fields

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.core.mend import MOST_FLAWS
from agents.core.told import MOST
from agents.domains.environment.source_codes import UNITS
from agents.rulebook.load import payloads_of
from streams import catalogue
from streams.gateways.hj212.items import factors
from streams.messages import DAY, HOUR, MINUTE, SECOND, Alert, Quality, encode, event_bytes, format_time, tick_bytes
from tests.support.books import the_book
from tests.support.events import START
from tests.support.pure.values import value_of

BOOK = the_book()
KINDS = [
    pytest.param(domain, kind, payload, id=f"{domain}.{kind}")
    for domain in catalogue.domains()
    for kind, payload in sorted(payloads_of(domain).items())
    if kind != "registered"
]
SUBJECT = "s.1"

Values = list[bytes]


def event(type_: str, data: Any, at: int = START, source: str = "test") -> bytes:
    """A fact of the one subject."""
    time = format_time(at)
    return event_bytes(type=type_, source=source, id=f"{type_}/{time}", time=time, subject=SUBJECT, data=data)


def register(domain: str, kind: str, at: int = START, **more: object) -> bytes:
    """The registration of the one subject."""
    data = {"kind": kind, "name": {"zh": "例"}, "adcode": "410102"} | more
    return event(f"{domain}.registered", data, at)


def fold_of(domain: str) -> Fold:
    """A fold of the committed book."""
    return Fold(BOOK, f"test.events.{domain}", 0)


def judged(by: Fold, values: Values) -> list[Output]:
    """What comes of values, each the next record of the partition."""
    first = by.position
    return by.run([(first + n, None if b'"clock.tick"' in each else SUBJECT.encode(), each) for n, each in enumerate(values)])


def told(out: list[Output]) -> list[tuple[str, str]]:
    """Reason and field of the quality records."""
    return [(each.reason, each.field) for each in out if isinstance(each, Quality)]


def known_kind(domain: str) -> str:
    """A kind of subject that the domain knows."""
    return min(BOOK.subjects[domain])


def valid(hint: Any) -> Any:
    """A value of a type, within its bounds."""
    for seed in range(10_000):
        value = value_of(hint, random.Random(seed))
        try:
            msgspec.convert(value, hint)
        except msgspec.ValidationError:
            continue
        if value is not None:
            return value
    raise AssertionError(hint)


def whole(payload: Any) -> dict[str, Any]:
    """A fact with all its required fields, and with one where none is required."""
    found = {field.encode_name: valid(field.type) for field in fields(payload) if field.required}
    first = fields(payload)[0]
    return found or {first.encode_name: valid(first.type)}


def optional(payload: Any) -> Iterator[msgspec.structs.FieldInfo]:
    """The fields that a fact need not have."""
    return (field for field in fields(payload) if not field.required)


@pytest.mark.parametrize(("domain", "kind", "payload"), KINDS)
def test_an_undeclared_field_is_told_and_the_rest_is_judged(domain: str, kind: str, payload: Any) -> None:
    """It has an owner, names the field, never its value; the fact is remembered exactly as without it."""
    data = whole(payload)
    with_it, without = fold_of(domain), fold_of(domain)
    first = [register(domain, known_kind(domain)), tick_bytes(START)]
    out = judged(with_it, [*first, event(f"{domain}.{kind}", data | {"undeclared_x": "secret-7"})])
    judged(without, [*first, event(f"{domain}.{kind}", data)])
    (record,) = [each for each in out if isinstance(each, Quality) and each.reason == "undeclared-field"]
    assert (record.field, record.owner) == ("$.data.undeclared_x", catalogue.domains()[domain].owner)
    assert "secret-7" not in record.message
    assert with_it.subjects[SUBJECT].latest[kind].data == without.subjects[SUBJECT].latest[kind].data


@pytest.mark.parametrize(("domain", "kind", "payload"), [each for each in KINDS if list(optional(each.values[2]))])
def test_a_bad_optional_field_never_discards_the_others(domain: str, kind: str, payload: Any) -> None:
    """Each bad field is one record with an owner; the good ones beside it are remembered."""
    required = {each.encode_name: valid(each.type) for each in fields(payload) if each.required}
    for field in optional(payload):
        good = required | {each.encode_name: valid(each.type) for each in optional(payload) if each.name != field.name}
        by, out = fold_of(domain), []
        out += judged(by, [register(domain, known_kind(domain)), tick_bytes(START)])
        out += judged(by, [event(f"{domain}.{kind}", good | {field.encode_name: {"x": [1]}})])
        bad = [each for each in out if isinstance(each, Quality) and each.field.startswith(f"$.data.{field.encode_name}")]
        assert {each.reason for each in bad} <= {"malformed-data", "undeclared-field"}
        assert bad, field.encode_name
        assert {each.owner for each in bad} == {catalogue.domains()[domain].owner}
        if not good:  # of a fact that has no other field nothing is left: it is refused
            assert kind not in by.subjects[SUBJECT].latest
            continue
        kept = by.subjects[SUBJECT].latest[kind].data
        expected = msgspec.convert(good, payload)
        same = [each.name for each in fields(payload) if each.name != field.name]
        assert [getattr(kept, name) for name in same] == [getattr(expected, name) for name in same]


@pytest.mark.parametrize("domain", catalogue.domains())
def test_an_unknown_kind_of_subject_is_told(domain: str) -> None:
    """At its registration, once a day for each source and kind; a known one is not told."""
    by = fold_of(domain)
    out = judged(by, [register(domain, "no_such_kind"), register(domain, "no_such_kind", START + MINUTE)])
    (record,) = [each for each in out if isinstance(each, Quality)]
    assert (record.reason, record.field, record.owner) == (
        "unknown-kind",
        "$.data.kind",
        catalogue.domains()[domain].owner,
    )
    assert told(judged(fold_of(domain), [register(domain, known_kind(domain))])) == []


def climate(at: int, **data: object) -> bytes:
    """A record of a drug store."""
    return event("food_drug.drug_climate", data, at)


def test_a_store_of_an_unknown_kind_is_not_safe() -> None:
    """`cold_store` for `drug_cold_store`: 11 °C raises nothing, so the kind and the fact are told, and the fact is counted."""
    by = fold_of("food_drug")
    out = judged(by, [register("food_drug", "cold_store"), tick_bytes(START), climate(START, temperature=11, humidity=50)])
    assert told(out) == [("unknown-kind", "$.data.kind"), ("nothing-to-judge", "$.data")]
    assert by.unjudged == 1


def test_a_misspelt_field_is_not_safe() -> None:
    """`temp` for `temperature`: the field is told, nothing is left to judge, and the store still counts as silent."""
    by = fold_of("food_drug")
    first = [register("food_drug", "drug_cold_store"), tick_bytes(START), climate(START, temperature=5, temperature_2=5)]
    assert told(judged(by, first)) == []
    ticks = [tick_bytes(START + n * MINUTE) for n in range(1, 31)]
    facts = [climate(START + n * MINUTE, temp=11) for n in range(1, 31)]
    out = judged(by, [each for pair in zip(ticks, facts, strict=True) for each in pair])
    assert told(out) == [("undeclared-field", "$.data.temp"), ("nothing-to-judge", "$.data")]
    assert by.unjudged == 30
    silent = [each.rule for each in judged(by, [tick_bytes(START + 31 * MINUTE)]) if isinstance(each, Alert)]
    assert "drug-store-record" in silent


def test_a_misspelt_field_costs_no_alert_of_the_others() -> None:
    """11 °C by the first probe raises its alert, whatever is wrong with the second probe and beside it."""
    by = fold_of("food_drug")
    judged(by, [register("food_drug", "drug_cold_store"), tick_bytes(START)])
    out = judged(by, [climate(START, temperature=11, temperature_2="<2", humidity=999, temp=3)])
    assert sorted(told(out)) == [
        ("malformed-data", "$.data.temperature_2"),
        ("out-of-range", "$.data.humidity"),
        ("undeclared-field", "$.data.temp"),
    ]
    assert [each.value for each in out if isinstance(each, Alert) and each.rule == "drug-cold-store"] == [11]


def test_a_second_report_brings_what_was_bad_in_the_first() -> None:
    """The corrected value is judged, and is no conflict; a third, other one is."""
    by = fold_of("food_drug")
    judged(by, [register("food_drug", "drug_cold_store"), tick_bytes(START)])
    assert told(judged(by, [climate(START, temperature="NA", humidity=50)])) == [("malformed-data", "$.data.temperature")]
    assert told(judged(by, [climate(START, temperature="NA", humidity=50)])) == [("duplicate", "$.time")]
    out = judged(by, [climate(START, temperature=11, humidity=50)])
    assert told(out) == []
    assert [each.value for each in out if isinstance(each, Alert) and each.rule == "drug-cold-store"] == [11]
    assert told(judged(by, [climate(START, temperature=5, humidity=50)])) == [("conflict", "$.data")]
    latest = by.subjects[SUBJECT].latest["drug_climate"].data
    assert (latest.temperature, latest.humidity) == (11, 50)


def test_a_bad_required_field_refuses_the_fact() -> None:
    """As before: there is nothing to judge without it."""
    by = fold_of("food_drug")
    judged(by, [register("food_drug", "food_frozen_store")])
    out = judged(by, [event("food_drug.food_climate", {"temperature": "x", "extra": 1})])
    assert told(out) == [("malformed-data", "$.data.temperature")]
    assert "food_climate" not in by.subjects[SUBJECT].latest


def source(at: int, **factor: dict[str, object]) -> bytes:
    """An hour of a waste gas outlet."""
    return event("environment.source_hour", {"st": "31", "factors": factor}, at)


def test_codes_that_nobody_knows_are_told() -> None:
    """HJ 212 in practice: `A21026`, the mark `n`, no unit. The good factor beside them raises its alert."""
    by = fold_of("environment")
    judged(by, [register("environment", "air_source", limits={"a21026": 35, "a34013": 10}), tick_bytes(START)])
    good: dict[str, object] = {"unit": "mg/m³", "zs_avg": 99, "avg": 99, "flag": "N"}
    marked: dict[str, object] = {"unit": "mg/m³", "avg": 99, "flag": "n"}
    out = judged(by, [source(START, A21026=good, a34013=good, a21002=marked, a21005={"avg": 1})])
    assert told(out) == [
        ("unknown-code", "$.data.factors.A21026"),
        ("unknown-code", "$.data.factors.a21002.flag"),
        ("unknown-code", "$.data.factors.a21005.unit"),
    ]
    assert "a34013" in {each.item for each in out if isinstance(each, Alert)}
    assert by.unjudged == 0
    assert told(judged(by, [tick_bytes(START + HOUR), source(START + HOUR, A21026=good)])) == [
        ("nothing-to-judge", "$.data.factors")
    ]
    assert by.unjudged == 1


def test_one_bad_value_of_a_factor_discards_nothing_else() -> None:
    """An empty or textual value of one factor: the factor's other values and the other six factors of the hour are judged."""
    by = fold_of("environment")
    judged(by, [register("environment", "air_source", limits={"a34013": 10}), tick_bytes(START)])
    good: dict[str, object] = {"unit": "mg/m³", "zs_avg": 99, "avg": 99, "flag": "N"}
    out = judged(by, [source(START, a34013=good, a21026={"unit": "mg/m³", "avg": "", "zs_avg": 3.0, "flag": "N"})])
    assert told(out) == [("malformed-data", "$.data.factors.a21026.avg")]
    kept = by.subjects[SUBJECT].latest["source_hour"].data.factors
    assert (kept["a34013"].avg, kept["a21026"].avg, kept["a21026"].zs_avg) == (99, None, 3.0)
    assert "a34013" in {each.item for each in out if isinstance(each, Alert)}


def test_the_codes_are_those_of_the_gateway() -> None:
    """What the gateway knows a unit of, the domain knows, and nothing else."""
    assert {code: tuple(filter(None, (each.unit, each.unit_air))) for code, each in factors().items()} == UNITS


def days() -> Values:
    """Three days on which one source sends a misspelt field every hour, and a fact that no rule reads."""
    values = [register("food_drug", "drug_cold_store"), tick_bytes(START)]
    for n in range(60):
        at = START + n * HOUR
        values += [tick_bytes(at), climate(at, temperature=5, temp=1), event("food_drug.fridge_day", {"x": 1}, at)]
    return values


def test_it_is_told_once_a_day_and_counted() -> None:
    """From 08:00: 16 hours of the first day, 24 of the second: one record each day, and one that stands for the others."""
    out = [each for each in judged(fold_of("food_drug"), days()) if isinstance(each, Quality) and each.field == "$.data.temp"]
    assert [each.more or 0 for each in out] == [0, 15, 0, 23, 0]
    assert len({each.id for each in out}) == len(out)
    assert [each.at for each in out if each.more] == ["2026-06-02T00:00:00+08:00", "2026-06-03T00:00:00+08:00"]


@pytest.mark.parametrize("cut", [3, 20, 50, 51, 52, 100])
def test_a_restart_changes_nothing(cut: int) -> None:
    """Through a checkpoint anywhere the same records come, of the same bytes, and the count goes on."""
    values, straight = days(), fold_of("food_drug")
    expected = [encode(each) for each in judged(straight, values)]
    by = fold_of("food_drug")
    out = judged(by, values[:cut])
    saved = by.snapshot()
    again = fold_of("food_drug")
    again.restore(saved)
    assert [encode(each) for each in [*out, *judged(again, values[cut:])]] == expected
    assert again.unjudged == straight.unjudged


def test_what_is_told_is_bounded() -> None:
    """Ever new names: so many kinds are told apart in a day, the rest is counted as one; of one fact so many are told."""
    by = fold_of("food_drug")
    judged(by, [register("food_drug", "drug_cold_store"), tick_bytes(START)])
    many = {f"x{n}": n for n in range(500)}
    out = judged(by, [climate(START, temperature=5, **many)])
    assert len(told(out)) == MOST_FLAWS
    out += judged(by, [climate(START + n * SECOND // 2, temperature=5, **{f"y{n}": 1}) for n in range(1, 500)])
    assert len(told(out)) == MOST + 1
    counted = [each for each in judged(by, [tick_bytes(START + DAY)]) if isinstance(each, Quality)]
    assert [each.more for each in counted] == [MOST_FLAWS + 499 - MOST - 1]
    assert all(len(key) + len(value or b"") < 200_000 for key, value in by.snapshot())


def test_an_hour_without_values_is_judged_by_its_rule() -> None:
    """A station's hour without any value is what the rule of missing hours judges (GB 3095-2026 6.3): it is not told."""
    by = fold_of("environment")
    judged(by, [register("environment", "air_station"), tick_bytes(START)])
    assert told(judged(by, [event("environment.air_hour", {"pm25": None})])) == []
    assert by.unjudged == 0


def test_the_command_line_tells_both_examples(tmp_path: Path) -> None:
    """`agents judge` over a file with `cold_store`, and one with `temp`: no alert, yet quality records with the owner."""
    spoken = {
        "cold_store": [register("food_drug", "cold_store"), tick_bytes(START), climate(START, temperature=11)],
        "temp": [register("food_drug", "drug_cold_store"), tick_bytes(START), climate(START, temp=11)],
    }
    found = {}
    for name, values in spoken.items():
        file = tmp_path / f"{name}.jsonl"
        file.write_bytes(b"\n".join(values) + b"\n")
        command = [sys.executable, "-m", "agents", "judge", str(file)]
        said = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, check=True).stdout
        outputs = [msgspec.json.decode(line) for line in said.splitlines()]
        outputs = [each for each in outputs if each["topic"] != "sign-cells"]  # what was due and came, counted for signs
        assert {each["topic"] for each in outputs} == {"quality"}
        assert {each["value"]["owner"] for each in outputs} == {"zz-amr"}
        found[name] = [each["value"]["reason"] for each in outputs]
    assert found == {
        "cold_store": ["unknown-kind", "nothing-to-judge"],
        "temp": ["undeclared-field", "nothing-to-judge"],
    }


def test_of_a_long_code_a_hundred_characters_are_told() -> None:
    """A code is a name that the sender chose: a record of it is short, and so is what is remembered of it."""
    by = fold_of("environment")
    judged(by, [register("environment", "air_source"), tick_bytes(START)])
    out = judged(by, [source(START, **{"a34013" * 9_000: {"avg": 1}, "a34002" * 1_000: {"unit": "µg/m³", "avg": -1}})])
    fields_ = [each.field for each in out if isinstance(each, Quality)]
    assert fields_
    assert all(len(each) < 130 for each in fields_)
