"""What comes over a line beside good frames: some sorts of it, each a piece that may be sent again and again."""

import random

from tests.support.pure.hj212 import uploaded

_WRONG = uploaded("2011", "DataTime=20260601080000;a21026-Rtd=1,a21026-Flag=N")[:-6] + b"0000\r\n"

SORTS = {
    "random": random.Random(212).randbytes(1 << 14),
    "beginnings": b"##1000QN=2026" * 1_000,
    "largest": b"##9999" + b"QN=20260601080000000;" * 800,
    "wrong": _WRONG * 80,
    "zeros": bytes(1 << 14),
}
"""Sorts of noise: none of it holds a good frame."""

SHARES = {"random": 30, "zeros": 30, "largest": 30, "wrong": 8, "beginnings": 2}
"""Percent of each sort where much is sent: least of what is dearest to look at, a frame every 150 bytes and one every 13."""
