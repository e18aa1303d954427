"""`python -m agents routes check|show`: the duty list of a place: is it sound, and who answers for a rule in a district."""

import argparse
import sys
from datetime import date

from msgspec.structs import replace

from agents.core.rules.rule import RuleSpec
from agents.lines import write_lines
from agents.rulebook.duty_list import duty_list_problems, rules_asked
from agents.rulebook.load import load_book
from streams import places
from streams.organs.routing import Asked, Routing, route
from streams.organs.unit import Units
from streams.places import organs


def main(argv: list[str]) -> int:
    """Entry of the command; JSON lines on stdout; exit 1 where the check finds something."""
    parser = argparse.ArgumentParser(prog="python -m agents routes", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser(
        "check", help="is the duty list of a place sound; a JSON line for each problem, with file and line"
    )
    show = commands.add_parser("show", help="who answers for a rule or a topic of a request, and why")
    show.add_argument("rule", metavar="RULE", help="a rule's id or its row, as ENV-I01; with --topic a topic of a request")
    show.add_argument("--topic", action="store_true", help="RULE is the topic of a request to 12345")
    show.add_argument("--adcode", default="", metavar="CODE", help="of the district or street")
    show.add_argument("--lon", type=float, metavar="DEGREES", help="longitude (WGS-84) where no code is known")
    show.add_argument("--lat", type=float, metavar="DEGREES", help="latitude")
    show.add_argument("--accused", default="", metavar="UNIT", help="the body that is complained of")
    show.add_argument(
        "--interest", action="append", default=[], metavar="UNIT", help="a body with an interest in it; may be repeated"
    )
    for command in (check, show):
        command.add_argument("--place", metavar="CODE", help="the city, as 4103 (default: this one)")
        command.add_argument("--day", type=date.fromisoformat, default=date.today(), help="as 2026-06-01 (default today)")
    options = parser.parse_args(argv)
    return _check(options) if options.command == "check" else _show(options)


def _check(options: argparse.Namespace) -> int:
    code = options.place or places.here()
    rules = rules_asked(load_book().rules)
    found = duty_list_problems(code, rules, options.day)
    write_lines(found)
    said = f"{len(found)} problems" if found else f"the duty list of {code} is sound: {len(rules)} rules have somebody"
    sys.stderr.write(f"routes: {said}\n")
    return 1 if found else 0


def _show(options: argparse.Namespace) -> int:
    code = options.place or places.here()
    duties, units = organs.routes(code), organs.units(code)
    for asked in _asked(options):
        routing = route(duties, units, asked)
        write_lines([{"rule": asked.rule, "topic": asked.topic, "routing": routing, "names": _names(units, routing)}])
    return 0


def _asked(options: argparse.Namespace) -> list[Asked]:
    where = Asked(
        day=options.day,
        adcode=options.adcode,
        lon=options.lon,
        lat=options.lat,
        accused=options.accused,
        interests=tuple(options.interest),
    )
    if options.topic:
        return [replace(where, topic=options.rule)]
    rules = {name: spec for name, spec in load_book().rules.items() if options.rule in (name, spec.row)}
    if not rules:
        raise ValueError(f"no rule {options.rule!r}; `python -m agents rules list` shows all")
    return [_of_rule(where, name, spec) for name, spec in rules.items()]


def _of_rule(where: Asked, name: str, spec: RuleSpec) -> Asked:
    type_, subject = next(iter(spec.on), ""), next(iter(spec.subjects), "")
    return replace(where, rule=name, type=type_, subject=subject, department=spec.department)


def _names(units: Units, routing: Routing) -> dict[str, str]:
    ids = (routing.main, *routing.supports, *routing.assists, routing.supervising)
    return {each: unit.name.zh for each in ids if (unit := units.get(each))}
