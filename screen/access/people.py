"""Who sits before the screen: one person for each connection, known before any route of ours is asked, and what it may do."""

from typing import Any

import msgspec.structs
from msgspec import Struct
from starlette.requests import HTTPConnection

from streams.catalogue.sight import Marks, marks_of
from streams.messages import RIGHTS, Actor, Alert, Incident, Role, rights_of

PERSON = "onescreen.person"
"""Where a connection's scope has its person."""

SESSION = "onescreen.session"
"""Where it has the session; None where there is none, or no accounts are."""


class Principal(Struct, frozen=True):
    """For whom somebody stands in (代理), until the end of a day (`2026-03-31`), in whose role and bodies.

    `behalf`: the accounts of the chain, the nearest first: `a>b` is for `a`, who stands in for `b`. `name`: of the last one.
    """

    behalf: str
    name: str
    role: Role
    departments: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    until: str = ""


class Person(Struct, frozen=True):
    """An account, the name to show, the role, and the departments and districts (adcodes) it is for; none means all.

    `unit`: the public body for which one acts who is for all departments; orders ask whose somebody is.
    `principals`: for whom one may act today.
    """

    id: str
    name: str
    role: Role
    departments: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    unit: str = ""
    principals: tuple[Principal, ...] = ()

    def standing_in(self, behalf: str) -> "Person | None":
        """This person with the role and the bodies of whom it stands in for; None where it may not, itself for nobody."""
        if not behalf:
            return self
        found = next((each for each in self.principals if each.behalf == behalf), None)
        if found is None:
            return None
        return msgspec.structs.replace(self, role=found.role, departments=found.departments, districts=found.districts)

    @property
    def actor(self) -> Actor:
        """The person as its acts name it."""
        return Actor(
            id=self.id, name=self.name, role=self.role, department=self.departments[0] if self.departments else self.unit
        )

    @property
    def told(self) -> dict[str, Any]:
        """The person as its pages are told of it: with `may`, the acts of its role."""
        return {"may": rights_of(self.role), **msgspec.structs.asdict(self)}

    def may_not(self, verb: str) -> str:
        """Why the role may not do this act, or an empty text."""
        if verb not in RIGHTS:
            return f"there is no act {verb!r}"
        may = sorted(RIGHTS[verb])
        return "" if self.role in may else f"role {self.role!r} may not {verb}; {' or '.join(may)} may"

    def not_for(self, department: str | None, adcode: str | None = None) -> str:
        """Why what is of this department and district (None: of no one) is not the person's, or an empty text."""
        if department is not None and self.departments and department not in self.departments:
            return f"it is {department}'s; account {self.id!r} is for {', '.join(self.departments)}"
        if adcode is not None and self.districts and not any(covers(district, adcode) for district in self.districts):
            return f"it is in district {adcode or 'unknown'}; account {self.id!r} is for {', '.join(self.districts)}"
        return ""

    def not_for_alert(self, alert: Alert | None) -> str:
        """The same of what is an alert's; nothing stands against one that there is not."""
        return self.not_for(alert.department.id, alert.adcode or "") if alert else ""

    def sees(self, alert: Alert | None = None) -> Marks:
        """What the person sees whole: of an alert of other departments or districts nothing that is marked."""
        return marks_of(self.role, own=not self.not_for_alert(alert))

    def sees_of(self, department: str) -> Marks:
        """The same of what is a department's."""
        return marks_of(self.role, own=not self.not_for(department))

    def why_not(self, verb: str, department: str, adcode: str | None = None) -> str:
        """Why the person may not do this act to what is of this department and district, or an empty text."""
        return self.may_not(verb) or self.not_for(department, adcode)

    def why_not_incident(self, verb: str, *incidents: Incident) -> str:
        """As `why_not`, of incidents: each must be in one of its districts, and led or helped by one of its departments."""
        objections = (_foreign(self, incident) for incident in incidents)
        return self.may_not(verb) or next(filter(None, objections), "")


CODE = 6
"""Digits of the code of a province, city or district; a street's has nine."""


def covers(district: str, adcode: str) -> bool:
    """Whether an adcode lies in a district, city or province (GB/T 2260: 00 is the whole), or is a street's."""
    return adcode == district if len(district) > CODE else adcode.startswith(district.removesuffix("00").removesuffix("00"))


def way_of(connection: HTTPConnection) -> str:
    """How who asks has signed in; "" where there are no accounts."""
    session = connection.scope.get(SESSION)
    return session.way if session else ""


def person_of(connection: HTTPConnection) -> Person:
    """Who asks."""
    person: Person = connection.scope[PERSON]
    return person


def _foreign(person: Person, incident: Incident) -> str:
    duties = (incident.lead, *incident.helpers)
    found = [person.not_for(duty.department.id, incident.adcode or "") for duty in duties]
    return "" if "" in found else found[0]
