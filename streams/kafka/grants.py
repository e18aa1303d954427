"""`python -m streams kafka access`: write, list or check what the parts of the system may do in a log.

Rights and quotas are those of `streams.kafka.access`. On the secure embedded broker the passwords are written too; on another
cluster the KAFKA_* settings must name somebody who may change rights there, and its users are made by whoever keeps it.
"""

import argparse
import sys
from collections.abc import Iterable
from contextlib import closing

import msgspec
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, SecurityDisabledError, for_code
from kafka.protocol.admin import AlterClientQuotasRequest, DescribeClientQuotasRequest
from msgspec import Struct

from streams.command import Trouble
from streams.kafka import clients, secure
from streams.kafka.access import (
    ADMIN,
    BROKER,
    CLUSTER,
    REQUESTS,
    Permit,
    Principal,
    gateway,
    is_gateway,
    is_own,
    parts,
    permits,
    reaches,
)
from streams.settings import Settings, load
from streams.topics import LIVE, topic_name

_USER = "User:"
_RESOURCES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional id": ResourceType.TRANSACTIONAL_ID,
    CLUSTER: ResourceType.CLUSTER,
}
_OPERATIONS = {
    "Write": ACLOperation.WRITE,
    "Read": ACLOperation.READ,
    "Describe": ACLOperation.DESCRIBE,
    "DescribeConfigs": ACLOperation.DESCRIBE_CONFIGS,
}
_ANY_NAME = 2  # how a filter of quotas compares: each entity that has a name

Quotas = dict[tuple[str, str], float]
"""Principal and Kafka's name of a quota → its value."""


class Gateways(Struct, frozen=True):
    """Gateways beside those of the project: those that shall have rights, if they have none yet, and those that shall not."""

    more: frozenset[str] = frozenset()
    dropped: frozenset[str] = frozenset()


NONE = Gateways()


class State(Struct, frozen=True):
    """How the rights in a log differ from the table.

    `missing`: rights that a part has not; `beyond`: those that a part, or everybody, has beyond the table; `others`: those of
    whoever is no part; `unbounded`: quotas that are missing.
    """

    missing: tuple[Permit, ...]
    beyond: tuple[Permit, ...]
    others: tuple[Permit, ...]
    unbounded: Quotas

    @property
    def as_asked(self) -> bool:
        """Whether the parts have exactly what the table gives them."""
        return not (self.missing or self.beyond or self.unbounded)


def sign_up(settings: Settings, gateways: Iterable[str] = ()) -> int:
    """Write the password of each principal of the secure embedded broker into it, as SCRAM credentials; their number."""
    names = (ADMIN, *(part.name for part in parts(gateways)))
    wanted = [
        UserScramCredentialUpsertion(name, "SCRAM-SHA-512", password)
        for name, password in secure.passwords(settings, names).items()
    ]
    with closing(clients.admin(secure.as_(settings, BROKER))) as admin:
        refused = {name: error for name, error in admin.alter_user_scram_credentials(wanted).items() if error is not None}
    if refused:
        raise Trouble(f"Kafka refuses the passwords of {', '.join(f'{name} ({error})' for name, error in refused.items())}")
    return len(wanted)


def state(admin: KafkaAdminClient, log: str, gateways: Gateways = NONE) -> State:
    """How a log's rights stand. A gateway that has rights there belongs to the table, unless it is dropped."""
    found = {permit for permit in _found(admin) if reaches(permit, log)}
    there = {permit.principal for permit in found if is_gateway(permit.principal) and is_own(permit, log)}
    known = (there | gateways.more) - gateways.dropped
    wanted, table = permits(log, known), parts(known)
    names = {"*", *gateways.dropped, *(part.name for part in table)}
    asked = {(part.name, key): value for part in table for key, value in _quotas(part).items()}
    bounded = quotas(admin)
    return State(
        missing=tuple(sorted(wanted - found)),
        beyond=tuple(sorted(permit for permit in found - wanted if permit.principal in names)),
        others=tuple(sorted(permit for permit in found if permit.principal not in names)),
        unbounded={each: value for each, value in asked.items() if each not in bounded},
    )


def grant(admin: KafkaAdminClient, log: str, gateways: Gateways = NONE) -> State:
    """Give the parts what is missing, take from them what is beyond the table and this log's own; what was found before."""
    before = state(admin, log, gateways)
    if before.missing:
        failed = admin.create_acls([_acl(permit) for permit in before.missing])["failed"]
        _refused([error.__name__ for error in failed])
    if taken := [permit for permit in before.beyond if is_own(permit, log)]:
        answers = admin.delete_acls([_filter(permit) for permit in taken])
        _refused([error.__name__ for _, _, error in answers if error.errno])
    _bound(admin, before.unbounded)
    return before


def quotas(admin: KafkaAdminClient) -> Quotas:
    """The quotas of all users."""
    component = DescribeClientQuotasRequest.ComponentData(entity_type="user", match_type=_ANY_NAME, match=None)
    answer = admin._manager.run(admin._manager.send, DescribeClientQuotasRequest(components=[component], strict=True))
    if answer.error_code:
        raise for_code(answer.error_code)(answer.error_message)
    return {
        (entity.entity_name, value.key): value.value
        for entry in answer.entries
        for entity in entry.entity
        for value in entry.values
        if entity.entity_name is not None
    }


def _quotas(part: Principal) -> dict[str, float]:
    return {"producer_byte_rate": part.rate, "request_percentage": REQUESTS}


def _bound(admin: KafkaAdminClient, wanted: Quotas) -> None:
    if not wanted:
        return
    request = AlterClientQuotasRequest
    entry, entity, op = request.EntryData, request.EntryData.EntityData, request.EntryData.OpData
    of: dict[str, list[AlterClientQuotasRequest.EntryData.OpData]] = {}
    for (name, key), value in wanted.items():
        of.setdefault(name, []).append(op(key=key, value=value, remove=False))
    entries = [entry(entity=[entity(entity_type="user", entity_name=name)], ops=ops) for name, ops in of.items()]
    answer = admin._manager.run(admin._manager.send, request(entries=entries, validate_only=False))
    _refused([f"{entry.entity[0].entity_name}: {entry.error_message}" for entry in answer.entries if entry.error_code])


def _found(admin: KafkaAdminClient) -> set[Permit]:
    """All that anybody is allowed. What somebody is forbidden only narrows it."""
    everything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    try:
        rights, _ = admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ALLOW, everything))
    except SecurityDisabledError:
        raise Trouble(
            "this Kafka has no authorizer, so everybody may do everything: start the embedded broker with "
            "`python -m streams kafka start --secure`, or give your cluster one"
        ) from None
    return {_permit(right) for right in rights}


def _permit(right: ACL) -> Permit:
    pattern = right.resource_pattern
    resource = next((name for name, type_ in _RESOURCES.items() if type_ is pattern.resource_type), pattern.resource_type.name)
    operation = next((name for name, type_ in _OPERATIONS.items() if type_ is right.operation), right.operation.name)
    prefix = pattern.pattern_type is ACLResourcePatternType.PREFIXED
    return Permit(right.principal.removeprefix(_USER), resource, pattern.resource_name, prefix, operation)


def _acl(permit: Permit) -> ACL:
    pattern = ResourcePattern(_RESOURCES[permit.resource], permit.name, _pattern(permit))
    return ACL(_USER + permit.principal, "*", _operation(permit), ACLPermissionType.ALLOW, pattern)


def _filter(permit: Permit) -> ACLFilter:
    pattern = ResourcePatternFilter(_RESOURCES[permit.resource], permit.name, _pattern(permit))
    return ACLFilter(_USER + permit.principal, None, _operation(permit), ACLPermissionType.ALLOW, pattern)


def _pattern(permit: Permit) -> ACLResourcePatternType:
    return ACLResourcePatternType.PREFIXED if permit.prefix else ACLResourcePatternType.LITERAL


def _operation(permit: Permit) -> ACLOperation:
    known = _OPERATIONS.get(permit.operation)
    return ACLOperation[permit.operation] if known is None else known


def _refused(reasons: Iterable[str]) -> None:
    if told := sorted({*reasons}):
        raise Trouble(f"Kafka refuses to change rights: {'; '.join(told)}. Sign in as somebody who may")


def main(arguments: list[str]) -> int:
    """Run `python -m streams kafka access …`: `--grant` says on stderr what it did, `--list` and `--check` print JSON lines.

    Exit 1 where `--check` finds a difference.
    """
    parser = argparse.ArgumentParser(prog="python -m streams kafka access", description=__doc__)
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    act = parser.add_mutually_exclusive_group(required=True)
    act.add_argument("--grant", action="store_true", help="give the parts what the table has for them, take what it has not")
    act.add_argument("--list", action="store_true", help="print the rights in this log and the quotas, as Kafka has them")
    act.add_argument("--check", action="store_true", help="print what differs from the table")
    parser.add_argument(
        "--gateway", action="append", default=[], metavar="NAME", help="a gateway of yours: gateway-…, repeatable"
    )
    parser.add_argument("--drop", action="append", default=[], metavar="NAME", help="a gateway of yours that is no more")
    options = parser.parse_args(arguments)
    settings = load()
    topic_name(options.log, "")
    asked = Gateways(*(frozenset(map(gateway, names)) for names in (options.gateway, options.drop)))
    try:
        signed = sign_up(settings, asked.more) if settings.secure and options.grant else 0
        with closing(clients.admin(secure.as_(settings, ADMIN))) as admin:
            if options.list:
                return _list(admin, options.log)
            if options.check:
                return _check(state(admin, options.log, asked))
            _say(options.log, grant(admin, options.log, asked), signed)
    except KafkaError as error:
        raise Trouble(f"Kafka refuses: {error}. Sign in as somebody who may change rights") from error
    return 0


def _list(admin: KafkaAdminClient, log: str) -> int:
    for permit in sorted(_found(admin)):
        if reaches(permit, log):
            _print(permit)
    for (name, key), value in sorted(quotas(admin).items()):
        _print({"principal": name, "quota": key, "value": value})
    return 0


def _check(found: State) -> int:
    for what, permits_ in (("missing", found.missing), ("beyond", found.beyond), ("others", found.others)):
        for permit in permits_:
            _print({"found": what} | msgspec.to_builtins(permit))
    for (name, key), value in found.unbounded.items():
        _print({"found": "no quota", "principal": name, "quota": key, "wanted": value})
    return 0 if found.as_asked else 1


def _print(what: object) -> None:
    sys.stdout.write(msgspec.json.encode(what).decode() + "\n")


def _say(log: str, before: State, signed: int) -> None:
    taken = [permit for permit in before.beyond if is_own(permit, log)]
    wide = len(before.beyond) - len(taken)
    lines = [
        *([f"{signed} passwords written"] if signed else []),
        f"log {log!r}: {len(before.missing)} rights given, {len(taken)} taken, {len(before.unbounded)} quotas set",
        *([f"{wide} rights go beyond this log and stay: see --check, and take them away yourself"] if wide else []),
    ]
    sys.stderr.write("".join(f"access: {line}\n" for line in lines))
