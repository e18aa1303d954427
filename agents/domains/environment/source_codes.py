"""The codes of factors, their units and the marks that the rules know; what a device sends beside them is judged by nobody.

Sources: HJ 212-2017 annex B (codes, as `streams/gateways/hj212/factors.toml` has them for the city's sources), table 8 (marks).
"""

NORMAL = ("N", "")
"""Marks of data that count: normal, or none sent."""

MARKS = frozenset({"", "N", "F", "M", "S", "D", "C", "T", "B"})
"""Marks of data (HJ 212-2017 table 8); none where the device sends none."""

AIR_STATION = "22"
"""The system code of air stations (HJ 212-2017 table 5)."""

AIR_ITEMS = {"a21026": "so2", "a21004": "no2", "a21005": "co", "a05024": "o3", "a34002": "pm10", "a34004": "pm25"}
"""Items of an air station's hour by factor (annex B), as its gateway names them in `air_hour`."""

UNITS: dict[str, tuple[str, ...]] = {
    "w00000": ("L/s",),
    "w01001": ("pH",),
    "w01010": ("°C",),
    "w01012": ("mg/L",),
    "w01018": ("mg/L",),
    "w21001": ("mg/L",),
    "w21003": ("mg/L",),
    "w21011": ("mg/L",),
    "a00000": ("m³/s",),
    "a01001": ("°C",),
    "a01002": ("%",),
    "a01006": ("kPa",),
    "a01007": ("m/s",),
    "a01008": ("°",),
    "a01011": ("m/s",),
    "a01012": ("°C",),
    "a01013": ("kPa",),
    "a01014": ("%",),
    "a05024": ("mg/m³", "µg/m³"),
    "a19001": ("%",),
    "a21002": ("mg/m³", "µg/m³"),
    "a21003": ("mg/m³", "µg/m³"),
    "a21004": ("mg/m³", "µg/m³"),
    "a21005": ("mg/m³",),
    "a21024": ("mg/m³",),
    "a21026": ("mg/m³", "µg/m³"),
    "a24088": ("mg/m³",),
    "a34001": ("µg/m³",),
    "a34002": ("µg/m³",),
    "a34004": ("µg/m³",),
    "a34013": ("mg/m³",),
    "i3331x": ("°C",),
    "i3332x": ("°C",),
    "i3333x": ("°C",),
    "i3334x": ("°C",),
}
"""The units in which a factor may come, by its code; `x` stands for the number of a furnace."""


def units_of(code: str) -> tuple[str, ...]:
    """The units of a factor; none where nobody knows its code.

    >>> units_of("a21026"), units_of("i33312"), units_of("A21026")
    (('mg/m³', 'µg/m³'), ('°C',), ())
    """
    furnace = f"{code[:-1]}x" if code[-1:].isdigit() else ""
    return UNITS.get(code) or UNITS.get(furnace, ())


def faults(code: str, unit: str, mark: str) -> tuple[tuple[str, str], ...]:
    """What of a factor nobody knows: where it stands below the factor, and what is said of it."""
    units = units_of(code)
    if not units:
        return (("", "no rule and no table knows the factor; HJ 212-2017 annex B writes codes in lower case"),)
    found = []
    if mark not in MARKS:
        found.append((".flag", f"the mark is not known; marks are {' '.join(sorted(MARKS - {''}))}"))
    if unit not in units:
        found.append((".unit", f"the unit is {'another' if unit else 'missing'}; of {code} it is {' or '.join(units)}"))
    return tuple(found)
