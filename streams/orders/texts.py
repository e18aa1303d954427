"""The texts that people write into orders: where each stands, and whose it is. Pure.

A text is forgotten with its party's key: what a caller has said may go, and the office's words stay.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from streams.messages import Order, Text, Words
from streams.messages.orders import Issue, OrderAct
from streams.messages.rights import Party
from streams.orders.secrecy import REFUSED, names_secret
from streams.orders.wording import asserted

FAMILY = "events.orders/"
"""How the family of an order's texts begins; the order's id follows."""

ORIGINAL = "order.file"
"""What the keeper is told that an order's originals stand in; the file's digest binds them."""

CALLERS = frozenset({"request", "rating"})
"""The kinds of orders behind which a caller stands."""

REPORTS = frozenset({"report", "举报"})
"""What the trait `nature` says of an order that rests on a report (举报)."""

ACCUSED, AGAINST = "accused", "against"
"""The traits that name the body that a report or a complaint is about (信访工作条例 28; 济南市12345条例 32): either is one."""

ASSERTS = Text(
    "“{}”断言违法：复核前只能写疑似（行政处罚法 41）",
    "{!r} asserts a violation before the review: what was measured is suspected, write 疑似 (行政处罚法 41)",
)
"""What is said to a sentence that accuses."""

_OF_CALLER = frozenset(
    {("issue", "contact"), ("contact", "who"), ("contact", "reason"), ("call-back", "who"), ("call-back", "reason")}
)
_FILES_OF_CALLER = frozenset({"receptionist", "revisitor"})

Made = Callable[[str, str, str], Words]
"""What becomes of a text: its path in the data, whose it is by name (`contact`, `reason`), the text."""


def party_of(kind: str, traits: Mapping[str, str], act: str, name: str) -> Party:
    """Whose a text is: of a kind of order with these traits, in an act, by the text's name.

    >>> party_of("request", {}, "issue", "contact"), party_of("lead", {}, "issue", "contact")
    ('caller', 'office')
    >>> party_of("request", {"nature": "report"}, "contact", "who"), party_of("request", {"nature": "report"}, "issue", "cause")
    ('reporter', 'office')
    """
    if kind not in CALLERS or (act, name) not in _OF_CALLER:
        return "office"
    return "reporter" if is_report(traits) else "caller"


def file_party(kind: str, traits: Mapping[str, str], role: str) -> Party:
    """Whose a file is that somebody of a role puts to an order: what the hotline has is the caller's.

    >>> file_party("request", {}, "receptionist"), file_party("request", {}, "handler")
    ('caller', 'office')
    """
    if kind not in CALLERS or role not in _FILES_OF_CALLER:
        return "office"
    return "reporter" if is_report(traits) else "caller"


def is_report(traits: Mapping[str, str]) -> bool:
    """Whether an order rests on a report (举报), so that whoever is reported sees nothing of it."""
    return traits.get("nature") in REPORTS


def rests_on_report(order: Order, above: Callable[[str], Order | None]) -> bool:
    """Whether an order rests on a report (举报), or follows from one (信访工作条例 30). `above`: an order by its id."""
    seen = set[str]()
    at: Order | None = order
    while at is not None and at.id not in seen:
        if is_report(at.traits):
            return True
        seen.add(at.id)
        at = above(at.parent) if at.parent else None
    return False


def complained_of(traits: Mapping[str, str]) -> frozenset[str]:
    """The bodies that a complaint or a report is about, whichever of the traits names them.

    >>> sorted(complained_of({"accused": "zz-ee", "against": "zz-um"})), complained_of({"nature": "report"})
    (['zz-ee', 'zz-um'], frozenset())
    """
    return frozenset({traits.get(ACCUSED, ""), traits.get(AGAINST, "")} - {""})


def accused_of(traits: Mapping[str, str]) -> frozenset[str]:
    """The bodies from whose people an order is hidden wholly: those that a report (举报) is about (信访工作条例 30).

    >>> accused_of({"nature": "report", "against": "zz-um"}), accused_of({"nature": "complaint", "against": "zz-um"})
    (frozenset({'zz-um'}), frozenset())
    """
    return complained_of(traits) if is_report(traits) else frozenset()


def texts_of(data: Issue | OrderAct) -> Iterator[tuple[str, str, Words]]:
    """Path, name and text of each text in an act, the empty ones left out."""
    found: list[tuple[str, str, Words]] = [("reason", "reason", data.reason)]
    if isinstance(data, Issue):
        found += [(f"text.{n}.words", said.name, said.words) for n, said in enumerate(data.text)]
    else:
        found.append(("who", "who", data.who))
    found += [(f"receivers.{n}.demand", "demand", receiver.demand) for n, receiver in enumerate(data.receivers)]
    return (each for each in found if each[2])


def with_texts(data: Any, made: Made) -> Any:
    """The act with what `made` makes of each of its texts."""
    new = {path: made(path, name, text) if isinstance(text, str) else text for path, name, text in texts_of(data)}
    changes: dict[str, object] = {name: new[name] for name in ("reason", "who") if name in new}
    if isinstance(data, Issue):
        changes["text"] = tuple(replace(said, words=new.get(f"text.{n}.words", said.words)) for n, said in enumerate(data.text))
    changes["receivers"] = tuple(
        replace(each, demand=new.get(f"receivers.{n}.demand", each.demand)) for n, each in enumerate(data.receivers)
    )
    return replace(data, **changes)


def check_texts(data: Issue | OrderAct) -> None:
    """ValueError where a text, or the title, names a 密级; without a word of it."""
    clear = [text for _, _, text in texts_of(data) if isinstance(text, str)]
    if isinstance(data, Issue):
        clear += [data.title.zh, data.title.en]
    if any(names_secret(text) for text in clear):
        raise ValueError(told(REFUSED))


def accusation(issue: Issue) -> str:
    """The first sentence in clear that asserts a violation of what an order's alert is about; empty where there is none.

    What a device has recorded is reviewed before it proves anything (行政处罚法 41): before that a text says 疑似.
    """
    clear = [issue.title.zh, *(text for path, _, text in texts_of(issue) if path != "reason" and isinstance(text, str))]
    return next((each for text in clear if issue.alerts for each in asserted(text)), "")


def told(text: Text) -> str:
    """A sentence in both languages, for an error."""
    return f"{text.zh} / {text.en}"
