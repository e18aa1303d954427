"""`python -m agents act VERB ALERT`: what a person does to an alert, as a command in the log.

ALERT is an alert's id. An alarm that has no alert, for a maintenance window say, is named by `--subject` and `--alarm`, its
rule or rule/item. The log alone says what comes of it: the command waits for its entry in the audit trail and exits 1 where the
act was refused. docs/concepts/alarms.md has the acts, who may do them and what each needs.
"""

import argparse
import sys

from agents.commands.people import actor_of, done, person_options
from agents.rulebook.load import load_book
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import SEVERITIES, Act, Alert, Audit, encode
from streams.settings import Settings, load
from streams.topics import events_topic, topic_name


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0 where the act was done, 1 where it was refused."""
    options = _options(argv)
    settings = load()
    topic, subject, act = _target(settings, options)
    entry, *_ = done(settings, options, topic, subject, options.verb, act, Audit)
    refused = entry.event == "refuse"
    sys.stderr.write(
        f"act: {'refused: ' if refused else ''}{entry.reason if refused else f'{entry.before} to {entry.after}'}\n"
    )
    sys.stdout.buffer.write(encode(entry) + b"\n")
    return 1 if refused else 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m agents act", description=__doc__)
    parser.add_argument("verb", metavar="VERB", help="acknowledge, confirm, comment, shelve, …: see docs/concepts/alarms.md")
    parser.add_argument("alert", metavar="ALERT", nargs="?", default="", help="the id of an alert")
    parser.add_argument("--subject", default="", help="with --alarm: whose alarm")
    parser.add_argument("--alarm", default="", metavar="RULE[/ITEM]", help="an alarm that has no alert")
    parser.add_argument("--reason", required=True, help="why; it stands in the audit trail")
    parser.add_argument("--lasts", default="", metavar="TIME", help="for how long, as in 45m or 8h")
    parser.add_argument("--once", action="store_true", help="shelve: at most until the condition's return to normal")
    parser.add_argument("--permit", default="", metavar="NUMBER", help="remove-from-service: the work permit")
    parser.add_argument(
        "--finding",
        default="",
        help="conclude: confirmed, corrected, unfounded; verify: true, false-alarm, unclear; report: oral, written, follow-up",
    )
    parser.add_argument("--severity", choices=SEVERITIES, help="conclude as corrected: what the severity should have been")
    parser.add_argument("--value", type=float, metavar="NUMBER", help="conclude as corrected: what the value should have been")
    parser.add_argument("--who", default="", metavar="NAME", help="call: who answered; confer: who was called together")
    parser.add_argument("--when", default="", metavar="TIME", help="call, report: when it was (RFC 3339), if not just now")
    person_options(parser)
    options = parser.parse_args(argv)
    if bool(options.alert) == bool(options.alarm) or bool(options.alarm) != bool(options.subject):
        parser.error("give ALERT, or --subject and --alarm")
    return options


def _target(settings: Settings, options: argparse.Namespace) -> tuple[str, str, Act]:
    """The events topic, the subject and the act."""
    alerts = clients.newest_messages(settings, topic_name(options.log, "alerts"), Alert, "act")
    actor = actor_of(options)
    names = ("reason", "lasts", "once", "permit", "finding", "severity", "value", "who", "when")
    more = {"actor": actor} | {name: getattr(options, name) for name in names}
    if options.alert:
        found = next((alert for alert in alerts if alert.id == options.alert), None)
        if found is None:
            raise Trouble(
                f"log {options.log!r} has no alert {options.alert!r}: see its topic {topic_name(options.log, 'alerts')}"
            )
        return found.place.topic, found.subject, Act(alert=found.id, occurrence=found.occurrence, **more)
    bound = load_book().bounds.get(options.alarm)
    if bound is None:
        raise Trouble(
            f"no rule judges {options.alarm!r}: see python -m agents rules list; of a rule with items write rule/item"
        )
    rule, _, item = options.alarm.partition("/")
    stands = (each for each in alerts if (each.subject, each.rule, each.item) == (options.subject, rule, item))
    occurrence = next((each.occurrence for each in stands if not each.ended), 0)
    topic = events_topic(options.log, bound.rule.domain)
    return topic, options.subject, Act(alarm=options.alarm, occurrence=occurrence, **more)
