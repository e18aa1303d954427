"""The baseline of signs that a log has adopted by a moment, from its topics `appraisal` and `books`."""

from agents.signs.baseline.spec import SIGNS, SignBaseline, read_baseline
from streams.appraisal.adoptions import Adopted, adoptions, held_at
from streams.appraisal.log import adopted_bytes, appraisal_records, baseline_steps
from streams.places.appraisal import appraisal
from streams.settings import Settings


def held_baseline(settings: Settings, log: str, at: int) -> tuple[Adopted, SignBaseline] | None:
    """What was adopted last by a moment (ms), and its text; None where nothing was.

    Trouble where the log has no text with the digest that was adopted.
    """
    adopted = adoptions(baseline_steps(appraisal_records(settings, log)), appraisal().office)
    found = held_at(adopted, SIGNS, at)
    return None if found is None else (found, read_baseline(adopted_bytes(settings, log, found)))
