"""Stock judges: what a rule can name without any Python of its own."""

from collections.abc import Callable

from agents.core.judge import Judge
from agents.core.judges.band import Band
from agents.core.judges.burst import Burst
from agents.core.judges.calendar_window import window
from agents.core.judges.compare import Compare
from agents.core.judges.differs import Differs
from agents.core.judges.duty import Duty
from agents.core.judges.event import Event
from agents.core.judges.expiry import Expiry
from agents.core.judges.flatline import Flatline
from agents.core.judges.limit import limit
from agents.core.judges.missing import Missing
from agents.core.judges.rate import Rate
from agents.core.judges.repeat import Repeat
from agents.core.judges.sequence import Sequence
from agents.core.rules.rule import Binding

STOCK: dict[str, Callable[[Binding], Judge]] = {
    "limit": limit,
    "band": Band,
    "window": window,
    "rate": Rate,
    "flatline": Flatline,
    "missing": Missing,
    "compare": Compare,
    "differs": Differs,
    "event": Event,
    "burst": Burst,
    "repeat": Repeat,
    "sequence": Sequence,
    "duty": Duty,
    "expiry": Expiry,
}
"""Stock judges by the name that a rule gives in `judge`."""
