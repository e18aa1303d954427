"""What the signer signs, and for whom: the actor is the live session's, whatever the web process says."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw, json
from msgspec.structs import replace

from screen.access.accounts import read, token_hash, with_substitute, write
from screen.acts.commands import NotAcceptedError, command_id
from screen.signer.notary import TWO, NotSignedError
from screen.signer.wire import SignAct, SignOrder, SignRecord, SignRegroup
from streams.handover import Summary, handed, taken
from streams.messages import ALERT_RIGHTS, Act, Actor, Ask, Cancel, Handover, Regroup, Role, Takeover, decode, decode_event
from streams.messages.orders import Issue, Receiver
from streams.messages.text import Text
from streams.messages.words import Sealed, Words
from streams.signing.envelope import Envelope, claim
from tests.support.signer.room import SigningRoom
from tests.support.signing import BEGIN, ENVIRONMENT, SignedPartition

KEY = "0f" * 16
SECRET_WORDS = ("token", "hash", "password")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SigningRoom]:
    """A signer of an opened log."""
    made = SigningRoom(tmp_path)
    yield made
    made.close()


def press(session: str, account: str = "zhang", role: Role = "supervisor", **changes: Any) -> SignAct:
    """A question to sign an acknowledgement, as the web process sends it."""
    act = Act(alert="a1", occurrence=1, actor=Actor(id=account, name="张值班", role=role), reason="已派人")
    given = {"session": session, "verb": "acknowledge", "act": act, "key": KEY, "now": BEGIN}
    return SignAct(**(given | {"to": ENVIRONMENT, "subject": "站-1", "region": "410102"} | changes))


def written(room: SigningRoom, n: int = -1) -> Envelope:
    """What stands in the log, strictly read."""
    return claim(room.log.written[n][2]).envelope


def test_what_is_signed_is_taken_by_whoever_judges(room: SigningRoom) -> None:
    """The record is taken by every step of verification at its place; its bytes are an act of the session's person."""
    token = room.session("zhang")
    place = room.notary.sign(press(token))
    topic, key, value = room.log.written[0]
    assert (topic, key, place.topic) == ("t.events.environment", "站-1", "t.events.environment")
    partition = SignedPartition()
    partition.take_all([room.roots.opened, room.adopted])
    found = partition.take(value, key.encode())
    assert (found.reason, found.copy) == (None, False)
    act = json.decode(written(room).data, type=Act)
    assert act.actor == Actor(id="zhang", role="supervisor", department="zz-ee"), "no name stands in a signed log"
    assert act.authn
    assert act.authn.how == "local"
    session = room.sessions.of(token, time.time())
    assert session
    assert act.authn.session == session.id
    assert act.reason == "已派人"


def test_nothing_of_the_sessions_secret_is_in_the_log(room: SigningRoom) -> None:
    """Neither the cookie nor its hash; the public id opens nothing."""
    token = room.session("zhang")
    room.notary.sign(press(token))
    value = room.log.written[0][2]
    assert token.encode() not in value
    assert token_hash(token).encode() not in value
    public = json.decode(written(room).data, type=Act).authn
    assert public
    assert room.sessions.of(public.session, time.time()) is None
    assert room.sessions.held(public.session, time.time()) is None


@pytest.mark.parametrize(
    ("why", "status", "kind"),
    [
        ("unknown", 401, "session"),
        ("ended", 401, "session"),
        ("idle", 401, "session"),
        ("hash", 401, "session"),
        ("removed", 401, "session"),
        ("another account", 403, "actor"),
        ("viewer", 403, "right"),
        ("admin's verb", 403, "right"),
        ("notifier's verb", 403, "right"),
        ("no verb of alerts", 422, "malformed"),
        ("another topic", 422, "malformed"),
        ("no reason", 422, "malformed"),
        ("a foreign reference", 422, "malformed"),
    ],
)
def test_what_is_not_signed(room: SigningRoom, monkeypatch: pytest.MonkeyPatch, why: str, status: int, kind: str) -> None:
    """A session that does not hold, another's name, a verb that is not the role's, a place that is not judged, no own words."""
    token = room.session("hall" if why == "viewer" else "zhang")
    asked = press(token)
    sealed = Sealed("a" * 64, "b" * 64, 32)
    changes: dict[str, dict[str, Any]] = {
        "unknown": {"session": "x" * 43},
        "hash": {"session": token_hash(token)},
        "another account": {"act": replace(asked.act, actor=Actor(id="sun", role="admin"))},
        "viewer": {"act": replace(asked.act, actor=Actor(id="hall", role="supervisor"))},
        "admin's verb": {"verb": "suppress", "act": replace(asked.act, actor=Actor(id="zhang", role="admin"))},
        "notifier's verb": {"verb": "notify"},
        "no verb of alerts": {"verb": "hand-over"},
        "another topic": {"to": "checkpoint.environment"},
        "no reason": {"act": replace(asked.act, reason="  ")},
        "a foreign reference": {"act": replace(asked.act, reason=sealed)},
    }
    if why == "ended":
        room.sessions.end(token_hash(token))
    elif why == "removed":
        room.file.write_text('{"people":[]}', "utf-8")
    elif why == "idle":
        later = time.time() + 1_801
        monkeypatch.setattr("screen.signer.notary.time", lambda: later)
    with pytest.raises(NotSignedError) as refused:
        room.notary.sign(replace(asked, **changes.get(why, {})))
    assert (refused.value.status, refused.value.kind) == (status, kind)
    assert room.log.written == []
    assert not any(word in str(refused.value) for word in (token, *SECRET_WORDS))


@pytest.mark.parametrize("verb", sorted(TWO & ALERT_RIGHTS.keys()))
def test_the_admins_verbs_need_two(room: SigningRoom, verb: str) -> None:
    """The rows of the table of rights that are the admin's alone are not signed by one person, who is told the way."""
    asked = press(room.session("sun"), "sun", "admin", verb=verb)
    with pytest.raises(NotSignedError, match=rf"needs a second signature.*agents act {verb} --cosign") as refused:
        room.notary.sign(asked)
    assert refused.value.kind == "second"
    assert {"suppress", "unsuppress", "remove-from-service", "return-to-service", "order.purge"} == TWO


def test_a_press_is_written_once(room: SigningRoom) -> None:
    """The same press again has the place of the first, in another session of the person too."""
    first = room.notary.sign(press(room.session("zhang")))
    assert room.notary.sign(press(room.session("zhang"), now=BEGIN + 5_000)) == first
    assert len(room.log.written) == 1


def test_a_press_that_was_not_accepted_is_the_same_event_again(room: SigningRoom) -> None:
    """The second sending has another number and the same content: whether or not the first came in, it is done once."""
    token = room.session("zhang")
    room.log.away = True
    with pytest.raises(NotAcceptedError):
        room.notary.sign(press(token))
    room.log.away = False
    room.notary.sign(press(token, now=BEGIN + 5_000))
    (*_, lost), (_, key, again) = room.log.written
    for before in ([], [lost]):
        partition = SignedPartition()
        partition.take_all([room.roots.opened, room.adopted])
        for value in before:
            assert partition.take(value, key.encode()).reason is None
        found = partition.take(again, key.encode())
        assert (found.reason, found.copy) == (None, bool(before))


def test_an_incident_is_regrouped(room: SigningRoom) -> None:
    """A merge goes into the incidents' stage under its city; its actor is the session's."""
    move = Regroup(incident="i1", others=("i2",), actor=Actor(id="li", name="李", role="admin"), reason="同一火情")
    asked = SignRegroup(session=room.session("li"), verb="merge", act=move, now=BEGIN, city="410100", rev=7)
    assert room.notary.sign(asked).topic == "t.events.incidents"
    event = written(room)
    assert (event.type, event.subject, event.sigto) == ("command.merge", "410100", "events.incidents")
    assert json.decode(event.data, type=Regroup).actor == Actor(id="li", role="dispatcher")
    with pytest.raises(NotSignedError, match="no act 'acknowledge'"):
        room.notary.sign(replace(asked, verb="acknowledge"))


@pytest.mark.parametrize("what", ["handover", "takeover", "ask", "cancel"])
def test_notes_and_jobs_are_signed_events(room: SigningRoom, what: str) -> None:
    """Each is the data of an event for its topic, under its key; who it is by, and when, the signer says."""
    account, role = ("zhang", "supervisor")
    by = Actor(id=account, name="张值班", role="admin")
    note = handed("zz-ee", by, "三号泵停", Summary({}, {}, (), {}), KEY, 0)
    records: dict[str, Handover | Takeover | Ask | Cancel] = {
        "handover": note,
        "takeover": taken(note, by, "知悉", 0),
        "ask": Ask(id=KEY, at=note.at, by=by, kind="replay", params=Raw(b"{}")),
        "cancel": Cancel(id=KEY, at=note.at, by=by),
    }
    record = records[what]
    room.notary.sign(SignRecord(session=room.session(account), record=record))
    topic, key, value = room.log.written[0]
    event = decode_event(value)
    assert (topic, key) == (("t.jobs", KEY) if what in {"ask", "cancel"} else ("t.handovers", "zz-ee"))
    assert (event.subject, written(room).sigto) == (key, topic.removeprefix("t."))
    said = decode(bytes(event.data), type(record))
    assert said.by == Actor(id=account, role=role, department="zz-ee")
    assert said.authn
    assert said.at == event.time
    assert said.at > "2026", "not the time that the web process says"
    partition = SignedPartition(to=topic.removeprefix("t."))
    partition.now = None
    partition.take_all([room.roots.opened, room.adopted])
    assert partition.take(value, key.encode()).reason is None


def test_a_note_is_its_departments(room: SigningRoom) -> None:
    """Who is for one department writes no note of another's."""
    by = Actor(id="zhang", role="supervisor")
    note = handed("zz-amr", by, "交", Summary({}, {}, (), {}), KEY, 0)
    with pytest.raises(NotSignedError, match="it is zz-amr's"):
        room.notary.sign(SignRecord(session=room.session("zhang"), record=note))


def test_words_are_sealed_in_one_place(tmp_path: Path) -> None:
    """Every text of a person goes through the seal before it is signed, with the event, what that is about, and its path."""
    seen: list[tuple[str, ...]] = []

    def seal(*what: str) -> Words:
        seen.append(what)
        return Sealed("a" * 64, "b" * 64, 32)

    room = SigningRoom(tmp_path, seal)
    token = room.session("zhang")
    asked = press(token)
    room.notary.sign(replace(asked, act=replace(asked.act, permit="动火-12")))
    name = command_id("acknowledge", asked.act, KEY)
    about = ("command.acknowledge", name, f"{ENVIRONMENT}/站-1")
    assert seen == [("已派人", *about, "reason"), ("动火-12", *about, "permit")]
    assert "已派人".encode() not in room.log.written[0][2]
    note = handed("zz-ee", Actor(id="zhang", role="supervisor"), "三号泵停", Summary({}, {}, (), {}), KEY, 0)
    room.notary.sign(SignRecord(session=token, record=note))
    assert seen[2] == ("三号泵停", "shift.handover", decode_event(room.log.written[1][2]).id, "handovers/zz-ee", "note")
    room.close()


def test_an_inspection_beyond_the_cap_names_a_lawful_cause_and_why(room: SigningRoom) -> None:
    """国办发〔2024〕54号: 数据监测 is one; a word that is none is not signed, nor a cause without its reason."""
    issue = Issue(
        order="0" * 32,
        kind="lead",
        actor=Actor(id="li", role="supervisor"),
        title=Text("疑似超限", "Suspected"),
        receivers=(Receiver(unit="zz-ee-410105", part="main"),),
        traits={"inspection": "monitoring"},
        reason="在线监测连续三小时超限",
    )
    asked = SignOrder(session=room.session("li"), verb="issue", key=KEY, now=BEGIN, region="410105", issue=issue)
    for bad, why in (({"traits": {"inspection": "wish"}}, "no cause"), ({"reason": ""}, "says why")):
        with pytest.raises(NotSignedError, match=why):
            room.notary.sign(replace(asked, issue=replace(issue, **bad)))
    room.notary.sign(asked)
    assert json.decode(written(room).data, type=Issue).traits == {"inspection": "monitoring"}


def test_for_another_it_signs_in_the_others_role(room: SigningRoom) -> None:
    """代理: the account is the session's, role and body are of whom it stands in for today; for nobody else anything is."""
    token = room.session("hall")
    receivers = (Receiver(unit="zz-ee-410105", part="main"),)
    issue = Issue(
        order="0" * 32,
        kind="lead",
        actor=Actor(id="hall", role="dispatcher"),
        title=Text("疑似扬尘", "Suspected dust"),
        receivers=receivers,
        reason="现场核实",
        behalf="li",
    )
    asked = SignOrder(session=token, verb="issue", key=KEY, now=BEGIN, region="410105", issue=issue)
    with pytest.raises(NotSignedError, match="does not stand in"):
        room.notary.sign(asked)
    write(room.file, with_substitute(read(room.file).people, "li", "hall", "2999-01-01"))
    room.notary.sign(asked)
    act = json.decode(written(room).data, type=Issue)
    assert (act.actor, act.behalf) == (Actor(id="hall", role="dispatcher"), "li")
