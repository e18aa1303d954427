"""Exports are de-identified: keyed pseudonyms, small cells, coarse places, no free text; and of a level for whom it is."""

import csv
import hmac
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from agents.jobs import export, opened, order_tables
from agents.jobs.export import COLUMNS, SHEET, columns
from agents.jobs.order_tables import SHEETS
from agents.jobs.signs import sign_table
from agents.jobs.work import Work
from agents.offline.reading import RefusedError
from streams.catalogue.described import catalogue
from streams.catalogue.entry import Rank
from streams.command import Trouble
from streams.messages import Actor, Alert, Name, encode, format_time
from streams.messages.rights import RELEASE_RIGHTS
from streams.release import level
from streams.release.aliases import Aliases, fresh_purpose, place_key
from streams.release.level import level_of, refusal
from streams.release.sheet import Alias, K, Sheet, count_cells, released, treated
from streams.release.told import COVER, METADATA
from streams.settings import load
from tests.support.events import START
from tests.support.town import alert

PHONE = "13800138000"
KEY = b"k" * 32
ALERTS = [catalogue()["output.alerts"]]
PERIOD = {"from": format_time(START - 86_400_000), "to": format_time(START + 86_400_000)}


def alike(n: int, adcode: str, **changes: Any) -> Alert:
    """The n-th alert, in a district."""
    name = Name("王小明便利店", "Wang Xiaoming's shop")
    return alert("live", n, START, adcode=adcode, subject=PHONE, name=name, lon=113.62537, lat=34.74661, **changes)


def exported(folder: Path, found: list[Alert], monkeypatch: pytest.MonkeyPatch, role: str = "analyst", **more: Any) -> Path:
    """The folder of an export of these alerts."""
    folder.mkdir(parents=True)
    monkeypatch.setattr(export, "revisions", lambda *_: ((each, encode(each)) for each in found))
    monkeypatch.setattr(export, "newest_incidents", lambda *_: [])
    monkeypatch.setattr(order_tables, "of_orders", lambda *_: iter(()))
    monkeypatch.setattr(sign_table, "signs_of", lambda *_: [])
    settings = load({"ONESCREEN_DATA": str(folder.parent / "data")})
    who = Actor(id="chen", name="陈分析", role=role, department="zz-data")
    work = Work(settings, "live", folder, folder, lambda _: None, by=who, at=format_time(START))
    export.export(msgspec.Raw(encode(PERIOD | more)), work)
    return folder


def rows(folder: Path) -> list[dict[str, Any]]:
    """The alerts of an export."""
    found: list[dict[str, Any]] = pq.read_table(folder / "alerts.parquet").to_pylist()
    return found


def test_a_pseudonym_is_no_hash_and_of_one_export_alone() -> None:
    """The same thing is the same within an export; another purpose, kind or place has another; no plain hash of it."""
    one, other = Aliases(KEY, "a"), Aliases(KEY, "b")
    made = one.of("caller", PHONE)
    assert made == Aliases(KEY, "a").of("caller", PHONE)
    assert len({made, other.of("caller", PHONE), one.of("subject", PHONE), Aliases(b"o" * 32, "a").of("caller", PHONE)}) == 4
    plain = [sha256(PHONE.encode()).hexdigest(), hmac.digest(KEY, PHONE.encode(), sha256).hex()]
    assert not any(each.startswith(made.partition("-")[2]) for each in plain)
    assert PHONE not in made
    assert one.of("caller", "") == ""
    assert fresh_purpose() != fresh_purpose()


def test_the_key_of_the_place_is_its_owners_alone(tmp_path: Path) -> None:
    """Made once, 256 bits, mode 600; each place has its own; one that is no key is told, not used."""
    settings = load({"ONESCREEN_DATA": str(tmp_path)})
    key = place_key(settings)
    (file,) = (tmp_path / "release").iterdir()
    assert (len(key), place_key(settings), file.stat().st_mode & 0o777) == (32, key, stat.S_IRUSR | stat.S_IWUSR)
    assert place_key(load({"ONESCREEN_DATA": str(tmp_path), "ONESCREEN_PLACE": "4103"})) != key
    file.write_bytes(b"short")
    with pytest.raises(Trouble, match="5 bytes in place of 32"):
        place_key(settings)


def test_no_identifier_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither id, subject, name, exact place nor exact time of an alert stands in any file of the export."""
    found = [alike(n, "410102") for n in range(K)]
    folder = exported(tmp_path / "e", found, monkeypatch, purpose="研究 <b>")
    texts = [file.read_bytes().decode("utf-8", "replace") for file in folder.iterdir()]
    hidden = (PHONE, "王小明", "Xiaoming", "113.62537", found[0].id, found[0].raised_at)
    assert [each for each in hidden if any(each in text for text in texts)] == []
    (first, *_) = rows(folder)
    assert (first["lon"], first["lat"], first["adcode"], first["name_zh"]) == (113.63, 34.75, "410102", None)
    assert first["raised_at"] == f"{found[0].raised_at[:13]}:00:00+08:00"
    assert (first["rule"], first["value"], first["department"]) == (found[0].rule, found[0].value, found[0].department.id)


def test_two_exports_do_not_join(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same alerts, asked for twice for the same purpose: no pseudonym stands in both."""
    found = [alike(n, "410102") for n in range(K)]
    one, two = (rows(exported(tmp_path / name, found, monkeypatch, purpose="月报")) for name in ("a", "b"))
    for column in ("id", "subject"):
        assert not {each[column] for each in one} & {each[column] for each in two}
    assert len({each["subject"] for each in one}) == 1


def test_small_cells_lose_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer than K alike in district and rule: the district and the position go, the row stays and is counted."""
    found = [*(alike(n, "410102") for n in range(K)), *(alike(K + n, "410105") for n in range(K - 1))]
    folder = exported(tmp_path / "e", found, monkeypatch)
    made = rows(folder)
    assert len(made) == 2 * K - 1
    assert [each["adcode"] for each in made].count("410102") == K
    small = [each for each in made if each["adcode"] is None]
    assert len(small) == K - 1
    assert {(each["lon"], each["lat"], each["department"], each["department_zh"]) for each in small} == {(None,) * 4}
    told = msgspec.json.decode((folder / "summary.json").read_bytes())["release"]
    assert (told["small_cells"], told["k"], told["k_mark"]) == (K - 1, 5, "本系统默认")
    assert count_cells({"a": K, "b": K - 1, "c": 0}) == {"a": K, "b": None, "c": 0}


def test_every_column_has_a_treatment() -> None:
    """A column that somebody adds does not leave before it is said how; texts of people and links back stay out."""
    sheets = {"alerts": (COLUMNS, SHEET)}
    sheets |= {
        name: (getattr(order_tables, {"orders": "ORDERS"}.get(name, name[6:].upper())), sheet) for name, sheet in SHEETS.items()
    }
    assert all(given.keys() == sheet.columns.keys() for given, sheet in sheets.values())
    out = {f"{name}.{column}" for name, (_, sheet) in sheets.items() for column, how in sheet.columns.items() if how == "out"}
    assert out == {"alerts.name_zh", "alerts.name_en", "orders.title_zh", "orders.title_en", "order-entries.hash"}
    with pytest.raises(KeyError, match="telephone"):
        treated(SHEET, columns(alike(1, "410102")) | {"telephone": PHONE}, Aliases(KEY, ""))


def test_several_ids_in_one_cell() -> None:
    """The alerts of an order, with blanks between them, are each a pseudonym; what is not there stays so."""
    sheet = Sheet({"alerts": Alias("alert")}, ())
    ((row, small),) = released(sheet, [{"alerts": "a b"}], Aliases(KEY, ""))
    assert row["alerts"] == f"{Aliases(KEY, '').of('alert', 'a')} {Aliases(KEY, '').of('alert', 'b')}"
    assert small is False
    assert treated(sheet, {"alerts": None}, Aliases(KEY, "")) == {"alerts": None}


def test_the_level_is_that_of_all_together() -> None:
    """就高从严 (GB/T 43697-2024 6.3, annex I): one row is of step 3; many, or all districts, of 4; masses 重要."""
    ranks = [level_of(ALERTS, n, everywhere=False) for n in (1, level.MANY - 1, level.MANY, level.MASSES)]
    assert [(each.level, each.sublevel) for each in ranks] == [("general", 3), ("general", 3), ("general", 4), ("important", 4)]
    assert level_of(ALERTS, level.COVERING, everywhere=True).sublevel == 4
    assert level_of(ALERTS, level.COVERING - 1, everywhere=True).sublevel == 3
    with_status = [catalogue()["output.status"], *ALERTS]
    assert level_of(with_status, 1, everywhere=False).sublevel == 3
    assert {each.status for each in ranks} == {"proposed"}, "nobody declares his own data important (网络数据安全管理条例 29)"
    assert all("本系统默认" in each.basis.zh for each in ranks[2:])


def test_who_may_have_which_level() -> None:
    """An analyst has exports up to step 3; more, and what may be important, supervisors and admins; core data nobody."""
    assert refusal("analyst", Rank(sublevel=3)) is None
    why = refusal("analyst", Rank(sublevel=4))
    assert why is not None
    assert ("analyst 无权" in why.zh, "admin, supervisor may ask" in why.en) == (True, True)
    assert refusal("supervisor", Rank(level="important")) is None
    assert refusal("admin", Rank(level="core")) is not None
    assert refusal("", Rank(sublevel=1)) is not None
    assert "viewer" not in frozenset().union(*RELEASE_RIGHTS.values())


def test_too_high_a_level_is_refused_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows decide: what is harmless one by one is not together; a supervisor gets the same."""
    monkeypatch.setattr(level, "MANY", 3)
    found = [alike(n, "410102") for n in range(4)]
    with pytest.raises(RefusedError, match=r"step 4.*not for the role 'analyst'") as refused:
        exported(tmp_path / "a", found, monkeypatch)
    assert "一般数据 4 级" in refused.value.text.zh
    with pytest.raises(RefusedError, match="step 4"):
        exported(tmp_path / "c", found, monkeypatch, form="cap")
    assert len(rows(exported(tmp_path / "s", found, monkeypatch, "supervisor"))) == 4


def test_level_and_treatment_stand_in_files_and_on_the_cover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the metadata of each Parquet file, in the summary, and on the cover, which names no person and takes no markup."""
    folder = exported(tmp_path / "e", [alike(n, "410102") for n in range(K)], monkeypatch, purpose="研究 <script>|")
    for name in ("alerts", "orders", "order-entries"):
        told = msgspec.json.decode(pq.read_metadata(folder / f"{name}.parquet").metadata[METADATA])
        assert (told["level"], told["sublevel"], told["status"]) == ("general", 3, "proposed")
    page = (folder / COVER).read_text("utf-8")
    for words in (
        "一般数据 3",
        "拟识别",
        "去标识化，不是匿名化",
        "k = 5（本系统默认",
        "analyst",
        "zz-data",
        "| `name_zh` | 不导出 left out |",
    ):
        assert words in page
    assert not any(each in page for each in ("<script>", "陈分析", "chen", "密级", "机密"))
    assert len(list(csv.reader((folder / "alerts.csv").read_text("utf-8-sig").splitlines()))) == K + 1


def test_open_data_are_counts_without_small_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By month, district, domain and severity; fewer than K have no number; no id, subject, name, place or time of one."""
    found = [*(alike(n, "410102") for n in range(K)), *(alike(K + n, "410105") for n in range(K - 1))]
    monkeypatch.setattr(opened, "revisions", lambda *_: ((each, encode(each)) for each in (*found, *found)))
    known = catalogue()["output.alerts"]
    monkeypatch.setattr(opened, "catalogue", lambda: {"output.alerts": replace(known, entry=replace(known.entry, open=True))})
    opened.opened(msgspec.Raw(encode(PERIOD)), opening(tmp_path))
    made = pq.read_table(tmp_path / "alerts-open.parquet").to_pylist()
    month = found[0].raised_at[:7]
    assert [tuple(row.values()) for row in made] == [
        (month, "410102", "environment", "orange", K),
        (month, "410105", "environment", "orange", None),
    ]
    texts = [file.read_bytes().decode("utf-8", "replace") for file in tmp_path.iterdir() if file.is_file()]
    assert not any(hidden in text for hidden in (PHONE, "王小明", found[0].id, found[0].raised_at) for text in texts)
    assert "一般数据 1" in (tmp_path / COVER).read_text("utf-8")


def test_what_the_directory_does_not_open_is_not_opened(tmp_path: Path) -> None:
    """开放属性 is the department's to decide: the catalogue opens no alerts, so nothing is given."""
    with pytest.raises(RefusedError, match=r"does not say that output\.alerts is open"):
        opened.opened(msgspec.Raw(encode(PERIOD)), opening(tmp_path))
    assert list(tmp_path.iterdir()) == []


def opening(folder: Path) -> Work:
    """What a job of open data is given."""
    return Work(load({"ONESCREEN_DATA": str(folder / "data")}), "live", folder, folder, lambda _: None)
