"""The rights to figures are checked by code: whoever writes the record, one of a role that may not is passed over."""

from typing import Any

import pytest
from msgspec.structs import replace

from streams.appraisal.adoptions import adoptions, draft_refusal, draft_versions
from streams.appraisal.objections import objection_refusal, objections
from streams.messages import FIGURE_RIGHTS, ROLES
from tests.support.directory.appraisal import NAME, OFFICE, answer, index_step, objection


def by_role(record: Any, role: str) -> Any:
    """The same record of somebody in another role."""
    return replace(record, by=replace(record.by, role=role))


@pytest.mark.parametrize("role", ROLES)
def test_an_index_is_drafted_and_adopted_by_who_may(role: str) -> None:
    """拟定 by `index-draft`, 印发 and 退回 by `index-adopt`; a step of another role changes nothing."""
    drafted, adopted = index_step("drafted", "qian", "2026-03-01"), index_step("adopted", "sun", "2026-03-02")
    draft = by_role(drafted, role)
    assert bool(draft_refusal({}, draft, OFFICE)) == (role not in FIGURE_RIGHTS["index-draft"])
    assert bool(draft_versions([draft], OFFICE)) == (role in FIGURE_RIGHTS["index-draft"])
    for step in ("adopted", "returned"):
        other = by_role(index_step(step, "sun", "2026-03-02"), role)
        assert bool(draft_refusal(draft_versions([drafted], OFFICE), other, OFFICE)) == (
            role not in FIGURE_RIGHTS["index-adopt"]
        )
    assert bool(adoptions([drafted, by_role(adopted, role)], OFFICE)) == (role in FIGURE_RIGHTS["index-adopt"])


@pytest.mark.parametrize("role", ROLES)
def test_a_unit_objects_and_the_office_answers_by_who_may(role: str) -> None:
    """`figure-object` to object and to take back, `figure-answer` to answer; who may not is told which roles may."""
    assert bool(objection_refusal({}, by_role(objection(), role), OFFICE)) == (role not in FIGURE_RIGHTS["figure-object"])
    known = objections([objection()], OFFICE)
    refused = objection_refusal(known, by_role(answer("refused"), role), OFFICE)
    assert bool(refused) == (role not in FIGURE_RIGHTS["figure-answer"])
    if refused:
        assert "admin or inspector or leader may" in refused
    found = objections([objection(), by_role(answer("left-out"), role)], OFFICE)
    assert bool(found[NAME].granted) == (role in FIGURE_RIGHTS["figure-answer"])
