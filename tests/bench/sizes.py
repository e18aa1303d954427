"""How big each benchmark is: in full, and small for a try."""

from msgspec import Struct

from tests.bench.workload import Workload


class Sizes(Struct, frozen=True):
    """Numbers of one run of `python -m tests.bench`. `delay_seconds` and `rate` (events/s) are those of the paced runs.

    `rebalance_seconds` is how long the run lasts in which workers come and go.
    `signs`, `areas`, `signs_minutes`: how many signs of how many districts are counted, and for how many minutes; `counted`: of
    what a fact costs with signs and without.
    """

    runs: int
    throughput: Workload
    faust: Workload
    rate: int
    delay_seconds: int
    rebalance_seconds: int
    wall_samples: int
    growth: tuple[Workload, ...]
    rules: tuple[int, ...]
    rules_events: int
    judge: Workload
    standing: tuple[int, ...]
    acts: int
    orders: tuple[int, ...]
    lives: int
    listed: int
    told: Workload
    presses: int
    receivers: int
    frames: int
    devices: int
    post_seconds: int
    messages: int
    single_messages: int
    signs: int
    areas: int
    signs_minutes: int
    counted: tuple[Workload, ...]


_CITIES = Workload(65, 7, most=1_000_000)

FULL = Sizes(
    runs=3,
    throughput=_CITIES,
    faust=Workload(6, 7, most=30_000),
    rate=5_000,
    delay_seconds=60,
    rebalance_seconds=100,
    wall_samples=40,
    growth=(Workload(3, 72), Workload(13, 1, copies=25), Workload(13, 1, copies=250, most=1_500_000)),
    rules=(50, 200, 1_000),
    rules_events=200_000,
    judge=_CITIES,
    standing=(1_000, 10_000, 100_000),
    acts=20_000,
    orders=(1_000, 10_000, 100_000),
    lives=40_000,
    listed=100_000,
    told=Workload(5, 7),
    presses=100,
    receivers=500,
    frames=100_000,
    devices=5_000,
    post_seconds=30,
    messages=10_000,
    single_messages=500,
    signs=200,
    areas=200,
    signs_minutes=1_500,
    counted=(Workload(10, 3), Workload(1, 4, copies=20), Workload(1, 1, copies=60)),
)

QUICK = Sizes(
    runs=1,
    throughput=Workload(3, 1),
    faust=Workload(1, 1),
    rate=1_000,
    delay_seconds=5,
    rebalance_seconds=40,
    wall_samples=8,
    growth=(Workload(3, 1),),
    rules=(50,),
    rules_events=5_000,
    judge=Workload(3, 1),
    standing=(100, 1_000),
    acts=200,
    orders=(100, 1_000),
    lives=200,
    listed=1_000,
    told=Workload(1, 1),
    presses=10,
    receivers=20,
    frames=2_000,
    devices=100,
    post_seconds=2,
    messages=500,
    single_messages=20,
    signs=30,
    areas=10,
    signs_minutes=70,
    counted=(Workload(1, 1),),
)
