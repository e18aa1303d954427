"""Who may write what, by hand from the design of trust: patterns of topics for each principal."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from streams.topics import table

WRITES: Mapping[str, tuple[str, ...]] = {
    "gateway-import": ("events.*",),
    "gateway-city": ("events.*",),
    "gateway-hj212": ("events.*",),
    "gateway-http": ("events.*",),
    "gateway-mqtt": ("events.*",),
    "gateway-sql": ("events.*",),
    "gateway-rest": ("events.*",),
    "gateway-folder": ("events.*",),
    "gateway-port": ("events.*",),
    "clock": ("events.*",),
    "rules": ("events.*", "books", "keys", "catalogue", "appraisal"),
    "signer": ("events.*", "jobs", "handovers", "catalogue", "entries", "appraisal", "device-acts"),
    "worker": (
        *("alerts", "audit", "incidents", "incident-audit", "orders", "order-audit", "matters", "floods", "quality"),
        *("quarantine", "rulebook", "status", "seals", "sign-cells", "signs", "events.*", "checkpoint.*"),
    ),
    "notifier": ("notices", "events.*"),
    "jobs": ("job-status",),
    "performance": ("performance",),
    "audit": ("anchors", "access"),
    "keeper": ("sealed", "looks", "forgets", "events.*"),
    "screen": ("access",),
    "risk": ("events.data",),
    "oversight": (),
    "archive": (),
    "prometheus": (),
}
"""What each principal may write; `gateway-port` is a gateway that a place has beside those of the project."""

TRANSACTIONS: Mapping[str, str] = {
    "checkpoint.environment.0": "worker",
    "checkpoint.incidents.3": "worker",
    "notices.writer": "notifier",
    "job-status.writer": "jobs",
    "anchors": "audit",
    "gateway-hj212.0f": "gateway-hj212",
    "gateway-port.0f": "gateway-port",
    "gateway-": "",
    "anything": "",
}
"""Transactional ids below the log's name, and whose each is."""

PORT = frozenset({"gateway-port"})


def writes(principal: str) -> set[str]:
    """The topics of the table that a principal may write."""
    return {topic.name for topic in table() for pattern in WRITES[principal] if fnmatchcase(topic.name, pattern)}
