"""A signed log with a keeper, which says in the stages what became of orders on people's texts."""

from typing import Any

from streams.messages import DAY, event_bytes, format_time
from streams.messages.personal import Accepted, Destroyed
from tests.support.events import START, STATION, act, clean, registered
from tests.support.pure.alarm import raised
from tests.support.signed_log import INCIDENTS, REGISTRAR, SCREEN, SignedLog
from tests.support.signing import ENVIRONMENT, Hand

KEEPER = Hand("keeper of a signed log")
ORDER: dict[str, Any] = {"act": "f1", "content": "ab" * 32, "by": ("lw", "zj"), "reason": "erasure-request"}


class KeptLog(SignedLog):
    """A signed log with a keeper."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        to = [ENVIRONMENT, INCIDENTS]
        self.series.append(self.key(KEEPER, "keeper", may=["personal.*"], roles=[], to=to))

    def accepted(
        self, kind: str, id_: str = "f1-accepted", to: str = ENVIRONMENT, subject: str = STATION, **more: Any
    ) -> bytes:
        """What the keeper says of an order; each call signs it anew."""
        said = Accepted(kind=kind, **(ORDER | more))
        return self.written(personal("personal.accepted", id_, said, subject), KEEPER, to)

    def destroyed(self, id_: str = "f1-destroyed", subject: str = STATION, **more: Any) -> bytes:
        """What the keeper says of the end of texts."""
        given: dict[str, Any] = {"forget": "f1", "family": f"{ENVIRONMENT}/{subject}", "kids": ("cd" * 32,) * 2}
        given |= {"class_": "personal", "epoch": 3, "backupsdead": format_time(START + 7 * DAY)}
        said = Destroyed(**(given | more))
        return self.written(personal("personal.destroyed", id_, said, subject), KEEPER)

    def begun(self) -> list[bytes]:
        """A station with an open alert that was acknowledged."""
        press = self.written(act(raised().id), SCREEN)
        return [*self.start, self.written(registered(), REGISTRAR), self.tick(START), clean(START, o3=230), press]


def personal(kind: str, id_: str, data: Any, subject: str = STATION) -> bytes:
    """An event of the keeper's, unsigned."""
    return event_bytes(type=kind, source="keeper", id=id_, time=format_time(START), subject=subject, data=data)
