"""What of a value somebody sees whole: by the catalogue's marks of its fields and the role; all else is masked or not there."""

from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from streams.catalogue import sight, words
from streams.catalogue.entry import FieldEntry
from streams.catalogue.masks import HIDDEN
from streams.catalogue.sight import NOBODY, marks_of, seen
from streams.messages import ROLES, Actor, Name, Registered, Sealed, Text
from streams.messages.outputs.alert import Note
from streams.messages.outputs.order import Stamp

WHOLE = marks_of("supervisor")
AT = "2026-06-01T08:00:00+08:00"
NOTE = Note(verb="shelve", actor=Actor(id="zhang", name="张三丰", role="supervisor"), reason="泵检修", at=AT)


def test_who_studies_or_only_looks_sees_nothing_personal() -> None:
    """Viewer, analyst and nobody see no mark whole; whoever works on the case the personal one; the sensitive one nobody."""
    assert {role for role in ROLES if not marks_of(role)} == {"viewer", "analyst"}
    assert marks_of("") == marks_of("nobody") == NOBODY
    assert all("sensitive" not in marks_of(role) for role in ROLES)


def test_what_is_another_units_is_masked_for_every_role() -> None:
    """The unit counts beside the role."""
    assert all(marks_of(role, own=False) == NOBODY for role in ROLES)


def test_of_a_name_one_character_is_left_of_free_text_nothing() -> None:
    """张三丰 is 张**; an account and a person's words are not shown at all."""
    shown = seen(NOTE, NOBODY)
    assert (shown.actor.name, shown.actor.id, shown.reason) == ("张**", HIDDEN, HIDDEN)
    assert (shown.actor.role, shown.verb, shown.at) == ("supervisor", "shelve", NOTE.at)


def test_what_is_not_masked_is_the_very_object() -> None:
    """So who may see all costs nothing, and nobody's copy differs."""
    assert seen(NOTE, WHOLE) is NOTE
    rows: dict[str, Any] = {"a": (NOTE, 3), "b": [Text("站", "station")]}
    assert seen(rows, WHOLE) is rows
    assert seen(rows, NOBODY)["a"][0].reason == HIDDEN
    assert seen(rows, NOBODY)["b"][0] is rows["b"][0]


def test_a_sealed_text_stays_the_reference_that_it_is() -> None:
    """It shows nothing, and pages ask for it by this reference."""
    sealed = Sealed("ab" * 32, "cd" * 32, 64)
    assert seen(replace(NOTE, reason=sealed), NOBODY).reason is sealed


def test_a_name_is_personal_where_the_subject_is_a_person() -> None:
    """A technician's name is masked, a station's is not; nor is a name by itself, which nobody knows to be a person's."""
    known = Registered(kind="technician", name=Name("李四", "Li Si"), adcode="410102")
    assert seen(known, NOBODY).name == Name("李**", "L**")
    assert seen(replace(known, kind="air_station"), NOBODY).name == known.name
    assert seen({"name": known.name}, NOBODY)["name"] is known.name


def test_an_entry_of_the_catalogue_is_all_that_a_new_field_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field is masked because its description marks it: important data and those of the top step as sensitive ones."""

    class Whereabouts(Struct, frozen=True):
        name: str
        at: float
        rank: str

    entries = {
        (Whereabouts, "name"): FieldEntry(zh="姓名", en="Name", personal="personal", mask="name"),
        (Whereabouts, "at"): FieldEntry(zh="位置", en="Place", personal="sensitive"),
        (Whereabouts, "rank"): FieldEntry(zh="等级", en="Rank", level="important"),
    }
    monkeypatch.setattr(sight, "_entries", lambda: entries)
    told = Whereabouts("张三", 34.75, "x")
    assert seen(told, NOBODY) == Whereabouts("张**", None, HIDDEN)  # type: ignore[arg-type]
    assert seen(told, WHOLE) == Whereabouts("张三", None, HIDDEN)  # type: ignore[arg-type]


def test_each_kind_of_person_is_one_that_a_domain_has() -> None:
    """The kinds of subjects that are persons are words of domains."""
    assert words()["kind"].keys() >= sight.PEOPLE


def test_rules_about_persons_are_known_by_the_kinds_of_their_subjects() -> None:
    """Who reads outside his role, and whose visits are too short, are persons; a station is none."""
    assert {"data-refused-read", "visit-too-short"} <= sight.rules_about_people()
    assert "gas-hourly" not in sight.rules_about_people()


def test_the_stamp_of_a_call_bears_whom_it_reached() -> None:
    """Who was reached has the form of a name."""
    shown = seen(Stamp(at=AT, words="已联系", who="王五", behalf="li>qian"), NOBODY)
    assert (shown.words, shown.who, shown.behalf) == (HIDDEN, "王**", HIDDEN)
