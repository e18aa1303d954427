"""Commands as a person types them, and the trail that they leave."""

import os
import subprocess
import sys

from streams.kafka import clients
from streams.messages import Audit, decode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.workers import ROOT


def typed(settings: Settings, log: str, *arguments: str, command: str = "act") -> subprocess.CompletedProcess[str]:
    """The command as a person types it."""
    given = (*arguments, "--log", log, *(("--reason", "检修") if command == "act" else ()))
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    line = [sys.executable, "-m", "agents", command, *given]
    return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def trail_of(settings: Settings, log: str, alert: str) -> list[Audit]:
    """The entries of an alert's trail."""
    read = [decode(record.value, Audit) for record in clients.read_topic(settings, topic_name(log, "audit"))]
    return [entry for entry in read if entry.alert == alert]
