"""What signs are made of and become: cells, as events under their city; and figures, as facts of the domain of signs."""

from collections.abc import Iterable

from msgspec import Struct

from agents.core.feed import fed
from streams.messages import CELLS, SIGN_FIGURE, SIGN_REGISTERED, CitySign, Name, Registered, SignCells
from streams.outputs import Output

SIGNS = "signs"
"""The domain whose facts signs become."""

KIND = "sign"
"""What a sign of an area is registered as."""


class SignFigureTold(Struct, frozen=True, kw_only=True):
    """The data of a figure, as `agents.domains.signs.payload` reads them."""

    sign: str
    state: str
    value: float | None
    coverage: float | None
    valid: int
    due: int | None
    missing: int


def cells(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the stage of signs reads of these outputs, as key (the city) and event."""
    return [
        fed(
            type=CELLS,
            id=f"{each.topic}/{each.partition}/{each.at}",
            time=each.at,
            subject=each.city,
            region=each.city,
            data=each,
        )
        for each in outputs
        if isinstance(each, SignCells)
    ]


def figures(outputs: Iterable[Output]) -> list[tuple[bytes, bytes]]:
    """What the domain of signs reads of these outputs, as key (sign and area) and event; at each change of state who it is.

    What is provisional is nothing that a crossing could be judged by, nor is the value of what is of too few.
    """
    found: list[tuple[bytes, bytes]] = []
    for each in outputs:
        if isinstance(each, CitySign) and not each.provisional:
            if each.since == each.at:
                found.append(_event(SIGN_REGISTERED, each, _registration(each)))
            told = SignFigureTold(
                sign=each.sign,
                state=each.state,
                value=None if each.few else each.value,
                coverage=each.coverage,
                valid=each.valid,
                due=each.due,
                missing=int(each.state == "na" and bool(each.due)),
            )
            found.append(_event(SIGN_FIGURE, each, told))
    return found


def _registration(each: CitySign) -> Registered:
    name = Name(zh=each.title.zh, en=each.title.en) if each.title else Name(zh=each.sign, en=each.sign)
    return Registered(kind=KIND, name=name, adcode=each.area, traits={"sign": each.sign})


def _event(type_: str, each: CitySign, data: Struct) -> tuple[bytes, bytes]:
    subject = f"{each.sign}/{each.area}"
    return fed(type=type_, id=f"{subject}/{each.at}", time=each.at, subject=subject, region=each.area, data=data)
