"""What can be wrong with the keeper: a person mends it, and nothing is given out meanwhile."""

from streams.command import Trouble


class KeeperError(Trouble):
    """The keeper's files or its KEK cannot be used: what was found, and what to do."""


class AwayError(KeeperError):
    """Kafka has not taken a record: nothing that rests on it is done. Trying again later is safe."""


class RefusedError(ValueError):
    """The keeper does not do what was asked; the words hold nothing of a text."""
