"""A rule book as it is written down: what goes into the log, and the hash by which its events name it."""

from collections.abc import Mapping
from hashlib import blake2s

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agents.core.rules.rule import ClauseSpec, RuleSpec
from streams.messages import encode
from streams.places import DepartmentSpec

_canonical = msgspec.json.Encoder(order="sorted").encode


def meaning(rule: str, spec: RuleSpec, clause: ClauseSpec) -> bytes:
    """What a rule says, with its clause in all editions and without its cases, as the bytes of which its version is made."""
    return _canonical([rule, replace(spec, case=()), clause])


def version_of(said: bytes) -> str:
    """The version of a rule, which its alerts carry: BLAKE2s-64 (hex) of its `meaning`."""
    return blake2s(said, digest_size=8).hexdigest()


class BookText(Struct, frozen=True, forbid_unknown_fields=True):
    """All rules by domain and id, all clauses, all departments. The judges that rules name are code, and not in it."""

    rules: Mapping[str, Mapping[str, RuleSpec]]
    clauses: Mapping[str, ClauseSpec]
    departments: Mapping[str, DepartmentSpec]

    @property
    def hash(self) -> str:
        """BLAKE2s-128 (hex) of the text without the rules' cases, which judge nothing.

        The order of rules is part of it: rules that read one fact are asked in it.
        """
        rules = {domain: {rule: replace(spec, case=()) for rule, spec in of.items()} for domain, of in self.rules.items()}
        return blake2s(encode(replace(self, rules=rules)), digest_size=16).hexdigest()
