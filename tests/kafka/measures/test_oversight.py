"""The oversight service over a real log: an order that is issued is in its figures, and a kill changes none of them."""

from collections.abc import Iterable

import pytest

from agents.measures.book.read import measure_book
from agents.measures.index.spec import digest_of_text, index_text, written
from streams.appraisal.log import write_appraisal
from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.messages import Heartbeat, Order, OrderAudit, OrderLine, format_time
from streams.outputs import Output
from streams.oversight.client import OversightAwayError, OversightClient, OversightRefusedError, socket_of
from streams.oversight.wire import AskIndex, AskLead, AskObjections, AskOverview, IndexTold, LeadPage, ObjectionList, Overview
from streams.settings import Settings
from tests.support.directory.appraisal import OFFICE, answer, index_step, objection
from tests.support.orders.indexed import index_row, indicator
from tests.support.orders.kept import AFTER, NOISE, TO
from tests.support.orders.partition import ECOLOGY, HOTLINE, OrderPartition, actor, hotline_matter
from tests.support.workers import Worker, wait_for, write_outputs

MARCH = AskOverview(since="2026-03", until="2026-03")


def write(settings: Settings, log: str, told: Iterable[Output], now: int) -> None:
    """Write what a worker would, and its time."""
    at = format_time(now)
    pulse = Heartbeat(domain="orders", partition=0, worker="w", now=at, sent=at, offset=0, lag=0, rate=0.0, rss=0, subjects=0)
    write_outputs(settings, log, [*(each for each in told if isinstance(each, Order | OrderLine | OrderAudit)), pulse])


def signed(client: OversightClient) -> tuple[int, int]:
    """How many were signed in time, of how many that were due; (-1, -1) while nothing is told."""
    try:
        lines = client.ask(MARCH, Overview).lines
    except (OversightAwayError, OversightRefusedError):
        return -1, -1
    return next((each.figure.count, each.figure.of) for each in lines if each.measure == "request-signed")


def test_what_is_ordered_is_in_the_figures_and_a_kill_changes_none(broker: Settings, log: str) -> None:
    """Sent, it is on the leader's page; unsigned beyond its time it is late; after SIGKILL too; the service stops at once."""
    by, client = OrderPartition(), OversightClient(socket_of(broker, log))
    told = by.filed(hotline_matter(adcode="410105"), NOISE)
    told += by.act("accept", actor("receptionist", HOTLINE), order=NOISE)
    write(broker, log, told, by.time)
    with Worker(broker, log, command="oversight") as first:
        first.ready()
        page = client.ask(AskLead(), LeadPage)
        assert (page.counts["new"], page.counts["unsigned"], page.state.day) == (1, 0, "2026-03-06")
        write(broker, log, by.act("dispatch", actor("dispatcher", HOTLINE), order=NOISE, receivers=TO), by.time)
        wait_for(lambda: client.ask(AskLead(), LeadPage).counts["unsigned"] == 1, "the order to be on the leader's page")
        assert signed(client) == (0, 0)
        told = by.tick(AFTER)
        write(broker, log, told, by.time)
        wait_for(lambda: signed(client) == (0, 1), "the order to be late")
        before = client.ask(MARCH, Overview).lines
        first.kill()
    with Worker(broker, log, command="oversight") as second:
        second.ready()
        wait_for(lambda: signed(client) == (0, 1), "the order to be late again")
        assert client.ask(MARCH, Overview).lines == before
        assert second.stop() == 0
    with Worker(broker, log, command="oversight") as third:
        third.ready()
        assert client.ask(MARCH, Overview).lines == before
        assert "begins with 1 orders" in third.said()
        assert third.stop() == 0
    assert not socket_of(broker, log).exists()


def objections(client: OversightClient) -> list[tuple[str, int]]:
    """How each objection stands, and how many were due in the figure that it is about."""
    told = client.ask(AskObjections(), ObjectionList).objections
    return [(each.state, each.figure.of if each.figure else -1) for each in told]


def test_what_is_said_of_a_figure_changes_it_and_a_start_reads_it_anew(broker: Settings, log: str) -> None:
    """An objection stands beside the figure, a granted one changes it; an adopted index is scored; after SIGKILL too."""
    by, client = OrderPartition(), OversightClient(socket_of(broker, log))
    told = by.filed(hotline_matter(adcode="410105"), NOISE)
    told += by.act("accept", actor("receptionist", HOTLINE), order=NOISE)
    told += by.act("dispatch", actor("dispatcher", HOTLINE), order=NOISE, receivers=TO)
    write(broker, log, told + by.tick(AFTER), by.time)
    said = objection(unit=ECOLOGY, cases=(f"{NOISE}/1",))
    text = index_text("handling", {"handling": index_row({"a": indicator("request-signed", 100)})}, measure_book())
    digest = digest_of_text(written(text))
    steps = {"version": digest[:16], "digest": digest, "since": "2026-01"}
    with Worker(broker, log, command="oversight") as first:
        first.ready()
        assert signed(client) == (0, 1)
        write_appraisal(broker, log, OFFICE, said)
        wait_for(lambda: objections(client) == [("open", 1)], "the objection to stand beside the figure")
        write_appraisal(broker, log, OFFICE, index_step("drafted", "qian", "2026-03-01", **steps), (digest[:16], written(text)))
        write_appraisal(broker, log, OFFICE, index_step("adopted", "sun", "2026-03-02", **steps))
        wait_for(lambda: score(client) == 10.0, "the adopted index to be scored: 60 + 40 × (0 − 50) / (90 − 50)")
        write_appraisal(broker, log, OFFICE, answer("put-right"))
        wait_for(lambda: signed(client) == (1, 1), "the granted objection to change the figure")
        assert score(client) == 100.0
        first.kill()
    with Worker(broker, log, command="oversight") as second:
        second.ready()
        wait_for(lambda: (signed(client), objections(client), score(client)) == ((1, 1), [("put-right", 1)], 100.0), "the same")
        assert second.stop() == 0


def score(client: OversightClient) -> float | None:
    """The one score of March; None while there is none."""
    try:
        (one,) = client.ask(AskIndex(index="handling", period="2026-03"), IndexTold).scores
    except OversightRefusedError:
        return None
    return one.score


@pytest.mark.chaos
def test_a_broker_that_is_away_is_told_and_waited_for(own: Settings) -> None:
    """Figures stay as they were while Kafka is away, somebody is told; when it is back the service goes on by itself."""
    embedded.start(own)
    create_topics(own, "t")
    by, client = OrderPartition(), OversightClient(socket_of(own, "t"))
    write(own, "t", by.filed(hotline_matter(adcode="410105"), NOISE), by.time)
    with Worker(own, "t", command="oversight") as service:
        service.ready()
        embedded.stop(own)
        wait_for(lambda: "figures stay as they are" in service.said(), "the service to tell that Kafka is away")
        assert client.ask(AskLead(), LeadPage).counts["open"] == 1
        embedded.start(own)
        told = by.act("accept", actor("receptionist", HOTLINE), order=NOISE)
        write(own, "t", told + by.act("dispatch", actor("dispatcher", HOTLINE), order=NOISE, receivers=TO), by.time)
        wait_for(lambda: client.ask(AskLead(), LeadPage).counts["unsigned"] == 1, "the order that was sent meanwhile")
        assert service.stop() == 0
