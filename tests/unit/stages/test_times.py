"""Times and numbers of our own messages: what is none is refused where a record is decoded, in every message that flows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from streams import messages
from streams.messages import Alert, Corrected, DecodeError, Resumption, ToldTime, check_times, decode, encode, format_time
from streams.messages.checked import Count, NoTime, Time
from tests.support.pure.view import LOG, NOW
from tests.support.town import alert

NAMES = {"at", "due", "until", "since", "now", "sent", "saved"}
"""What our messages call moments, beside names that end in `_at`."""

KINDS = [each for name in messages.__all__ if isinstance(each := getattr(messages, name), type) and issubclass(each, Struct)]
FLOWING = [kind for kind in KINDS if kind not in {Corrected, Resumption, ToldTime}]
"""All messages but what is read of an event, whose times the intake reads."""


def parts(hint: Any) -> Iterator[Any]:
    """A type, and those that it is made of."""
    yield hint
    if get_origin(hint) is not Annotated:
        for each in get_args(hint):
            yield from parts(each)


@pytest.mark.parametrize("kind", FLOWING, ids=lambda kind: kind.__name__)
def test_no_message_has_a_moment_or_a_number_without_bounds(kind: type[Struct]) -> None:
    """A field that is called like a moment is a Time, and no number is a plain int: it could be greater than readers hold."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        found = list(parts(hint))
        if name in NAMES or name.endswith("_at"):  # a time in text, or a number of milliseconds
            assert {Time, Count} & {*found}, f"{kind.__name__}.{name}"
            assert str not in found
        assert int not in found, f"{kind.__name__}.{name}"


@pytest.mark.parametrize(
    "field", [name for name, hint in get_type_hints(Alert, include_extras=True).items() if Time in parts(hint)]
)
@pytest.mark.parametrize("text", ["x", "never", "2026-06-01", "2026-06-01T08:00:00", "9999-12-31T00:00:00Z", "\ud800"])
def test_an_alert_with_a_text_for_a_time_is_refused(field: str, text: str) -> None:
    """The error names the field, never the text."""
    value = encode(alert(LOG, 1, NOW)).decode()
    whole = msgspec.json.decode(value) | {field: text.encode("utf-8", "replace").decode()}
    with pytest.raises(DecodeError) as told:
        decode(encode(whole), Alert)
    assert (told.value.reason, told.value.field, str(told.value)) == ("bad-time", f"$.{field}", "no time")


@pytest.mark.parametrize(("path", "bad"), [(("evidence", 0, "at"), "x"), (("place", "offset"), 2**60), (("rev",), 2**60)])
def test_what_stands_within_a_message_is_checked_too(path: tuple[Any, ...], bad: object) -> None:
    """A time of a piece of evidence, an offset of a place, a number of a revision."""
    whole = msgspec.json.decode(encode(alert(LOG, 1, NOW)))
    within = whole
    for step in path[:-1]:
        within = within[step]
    within[path[-1]] = bad
    with pytest.raises(DecodeError):
        decode(encode(whole), Alert)


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=80_000)))
def test_every_moment_that_we_write_is_a_time(after: timedelta) -> None:
    """What `format_time` writes passes, and so does an empty text where a message has none."""
    check_times(msgspec.structs.replace(alert(LOG, 1, NOW), asked_at=format_time(int(after.total_seconds() * 1000))))
    check_times(msgspec.structs.replace(alert(LOG, 1, NOW), asked_at=""))
    with pytest.raises(NoTime):
        check_times(msgspec.structs.replace(alert(LOG, 1, NOW), asked_at="x"))
