"""What a person says of figures on the command line, and does with what one drafts and another adopts: indexes, baselines."""

import argparse
import getpass
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import asdict

from agents.lines import write_lines
from streams.appraisal.adoptions import draft_versions
from streams.appraisal.log import write_appraisal
from streams.command import Trouble
from streams.directory.log import now_text
from streams.messages import ROLES, Actor
from streams.messages.services.appraisal import AppraisalRecord, DraftStep
from streams.places.appraisal import appraisal
from streams.settings import load
from streams.topics import LIVE

STEP_OF = {"draft": "drafted", "adopt": "adopted", "return": "returned"}
"""The steps by the command that takes them."""


def log_option(parser: argparse.ArgumentParser) -> None:
    """In which log it is done."""
    parser.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")


def person_options(parser: argparse.ArgumentParser, such: str) -> None:
    """Who does it; `such`: a body of those that do."""
    parser.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
    parser.add_argument("--role", choices=ROLES, default="admin", help="the role that gives the right (default %(default)s)")
    parser.add_argument("--department", required=True, metavar="ID", help=f"as in {such}")


def step_options(parser: argparse.ArgumentParser) -> None:
    """Who takes a step, and what there is to say of it."""
    person_options(parser, "zz-inspect")
    parser.add_argument("--note", default="", metavar="TEXT", help="what there is to say: number and day of the text (文号)")


def version_option(parser: argparse.ArgumentParser) -> None:
    """Of which version a step is, that is no draft."""
    parser.add_argument("--version", required=True, help="which version")


def draft(options: argparse.Namespace, kind: type[DraftStep], about: Mapping[str, Any], text: bytes) -> int:
    """Write a text and the step that drafts it, and tell it; Trouble where it may not be done.

    `about`: what it is of, and what else its kind says, beside the digest.
    """
    digest = hashlib.sha256(text).hexdigest()
    return _take(options, kind, {**about, "digest": digest, "version": digest[:16]}, text)


def decide(options: argparse.Namespace, steps: Sequence[DraftStep], name: str) -> int:
    """Adopt or return a version that the log has, and tell it; Trouble where it may not be done."""
    found = draft_versions(steps, appraisal().office).get((name, options.version))
    if found is None:
        raise Trouble(f"log {options.log!r} has no version {options.version!r} of {name}: see `versions`")
    drafted = found.steps[0]
    return _take(options, type(drafted), {name: each for name, each in asdict(drafted).items() if name != "authn"})


def actor_of(options: argparse.Namespace) -> Actor:
    """Who does it, as the options say (`person_options`)."""
    return Actor(id=options.actor, name=options.actor, role=options.role, department=options.department)


def write_said(
    options: argparse.Namespace, kind: Any, said: Mapping[str, Any], text: tuple[str, bytes] | None = None
) -> AppraisalRecord:
    """Write a record of this kind, after the text (with its version) that it drafts; Trouble where it may not be."""
    try:
        record: AppraisalRecord = msgspec.convert(said, kind)
    except msgspec.ValidationError as error:
        raise Trouble(f"{error}: correct it") from None
    write_appraisal(load(), options.log, appraisal().office, record, text)
    return record


def _take(options: argparse.Namespace, kind: type[DraftStep], about: Mapping[str, Any], text: bytes | None = None) -> int:
    said = {**about, "step": STEP_OF[options.command], "at": now_text(), "by": actor_of(options), "note": options.note}
    step = write_said(options, kind, said, None if text is None else (about["version"], text))
    told = asdict(step)
    return write_lines([{name: each for name, each in told.items() if name not in _UNTOLD}])


_UNTOLD = frozenset({"digest", "by", "note", "authn"})
"""What a step says that whoever took it knows."""


def tell_versions(steps: Sequence[DraftStep], kind: str) -> int:
    """The versions of the log, a JSON line each. `kind`: what they are of, `index` or `baseline`."""
    return write_lines(
        {kind: each.name, "version": each.version, "state": each.state, "since": each.steps[-1].since, "steps": each.steps}
        for each in draft_versions(steps, appraisal().office).values()
    )
