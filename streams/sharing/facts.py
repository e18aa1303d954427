"""What people do to share data as facts of the domain `data`, by which the law's days of a request are judged. Pure.

Each step that may be done is told once, at its own time; the request is registered with the first. That a grant has ended
nobody writes: it is told when the log's time is past the last day of its use.
"""

from streams import places
from streams.calendar.working_time import Calendar
from streams.catalogue.described import catalogue
from streams.directory.sharing import SharingRequest, after, put_off, sharing_refusal
from streams.messages import Name, Text, format_time, parse_time
from streams.messages.services.catalogue import SharingStep
from streams.sharing.once import Once

KIND, REQUEST = "sharing_request", "request."
"""The kind of subject that a request is, and how its name begins."""


class SharingFacts:
    """The requests of a log as far as it was read; `once` makes the events."""

    def __init__(self, once: Once, calendar: Calendar) -> None:
        self._once, self._calendar = once, calendar
        self._requests: dict[str, SharingRequest] = {}
        self._ends: dict[str, int] = {}

    def step(self, step: SharingStep) -> list[bytes]:
        """The events of a step; none of one that may not be, of a second copy, or of one whose times are none."""
        try:
            if sharing_refusal(self._requests, step):
                return []
            request = after(self._requests.get(step.request), step)
            in_time, end = put_off(request, self._calendar), request.end
        except (ValueError, OverflowError):
            return []
        self._requests[request.id] = request
        if step.step == "used":  # no day of the law runs from it
            return []
        self._ends.pop(request.id, None)
        if request.state(0) == "accepted":
            self._ends[request.id] = end
        more: dict[str, object] = {"in_time": in_time} if step.step == "extended" else {}
        registered = self._registered(request) if step.step == "asked" else []
        return [*registered, *self._fact(request, step.step, step.at, {"department": step.by.department, **more})]

    def passed(self, now: int) -> list[bytes]:
        """The events of the grants that are over at the log's time (ms) before the data were provided."""
        found = []
        for name in [name for name, end in self._ends.items() if end <= now]:
            request = self._requests[name]
            at = max(self._ends.pop(name), parse_time(request.steps[-1].at))
            found += self._fact(request, "ended", format_time(at), {})
        return found

    def _registered(self, request: SharingRequest) -> list[bytes]:
        """What it is: whose data are asked for, and by whom."""
        wanted, known = request.wanted, catalogue().get(request.wanted.type)
        of, by = _named(wanted.provider), _named(request.by.department)
        title = known.title if known else Text(wanted.type, wanted.type)
        zh = f"共享申请 {request.id[:8]}：{by.zh}向{of.zh}申请{title.zh}"
        en = f"Sharing request {request.id[:8]}: {title.en} of {of.en}, asked for by {by.en}"
        return self._once.registered(REQUEST + request.id, request.steps[0].at, KIND, Name(zh=zh, en=en))

    def _fact(self, request: SharingRequest, step: str, at: str, more: dict[str, object]) -> list[bytes]:
        wanted = request.wanted
        said = {
            "request": request.id,
            "step": step,
            "type": wanted.type,
            "provider": wanted.provider,
            "sharing": wanted.sharing,
        }
        return self._once.fact(REQUEST + request.id, step, at, "sharing", {**said, "asked": request.steps[0].at, **more})


def _named(department: str) -> Text:
    """A department's name, or its id where the place has none."""
    spec = places.departments().get(places.answering(department))
    return spec.name if spec else Text(department, department)
