"""Which facts file a matter that a body must answer for, and whose bad records are: as a domain's `domain.toml` says. Pure."""

from typing import Any, Literal

from msgspec import Struct

from streams.messages.text import Text

Whose = Literal["department", "operator", "supplier"]
"""Whose matter a fault in data is.

Of a department's data another department asks for a correction (政务数据校核, 令809 26); an enterprise's or station's own
device data are its operator's duty, and the ecology or other competent office's matter; a supplier's fault is the buyer's.
"""


TOPIC = "topic"
"""The trait that says what a request is about, by which the list of duties is asked."""

PROVIDER = "provider"
"""The trait that names the department whose data may be wrong: it checks, corrects and answers (令809 26)."""


class MatterSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """What of a kind of fact is a matter: `[kind.<name>.matter]`.

    `order`: the kind of order; `number` and `step`: the fields that hold its number and the step told (`says`: the step where
    there is no such field). `most`: fields and the highest value with which it is a matter at all. `traits`: by trait the field
    that it is taken from; `unless`: traits that are `yes` where the field is not true. `urgent`: by field the values that make
    it urgent. `units`: kinds of subjects that are themselves the body that is asked. `opens`: the steps that may open an
    order; empty: none, it goes on with one that is open. `title`: what it is about, before its number. `among`: of traits
    that are categories the values that are any; what else a fact has there stays out of the order.
    """

    order: str
    number: str
    title: Text
    step: str = ""
    says: str = ""
    opens: tuple[str, ...] = ()
    most: dict[str, float] = {}
    traits: dict[str, str] = {}
    unless: dict[str, str] = {}
    urgent: dict[str, tuple[str | bool, ...]] = {}
    units: tuple[str, ...] = ()
    among: dict[str, tuple[str, ...]] = {}

    def concerns(self, data: Any) -> bool:
        """Whether a fact is a matter."""
        return not self.most or all(getattr(data, field) <= most for field, most in self.most.items())

    def is_urgent(self, data: Any) -> bool:
        """Whether it is urgent."""
        return bool(self.urgent) and any(getattr(data, field) in values for field, values in self.urgent.items())

    def traits_of(self, data: Any) -> dict[str, str]:
        """Its traits, as far as the fact has them."""
        told = ((name, _said(getattr(data, field))) for name, field in self.traits.items() if name not in self.unless)
        found = {name: value for name, value in told if value}
        found |= {name: "yes" for name, field in self.unless.items() if not getattr(data, field)}
        if not self.among:
            return found
        return {name: value for name, value in found.items() if value in self.among.get(name, (value,))}

    def fields(self) -> frozenset[str]:
        """The fields of the payload that it names."""
        named = {self.number, self.step, *self.most, *self.traits.values(), *self.unless.values(), *self.urgent}
        return frozenset(named - {""})


def _said(value: Any) -> str:
    """A value as a trait has it.

    >>> _said(True), _said(False), _said(None), _said("help")
    ('yes', 'no', '', 'help')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
