"""What the page of entries is told: the forms of the person's department, its entries and what may be done to them. Pure."""

from functools import cache
from typing import Any

import msgspec

from screen.access.people import Person
from screen.feed.directory import Entries
from screen.feed.slices.subjects import Subjects
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.signer.looking import not_behind
from streams import catalogue as domains
from streams.catalogue.described import catalogue
from streams.catalogue.sight import seen
from streams.entry.drafts import Entry, text_at
from streams.entry.form import form_of
from streams.messages import Actor, Text
from streams.messages.services.entry import same_hand
from streams.messages.words import Sealed, Words

MOST_SHOWN = 100
"""Entries that are listed: all that wait, and the newest of the others."""

MOST_SUBJECTS = 500
"""Subjects of a domain that are proposed; another may be written."""


@cache
def forms(department: str) -> list[dict[str, Any]]:
    """The types that a department provides and that are entered by hand, with their fields."""
    found = []
    for name, described in catalogue().items():
        fields = form_of(described) if department and described.entry.provider == department else None
        if fields is None:
            continue
        told = [
            msgspec.to_builtins(field)
            | {"values": [{"value": value, "title": choice_title(name, value) or str(value)} for value in field.values]}
            for field in fields
        ]
        found.append({"type": name, "group": described.group, "title": described.title, "fields": told})
    return found


def choice_title(type_: str, value: str | int) -> Text | None:
    """What a value of a list of a type is called; None where nobody has said."""
    words, kind = domains.words(), type_.partition(".")[2]
    return words.get("choice", {}).get(f"{kind}.{value}") or words.get("value", {}).get(str(value))


def unnamed_choices() -> list[str]:
    """The values of lists of all forms that have no name yet, as `type.field: value`."""
    return [
        f"{name}.{field.name}: {value}"
        for name, described in catalogue().items()
        for field in form_of(described) or ()
        for value in field.values
        if isinstance(value, str) and choice_title(name, value) is None
    ]


def told_entries(view: View, person: Person) -> dict[str, Any]:
    """The forms and entries of the person's department, newest first, and the subjects of the domains that they are about."""
    department = person.actor.department
    ours = [each for each in view[Entries].entries.values() if department and each.draft.by.department == department]
    waiting = [each for each in ours if each.decision is None]
    shown = [*reversed(waiting), *[each for each in reversed(ours) if each.decision][: max(0, MOST_SHOWN - len(waiting))]]
    types = forms(department)
    groups = {each["group"] for each in types}
    subjects: dict[str, list[str]] = {group: [] for group in groups}
    for subject in view[Subjects].subjects.values():
        if len(subjects.get(subject.domain, "x" * MOST_SUBJECTS)) < MOST_SUBJECTS:
            subjects[subject.domain].append(subject.subject)
    return {
        "department": department,
        "name": unit_name(department),
        "forms": types,
        "subjects": subjects,
        "entries": [told_entry(each, person) for each in shown],
    }


def told_entry(entry: Entry, person: Person) -> dict[str, Any]:
    """One of them, with what this person may do: confirm and return what another has entered, take back what is its own."""
    draft, decision = entry.draft, entry.decision
    described = catalogue().get(draft.type)
    own = draft.by.id == person.id
    offers: list[str] = []
    if decision is None and own:
        offers = ["withdrawn"]
    elif decision is None and not person.may_not("entry-confirm") and not same_hand(draft.by, person.actor):
        offers = ["confirmed", "returned"]
    return {
        "id": draft.entry,
        "type": draft.type,
        "title": described.title if described else Text(draft.type, draft.type),
        "subject": draft.subject,
        "time": draft.time,
        "data": _shown(entry, person),
        "note": _text(draft.note),
        "looks": hidden(entry, person),
        "correction": draft.corrects is not None,
        "by": _account(draft.by),
        "at": draft.at,
        "state": entry.state,
        "offers": offers,
        "decided": decision and {"by": _account(decision.by), "at": decision.at, "reason": _text(decision.reason)},
        "place": decision.place if decision and draft.corrects is None else None,
    }


def _shown(entry: Entry, person: Person) -> Any:
    """The data of a draft as this person may see them; nothing where this program has no such type any more."""
    described, draft = catalogue().get(entry.draft.type), entry.draft
    try:
        data = msgspec.json.decode(draft.data, type=described.struct) if described else None
    except msgspec.DecodeError:
        data = None
    return msgspec.to_builtins(seen(data, person.sees_of(draft.by.department))) if data is not None else {}


def _text(words: Words) -> str | None:
    """A text, None of one that is sealed."""
    return None if isinstance(words, Sealed) else words


def hidden(entry: Entry, person: Person) -> list[str]:
    """The paths of what this person is not shown and may look at on record: what is sealed, and what is masked for it."""
    if not_behind(entry, person):
        return []
    shown = _shown(entry, person)
    written: dict[str, Any] = msgspec.json.decode(entry.draft.data) if shown else {}
    data = [f"data.{name}" for name, value in written.items() if isinstance(value, dict) or shown.get(name, value) != value]
    return [*data, *(path for path in ("note", "reason") if isinstance(text_at(entry, path), Sealed))]


def _account(actor: Actor) -> dict[str, str]:
    return {"id": actor.id, "name": actor.name or "", "role": actor.role}
