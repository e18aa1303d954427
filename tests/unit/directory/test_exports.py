"""What is made of the directory holds by the standards' own schemas, and each check fails on a broken document."""

import copy
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft7Validator, Draft201909Validator, ValidationError, meta
from python_calamine import CalamineWorkbook

from streams.catalogue.described import catalogue, groups
from streams.directory.command import main
from streams.directory.exports import FORMATS, table
from streams.directory.exports.asyncapi import document
from streams.directory.exports.odcs import contracts
from streams.directory.exports.table import COLUMNS, ITEMS, code_of, markdown, workbook
from streams.directory.json_schema import message_schema, payload_schema
from streams.directory.lint import SECRECY
from streams.messages import Text
from streams.organs.unit import Unit, Units
from streams.outputs import BY_TOPIC

ROOT = Path(__file__).resolve().parents[3]
SPECS = ROOT / "tools" / "js" / "node_modules" / "@asyncapi" / "specs" / "schemas"


@pytest.fixture(scope="module")
def asyncapi() -> Any:
    """AsyncAPI's own check of a document of 3.1.0, from npm's @asyncapi/specs."""
    file = SPECS / "3.1.0-without-$id.json"
    if not file.exists():
        pytest.skip(f"{file} is not there: run `make lint-js`, which installs what tools/js/package.json names")
    return Draft7Validator(json.loads(file.read_text("utf-8")))


@pytest.fixture(scope="module")
def odcs() -> Draft201909Validator:
    """ODCS's own schema, draft 2019-09, from the package open-data-contract-standard."""
    spec = find_spec("open_data_contract_standard")
    assert spec is not None
    assert spec.origin is not None
    schema = json.loads(Path(spec.origin).with_name("schema.json").read_text("utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2019-09/schema"
    return Draft201909Validator(schema)


def test_asyncapi_is_of_3_1_0_with_the_subject_as_key(asyncapi: Any) -> None:
    """The standard's schema takes it; a record's key is described by `bindings.kafka.key`; every type is a message."""
    made = document()
    assert made["asyncapi"] == "3.1.0"
    assert asyncapi.is_valid(made)
    messages = made["components"]["messages"]
    assert len(messages) == len(catalogue())
    assert all(each["bindings"]["kafka"]["key"]["type"] == "string" for each in messages.values())
    there = made["channels"]["events.environment".removeprefix("events.")]["messages"]
    assert {"environment.air_hour", "any.registered", "command.any", "clock.tick", "order.link"} <= there.keys()
    assert "service.rating" not in there


def test_what_is_put_out_has_channels_too(asyncapi: Any) -> None:
    """Each topic of outputs is a channel with its own messages, whose payload is the record itself and no CloudEvent."""
    made = document()
    assert asyncapi.is_valid(made)
    orders = made["channels"]["output.orders"]
    assert (orders["address"], set(orders["messages"])) == ("{log}.orders", {"output.orders", "output.orders.line"})
    assert {name.removeprefix("output.") for name in made["channels"] if name.startswith("output.")} == set(BY_TOPIC)
    alert = made["components"]["messages"]["output.alerts"]
    assert (alert["contentType"], alert["payload"]["schema"]) == (
        "application/json",
        payload_schema(catalogue()["output.alerts"]),
    )


@pytest.mark.parametrize("broken", ["another version", "an action that is none", "a message without its payload's form"])
def test_a_broken_asyncapi_is_refused(broken: str, asyncapi: Any) -> None:
    """A document of 3.0.0, an unknown action, a key that is no schema: the same check says no."""
    made = copy.deepcopy(document())
    match broken:
        case "another version":
            made["asyncapi"] = "3.0.0"
        case "an action that is none":
            next(iter(made["operations"].values()))["action"] = "publish"
        case _:
            next(iter(made["components"]["messages"].values()))["payload"] = {"schemaFormat": 1, "schema": {}}
    assert not asyncapi.is_valid(made)


def test_every_payload_holds_by_the_metaschema_itself(asyncapi: Any) -> None:
    """AsyncAPI's schema looks away from payloads under a 2020-12 format: a wrong type passes there, and fails here."""
    for each in catalogue().values():
        meta.validate(payload_schema(each))
        meta.validate(message_schema(each))
    made = copy.deepcopy(document())
    schema = made["components"]["messages"]["environment.air_hour"]["payload"]["schema"]
    schema["type"] = "objekt"
    assert asyncapi.is_valid(made)
    with pytest.raises(ValidationError):
        meta.validate(schema)


def test_odcs_is_of_3_2_0(odcs: Draft201909Validator) -> None:
    """A contract for each group; the owner is a team, a level stands on properties alone, English names are synonyms."""
    made = contracts()
    assert list(made) == list(groups())
    for contract in made.values():
        plain = json.loads(json.dumps(contract))
        odcs.validate(plain)
        assert plain["apiVersion"] == "v3.2.0"
        assert "owner" not in plain
        assert plain["team"]["name"]
        assert not any("classification" in each for each in plain["schema"])
        assert all(field["classification"] and field["logicalType"] for each in plain["schema"] for field in each["properties"])
        assert {each["property"] for each in plain["slaProperties"]} >= {"frequency"}


def test_a_broken_odcs_is_refused(odcs: Draft201909Validator) -> None:
    """A level on an object; own properties without a logical type (`map is a required property`); a list for a team's name."""
    made = json.loads(json.dumps(contracts()["environment"]))
    breaks = []
    for change in (
        lambda one: one["schema"][0].update(classification="general"),
        lambda one: one["schema"][0]["properties"][0].pop("logicalType"),
        lambda one: one["team"].update(name=["a"]),
        lambda one: one.pop("id"),
    ):
        broken = copy.deepcopy(made)
        change(broken)
        breaks.append(odcs.is_valid(broken))
    assert breaks == [False] * 4


def test_a_provider_has_its_credit_code_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """信息资源提供方代码 is the 统一社会信用代码 of the place's unit; until it is written down, the id that is used here."""
    assert code_of("zz-ee") == "zz-ee"
    known = Units(
        [Unit(id="zz-ee", name=Text("局", "Bureau"), kind="bureau", level="city", uscc="91110000600037341L", basis="")]
    )
    monkeypatch.setattr(table, "units", lambda: known)
    assert {row[4] for row in table.rows() if row[2] == "environment.air_hour"} == {"91110000600037341L"}


def test_the_table_has_the_guides_columns(tmp_path: Path) -> None:
    """《政务信息资源目录编制指南（试行）》: fifteen columns in their order, a row a type; a sheet of items, a row a field."""
    file = tmp_path / "directory.xlsx"
    file.write_bytes(workbook("2026-07-01"))
    book = CalamineWorkbook.from_path(str(file))
    table, items = (book.get_sheet_by_name(name).to_python() for name in ("政务信息资源目录", "信息项"))
    assert tuple(table[0]) == COLUMNS
    assert len(COLUMNS) == 15
    assert tuple(items[0]) == ITEMS
    assert len(table) == len(catalogue()) + 1
    assert len(items) == sum(len(each.fields) for each in catalogue().values()) + 1
    air = next(row for row in table if row[2] == "environment.air_hour")
    assert (air[1], air[3], air[8], air[12], air[13]) == (
        "空气质量小时值",
        "郑州市生态环境局",
        "无条件共享",
        "每小时",
        "2026-07-01",
    )
    assert all(row[9] for row in table)


def test_the_page_names_every_type_and_no_word_of_state_secrecy() -> None:
    """Each type and each field stands in the markdown; 密级 and 机密 stand in no form at all."""
    page = markdown()
    assert all(f"`{name}`" in page for name in catalogue())
    assert page.count("\n| `") == sum(len(each.fields) for each in catalogue().values())
    for name in ("asyncapi", "jsonschema", "odcs", "markdown"):
        assert not any(SECRECY.search(content.decode()) for content in FORMATS[name]().values())


def test_the_command_writes_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`export --format` writes each form into a folder and prints the names of its files."""
    for name in FORMATS:
        assert main(["export", "--format", name, "--out", str(tmp_path / name)]) == 0
        told = capsys.readouterr().out.split()
        assert sorted(told) == sorted(str(file) for file in (tmp_path / name).iterdir())
    assert len(list((tmp_path / "jsonschema").iterdir())) == 2 * len(catalogue())
