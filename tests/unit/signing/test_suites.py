"""Keys that may be adopted, and verdicts that are the same everywhere."""

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.signing import verify as verifying
from streams.signing.preimage import key_id
from streams.signing.sign import batch
from streams.signing.suites import SUITES, fault
from streams.signing.verify import MissingSuiteError, asserted, available, remembering, verify
from streams.signing.words import base64url
from tests.support.signing import ED25519, Hand, act
from tests.unit.signing import verifier, write_vectors

TREE = "ed25519-sha256-tree"
FILE: dict[str, Any] = json.loads((verifier.VECTORS / "ed25519.json").read_text("utf-8"))
SPECCHECK, RFC8032 = FILE["speccheck"]["cases"], FILE["rfc8032"]["cases"]
SMALL = [  # the points of order 1, 2, 4 and 8 in their canonical encodings (libsodium, ge25519_has_small_order)
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


def text(hexed: str) -> str:
    """Base64url of hexadecimal digits."""
    return base64url(bytes.fromhex(hexed))


@pytest.mark.parametrize("case", RFC8032, ids=lambda case: case["message"][:8] or "empty")
def test_rfc_8032(case: dict[str, str]) -> None:
    """The RFC's own keys may be adopted and its signatures hold; with one bit more of the message they do not."""
    message = bytes.fromhex(case["message"])
    assert fault(ED25519, text(case["public"])) == ""
    assert verify(ED25519, text(case["public"]), message, text(case["signature"]))
    assert not verify(ED25519, text(case["public"]), message + b"\0", text(case["signature"]))


@pytest.mark.parametrize("case", SPECCHECK, ids=lambda case: case["why"])
def test_speccheck_verdicts_are_pinned(case: dict[str, Any]) -> None:
    """Attack 11: cofactorless, S below L, R by its bytes: the verdict of OpenSSL in the table of the vectors' authors."""
    found = verify(ED25519, text(case["public"]), bytes.fromhex(case["message"]), text(case["signature"]))
    assert found == case["verdict"]


@pytest.mark.parametrize("case", [*SPECCHECK, *RFC8032], ids=lambda case: case.get("why", case["message"][:8]))
def test_verdicts_are_those_of_the_text_of_the_rfc(case: dict[str, Any]) -> None:
    """Attack 11: the arithmetic of RFC 8032 in plain Python, without a library and without the cofactor, says the same."""
    key, message, raw = (bytes.fromhex(case[name]) for name in ("public", "message", "signature"))
    assert verifier.ed25519_by_hand(key, message, raw) == case.get("verdict", True)


@settings(max_examples=20, deadline=None)
@given(st.binary(max_size=8), st.integers(0, 63), st.integers(0, 255), st.booleans())
def test_any_signature_has_one_verdict(message: bytes, at: int, turn: int, high: bool) -> None:
    """Attack 11: a signature as made, with a byte changed, or with L added to S, has the same verdict by hand."""
    hand = Hand("a")
    raw = bytearray(verifier.decoded(hand.sign(message)))
    raw[at] ^= turn
    if high:
        s = int.from_bytes(raw[32:], "little") + verifier.ED_L
        raw[32:] = (s % 2**256).to_bytes(32, "little")
    found = verify(ED25519, hand.public, message, base64url(bytes(raw)))
    assert found == verifier.ed25519_by_hand(verifier.decoded(hand.public), message, bytes(raw)) == (turn == 0 and not high)


@pytest.mark.parametrize("case", SPECCHECK, ids=lambda case: case["why"])
def test_no_odd_key_of_speccheck_is_adopted(case: dict[str, Any]) -> None:
    """Attack 11: of its twelve keys only the two whose point has the order L (vectors 6 and 7) may be adopted."""
    assert (fault(ED25519, text(case["public"])) == "") == case["why"].startswith("S >")


@pytest.mark.parametrize("hexed", SMALL)
def test_keys_of_small_order(hexed: str) -> None:
    """Attack 11: each of the eight verifies a constant signature of somebody's message, and none may be adopted."""
    key, constant = text(hexed), text("01" + "00" * 63)
    assert any(verify(ED25519, key, b"%d" % n, constant) for n in range(64))
    assert fault(ED25519, key) in {
        "the point is of small order",
        "the bytes are not the canonical encoding of a point (RFC 8032 §5.1.3)",
    }


def test_keys_that_are_no_point() -> None:
    """Too short, y not below p, the sign of x = 0 set, no point at all: each is told apart from a key."""
    assert "31 bytes" in fault(ED25519, text("11" * 31))
    for hexed in (
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "01" + "00" * 30 + "80",
        "02" + "00" * 31,
    ):
        assert "canonical" in fault(ED25519, text(hexed)), hexed
    assert "base64url" in fault(ED25519, text("11" * 32) + "=")
    assert "no suite" in fault("rsa", text("11" * 32))


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_is_made_may_be_adopted(seed: bytes) -> None:
    """RFC 8032 makes points of the base point's order: no honest key is refused."""
    assert fault(ED25519, Hand(seed.hex()).public) == ""


def test_points_of_the_other_curves() -> None:
    """The generators of P-256 (SP 800-186) and sm2p256v1 (GB/T 32918.5) are keys; with one bit changed they are none."""
    p256 = (
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    sm2 = "".join(f"{each:064x}" for each in verifier.SM2_G)
    assert fault("webauthn-es256", text("00" * 32 + p256)) == fault("sm2-sm3", text(sm2)) == ""
    assert "not on P-256" in fault("webauthn-es256", text("00" * 32 + p256[:-1] + "4"))
    assert "not on sm2p256v1" in fault("sm2-sm3", text(sm2[:-1] + "1"))
    assert "has 96" in fault("webauthn-es256", text(p256))
    assert "has 64" in fault("sm2-sm3", text("04" + sm2))


@given(st.sampled_from([*sorted(set(SUITES) - {"sm2-sm3"}), "rsa", ""]), st.text(), st.binary(), st.text())
def test_garbage_is_no_signature(suite: str, public: str, message: bytes, signature: str) -> None:
    """Attack 12: whatever stands in a record, the answer is no, never an exception."""
    assert not verify(suite, public, message, signature)
    assert not verify(suite, Hand("a").public, message, signature)


def test_a_signature_is_of_its_suite_alone() -> None:
    """Attack 12: the signature of one suite is none in another, though the key's bytes are the same."""
    hand = Hand("a")
    plain = act("ab" * 32, hand, 1)
    assert verify(ED25519, hand.public, b"x", hand.sign(b"x"))
    assert not verify(TREE, hand.public, b"x", hand.sign(b"x"))
    assert not verify("webauthn-es256", hand.public, b"x", hand.sign(b"x"))
    assert key_id(TREE, hand.public) != key_id(ED25519, hand.public)
    in_tree = batch([plain], Hand("a", TREE))[0]
    assert not verify(ED25519, hand.public, b"x", in_tree.sig)


def test_a_tree_s_signature_stands_for_its_leaf_alone() -> None:
    """Another index, size, path, order of the parts, or a leading zero: none holds."""
    events = json.loads((verifier.VECTORS / "events.json").read_text("utf-8"))["events"]
    one = next(each for each in events if each["name"] == "register 2 of a tree")
    public = write_vectors.public(write_vectors.REGISTRAR)
    message = one["preimage"].encode()
    sig, index, size, path = json.loads(one["value"])["sig"].split("~")
    assert verify(TREE, public, message, f"{sig}~{index}~{size}~{path}")
    for wrong in (
        f"{sig}~3~{size}~{path}",
        f"{sig}~{index}~6~{path}",
        f"{sig}~0{index}~{size}~{path}",
        f"{sig}~{index}~{size}~{path[:-43]}",
        f"{sig}~{index}~{size}~",
        f"{sig}~{index}~{size}",
        f"{sig}~-1~{size}~{path}",
        f"{sig}~{index}~{10**10}~{path}",
        f"{sig}~{index}~x~{path}",
        f"!~{index}~{size}~{path}",
        f"{sig}~{index}~{size}~!",
        f"{sig}~{index}~{size}~{base64url(verifier.decoded(path) + bytes(1))}",
    ):
        assert not verify(TREE, public, message, wrong), wrong


def test_a_person_s_assertion() -> None:
    """WebAuthn Level 2 §7.2: another challenge, type, relying party, no presence, no verification, another origin's frame."""
    message, key = b"a preimage", verifier.decoded(write_vectors.person())
    authenticator, client, raw = map(verifier.decoded, write_vectors.asserted(message).split("~"))
    challenge = sha256(message).digest()
    assert asserted(key, challenge, authenticator, client, raw)
    assert not asserted(key, sha256(b"other").digest(), authenticator, client, raw)
    assert not asserted(b"\0" * 32 + key[32:], challenge, authenticator, client, raw)
    assert not asserted(key, challenge, authenticator, client, raw[:-1])

    def signed_anew(flags: int, said: dict[str, object]) -> bool:
        changed = authenticator[:32] + bytes([flags]) + authenticator[33:]
        body = json.dumps(json.loads(client) | said).encode()
        algorithm = write_vectors.ec.ECDSA(write_vectors.SHA256())
        return asserted(key, challenge, changed, body, write_vectors.PERSON.sign(changed + sha256(body).digest(), algorithm))

    assert signed_anew(0x05, {})
    assert not signed_anew(0x01, {})
    assert not signed_anew(0x04, {})
    assert not signed_anew(0x05, {"type": "webauthn.create"})
    assert not signed_anew(0x05, {"crossOrigin": True})
    for short in (authenticator[:33], authenticator[:32]):
        raw = write_vectors.PERSON.sign(short + sha256(client).digest(), write_vectors.ec.ECDSA(write_vectors.SHA256()))
        assert not asserted(key, challenge, short, client, raw)
    for body in (b"[]", b"null", b"{", b"\xff"):
        raw = write_vectors.PERSON.sign(authenticator + sha256(body).digest(), write_vectors.ec.ECDSA(write_vectors.SHA256()))
        assert not asserted(key, challenge, authenticator, body, raw)
    for twice in (client[:-1] + b', "type": "webauthn.get"}', client[:-1] + b', "x": ' + b"[" * 40 + b"]" * 40 + b"}"):
        raw = write_vectors.PERSON.sign(authenticator + sha256(twice).digest(), write_vectors.ec.ECDSA(write_vectors.SHA256()))
        assert not asserted(key, challenge, authenticator, twice, raw)


def test_the_form_of_an_assertion() -> None:
    """Three parts in base64url and a key of 96 bytes, or it is none."""
    message, public = b"a preimage", write_vectors.person()
    good = write_vectors.asserted(message)
    assert verify("webauthn-es256", public, message, good)
    one, two, three = good.split("~")
    for wrong in (f"{one}~{two}", f"{good}~", f"!~{two}~{three}", f"{one}~!~{three}", f"{one}~{two}~!", f"{one}~{two}~"):
        assert not verify("webauthn-es256", public, message, wrong), wrong
    for length in (95, 97, 32, 0):
        assert not verify("webauthn-es256", base64url((verifier.decoded(public) + bytes(9))[:length]), message, good)


SM2_KEY = (
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SM2_SIGNATURE = (
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_the_standard_s_sm2_example() -> None:
    """GB/T 32918.5-2017 annex A: `message digest`, by the second implementation, and here where the extra is there."""
    key, raw = bytes.fromhex(SM2_KEY), bytes.fromhex(SM2_SIGNATURE)
    assert fault("sm2-sm3", base64url(key)) == ""
    assert verifier.sm2_holds(key, b"message digest", raw)
    assert not verifier.sm2_holds(key, b"message digest.", raw)
    if available("sm2-sm3"):
        assert verify("sm2-sm3", base64url(key), b"message digest", base64url(raw))
        assert not verify("sm2-sm3", base64url(key), b"message digest.", base64url(raw))
        for wrong in (
            b"\0" * 64,
            raw[:63],
            raw + b"\0",
            raw[:32] + (int.from_bytes(raw[32:]) + verifier.SM2_N).to_bytes(33)[-32:],
        ):
            assert not verify("sm2-sm3", base64url(key), b"message digest", base64url(wrong))
        assert not verify("sm2-sm3", base64url(key[:63]), b"message digest", base64url(raw))


def test_without_the_library_there_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that lacks a suite's library stops: "no" would be another verdict than that of the machines that have it."""
    monkeypatch.setattr(verifying, "_gmssl", lambda: None)
    assert not available("sm2-sm3")
    with pytest.raises(MissingSuiteError, match="extra"):
        verify("sm2-sm3", text(SM2_KEY), b"x", text(SM2_SIGNATURE))


def test_verdicts_are_remembered_and_bounded() -> None:
    """Each question is asked once, until so many others were asked; another message, key or signature is another question."""
    asked: list[bytes] = []

    def check(suite: str, public: str, preimage: bytes, signature: str) -> bool:
        asked.append(preimage)
        return signature == "good"

    memory = remembering(check, most=2)
    assert memory("s", "p", b"a", "good")
    assert memory("s", "p", b"a", "good")
    assert not memory("s", "p", b"a", "bad")
    assert asked == [b"a", b"a"]
    assert memory("s", "p", b"b", "good")
    assert memory("s", "p", b"a", "good")
    assert asked == [b"a", b"a", b"b", b"a"]
