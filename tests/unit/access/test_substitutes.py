"""Substitutes (代理): whose acts an account may do, until when, in a chain, and what becomes of such an act."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from screen.access import people_command
from screen.access.accounts import Account, Accounts, AccountsError, Substitute, principals, with_substitute, write
from screen.access.people import Person, Principal
from streams.messages import CST, OrderAudit
from tests.support.orders.partition import BRANCH, ECOLOGY, OrderPartition, actor

TODAY = datetime.now(CST).date()
QIAN = Account("qian", "钱审核", "reviewer", (BRANCH,))
SUN = Account("sun", "孙领导", "reviewer", (BRANCH,))
LI = Account("li", "李承办", "handler", (BRANCH,))


def away(account: Account, by: str, until: str) -> Account:
    """The account with somebody who stands in for it."""
    return replace(account, substitutes=(Substitute(by, until),))


def last(told: Sequence[Struct]) -> OrderAudit:
    """The newest entry of what an act has caused."""
    return next(each for each in reversed(told) if isinstance(each, OrderAudit))


def of(name: str, day: str, *accounts: Account) -> list[tuple[str, str]]:
    """For whom an account stands in on a day, and until when."""
    return [(each.behalf, each.until) for each in principals({each.id: each for each in accounts}, name, day)]


def test_to_the_end_of_its_last_day() -> None:
    """In the role and body of whom one stands in for; not the other way round."""
    people = (away(QIAN, "li", "2026-03-31"), LI)
    assert of("li", "2026-03-31", *people) == [("qian", "2026-03-31")]
    assert of("li", "2026-04-01", *people) == []
    assert of("qian", "2026-03-31", *people) == []
    (found,) = principals({each.id: each for each in people}, "li", "2026-03-31")
    assert found == Principal("qian", "钱审核", "reviewer", (BRANCH,), (), "2026-03-31")


def test_a_chain_holds_as_long_as_its_shortest_part() -> None:
    """Zammad 3694: a substitute of a substitute is not lost; nobody stands twice in a chain, not even in a circle."""
    people = (away(SUN, "qian", "2026-03-20"), away(QIAN, "li", "2026-03-31"), LI)
    assert of("li", "2026-03-10", *people) == [("qian", "2026-03-31"), ("qian>sun", "2026-03-20")]
    assert of("li", "2026-03-21", *people) == [("qian", "2026-03-31")]
    assert of("li", "2026-03-10", *people[:2], away(LI, "sun", "2026-03-31")) == [
        ("qian", "2026-03-31"),
        ("qian>sun", "2026-03-20"),
    ]


def test_one_acts_in_the_role_of_whom_one_stands_in_for() -> None:
    """The own account with the other's role and body; for nobody else."""
    li = Person("li", "李承办", "handler", (BRANCH,), principals=(Principal("qian", "钱审核", "reviewer", (ECOLOGY,)),))
    acting = li.standing_in("qian")
    assert acting is not None
    assert (acting.id, acting.name, acting.role, acting.actor.department) == ("li", "李承办", "reviewer", ECOLOGY)
    assert li.standing_in("") is li
    assert li.standing_in("sun") is None


@pytest.mark.parametrize(
    ("name", "by", "until", "why"),
    [
        ("qian", "qian", "2999-01-01", "nobody stands in"),
        ("qian", "nobody", "2999-01-01", "nobody stands in"),
        ("qian", "wang", "2999-01-01", "for others"),  # of another body: an act leaves in the name of qian's
        ("qian", "li", "2999-02-30", "no day"),
        ("qian", "li", "2020-01-01", "is over"),
    ],
)
def test_what_cannot_be_is_said(name: str, by: str, until: str, why: str) -> None:
    """Of another body, oneself, nobody, a day that is none or is over."""
    with pytest.raises(AccountsError, match=why):
        with_substitute((QIAN, LI, Account("wang", "王", "handler", (ECOLOGY,))), name, by, until)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`people substitute` holds from the next question on; `back` ends it, and so does the removal of who stands in."""
    file = tmp_path / "people.json"
    write(file, (QIAN, LI))
    monkeypatch.setenv("ONESCREEN_PEOPLE", str(file))
    accounts = Accounts(file)

    def now() -> list[str]:
        return [each.behalf for each in accounts.person(LI).principals]

    until = (TODAY + timedelta(days=1)).isoformat()
    assert people_command.main(["substitute", "qian", "--by", "li", "--until", until]) == 0
    assert json.loads(capsys.readouterr().out) == {"substitute": "li", "for": "qian", "until": until}
    assert now() == ["qian"]
    assert people_command.main(["back", "qian"]) == 0
    assert now() == []
    people_command.main(["substitute", "qian", "--by", "li", "--until", until])
    people_command.main(["remove", "li"])
    assert now() == []


def test_all_of_a_chain_stand_behind_an_act() -> None:
    """Four eyes inside a unit (单位审签): who submitted does not let the answer out for the reviewer either."""
    core = OrderPartition()
    core.issue(verdict="true")
    core.act("sign", actor("clerk", BRANCH))
    li = replace(actor("handler", BRANCH), id="li")
    core.act("submit", li, reason="疑似属实")
    refused = last(core.act("endorse", replace(li, role="reviewer"), behalf="qian"))
    assert refused.event == "refuse"
    done = last(core.act("endorse", replace(actor("reviewer", BRANCH), id="zhou"), behalf="qian>sun"))
    assert (done.event, done.behalf) == ("endorse", "qian>sun")


@pytest.mark.parametrize("behalf", ["li", "qian>li", "qian>qian", "qian>", ">qian"])
def test_nobody_stands_in_for_himself(behalf: str) -> None:
    """Everybody of a chain is named, and once."""
    core = OrderPartition()
    core.issue(verdict="true")
    entry = last(core.act("sign", replace(actor("clerk", BRANCH), id="li"), behalf=behalf))
    assert (entry.event, "stands in" in entry.reason) == ("refuse", True)
