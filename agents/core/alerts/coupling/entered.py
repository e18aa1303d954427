"""A fact that was entered by hand: it is judged as the fact that it brings, once two persons stand behind it."""

from typing import Any

import msgspec
from msgspec import structs

from agents.core.intake import Refused, bad_data
from agents.core.rules.book import Plan
from streams.messages import Event
from streams.messages.services.entry import ENTERED, EnteredFact, same_hand

_entered = msgspec.json.Decoder(EnteredFact)


def plan_of_entered(event: Event, plans: dict[str, Plan], domain: str) -> Plan:
    """What to do with the fact that the event brings; Refused where it is none, or one person stands behind it.

    What an instrument measures is not entered by hand: it comes from the instrument, late if it must.
    """
    try:
        said = _entered.decode(event.data)
    except msgspec.DecodeError as error:
        raise bad_data(error) from None
    plan = plans.get(f"{domain}.{said.kind}")
    if plan is None or plan.registers:
        raise Refused("malformed-data", "no kind of fact of the domain is called so, or it is a registration", "$.data.kind")
    if plan.measured:
        raise Refused("malformed-data", "what an instrument measures is not entered by hand", "$.data.kind")
    if why := same_hand(said.entered, said.confirmed):
        raise Refused("malformed-data", why, "$.data.confirmed")
    try:
        data: Any = plan.decode(said.data)
    except msgspec.DecodeError as error:
        raise bad_data(error, "$.data.data") from None
    return structs.replace(plan, decode=lambda _: data)


def fact_in(event: Event) -> msgspec.Raw:
    """The data of the fact that an event is, or brings by hand."""
    return _entered.decode(event.data).data if event.type.endswith(ENTERED) else event.data
