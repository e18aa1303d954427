"""When a worker must be replaced, look by look."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.worker.supervisor.policy import RECOVERING, SETTLED, SILENT, STANDING, STARTING, WAITING, Kafka, RestartPolicy

PLACE = ("live.events.environment", 0)
READY: dict[str, Any] = {"state": "ready", "partitions": [{"topic": PLACE[0], "partition": 0}]}


def recovering(read: int) -> dict[str, Any]:
    """The report of a worker whose recovery is at `read`."""
    return {"state": "recovering", "partitions": [{"topic": PLACE[0], "partition": 0, "read": read, "end": 1 << 40}]}


def kafka(end: int, commit: int | None) -> Kafka:
    """Kafka's numbers of one partition."""
    return Kafka({PLACE: end}, {} if commit is None else {PLACE: commit})


def first_word(policy: RestartPolicy, looks: list[tuple[dict[str, Any] | None, Kafka | None]]) -> int | None:
    """At which look (from 1) something is wrong; None if never."""
    return next((n for n, (report, numbers) in enumerate(looks, 1) if policy.look(report, numbers)), None)


@pytest.mark.parametrize("answer", [None, {"state": "hung", "partitions": []}])
def test_silence(answer: dict[str, Any] | None) -> None:
    """A worker that answered once has SILENT looks without an answer or with that of a hung loop; an answer begins anew."""
    policy = RestartPolicy()
    nearly = [(answer, None)] * (SILENT - 1)
    assert first_word(policy, [(READY, None), *nearly, (READY, None), *nearly]) is None
    assert first_word(policy, [(answer, None)]) == 1


def test_a_new_process_may_take_longer() -> None:
    """Before its first answer a process has STARTING looks."""
    assert first_word(RestartPolicy(), [(None, None)] * (STARTING + 5)) == STARTING


@pytest.mark.parametrize("commit", [None, 7])
def test_lag_that_grows_while_commits_stand(commit: int | None) -> None:
    """Wrong after STANDING looks without a commit, if the end went on meanwhile; no commit at all stands too."""
    looks = [(READY, kafka(10 + n, commit)) for n in range(2 * STANDING)]
    assert first_word(RestartPolicy(), looks) == STANDING + 1


def test_what_is_no_standing_still() -> None:
    """Commits that move now and then, a log without new events, Kafka away, a recovery in between: all are left alone."""
    every = STANDING - 1
    assert first_word(RestartPolicy(), [(READY, kafka(100 * n, n // every)) for n in range(4 * STANDING)]) is None
    assert first_word(RestartPolicy(), [(READY, kafka(10, 10))] * (4 * STANDING)) is None
    away = [(READY, None if n % every == 0 else kafka(10 + n, 7)) for n in range(4 * STANDING)]
    assert first_word(RestartPolicy(), away) is None
    moved = [(recovering(n) if n % every == 0 else READY, kafka(10 + n, 7)) for n in range(4 * STANDING)]
    assert first_word(RestartPolicy(), moved) is None


def test_a_partition_that_went_to_another_worker_is_not_judged() -> None:
    """A partition is judged anew when it comes back: what stood still meanwhile was somebody else's."""
    policy = RestartPolicy()
    nearly = [(READY, kafka(10 + n, 7)) for n in range(STANDING)]
    elsewhere = (READY, Kafka({}, {PLACE: 7}))
    assert first_word(policy, [*nearly, elsewhere, *nearly]) is None


def several(commits: list[int], end: int) -> Kafka:
    """Kafka's numbers of several partitions whose logs end at the same place."""
    return Kafka({(PLACE[0], n): end for n in range(len(commits))}, {(PLACE[0], n): at for n, at in enumerate(commits)})


def in_turns(count: int, turn: int, looks: int) -> list[tuple[dict[str, Any] | None, Kafka | None]]:
    """A catch-up of `count` partitions, far behind ends that go on: each moves once in its turn of `turn` looks."""
    return [
        (READY, several([100 * ((n // turn + count - 1 - one) // count) for one in range(count)], 1_000_000 + n))
        for n in range(looks)
    ]


@given(st.integers(2, 12), st.integers(1, STANDING - 1))
def test_a_partition_that_waits_its_turn(count: int, turn: int) -> None:
    """Partitions that a catch-up takes in turns are left alone, though each stands for longer than STANDING looks between."""
    beyond = max(2, WAITING // turn)  # a round must end within WAITING looks
    assert first_word(RestartPolicy(), in_turns(min(count, beyond), turn, 3 * WAITING)) is None


@given(st.integers(1, 8), st.integers(1, STANDING - 1))
def test_one_that_hangs_while_others_catch_up(others: int, turn: int) -> None:
    """A partition that never moves is found after WAITING looks however busy the worker is in the others."""
    others = min(others, WAITING // turn)
    moving = [one for _, one in in_turns(others, turn, 2 * WAITING) if one]
    looks = [(READY, several([*(one.commits[PLACE[0], n] for n in range(others)), 7], one.ends[PLACE])) for one in moving]
    assert first_word(RestartPolicy(), looks) == WAITING + 1


@pytest.mark.parametrize("every", [1, 5])
def test_one_that_hangs_while_others_keep_up(every: int) -> None:
    """Where the others reach their ends there is no turn to wait for: the one that stands is found after STANDING looks."""
    looks = [(READY, several([1000 + n - n % every, 7], 1000 + n)) for n in range(2 * STANDING)]
    assert first_word(RestartPolicy(), looks) == STANDING + 1


def test_all_hang_in_a_catch_up() -> None:
    """Where nothing moves any more nobody waits for a turn: the worker is replaced within STANDING looks of its last move."""
    moving = in_turns(3, 2, 60)
    last = moving[-1][1]
    assert last
    stuck = [(READY, several(list(last.commits.values()), 2_000_000 + n)) for n in range(2 * STANDING)]
    found = first_word(RestartPolicy(), [*moving, *stuck])
    assert found is not None
    assert found <= 60 + STANDING


def test_the_end_of_a_catch_up() -> None:
    """Once the others have caught up, the one that had waited has STANDING looks from their last move but one, not WAITING."""
    catching = [(READY, several([min(10 * n, 400 + n), 7], 400 + n)) for n in range(WAITING)]
    found = first_word(RestartPolicy(), catching)
    assert found is not None
    assert 45 <= found <= 45 + STANDING


def test_recovery() -> None:
    """A recovery that moves may take for ever; one that does not, RECOVERING looks; joining a group is not judged."""
    assert first_word(RestartPolicy(), [(recovering(n), None) for n in range(2 * RECOVERING)]) is None
    assert first_word(RestartPolicy(), [(recovering(5), None)] * (2 * RECOVERING)) == RECOVERING + 1
    assert first_word(RestartPolicy(), [({"state": "joining", "partitions": []}, None)] * (2 * RECOVERING)) is None


def test_settled() -> None:
    """A process is a good one after it has judged for SETTLED looks."""
    policy = RestartPolicy()
    for _ in range(SETTLED):
        assert not policy.settled
        policy.look(READY, None)
    assert policy.settled
