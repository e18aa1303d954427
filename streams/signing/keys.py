"""The effect of the roots' events: a log is opened, keys are adopted and end, what it demands changes. Pure steps of the state.

Each gets data whose signatures hold already, and raises Unverified where they must not be adopted.
"""

from collections.abc import Callable

from msgspec.structs import replace

from streams.messages.times import parse_time
from streams.signing.kinds import Unverified, is_pattern
from streams.signing.preimage import key_id, proof_preimage
from streams.signing.series import (
    KeyAdded,
    KeyEnded,
    LogClosed,
    LogOpened,
    Policy,
    PolicyChanged,
    SeriesEvent,
    StagesAdded,
    SuitesChanged,
)
from streams.signing.state import KeyRow, RootRow, Trust, with_key
from streams.signing.suites import SUITES, fault
from streams.signing.ticks import ClockState

Verify = Callable[[str, str, bytes, str], bool]
"""Whether a signature (text) of a suite and public key (base64url) is one over some bytes."""

_CLOCK = "clock."
"""The beginning of the kinds whose keys have no `until`: after it a log's time would stand still for good."""


def founded(data: LogOpened, logid: str, here: tuple[str, int]) -> Trust:
    """The state at the beginning of a log, in a partition of one of its stages."""
    if (data.n, data.prev) != (0, ""):
        raise Unverified("broken-series", "log.opened is number 0 and has nothing before it")
    if not SUITES[data.suite].root:
        raise Unverified("unusable-key", f"a log does not stand on {data.suite}")
    roots: dict[str, RootRow] = {}
    for each in data.roots:
        if (found := fault(each.suite, each.public)) or not SUITES[each.suite].root:
            raise Unverified("unusable-key", f"a root: {found or f'no root has the suite {each.suite}'}")
        roots[key_id(each.suite, each.public)] = RootRow(each.suite, each.public)
    if not data.threshold <= len(roots) == len(data.roots):
        raise Unverified("unusable-key", f"{data.threshold} of {len(data.roots)} roots, of which {len(roots)} are different")
    _check_policy(data.policy)
    follows = data.follows
    stage, partition = here
    until = follows.until.get(stage, ()) if follows else ()
    return Trust(
        logid=logid,
        name=data.name,
        partitions=data.partitions,
        suite=data.suite,
        suites=dict.fromkeys([data.suite, *(each.suite for each in data.roots)], True),
        policy=data.policy,
        roots=roots,
        threshold=data.threshold,
        follows=follows.logid if follows else "",
        until=until[partition] if partition < len(until) else 0,
    )


def applied(data: SeriesEvent, trust: Trust, offset: int, verify: Verify) -> Trust:
    """The state after an event of the series that stands at an offset."""
    match data:
        case KeyAdded():
            return _added(data, trust, offset, verify)
        case KeyEnded():
            return _ended(data, trust, offset)
        case PolicyChanged():
            _check_policy(data.policy)
            return replace(trust, policy=data.policy)
        case StagesAdded():
            return _with_stages(data, trust)
        case SuitesChanged():
            return _with_suites(data, trust)
        case LogClosed():
            return replace(trust, closed=True)
        case _:
            raise Unverified("broken-series", "a log is opened once")


def _added(data: KeyAdded, trust: Trust, offset: int, verify: Verify) -> Trust:
    if found := fault(data.suite, data.public):
        raise Unverified("unusable-key", found)
    kid = key_id(data.suite, data.public)
    if kid in trust.keys or kid in trust.roots:
        raise Unverified("unusable-key", f"{kid} is known already; a key that ended never comes back")
    if not trust.suites.get(data.suite, False):
        raise Unverified("wrong-suite", f"the log has not adopted {data.suite}")
    suite = SUITES[data.suite]
    if (data.may and not suite.sig) or (data.cosigns and not suite.cosig) or not (data.may or data.cosigns):
        raise Unverified("unusable-key", f"what it may does not fit {data.suite}")
    for pattern in (*data.may, *data.cosigns):
        if not is_pattern(pattern):
            raise Unverified("unusable-key", f"{pattern!r} names no kind")
    until = _moment(data.until)
    if until is not None and any(each.startswith(_CLOCK) for each in data.may):
        raise Unverified("unusable-key", "the clock's key has no until")
    if not verify(data.suite, data.public, proof_preimage(trust.logid, data.suite, data.public, data.part), data.proof):
        raise Unverified("unusable-key", "its own signature does not show that who brings it has it")
    may, roles, to, cosigns = data.may, data.roles, data.to, data.cosigns
    row = KeyRow(data.suite, data.public, data.part, may, roles, to, cosigns, until, offset)
    return with_key(trust, kid, row)


def _ended(data: KeyEnded, trust: Trust, offset: int) -> Trust:
    since = _moment(data.since)
    if (root := trust.roots.get(data.kid)) is not None:
        ended = offset if root.ended is None else root.ended
        return replace(trust, roots={**trust.roots, data.kid: replace(root, ended=ended)})
    if (row := trust.keys.get(data.kid)) is None:
        raise Unverified("unusable-key", f"no key {data.kid} was adopted")
    first = min((each for each in (row.since, since) if each is not None), default=None)
    ended = offset if row.ended is None else row.ended
    if data.kid == trust.clock.kid:
        trust = replace(trust, clock=ClockState(resumed=trust.clock.resumed))  # whoever has the key has the links to come
    return with_key(trust, data.kid, replace(row, ended=ended, why=data.why, since=first))


def _with_stages(data: StagesAdded, trust: Trust) -> Trust:
    if not trust.partitions.keys().isdisjoint(data.partitions):
        raise Unverified(
            "broken-series", "a stage that stands keeps its number of partitions; a successor log may have another"
        )
    return replace(trust, partitions={**trust.partitions, **data.partitions})


def _with_suites(data: SuitesChanged, trust: Trust) -> Trust:
    for name in (*data.adopts, *data.retires):
        if name not in SUITES:
            raise Unverified("wrong-suite", f"there is no suite {name!r}")
    suites = trust.suites | dict.fromkeys(data.adopts, True) | dict.fromkeys(data.retires, False)
    return replace(trust, suites=suites)


def _check_policy(policy: Policy) -> None:
    for pattern in (*(each for each in policy.signed if each != "*"), *policy.cosigned):
        if not is_pattern(pattern):
            raise Unverified("malformed-data", f"{pattern!r} names no kind")


def _moment(text: str) -> int | None:
    try:
        return parse_time(text) if text else None
    except ValueError as error:
        raise Unverified("malformed-data", str(error)) from None
