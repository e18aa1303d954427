"""A key on a machine: one file, one process, numbers that only rise, or a signer outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import json
from msgspec.structs import replace

from streams.signing.machine.keyfile import AHEAD, Key, KeyFile, KeyFileError, wall_time, write, write_new
from streams.signing.preimage import key_id, signature_preimage
from streams.signing.sign import proof, signed
from streams.signing.verify import verify
from streams.signing.words import base64url
from tests.support.signing import ED25519, Hand, act

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A new key's file."""
    found = tmp_path / "screen-1.key"
    write_new(found, "screen-1")
    return found


def test_a_new_key_signs(path: Path) -> None:
    """What it signs holds under the public key in its file; the file is for its owner alone, and is not written over."""
    assert path.stat().st_mode & 0o777 == 0o600
    with Key(path) as key:
        assert (key.part, key.suite, key.kid) == ("screen-1", ED25519, key_id(ED25519, key.public))
        event = signed(act("ab" * 32, Hand("x"), key.number()), key)
        assert verify(key.suite, key.public, signature_preimage(event), event.sig)
    with pytest.raises(KeyFileError, match="is there already"):
        write_new(path, "screen-1")


def test_a_tree_s_key(tmp_path: Path) -> None:
    """A key for bulk proves itself and signs one event as a tree of one leaf."""
    write_new(tmp_path / "k", "registrar", "ed25519-sha256-tree")
    with Key(tmp_path / "k") as key:
        event = signed(act("ab" * 32, Hand("x"), 1), key)
        assert verify(key.suite, key.public, signature_preimage(event), event.sig)
        assert "~0~1~" in proof(key, "ab" * 32, key.public, "registrar")
    with pytest.raises(KeyFileError, match="outside signer"):
        write_new(tmp_path / "s", "screen-1", "sm2-sm3")


def test_one_process_alone(path: Path) -> None:
    """While one process has the key another is refused it, and gets it when the first has let it go or died."""
    other = [sys.executable, "-c", f"from streams.signing.machine.keyfile import Key, Path; Key(Path({str(path)!r})).number()"]
    with Key(path):
        done = subprocess.run(other, cwd=ROOT, capture_output=True, text=True, check=False)
        assert "another process has the key" in done.stderr
        with pytest.raises(KeyFileError, match="one key, one process"):
            Key(path)
    assert subprocess.run(other, cwd=ROOT, check=False).returncode == 0
    with Key(path):
        pass


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610])
def test_a_file_that_others_may_read(path: Path, mode: int) -> None:
    """A key that others may read is none: it must be ended."""
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="others may read"):
        Key(path)


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    """A symbolic link in the key's place is refused; so is a folder."""
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(KeyFileError, match="no key can be read"):
        Key(tmp_path / "link")
    (tmp_path / "folder").mkdir(0o700)
    with pytest.raises(KeyFileError):
        Key(tmp_path / "folder")


def test_files_that_hold_no_key(path: Path, tmp_path: Path) -> None:
    """No JSON, another format, a public key of another private one, a public key that must not be adopted, neither of both."""
    good = json.decode(path.read_bytes(), type=KeyFile)
    for number, (wrong, why) in enumerate(
        [
            (replace(good, format=2), "only 1 is known"),
            (replace(good, public=Hand("other").public), "neither the private key"),
            (replace(good, public="AQ" + "A" * 41), "small order"),
            (replace(good, private=""), "neither the private key"),
            (replace(good, private="AA"), "neither the private key"),
        ]
    ):
        write(tmp_path / str(number), wrong)
        with pytest.raises(KeyFileError, match=why):
            Key(tmp_path / str(number))
    path.write_bytes(b"-----BEGIN")
    with pytest.raises(KeyFileError, match="no key file"):
        Key(path)


def test_numbers_rise_whatever_the_clock_does(path: Path) -> None:
    """Microseconds of the clock; one more where it stands or goes back; after a restart above all that was used."""
    now = [1_000]
    with Key(path, lambda: now[0]) as key:
        assert [key.number(), key.number()] == [1_000, 1_001]
        now[0] = 5_000
        assert key.number() == 5_000
        now[0] = 10
        assert key.number() == 5_001
    with Key(path, lambda: now[0]) as key:
        assert key.number() == 1_000 + AHEAD + 1
    now[0] = 10 * AHEAD
    with Key(path, lambda: now[0]) as key:
        assert key.number() == 10 * AHEAD


def test_numbers_are_set_aside_before_they_are_used(path: Path) -> None:
    """A process killed right after a number has left a file that is already above it, and that only its owner may read."""
    script = (
        f"import os; from streams.signing.machine.keyfile import Key, Path; k = Key(Path({str(path)!r})); "
        "print(k.number(), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    used = int(done.stdout)
    assert done.returncode == -9
    assert used <= wall_time()
    seq = path.with_name("screen-1.key.seq")
    assert int(seq.read_text("ascii")) > used
    assert seq.stat().st_mode & 0o777 == 0o600
    with Key(path, lambda: used) as key:
        assert key.number() > used


def test_a_spoilt_number(path: Path) -> None:
    """A file of numbers that holds none is not taken for the beginning."""
    with Key(path) as key:
        key.number()
    path.with_name("screen-1.key.seq").write_text("", "ascii")
    with pytest.raises(KeyFileError, match="holds no number"):
        Key(path)
    with pytest.raises(KeyFileError, match="holds no number"):
        Key(path)  # and the lock was let go


def outside(tmp_path: Path, script: str) -> Path:
    """A key whose private half is with a command."""
    private = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
    (tmp_path / "secret").write_bytes(b"7" * 32)
    (tmp_path / "signer.py").write_text(script, "utf-8")
    public = base64url(private.public_key().public_bytes_raw())
    command = (sys.executable, str(tmp_path / "signer.py"), str(tmp_path / "secret"))
    write(tmp_path / "k", KeyFile(part="screen-1", suite=ED25519, public=public, command=command))
    return tmp_path / "k"


SIGNER = """
import base64, sys, pathlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
key = Ed25519PrivateKey.from_private_bytes(pathlib.Path(sys.argv[1]).read_bytes())
print(base64.urlsafe_b64encode(key.sign(sys.stdin.buffer.read())).decode().rstrip("="))
"""


def test_an_outside_signer(tmp_path: Path) -> None:
    """A command gets the preimage on stdin and answers with the signature; no private key is in the file."""
    path = outside(tmp_path, SIGNER)
    with Key(path) as key:
        event = signed(act("ab" * 32, Hand("x"), 1), key)
        assert verify(key.suite, key.public, signature_preimage(event), event.sig)
    assert b"private" not in path.read_bytes()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("raise SystemExit(3)", "gave no signature"),
        ("print('hello')", "does not verify"),
        ("import sys; sys.stdin.read(); print('" + "A" * 86 + "')", "does not verify"),
        (SIGNER.replace("sys.stdin.buffer.read()", "b'something else'"), "does not verify"),
    ],
)
def test_an_outside_signer_that_fails(tmp_path: Path, script: str, why: str) -> None:
    """No answer, no signature, a signature of something else: told where the signer is, not where the log is."""
    with Key(outside(tmp_path, script)) as key, pytest.raises(KeyFileError, match=why):
        key.sign(b"a preimage")


def test_the_key_of_another_user(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that belongs to another account is refused."""
    monkeypatch.setattr(os, "geteuid", lambda: 4_711)
    with pytest.raises(KeyFileError, match="others may read"):
        Key(path)
