"""The spool: what it took is there after a kill at any byte, in its order, and it never grows beyond its bound."""

import os
from pathlib import Path
from typing import Any

import pytest

from streams.command import Trouble
from streams.gateways.spool import Spool, SpoolFull

HEAD = 20
"""Bytes before a payload: magic 4, length 4, number 8, CRC 4, as the module's page says."""


def held(spool: Spool, after: int = 0) -> list[bytes]:
    """All payloads that are there."""
    return [record.payload for record in spool.read(after, 1_000)]


def test_records_come_back_in_their_order_and_with_their_numbers(tmp_path: Path) -> None:
    """Three records are 1, 2 and 3; what was passed on is not read again after a restart."""
    with Spool(tmp_path / "s") as spool:
        assert [spool.append([b"a"]), spool.append([b"b", b"c"])] == [1, 3]
        assert [tuple(record) for record in spool.read(0, 2)] == [(1, b"a"), (2, b"b")]
        assert held(spool, 2) == [b"c"]
        spool.pass_on(2, 7)
    with Spool(tmp_path / "s") as spool:
        assert (spool.passed.number, spool.passed.at, spool.waiting, spool.damaged) == (2, 7, 1, 0)
        assert held(spool, spool.passed.number) == [b"c"]
        assert spool.append([b"d"]) == 4


def test_whoever_reads_while_a_segment_begins_finds_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The drain reads while the gateway writes: a segment is not named before its file is there."""
    found: list[list[bytes]] = []
    begin = os.open

    def opened(*args: Any, **kwargs: Any) -> int:
        if str(args[0]).endswith(".seg"):
            found.append(held(spool))
        return begin(*args, **kwargs)

    with Spool(tmp_path / "s", segment=100) as spool:
        monkeypatch.setattr(os, "open", opened)
        for number in range(3):
            spool.append([bytes([number]) * 90])
        assert [len(each) for each in found] == [0, 1, 2]


def test_a_kill_at_any_byte_loses_no_record_that_was_whole(tmp_path: Path) -> None:
    """Cut at each offset, the file gives the records that end before the cut, and takes the next one."""
    payloads = [b"first", b"SPL1 inside", b"", b"last one"]
    with Spool(tmp_path / "whole") as spool:
        spool.append(payloads)
    data = next((tmp_path / "whole").glob("*.seg")).read_bytes()
    ends = [sum(HEAD + len(each) for each in payloads[: n + 1]) for n in range(len(payloads))]
    assert ends[-1] == len(data)
    for cut in range(len(data) + 1):
        folder = tmp_path / "cut"
        folder.mkdir(exist_ok=True)
        for path in folder.iterdir():
            path.unlink()
        (folder / "00000000000000000001.seg").write_bytes(data[:cut])
        whole = [payload for payload, end in zip(payloads, ends, strict=True) if end <= cut]
        with Spool(folder) as spool:
            assert held(spool) == whole
            assert spool.append([b"new"]) == len(whole) + 1
            assert held(spool) == [*whole, b"new"]
        with Spool(folder) as spool:
            assert (held(spool), spool.damaged) == ([*whole, b"new"], 0)


def test_a_damaged_record_costs_no_other(tmp_path: Path) -> None:
    """A byte that turned in the first record leaves the second; how many bytes are lost is told."""
    with Spool(tmp_path) as spool:
        spool.append([b"first", b"second"])
    path = next(tmp_path.glob("*.seg"))
    data = bytearray(path.read_bytes())
    data[HEAD] ^= 1
    path.write_bytes(data)
    with Spool(tmp_path) as spool:
        assert (held(spool), spool.damaged) == ([b"second"], HEAD + len(b"first"))
        assert spool.append([b"third"]) == 3


def test_it_is_bounded_and_has_room_again_when_kafka_has_taken_some(tmp_path: Path) -> None:
    """Of 1,000 bytes, records of 100 are refused before the bound; passed on, their segments go."""
    with Spool(tmp_path, most=1_000, segment=300) as spool:
        taken = max(spool.append([bytes(80)]) for _ in range(10))
        with pytest.raises(SpoolFull):
            spool.append([bytes(80)])
        assert (taken, spool.size) == (10, 1_000)
        spool.pass_on(taken, 0)
        assert spool.size <= 500  # the newest, and the one before it
        assert spool.append([bytes(80)]) == 11
        assert held(spool, 10) == [bytes(80)]


def test_reading_goes_over_segments(tmp_path: Path) -> None:
    """Many records over many segments come in order, whatever is read at once."""
    wanted = [b"%d" % n * 9 for n in range(200)]
    with Spool(tmp_path, segment=200) as spool:
        for payload in wanted:
            spool.append([payload])
        found, after = [], 0
        while some := spool.read(after, 7):
            found += [record.payload for record in some]
            after = some[-1].number
            spool.pass_on(after, 0)
        assert found == wanted
        assert len(list(tmp_path.glob("*.seg"))) == 2


def test_a_disk_that_fails_promises_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where fsync fails the record is not durable; what comes afterwards is."""
    real = os.fsync

    def fails(_file: int) -> None:
        raise OSError(5, "Input/output error")

    with Spool(tmp_path) as spool:
        spool.append([b"before"])
        monkeypatch.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match="Input/output"):
            spool.append([b"lost"])
        assert spool.durable == 1
        monkeypatch.setattr(os, "fsync", real)
        number = spool.append([b"after"])
        assert (held(spool)[0], held(spool)[-1], number) == (b"before", b"after", 3)
    with Spool(tmp_path) as spool:
        assert (spool.durable, held(spool)[-1]) == (number, b"after")


def test_one_process_has_it(tmp_path: Path) -> None:
    """A second gateway with the same folder is refused in a sentence."""
    with Spool(tmp_path), pytest.raises(Trouble, match="is in use"):
        Spool(tmp_path)


def test_its_name_stays(tmp_path: Path) -> None:
    """The id by which Kafka's records are known again is that of the first start."""
    with Spool(tmp_path) as spool:
        name = spool.id
    with Spool(tmp_path) as spool:
        assert spool.id == name


def test_a_disk_that_gets_full_in_the_middle_of_a_write_keeps_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three records, of which the disk takes one and a half: none of them is ever read, whatever is written afterwards."""
    real = os.write

    def fails(file: int, data: bytes) -> int:
        if len(data) < 40:
            raise OSError(28, "No space left on device")
        return real(file, data[: len(data) // 2])

    with Spool(tmp_path) as spool:
        spool.append([b"before"])
        size = spool.size
        monkeypatch.setattr(os, "write", fails)
        with pytest.raises(OSError, match="No space"):
            spool.append([b"one", b"two", b"three"])
        monkeypatch.setattr(os, "write", real)
        assert (spool.size, next(tmp_path.glob("*.seg")).stat().st_size) == (size, size)
        spool.append([b"after"])
        assert held(spool) == [b"before", b"after"]
    with Spool(tmp_path) as spool:
        assert (held(spool), spool.damaged) == ([b"before", b"after"], 0)


def test_what_cannot_be_taken_back_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails altogether, and takes no cut either: the records of the failed write are passed over."""

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with Spool(tmp_path) as spool:
        spool.append([b"before"])
        with monkeypatch.context() as failing:
            failing.setattr(os, "fsync", fails)
            failing.setattr(os, "ftruncate", fails)
            with pytest.raises(OSError, match="Input/output"):
                spool.append([b"lost"])
        spool.append([b"after"])
        assert held(spool) == [b"before", b"after"]


def test_a_segment_that_cannot_be_begun_is_not_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room for a new file: what is there can be read and passed on, and the next record comes once there is room."""
    real = os.open

    def fails(path: Path, flags: int, mode: int = 0o777) -> int:
        if str(path).endswith(".seg"):
            raise OSError(28, "No space left on device")
        return real(path, flags, mode)

    with Spool(tmp_path, segment=40) as spool:
        spool.append([b"before"])
        with monkeypatch.context() as failing:
            failing.setattr(os, "open", fails)
            with pytest.raises(OSError, match="No space"):
                spool.append([bytes(30)])
        assert held(spool) == [b"before"]
        spool.pass_on(1, 7)
        spool.append([b"after"])
        assert held(spool, 1) == [b"after"]


def test_a_full_disk_is_emptied_by_what_kafka_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no room for the note of how far Kafka has it, segments go all the same, and no number begins anew."""

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with Spool(tmp_path, most=1_000, segment=100) as spool:
        for _ in range(6):
            spool.append([bytes(80)])
        with monkeypatch.context() as failing:
            failing.setattr(os, "fsync", fails)
            with pytest.raises(OSError, match="No space"):
                spool.pass_on(6, 7)
        assert len(list(tmp_path.glob("*.seg"))) == 2
        assert (held(spool, spool.passed.number), spool.append([b"next"])) == ([], 7)
    for path in tmp_path.glob("*.seg"):
        path.write_bytes(b"")  # as a kill between the making of a segment and its first record leaves it
    with Spool(tmp_path) as spool:
        assert spool.append([b"new"]) >= 7
