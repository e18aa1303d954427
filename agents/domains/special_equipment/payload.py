"""What the facts of special equipment carry.

Subjects are registered as `lift`, `boiler`, `pressure_vessel`, `pressure_pipe`, `crane` (not of building sites, which are
not this authority's), `amusement_ride`, `ropeway`, `plant_vehicle` (场车; not of building sites), `filling_unit` (who fills
cylinders and mobile vessels), `mobile_vessel`, `use_unit` (who uses equipment) or `technician` (who operates or maintains it).

Traits that rules read: `valid_until` (last day of the inspection's validity, `2026-05-01`; none once out of use; where the mark
has a month alone, the last day of that month), `use_state` (`in-use`, `stopped`, `scrapped`, `unregistered`), `register_by` (of
an unregistered device: the 30th day after its first use, which the rules move over days off); of a lift `area`
(`town`, else `outside`), `records_since` (from which day its maintenance is told here; without it, from its registration on)
and `maintenance` (`on-demand` where it is one of the pilots of 按需维保); of a boiler `medium` (`steam`, `hot-water`,
`heat-carrier`); of a use unit each kind of equipment that it uses, as `lift = true`.

Also `test_until` (of a lift: last day of the month of its next yearly self-test; none in a year of inspection),
`design_until` (last day of the design life, or of the longer use that the changed certificate allows), `certified_until` (of a
technician: last day of the certificate), `licence` (`none`: a filling unit without one) and `licence_until` (its last day).

Limits, in the units of the readings: of a boiler `pressure` (rated) and `safety_valve` (set pressure), of a vessel or pipe
`design_pressure`, `working_pressure` (maximum), `temperature.low` and `temperature.high` (design), of a vehicle `slope` (the
steepest that it is made for, percent).
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
    """Whether an amusement ride or a ropeway runs. `carrying`: with passengers, so that it is in use and not on trial."""

    running: bool
    carrying: bool = False
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


class DayTrial(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What was done before a day's use of a ride or ropeway, at the time when it was done.

    `ran`: the trial run; `checked`: the routine check; `confirmed`: safety accessories and protective devices checked.
    """

    ran: bool
    checked: bool
    confirmed: bool


class LiftTest(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """The yearly self-test of a lift (自行检测) and its conclusion."""

    step: Literal["passed", "failed"]


Guarding = Literal["sound", "missing", "failed", "out-of-use"] | None
"""A safeguard as found: intact, missing or failed while the equipment is used on, or the equipment out of use for it."""


class Safeguards(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was found of the items that GB 45067-2024 4.2 to 4.10 name; an item that is not looked at is left out.

    `failed` says of `door_circuit` and `safety_circuit` that they are bridged, of `main_parts` that they are cracked or bent,
    of `steam_pipe` that it leaks or burst, of `instruments` that main parameters cannot be watched or set.
    """

    instruments: Guarding = None
    safety_valve: Guarding = None
    alarm: Guarding = None
    interlock: Guarding = None
    flame_guard: Guarding = None
    steam_pipe: Guarding = None
    emergency_valve: Guarding = None
    quick_door_lock: Guarding = None
    chamber_earthing: Guarding = None
    door_circuit: Guarding = None
    governor_gear: Guarding = None
    emergency_stop: Guarding = None
    handrail_guard: Guarding = None
    load_limiter: Guarding = None
    moment_limiter: Guarding = None
    fall_arrester: Guarding = None
    wind_anchor: Guarding = None
    cabin_door: Guarding = None
    auxiliary_drive: Guarding = None
    safety_circuit: Guarding = None
    restraint: Guarding = None
    brake: Guarding = None
    motion_limiter: Guarding = None
    main_parts: Guarding = None
    power_cutoff: Guarding = None
    coupling: Guarding = None


class Seizure(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of sealing or seizing equipment (查封、扣押): sealed, extended, tests of it begun and ended, decided, released.

    `since`: the day of the sealing, where it is told on a later one.
    """

    seizure: Id
    step: Literal["sealed", "extended", "test-begun", "test-ended", "decided", "released"]
    since: Day = ""


class Handling(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of the authority after an accident was reported to it.

    `government-told`: the government of its level was told; `no-accident`: verified, and no accident of special equipment;
    `team-formed`: the investigation began; `extended`: its time was, with consent; `expertise-begun`, `expertise-ended`: an
    expert opinion or a valuation of the loss; `concluded`: the investigation is over; `approved`: the government approved the
    report (批复); `served`: report and approval were sent out; `filed`: they were passed on up to the national administration.
    """

    accident: Id
    step: Literal[
        "government-told",
        "no-accident",
        "team-formed",
        "extended",
        "expertise-begun",
        "expertise-ended",
        "concluded",
        "approved",
        "served",
        "filed",
    ]
    since: Day = ""


class Calibration(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A safety accessory or measuring instrument was calibrated (valid to the end of `until`), or taken off."""

    accessory: Id
    what: Literal["safety-valve", "gauge", "governor", "other"]
    step: Literal["calibrated", "removed"] = "calibrated"
    until: Day = ""


class Operation(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Somebody operated the equipment. `certificate`: for this item of work, for another one, or none; valid to `until`.

    `operator`: a number, never a name; `until` is empty where there is no certificate.
    """

    operator: Id
    certificate: Literal["matching", "other-item", "none"]
    until: Day


class CertificateStep(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A step of a certificate's review (复审); a new last day comes with the registration."""

    step: Literal["applied", "refused"]


class Filling(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A cylinder or mobile vessel was filled. `checks`: which of the checks before and after it are recorded.

    `vessel`: its number; `state`: as the check before filling should find it; `until`: the last day of its inspection.
    """

    filling: Id
    vessel: Id
    of: Literal["cylinder", "mobile"]
    checks: Literal["both", "before", "after", "none"]
    state: Literal["fit", "scrapped", "damaged", "unregistered", "wrong-medium"] = "fit"
    until: Day = ""


class VehicleState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """State of a plant vehicle. `running`: it travels or lifts, in the mode `inspection` for an inspection, test or repair.

    `slope`: of its way, percent.
    """

    running: bool
    slope: Annotated[float, Meta(ge=0, le=500)] | None = None
    mode: Literal["normal", "inspection"] = "normal"


class BodyDanger(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A serious danger that an inspection or testing body found: found, the unit told, reported to the authority."""

    danger: Id
    step: Literal["found", "unit-told", "reported"]
