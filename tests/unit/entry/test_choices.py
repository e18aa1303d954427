"""The values of lists in forms of entry have names: those that have none yet are counted down."""

from screen.entry.page import choice_title, unnamed_choices
from streams.messages import Text

UNNAMED = 589
"""Values that nobody has named yet. It may only become smaller."""


def test_values_without_a_name_grow_fewer() -> None:
    """A new value comes with its name in both languages; where some were named, the number here is to be lowered."""
    assert len(unnamed_choices()) == UNNAMED


def test_the_forms_of_government_services_name_every_value() -> None:
    """Offices without a system of their own enter petitions, licences and requests by words, not by codes."""
    assert [each for each in unnamed_choices() if each.startswith("service.")] == []


def test_a_value_is_named_by_its_type() -> None:
    """告知 of a petition is not that of a licence: the same word of the log is told as each of them says."""
    assert choice_title("service.petition_step", "told") == Text("书面告知", "told in writing")
    assert choice_title("service.application_step", "told") == Text("一次告知补正", "told once what is lacking")
    assert choice_title("service.petition_step", "nowhere") is None
