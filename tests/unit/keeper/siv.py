"""A second implementation of docs/develop/sealing.md, from AES, CMAC and CTR: it imports nothing of the project."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from cryptography.hazmat.primitives.cmac import CMAC


def _cmac(key: bytes, data: bytes) -> bytes:
    mac = CMAC(AES(key))
    mac.update(data)
    return mac.finalize()


def _double(block: bytes) -> bytes:
    number = int.from_bytes(block) << 1
    return (number & (1 << 128) - 1 ^ (0x87 if number >> 128 else 0)).to_bytes(16)


def _xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))


def _s2v(key: bytes, associated: bytes, plain: bytes) -> bytes:
    """RFC 5297 §2.4 for one string of associated data and the text."""
    d = _xor(_double(_cmac(key, bytes(16))), _cmac(key, associated))
    if len(plain) >= 16:
        return _cmac(key, plain[:-16] + _xor(plain[-16:], d))
    return _cmac(key, _xor(_double(d), (plain + b"\x80").ljust(16, b"\0")))


def _ctr(key: bytes, v: bytes, data: bytes) -> bytes:
    q = (int.from_bytes(v) & ~(1 << 63 | 1 << 31)).to_bytes(16)
    return Cipher(AES(key), CTR(q)).encryptor().update(data)


def encrypt(key: bytes, associated: bytes, plain: bytes) -> bytes:
    """RFC 5297 §2.6."""
    half = len(key) // 2
    v = _s2v(key[:half], associated, plain)
    return v + _ctr(key[half:], v, plain)


def _net(text: str) -> bytes:
    return f"{len(text.encode())}:{text},".encode()


def record(key: bytes, logid: str, type_: str, id_: str, path: str, text: str) -> bytes:
    """The record of a text, by the page's words."""
    kid, size, plain = hashlib.sha256(key).hexdigest(), 32, text.encode() + b"\x80"
    while size < len(plain):
        size *= 2
    parts = ("aes-256-siv", kid, logid, type_, id_, path)
    sealed = encrypt(key, b"onescreen/sealed/1\n" + b"".join(map(_net, parts)), plain + bytes(size - len(plain)))
    body = dict(zip(("suite", "kid", "logid", "type", "id", "path"), parts, strict=True))
    body["text"] = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
