"""What people do to versions of the data directory as facts of the domain `data`, by which the law's days are judged. Pure."""

from streams.calendar.working_time import Calendar
from streams.directory.versions import DirectoryVersion, more_days, refusal, take_step
from streams.messages import Name, parse_time
from streams.messages.services.catalogue import CatalogueStep
from streams.sharing.once import Once

KIND, VERSION = "directory_version", "version."
"""The kind of subject that a version is, and how its name begins."""


class VersionFacts:
    """The versions of a log's directory as far as it was read; `once` makes the events."""

    def __init__(self, once: Once, calendar: Calendar) -> None:
        self._once, self._calendar = once, calendar
        self._known: dict[str, DirectoryVersion] = {}

    def step(self, step: CatalogueStep) -> list[bytes]:
        """The events of a step; none of one that may not be, of a second copy, or of one whose times are none."""
        try:
            parse_time(step.at)
            parse_time(step.since or step.at)
        except (ValueError, OverflowError):
            return []
        if refusal(self._known, step):
            return []
        before = self._known.get(step.version)
        take_step(self._known, step)
        version = self._known[step.version]
        subject, draft = VERSION + step.version, version.steps[0]
        data: dict[str, object] = {
            "version": step.version,
            "step": step.step,
            "drafted": draft.at,
            "department": step.by.department,
            "update": self._update(version),
        }
        if draft.since and step.step in {"drafted", "consented"}:
            data["since"] = draft.since
        if step.step == "drafted" and before:
            data["replaces"] = before.steps[0].at
        name = Name(zh=f"数据目录版本 {step.version}", en=f"Version of the data directory {step.version}")
        registered = [] if before else self._once.registered(subject, step.at, KIND, name)
        return [*registered, *self._once.fact(subject, f"{draft.at}/{step.step}", step.at, "directory", data)]

    def _update(self, version: DirectoryVersion) -> str:
        """In which days it is to be brought up to date."""
        if not version.steps[0].since:
            return "none"
        return "extended" if more_days(version, self._calendar) else "usual"
