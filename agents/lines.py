"""Answers of commands for programs: a JSON line each, on standard output."""

import sys
from collections.abc import Iterable
from typing import Any

from streams.messages import encode


def write_lines(rows: Iterable[Any]) -> int:
    """Write each as a JSON line; exit 0."""
    for row in rows:
        sys.stdout.buffer.write(encode(row) + b"\n")
    sys.stdout.buffer.flush()
    return 0
