"""Random values of the types of payloads."""

import random
import re
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta
from msgspec.structs import fields

WORDS = ("a", "b", "2026-05-20", "2026-06-20", "2026-06-02T08:00:00+08:00", "410102", "SB1 SB2", "unregistered", "scrapped")
NUMBERS = (0.0, 0.4, 1.0, 1.6, 5.0, 8.0, 12.0, 20.9, 50.0, 95.0, 100.0, 160.0, 200.0, 850.0, 1000.0)


def value_of(hint: Any, chance: random.Random) -> Any:  # noqa: PLR0911 - one line for each kind of type
    """A random value of a payload's type."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _bounded(value_of(get_args(hint)[0], chance), get_args(hint)[1])
    if origin in {Union, UnionType}:
        return value_of(
            chance.choice([each for each in get_args(hint) if each is not NoneType or chance.random() < 0.3]), chance
        )
    if origin is Literal:
        return chance.choice(get_args(hint))
    if origin is dict:
        codes = ("a34013", "a21026", "a19001", "w01018", "w01001", "i33311", "SB1", "so2", "pm10")
        return {code: value_of(get_args(hint)[1], chance) for code in chance.sample(codes, 4)}
    if origin in {tuple, list}:
        return [value_of(get_args(hint)[0], chance) for _ in range(2)]
    if hasattr(hint, "__struct_fields__"):
        return {
            field.encode_name: value_of(field.type, chance)
            for field in fields(hint)
            if (field.default is NODEFAULT and field.default_factory is NODEFAULT) or chance.random() < 0.7
        }
    plain = {NoneType: None, bool: chance.random() < 0.5, str: chance.choice(WORDS), bytes: "YWI="}
    if hint in plain:
        return plain[hint]
    number = chance.choice(NUMBERS)
    return int(number) if hint is int else number


def _bounded(value: Any, meta: Meta) -> Any:
    """The value, moved into its bounds."""
    if isinstance(value, str) and meta.pattern and not re.search(meta.pattern, value):
        known = ("ab" * 32, "ab" * 16, "ab" * 8, "91350100M000100Y43", "2026-05")  # digests, ids, a code of GB 32100, a month
        return next((each for each in known if re.search(meta.pattern, each)), known[0])
    if isinstance(value, str | dict | list):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = meta.ge if meta.ge is not None else meta.gt, meta.le if meta.le is not None else meta.lt
        value = value if low is None else max(value, low + (meta.gt is not None))
        value = value if high is None else min(value, high - (meta.lt is not None))
    return value
