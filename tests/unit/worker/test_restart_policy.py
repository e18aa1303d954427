"""When a worker must be replaced, look by look."""

from typing import Any

import pytest

from agents.worker.supervisor.policy import RECOVERING, SETTLED, SILENT, STANDING, STARTING, Kafka, RestartPolicy

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
