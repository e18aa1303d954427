"""The strict reading of a signed record: what two readers could read in two ways is refused."""

import json

import pytest
from msgspec import Raw
from msgspec.structs import replace

from streams.signing.envelope import MAX_BYTES, claim, envelope_bytes
from streams.signing.kinds import Unverified
from streams.signing.preimage import signature_preimage
from tests.support.signing import Hand, act

GOOD = envelope_bytes(act("ab" * 32, Hand("screen"), 7))


COSIG = f"s.{'0' * 32}.x"


def reason(value: bytes) -> str:
    """Why a record is refused; empty where it is read."""
    try:
        claim(value)
    except Unverified as error:
        return error.reason
    return ""


def changed(old: str, new: str) -> bytes:
    """The good record with a part of its text changed."""
    assert old in GOOD.decode()
    return GOOD.decode().replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (changed('"subject":', '"subject":"other","subject":'), "not-strict"),
        (changed('"subject":', '"\\u0073ubject":"other","subject":'), "not-strict"),
        (changed('"alert":"a1"', '"alert":"a1","alert":"a2"'), "not-strict"),
        (changed('"actor":{"id":"lw"', '"actor":{"id":"lw","id":"admin"'), "not-strict"),
        (changed('"logid":', '"partitionkey":"x","logid":'), "not-strict"),
        (changed('"logid":', '"LOGID":"x","logid":'), "not-strict"),
        (changed('"data":', '"data_base64":"AA==","data":'), "not-strict"),
        (changed('"sigseq":"7"', '"sigseq":7'), "not-strict"),
        (changed('"sigseq":"7"', '"sigseq":"07"'), "not-strict"),
        (changed('"sigseq":"7"', '"sigseq":"-7"'), "not-strict"),
        (changed('"sigseq":"7"', '"sigseq":"٧"'), "not-strict"),
        (changed('"logid":"abab', '"logid":"ABab'), "not-strict"),
        (changed('"logid":', '"region":"","logid":'), "not-strict"),
        (changed('"logid":', '"region":null,"logid":'), "not-strict"),
        (GOOD.replace(b'"logid":', b'"datacontenttype":"text/plain","logid":'), "not-strict"),
        (GOOD.replace(b'"logid":', b'"datacontenttype":"application/json","logid":'), ""),
        (changed('"source":"screen"', '"source":"\\ud800"'), "not-strict"),
        (changed('"logid":', '"cosig":"a.b.c","logid":'), "not-strict"),
        (changed('"logid":', f'"cosig":"{" ".join([COSIG] * 17)}","logid":'), "not-strict"),
        (changed('"logid":', f'"cosig":"{COSIG}  {COSIG}","logid":'), "not-strict"),
        (changed('"occurrence":1', f'"occurrence":{"[" * 40}{"]" * 40}'), "not-strict"),
        (changed('"sig":', '"gis":'), "unsigned"),
        (changed('"logid":', '"dialog":'), "unsigned"),
        (changed('"specversion":"1.0"', '"specversion":"0.3"'), "not-cloudevent"),
        (changed('"time":', '"tame":'), "not-cloudevent"),
        (changed('"occurrence":1', '"occurrence":NaN'), "not-cloudevent"),
        (changed('"occurrence":1', '"occurrence":01'), "not-cloudevent"),
        (b"\xef\xbb\xbf" + GOOD, "not-cloudevent"),
        (GOOD.decode().encode("utf-16"), "not-cloudevent"),
        (GOOD + b"x", "not-cloudevent"),
        (GOOD.replace("检修".encode(), b"\xff\xfe"), "not-cloudevent"),
        (b"[]", "not-cloudevent"),
        (b"", "not-cloudevent"),
        (b"[" * 60_000, "not-strict"),
        (GOOD.replace(b"1.0", b"1.0" + b" " * MAX_BYTES), "too-big"),
    ],
)
def test_what_is_not_strict(value: bytes, why: str) -> None:
    """Attack 2: duplicate names at every depth, unknown attributes, other types and forms, what is no JSON."""
    assert reason(GOOD) == ""
    assert reason(value) == why


def test_what_stands_otherwise_outside_the_data_is_the_same() -> None:
    """Attack 2: another order, escapes and blanks outside the data give the same preimage; within the data they do not."""
    said = json.loads(GOOD)
    raw = bytes(claim(GOOD).envelope.data).decode()
    turned = "{ " + ",\n".join(
        f"{json.dumps(name)} : {raw if name == 'data' else json.dumps(value)}" for name, value in reversed(said.items())
    )
    wanted = signature_preimage(claim(GOOD).envelope)
    assert "\\u7ad9" in turned
    assert signature_preimage(claim((turned + "}\n").encode()).envelope) == wanted
    assert signature_preimage(claim(changed('"alert":"a1"', '"alert": "a1"')).envelope) != wanted
    assert signature_preimage(claim(changed("检修", "\\u68c0修")).envelope) != wanted


def test_depth_is_counted_outside_texts_alone() -> None:
    """Thirty-two levels may be, whatever brackets the texts hold; the bound is ours and no interpreter's."""
    assert reason(changed("检修", "[" * 100 + '\\"{')) == ""
    assert reason(changed('"occurrence":1', f'"occurrence":{"[" * 30}{"]" * 30}')) == ""
    assert reason(changed('"occurrence":1', f'"occurrence":{"[" * 31}{"]" * 31}')) == "not-strict"


def test_the_role_that_is_claimed() -> None:
    """None without a person; empty where the person has none that is a text, so that no key may claim it."""
    assert claim(GOOD).roles == ("supervisor",)
    assert claim(changed('"actor":', '"by":')).roles == ("supervisor",)
    assert claim(changed('"reason":"检修"', '"by":{"role":"admin"}')).roles == ("supervisor", "admin")
    assert claim(changed('"reason":"检修"', '"by":"lw"')).roles == ("supervisor",)
    assert claim(envelope_bytes(replace(claim(GOOD).envelope, data=Raw(b"null")))).roles == ()
    for wrong in ("7", "null", '{"a":1}'):
        assert claim(changed('"role":"supervisor"', f'"role":{wrong}')).roles == ("",)
    assert claim(changed('"actor":{"id":"lw","role":"supervisor"}', '"actor":"supervisor"')).roles == ()
