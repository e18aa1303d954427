"""The text that a Fridge-tag (Berlinger Q-tag, a logger of vaccine fridges; WHO PQS E006) makes of its last 30 or 60 days.

It is an outline: a name, a colon, a value, and what belongs to it one blank further in. Days stand newest first, and none is
left out; in which order day and month are written depends on the device, and is told by that.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from streams.gateways.foreign.document import Unreadable

BEGIN = re.compile(r"\s*Device:.*?^Conf:", re.DOTALL | re.MULTILINE)
"""How such a text begins."""

ORDERS = ("%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%m/%d/%Y", "%m-%d-%Y")
"""How a day may be written."""

LOW, HIGH = -0.5, 8.0
"""°C: the alarm limits at which minutes are counted (WHO PQS E006/TR06.3), which is what a `fridge_day` says."""

_LINE = re.compile(r"( *)([^:]+):(.*)")


def read_fridge_tag(text: str) -> dict[str, Any]:
    """The device and its days: `serial`, and `days`, each with `until` (text without a zone), minutes and extremes in °C.

    Unreadable where it is no such text, its alarms are at other limits, or the order of day and month cannot be told.
    """
    tree = _outline(text)
    device, history = _part(tree, "Conf"), _part(tree, "Hist")
    fahrenheit = str(device.get("Temp unit", "C")).upper().startswith("F")
    low, high = _alarms(_part(device, "Alarm"), fahrenheit=fahrenheit)
    days = [value for name, value in history.items() if name.isdigit() and isinstance(value, dict)]
    if not days:
        raise Unreadable("empty", "it has no day")
    dates, order = _dates([str(day.get("Date", "")) for day in days])
    made = _moment(str(history.get("TS Report Creation", "")), order)
    found = []
    for day, at in zip(days, dates, strict=True):
        alarms, end = _part(day, "Alarm"), datetime.combine(at + timedelta(1), datetime.min.time())
        found.append(
            {
                "until": f"{min(end, made) if made else end:%Y-%m-%d %H:%M:%S}",
                "minimum": _degrees(day.get("Min T"), fahrenheit=fahrenheit),
                "maximum": _degrees(day.get("Max T"), fahrenheit=fahrenheit),
                "below_minutes": _part(alarms, low).get("t Acc"),
                "above_minutes": _part(alarms, high).get("t Acc"),
            }
        )
    return {"serial": device.get("Serial", ""), "model": tree.get("Device", ""), "days": found}


def _outline(text: str) -> dict[str, Any]:
    """The tree of the text; a line may have several names, separated by commas."""
    root: dict[str, Any] = {}
    open_: list[tuple[int, dict[str, Any]]] = [(-1, root)]
    for line in text.splitlines():
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            continue
        depth, name, value = len(match[1]), match[2].strip(), match[3].strip()
        while open_[-1][0] >= depth:
            open_.pop()
        within = open_[-1][1]
        if not value:
            child: dict[str, Any] = {}
            within[name] = child
            open_.append((depth, child))
            continue
        first, *others = value.split(", ")
        within[name] = first
        within.update({key.strip(): each.strip() for key, colon, each in (part.partition(":") for part in others) if colon})
    return root


def _part(tree: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def _alarms(alarms: Mapping[str, Any], *, fahrenheit: bool) -> tuple[str, str]:
    """The numbers of the alarms of cold and of heat."""
    limits = {name: _degrees(_part(alarms, name).get("T AL"), fahrenheit=fahrenheit) for name in alarms}
    low, high = (next((name for name, at in limits.items() if at == limit), "") for limit in (LOW, HIGH))
    if not (low and high):
        raise Unreadable("not-json", f"its alarms are not at {LOW} and {HIGH} °C: its minutes are of something else")
    return low, high


def _dates(texts: list[str]) -> tuple[list[date], str]:
    """The days, and the one order in which each of them is the day before the one above it."""
    fitting = []
    for order in ORDERS:
        try:
            days = [datetime.strptime(text, order).date() for text in texts]
        except ValueError:
            continue
        if all(above - below == timedelta(1) for above, below in pairwise(days)):
            fitting.append((days, order))
    if len({tuple(days) for days, _ in fitting}) != 1:
        raise Unreadable("not-json", f"the order of day and month cannot be told: {len(fitting)} orders fit its days")
    return fitting[0]


def _moment(text: str, order: str) -> datetime | None:
    try:
        return datetime.strptime(text, f"{order} %H:%M")
    except ValueError:
        return None


def _degrees(text: Any, *, fahrenheit: bool) -> float | None:
    try:
        degrees = float(str(text))
    except ValueError:
        return None
    return round((degrees - 32) * 5 / 9, 2) if fahrenheit else degrees
