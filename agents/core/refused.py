"""What gateways refused, for every domain alike: the quality record of it."""

from streams.messages import RefusedInput

Row = tuple[str, str, str]

ROWS = {"conflict": "DQ-04"}
"""The rows of the data quality list that a reason belongs to; all others are DQ-15, what cannot be read."""


def check_refused_input(data: RefusedInput, at: int) -> list[Row]:  # noqa: ARG001 - the contract of a check
    """What a gateway refused, and of whom."""
    many = f", and {data.more} more of its kind" if data.more else ""
    said = f"{data.reason}: {data.message} ({data.gateway} gateway, source {data.source or 'not known'}{many})"
    return [(ROWS.get(data.reason, "DQ-15"), "$.data", said)]
