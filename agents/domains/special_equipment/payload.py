"""What the facts of special equipment carry.

Subjects are registered as `lift`, `boiler`, `pressure_vessel`, `pressure_pipe`, `crane` (not of building sites, which are
not this authority's), `amusement_ride`, `ropeway`, `use_unit` (who uses equipment) or `technician`.

Traits that rules read: `valid_until` (last day of the inspection's validity, `2026-05-01`; none once out of use; where the mark
has a month alone, the last day of that month), `use_state` (`in-use`, `stopped`, `scrapped`, `unregistered`), `register_by` (of
an unregistered device: the 30th day after its first use, which the rules move over days off); of a lift `area`
(`town`, else `outside`), `records_since` (from which day its maintenance is told here; without it, from its registration on)
and `maintenance` (`on-demand` where it is one of the pilots of 按需维保); of a boiler `medium` (`steam`, `hot-water`,
`heat-carrier`); of a use unit each kind of equipment that it uses, as `lift = true`.

Limits, in the units of the readings: of a boiler `pressure` (rated) and `safety_valve` (set pressure), of a vessel or pipe
`design_pressure`, `working_pressure` (maximum), `temperature.low` and `temperature.high` (design).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages.words import Remark

Megapascals = Annotated[float, Meta(ge=-0.1, le=200)]
"""Gauge pressure, MPa; the bounds are physical sanity (DQ-05), not a limit."""

Celsius = Annotated[float, Meta(ge=-273.15, le=1_500)]
"""Temperature of the medium, °C."""

Count = Annotated[int, Meta(ge=0, le=10_000_000)]
"""A number of people."""

Amount = Annotated[float, Meta(ge=0, le=1e15)]
"""Yuan, megawatts or hours."""

Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""The number of a case, order, danger or accident in its source, or of a device."""

Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
"""A day of China Standard Time, or empty."""

Grade = Literal["general", "larger", "major", "especially-major"]
"""一般, 较大, 重大, 特别重大."""

Equipment = Literal["boiler", "pressure_vessel", "pressure_pipe", "lift", "crane", "ropeway", "amusement_ride", "plant_vehicle"]
"""A kind of equipment, as it is registered."""

Mode = Literal["normal", "inspection"]
"""`inspection`: it runs or is loaded for an inspection, a test or a repair, which is no use (load test, pressure test)."""


class LiftState(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A lift's state, sent at each change. `running`: the car travels (re-levelling at a landing does not count).

    `door`: whether car and landing door are closed; `door_zone`: the car is within the unlocking zone; `mode`: `inspection` is
    technicians' work, `fire` the fire service's.
    """

    running: bool
    door: Literal["open", "closed"]
    door_zone: bool
    occupied: bool
    mode: Literal["normal", "inspection", "fire"] = "normal"


class LiftFault(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A fault that the lift's monitoring reports: a door that does not close or open, or a restart of its control."""

    fault: Literal["door", "restart", "other"]


class BoilerState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A boiler's state. `running`: the burner fires; `pressure`: of steam or water, MPa; `water`: what the electrodes say."""

    running: bool
    pressure: Megapascals | None = None
    water: Literal["normal", "high", "low", "low-low"] | None = None
    mode: Mode = "normal"


class VesselState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """State of a pressure vessel or pipe. `running`: it is in use; pressure (MPa) and temperature (°C) of the medium."""

    running: bool
    pressure: Megapascals | None = None
    temperature: Celsius | None = None
    mode: Mode = "normal"


class CraneState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A crane's state. `load_percent`: load or load moment in percent of the rated one; `lifting`: it moves towards danger."""

    running: bool
    load_percent: Annotated[float, Meta(ge=0, le=500)] | None = None
    lifting: bool = False
    mode: Mode = "normal"


class RideState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Whether an amusement ride or a ropeway runs."""

    running: bool
    mode: Mode = "normal"


class Rescue(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a rescue (96333, or the operator): people trapped, help sent, on site, all free, or a false alarm."""

    rescue: Id
    step: Literal["trapped", "dispatched", "arrived", "freed", "false-alarm"]
    people: Count = 1


class Maintenance(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A lift was cleaned, lubricated, adjusted and checked."""

    technician: Remark = ""


class Visit(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A technician's visit to a device, at the time when it ended: place (degrees, WGS-84), length in minutes and purpose."""

    device: Id
    lon: Annotated[float, Meta(ge=-180, le=180)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    minutes: Annotated[float, Meta(ge=0, le=1_440)]
    purpose: Literal["maintenance", "fault", "rescue", ""] = ""


class UseStep(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A step of a device's use: first used while unregistered, registered, stopped (报停), resumed, scrapped (注销)."""

    step: Literal["first-used", "registered", "stopped", "resumed", "scrapped"]


class InspectionStep(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A step of the periodic inspection; a new date of validity comes with the registration."""

    step: Literal["applied", "passed", "failed"]


class Accessories(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """The worst state among a device's safety accessories and safeguards; `what` names it (safety valve, governor, limiter)."""

    state: Literal["intact", "missing", "failed"]
    what: Remark = ""


class FaultCheck(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A plain fault or abnormal condition of a device occurred, or the full check after it was done and found no danger."""

    step: Literal["occurred", "checked"]


class SelfCheck(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A record of a using unit: daily control, weekly check or monthly review of one kind of equipment.

    `none` is the zero report, `idle` that none of it was in use that day.
    """

    level: Literal["day", "week", "month"]
    result: Literal["none", "danger", "idle"] = "none"
    equipment: Equipment | None = None


class Danger(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of a serious danger (严重事故隐患): found, use stopped, sealed, mended on the spot, reported up, removed.

    `ruled-out`: verified, it was none.
    """

    danger: Id
    step: Literal["found", "stopped", "sealed", "mended", "reported", "removed", "ruled-out"]
    finder: Literal["self-check", "inspection", ""] = ""


class Order(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of an order (监察指令): issued with the last day `until` (a later one again where the time is extended).

    Then its report of rectification is filed and the authority re-inspects, or the order is withdrawn.
    """

    order: Id
    step: Literal["issued", "reported", "reinspected", "withdrawn"]
    until: Day = ""


class Accident(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is known of an accident, from any source; a newer fact corrects the older, `closed` ends it.

    `occurred`: RFC 3339. `hurt`: seriously; `loss`: direct, yuan; `moved`: people moved because of a toxic leak; `megawatts`,
    `outage_hours`: of a boiler. `declared`: the grade that the unit gave. `equipment`: what kind it happened to, where the
    subject is registered as none. `excluded`: why it is none of special equipment (特种设备事故报告和调查处理规定 3, items 1
    to 6): equipment of the Law's article 100, disaster, traffic, fire or another outside cause, sabotage or crime, not ready
    for use or not at work, lacking labour protection, a vehicle outside its site.
    """

    accident: Id
    occurred: str
    nature: Literal["injury", "explosion", "leak", "overturn", "structure-broken", "hoist-fallen", "outage", "other"] = "other"
    dead: Count = 0
    hurt: Count = 0
    loss: Amount = 0
    moved: Count = 0
    megawatts: Amount = 0
    outage_hours: Amount = 0
    declared: Grade | None = None
    closed: bool = False
    equipment: Equipment | None = None
    excluded: Literal["", "article-100", "outside-cause", "crime", "not-at-work", "labour-protection", "vehicle-outside"] = ""


class AccidentStep(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A step of reporting an accident, with the grade as known then.

    `unit-told`: the head of the unit was told; `reported`: the unit told the county; `to-city`, `to-province`, `to-state`:
    passed on; `changed`: numbers of casualties changed within 30 days of it; `supplemented`: these were reported; `excluded`:
    verified, it is no accident of special equipment.
    """

    accident: Id
    step: Literal["unit-told", "reported", "to-city", "to-province", "to-state", "changed", "supplemented", "excluded"]
    grade: Grade = "general"
