"""`python -m streams catalogue`: the data directory, shown, checked, exported, compared, and published step by step."""

import argparse
import getpass
import hashlib
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from streams.catalogue.described import catalogue, groups
from streams.command import Trouble
from streams.directory import version
from streams.directory.against import against
from streams.directory.difference import Directory, compared, transitive
from streams.directory.exports import FORMATS
from streams.directory.lint import faults, gaps
from streams.directory.log import known, now_text, text_of, write
from streams.directory.telling import field_row, type_row
from streams.directory.versions import STEPS, clocks, in_force
from streams.messages import SECOND, Actor, encode
from streams.messages.services.catalogue import CatalogueStep
from streams.places import calendar
from streams.settings import load
from streams.topics import LIVE

HERE = "here"
"""What names the version of this program where one is to be compared."""

_STEP_OF = {
    "draft": "drafted",
    "consent": "consented",
    "agree": "agreed",
    "review": "reviewed",
    "publish": "published",
    "return": "returned",
}


Work = Callable[[argparse.Namespace], int]
More = tuple[str, str, Callable[[argparse.ArgumentParser], Work]]
"""A further command: its name, what it is, and what adds its options and says what does it."""


def main(arguments: list[str], *more: More) -> int:
    """Entry of the command; exit 1 where `lint` finds a fault, or `diff` something that breaks."""
    options = _options(arguments, more)
    work: Work = options.work
    return work(options)


def _options(arguments: list[str], more: Sequence[More]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m streams catalogue", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, what: str, work: Work) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(work=work)
        return made

    show = command("show", "types as JSON lines; with TYPE the one type, then its fields", _show)
    show.add_argument("type", nargs="?", metavar="TYPE", help="environment.air_hour, or a group: environment")
    command("lint", "what is wrong, with file and line", _lint)
    command("text", "the version of this program, as a file to compare with", _text)
    export = command("export", "write it in a form that others read; prints the files", _export)
    export.add_argument("--format", choices=FORMATS, required=True, help="the form")
    export.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="the folder (default: here)")
    diff = command("diff", "what differs, whom it breaks; several OLD: against all of them (transitive)", _diff)
    diff.add_argument("old", nargs="+", metavar="OLD", help=f"a file of `text`, a version of the log, or {HERE!r}")
    diff.add_argument("new", metavar="NEW", help="the same")
    diff.add_argument("--against", type=Path, metavar="ARCHIVE", help="which archived records and sources NEW would refuse")
    told = command("versions", "the versions of a log, their steps and the law's days", _versions)
    for name, what in (
        ("draft", "draft the version of this program (拟定)"),
        ("consent", "grant five more working days as the authority (同意延期)"),
        ("agree", "agree as the department's head (部门审核)"),
        ("review", "review as the authority (主管部门审核)"),
        ("publish", "publish as the authority (发布)"),
        ("return", "send back to the drafter (退回)"),
    ):
        _step_options(command(name, what, _step), name)
    for name, what, add in more:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(work=add(made))
    for logged in (diff, told):
        logged.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    return parser.parse_args(arguments)


def _step_options(step: argparse.ArgumentParser, name: str) -> None:
    step.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    step.add_argument("--actor", default=getpass.getuser(), metavar="ACCOUNT", help="who (default %(default)s)")
    step.add_argument("--department", required=True, metavar="ID", help="as in zz-ee")
    step.add_argument("--note", default="", metavar="TEXT", help="what there is to say")
    if name == "draft":
        step.add_argument("--since", default="", metavar="TIME", help="when the law or duty changed that it follows (RFC 3339)")
    else:
        step.add_argument("--version", required=True, help="which version")
    if name == "agree":
        step.add_argument("--secrecy", action="store_true", help="the risk to secrets was assessed (保密风险评估)")
        step.add_argument(
            "--impact", action="store_true", help="the impact on personal data was assessed (个人信息保护影响评估)"
        )


def _show(options: argparse.Namespace) -> int:
    found, wanted = catalogue(), options.type
    chosen = [each for each in found.values() if wanted in {None, each.name, each.group}]
    if not chosen:
        raise Trouble(f"no type or group {wanted!r}: the groups are {', '.join(groups())}")
    for each in chosen:
        _line(type_row(each))
        if wanted == each.name:
            for field in each.fields:
                _line(field_row(field, each))
    return 0


def _lint(_options: argparse.Namespace) -> int:
    found = faults()
    for fault in found:
        sys.stdout.write(f"{fault.place}: {fault.what}\n")
    fields = sum(len(each.fields) for each in catalogue().values())
    told = _tell_gaps()
    sys.stderr.write(f"catalogue: {len(catalogue())} types, {fields} fields, {len(found)} faults, {told} gaps\n")
    return 1 if found else 0


def _tell_gaps() -> int:
    """Tell what is to be made good; how much that is."""
    found = gaps()
    for each in found:
        sys.stderr.write(f"{each.place}: gap: {each.what}\n")
    return len(found)


def _text(_options: argparse.Namespace) -> int:
    sys.stdout.buffer.write(version.text() + b"\n")
    return 0


def _export(options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in FORMATS[options.format]().items():
        (options.out / name).write_bytes(content)
        sys.stdout.write(f"{options.out / name}\n")
    return 0


def _diff(options: argparse.Namespace) -> int:
    *olds, new = (_read(name, options.log) for name in (*options.old, options.new))
    verdict, all_ = compared(olds[-1], new), transitive(olds, new)
    for change in all_.changes:
        _line(msgspec.structs.asdict(change))
    failing = [row for row in against(new, options.against) if row.failing] if options.against else []
    for row in failing:
        _line(msgspec.structs.asdict(row))
    _line(
        {
            "backward": verdict.backward,
            "forward": verdict.forward,
            "full": verdict.full,
            "same_meaning": verdict.same_meaning,
            "transitive": {"backward": all_.backward, "forward": all_.forward, "full": all_.full},
            "failing": sum(row.failing for row in failing),
        }
    )
    return 0 if all_.full and not failing else 1


def _read(name: str, log: str) -> Directory:
    path = Path(name)
    text = version.text() if name == HERE else path.read_bytes() if path.is_file() else text_of(load(), log, name)
    try:
        found: Directory = msgspec.json.decode(text, type=dict[str, dict[str, object]])
    except msgspec.DecodeError as error:
        raise Trouble(f"{name} holds no directory: {error}; `python -m streams catalogue text` writes one") from None
    return found


def _versions(options: argparse.Namespace) -> int:
    found, now = known(load(), options.log), int(time.time() * SECOND)
    force = in_force(found)
    for each in found.values():
        row = {
            "version": each.version,
            "state": each.state,
            "title": STEPS[each.state],
            "in_force": each is force,
            "steps": each.steps,
            "clocks": clocks(each, now, calendar.load()),
        }
        _line(row)
    return 0


def _step(options: argparse.Namespace) -> int:
    drafting = options.command == "draft"
    settings = load()
    text = version.text() if drafting else text_of(settings, options.log, options.version)
    actor = Actor(id=options.actor, name=options.actor, role="admin", department=options.department)
    told = {name: value for name in ("since", "secrecy", "impact") if (value := getattr(options, name, None))}
    step = msgspec.convert(
        {
            "version": version.name_of(text),
            "step": _STEP_OF[options.command],
            "digest": hashlib.sha256(text).hexdigest(),
            "at": now_text(),
            "by": actor,
            "note": options.note,
        }
        | told,
        CatalogueStep,
    )
    if drafting:
        _tell_gaps()
    write(settings, options.log, step, (step.version, text) if drafting else None)
    sys.stdout.write(encode(step).decode() + "\n")
    return 0


def _line(row: Mapping[str, object]) -> None:
    sys.stdout.write(encode(row).decode() + "\n")
