"""What the committed signs may name: rules, departments, measures, domains."""

from collections.abc import Collection

from agents.measures.book.read import measure_book
from agents.measures.reckoned.row import reckoned
from agents.signs.book.lint import SignWorld
from streams import places
from streams.catalogue import domains


def sign_world(rules: Collection[str]) -> SignWorld:
    """What there is to be named here, with these rules."""
    return SignWorld(
        rules=rules,
        answers=lambda name: places.answering(name) in places.departments(),
        measures=measure_book().measures,
        beside=reckoned(),
        domains=domains(),
    )
