"""The six checks before an order is sent: 核实, 行文, 措辞, 时限, 重复, 检查频次. They show, a person judges. Pure."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from screen.dispatch.likes import Likes
from screen.dispatch.limits import Due
from screen.dispatch.receivers import Receivers
from screen.dispatch.visits import Visits
from streams.orders.wording import Wording

CheckName = Literal["verified", "correspondence", "wording", "limits", "duplicate", "inspections"]


class Check(Struct, frozen=True):
    """A check: `ok`, or that somebody must look (`ask`: the press asks why), or that the order cannot go so (`stop`).

    `counts`: the numbers that its words have, by name.
    """

    name: CheckName
    state: Literal["ok", "ask", "stop"]
    counts: dict[str, int | str]


def checks(
    verdict: str, receivers: Receivers, words: Wording, dues: Sequence[Due], likes: Likes, visits: Visits, cause: str
) -> tuple[Check, ...]:
    """All six, in their order.

    Without a verdict the press asks why (orders.md C), and where it was found to be false too. A text that names a degree of
    secrecy, or asserts, or has somebody's number, does not go, nor does an order without exactly one main receiver. An open
    order on the same subject is asked about. Where the enterprise's yearly cap of inspections is reached, it goes for a named
    lawful `cause` alone, which asks why.
    """
    asserted, personal, secret = len(words.asserted), len(words.personal), int(words.secret)
    wording: Literal["ok", "ask", "stop"] = "stop" if asserted or personal or secret or not words.suspected else "ok"
    changed = sum(each.changed for each in receivers.barred)
    unknown = sum(each.due is None for each in dues)
    return (
        Check("verified", "ok" if verdict == "true" else "ask", {"verdict": verdict}),
        Check(
            "correspondence",
            "ok" if receivers.mains == 1 else "stop",
            {"mains": receivers.mains, "changed": changed, "refused": len(receivers.barred) - changed},
        ),
        Check("wording", wording, {"suspected": words.suspected, "asserted": asserted, "personal": personal, "secret": secret}),
        Check(
            "limits",
            "ask" if unknown else "ok",
            {"count": len(dues), "default": sum(each.mark == "default" for each in dues), "unknown": unknown},
        ),
        Check("duplicate", "ask" if likes.same else "ok", {"same": len(likes.same)}),
        _inspections(visits, cause),
    )


def _inspections(visits: Visits, cause: str) -> Check:
    over = [each for each in visits.caps if each.reached]
    most = max((each.most for each in over if each.most is not None), default="")
    counts: dict[str, int | str] = {"made": max((each.made for each in visits.caps), default=0), "most": most}
    return Check("inspections", "ask" if cause else "stop" if over else "ok", counts)
