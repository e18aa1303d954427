"""`python -m streams catalogue sharing`: who asks for whose data, and what came of it, at a command line."""

import argparse
import getpass
import sys
import time
from collections.abc import Callable

from streams.catalogue.described import catalogue
from streams.command import Trouble
from streams.directory.log import asked, now_text, write
from streams.directory.sharing import ACTS, SharingRequest, request_id, sharing_clocks, wanted_fault
from streams.messages import SECOND, Actor, encode
from streams.messages.services.catalogue import SharingAct, SharingStep, Wanted
from streams.places import calendar
from streams.settings import load
from streams.topics import LIVE

WHAT = "who asks for whose data, and what came of it (共享申请)"

_STEP_OF: dict[str, SharingAct] = {
    "accept": "accepted",
    "refuse": "refused",
    "ask-time": "extension-asked",
    "give-time": "extended",
    "refuse-time": "extension-refused",
    "provide": "provided",
    "withdraw": "withdrawn",
    "revoke": "revoked",
    "use": "used",
}


def options(parser: argparse.ArgumentParser) -> Callable[[argparse.Namespace], int]:
    """Give a parser its commands; what does the one that is chosen."""
    commands = parser.add_subparsers(dest="sharing", required=True)

    def command(name: str, what: str, work: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(chosen=work)
        made.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
        return made

    command("list", "the requests of a log with their steps and the law's days, as JSON lines", _list)
    ask = _by(command("ask", "ask for a type of another department (申请)", _ask))
    ask.add_argument("type", metavar="TYPE", help="environment.source_hour")
    for name, what in (("purpose", "使用场景"), ("basis", "使用依据"), ("use", "使用范围")):
        ask.add_argument(f"--{name}", required=True, metavar="TEXT", help=what)
    for name in ("since", "until"):
        ask.add_argument(f"--{name}", required=True, metavar="DAY", help="as 2026-03-02")
    ask.add_argument("--way", choices=("service", "batch", "file"), default="service", help="共享方式 (default %(default)s)")
    ask.add_argument("--field", action="append", default=[], metavar="PATH", help="a field of it; none: all")
    for name, act in _STEP_OF.items():
        step = _by(command(name, f"{ACTS[act].en} ({ACTS[act].zh})", _step))
        step.add_argument("request", metavar="REQUEST", help="its 32 digits")
        step.add_argument("--reason", default="", metavar="TEXT", help="why; of a use what was done with the data")
    return _chosen


def _chosen(options_: argparse.Namespace) -> int:
    work: Callable[[argparse.Namespace], int] = options_.chosen
    return work(options_)


def _by(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
    parser.add_argument("--department", required=True, metavar="ID", help="as in zz-ee")
    return parser


def _actor(options_: argparse.Namespace) -> Actor:
    return Actor(id=options_.actor, name=options_.actor, role="admin", department=options_.department)


def _list(options_: argparse.Namespace) -> int:
    now = int(time.time() * SECOND)
    for each in asked(load(), options_.log).values():
        _line(told(each, now))
    return 0


def told(request: SharingRequest, now: int) -> dict[str, object]:
    """A request as a line tells it, at a moment (ms)."""
    return {
        "request": request.id,
        "state": request.state(now),
        "wanted": request.wanted,
        "steps": request.steps,
        "clocks": sharing_clocks(request, now, calendar.load()),
    }


def _ask(options_: argparse.Namespace) -> int:
    described = catalogue().get(options_.type)
    if described is None:
        raise Trouble(f"the directory has no type {options_.type!r}: see `python -m streams catalogue show`")
    entry, actor, at = described.entry, _actor(options_), now_text()
    wanted = Wanted(
        type=options_.type,
        purpose=options_.purpose,
        basis=options_.basis,
        use=options_.use,
        way=options_.way,
        since=options_.since,
        until=options_.until,
        provider=entry.provider,
        sharing=entry.sharing,
        condition=entry.condition,
        fields=tuple(options_.field),
    )
    if why_not := wanted_fault(wanted):
        raise Trouble(why_not)
    return _written(options_, SharingStep(request=request_id(actor, at), step="asked", at=at, by=actor, wanted=wanted))


def _step(options_: argparse.Namespace) -> int:
    step = SharingStep(
        request=options_.request,
        step=_STEP_OF[options_.sharing],
        at=now_text(),
        by=_actor(options_),
        reason=options_.reason,
    )
    return _written(options_, step)


def _written(options_: argparse.Namespace, step: SharingStep) -> int:
    write(load(), options_.log, step)
    _line({"request": step.request, "step": step.step, "at": step.at})
    return 0


def _line(row: dict[str, object]) -> None:
    sys.stdout.write(encode(row).decode() + "\n")
