"""Who may post: the register, tokens as hashes, signatures with an application key, and what is known again after a kill."""

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from streams.command import Trouble
from streams.gateways.command import main
from streams.gateways.drain import unpacked
from streams.gateways.http.signature import Request, Scheme, Signatures
from streams.gateways.http.sources import hash_of, load_sources
from streams.gateways.intake.seen import Seen, content_of, name_of
from streams.messages import MINUTE, SECOND
from tests.support.gateways.http import AIR, NOW, SECRET, SIGNED, Posting, event

GOOD = f"""
[source.air]
token = "{hash_of("x")}"
types = ["environment.air_hour"]
subjects = ["air.4101*"]
"""

LIFT = {
    "type": "special_equipment.lift_state",
    "subject": "lift.7",
    "source": "lifts/7",
    "data": {"state": "running"},
}


def signed(body: bytes, at: int = NOW, nonce: str = "n1", secret: bytes = SECRET) -> dict[str, str]:
    """Headers as platforms with an application key send them: HMAC-SHA256 over key, time, nonce and body."""
    text = f"k1{at}{nonce}".encode() + body
    signature = hmac.new(secret, text, sha256).hexdigest()
    return {"Authorization": "", "X_App_Key": "k1", "X_Timestamp": str(at), "X_Nonce": nonce, "X_Signature": signature}


def lift(id_: str = "1") -> bytes:
    """A state of a lift, as bytes that are signed."""
    return json.dumps(event(id_, **LIFT)).encode()


def test_a_signature_takes_the_place_of_a_token() -> None:
    """The application key names the sender, its HMAC shows it; the event goes to its own domain."""
    posting = Posting()
    response = posting.post(lift(), **signed(lift()))
    assert (response.status_code, response.json()["accepted"]) == (202, 1)
    assert [each["type"] for each in posting.kept.facts] == ["special_equipment.lift_state"]


@pytest.mark.parametrize(
    ("what", "headers", "said"),
    [
        ("another body", signed(b"{}"), "is not the HMAC-SHA256"),
        ("another secret", signed(lift(), secret=b"another-secret-of-16"), "is not the HMAC-SHA256"),
        ("no signature", signed(lift()) | {"X_Signature": ""}, "is not the HMAC-SHA256"),
        ("no hex", signed(lift()) | {"X_Signature": "zz"}, "is not the HMAC-SHA256"),
        ("another time", signed(lift()) | {"X_Timestamp": str(NOW + 1)}, "is not the HMAC-SHA256"),
        ("no time", signed(lift()) | {"X_Timestamp": "soon"}, "is no number of ms"),
        ("too old", signed(lift(), NOW - 5 * MINUTE - 1), "is -301 s from our clock"),
        ("too new", signed(lift(), NOW + 5 * MINUTE + 1), "is 300 s from our clock"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_wrong_signature_is_refused(what: str, headers: dict[str, str], said: str) -> None:
    """401, told once in the domain of its sender; nothing is kept of the body but size and digest."""
    posting = Posting()
    response = posting.post(lift(), **headers)
    assert response.status_code == 401
    assert said in response.json()["detail"]
    assert posting.kept.facts == []
    [told] = posting.kept.refused
    assert (told["type"], told["data"]["source"]) == ("special_equipment.refused_input", "lifts")
    posting.post(lift(), **headers)
    assert len(posting.kept.refused) == 1


def test_at_the_edge_of_the_time_a_signature_is_taken() -> None:
    """Five minutes are allowed, to the millisecond."""
    for at in (NOW - 5 * MINUTE, NOW + 5 * MINUTE):
        assert Posting().post(lift(), **signed(lift(), at)).status_code == 202


def test_a_signature_is_taken_once() -> None:
    """A replay is refused; what was turned away for want of room may come again as it is."""
    posting = Posting()
    posting.kept.full = True
    assert posting.post(lift(), **signed(lift())).status_code == 503
    posting.kept.full = False
    assert posting.post(lift(), **signed(lift())).status_code == 202
    response = posting.post(lift(), **signed(lift()))
    assert response.status_code == 401
    assert "taken before" in response.json()["detail"]
    assert posting.post(lift(), **signed(lift(), nonce="n2")).json()["known"] == 1


def test_the_text_that_is_signed_is_data() -> None:
    """Seconds, Base64, method, path and the digest of the body: another platform's way."""
    scheme = Scheme(
        key="k1", secret="", text="{method}\n{path}\n{time}\n{sha256}", unit="s", encoding="base64", signature_header="Sign"
    )
    assert scheme.fault == ""
    at = NOW // SECOND
    text = f"POST\n/events\n{at}\n{sha256(b'{}').hexdigest()}".encode()
    signature = b64encode(hmac.new(SECRET, text, sha256).digest()).decode()
    request = Request("POST", "/events", {"x-timestamp": str(at), "sign": signature}, b"{}")
    assert Signatures(scheme, SECRET).wrong(request, NOW) == ""
    assert Scheme(key="k", secret="", text="{time}").fault
    assert Scheme(key="k", secret="", text="{body}").fault
    assert Scheme(key="k", secret="", text="{time}{body}{x}").fault


def test_a_sender_with_token_and_signature_needs_both() -> None:
    """The token alone is not enough, nor is the signature."""
    both = structs.replace(SIGNED, token=hash_of("t"))
    posting = Posting({"lifts": both})
    headers = signed(lift())
    assert posting.post(lift(), **headers).status_code == 401
    assert posting.post(lift(), Authorization="Bearer t").status_code == 401
    assert posting.post(lift(), **headers | {"Authorization": "Bearer t"}).status_code == 202


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('token = "in-the-clear"', "token is no hash"),
        ('token = ""', "nobody may post unknown"),
        ('types = ["clock.tick"]', "no sender may send"),
        ('types = ["command.acknowledge"]', "no sender may send"),
        ('types = ["environment.refused_input"]', "no sender may send"),
        ("types = []", "kinds of the catalogue"),
        ("subjects = []", "subjects is a list"),
        ("rate = 0", "rate"),
        ("unknown = 1", "unknown"),
    ],
)
def test_a_wrong_register_is_refused_with_its_place(line: str, said: str, tmp_path: Path) -> None:
    """Trouble names the file, the sender and what would do; above all a token in the clear."""
    path = tmp_path / "sources.toml"
    name = line.partition(" ")[0]
    path.write_text("\n".join(each for each in GOOD.splitlines() if not each.startswith(name)) + f"\n{line}\n", "utf-8")
    with pytest.raises(Trouble, match=r"sources\.toml") as error:
        load_sources(path)
    assert said in str(error.value)
    assert "in-the-clear" not in str(error.value)


def test_a_secret_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    """Beside the register, long enough, and for its owner alone."""
    path, secret = tmp_path / "sources.toml", tmp_path / "k.secret"
    text = '[source.s]\ntypes = ["cyber.login"]\nsubjects = ["x"]\n[source.s.signature]\nkey = "k"\nsecret = "k.secret"\n'
    path.write_text(text, "utf-8")
    for content, mode, said in ((None, 0, "No such file"), (SECRET, 0o644, "chmod 600"), (b"short", 0o600, "at least 16")):
        if content is not None:
            secret.write_bytes(content)
            secret.chmod(mode)
        with pytest.raises(Trouble, match=said):
            load_sources(path)
    secret.write_bytes(SECRET + b"\n")
    secret.chmod(0o600)
    assert load_sources(path).secrets == {"s": SECRET}


def test_two_senders_never_have_one_token(tmp_path: Path) -> None:
    """Else one of them would be the other."""
    path = tmp_path / "sources.toml"
    path.write_text(GOOD + GOOD.replace("[source.air]", "[source.other]"), "utf-8")
    with pytest.raises(Trouble, match="air and other have the same token"):
        load_sources(path)


def test_a_token_is_drawn_and_its_hash_told(capsys: pytest.CaptureFixture[str]) -> None:
    """`gateway token`: 256 bits by lot, and what the register has of them."""
    assert main(["token"]) == 0
    assert main(["token"]) == 0
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["hash"] == hash_of(first["token"])
    assert first["token"] != second["token"]
    assert len(first["token"]) == 43


def test_what_was_kept_is_known_again_after_a_kill() -> None:
    """From the labels of the spool's records alone, and from the note that is made each minute."""
    before = Posting()
    before.post(event())
    before.post(event("2"))
    after = Posting()
    for record in before.kept.records:
        after.reception.seen.again(unpacked(record).label, NOW)
    assert after.post(event()).json()["known"] == 1
    assert after.post(event("2", data={})).json()["refused"][0]["reason"] == "conflict"
    noted = Posting()
    noted.reception.seen.restore(before.reception.seen.state())
    assert noted.post(event()).json()["known"] == 1


def test_memory_has_a_bound() -> None:
    """Beyond it the oldest event is forgotten, and no other."""
    seen = Seen(most=3)
    for n in range(4):
        assert seen.take(name_of(str(n)), content_of(b""), n) == "new"
        seen.keep(name_of(str(n)), n)
    assert len(seen) == 3
    assert seen.take(name_of("3"), content_of(b""), 4) == "same"
    assert seen.take(name_of("0"), content_of(b""), 4) == "new"


def test_names_have_no_twins() -> None:
    """No parts make the name of other parts, however they are cut."""
    assert len({name_of("a", "b"), name_of("ab"), name_of("a\x1f1:b"), name_of("", "ab")}) == 4


def test_rights_are_those_of_the_sender() -> None:
    """Of a batch with an event that only another sender may send the rest is taken."""
    posting = Posting({"air": AIR, "lifts": SIGNED})
    answer: dict[str, Any] = posting.post([event("1"), event("2", **LIFT)], "application/cloudevents-batch+json").json()
    assert answer["accepted"] == 1
    assert answer["refused"][0]["reason"] == "not-its-type"
