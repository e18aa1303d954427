"""People's texts are sealed before they are signed: by the keeper of keys, where this machine is told of one."""

from screen.signer.notary import NotSignedError, Seal
from streams.keeper.client import KeeperAwayError, KeeperClient, KeeperRefusedError
from streams.keeper.wire import SealText
from streams.messages import Words

WITHIN = 3.0
"""Seconds for which the keeper is waited for: less than a person waits for an act to be accepted."""

PARTY = "office"
"""Whose texts these are: what is forgotten of a caller leaves them."""


def by_keeper(keeper: KeeperClient) -> Seal:
    """Seal each text. Where the keeper is away nothing is signed: a text that has come into the log in clear stays there."""

    def seal(text: str, type_: str, id_: str, family: str, path: str) -> Words:
        try:
            return keeper.seal(SealText(family=family, party=PARTY, type=type_, id=id_, path=path, text=text))
        except KeeperAwayError as error:
            raise NotSignedError(503, "keeper", f"the text is not sealed, so nothing is signed: {error}") from None
        except KeeperRefusedError as error:
            raise NotSignedError(422, "malformed", f"the keeper does not seal the {path}: {error}") from None

    return seal
