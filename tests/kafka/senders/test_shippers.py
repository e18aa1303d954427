"""The recipes with the programs themselves: what they post to the HTTP gateway is in its spool, each attempt once."""

import json
import re
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from streams.gateways.drain import unpacked
from streams.gateways.http.sources import hash_of
from streams.gateways.spool import Spool
from tests.support.gateways.http import TOKEN
from tests.support.gateways.http_process import HttpGatewayProcess
from tests.support.gateways.shippers import collectd, register, syslog_ng
from tests.support.kafka.settings import lasting_port, settings_in
from tests.support.shared import either, shared
from tests.support.workers import wait_for


class Posted:
    """The gateway for one sender, with Kafka away; how many events it has taken, and which, once it is stopped."""

    def __init__(self, folder: Path, ready: str, types: str) -> None:
        self._folder, self._metrics = folder / "gateway", lasting_port()
        self._folder.mkdir()
        more = {"ONESCREEN_METRICS_PORT": str(self._metrics)}
        said = register(ready, types, hash_of(TOKEN))
        self._process = HttpGatewayProcess(settings_in(folder), "shipped", self._folder, senders=said, **more)
        self.url = f"http://127.0.0.1:{self._process.port}/events"

    def count(self, outcome: str) -> int:
        """Events of this outcome by now."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._metrics}/metrics", timeout=10) as answer:
            found = re.search(rf'events_total{{outcome="{outcome}",.*}} (\S+)', answer.read().decode())
        return int(float(found[1])) if found else 0

    def events(self) -> list[dict[str, Any]]:
        """Stop it; all events of the sender in its spool."""
        self._process.kill()
        with Spool(self._folder / "spool") as spool:
            values = [each for record in spool.read(0, 10_000) for each in unpacked(record.payload).events]
        return [json.loads(each) for each in values]


STAMP = re.compile(r"^Dec +(\d+) (\S+) (.*)$")


def precise(text: str) -> list[str]:
    """The lines of a log with whole seconds as a newer syslog writes them: RFC 3339 with parts of a second."""
    seconds: Counter[str] = Counter()
    found = []
    for line in text.splitlines():
        if match := STAMP.match(line):
            second = f"2025-12-{int(match[1]):02}T{match[2]}"
            found.append(f"{second}.{seconds[second] * 10:03}000+08:00 {match[3]}")
            seconds[second] += 1
    return found


@either
def test_a_log_of_openssh_by_syslog_ng(tmp_path: Path, ours: bool) -> None:
    """All lines of the real log are posted; each attempt counts once, though PAM tells of it too, and repeated ones as often.

    520 lines of failures, two of them repeated 5 times by syslog: 528; one success; the other 1,479 lines are no attempts.
    """
    lines = precise(shared("ssh_log/OpenSSH_2k.log", ours=ours).read_text("utf-8"))
    log = tmp_path / "auth.log"
    log.write_text("\n".join([*lines, ""]), "utf-8")
    posted = Posted(tmp_path, "openssh_shipped", '["cyber.login"]')
    attempts = 43 if ours else 529
    (tmp_path / "shipper").mkdir()
    with syslog_ng(tmp_path / "shipper", log, posted.url, TOKEN):
        wait_for(lambda: posted.count("accepted") >= attempts, "syslog-ng to post the attempts")
    refused, events = posted.count("refused"), posted.events()
    logins = [event for event in events if event["type"] == "cyber.login"]
    host = "host.410100.host" if ours else "host.410100.LabSZ"
    assert {event["subject"] for event in logins} == {host}
    assert Counter(event["data"]["outcome"] for event in logins) == {"failure": attempts - 1, "success": 1}
    assert len({event["time"] for event in logins}) == attempts, "no two of a host may share a moment"
    assert refused == 0


def test_a_sensor_by_collectd(tmp_path: Path) -> None:
    """The kernel's 1-wire driver writes 4250 for 4.25 °C; collectd posts it as JSON by write_http."""
    sensor = tmp_path / "temperature"
    sensor.write_text("4250\n", "utf-8")
    posted = Posted(tmp_path, "climate_collectd", '["food_drug.drug_climate"]')
    said = {
        "/sys/bus/w1/devices/28-000000000001/temperature": str(sensor),
        "http://127.0.0.1:9280/events": posted.url,
        "TOKEN": TOKEN,
        "Interval 60": "Interval 1",
        "Metrics true": "Metrics true\n    BufferSize 1024",
    }
    (tmp_path / "shipper").mkdir()
    with collectd(tmp_path / "shipper", said):
        wait_for(lambda: posted.count("accepted") >= 3, "collectd to post the temperature")
    climate = [event for event in posted.events() if event["type"] == "food_drug.drug_climate"]
    assert {(event["subject"], event["data"]["temperature"]) for event in climate} == {("drug-store.410100.K3", 4.25)}
