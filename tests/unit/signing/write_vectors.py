"""`python -m tests.unit.signing.write_vectors`: the committed vectors, by the second implementation alone."""

import json
from base64 import b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256

from tests.unit.signing import verifier as v

SEEDS = (  # the secret keys of RFC 8032 §7.1, tests 1, 2 and 3
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
)
SM2_SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8  # GB/T 32918.5-2017 annex A
SM2_K = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
ES256_SECRET = int.from_bytes(sha256(b"a person's authenticator").digest())

ROOTS = [ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)) for seed in SEEDS]
SCREEN = ed25519.Ed25519PrivateKey.from_private_bytes(sha256(b"screen-1").digest())
REGISTRAR = ed25519.Ed25519PrivateKey.from_private_bytes(sha256(b"registrar-hj212").digest())
PERSON = ec.derive_private_key(ES256_SECRET % (2**255), ec.SECP256R1())
RELYING_PARTY = sha256(b"yiping.example.cn").digest()


def public(key: ed25519.Ed25519PrivateKey) -> str:
    """A key's public bytes as text."""
    return v.encoded(key.public_key().public_bytes_raw())


def person() -> str:
    """The public key of the person's authenticator."""
    numbers = PERSON.public_key().public_numbers()
    return v.encoded(RELYING_PARTY + numbers.x.to_bytes(32) + numbers.y.to_bytes(32))


def asserted(message: bytes) -> str:
    """What the authenticator answers."""
    client = json.dumps(
        {"type": "webauthn.get", "challenge": v.encoded(sha256(message).digest()), "origin": "https://yiping.example.cn"}
    ).encode()
    authenticator = RELYING_PARTY + b"\x05" + (7).to_bytes(4)
    raw = PERSON.sign(authenticator + sha256(client).digest(), ec.ECDSA(SHA256(), deterministic_signing=True))
    return "~".join(map(v.encoded, (authenticator, client, raw)))


def text(attributes: dict[str, str], data: str) -> str:
    """A record."""
    members = [f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}" for name, value in attributes.items()]
    return "{" + ",".join([*members, f'"data":{data}']) + "}"


def vector(
    name: str, suite: str, key: str, attributes: dict[str, str], data: str, sig: str, keys: dict[str, Any]
) -> dict[str, Any]:
    """One event, and what must be found of it."""
    of = {**attributes, "sig": sig}
    value = text(of, data)
    read, raw = v.read(value.encode())
    assert v.verdict(value.encode(), keys), name
    signed = v.preimage(read, raw, "sig", suite, key).decode()
    return {"name": name, "value": value, "preimage": signed, "content": v.content(read, raw, suite)}


def base(suite: str, key: str, **more: str) -> dict[str, str]:
    """Attributes of an act."""
    return {
        "specversion": "1.0",
        "id": "01J9-shelve",
        "source": "screen/一屏",
        "type": "command.shelve",
        "subject": "站-001",
        "time": "2026-06-01T08:00:00+08:00",
        "logid": "ab" * 32,
        "sigto": "events.environment",
        "sigseq": "1780272000000001",
        "sigsuite": suite,
        "sigkid": key,
    } | more


DATA = '{"alert":"a1","occurrence":1,"actor":{"id":"lw","role":"supervisor","department":"hb"},"reason":"设备检修"}'


def events() -> dict[str, Any]:
    """Acts in every suite."""
    found, keys = [], {}
    plain = public(SCREEN)
    key = v.kid("ed25519-sha256", plain)
    keys[key] = ("ed25519-sha256", plain)
    of = base("ed25519-sha256", key)
    sig = v.encoded(SCREEN.sign(v.preimage(of, DATA.encode(), "sig", "ed25519-sha256", key)))
    found.append(vector("an act", "ed25519-sha256", key, of, DATA, sig, keys))
    turned = dict(reversed(of.items()))
    again = vector("the same act, its attributes turned round", "ed25519-sha256", key, turned, DATA, sig, keys)
    spaced = ' { "data" :\t' + DATA + ",\n" + again["value"].split(',"data"')[0][1:].replace("screen/", "screen\\/") + " }\n"
    assert v.verdict(spaced.encode(), keys)
    found += [again, {**again, "name": "with blanks and escapes outside the data", "value": spaced}]
    full = base("ed25519-sha256", key, region="410100", dataschema="urn:onescreen:act:1", recordedtime="2026-06-01T00:00:00Z")
    full["datacontenttype"] = "application/json"
    sig = v.encoded(SCREEN.sign(v.preimage(full, b"null", "sig", "ed25519-sha256", key)))
    found.append(vector("every attribute, no data", "ed25519-sha256", key, full, "null", sig, keys))

    authenticator = person()
    second = v.kid("webauthn-es256", authenticator)
    keys[second] = ("webauthn-es256", authenticator)
    of = base("ed25519-sha256", key, type="command.suppress")
    sig = v.encoded(SCREEN.sign(v.preimage(of, DATA.encode(), "sig", "ed25519-sha256", key)))
    cosig = asserted(v.preimage(of, DATA.encode(), "cosig", "webauthn-es256", second))
    with_second = {**of, "cosig": f"webauthn-es256.{second}.{cosig}"}
    found.append(vector("a person's second signature", "ed25519-sha256", key, with_second, DATA, sig, keys))

    bulk = public(REGISTRAR)
    tree = v.kid("ed25519-sha256-tree", bulk)
    keys[tree] = ("ed25519-sha256-tree", bulk)
    registers = [
        (
            base("ed25519-sha256-tree", tree, id=f"r{n}", type="environment.registered", subject=f"s{n}", sigseq=str(10 + n)),
            f'{{"kind":"air_station","name":{{"zh":"站{n}"}},"adcode":"410102"}}',
        )
        for n in range(5)
    ]
    leaves = [
        sha256(b"\0" + v.preimage(of, data.encode(), "sig", "ed25519-sha256-tree", tree)).digest() for of, data in registers
    ]
    root = v.encoded(REGISTRAR.sign(v.spoken("tree", "ed25519-sha256-tree", tree, "5", v.mth(leaves).hex())))
    for n, (of, data) in enumerate(registers):
        sig = f"{root}~{n}~5~{v.encoded(b''.join(v.path_of(leaves, n)))}"
        found.append(vector(f"register {n} of a tree", "ed25519-sha256-tree", tree, of, data, sig, keys))

    card, _ = v.sm2_signed(SM2_SECRET, b"", SM2_K)
    national = v.kid("sm2-sm3", v.encoded(card))
    keys[national] = ("sm2-sm3", v.encoded(card))
    of = base("sm2-sm3", national)
    _, raw = v.sm2_signed(SM2_SECRET, v.preimage(of, DATA.encode(), "sig", "sm2-sm3", national), SM2_K)
    found.append(vector("an act in SM2", "sm2-sm3", national, of, DATA, v.encoded(raw), keys))
    return {"keys": [{"kid": each, "suite": keys[each][0], "public": keys[each][1]} for each in keys], "events": found}


def series() -> dict[str, Any]:
    """A log of three roots, two of which must sign, that adopts a key and ends it."""
    roots = {v.kid("ed25519-sha256", public(key)): key for key in ROOTS}
    keys = {key: ("ed25519-sha256", public(secret)) for key, secret in roots.items()}
    opened = json.dumps(
        {
            "n": 0,
            "prev": "",
            "format": 1,
            "name": "live",
            "nonce": "00112233445566778899aabbccddeeff",
            "partitions": {"events.environment": 4, "events.incidents": 1},
            "suite": "ed25519-sha256",
            "roots": [{"suite": "ed25519-sha256", "public": public(key)} for key in ROOTS],
            "threshold": 2,
            "policy": {
                "signed": ["*"],
                "cosigned": ["command.suppress"],
                "ahead": 600_000,
                "stale": 3_600_000,
                "step": 1_000,
            },
        }
    )
    logid = v.hexed("ed25519-sha256", b"onescreen/log/1\n" + opened.encode())
    found: list[dict[str, Any]] = []

    def write(kind: str, data: str) -> None:
        one, two = list(roots)[:2]
        of = {
            "specversion": "1.0",
            "id": f"{kind}-{len(found)}",
            "source": "roots",
            "type": kind,
            "time": "2026-06-01T08:00:00+08:00",
            "logid": logid,
            "sigto": "*",
            "sigseq": "0",
            "sigsuite": "ed25519-sha256",
            "sigkid": one,
        }
        cosig = v.encoded(roots[two].sign(v.preimage(of, data.encode(), "cosig", "ed25519-sha256", two)))
        sig = v.encoded(roots[one].sign(v.preimage(of, data.encode(), "sig", "ed25519-sha256", one)))
        found.append(vector(kind, "ed25519-sha256", one, {**of, "cosig": f"ed25519-sha256.{two}.{cosig}"}, data, sig, keys))

    write("log.opened", opened)
    proved = v.spoken("proof", logid, "ed25519-sha256", public(SCREEN), "screen-1")
    added = {
        "n": 1,
        "prev": found[-1]["content"],
        "suite": "ed25519-sha256",
        "public": public(SCREEN),
        "part": "screen-1",
        "may": ["command.*"],
        "roles": ["supervisor", "dispatcher"],
        "to": ["events.environment", "events.incidents"],
        "proof": v.encoded(SCREEN.sign(proved)),
    }
    write("key.added", json.dumps(added))
    screen = v.kid("ed25519-sha256", public(SCREEN))
    write("key.ended", json.dumps({"n": 2, "prev": found[-1]["content"], "kid": screen, "why": "retired"}))
    return {"logid": logid, "proof": proved.decode(), "screen": screen, "events": found}


def ticks() -> list[dict[str, Any]]:
    """Chains in both hashes."""
    secret = sha256(b"the last link").digest()[:16]
    return [
        {
            "hash": name,
            "secret": v.encoded(secret),
            "n": 3600,
            "end": v.encoded(links[0]),
            "links": {str(j): v.encoded(links[j]) for j in (1, 2, 60, 61, 3599, 3600)},
        }
        for name in ("sha256", "sm3")
        for links in [v.chain(secret, 3600, name)]
    ]


def trails() -> list[dict[str, Any]]:
    """Trails of three entries in both hashes."""
    found = []
    for name in ("sha256", "sm3"):
        prev = first = v.first_prev(name, "ab" * 32, "audit", "a1")
        stored = []
        for n in (1, 2, 3):
            entry = f'{{"alert":"a1","n":{n},"act":"shelve","words":"设备检修","state":"{n}","prev":"{prev}","hash":"{name}:"}}'
            prev = v.entry_hash(entry, prev)
            stored.append(entry.replace(f'"hash":"{name}:"', f'"hash":"{prev}"'))
        found.append({"hash": name, "log": "ab" * 32, "kind": "audit", "id": "a1", "genesis": first, "stored": stored})
    return found


def revisions() -> list[dict[str, Any]]:
    """Revisions as they are stored, with the three members that do not count anywhere, and their names where they do."""
    given = [
        '{"id":"a1","rev":7,"value":230.0,"verbs":["acknowledge","comment"],"note":null,"audit":3,"head":"sha256:00","level":1}',
        '{"audit":1,"head":"","id":"站-9","note":{"reason":"\\"audit\\":9,{","audit":1,"head":"x"},"evidence":[{"verbs":[1,2]}],"verbs":[]}',
        '{"verbs":[]}',
    ]
    return [{"hash": name, "stored": each, "digest": v.revision(name, each)} for name in ("sha256", "sm3") for each in given]


def heads() -> dict[str, Any]:
    """The root of all heads of a small log."""
    given = [
        ("order-audit", "o1", 2, "sha256:" + "02" * 32),
        ("audit", "站-9", 1, "sha256:" + "03" * 32),
        ("audit", "a10", 7, "sha256:" + "04" * 32),
        ("audit", "a1", 3, "sha256:" + "05" * 32),
    ]
    ordered = sorted(given, key=lambda head: (head[0].encode(), head[1].encode()))
    leaves = [sha256(b"\0" + v.spoken("head", kind, thing, str(n), hashed)).digest() for kind, thing, n, hashed in ordered]
    return {"heads": given, "order": [thing for _, thing, *_ in ordered], "root": v.mth(leaves).hex()}


def proofs() -> dict[str, Any]:
    """A seal, an anchor, a manifest and a note of one log, written by hand from the page."""
    logid, suite = "ab" * 32, "ed25519-sha256"
    key = v.kid(suite, public(SCREEN))
    seal: dict[str, Any] = {
        "logid": logid,
        "topic": "live.events.environment",
        "partition": 2,
        "n": 2,
        "prev": "11" * 32,
        "from": 120,
        "to": 190,
        "heads": [
            ["audit", "a1", 3, "sha256:" + "22" * 32, "sha256:" + "33" * 32],
            ["incident-audit", "站-9", 1, "sha256:" + "44" * 32, ""],
        ],
        "trust": "55" * 32,
        "at": "2026-06-01T08:00:00+08:00",
        "sigsuite": suite,
        "sigkid": key,
    }
    seal["sig"] = v.encoded(SCREEN.sign(v.seal_signs(seal)))
    heads = [("audit", "a1", 3, "sha256:" + "22" * 32), ("incident-audit", "站-9", 1, "sha256:" + "44" * 32)]
    leaves = [sha256(b"\0" + v.spoken("head", kind, thing, str(n), hashed)).digest() for kind, thing, n, hashed in heads]
    tree = f"2 {v.mth(leaves).hex()}"
    file = "live.events.environment/2/00000000000000000007-00000000000000000009"
    secret = sha256(b"the file's own key").digest()
    rows = [(7, 1_780_272_000_000, b"k", b"{}"), (9, 1_780_272_000_001, None, None)]
    leaves = [v.salted("sha256", secret, *row) for row in rows]
    manifest = _stated(
        "onescreen/manifest/1",
        f"log {logid}",
        f"file {file}",
        f"rows 2 {v.mth(leaves).hex()}",
        "holes 8 8",
        "failed",
        f"bytes 5 {sha256(b'bytes').hexdigest()}",
        key=key,
    )
    anchor = _stated(
        "onescreen/anchor/2",
        f"log {logid}",
        "n 1",
        "prev",
        "at 2026-06-02T00:00:30+08:00",
        f"moved {tree}",
        "day 2026-06-01",
        f"all {tree}",
        "read audit 1 2",
        "read seals 2",
        f"file {file} {v.statement_hash(manifest)}",
        f"after 17 {'66' * 32}",
        key=key,
    )
    origin, body = f"onescreen/live/{logid[:16]}", (anchor.split("\n\n")[0] + "\n").encode()
    text = f"{origin}\n1\n{b64encode(sha256(bytes(1) + body).digest()).decode()}\n"
    key_id = sha256(f"{origin}\n\1".encode() + v.decoded(public(SCREEN))).digest()[:4]
    note = f"{text}\n— {origin} {b64encode(key_id + SCREEN.sign(text.encode())).decode()}\n"
    return {
        "public": public(SCREEN),
        "seal": seal,
        "signs": v.seal_signs(seal).decode(),
        "manifest": manifest,
        "secret": secret.hex(),
        "rows": [[offset, at, each and each.decode(), value and value.decode()] for offset, at, each, value in rows],
        "anchor": anchor,
        "note": note,
    }


def _stated(*lines: str, key: str) -> str:
    body = "\n".join((*lines, f"key ed25519-sha256 {key}")) + "\n"
    return f"{body}\n{v.encoded(SCREEN.sign(body.encode()))}\n"


def main() -> None:
    """Write the files."""
    for name, made in (
        ("events", events()),
        ("series", series()),
        ("ticks", ticks()),
        ("trails", trails()),
        ("revisions", revisions()),
        ("heads", heads()),
        ("proofs", proofs()),
    ):
        (v.VECTORS / f"{name}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
