"""Kind `duties`: which orders would have been late, or not, under other limits, days, duty list or staffing; by unit."""

from msgspec import Raw

from agents.jobs import work as jobs
from agents.jobs.work import Work, read, span
from agents.offline.duties.other import OtherDuties, wrongs
from agents.offline.duties.past import duties_found
from agents.offline.reading import Reading, RefusedError
from agents.rulebook.orders import order_rules
from streams.messages import DAY, NEVER
from streams.places import organs

LONGEST = 366 * DAY
MOST_ROWS = 5_000
"""The longest period, and the changed duties that are listed; choices."""


class DutiesParams(jobs.JobPeriod, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period, and what would be other in it, as of `agents whatif --orders`."""

    duties: OtherDuties


def duties(params: Raw, work: Work) -> None:
    """Judge the archive anew, compare its orders both ways, and write what is different."""
    asked = read(params, DutiesParams)
    begin, end = span(asked.since, asked.until, LONGEST)
    if wrong := list(wrongs(asked.duties, order_rules().kinds, organs.units())):
        raise RefusedError(f"参数有误：{'；'.join(wrong)}", f"the parameters: {'; '.join(wrong)}")
    passes = 2 if asked.duties.route else 1
    reading = Reading(NEVER, passes * work.records, work.tell)
    found = duties_found(work.archive, asked.duties, begin, end, reading.records)
    reading.check(begin, work.log)
    changed = sorted(
        (each for each in found.rows if each.changed), key=lambda each: (each.due, each.order, each.line, each.clock)
    )
    work.write(
        "result.json",
        {
            "log": work.log,
            "from": begin,
            "to": end,
            "until": found.now,
            "duties": asked.duties,
            "compared": len(found.rows),
            "changed": len(changed),
            "units": found.sums,
            "beyond": found.beyond,
            "rows": changed[:MOST_ROWS],
            "more": max(0, len(changed) - MOST_ROWS),
        },
    )
