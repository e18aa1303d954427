"""`python -m streams archive`: it does not start while a topic of its log is under its floor."""

from streams.archive import command
from streams.retention.topics import refuse_under_floor


def main(arguments: list[str]) -> int:
    """Entry of the command."""
    return command.main(arguments, refuse_under_floor)
