"""Sessions and how often somebody may try to begin one: what holds, what ends it, how long one waits."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screen.access import oidc
from screen.access.accounts import Account, Accounts, token_hash, with_wall, write
from screen.access.login_limits import ACCOUNT, ADDRESS, FORGET, MOST, Limits
from screen.access.oidc import NotLetInError, OidcError, Provider
from screen.access.passwords import with_password
from screen.access.people import Person
from screen.access.sessions import Sessions

NOW = 1_800_000_000.0
IDLE, LONGEST = 1_800.0, 43_200.0
ZHANG = with_password(Account("zhang", "张值班", "supervisor"), "红旗渠-2026-夜班-甲")
HALL = with_wall(Account("hall", "大厅", "viewer"), "w" * 43)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A supervisor and a wall."""
    write(tmp_path / "people.json", [ZHANG, HALL])
    return tmp_path / "people.json"


@pytest.fixture
def sessions(file: Path) -> Iterator[Sessions]:
    """The sessions of these accounts."""
    made = Sessions(file.with_name("sessions.sqlite"), Accounts(file), IDLE, LONGEST)
    yield made
    made.close()


def local(sessions: Sessions, now: float = NOW) -> str:
    """The cookie of the supervisor's new session."""
    token = sessions.begin(ZHANG.person, "local", ZHANG.hash, now, now + LONGEST)
    assert token
    return token


def test_a_session_is_a_name_that_says_nothing(sessions: Sessions, file: Path) -> None:
    """256 random bits, another one each time; the table on disk is the owner's alone and has only its hash."""
    first, second = local(sessions), local(sessions)
    assert first != second
    assert len(first) == 43
    found = sessions.of(first, NOW)
    assert found
    assert (found.person, found.token) == (ZHANG.person, token_hash(first))
    table = file.with_name("sessions.sqlite")
    assert stat.S_IMODE(table.stat().st_mode) == 0o600
    assert first.encode() not in table.read_bytes()
    assert sessions.of(first[:-1] + ("A" if first[-1] != "A" else "B"), NOW) is None
    assert sessions.of("", NOW) is None


def test_idle_and_longest_end_a_session(sessions: Sessions) -> None:
    """Half an hour without its person ends it; activity keeps it, but not beyond twelve hours."""
    token = local(sessions)
    assert sessions.of(token, NOW + IDLE)
    assert sessions.of(token, NOW + IDLE + 1) is None
    now = NOW
    while now < NOW + LONGEST:
        assert sessions.of(token, now)
        sessions.active(token_hash(token), now)
        now += IDLE - 60
    assert sessions.of(token, NOW + LONGEST)
    assert sessions.of(token, NOW + LONGEST + 1) is None


def test_signing_out_holds_in_every_process_and_after_a_restart(sessions: Sessions, file: Path) -> None:
    """Another process with the same table knows a session, and knows that it is over."""
    other = Sessions(file.with_name("sessions.sqlite"), Accounts(file), IDLE, LONGEST)
    token = local(sessions)
    assert other.of(token, NOW)
    sessions.end(token_hash(token))
    assert other.of(token, NOW) is None
    assert sessions.of(token, NOW) is None
    other.close()


@pytest.mark.parametrize("how", ["password", "removed"])
def test_a_change_of_the_account_ends_its_sessions(sessions: Sessions, file: Path, how: str) -> None:
    """Another password, or no account any more."""
    token = local(sessions)
    write(file, [with_password(ZHANG, "another-long-one"), HALL] if how == "password" else [HALL])
    assert sessions.of(token, NOW) is None


def test_another_role_holds_at_once(sessions: Sessions, file: Path) -> None:
    """A session's person is what the file says now."""
    token = local(sessions)
    write(file, [Account("zhang", "张值班", "viewer", hash=ZHANG.hash), HALL])
    found = sessions.of(token, NOW)
    assert found
    assert found.person.role == "viewer"


def test_a_wall_lasts_until_its_token_is_revoked(sessions: Sessions, file: Path) -> None:
    """It has no idle end; without the token, with another, or as more than a viewer, it has ended."""
    token = sessions.begin(HALL.person, "wall", HALL.wall, NOW, NOW + 400 * 86_400)
    assert token
    assert sessions.of(token, NOW + 300 * 86_400)
    write(file, [with_wall(HALL, "x" * 43)])
    assert sessions.of(token, NOW) is None
    write(file, [Account("hall", "大厅", "supervisor", wall=HALL.wall)])
    assert sessions.of(token, NOW) is None
    write(file, [HALL])
    assert sessions.of(token, NOW)


def test_a_providers_answer_begins_one_session(sessions: Sessions) -> None:
    """The same answer again begins none, also after the first has been ended."""
    person = Person("oidc:1", "李", "dispatcher")
    token = sessions.begin(person, "oidc", "answer", NOW, NOW + 3600)
    assert token
    assert sessions.begin(person, "oidc", "answer", NOW, NOW + 3600) is None
    sessions.end(token_hash(token))
    assert sessions.begin(person, "oidc", "answer", NOW, NOW + 3600) is None
    assert sessions.begin(person, "oidc", "another", NOW, NOW + 3600)


def test_failures_make_the_wait_grow() -> None:
    """An account: three are free, then 1, 2, 4, … seconds up to a minute; an hour without one forgets them."""
    limits, now, waits = Limits(ACCOUNT), NOW, []
    for _ in range(12):
        wait = limits.wait("zhang", now)
        now += wait
        assert limits.wait("zhang", now) == 0.0
        limits.tried("zhang", now)
        waits.append(wait)
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert limits.wait("zhang", now + 59.5) == pytest.approx(0.5)
    assert limits.wait("li", now) == 0.0
    assert limits.wait("zhang", now + FORGET) == 0.0
    limits.tried("zhang", now + FORGET)
    assert limits.wait("zhang", now + FORGET) == 0.0


def test_many_at_once_count_as_many() -> None:
    """Attempts are counted before they are judged: at one instant an address has ten, not a hundred."""
    limits, let = Limits(ADDRESS), 0
    for _ in range(100):
        if limits.wait("10.0.0.1", NOW) == 0.0:
            limits.tried("10.0.0.1", NOW)
            let += 1
    assert let == ADDRESS.free


def test_success_forgets_and_undoes() -> None:
    """An account that has signed in begins anew; of an address only that attempt is taken back."""
    limits = Limits(ACCOUNT)
    for _ in range(3):
        limits.tried("a", NOW)
    assert limits.wait("a", NOW) > 0
    limits.undo("a")
    assert limits.wait("a", NOW) == 0.0
    limits.tried("a", NOW)
    limits.forget("a")
    assert limits.wait("a", NOW) == 0.0


def test_limits_take_bounded_memory() -> None:
    """However many names are tried, a bounded number is remembered, the newest."""
    limits = Limits(ACCOUNT)
    for n in range(MOST + 10):
        for _ in range(3):
            limits.tried(str(n), NOW)
    assert limits.wait("0", NOW) == 0.0
    assert limits.wait(str(MOST + 9), NOW) == 1.0


FILE = """
[auth]
redirect_uri = "https://screen.example/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "onescreen"
client_secret = "s"
server_metadata_url = "https://login.example/.well-known/openid-configuration"
"""
OURS = """
[onescreen]
role = "groups"
departments = "dept"
districts = "area"
[onescreen.roles]
"/duty" = "supervisor"
"/look" = "viewer"
"""


def provider(tmp_path: Path, text: str, mode: int = 0o600) -> Provider:
    """The provider of a file."""
    path = tmp_path / "oidc.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return oidc.read(path)


def said(**claims: Any) -> bytes:
    """What Streamlit has signed of a provider's answer: the claims of its token."""
    made = {
        "origin": "https://screen.example",
        "is_logged_in": True,
        "sub": "42",
        "name": "李调度",
        "iat": NOW,
        "exp": NOW + 3600,
    }
    return json.dumps({name: value for name, value in (made | claims).items() if value is not None}).encode()


def test_the_role_comes_from_the_claims(tmp_path: Path) -> None:
    """The strongest of the roles that are ours; the account is the subject, apart from local ones; the end is the token's."""
    plain = provider(tmp_path, FILE)
    found, ends = plain.person(said(roles=["viewer", "dispatcher", "offline_access"]), NOW)
    assert found == Person("oidc:42", "李调度", "dispatcher")
    assert ends == NOW + 3600
    assert plain.person(said(roles="admin", name=None, preferred_username="li"), NOW)[0] == Person("oidc:42", "li", "admin")


@pytest.mark.parametrize(
    ("claims", "now", "why"),
    [
        ({"roles": ["boss"]}, NOW, "no_role"),
        ({"roles": []}, NOW, "no_role"),
        ({}, NOW, "no_role"),
        ({"roles": {"supervisor": 1}}, NOW, "no_role"),
        ({"roles": "supervisor", "exp": NOW - 1}, NOW, "expired"),
        ({"roles": "supervisor", "exp": None}, NOW, "expired"),
        ({"roles": "supervisor", "iat": None}, NOW, "expired"),
        ({"roles": "supervisor"}, NOW + 301, "expired"),
        ({"roles": "supervisor", "origin": "https://evil.example"}, NOW, "expired"),
        ({"roles": "supervisor", "sub": None}, NOW, "expired"),
        ({"roles": "supervisor", "is_logged_in": False}, NOW, "expired"),
    ],
)
def test_claims_that_let_nobody_in(tmp_path: Path, claims: dict[str, Any], now: float, why: str) -> None:
    """No role of ours; a token that is over, has no end, was issued long ago, or is another screen's."""
    with pytest.raises(NotLetInError) as refused:
        provider(tmp_path, FILE).person(said(**claims), now)
    assert refused.value.why == why


def test_named_claims_bound_a_person(tmp_path: Path) -> None:
    """Where the file names claims of departments and districts, a person has them; `*` is all; none is not let in."""
    ours = provider(tmp_path, FILE + OURS)
    found, _ = ours.person(said(groups=["/duty", "/x"], dept="zz-ee", area=["410102", "410103"]), NOW)
    assert found == Person("oidc:42", "李调度", "supervisor", ("zz-ee",), ("410102", "410103"))
    everywhere, _ = ours.person(said(groups="/look", dept="*", area=["*"]), NOW)
    assert (everywhere.departments, everywhere.districts) == ((), ())
    for bounds in ({"dept": "zz-ee"}, {"area": "410102"}, {"dept": [], "area": "*"}):
        with pytest.raises(NotLetInError) as refused:
            ours.person(said(groups="/duty", **bounds), NOW)
        assert refused.value.why == "no_scope"
    with pytest.raises(NotLetInError):
        ours.person(said(groups="supervisor", dept="*", area="*"), NOW)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", r"\[auth\] needs redirect_uri, cookie_secret, client_id, client_secret, server_metadata_url"),
        (FILE.replace("0123456789abcdef0123456789abcdef", "short"), "cookie_secret has 5 characters"),
        (FILE.replace("/oauth2callback", "/back"), "redirect_uri must end with /oauth2callback"),
        (FILE + '[onescreen.roles]\nduty = "boss"\n', "Invalid enum value 'boss'"),
        (FILE + "[onescreen]\nrolle = 'x'\n", "rolle"),
        ("[auth", "oidc.toml"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, what: str) -> None:
    """What is missing or wrong is named."""
    with pytest.raises(OidcError, match=what):
        provider(tmp_path, text)


def test_a_file_with_secrets_is_its_owners_alone(tmp_path: Path) -> None:
    """Others may not read the client's secret."""
    with pytest.raises(OidcError, match="chmod 600"):
        provider(tmp_path, FILE, 0o644)
