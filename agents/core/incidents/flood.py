"""Alarm floods of one desk, by ISA-18.2-2016 16.4: they begin at 10 or more annunciations in 10 minutes and end below 5.

A window of 10 minutes holds what came less than 10 minutes before its end. When a flood ends follows from the annunciations
alone: at the moment at which the fifth newest leaves the window, unless another one comes at that very moment. A tick only
reveals it, so that an end which was told before all had come (workers that catch up) is taken back.
"""

from bisect import bisect, insort
from hashlib import blake2s

from msgspec import Struct
from msgspec.structs import replace

from agents.core.incidents.grouping import FloodRule, Member, city_of
from streams.messages import Alert, Department, Flood, Place, format_time, parse_time

DESK = b"desk/"
"""How the checkpoint's keys of desks begin."""


class DeskFlood(Struct, array_like=True):
    """One department of one city: its annunciations of the last window as (time in ms, alert), and its newest flood."""

    city: str
    department: Department
    calls: list[tuple[int, str]] = []
    flood: Flood | None = None

    @property
    def flooded(self) -> bool:
        """Whether a flood is going on."""
        return self.flood is not None and self.flood.ended_at is None


class Desks:
    """The desks of one partition by their key in its checkpoint; `dirty` gets the keys of those that have changed."""

    def __init__(self, rule: FloodRule, dirty: set[bytes]) -> None:
        self.known: dict[bytes, DeskFlood] = {}
        self._rule = rule
        self._dirty = dirty

    def tick(self, now: int, place: Place) -> list[Flood]:
        """Time has reached `now` (ms): the floods that have ended."""
        told = []
        for key, desk in self.known.items():
            if ended := passed(desk, self._rule, now, place):
                told += ended
                self._dirty.add(key)
        return told

    def call(self, alert: Alert, one: Member, at: int, place: Place) -> tuple[DeskFlood | None, bool, list[Flood]]:
        """Count an annunciation at `at` (ms): its desk, whether a flood begins with it, and what that makes of the flood.

        No desk where it calls for no attention anew.
        """
        if alert.state != "B" or alert.occurrence <= one.called:
            return None, False, []
        one.called = alert.occurrence
        city = city_of(alert.adcode)
        key = DESK + f"{city}/{alert.department.id}".encode("utf-8", "surrogatepass")
        desk = self.known.setdefault(key, DeskFlood(city, alert.department))
        before = desk.flooded
        told = called(desk, self._rule, at, alert.id, place)
        self._dirty.add(key)
        return desk, desk.flooded and not before, told


def called(desk: DeskFlood, rule: FloodRule, at: int, alert: str, place: Place) -> list[Flood]:
    """An alert was annunciated at `at` (ms): what that makes of the desk's flood, oldest first."""
    told = passed(desk, rule, at - 1, place) if desk.calls and at > desk.calls[-1][0] else []
    insort(desk.calls, (at, alert))
    newest = desk.calls[-1][0]
    _trim(desk, newest - rule.within)
    count, flood = len(desk.calls), desk.flood
    if flood is not None and (flood.ended_at is None or at <= parse_time(flood.ended_at)):
        return [*told, _revised(desk, flood, rule, place)]
    if count >= rule.begins:
        began = Flood(
            id=_id(desk, newest),
            rev=place.offset,
            log=place.topic.partition(".")[0],
            city=desk.city,
            department=desk.department,
            began_at=format_time(newest),
            count=count,
            peak=count,
            until="",
            ended_at=None,
            place=place,
        )
        return [*told, _revised(desk, began, rule, place)]
    return told


def passed(desk: DeskFlood, rule: FloodRule, now: int, place: Place) -> list[Flood]:
    """Time has reached `now` (ms): the end of the desk's flood, if it has come."""
    flood = desk.flood
    if flood is None or flood.ended_at is not None or now < parse_time(flood.until):
        return []
    _trim(desk, parse_time(flood.until) - rule.within)
    desk.flood = replace(flood, rev=place.offset, count=len(desk.calls), ended_at=flood.until, place=place)
    return [desk.flood]


def _trim(desk: DeskFlood, until: int) -> None:
    """Let go of the annunciations up to `until` (ms)."""
    del desk.calls[: bisect(desk.calls, until, key=lambda call: call[0])]


def _revised(desk: DeskFlood, flood: Flood, rule: FloodRule, place: Place) -> Flood:
    count = len(desk.calls)
    until = format_time(desk.calls[-rule.ends_below][0] + rule.within) if count >= rule.ends_below else flood.until
    desk.flood = replace(
        flood, rev=place.offset, count=count, peak=max(count, flood.peak), until=until, ended_at=None, place=place
    )
    return desk.flood


def _id(desk: DeskFlood, began: int) -> str:
    parts = "\x1f".join((desk.city, desk.department.id, str(began)))
    return blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
