"""复查: a clock is met by the act that its own row names, whatever has been recorded since it began."""

from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from agents.core.orders import clocks
from streams.messages import OrderAudit, parse_time
from streams.messages.orders import File, LegalInstrument
from streams.messages.outputs.order import OrderClock
from streams.orders.kind import TRAITS
from streams.orders.kinds import kinds
from tests.support.orders.partition import BRANCH, ORDER, START, OrderPartition, actor

CLERK, HANDLER, OFFICER = (actor(role, BRANCH) for role in ("clerk", "handler", "officer"))
NOW = parse_time(START)


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


def instrument(kind: Any = "special-equipment", **said: Any) -> LegalInstrument:
    """An instrument of the branch, served at the start."""
    given: dict[str, Any] = {"number": "郑特指〔2026〕1号", "organ": BRANCH, "officers": ("A1", "A2"), "served": "direct"}
    return LegalInstrument(kind=kind, served_at=START, **given | said)


def file(digit: str, of: str) -> File:
    """A file for a purpose."""
    return File(digest=digit * 64, size=9, type="application/pdf", of=of)


@pytest.fixture
def lead() -> OrderPartition:
    """A lead that its receiver has signed."""
    made = OrderPartition()
    assert not refusal(made.issue(traits={"law": "market"}))
    assert not refusal(made.act("sign", CLERK))
    return made


def recheck(made: OrderPartition) -> list[OrderClock]:
    """The clocks of 复查 of the receiver."""
    return [each for each in made.lines[f"{ORDER}/1"].clocks if each.name == "recheck"]


def inspect(made: OrderPartition) -> str:
    """Two officers re-inspect at the site; why it was refused."""
    return refusal(made.act("inspect", OFFICER, outcome="passed", reason="现场复查", who="A1、A2"))


class TestRecheck:
    """特种设备安全监督检查办法（令57）29: within 10 working days of the report."""

    def test_another_file_meanwhile_does_not_keep_it_from_being_met(self, lead: OrderPartition) -> None:
        """The report begins it, a photo comes after that, the officers' re-inspection meets it."""
        assert not refusal(lead.act("instrument", OFFICER, instrument=instrument()))
        assert not refusal(lead.act("file", HANDLER, file=file("a", "rectification-report")))
        assert not refusal(lead.act("file", HANDLER, file=file("b", "site-photo")))
        (begun,) = recheck(lead)
        assert (begun.limit, begun.met, begun.mark) == ("10 civil-working-days", None, "certain")
        lead.tick("2026-03-09T10:00:00+08:00")
        assert not inspect(lead)
        (done,) = recheck(lead)
        assert (done.met, done.late) == ("2026-03-09T10:00:00+08:00", False)
        lead.tick("2026-04-30T09:00:00+08:00")
        assert not any(each.event == "late" and each.told["clock"] == "recheck" for each in audits(lead))

    def test_another_instrument_meanwhile_does_not_either(self, lead: OrderPartition) -> None:
        """A case that is opened beside it changes the order's trait, and not what the report is owed."""
        lead.act("instrument", OFFICER, instrument=instrument())
        lead.act("file", HANDLER, file=file("a", "rectification-report"))
        assert not refusal(lead.act("instrument", OFFICER, instrument=instrument("case", number="郑市监立〔2026〕2号")))
        assert not inspect(lead)
        assert recheck(lead)[0].met == START

    def test_the_end_of_an_instrument_begins_no_new_recheck(self) -> None:
        """按日连续 10: thirty days from service; once re-inspected, that it was complied with is no service of another one."""
        lead = OrderPartition()
        lead.issue(traits={"law": "ecology"})
        lead.act("sign", CLERK)
        assert not refusal(lead.act("instrument", OFFICER, instrument=instrument("rectification")))
        assert not inspect(lead)
        lead.tick("2026-05-06T09:00:00+08:00")
        over = instrument("rectification", end="complied", ended_at="2026-05-06T09:00:00+08:00")
        assert not refusal(lead.act("instrument", OFFICER, instrument=over))
        assert [each.met for each in recheck(lead)] == [START]

    def test_the_end_of_an_older_instrument_leaves_the_newer_ones_trait(self, lead: OrderPartition) -> None:
        """A report under the newer one begins its re-inspection, though the older one was ended in between."""
        other = instrument("rectification", number="郑市监责改〔2026〕3号")
        lead.act("instrument", OFFICER, instrument=other)
        lead.act("instrument", OFFICER, instrument=instrument())
        over = replace(other, end="complied", ended_at="2026-03-06T09:00:00+08:00")
        assert not refusal(lead.act("instrument", OFFICER, instrument=over))
        lead.act("file", HANDLER, file=file("a", "rectification-report"))
        assert len(recheck(lead)) == 1


def audits(made: OrderPartition) -> list[OrderAudit]:
    """All entries so far."""
    return [each for each in made.told if isinstance(each, OrderAudit)]


class TestRow:
    """A clock keeps the acts of the row that it began by."""

    def test_acceptance_is_met_though_another_procedure_follows(self) -> None:
        """121号令 15: the notice of acceptance, of a matter that is then followed as a clue, which has no such clock."""
        kind, rules = kinds()["request"], OrderPartition().fold.rules
        traits = {"procedure": "mediation"}
        made = clocks.after((), kind, "sent", "main", traits, NOW, rules.calendar, urgent=False)
        (begun,) = [each for each in made if each.name == "acceptance"]
        assert begun.stops == ("opinion",)
        assert clocks.met(begun, kind, "opinion", "main", {"procedure": "clue"}, NOW).met == START

    def test_a_clock_from_before_goes_by_the_traits_as_they_are(self) -> None:
        """It kept no acts: what it was met by then meets it still."""
        kind, rules = kinds()["task"], OrderPartition().fold.rules
        (sign, handle) = clocks.after((), kind, "sent", "main", {}, NOW, rules.calendar, urgent=False)
        old = replace(sign, stops=UNSET)
        assert clocks.met(old, kind, "sign", "main", {}, NOW).met == START
        assert clocks.met(old, kind, "endorse", "main", {}, NOW).runs
        assert clocks.met(handle, kind, "endorse", "main", {}, NOW).met == START

    def test_no_extension_depends_on_what_is_recorded_while_its_clock_runs(self) -> None:
        """An extension is looked up by the traits: none asks one that an act gives, but the act that begins its clock."""
        for kind in kinds().values():
            for rule in kind.extension:
                given = {act for act, trait in TRAITS.items() if trait in rule.when}
                assert given <= {row.start for row in kind.limits if row.clock == rule.clock}
