"""What comes of a type: outputs that are made of it, and the measures of these (agents/measures)."""

from agents.measures.book.read import measure_book
from agents.measures.kpi import MEASURES
from agents.measures.reckoned.row import reckoned
from streams.catalogue.described import catalogue
from streams.directory.lineage import lineage_row, made_of, measured_of, measures


def test_a_fact_leads_to_alerts_and_these_to_measures() -> None:
    """Hourly air is read into alerts, trails and quality records; trails are measured, and the measures put out."""
    known = catalogue()
    into = {each.name for each in made_of(known["environment.air_hour"])}
    assert {"output.alerts", "output.audit", "output.quality", "output.status"} <= into
    assert "output.orders" not in into
    assert "output.performance" in {each.name for each in made_of(known["output.audit"])}
    assert {each.puts for each in measured_of(known["output.audit"])} == {"output.performance"}
    assert measured_of(known["environment.air_hour"]) == ()


def test_every_measure_stands_in_the_lineage() -> None:
    """All of ISA-18.2-2016 16.4 and EEMUA 191, verifications, what came back, and the book of measures of work."""
    named = [name for each in measures().values() for name in each.names]
    beside = {name for name, row in reckoned().items() if row.reckoner != "alarms"}
    assert sorted(named) == sorted((*MEASURES, *measure_book().measures, *beside, "verified", "put_right"))


def test_a_row_names_fields_and_what_is_put_out() -> None:
    """Of trails the page says which fields a measure reads and in what it is told."""
    row = lineage_row(catalogue()["output.audit"])
    answer = next(each for each in row["measures"] if "acknowledge-median" in each["names"])
    assert "event" in answer["fields"]
    assert answer["puts_title"].zh == "告警系统绩效"
    assert {each["type"] for each in row["into"]} >= {"output.performance", "output.seals"}
