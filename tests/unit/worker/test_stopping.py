"""A part that is told to end ends, wherever it is when the signal comes."""

import signal
import subprocess
import sys

import pytest

PART = """
from streams.stopping import stop_event
stop = stop_event()
print("up", flush=True)
while not stop.wait(0):  # nearly all of its time it holds the event's own lock
    pass
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_part_that_asks_all_the_time(number: signal.Signals) -> None:
    """Exit 0 within five seconds, five times; a second signal on the way changes nothing."""
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", PART], stdout=subprocess.PIPE, text=True) as part:
            assert part.stdout is not None
            assert part.stdout.readline() == "up\n"
            part.send_signal(number)
            part.send_signal(number)
            assert part.wait(5) == 0
