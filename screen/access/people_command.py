"""`python -m screen people`: the local accounts. Passwords come from a prompt or from standard input, one line each."""

import argparse
import getpass
import json
import secrets
import sys
from datetime import datetime, timedelta
from typing import Any

import msgspec.structs

from screen.access.accounts import (
    Account,
    AccountsError,
    added,
    changed,
    read,
    with_substitute,
    with_wall,
    without_substitute,
    write,
)
from screen.access.passwords import with_password
from streams import places
from streams.messages import CST, ROLES
from streams.places import organs
from streams.settings import Settings, load

DEMO = (
    ("viewer", "查看"),
    ("supervisor", "主管"),
    ("dispatcher", "调度"),
    ("analyst", "分析"),
    ("admin", "管理"),
)
"""The accounts of the demo that are for the whole city, one a role: the role is the account's id too."""

OF_ORDERS = (
    ("leader", "leader", "带班领导", "office"),
    ("inspector", "inspector", "督查", "office"),
    ("checker", "checker", "核稿", "office"),
    ("signatory", "signatory", "签发", "office"),
    ("legal", "legal", "法制审核", "office"),
    ("archivist", "archivist", "档案", "office"),
    ("receptionist", "receptionist", "受理", "hotline"),
    ("hotline-dispatcher", "dispatcher", "派单", "hotline"),
    ("revisitor", "revisitor", "回访", "hotline"),
    ("bureau-dispatcher", "dispatcher", "派单", "bureau"),
    ("bureau-leader", "leader", "分管领导", "bureau"),
    ("verifier", "verifier", "核查", "bureau"),
    ("bureau-archivist", "archivist", "档案", "bureau"),
    ("clerk", "clerk", "签收", "branch"),
    ("handler", "handler", "承办", "branch"),
    ("reviewer", "reviewer", "审核", "branch"),
    ("officer", "officer", "执法", "branch"),
    ("officer-2", "officer", "执法二", "branch"),
)
"""Those that are of one body: id, role, what the name says, and of which body: the general office, the hotline, a department
that sends orders, and its branch in a district, which receives them."""


AWAY = timedelta(days=30)
"""For how long one of the demo's officers stands in for its reviewer."""


def main(argv: list[str]) -> int:
    """Change or list the accounts; 0 where it is done. What is wrong is said by ValueError."""
    options = _options(argv)
    settings = load()
    people = read(settings.people).people if settings.people.exists() else ()
    for line in _DO[options.what](options, settings, people):
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m screen people", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    add = commands.add_parser("add", help="make an account and give it a password")
    add.add_argument("id", help="its name for signing in: small letters, digits and . _ -")
    add.add_argument("--name", required=True, help="the name under which its acts are signed")
    add.add_argument("--role", required=True, choices=ROLES, help="what it may do")
    add.add_argument(
        "--department",
        action="append",
        default=[],
        metavar="ID",
        help="only what is this department's, as zz-ee; may be repeated",
    )
    add.add_argument(
        "--district",
        action="append",
        default=[],
        metavar="ADCODE",
        help="only what is in this district, as 410102; may be repeated",
    )
    commands.add_parser("list", help="the accounts, without what is secret")
    for what, words in (
        ("remove", "remove an account: its sessions end at once"),
        ("password", "give an account another password: its sessions end at once"),
        ("wall", "give a viewer's wall a token, printed once as the end of an address; an earlier one ends at once"),
        ("revoke", "take the token of a wall back: its session ends at once"),
        ("back", "an account needs nobody to stand in for it any more"),
    ):
        commands.add_parser(what, help=words).add_argument("id", help="the account")
    stands = commands.add_parser("substitute", help="let another account act on orders for one that is away")
    stands.add_argument("id", help="the account that is away")
    stands.add_argument("--by", required=True, metavar="ID", help="who acts in its role and body, of the same body")
    stands.add_argument("--until", required=True, metavar="DAY", help="the last day, as 2026-03-31")
    commands.add_parser("demo", help="make the demo's accounts with passwords by lot, where there are none, and print them")
    return parser.parse_args(argv)


def _add(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    fields = {
        "id": options.id,
        "name": options.name,
        "role": options.role,
        "departments": options.department,
        "districts": options.district,
    }
    new = msgspec.convert(fields, Account)
    added(people, new)  # what is wrong with it is said before a password is asked for
    new = with_password(new, _asked(options.id))
    write(settings.people, added(people, new))
    if not people:
        sys.stderr.write("people: this is the first account: a screen that runs asks for it from its next start on\n")
    return [_shown(new)]


def _list(_options: argparse.Namespace, _settings: Settings, people: tuple[Account, ...]) -> list[object]:
    return [_shown(account) for account in people]


def _remove(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    left = changed(people, options.id, lambda _account: None)
    write(settings.people, (without_substitute(account, options.id) for account in left))
    return [{"removed": options.id}]


def _password(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    changed(people, options.id, lambda account: account)
    password = _asked(options.id)
    write(settings.people, changed(people, options.id, lambda account: with_password(account, password)))
    return [{"password": options.id}]


def _wall(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    token = secrets.token_urlsafe(32)
    write(settings.people, changed(people, options.id, lambda account: with_wall(account, token)))
    host = settings.screen_name or settings.screen_host
    scheme, port = ("https", "") if settings.screen_name else ("http", f":{settings.screen_port}")
    return [{"wall": options.id, "address": f"{scheme}://{host}{port}/signin#wall={token}"}]


def _revoke(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    write(settings.people, changed(people, options.id, lambda account: msgspec.structs.replace(account, wall="")))
    return [{"revoked": options.id}]


def _substitute(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    write(settings.people, with_substitute(people, options.id, options.by, options.until))
    return [{"substitute": options.by, "for": options.id, "until": options.until}]


def _back(options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    write(settings.people, changed(people, options.id, lambda account: msgspec.structs.replace(account, substitutes=())))
    return [{"back": options.id}]


def _demo(_options: argparse.Namespace, settings: Settings, people: tuple[Account, ...]) -> list[object]:
    """The demo's passwords lie beside its accounts (mode 600), so that a later start can print them again."""
    noted = settings.people.with_name(f"{settings.people.stem}-passwords.json")
    if not people:
        accounts = _demo_accounts(places.here())
        words = {account.id: secrets.token_urlsafe(12) for account in accounts}
        if "reviewer" in words:
            until = datetime.now(CST).date() + AWAY
            accounts = with_substitute(accounts, "reviewer", "officer", until.isoformat())
        write(settings.people, (with_password(account, words[account.id]) for account in accounts))
        noted.unlink(missing_ok=True)
        noted.touch(0o600)
        noted.write_text(json.dumps(words), "utf-8")
    words = json.loads(noted.read_text("utf-8"))
    of = {account.id: account.departments for account in read(settings.people).people}
    return [
        {"account": account, "password": password, "departments": of.get(account, ())} for account, password in words.items()
    ]


def _demo_accounts(code: str) -> tuple[Account, ...]:
    """The accounts of the demo at a place; those of bodies that it does not have are left out."""
    units, duties = organs.units(code), organs.routes(code)
    office, bureau = units.office(duties.home), places.answering("ee", code)
    found = {
        "office": office.id if office else "",
        "hotline": next((unit.id for unit in units if unit.id.endswith("-hotline")), ""),
        "bureau": bureau,
        "branch": next((unit for (role, _), unit in duties.acting.items() if role == "ee"), ""),
    }
    whole = tuple(Account(role, f"演示{zh}", role) for role, zh in DEMO)  # type: ignore[arg-type]
    return whole + tuple(
        Account(id_, f"演示{zh}", role, (found[where],))  # type: ignore[arg-type]
        for id_, role, zh, where in OF_ORDERS
        if found[where]
    )


_DO = {
    "add": _add,
    "list": _list,
    "remove": _remove,
    "password": _password,
    "wall": _wall,
    "revoke": _revoke,
    "substitute": _substitute,
    "back": _back,
    "demo": _demo,
}


def _asked(name: str) -> str:
    """A password: asked for twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(f"Password of {name}: ")
    if password != getpass.getpass("Once more: "):
        raise AccountsError("the two passwords differ: nothing is changed")
    return password


def _shown(account: Account) -> dict[str, Any]:
    found = msgspec.structs.asdict(account)
    return {name: value for name, value in found.items() if name not in {"hash", "wall"}} | {
        "wall": bool(account.wall),
        "substitutes": [msgspec.structs.asdict(each) for each in account.substitutes],
    }
