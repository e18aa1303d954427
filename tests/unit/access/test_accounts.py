"""Local accounts: the file, the passwords, the wall's token, and the command that manages them."""

import io
import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from screen.access import passwords, people_command
from screen.access.accounts import (
    Account,
    Accounts,
    AccountsError,
    added,
    changed,
    read,
    token_hash,
    with_wall,
    write,
)
from screen.access.passwords import weakness, with_password
from streams.messages import ROLES

PHRASE = "红旗渠-2026-夜班-甲"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords of many accounts are hashed at little cost: the first test here has the strength of all."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 8, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one supervisor."""
    path = tmp_path / "people.json"
    write(path, [with_password(Account("zhang", "张值班", "supervisor", ("zz-ee",), ("410102",)), PHRASE)])
    return path


def test_the_file_is_its_owners_and_holds_no_password(file: Path) -> None:
    """Mode 600; argon2id with at least RFC 9106's 64 MiB and 3 passes; the password stands nowhere in it."""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (account,) = read(file).people
    assert account.hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PHRASE not in file.read_text("utf-8")
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_a_file_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    """The error names the file, its mode and what to do."""
    file.chmod(mode)
    with pytest.raises(AccountsError, match=rf"people.json is open to others .*\(mode 0{mode & 0o77:02o}\): chmod 600"):
        read(file)


def test_a_broken_file_lets_nobody_in(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read any more, or is gone, is no account for anybody; the log says so, once a change."""
    accounts = Accounts(file)
    assert accounts.of("zhang")
    file.write_text("{", "utf-8")
    assert accounts.of("zhang") is None
    assert accounts.of("zhang") is None
    assert capfd.readouterr().err.count("nobody is let in") == 1
    file.unlink()
    assert accounts.of("zhang") is None


def test_only_the_password_signs_in(file: Path) -> None:
    """The right one gives the account; a wrong one, none, another's and an unknown account give nothing."""
    accounts = Accounts(file)
    write(file, [*read(file).people, Account("gate", "大屏", "viewer")])
    found = accounts.signed("zhang", PHRASE)
    assert found
    assert found.person.districts == ("410102",)
    for name, password in [("zhang", PHRASE + "x"), ("zhang", ""), ("nobody", PHRASE), ("gate", ""), ("gate", PHRASE)]:
        assert accounts.signed(name, password) is None


def test_a_change_of_the_file_holds_at_once(file: Path) -> None:
    """An account that is removed or added is so at the next question."""
    accounts = Accounts(file)
    assert accounts.of("zhang")
    write(file, changed(read(file).people, "zhang", lambda _account: None))
    assert accounts.of("zhang") is None


@pytest.mark.parametrize("password", ["", "kurz", "x" * 11, "x" * 201])
def test_a_password_has_a_length(password: str) -> None:
    """12 to 200 characters."""
    with pytest.raises(AccountsError, match=r"12 to 200 characters, this one \d+"):
        with_password(Account("zhang", "张值班", "supervisor"), password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password1234!",
        "P@ssw0rd2026!",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "!QAZ2wsx#EDC",
        "123456789012",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "woaini5201314",
        "Admin@123456",
        "Huawei@123456",
        "Zhengzhou@2026",
        "zhengzhou2026",
        "onescreen2026",
        "一屏掌控一屏掌控一屏掌控",
        "zhang-zhang-1",
        "张值班张值班张值班张值班",
        "ZHANG20260601",
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    """Common ones, keyboard walks, repeats, the service's, the city's and the account's names (NIST SP 800-63B-4 3.1.1.2)."""
    with pytest.raises(AccountsError, match="easy to guess") as refused:
        with_password(Account("zhang", "张值班", "supervisor"), password)
    assert password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [PHRASE, "correct horse battery staple", "T4-pAAOb0NSw", "四郎探母 晚霞 自行车 四十二", "9f" * 10 + secrets.token_hex(90)],
)
def test_a_password_needs_no_composition(password: str) -> None:
    """Several words, words of any script, letters drawn by lot: taken, without a rule of capitals, digits and signs."""
    assert weakness(Account("zhang", "张值班", "supervisor"), password) == ""


def test_unknown_departments_and_districts_are_refused() -> None:
    """The error lists what there is; an id that is taken is refused too."""
    with pytest.raises(AccountsError, match=r"no department zz-x: they are .*zz-ee"):
        added((), Account("li", "李", "supervisor", departments=("zz-x",)))
    with pytest.raises(AccountsError, match=r"no district 110101: they are 410100 \(all\), 410102"):
        added((), Account("li", "李", "supervisor", districts=("110101",)))
    with pytest.raises(AccountsError, match="there is an account 'li' already"):
        added((Account("li", "李", "viewer"),), Account("li", "李", "viewer"))
    assert len(added((), Account("li", "李", "supervisor", departments=("zz-ee",), districts=("410100",)))) == 1


def test_only_a_viewer_has_a_walls_token(file: Path) -> None:
    """A token is kept as its SHA-256; an account that may act gets none."""
    wall = with_wall(Account("hall", "大厅", "viewer"), "t" * 43)
    assert wall.wall == token_hash("t" * 43)
    write(file, [wall])
    assert Accounts(file).of_wall("t" * 43) == wall
    assert Accounts(file).of_wall("u" * 43) is None
    assert Accounts(file).of_wall("") is None
    with pytest.raises(AccountsError, match="'zhang' is a supervisor"):
        with_wall(Account("zhang", "张", "supervisor"), "t" * 43)


class Command:
    """`python -m screen people`, in this process."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._patch, self._capsys = path, monkeypatch, capsys
        monkeypatch.setenv("ONESCREEN_PEOPLE", str(path))

    def __call__(self, *arguments: str, typed: str = "") -> list[Any]:
        """The lines that it prints, with this on standard input."""
        self._patch.setattr("sys.stdin", io.StringIO(typed))
        assert people_command.main(list(arguments)) == 0
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, about a file that is not there yet."""
    return Command(tmp_path / "new" / "people.json", monkeypatch, capsys)


def test_the_command_manages_accounts(people: Command) -> None:
    """Add, list, password, remove; the password comes from standard input and is never printed."""
    bounds = ("--department", "zz-ee", "--district", "410102", "--district", "410103")
    (shown,) = people("add", "zhang", "--name", "张值班", "--role", "supervisor", *bounds, typed=PHRASE + "\n")
    wanted = {"id": "zhang", "name": "张值班", "role": "supervisor", "departments": ["zz-ee"], "wall": False}
    assert shown == wanted | {"districts": ["410102", "410103"]}
    assert people("list") == [shown]
    accounts = Accounts(people.path)
    assert accounts.signed("zhang", PHRASE)
    assert people("password", "zhang", typed="another-long-one\r\n") == [{"password": "zhang"}]
    assert accounts.signed("zhang", PHRASE) is None
    assert accounts.signed("zhang", "another-long-one")
    people("remove", "zhang")
    assert people("list") == []
    assert stat.S_IMODE(people.path.stat().st_mode) == 0o600


def test_the_command_gives_a_wall_its_token_once(people: Command) -> None:
    """The address has the token in its fragment, which no server is sent; another one replaces it; revoking ends it."""
    people("add", "hall", "--name", "大厅", "--role", "viewer", typed=PHRASE)
    (first,) = people("wall", "hall")
    address, _, token = first["address"].partition("#wall=")
    assert address == "http://127.0.0.1:8501/signin"
    assert len(token) == 43  # 256 bits in base64url
    accounts = Accounts(people.path)
    assert accounts.of_wall(token)
    (second,) = people("wall", "hall")
    assert accounts.of_wall(token) is None
    people("revoke", "hall")
    assert accounts.of_wall(second["address"].partition("#wall=")[2]) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ("remove", "nobody"),
        ("wall", "nobody"),
        ("add", "Zhang!", "--name", "张", "--role", "viewer"),
        ("add", "zhang", "--name", "张", "--role", "viewer", "--district", "999999"),
    ],
)
def test_wrong_use_changes_nothing(people: Command, arguments: tuple[str, ...]) -> None:
    """An unknown account, an id that cannot be, an unknown district: an error, and no file."""
    with pytest.raises(ValueError, match=r"nobody|Zhang|id|999999"):
        people(*arguments, typed=PHRASE)
    assert not people.path.exists()


def test_no_argument_takes_a_password(people: Command) -> None:
    """A password on the command line would stand in the list of processes: there is no such option."""
    with pytest.raises(SystemExit):
        people("add", "zhang", "--name", "张", "--role", "viewer", "--password", PHRASE)
    with pytest.raises(SystemExit):
        people("password", "zhang", PHRASE)


@pytest.mark.usefixtures("cheap")
def test_the_demo_has_an_account_of_each_role(people: Command) -> None:
    """Whoever tries the demo can take each role, those of orders in a body; passwords by lot, the same at the second start.

    Both files are the owner's alone.
    """
    first = people("demo")
    assert [line["account"] for line in first][:5] == ["viewer", "supervisor", "dispatcher", "analyst", "admin"]
    assert people("demo") == first
    accounts = Accounts(people.path)
    roles = {account.id: account.role for account in accounts.all()}
    assert set(roles.values()) == set(ROLES)
    assert all(line["departments"] for line in first[5:])
    assert accounts.signed("handler", next(line["password"] for line in first if line["account"] == "handler"))
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in people.path.parent.iterdir())
    assert len({line["password"] for line in first}) == len(first) == len(roles)


def test_umask_does_not_matter(tmp_path: Path) -> None:
    """The file is its owner's alone under any umask."""
    before = os.umask(0)
    try:
        write(tmp_path / "people.json", [])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "people.json").stat().st_mode) == 0o600
