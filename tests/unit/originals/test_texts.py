"""The texts of orders: whose each is, what is refused before it is sealed, and under which key it is then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from screen.access.accounts import Account, write
from screen.acts.order_about import About
from screen.signer.notary import NotSignedError
from screen.signer.order_texts import family
from screen.signer.sealing import by_keeper, orders_by_keeper
from screen.signer.wire import SignOrder
from streams.keeper.client import KeeperClient
from streams.keeper.disk.store import Owner
from streams.keeper.rights import roles_of
from streams.messages import Actor, Issue, OrderAct, Sealed, Text, decode_event
from streams.messages.orders import Link, Passage, Receiver
from streams.orders.secrecy import names_secret
from streams.orders.texts import party_of, texts_of
from tests.support.keeper.kept import Kept, MemoryLog
from tests.support.signer.room import HASH, PEOPLE, SigningRoom
from tests.support.signing import BEGIN

ORDER = "0a" * 16
ISSUE = Issue(
    order=ORDER,
    kind="request",
    actor=Actor(id="li", role="dispatcher"),
    title=Text("反映夜间施工噪声", "Noise at night"),
    text=(Passage("cause", "来电反映夜间施工。"), Passage("contact", "张先生 13800138000")),
    receivers=(Receiver(unit="zz-um", part="main", demand="请现场核实。"),),
    reason="当事人要求尽快处理",
)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    """A keeper that answers at a socket."""
    found = Kept(tmp_path, MemoryLog())
    with found.answering(tmp_path / "socket"):
        yield found
    found.close()


@pytest.fixture
def room(kept: Kept, tmp_path: Path) -> Iterator[SigningRoom]:
    """A signer whose texts that keeper seals."""
    client = KeeperClient(tmp_path / "socket")
    made = SigningRoom(tmp_path, by_keeper(client), keeper=client, orders=orders_by_keeper(client))
    write(made.file, (*PEOPLE, Account("han", "韩承办", "handler", ("zz-um",), hash=HASH)))
    yield made
    made.close()


def signing(room: SigningRoom, account: str = "li", **more: Any) -> SignOrder:
    """A question to sign that order."""
    given = {"session": room.session(account), "verb": "issue", "key": "0f" * 16, "now": BEGIN, "region": "410102"}
    return SignOrder(**given | ({"issue": ISSUE} if "act" not in more else {}) | more)


def test_whose_a_text_is() -> None:
    """Of a request the caller's name and number, and who was reached; of a report the reporter's; of a lead nobody's."""
    whose = {name: party_of("request", {}, "issue", name) for name in ("cause", "demand", "contact", "reason")}
    assert whose == {"cause": "office", "demand": "office", "contact": "caller", "reason": "office"}
    assert party_of("request", {"nature": "report"}, "issue", "contact") == "reporter"
    assert party_of("rating", {}, "call-back", "who") == "caller"
    assert party_of("lead", {}, "call", "who") == "office"


def test_who_may_look_follows_from_whose_it_is() -> None:
    """A caller's words are the hotline's and the handler's; a supervisor, an admin, a reviewer read none of them."""
    callers = roles_of(Owner(family(ORDER), "caller", "personal"))
    assert callers == {"receptionist", "revisitor", "handler"}
    assert roles_of(Owner(family(ORDER), "reporter", "sensitive")) == callers
    assert {"reviewer", "dispatcher", "supervisor"} <= roles_of(Owner(family(ORDER), "office", "personal"))
    assert roles_of(Owner(family(ORDER), "stranger", "personal")) == frozenset()


@pytest.mark.parametrize("text", ["机密★一年", "★绝密", "秘密级", "【机密】", "涉及国家秘密的材料", "机 密 ★", "机密（1年）"])
def test_a_grade_of_secrecy_is_known(text: str) -> None:
    """GB/T 9704 7.2.2: the grade, a star, the term; and whoever says so in words."""
    assert names_secret(text)


@pytest.mark.parametrize("text", ["", "请保守商业秘密（配方）", "来电人要求保密", "秘密举报箱", "泄密风险"])
def test_what_is_no_grade_is_not_refused(text: str) -> None:
    """Words that only sound so."""
    assert not names_secret(text)


def test_every_text_of_an_order_is_sealed_under_its_party(room: SigningRoom, kept: Kept) -> None:
    """The log holds references alone; keys are of the order's family, one a party; each opens in its place."""
    room.notary.sign(signing(room))
    ((topic, key, value),) = room.log.written
    assert (topic, key) == ("t.events.orders", ORDER)
    issue = json.decode(decode_event(value).data, type=Issue)
    found = {path: (name, text) for path, name, text in texts_of(issue)}
    assert set(found) == {"reason", "text.0.words", "text.1.words", "receivers.0.demand"}
    assert all(isinstance(text, Sealed) for _, text in found.values())
    assert b"13800138000" not in value
    assert {(row.family, row.party) for row in kept.store.rows()} == {(family(ORDER), "office"), (family(ORDER), "caller")}
    name, contact = found["text.1.words"]
    assert isinstance(contact, Sealed)
    given = {"family": family(ORDER), "type": "order", "id": ORDER, "path": name}
    handler, leader = Actor(id="han", role="handler"), Actor(id="ld", role="leader")
    assert kept.open(contact, actor=handler, **given) == ("open", "张先生 13800138000")
    assert kept.open(contact, actor=leader, **given) == ("sealed", "")
    assert kept.open(contact, actor=handler, **given | {"family": family("0b" * 16)})[0] == "sealed"
    assert json.decode(decode_event(value).data)["text"][1]["words"]["digest"] == contact.digest


@pytest.mark.parametrize(
    "issue",
    [
        replace(ISSUE, reason="机密★一年"),
        replace(ISSUE, title=Text("国家秘密事项", "")),
        replace(ISSUE, receivers=(Receiver(unit="zz-um", part="main", demand="按绝密级办理"),)),
    ],
)
def test_a_secret_is_refused_before_anything_is_sealed(room: SigningRoom, kept: Kept, issue: Issue) -> None:
    """422 with the sentence; no key, no text, nothing in the log, and no word of it in the refusal."""
    with pytest.raises(NotSignedError, match="涉密事项按涉密渠道办理") as refused:
        room.notary.sign(signing(room, issue=issue))
    assert refused.value.status == 422
    assert "一年" not in str(refused.value)
    assert (room.log.written, kept.store.rows(), kept.log.values("sealed")) == ([], [], [])


def test_whom_a_contact_reached_is_the_callers(room: SigningRoom, kept: Kept) -> None:
    """By what the web process says of the order; a reporter's key is of the class `sensitive`."""
    act = OrderAct(order=ORDER, actor=Actor(id="han", role="handler"), lines=("1",), who="李女士", reason="已电话联系")
    for key, traits, party in (("0a", {}, "caller"), ("0b", {"nature": "举报"}, "reporter")):
        about = About("request", traits)
        room.notary.sign(signing(room, "han", verb="contact", act=act, about=about, key=key * 16))
        assert party in {row.party for row in kept.store.rows()}
    assert {row.class_ for row in kept.store.rows() if row.party == "reporter"} == {"sensitive"}


def test_without_the_keeper_no_order_is_signed(room: SigningRoom, kept: Kept) -> None:
    """503, and nothing in clear."""
    kept.log.away = True
    with pytest.raises(NotSignedError) as refused:
        room.notary.sign(signing(room))
    assert (refused.value.status, room.log.written) == (503, [])


LEAD = replace(
    ISSUE,
    kind="lead",
    title=Text("疑似烟尘超标", "Suspected dust"),
    text=(Passage("cause", "烟尘超标，疑似偷排。"),),
    alerts=(Link(domain="environment", subject="S1", alert="a" * 32, occurrence=1),),
)


@pytest.mark.parametrize(
    "issue",
    [
        replace(LEAD, text=(Passage("cause", "烟尘超标。该厂偷排。"),)),
        replace(LEAD, receivers=(Receiver(unit="zz-um", part="main", demand="查处其弄虚作假"),)),
        replace(LEAD, title=Text("某厂违法排放", "x")),
    ],
)
def test_an_accusation_is_refused_before_it_is_sealed(room: SigningRoom, kept: Kept, issue: Issue) -> None:
    """行政处罚法 41: of an order about an alert; whoever judges could not read it afterwards. 422 with the sentence."""
    with pytest.raises(NotSignedError, match="断言违法：复核前只能写疑似") as refused:
        room.notary.sign(signing(room, issue=issue))
    assert refused.value.status == 422
    assert (room.log.written, kept.store.rows()) == ([], [])


def test_the_signed_act_says_that_its_texts_were_looked_at(room: SigningRoom) -> None:
    """Of an order about an alert, and of no other; what the page says of it counts for nothing."""
    for key, issue in (("0a", LEAD), ("0b", replace(LEAD, worded=True, alerts=()))):
        room.notary.sign(signing(room, issue=issue, key=key * 16))
    about, other = (json.decode(decode_event(value).data, type=Issue) for _, _, value in room.log.written)
    assert isinstance(about.text[0].words, Sealed)
    assert (about.worded, other.worded) == (True, False)
