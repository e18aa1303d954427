"""What `agents judge` prints, as outputs."""

import json

from agents.stages import TOPICS
from tests.support.workers import Outputs, identity


def replayed(lines: bytes) -> Outputs:
    """The outputs in what `agents judge` prints."""
    found: Outputs = {name: {} for name in TOPICS}
    for line in lines.splitlines():
        topic = json.loads(line)["topic"]
        value = line[line.index(b'"value":') + len(b'"value":') : -1]
        found[topic][identity(topic, value)] = value
    return found
