"""What `agents judge` prints, as outputs."""

import json

from tests.support.workers import (
    IDENTITY,
    OF_INCIDENTS,
    Outputs,
)


def replayed(lines: bytes) -> Outputs:
    """The outputs in what `agents judge` prints."""
    identities = IDENTITY | OF_INCIDENTS
    found: Outputs = {name: {} for name in identities}
    for line in lines.splitlines():
        topic = json.loads(line)["topic"]
        value = line[line.index(b'"value":') + len(b'"value":') : -1]
        found[topic][identities[topic](value)] = value
    return found
