"""A real server's log of brute-force logins (loghub OpenSSH, 2,000 lines): the rules count what pandas counts.

The log tells whole seconds; failures within a second are told apart by a millisecond each, in the order of the log. A line
`message repeated 5 times` is one line, as in the published count.
"""

import re
from collections.abc import Iterable

import pandas as pd
import pytest

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from streams.messages import Alert, Audit, Name, Registered, event_bytes, format_time, parse_time
from tests.support.books import the_book
from tests.support.shared import either, shared

HOST = "host.LabSZ"
FAILED = re.compile(r"^Dec +(\d+) (\S+) .*Failed password for .* from (\S+) port")
ACCEPTED = re.compile(r"^Dec +(\d+) (\S+) .*Accepted password for .* from (\S+) port")
WITHIN = pd.Timedelta("5min")

Attempt = tuple[int, str, str]
"""Event time (ms), source, outcome."""


@pytest.fixture(scope="module")
def book() -> Book:
    """The committed rule book."""
    return the_book()


def _attempts(ours: bool) -> list[Attempt]:
    """The attempts of the raw log, read without pandas; the log has no year, 2025 is taken."""
    found: list[Attempt] = []
    seconds: dict[int, int] = {}
    for line in shared("ssh_log/OpenSSH_2k.log", ours=ours).read_text("utf-8").splitlines():
        for pattern, outcome in ((FAILED, "failure"), (ACCEPTED, "success")):
            if match := pattern.match(line):
                second = parse_time(f"2025-12-{match[1]}T{match[2]}+08:00")
                found.append((second + seconds.setdefault(second, 0), match[3], outcome))
                seconds[second] += 1
    return found


def _failures(ours: bool) -> pd.DataFrame:
    """The failures by loghub's own table: time and source."""
    lines = pd.read_csv(shared("ssh_log/OpenSSH_2k.log_structured.csv", ours=ours))
    failed = lines[lines.Content.str.contains("Failed password")].copy()
    failed["source"] = failed.Content.str.extract(r"from (\S+) port")
    failed["at"] = pd.to_datetime("2025 " + failed.Date + " " + failed.Day.astype(str) + " " + failed.Time)
    failed["at"] += pd.to_timedelta(failed.groupby("at").cumcount(), unit="ms")
    return failed[["at", "source"]].reset_index(drop=True)


def _judged(book: Book, attempts: Iterable[Attempt], rule: str) -> list[Alert | Audit]:
    """What a rule says of attempts on one host, time passing with each and for ten minutes after the last."""
    data = Registered(kind="info_system", name=Name("实验室主机", "LabSZ"), adcode="410102")
    values = [_event("cyber.registered", 0, data)]
    for at, source, outcome in attempts:
        values += [_tick(at), _event("cyber.login", at, {"source": source, "outcome": outcome})]
        end = at + 600_000
    outputs = Fold(book, "case.events.cyber", 0).run((n, HOST.encode(), v) for n, v in enumerate([*values, _tick(end)]))
    told = [out for out in outputs if isinstance(out, Alert | Audit)]
    assert told == outputs, outputs
    ids = {out.id for out in told if isinstance(out, Alert) and out.rule == rule}
    return [out for out in told if (out.id if isinstance(out, Alert) else out.alert) in ids]


def _event(kind: str, at: int, data: Registered | dict[str, object]) -> bytes:
    return event_bytes(type=kind, source="test", id=f"{kind}-{at}", time=format_time(at), subject=HOST, data=data)


def _tick(at: int) -> bytes:
    return event_bytes(type="clock.tick", source="clock", id=str(at), time=format_time(at))


def _raises(outputs: list[Alert | Audit]) -> int:
    return sum(isinstance(out, Audit) and out.event in {"raise", "re-alarm"} for out in outputs)


def _rolling(failures: pd.DataFrame) -> pd.Series:
    """How many failures of a source the 5 minutes that end with each of its failures hold."""
    ones = failures.assign(n=1).set_index("at")
    return ones.groupby("source").n.rolling("5min").sum()


@either
def test_the_log_is_read_alike(ours: bool) -> None:
    """520 failures of 23 sources and one success stand in the log, by our reading and by pandas' of the table."""
    attempts, failures = _attempts(ours), _failures(ours)
    failed = [(at, source) for at, source, outcome in attempts if outcome == "failure"]
    assert (len(failures), failures.source.nunique(), len(attempts)) == ((42, 4, 43) if ours else (520, 23, 521))
    zone = failures["at"].dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC").dt.tz_localize(None)
    assert list(zip((zone - pd.Timestamp(0)) // pd.Timedelta("1ms"), failures.source, strict=True)) == failed


@either
def test_sources_that_trip(book: Book, ours: bool) -> None:
    """Nine of 23 sources fail five times in 5 minutes and four of them twenty times; each opens as often as pandas says."""
    attempts, rolled = _attempts(ours), _rolling(_failures(ours))
    greatest = rolled.groupby("source").max()
    assert ((greatest >= 5).sum(), (greatest >= 20).sum()) == ((2, 1) if ours else (9, 4))
    for source, most in greatest.items():
        outputs = _judged(book, [each for each in attempts if each[1] == source], "login-burst")
        alerts = [out for out in outputs if isinstance(out, Alert)]
        assert (rolled[source] == 5).sum() == _raises(outputs), source
        assert (most >= 20) == any(alert.severity == "orange" for alert in alerts), source
        told = max((alert.value or 0 for alert in alerts), default=0)
        assert (0 if most < 5 else most - most % 5) == told, source
        assert not alerts or not alerts[-1].active


@either
def test_the_greatest_burst(ours: bool) -> None:
    """The greatest burst is of 146 failures in 5 minutes, or 147 where both ends of the 5 minutes count."""
    failures = _failures(ours)
    failures["at"] = failures["at"].dt.floor("s")
    both = failures.assign(n=1).set_index("at").groupby("source").n.rolling("5min", closed="both").sum()
    assert (_rolling(failures).max(), both.max()) == ((22, 22) if ours else (146, 147))


@either
def test_all_sources_on_one_host(book: Book, ours: bool) -> None:
    """On the host itself the rule opens 7 times: whenever a source reaches five while no other source has five."""
    failures = _failures(ours)
    expected = 0
    for at in failures["at"]:
        near = failures[(failures["at"] > at - WITHIN) & (failures["at"] <= at)]
        before = near[near["at"] < at]
        counts, counts_before = near.source.value_counts(), before.source.value_counts()
        expected += bool(counts.max() >= 5 and not (counts_before >= 5).any())
    outputs = _judged(book, _attempts(ours), "login-burst")
    assert (3 if ours else 7) == expected == _raises(outputs)


@either
def test_nobody_got_in(book: Book, ours: bool) -> None:
    """The one success of the log has no failures before it: no breach."""
    assert _judged(book, _attempts(ours), "login-breach") == []
