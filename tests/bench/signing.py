"""`python -m tests.bench.signing`: what signing costs on this machine, as JSON lines, in µs each.

The best of several runs; what is judged record by record (`n` says how many there were) is measured once.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from hashlib import sha256

from msgspec.structs import replace

from streams.messages import Event, encode
from streams.signing import merkle, ticks
from streams.signing.chain import chained, links
from streams.signing.envelope import claim, envelope_bytes
from streams.signing.preimage import content, signature_preimage
from streams.signing.sign import batch
from streams.signing.state import trust_bytes
from streams.signing.suites import fault
from streams.signing.trust import Delivered, take, tick
from streams.signing.verify import remembering, verify
from streams.signing.words import base64url
from tests.bench.signed_logs import rows
from tests.support.signing import BEGIN, ED25519, ENVIRONMENT, Hand, Roots, SignedPartition, act

RUNS = 7
TREE = "ed25519-sha256-tree"


def best(asked: Callable[[], object], times: int) -> float:
    """µs of one call: the best of RUNS runs of so many calls."""
    found = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        for _ in range(times):
            asked()
        found.append((time.perf_counter() - begin) / times * 1e6)
    return min(found)


def say(name: str, us: float, **more: object) -> None:
    """One line."""
    sys.stdout.write(json.dumps({"what": name, "us": round(us, 2), **more}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, one line a thing."""
    options = _options()
    roots, screen, clock, registrar = Roots(), Hand("screen"), Hand("clock"), Hand("registrar", TREE)
    here = SignedPartition()
    here.take_all(
        [
            roots.opened,
            roots.write("log.suite", adopts=[TREE]),
            roots.key(screen, "screen-1"),
            roots.key(clock, "clock", may=["clock.chain"], roles=[], to=["*"]),
            *(roots.key(Hand(f"key {n}"), f"part-{n}") for n in range(47)),
        ]
    )
    event = act(roots.logid, screen, 1)
    value, preimage = envelope_bytes(event), signature_preimage(event)
    say("sign, Ed25519", best(lambda: screen.sign(preimage), 2_000))
    say("verify, Ed25519", best(lambda: verify(ED25519, screen.public, preimage, event.sig), 2_000))
    memory = remembering(verify)
    say("verdict remembered", best(lambda: memory(ED25519, screen.public, preimage, event.sig), 5_000))
    say("preimage", best(lambda: signature_preimage(event), 5_000), bytes=len(preimage))
    say("content digest", best(lambda: content(event, "sha256"), 5_000))
    say("strict reading", best(lambda: claim(value), 5_000), bytes=len(value))
    delivered = Delivered(ENVIRONMENT, 0, 99, event.subject.encode(), value)
    say("an act taken", best(lambda: take(here.trust, delivered, BEGIN, verify, lambda _: None), 2_000))
    forged = replace(delivered, value=envelope_bytes(replace(event, sigkid="0" * 32)))
    say(
        "a forged act refused before its signature",
        best(lambda: take(here.trust, forged, BEGIN, verify, lambda _: None), 5_000),
    )
    say("a public key's prime order", best(lambda: fault(ED25519, screen.public), 20))
    secret = b"sixteen bytes it"
    say("a chain of 3,600 links made", best(lambda: ticks.links("sha256", secret, 3_600), 5))
    chain = ticks.links("sha256", secret, 3_600)
    data = {"from": "2026-06-01T08:00:00+08:00", "step": 1_000, "n": 3_600, "end": base64url(chain[0])}
    here.take_all([act(roots.logid, clock, 1, type="clock.chain", subject="", to="*", data=data)])
    one, far = base64url(chain[1]), base64url(chain[3_600])
    say("a tick", best(lambda: tick(here.trust, BEGIN + 1_000, one, 100, BEGIN), 5_000))
    say("a tick that passes over 3,599", best(lambda: tick(here.trust, BEGIN + 3_600_000, far, 100, BEGIN), 20))
    leaves = [sha256(b"%d" % n).digest() for n in range(1_000_000)]
    begin = time.perf_counter()
    merkle.root("sha256", leaves)
    say("the root of a million leaves", (time.perf_counter() - begin) * 1e6)
    registers = [
        act(roots.logid, registrar, n + 1, type="environment.registered", data={"kind": "air_station"}) for n in range(5)
    ]
    many = [replace(registers[n % 5], id=str(n), sigseq=str(n + 1)) for n in range(10_000)]
    begin = time.perf_counter()
    found = batch(many, registrar)
    say("one of 10,000 events signed as a tree", (time.perf_counter() - begin) / 10_000 * 1e6)
    leaf, message = found[777], signature_preimage(found[777])
    say("its verification", best(lambda: verify(TREE, registrar.public, message, leaf.sig), 2_000), bytes=len(leaf.sig))
    blank = b'{"alert":"a1","n":1,"act":"shelve","prev":"sha256:' + b"0" * 64 + b'","hash":""}'
    stored = chained("sha256", blank)
    say("a trail's entry hashed", best(lambda: chained("sha256", blank), 5_000))
    say("a trail's entry verified", best(lambda: links(stored, "sha256:" + "0" * 64), 5_000))
    say("the trust of 50 keys written", best(lambda: trust_bytes(here.trust), 500), bytes=len(trust_bytes(here.trust)))
    plain = Event(specversion="1.0", id=event.id, source=event.source, type=event.type, subject=event.subject, time=event.time)
    say("what a signature adds", 0.0, bytes=len(value) - len(encode(replace(plain, data=event.data))))
    for name, us, more in rows(options.registers, options.acts):
        say(name, us, **more)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.signing", description=__doc__)
    parser.add_argument("--registers", type=int, default=100_000, metavar="N", help="registers under one tree (%(default)s)")
    parser.add_argument("--acts", type=int, default=20_000, metavar="N", help="acts that are judged again (%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
