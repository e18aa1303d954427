"""What a replay has of its subjects' newest values: those that their domain shows, as its `domain.toml` describes them.

These are the value beside a subject (`[places]`) and those of the domain's figures (`[headline]`). Pure but for the catalogue.
"""

from typing import Any

from msgspec import structs

from streams.catalogue import domains, on_screen
from streams.catalogue.sight import NOBODY, seen
from streams.messages import SubjectStatus, parse_time


def shown(status: SubjectStatus) -> dict[str, Any] | None:
    """What a replay shows of a subject; None where it gives no value that its domain shows."""
    status, fields = seen(status, NOBODY), _fields(status)
    values = {field: value for field, value in status.values.items() if field in fields}
    if not values:
        return None
    return {
        "subject": status.subject,
        "domain": status.domain,
        "kind": status.kind,
        "at": parse_time(status.at),
        "values": values,
    }


def described() -> dict[str, Any]:
    """How the domains show their values, in their order on the screen: `places` by domain, and the figures in `headline`."""
    listed = [(name, domains()[name]) for name in on_screen()]
    return {
        "places": {name: domain.places for name, domain in listed if domain.places},
        "headline": [
            {"domain": name, **structs.asdict(figure)} for name, domain in listed for figure in domain.headline.values()
        ],
    }


def _fields(status: SubjectStatus) -> set[str]:
    """The fields of its values that are shown; the word for a value only with the value."""
    domain = domains().get(status.domain)
    if domain is None:
        return set()
    fields = {figure.field for figure in domain.headline.values()}
    if domain.places and domain.places.field in status.values:
        fields |= {domain.places.field, domain.places.level}
    return fields
