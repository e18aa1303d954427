"""How a part learns that it should end: SIGTERM and SIGINT set an event."""

import os
import signal
import threading

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def stop_event() -> threading.Event:
    """An event that the first SIGTERM or SIGINT sets; to be asked for once, by the main thread.

    A thread of its own sets it: a signal's handler runs in the main thread wherever that is, also within the event's own lock,
    which it would then wait for without end.
    """
    stop = threading.Event()
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)  # the byte in the pipe says it
    threading.Thread(target=_wait, args=(told, stop), name="stop", daemon=True).start()
    return stop


def _wait(told: int, stop: threading.Event) -> None:
    os.read(told, 1)
    stop.set()
