"""The committed vectors, which the second implementation wrote: both find what they say, and agree on all else."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from streams.signing import chain, merkle, ticks
from streams.signing.envelope import Envelope, claim, envelope_bytes
from streams.signing.kinds import Unverified
from streams.signing.preimage import (
    content,
    cosignature_preimage,
    key_id,
    log_id,
    proof_preimage,
    signature_preimage,
)
from streams.signing.suites import SUITES, fault
from streams.signing.verify import available, verify
from streams.signing.words import base64url, from_base64url
from tests.unit.signing import verifier, write_vectors


def vectors(name: str) -> Any:
    """A file of vectors."""
    return json.loads((verifier.VECTORS / f"{name}.json").read_text("utf-8"))


EVENTS = vectors("events")
SERIES = vectors("series")
KEYS = {key["kid"]: (key["suite"], key["public"]) for key in EVENTS["keys"]}
SERIES_KEYS = {
    verifier.kid(root["suite"], root["public"]): (root["suite"], root["public"])
    for root in json.loads(SERIES["events"][0]["value"])["data"]["roots"]
}
ALL = [(each, KEYS) for each in EVENTS["events"]] + [(each, SERIES_KEYS) for each in SERIES["events"]]


@pytest.mark.parametrize("name", ["events", "series", "ticks", "trails", "heads"])
def test_the_vectors_are_those_of_the_second_implementation(name: str) -> None:
    """Written again they are the same, in a process that may have imported this package: the writer does not use it."""
    assert json.loads(json.dumps(getattr(write_vectors, name)())) == vectors(name)


@pytest.mark.parametrize("kid", KEYS)
def test_key_ids(kid: str) -> None:
    """A key's id is of its suite and its public key, and every key of the vectors may be adopted."""
    suite, public = KEYS[kid]
    assert key_id(suite, public) == kid
    assert fault(suite, public) == ""


@pytest.mark.parametrize(("event", "keys"), ALL, ids=[each["name"] for each, _ in ALL])
def test_preimage_content_and_verdict(event: dict[str, str], keys: dict[str, tuple[str, str]]) -> None:
    """The bytes that are signed, the content digest, and that every signature holds."""
    said = claim(event["value"].encode())
    of = said.envelope
    assert signature_preimage(of).decode() == event["preimage"]
    assert content(of, SUITES[of.sigsuite].hash) == event["content"]
    assert verifier.verdict(event["value"].encode(), keys)
    if available(of.sigsuite):
        assert verify(*keys[of.sigkid], signature_preimage(of), of.sig)
    for each in said.cosignatures:
        assert verify(*keys[each.kid], cosignature_preimage(of, each.suite, each.kid), each.sig)


def test_the_log_and_the_proof_of_its_key() -> None:
    """The log's id is the hash of its opening's data; the new key signs who brings it, for which log and part."""
    opened, added, _ = (claim(each["value"].encode()).envelope for each in SERIES["events"])
    assert log_id("ed25519-sha256", bytes(opened.data)) == SERIES["logid"] == opened.logid
    data = json.loads(bytes(added.data))
    proof = proof_preimage(SERIES["logid"], data["suite"], data["public"], data["part"])
    assert proof.decode() == SERIES["proof"]
    assert verify(data["suite"], data["public"], proof, data["proof"])
    assert key_id(data["suite"], data["public"]) == SERIES["screen"]


@pytest.mark.parametrize("of", vectors("ticks"), ids=lambda of: of["hash"])
def test_links_of_ticks(of: dict[str, Any]) -> None:
    """An hour's chain: its end, and links near and far."""
    links = ticks.links(of["hash"], from_base64url(of["secret"]) or b"", of["n"])
    assert base64url(links[0]) == of["end"]
    assert {j: base64url(links[int(j)]) for j in of["links"]} == of["links"]


@pytest.mark.parametrize("of", vectors("trails"), ids=lambda of: of["hash"])
def test_trails(of: dict[str, Any]) -> None:
    """Genesis, and each stored entry's hash after the one before; the bytes are made again from their blank form."""
    prev = chain.genesis(of["hash"], of["log"], of["kind"], of["id"])
    assert prev == of["genesis"]
    for stored in of["stored"]:
        value = stored.encode()
        head, _, tail = stored.rpartition('"hash":"')
        assert chain.chained(of["hash"], (head + '"hash":""}').encode()) == value
        assert chain.links(value, prev) == tail[:-2] == verifier.entry_hash(stored, prev)
        prev = tail[:-2]


@pytest.mark.parametrize("of", vectors("revisions"), ids=lambda of: of["hash"])
def test_revisions(of: dict[str, Any]) -> None:
    """The digest of a revision, whatever stands in its texts and in what it holds."""
    assert chain.revision_digest(of["hash"], of["stored"].encode()) == of["digest"]
    assert verifier.revision(of["hash"], of["stored"]) == of["digest"]


def test_heads() -> None:
    """All heads in one root, in the order of the bytes of kind and id."""
    of = vectors("heads")
    assert merkle.root("sha256", merkle.sorted_heads("sha256", map(tuple, of["heads"]))).hex() == of["root"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
OPTIONAL = st.one_of(st.just(""), TEXT)
ENVELOPES = st.builds(
    Envelope,
    specversion=st.just("1.0"),
    id=TEXT,
    source=TEXT,
    type=TEXT,
    subject=OPTIONAL,
    time=TEXT,
    dataschema=OPTIONAL,
    region=OPTIONAL,
    recordedtime=OPTIONAL,
    logid=st.text("0123456789abcdef", min_size=64, max_size=64),
    sigto=TEXT,
    sigseq=st.integers(0, 10**17).map(str),
    sigsuite=st.sampled_from(sorted(SUITES)),
    sigkid=st.text("0123456789abcdef", min_size=32, max_size=32),
    sig=TEXT,
    data=st.recursive(
        st.none() | TEXT | st.integers() | st.booleans(),
        lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
        max_leaves=8,
    ).map(lambda data: Raw(json.dumps(data).encode())),
)


@given(ENVELOPES)
def test_both_read_the_same(envelope: Envelope) -> None:
    """Any envelope written by one is read by both into the same preimages and content."""
    value = envelope_bytes(envelope)
    of, data = verifier.read(value)
    read = claim(value).envelope
    suite, kid = read.sigsuite, read.sigkid
    assert signature_preimage(read) == verifier.preimage(of, data, "sig", suite, kid)
    assert cosignature_preimage(read, suite, kid) == verifier.preimage(of, data, "cosig", suite, kid)
    assert content(read, SUITES[suite].hash) == verifier.content(of, data, suite)


SAMPLE = EVENTS["events"][0]["value"].encode()


@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=0, max_size=3), st.integers(0, 2))
def test_both_refuse_the_same(at: int, put: bytes, cut: int) -> None:
    """A record changed anywhere is taken by both or by neither: the bytes alone decide."""
    changed = SAMPLE[:at] + put + SAMPLE[at + cut :]
    try:
        of = claim(changed).envelope
        one = verify(*KEYS[of.sigkid], signature_preimage(of), of.sig) and of.sigsuite == KEYS[of.sigkid][0]
    except (Unverified, KeyError):
        one = False
    assert one == verifier.verdict(changed, KEYS)
