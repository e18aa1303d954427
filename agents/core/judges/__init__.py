"""Stock judges: what a rule can name without any Python of its own."""

from collections.abc import Callable

from agents.core.judge import Judge
from agents.core.judges.compare import Compare
from agents.core.judges.flatline import Flatline
from agents.core.judges.limit import Limit
from agents.core.judges.missing import Missing
from agents.core.rule import Binding

STOCK: dict[str, Callable[[Binding], Judge]] = {
    "limit": Limit,
    "missing": Missing,
    "flatline": Flatline,
    "compare": Compare,
}
"""Stock judges by the name that a rule gives in `judge`."""
