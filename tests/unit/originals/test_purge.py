"""清除: the texts of an order go with their keys; trail, chain, replay are as before. In a log never opened it is refused."""

import io
import os
from argparse import Namespace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw

from agents.audit.trails import Trails
from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.command import Trouble
from streams.keeper import orders
from streams.keeper.wire import SealFile
from streams.messages import Actor, Event, Issue, Order, OrderAct, OrderAudit, Sealed, Text, decode_event, encode, format_time
from streams.messages.orders import File, Passage, Receiver
from streams.outputs import BY_TYPE, Output
from streams.settings import load
from streams.signing.envelope import claim, envelope_bytes
from streams.signing.kinds import NUMBERED, matches
from streams.signing.machine.keyfile import write_new
from streams.signing.sign import addressed, cosigned, signed
from streams.signing.ticks import MOST, links
from streams.signing.verify import verify
from streams.signing.words import base64url
from tests.support.keeper.kept import OWN, Kept, MemoryLog, order, sealing
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, OrderPartition, actor, entries
from tests.support.signing import BEGIN, Hand, Roots

STAGE = "events.orders"
FAMILY = f"{STAGE}/{ORDER}"
SCREEN, KEEPER, CLOCK, FIRST, SECOND = (Hand(f"{name} of a purge") for name in ("screen", "keeper", "clock", "lw", "zj"))
LINKS = links("sha256", b"sixteen bytes it", MOST)
POLICY = {"signed": ["*"], "cosigned": ["command.order.purge"], "ahead": 600_000, "stale": 0, "step": 60_000}
ADMIN = Actor(id="lw", role="admin")


class SignedOrders(Roots):
    """An opened log with one partition of orders; `values` are its records."""

    def __init__(self) -> None:
        super().__init__(name="t", partitions={STAGE: 1}, policy=POLICY)
        self.number = 0
        roles = ["dispatcher", "handler", "clerk"]
        keys = [
            self.key(SCREEN, "screen-1", roles=roles, to=[STAGE]),
            self.key(KEEPER, "keeper", may=["personal.*"], roles=[], to=[STAGE]),
            self.key(CLOCK, "clock", may=["clock.chain"], roles=[], to=["*"]),
            self.key(FIRST, "cli-lw", may=["command.order.purge"], roles=["admin"], to=[STAGE]),
            self.key(SECOND, "cli-zj", may=[], cosigns=["command.order.purge"], roles=[], to=[STAGE]),
        ]
        self.values = [envelope_bytes(each) for each in (self.opened, *keys)]
        chain = {"from": format_time(BEGIN), "step": 60_000, "n": MOST, "end": base64url(LINKS[0])}
        self.say("clock.chain", "", chain, CLOCK, to="*")
        tick = {"r": base64url(LINKS[1])}
        self.values.append(encode(self.event("clock.tick", "", tick, BEGIN + 60_000)))

    def event(self, kind: str, subject: str, data: Any, at: int = BEGIN + 60_000) -> Event:
        """An event that nobody has signed."""
        id_ = f"{kind}/{self.number}"
        raw = data if isinstance(data, Raw) else Raw(encode(data))
        given = {"subject": subject} if subject else {}
        return Event(specversion="1.0", id=id_, source="test", type=kind, time=format_time(at), data=raw, **given)

    def say(self, kind: str, subject: str, data: Any, hand: Hand, *seconds: Hand, to: str = STAGE) -> None:
        """Write a signed event."""
        self.number += 1
        event = self.event(kind, subject, data, BEGIN if kind == "clock.chain" else BEGIN + 60_000)
        made = signed(addressed(event, self.logid, to, 0 if matches(NUMBERED, kind) else self.number), hand)
        for second in seconds:
            made = cosigned(made, second)
        self.values.append(envelope_bytes(made))

    def judged(self) -> list[Output]:
        """What the records give, from the beginning."""
        fold = Orders(order_rules("4101"), "t.events.orders", 0, verify=verify)
        return list(fold.run([(n, decode_event(value).subject.encode() or None, value) for n, value in enumerate(self.values)]))


def sealed_issue(kept: Kept) -> Issue:
    """An order whose texts the keeper has sealed."""

    def seal(name: str, text: str, party: str = "office") -> Sealed:
        return kept.keeper.seal(sealing(text, family=FAMILY, party=party, type="order", id=ORDER, path=name))

    return Issue(
        order=ORDER,
        kind="lead",
        actor=actor("dispatcher", ECOLOGY),
        title=Text("疑似氮氧化物超标", "Suspected NOx"),
        text=(
            Passage("cause", seal("cause", "监测发现疑似超标")),
            Passage("contact", seal("contact", "王工 13900000000", "caller")),
        ),
        receivers=(Receiver(unit=BRANCH, part="main", demand=seal("demand", "请核实处理")),),
    )


def test_a_purge_takes_the_texts_and_leaves_chain_and_replay(tmp_path: Path) -> None:
    """Two persons; keys, texts, files go at once; the order is `purged`; every entry verifies, a replay is the same bytes."""
    kept, log = Kept(tmp_path, MemoryLog()), SignedOrders()
    issue = sealed_issue(kept)
    data = os.urandom(1_000)
    digest = sha256(data).hexdigest()
    asked = SealFile(family=FAMILY, party="office", type="order.file", id=digest, path="file", size=1_000)
    reference = kept.shelf.seal(*kept.keeper.file_key(asked), 1_000, io.BytesIO(data))
    log.say("command.order.issue", ORDER, issue, SCREEN)
    file = File(digest=digest, size=1_000, type="image/jpeg", text=reference)
    log.say("command.order.file", ORDER, OrderAct(order=ORDER, actor=actor("dispatcher", ECOLOGY), file=file), SCREEN)
    before = log.judged()
    forget = order("personal.forget", "f1", OWN["zj"], family=FAMILY, reason="state-secret", basis="secrets-31")
    kept.log.write("forgets", *forget)
    kept.work()
    assert kept.store.rows() == []
    assert kept.log.newest() == {}
    assert kept.shelf.path(reference) is None
    log.say("command.order.purge", ORDER, OrderAct(order=ORDER, actor=ADMIN, reason="state-secret, secrets-31"), FIRST, SECOND)
    for value in kept.log.values(STAGE):
        said = decode_event(value)
        log.say(said.type, said.subject, said.data, KEEPER)
    after = log.judged()
    assert [encode(each) for each in after[: len(before)]] == [encode(each) for each in before]
    assert [encode(each) for each in log.judged()] == [encode(each) for each in after]
    newest = [each for each in after if isinstance(each, Order)][-1]
    assert (newest.purged, newest.files, newest.text) == (True, (file,), issue.text)
    trail = [each for each in after if isinstance(each, OrderAudit)]
    assert [each.event for each in trail][-3:] == ["purge", "forget-ordered", "texts-destroyed"]
    trails = Trails(BY_TYPE[OrderAudit], None, log.logid)
    assert [finding for each in trail for finding in trails.take(encode(each))] == []
    assert list(trails.end()) == []
    assert kept.open(issue.text[0].words, family=FAMILY, type="order", id=ORDER, path="cause")[0] == "deleted"  # type: ignore[arg-type]
    kept.close()


class Sent:
    """Takes what is sent, in place of keeper and Kafka; `state`: how the keeper answers an order."""

    def __init__(self, state: str = "pending") -> None:
        self.state, self.handed, self.written = state, list[bytes](), list[tuple[str, bytes, bytes]]()

    def order(self, event: str) -> str:
        """As the keeper's client."""
        self.handed.append(event.encode())
        return self.state

    def send(self, topic: str, value: bytes, key: bytes) -> "Sent":
        """As a producer."""
        self.written.append((topic, key, value))
        return self

    def get(self, _: float) -> None:
        """As what a producer gives."""

    def close(self) -> None:
        """As a producer."""


@pytest.mark.parametrize("state", ["pending", "refused"])
def test_the_command_signs_both_by_two_persons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    """The keeper's order first, then the mark; where the keeper refuses, because of a hold, the order is not marked."""
    sent = Sent(state)
    monkeypatch.setattr(orders, "pinned", lambda *_: "ab" * 32)
    monkeypatch.setattr(orders, "newest_tick", lambda *_: BEGIN)
    monkeypatch.setattr(orders, "client_of", lambda *_: sent)
    monkeypatch.setattr(orders.clients, "producer", lambda _: sent)
    for name in ("lw", "zj"):
        write_new(tmp_path / name, f"cli-{name}")
    given = {"order": ORDER, "log": "live", "reason": "state-secret", "basis": "secrets-31", "account": "lw"}
    options = Namespace(**given, key=tmp_path / "lw", second=tmp_path / "zj")
    settings = load({"ONESCREEN_DATA": str(tmp_path)})
    assert orders.purge(settings, options) == (1 if state == "refused" else 0)
    (handed,) = sent.handed
    marked = [value for _, _, value in sent.written]
    assert len(marked) == (state == "pending")
    kinds = [claim(each).envelope for each in (handed, *marked)]
    assert [each.type for each in kinds] == ["personal.forget", "command.order.purge"][: len(kinds)]
    assert all(each.sig and len(each.cosig.split()) == 1 for each in kinds)
    assert [each.subject for each in kinds] == [FAMILY, ORDER][: len(kinds)]
    assert [(topic, key) for topic, key, _ in sent.written] == [("live.events.orders", ORDER.encode())][: len(marked)]


def test_the_command_refuses_a_log_never_opened(tmp_path: Path) -> None:
    """With the reason, before anything is signed."""
    options = Namespace(order=ORDER, log="live", reason="state-secret", basis="secrets-31", account="lw")
    with pytest.raises(Trouble, match="never opened: its texts stand in clear"):
        orders.purge(load({"ONESCREEN_DATA": str(tmp_path)}), options)


def test_one_person_does_not_purge(tmp_path: Path) -> None:
    """The log's policy asks for a second signature: the order stands as it was."""
    kept, log = Kept(tmp_path, MemoryLog()), SignedOrders()
    log.say("command.order.issue", ORDER, sealed_issue(kept), SCREEN)
    log.say("command.order.purge", ORDER, OrderAct(order=ORDER, actor=ADMIN, reason="state-secret"), FIRST)
    orders = [each for each in log.judged() if isinstance(each, Order)]
    assert not orders[-1].purged
    kept.close()


def test_in_a_log_never_opened_it_is_refused_with_the_reason() -> None:
    """Its texts stand in clear and cannot be taken out: that is said in the trail."""
    made = OrderPartition()
    made.issue()
    ((event, _, reason),) = entries(made.act("purge", Actor(id="lw", role="admin", department="zz-command"), reason="泄密"))
    assert event == "refuse"
    assert "never opened" in reason
    assert not made.orders[ORDER].purged
