"""A worker tells by which rule book and holidays its log is judged, and the page of rules shows that book."""

import gzip
import json
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from screen.feed.law import Law, told
from streams.kafka import clients
from streams.messages import decode, parse_time
from streams.rulebook import InForce, SignsInForce
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.books import the_book
from tests.support.browser.screens import running_screen
from tests.support.kafka.adopting import AdoptingTown, draft, python
from tests.support.workers import Worker, wait_for

NOTICE = """
[[notices]]
year = 2027
source = "a notice made up for this test"
off = [{ name = "国庆节", first = 2027-10-01, last = 2027-10-07 }]
work = [2027-09-26, 2027-10-09]
"""


def records(settings: Settings, log: str) -> dict[str, bytes]:
    """The newest record of every key of the topic."""
    return {record.key.decode(): record.value for record in clients.read_topic(settings, topic_name(log, "rulebook"))}


def law(settings: Settings, log: str) -> Law:
    """What holds, as the screen takes it."""
    found = Law()
    for record in clients.read_topic(settings, topic_name(log, "rulebook")):
        each = decode(record.value, InForce)  # type: ignore[arg-type]
        found = found if isinstance(each, SignsInForce) else told(found, each)
    return found


def page(address: str) -> dict[str, Any]:
    """What the page of rules is given; nothing before a book was told."""
    try:
        with urlopen(f"{address}/screen/rules", timeout=10) as answer:  # noqa: S310 - our own screen
            found: dict[str, Any] = json.loads(gzip.decompress(answer.read()))
            return found
    except HTTPError as error:
        if error.code == 503:
            return {}
        raise


def test_a_worker_tells_the_book_and_the_notices_by_which_it_judges(broker: Settings, log: str, tmp_path: Path) -> None:
    """Ready, it has told the book of its files; after an adoption the page shows the adopted one, also after a restart."""
    files = the_book().hash
    with running_screen(broker, log) as address, Worker(broker, log) as worker:
        assert page(address) == {}
        worker.ready()
        assert set(records(broker, log)) == {"book/files", "signs"}
        wait_for(lambda: page(address).get("hash") == files, "the page to show the book of the files")
        assert page(address)["adopted"] is None
        assert law(broker, log).rule_name("bad-air").zh == "区域空气污染过程"
        rules = str(draft(tmp_path / "draft"))
        done = python(broker, "agents", "rules", "adopt", "--rules", rules, "--log", log, "--by", "li", "--reason", "新标准")
        assert done.returncode == 0, done.stderr.decode()
        adopted = done.stderr.decode().split("rule book ")[1].split()[0]
        wait_for(lambda: page(address).get("hash") == adopted, "the page to show the adopted book")
        shown = page(address)
        clause = next(rule["rule"]["clause"] for rule in shown["rules"] if rule["id"] == "gas-hourly")
        assert shown["clauses"][clause]["edition"][-1]["limits"]["o3"] == 180
        assert parse_time(shown["adopted"])
        notice = tmp_path / "2027.toml"
        notice.write_text(NOTICE, "utf-8")
        assert python(broker, "agents", "notice", str(notice), "--log", log).returncode == 0
        wait_for(lambda: "notice/2027" in records(broker, log), "the notice to be told")
        assert not law(broker, log).calendar.is_working_day(parse_time("2027-10-06T09:00:00+08:00"))
        town = AdoptingTown(broker, log)
        town.hour(190)
        wait_for(town.judged, "all to be in a checkpoint")
        before = records(broker, log)
        assert worker.stop() == 0
        again = clients.read_topic(broker, topic_name(log, "rulebook"))
        with Worker(broker, log) as second:
            second.ready()
            after = records(broker, log)
            assert len(clients.read_topic(broker, topic_name(log, "rulebook"))) > len(again)
            assert after == before
            assert page(address)["hash"] == adopted


def test_a_worker_without_signs_tells_none(broker: Settings, log: str) -> None:
    """By `ONESCREEN_SIGNS=0` it judges by the book of its files, and says of no sign that it is in force."""
    with Worker(broker, log, ONESCREEN_SIGNS="0") as worker:
        worker.ready()
        assert set(records(broker, log)) == {"book/files"}
