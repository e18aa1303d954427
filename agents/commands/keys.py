"""`python -m agents keys`: the roots of a log, and the keys of the parts that write into it.

Roots sign file to file: `open`, `add`, `end`, `rotate`, `policy` and `stages` write a draft; `sign` adds a root's signature
on whatever machine has its key, `publish` brings it into the log. `init` does all of it for one machine. docs/operate/keys.md
is the ceremony step by step.
"""

import argparse
import getpass
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import DecodeError, Struct, ValidationError, json
from msgspec.structs import replace

from streams.catalogue import domains
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.series import KEYS, LogSeries, publish, read_series, standing_series
from streams.messages import HOUR, SECOND, encode, format_time, parse_time
from streams.private import private
from streams.settings import Settings, load
from streams.signing.kinds import account_part
from streams.signing.machine.keyfile import Key, write_new
from streams.signing.machine.part import key_path, pin, pinned, trust_folder
from streams.signing.roots import ceremony
from streams.signing.roots.draft import Draft, opening
from streams.signing.roots.parts import COSIGNED, PARTS, STAFF, PartRights, rights_of_part, suites_of, usual_policy
from streams.signing.series import KeyAdded, LogOpened, RootKey
from streams.signing.sign import proof
from streams.signing.state import KeyRow, Trust
from streams.signing.suites import SUITES
from streams.topics import LIVE, signed_places, topic_name

NEXT = ".next"
"""The end of the name of a key that takes the place of a part's key when its adoption is published."""

OPENING = "opening.jsonl"
"""What `init` has signed and not yet published."""

LOCAL_ROOTS, LOCAL_THRESHOLD = 3, 2
LOCAL_PARTS = (
    "clock",
    "clock-second",
    "screen-1",
    "notifier",
    "worker-1",
    "audit",
    "archive",
    "rules",
    "registrar-import",
    "registrar-city",
    "registrar-hj212",
    "registrar-http",
    "registrar-mqtt",
    "registrar-sql",
    "registrar-risk",
    "registrar-entry",
    "keeper",
)
"""The parts of an installation on one machine, beside the person who makes it."""

SIMULATED_PARTS = (STAFF,)
"""Those of a log that is not live beside them: in a live log nobody acts but people."""


class ListedKey(Struct, frozen=True):
    """A key as `list` prints it; times are RFC 3339, offsets those of `<log>.keys`."""

    part: str
    kid: str
    suite: str
    may: tuple[str, ...]
    cosigns: tuple[str, ...]
    to: tuple[str, ...]
    until: str
    ended: bool
    why: str
    since: str


def main(argv: list[str]) -> int:
    """Entry of the command; exit 1 where `check` finds something missing, or a step cannot be done."""
    options = _options(argv)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def made_roots(folder: Path, number: int) -> list[Path]:
    """New roots in a folder: a key file each, and beside it what is given to whoever opens the log."""
    private(folder)
    made = []
    for n in range(1, number + 1):
        key = write_new(folder / f"root-{n}.json", f"root-{n}")
        (folder / f"root-{n}.pub").write_bytes(encode(RootKey(key.suite, key.public)) + b"\n")
        made.append(folder / f"root-{n}.json")
    return made


def opened_draft(
    settings: Settings, log: str, roots: Sequence[RootKey], threshold: int, parts: Sequence[str], at: int, step: int = SECOND
) -> Draft:
    """The draft that opens a log with the partitions of its topics, and adopts new keys of these parts of this machine."""
    places = signed_places()
    with clients.consumer(settings) as reader:
        numbers = {place: len(clients.partitions_of(reader, topic_name(log, place))) for place in places}
    rights = {part: rights_of_part(part, places, tuple(domains())) for part in parts}
    found = opening(
        name=log,
        nonce=os.urandom(32).hex(),
        partitions=numbers,
        roots=roots,
        threshold=threshold,
        policy=usual_policy(simulated=log != LIVE, step=step),
        at=at,
    )
    found = found.with_suites([suite for suite in suites_of(rights.values()) if suite != roots[0].suite], at)
    for part, may in rights.items():
        found = _with_new_key(settings, log, found, part, may, at)
    return found


def _with_new_key(
    settings: Settings, log: str, draft: Draft, part: str, rights: PartRights, at: int, *, name: str = "", until: str = ""
) -> Draft:
    """The draft with a new key of this machine for a part; its file is there before the key is."""
    private(trust_folder(settings, log))
    path = key_path(settings, log, name or part)
    write_new(path, part, rights.suite)
    with Key(path) as key:
        return draft.adding(part, rights, key.public, proof(key, draft.logid, key.public, part), at, until)


def signed_with(draft: Draft, roots: Sequence[Path]) -> tuple[bytes, ...]:
    """The events of a draft with the signatures of these roots."""
    events = draft.events
    for path in roots:
        with Key(path) as root:
            events = ceremony.with_root(events, root)
    return tuple(ceremony.ceremony_bytes(events).splitlines())


def published(settings: Settings, log: str, text: bytes) -> tuple[LogSeries, int]:
    """Bring the events of a file into a log; then this machine demands its id, and new keys are in their places."""
    events = ceremony.ceremony_of(text)
    if (known := pinned(settings, log)) and known != events[0].logid:
        raise Trouble(f"the file is for the log {events[0].logid}, and log {log!r} of this machine is {known}")
    for event in events:
        data = ceremony.data_of(event)
        if isinstance(data, LogOpened) and data.name != log:
            raise Trouble(f"the file opens a log of the name {data.name!r}: publish it with --log {data.name}")
    series, copies = publish(settings, log, text.splitlines(), events[0].logid)
    pin(settings, log, events[0].logid)
    for event in events:
        data = ceremony.data_of(event)
        if isinstance(data, KeyAdded):
            _put_in_place(settings, log, data)
    return series, copies


def _put_in_place(settings: Settings, log: str, added: KeyAdded) -> None:
    """Let a rotated key take the place of the one before, where this machine has it."""
    path = key_path(settings, log, added.part + NEXT)
    if path.exists() and f'"{added.public}"' in path.read_text("utf-8"):
        for end in ("", ".seq"):
            beside = path.with_name(path.name + end)
            if beside.exists():
                beside.replace(key_path(settings, log, added.part).with_name(f"{added.part}.json{end}"))


# --- what a person types -----------------------------------------------------------------------------------------------------


def _roots(options: argparse.Namespace) -> int:
    for path in made_roots(options.folder, options.number):
        with Key(path) as key:
            _say(f"root {key.kid}: {path}, for its keeper alone; {path.with_suffix('.pub')} is for whoever opens the log")
    return 0


def _open(options: argparse.Namespace) -> int:
    settings = load()
    roots = [_root(path) for path in options.roots]
    draft = opened_draft(settings, options.log, roots, options.threshold, options.part, _now(), options.step * SECOND)
    return _write(options.out, draft, f"let {options.threshold} roots sign it")


def _init(options: argparse.Namespace) -> int:
    settings = load()
    folder = trust_folder(settings, options.log)
    if logid := pinned(settings, options.log):
        series, copies = publish(settings, options.log, (), logid)
        _say(f"log {options.log!r} is open as {logid}; {copies} copies were missing")
        return 0
    if read_series(settings, options.log, "").values and not folder.exists():
        raise Trouble(f"log {options.log!r} was opened elsewhere: put its id into {folder / 'log.id'}, and let it adopt keys")
    if not folder.exists():
        _make_all(settings, options.log, options.step * SECOND)
    waiting = folder / OPENING
    series, _ = published(settings, options.log, waiting.read_bytes())
    waiting.unlink()
    _say(f"日志 {options.log} 已启封，根密钥在本机 {folder / 'roots'}，只适合演示、测试和小型部署")
    _say(f"log {options.log!r} is open; its root keys are on this machine, which is for demos, tests and small installations")
    _say(f"its id is {series.trust.logid}")
    return 0


def _make_all(settings: Settings, log: str, step: int) -> None:
    """Make roots, keys and the signed opening of a log in a folder beside, which then appears as a whole."""
    beside = replace(settings, trust=settings.trust / ".new")
    shutil.rmtree(beside.trust, ignore_errors=True)  # what was cut short: no key in it was ever adopted
    folder = private(trust_folder(beside, log))
    roots = made_roots(folder / "roots", LOCAL_ROOTS)
    parts = (*LOCAL_PARTS, *(SIMULATED_PARTS if log != LIVE else ()), account_part(getpass.getuser()))
    draft = opened_draft(beside, log, [_root(path) for path in roots], LOCAL_THRESHOLD, parts, _now(), step)
    (folder / OPENING).write_bytes(b"\n".join(signed_with(draft, roots[:LOCAL_THRESHOLD])) + b"\n")
    folder.rename(trust_folder(settings, log))
    beside.trust.rmdir()


def _sign(options: argparse.Namespace) -> int:
    events = ceremony.ceremony_of(options.file.read_bytes())
    for event in events:
        _say(ceremony.said(event))
    with Key(options.root) as root:
        signed = ceremony.with_root(events, root)
        _replace(options.file, ceremony.ceremony_bytes(signed))
        _say(f"log {events[0].logid}: root {root.kid} has signed; {len(ceremony.signers_of(signed[-1]))} have so far")
    return 0


def _publish(options: argparse.Namespace) -> int:
    settings = load()
    if options.file is None:
        series, copies = publish(settings, options.log, (), _demanded(settings, options.log))
    else:
        series, copies = published(settings, options.log, options.file.read_bytes())
    _say(f"log {options.log!r} is {series.trust.logid}: {len(series.values)} events of its roots, {copies} copies were missing")
    return 0


def _add(options: argparse.Namespace) -> int:
    settings, series = _opened(options.log)
    rights = _rights(series.trust, options.part, options.domain)
    until = format_time(options.until) if options.until else ""
    draft = _after(series).with_suites(_new_suites(series.trust, rights), _now())
    return _write(options.out, _with_new_key(settings, options.log, draft, options.part, rights, _now(), until=until))


def _rotate(options: argparse.Namespace) -> int:
    settings, series = _opened(options.log)
    rights = _rights(series.trust, options.part, options.domain)
    draft = _with_new_key(settings, options.log, _after(series), options.part, rights, _now(), name=options.part + NEXT)
    for kid, row in series.trust.keys.items():
        if row.part == options.part and row.ended is None:
            draft = draft.ending(kid, "retired", _now())
    return _write(options.out, draft, f"stop {options.part} before it is published, and start it afterwards")


def _end(options: argparse.Namespace) -> int:
    _, series = _opened(options.log)
    if options.kid not in {*series.trust.keys, *series.trust.roots}:
        raise Trouble(f"log {options.log!r} has no key {options.kid!r}: see python -m agents keys list --log {options.log}")
    since = format_time(options.since) if options.since else ""
    return _write(options.out, _after(series).ending(options.kid, options.why, _now(), since))


def _policy(options: argparse.Namespace) -> int:
    _, series = _opened(options.log)
    policy, given = series.trust.policy, vars(options)
    changes = {name: tuple(given[name]) for name in ("signed", "cosigned") if given[name] is not None}
    lengths = {name: given[name] * SECOND for name in ("ahead", "stale", "step") if given[name] is not None}
    return _write(options.out, _after(series).demanding(replace(policy, **changes, **lengths), _now()))


def _stages(options: argparse.Namespace) -> int:
    settings, series = _opened(options.log)
    known = series.trust.partitions
    with clients.consumer(settings) as reader:
        new = {
            place: len(clients.partitions_of(reader, topic_name(options.log, place)))
            for place in signed_places()
            if place not in known
        }
    if not new:
        raise Trouble(f"log {options.log!r} has no stage that its roots do not know")
    parts = sorted({row.part for row in series.trust.keys.values() if row.ended is None and "*" not in row.to})
    return _write(
        options.out, _after(series).with_stages(new, _now()), f"rotate then what shall write there, of {' '.join(parts)}"
    )


def _list(options: argparse.Namespace) -> int:
    _, series = _opened(options.log)
    for kid, row in series.trust.keys.items():
        sys.stdout.buffer.write(encode(_listed(kid, row)) + b"\n")
    return 0


def _show(options: argparse.Namespace) -> int:
    settings = load()
    series = read_series(settings, options.log)
    if not series.values:
        _say(f"log {options.log!r} was never opened: nothing in it is signed")
        return 0
    for line in _shown(series, demanded=bool(pinned(settings, options.log))):
        sys.stdout.write(line + "\n")
    return 0


def _shown(series: LogSeries, *, demanded: bool) -> Iterator[str]:
    trust = series.trust
    digits = trust.logid
    yield f"log       {digits}"
    yield f"compare   {' '.join(digits[at : at + 4] for at in range(0, len(digits), 4))}"
    yield f"name      {trust.name}; {'this machine demands this id' if demanded else 'this machine demands no id'}"
    yield f"signed    since {format_time(series.times[0])}; what stands before it in a log is not"
    yield f"roots     {trust.threshold} of {sum(row.ended is None for row in trust.roots.values())} must sign"
    for kid, root in trust.roots.items():
        yield f"          {kid} {root.suite}{'' if root.ended is None else ', ended'}"
    yield f"keys      {sum(row.ended is None for row in trust.keys.values())} of {len(trust.keys)} have not ended"
    yield f"second    {' '.join(trust.policy.cosigned)}"
    yield f"places    {' '.join(f'{place}={number}' for place, number in trust.partitions.items())}"
    yield f"events    {len(series.values)} of the roots in {KEYS}{'; the log is closed' if trust.closed else ''}"


def _check(options: argparse.Namespace) -> int:
    settings, series = _opened(options.log)
    faults = 0
    for place, count in standing_series(settings, options.log, series).items():
        if count < len(series.values):
            faults += 1
            sys.stdout.write(f"{place.topic}/{place.partition}: has {count} of {len(series.values)} events of the roots\n")
    if faults:
        raise Trouble(f"{faults} partitions lack events of the roots: run python -m agents keys publish --log {options.log}")
    _say(f"every partition of log {options.log!r} has the {len(series.values)} events of its roots")
    return 0


# --- beneath -----------------------------------------------------------------------------------------------------------------


def _opened(log: str) -> tuple[Settings, LogSeries]:
    settings = load()
    return settings, read_series(settings, log, _demanded(settings, log))


def _demanded(settings: Settings, log: str) -> str:
    if found := pinned(settings, log):
        return found
    raise Trouble(
        f"this machine demands no id of log {log!r}: write the 64 digits into {trust_folder(settings, log)}/log.id "
        "after you have compared them with those of another machine"
    )


def _after(series: LogSeries) -> Draft:
    trust = series.trust
    return Draft(trust.logid, SUITES[trust.suite].hash, trust.n, trust.prev)


def _rights(trust: Trust, part: str, only: Sequence[str] | None) -> PartRights:
    return rights_of_part(part, tuple(trust.partitions), tuple(only or domains()))


def _new_suites(trust: Trust, rights: PartRights) -> list[str]:
    return [] if rights.suite in trust.suites else [rights.suite]


def _listed(kid: str, row: KeyRow) -> ListedKey:
    until, since = (format_time(each) if each is not None else "" for each in (row.until, row.since))
    return ListedKey(row.part, kid, row.suite, row.may, row.cosigns, row.to, until, row.ended is not None, row.why, since)


def _root(path: Path) -> RootKey:
    """A root's public key, from what `roots` has written beside its key."""
    try:
        return json.decode(path.with_suffix(".pub").read_bytes(), type=RootKey)
    except (OSError, ValidationError, DecodeError, UnicodeDecodeError) as error:
        raise Trouble(f"{path.with_suffix('.pub')} is no root's public key: {error}") from None


def _now() -> int:
    return int(time.time()) * SECOND


def _write(path: Path, draft: Draft, then: str = "") -> int:
    for event in draft.events:
        _say(ceremony.said(event))
    if path.exists():
        raise Trouble(f"{path} is there already: publish it or move it away")
    path.write_bytes(ceremony.ceremony_bytes(draft.events))
    _say(f"log {draft.logid}: {len(draft.events)} events stand in {path}, not signed yet{f'; {then}' if then else ''}")
    return 0


def _replace(path: Path, text: bytes) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(text)
    beside.replace(path)


def _say(text: str) -> None:
    sys.stderr.write(f"keys: {text}\n")
    sys.stderr.flush()


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents keys", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def command(
        name: str, what: str, run: Callable[[argparse.Namespace], int], *, logged: bool = True
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=what)
        made.set_defaults(run=run)
        if logged:
            made.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
        return made

    def drafted(made: argparse.ArgumentParser) -> argparse.ArgumentParser:
        made.add_argument("--out", required=True, metavar="FILE", type=Path, help="where the draft goes, for the roots to sign")
        return made

    init = command("init", "open a log, its roots and all keys on this machine; complete what a crash left", _init)
    init.add_argument(
        "--step", type=_seconds, default=60, metavar="S", help="the longest step of its clock (default %(default)s)"
    )
    roots = command("roots", "make root keys, each for one keeper", _roots, logged=False)
    roots.add_argument("folder", metavar="DIR", type=Path)
    roots.add_argument("--number", type=int, default=3, metavar="N", help="how many (default %(default)s)")
    opens = drafted(command("open", "draft the opening of a log, with new keys of parts of this machine", _open))
    opens.add_argument(
        "--roots", required=True, nargs="+", type=Path, metavar="FILE", help="the public keys of the roots (.pub)"
    )
    opens.add_argument("--threshold", required=True, type=int, metavar="K", help="how many roots must sign from now on")
    opens.add_argument("--part", action="append", default=[], metavar="PART", help="a part that gets a key here; repeat it")
    opens.add_argument(
        "--step", type=_seconds, default=1, metavar="S", help="the longest step of its clock (default %(default)s)"
    )
    sign = command("sign", "say what a draft does, and sign it as a root", _sign, logged=False)
    sign.add_argument("file", metavar="FILE", type=Path)
    sign.add_argument("--root", required=True, metavar="KEY", type=Path, help="the key file of the root")
    publishes = command(
        "publish", "bring what the roots have signed into the log; without FILE complete what is there", _publish
    )
    publishes.add_argument("file", metavar="FILE", type=Path, nargs="?")
    for name, what, run in (
        ("add", "draft the adoption of a new key of this machine for a part", _add),
        ("rotate", "draft a new key of this machine for a part, and the end of the one before", _rotate),
    ):
        made = drafted(command(name, what, run))
        made.add_argument("part", metavar="PART", help=", ".join(row.name for row in PARTS))
        made.add_argument("--domain", action="append", choices=list(domains()), help="a registrar: only this domain; repeat it")
        if name == "add":
            made.add_argument("--until", type=parse_time, metavar="TIME", help="the key ends by itself (not the clock's)")
    end = drafted(command("end", "draft the end of a key or a root", _end))
    end.add_argument("kid", metavar="KID", help="the id of the key, as `list` and `show` print it")
    end.add_argument("--why", required=True, choices=("retired", "lost", "stolen"))
    end.add_argument("--since", type=parse_time, metavar="TIME", help="what it has signed from then on is doubted")
    policy = drafted(command("policy", "draft another policy; what is not given stays", _policy))
    policy.add_argument(
        "--signed", nargs="*", metavar="KIND", help="kinds that need a signature, * for all that is not measured"
    )
    policy.add_argument(
        "--cosigned", nargs="*", metavar="KIND", help=f"kinds that need a second one (usual: {' '.join(COSIGNED)})"
    )
    policy.add_argument("--ahead", type=int, metavar="S", help=f"how far a clock may go on by itself (usual: {HOUR // SECOND})")
    policy.add_argument("--stale", type=int, metavar="S", help="how old an act may be, 0 for any age")
    policy.add_argument("--step", type=_seconds, metavar="S", help="the longest step of its clock")
    drafted(command("stages", "draft what lets a new stage be written, after `streams topics create`", _stages))
    command("list", "every key of a log, a JSON line each", _list)
    command("show", "the id of a log, to be compared, and what it demands", _show)
    command("check", "has every partition all that the roots have said", _check)
    return parser.parse_args(argv)


def _seconds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 1 to 86400")
    return int(text)
