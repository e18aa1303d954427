"""Whatever pollution sources send, their judges neither raise nor depend on restarts."""

from hypothesis import given, settings
from hypothesis import strategies as st

from agents.core.alerts.fold import Fold
from streams.messages import MINUTE, encode, format_time
from tests.support.books import the_book
from tests.support.pure.polluter import MORNING, NOON, START, fact, register, tick

BOOK = the_book()
CODES = st.sampled_from(["a21026", "a19001", "w01018", "w21003", "w01010", "w00000", "a34002", "i33311"])
FACTORS = st.dictionaries(
    CODES,
    st.fixed_dictionaries(
        {},
        optional={
            "avg": st.sampled_from([0, 1.5, 9, 12.1, 21, 60, 160, 840, 900]),
            "zs_avg": st.sampled_from([0, 10, 60, 301]),
            "flag": st.sampled_from(["N", "", "D", "F", "T", "M", "?"]),
            "sample_time": st.sampled_from(["20260601010000", "20260601030000", "99999999999999", "soon"]),
        },
    ),
    max_size=4,
)
FACTS = st.one_of(
    st.tuples(
        st.sampled_from(["source_minute", "source_hour", "source_realtime"]), st.fixed_dictionaries({"factors": FACTORS})
    ),
    st.tuples(st.just("source_revision"), st.fixed_dictionaries({"of": st.just("source_hour"), "factors": FACTORS})),
    st.tuples(
        st.just("device_state"),
        st.fixed_dictionaries(
            {"devices": st.dictionaries(st.sampled_from(["SB1", "SB3"]), st.fixed_dictionaries({"state": st.integers(0, 5)}))}
        ),
    ),
    st.tuples(
        st.just("publication"),
        st.fixed_dictionaries(
            {"report": st.sampled_from(["daily", "forecast"]), "covers": st.sampled_from([MORNING, NOON, "x"])}
        ),
    ),
    st.tuples(
        st.just("inspection"),
        st.fixed_dictionaries(
            {"finding": st.sampled_from(["device-missing", "evasion", "corrected", "decided", "not-filed", "case-opened"])},
            optional={"of": st.sampled_from(["device-missing", "evasion"])},
        ),
    ),
    st.tuples(
        st.just("emergency"),
        st.fixed_dictionaries({"emergency": st.sampled_from(["E1", "E2"]), "step": st.sampled_from(["occurred", "ended"])}),
    ),
    st.tuples(
        st.just("maintenance_plan"), st.fixed_dictionaries({"since": st.just(MORNING), "until": st.sampled_from([NOON, ""])})
    ),
    st.tuples(st.just("site_work"), st.fixed_dictionaries({"earthwork": st.booleans()})),
    st.tuples(st.just("site_weather"), st.fixed_dictionaries({"wind_force": st.integers(0, 6), "station_pm10": st.just(90)})),
    st.tuples(st.just("tick"), st.none()),
)
KINDS = st.sampled_from(["gas_boiler", "sewage_works", "incinerator", "building_site", "water_source", "air_source"])


@settings(max_examples=120, deadline=None)
@given(KINDS, st.lists(st.tuples(FACTS, st.integers(-3, 40)), max_size=40), st.integers(0, 40))
def test_any_stream_is_judged_the_same_over_a_restart(
    kind: str, steps: list[tuple[tuple[str, dict[str, object]], int]], cut: int
) -> None:
    """Whatever sources send, in whatever order, nothing raises, and a restart at any place changes no output."""
    traits = {"production": "SB1", "treatment": "SB3", "o2_reference": 3.5}
    values, at = [register(kind, traits=traits, limits={"a21026": 50, "a21026.range": 4})], START
    for (name, data), minutes in steps:
        at += minutes * MINUTE
        time = format_time(at)
        values.append(tick(time) if name == "tick" else fact(name, time, **data))
    records = [(n, None, value) for n, value in enumerate(values)]
    whole = Fold(BOOK, "test.events.environment", 0, keyed=False).run(records)
    first = Fold(BOOK, "test.events.environment", 0, keyed=False)
    out = first.run(records[:cut])
    second = Fold(BOOK, "test.events.environment", 0, keyed=False)
    second.restore(first.snapshot())
    assert [encode(each) for each in [*out, *second.run(records)]] == [encode(each) for each in whole]
