"""`gateway sql` with a real PostgreSQL and a real MariaDB, and with a real Kafka: read only, in time, once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from streams.gateways.pull.database import DIALECTS
from streams.gateways.pull.progress import Away
from streams.gateways.pull.table import load_table
from streams.gateways.spool import Spool
from streams.kafka.admin import create_topics
from streams.kafka.clients import read_topic
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.gateways.servers import PASSWORD, SERVERS, Server
from tests.support.gateways.tables import LIFTS, NOW, LiftTable
from tests.support.workers import ROOT

Wait = Callable[[Callable[[], object]], None]

BEGIN = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)

SOURCE = """
source = "amr/lifts"
map = "lifts.toml"
driver = "{driver}"
host = "127.0.0.1"
port = {port}
database = "{database}"
user = "reader"
password_file = "password"
table = "lift_state"
watermark = "changed"
key = ["lift_no"]
overlap = "5m"
rows = 40
seconds = 1
"""

TIME = {"postgresql": "timestamptz", "mysql": "datetime"}
"""With a zone, and without one: what the two have for it."""

DATABASE = {"postgresql": "postgres", "mysql": "amr"}
SLOW = {"postgresql": "SELECT pg_sleep(20)", "mysql": "SELECT COUNT(*) FROM seq_1_to_100000 a, seq_1_to_100000 b"}


@pytest.fixture(scope="module", params=["postgresql", "mysql"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each kind of server with the table of lifts."""
    with SERVERS[request.param]() as found:
        time = TIME[request.param]
        columns = f"changed {time}, lift_no varchar(20), seen_at {time}, running smallint, door varchar(2)"
        found.execute(f"CREATE TABLE lift_state ({columns})")
        yield found


@pytest.fixture
def table(server: Server, tmp_path: Path) -> LiftTable:
    """A source that reads the server's table, which is empty."""
    server.execute("DELETE FROM lift_state")
    source = SOURCE.format(driver=server.driver, port=server.port, database=DATABASE[server.driver])
    zone = '\nzone = "Z"' if server.driver == "mysql" else ""
    mapping = LIFTS.replace('format = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]', f'format = "%Y-%m-%d %H:%M:%S"{zone}')
    (tmp_path / "password").write_text(PASSWORD, "ascii")
    (tmp_path / "password").chmod(0o600)
    return LiftTable(tmp_path, source, mapping)


def insert(server: Server, seconds: float, number: int) -> None:
    """A row that was changed so many seconds after the beginning."""
    at = BEGIN + timedelta(seconds=seconds)
    at = at.replace(tzinfo=None) if server.driver == "mysql" else at
    server.execute("INSERT INTO lift_state VALUES (%s, %s, %s, 1, '0')", [at, f"L{number:03d}", at])


def test_a_real_table_is_read_once_with_its_ties_and_late_rows(server: Server, table: LiftTable) -> None:
    """100 rows with 10 of each watermark, pages of 40; then one late by 4 minutes and one of the newest watermark."""
    for number in range(100):
        insert(server, number // 10 * 60, number)
    events = table.read()
    assert len({event["id"] for event in events}) == len(events) == 100
    assert events[0]["time"] == "2026-06-01T08:00:00+08:00"
    insert(server, 300, 100)
    insert(server, 540, 101)
    insert(server, 0, 102)
    table.read()
    assert sorted(table.subjects()) == [f"lift.410100.L{number:03d}" for number in range(102)]
    table.read()
    assert len(table.events()) == 102


def test_the_session_may_not_write(server: Server, table: LiftTable) -> None:
    """An INSERT over the gateway's own session is refused by the server."""
    plan = load_table(table.folder / "amr.toml")
    dialect = DIALECTS[server.driver]  # type: ignore[index]  # one of the two
    server.execute("GRANT INSERT ON lift_state TO " + ("reader" if server.driver == "postgresql" else "reader@'127.0.0.1'"))
    session = dialect.connect(plan.address)
    with pytest.raises(dialect.error(), match=r"(?i)read.only"):
        session.cursor().execute("INSERT INTO lift_state (lift_no) VALUES ('x')")
    session.close()


def test_a_statement_that_takes_too_long_is_ended(server: Server, table: LiftTable) -> None:
    """`seconds = 1`: a statement of 20 s is ended by the server, and the source is away until the next time."""
    plan = load_table(table.folder / "amr.toml")
    dialect = DIALECTS[server.driver]  # type: ignore[index]  # one of the two
    session = dialect.connect(plan.address)
    with pytest.raises(dialect.error(), match=r"(?i)(timeout|max_statement_time)"):
        session.cursor().execute(SLOW[server.driver])
    session.close()


def test_a_wrong_password_is_said_and_not_shown(server: Server, table: LiftTable) -> None:
    """The source is away; the message has no password in it."""
    (table.folder / "password").write_text("wrong-one", "ascii")
    with Spool(table.folder / "spool") as spool:
        reader = table.reader(spool)
        with pytest.raises(Away) as raised:
            reader.read(NOW, lambda: False)
    assert "wrong-one" not in str(raised.value)


def test_a_killed_gateway_loses_and_doubles_nothing(
    server: Server, table: LiftTable, broker: Settings, log: str, wait: Wait
) -> None:
    """SIGKILL of `gateway sql` while 200 rows are on their way: after the next run each is in the log once."""
    create_topics(broker, log)
    for number in range(200):
        insert(server, number, number)
    ours = {"ONESCREEN_KAFKA_PORT": str(broker.kafka_port), "ONESCREEN_DATA": str(broker.data)}
    line = [sys.executable, "-m", "streams", "gateway", "sql", "--log", log, "--source", str(table.folder / "amr.toml")]
    line += ["--spool", str(table.folder / "spool")]
    segments = table.folder / "spool"
    with subprocess.Popen(line, cwd=ROOT, env=os.environ | ours) as killed:
        wait(lambda: any(each.stat().st_size for each in segments.glob("*.seg")))
        killed.send_signal(signal.SIGKILL)
    done = subprocess.run([*line, "--once"], cwd=ROOT, env=os.environ | ours, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = [
        json.loads(each.value) for each in read_topic(broker, events_topic(log, "special_equipment"))
    ]
    subjects = [event["subject"] for event in found if event["type"] == "special_equipment.lift_state"]
    assert sorted(subjects) == [f"lift.410100.L{number:03d}" for number in range(200)]
