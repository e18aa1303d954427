"""What people order of a device, and that it is for this one device: append-only, key = the device's MN."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from streams.messages.checked import Time
from streams.messages.event import Actor, Authn

OrderId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$")]
"""BLAKE2s-128 (hex) of the person, the device and the moment."""

DeviceNumber = Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{1,27}$")]
"""An MN (HJ 212-2017 table 3; 14 characters in 2005)."""

ClockReason = Annotated[str, Meta(min_length=1, max_length=500)]


class ClockOrder(Struct, frozen=True, gc=False, kw_only=True):
    """Let the clock of one device be set, once, by HJ 212's 1012: who orders it, when, why, and until when it counts."""

    order: OrderId
    at: Time
    by: Actor
    device: DeviceNumber
    reason: ClockReason
    until: Time
    authn: Authn | UnsetType = UNSET

    def __post_init__(self) -> None:
        """ValueError where it does not say when it was given, or until when it counts."""
        if not (self.at and self.until):
            raise ValueError("an order says when it was given, and until when it counts")
