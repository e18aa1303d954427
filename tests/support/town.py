"""A small town for the screen's tests: stations, alerts, quality records and a worker's pulses, written as a worker would."""

import json
import threading
import time
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from streams.kafka import clients
from streams.messages import (
    HOUR,
    MINUTE,
    Actor,
    Alert,
    Audit,
    Clause,
    Department,
    Duty,
    Evidence,
    Flood,
    Heartbeat,
    Incident,
    Name,
    Note,
    Place,
    Quality,
    SubjectStatus,
    Text,
    encode,
    format_time,
)
from streams.outputs import Output, target
from streams.settings import Settings
from streams.topics import events_topic, topic_name

DOMAIN = "environment"
ROOT = Path(__file__).resolve().parents[2]
FEATURES = json.loads((ROOT / "streams/places/4101/map.geojson").read_text("utf-8"))["features"]
DISTRICTS = [feature["properties"] for feature in FEATURES]

CLAUSE = Clause(
    id="gb3095-gas-1h",
    edition="GB 3095-2026",
    article="表1 二级，表4，4.4",
    text=Text("臭氧1小时平均浓度限值200微克/立方米。", "The hourly limit of ozone is 200 µg/m³."),
    mark="V",
)
BUREAU = Department(id="zz-ee", name=Text("郑州市生态环境局", "Zhengzhou Ecology Bureau"), basis="GB 3095-2026 7.1")
MOST_BYTES = 8 << 20
"""Bytes of a record at most: a rule book is one."""

LI = Actor(id="li", name="李值班", role="supervisor")
GUIDANCE = Text("核对该站近 1 小时数据，查明原因，按预案采取措施。", "Check the last hour of this station, find the cause.")


def station(n: int, now: int, **values: float | str | None) -> SubjectStatus:
    """The n-th station: near the middle of a district, with an index."""
    place = DISTRICTS[n % len(DISTRICTS)]
    lon, lat = place["labels"][0]
    measured = {"aqi": 40 + 17 * (n % 7), "level": "良", "primary": "pm10", "o3": 88.0} | values
    return SubjectStatus(
        subject=f"air.{place['adcode']}.{n}",
        domain=DOMAIN,
        kind="air_station",
        name=Name(zh=f"{place['zh']}监测站", en=f"{place['en']} station"),
        adcode=place["adcode"],
        lon=lon + 0.01,
        lat=lat + 0.02,
        at=format_time(now - now % HOUR),
        values=measured,
    )


def alert(log: str, n: int, now: int, *, age: int = 10 * MINUTE, **changes: Any) -> Alert:
    """An unacknowledged alert of the n-th station, raised `age` ms ago; `changes` replace its fields."""
    home = station(n, now)
    topic = events_topic(log, DOMAIN)
    at = format_time(now - age)
    made = Alert(
        id=f"{n:032x}",
        rev=100 + n,
        occurrence=1,
        log=log,
        domain=DOMAIN,
        rule="gas-hourly",
        rule_version="7d1f0c52a9b3",
        row="ENV-I02",
        title=Text("气态污染物小时浓度超标", "Hourly gas concentration above the limit"),
        clause=CLAUSE,
        phase="in-process",
        severity="orange",
        state="B",
        active=True,
        subject=home.subject,
        name=home.name,
        item="o3",
        value=218.0,
        limit=200.0,
        unit="µg/m³",
        lon=home.lon,
        lat=home.lat,
        adcode=home.adcode,
        department=BUREAU,
        guidance=GUIDANCE,
        opened_at=at,
        raised_at=at,
        changed_at=at,
        cleared_at=None,
        due=None,
        evidence=(Evidence(place=Place(topic, 0, 100 + n), sha256="9f" * 32, at=at, value=218.0),),
        verbs=("acknowledge",),
        note=None,
        place=Place(topic, 0, 100 + n),
        audit=1,
        head="0" * 64,
    )
    return replace(made, **changes)


def incident(*members: Alert, **changes: Any) -> Incident:
    """The open incident of these alerts, the first of which is the worst; `changes` replace its fields."""
    first = members[0]
    made = Incident(
        id=f"i{first.id[1:]}",
        rev=0,
        log=first.log,
        city="410100",
        title=Text("区域空气污染过程", "Air pollution episode"),
        severity=first.severity,
        state="open",
        members=tuple(one.id for one in members),
        count=len(members),
        open=len(members),
        first=first.id,
        lead=Duty(BUREAU, first.id, ""),
        helpers=(),
        lon=first.lon,
        lat=first.lat,
        adcode=first.adcode,
        opened_at=first.raised_at,
        changed_at=first.raised_at,
        ended_at=None,
        rules=("bad-air",) if len(members) > 1 else (),
        rules_version="1",
        notes=(),
        flood=False,
        merged_into="",
        place=Place(events_topic(first.log, "incidents"), 0, 0),
        audit=1,
        head="0" * 64,
    )
    return replace(made, **changes)


def flood(log: str, began: int, until: int, **changes: Any) -> Flood:
    """A flood of the bureau's desk."""
    made = Flood(
        id=f"f{began:031x}",
        rev=1,
        log=log,
        city="410100",
        department=BUREAU,
        began_at=format_time(began),
        count=12,
        peak=12,
        until=format_time(until),
        ended_at=None,
        place=Place(events_topic(log, "incidents"), 0, 1),
    )
    return replace(made, **changes)


def acknowledged(standing: Alert, note: Note, rev: int) -> Alert:
    """The alert's next revision, as a worker makes it from an accepted act."""
    return replace(standing, state="C", verbs=(), note=note, rev=rev, audit=standing.audit + 1, changed_at=note.at)


def entry(standing: Alert, n: int, event: str, place: Place, **changes: Any) -> Audit:
    """The n-th entry of an alert's trail, caused by the record at `place`; `changes` replace its fields."""
    made = Audit(
        alert=standing.id,
        n=n,
        rev=place.offset,
        at=standing.changed_at,
        event=event,
        verb="",
        before=standing.state,
        after=standing.state,
        occurrence=standing.occurrence,
        severity=standing.severity,
        actor=None,
        reason="",
        place=place,
        prev="",
        hash="",
    )
    return replace(made, **changes)


def bad(log: str, n: int, now: int, reason: Any = "duplicate") -> Quality:
    """The n-th quality record."""
    return Quality(
        id=f"q{n:031x}",
        reason=reason,
        rule="DQ-03",
        message="a second copy",
        field="",
        owner="zz-ee",
        log=log,
        domain=DOMAIN,
        place=Place(events_topic(log, DOMAIN), 0, n),
        at=format_time(now),
        type="environment.air_hour",
        subject="air.410102.0",
        size=2,
    )


def wall_clock() -> int:
    """Now, in ms."""
    return time.time_ns() // 1_000_000


class Town:
    """Writes to a log's alerts, quality and status; sends a heartbeat each half second between `start` and `stop`."""

    def __init__(self, settings: Settings, log: str) -> None:
        self.settings, self.log = settings, log
        self.producer = clients.producer(settings, linger_ms=0, max_request_size=MOST_BYTES)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def start(self) -> None:
        """Begin to send pulses."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more pulses, as a worker that died."""
        self._stop.set()
        self._thread.join()

    def close(self) -> None:
        """End everything."""
        if self._thread.ident is not None:
            self.stop()
        self.producer.close()

    def write(self, *messages: Output) -> None:
        """Write messages to their topics, and wait until Kafka has them."""
        for message in messages:
            name, key = target(message)
            home = message.partition if isinstance(message, Heartbeat) else None  # a pulse stands in its own partition
            self.producer.send(topic_name(self.log, name), encode(message), key.encode(), partition=home)
        self.producer.flush(10)

    def _beat(self) -> None:
        while not self._stop.is_set():
            now = wall_clock()
            self.write(self.heartbeat(now))
            self._stop.wait(0.5)

    def heartbeat(self, now: int) -> Heartbeat:
        """A heartbeat of partition 0."""
        return Heartbeat(
            domain=DOMAIN,
            partition=0,
            worker="worker-1",
            now=format_time(now - now % 1000),
            sent=format_time(now),
            offset=1000,
            lag=0,
            rate=12.0,
            rss=90_000_000,
            subjects=12,
        )
