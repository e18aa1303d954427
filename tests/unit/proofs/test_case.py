"""An evidence case verified by the program in it: what of it may be changed, remade or left out is found (C21)."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from agents.evidence.case import Files, listed, packed, take_revisions, traced
from agents.evidence.verify import verified
from streams.command import Trouble
from streams.messages import Alert, decode
from streams.signing.envelope import envelope_bytes
from tests.support.events import START, tick
from tests.support.proofs.case import ALERT, files_of, found_in, lived
from tests.support.proofs.sealed import KAFKA


@cache
def case() -> tuple[Files, str, bytes]:
    """The files of a case, the id of its log, and its newest note."""
    made = lived()
    return files_of(made), made.roots.logid, made.anchors.notes[2].whole().encode()


def intact(files: Files) -> list[str]:
    """What is not intact in some files."""
    return verified(packed(files), case()[1]).intact


def test_a_case_that_nobody_touched_holds() -> None:
    """Intact, of known origin by id and note, complete until the day's anchor; both acts and both readings are in it."""
    files, logid, note = case()
    found = verified(packed(files), logid, note)
    assert (found.intact, found.origin) == ([], [])
    assert found.complete.startswith("2026-06-02T00:00:30+08:00 (anchor 2): entry 3 was the newest then")
    assert len([name for name in files if name.startswith("records/")]) == 4
    assert {name.partition("/")[0] for name in files if "/" in name} == {
        "keys", "trail", "revisions", "records", "rules", "seals", "anchors", "notes", "instrument"
    }  # fmt: skip
    assert json.loads(files["case.json"])["absent"] == {"records": [], "revisions": [], "rules": []}


def test_the_same_log_gives_the_same_bytes() -> None:
    """Made twice, a case is one: names sorted, one time, nothing compressed."""
    assert packed(files_of(lived())) == packed(dict(reversed(case()[0].items())))


def test_the_program_stands_alone(tmp_path: Path) -> None:
    """Verify.py from the case, run by a Python that sees no project: exit 0, and 1 with another id."""
    files, logid, note = case()
    for name, data in (("verify.py", files["verify.py"]), ("case.zip", packed(files)), ("note", note)):
        (tmp_path / name).write_bytes(data)
    for given, code in ((logid, 0), ("0" * 64, 1)):
        arguments = [sys.executable, "-I", "verify.py", "case.zip", "--log-id", given, "--note", "note"]
        done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == code, done.stderr
        assert "intact        完整: yes" in done.stdout.decode()


@pytest.mark.parametrize("name", sorted(case()[0]))
def test_each_changed_byte_is_found(name: str) -> None:
    """C21: the first, a middle and the last byte of every file, one bit changed: not intact."""
    data = case()[0][name]
    for at in {0, len(data) // 2, len(data) - 1}:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert intact({**case()[0], name: changed}), (name, at)


@pytest.mark.parametrize("name", sorted(name for name in case()[0] if "/" in name and not name.startswith("instrument/")))
def test_a_changed_file_under_new_digests_is_found(name: str) -> None:
    """Whoever changes a byte and lists the digests anew breaks a signature, a chain or a name: what is signed needs no list."""
    data = case()[0][name]
    for at in {0, len(data) // 2, len(data) - 2}:
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert intact(listed({**case()[0], name: changed})), (name, at)


@pytest.mark.parametrize("name", sorted(case()[0]))
def test_a_missing_file_is_found(name: str) -> None:
    """Each file that is taken out is missed; under new digests too, but for README.md and verify.py, which prove nothing.

    With a seal less, fewer entries are said to be sealed.
    """
    less = {each: data for each, data in case()[0].items() if each != name}
    assert intact(less)
    unproven = name in {"README.md", "verify.py", "digests.txt"} or name.startswith("seals/")
    assert unproven or intact(listed(less))


def test_a_file_too_many_is_found() -> None:
    """What belongs to nothing is no part of a case, whether it is listed or not."""
    more = {**case()[0], "trail/x/000004.json": b"{}"}
    assert intact(more)
    assert intact(listed(more))
    assert intact(listed({**case()[0], "records/live.events.environment/0/1.json": b"{}"}))


def test_a_case_remade_as_a_whole_is_of_unknown_origin() -> None:
    """C21: another root, all keys, seals, anchors and notes made anew: intact, and not of the log whose id was published."""
    _, logid, note = case()
    other = lived(nonce="11" * 16)
    data = packed(files_of(other))
    found = verified(data, logid, note)
    assert other.roots.logid != logid
    assert (found.intact, bool(found.origin)) == ([], True)
    found = verified(data, other.roots.logid, note)
    assert "signature is not of this log" in found.origin[0], "and with its own id the kept note refutes it"


def test_the_same_keys_with_another_history_are_refuted_by_the_kept_note() -> None:
    """Whoever holds all keys and tells another history under the same id has another tree than the note that was kept."""
    made, other = lived(), lived(days=0)
    other.judge(tick(START + 1))
    other.anchor("2026-06-02T00:00:31+08:00", day="2026-06-01")
    data = packed(files_of(other))
    assert verified(data, made.roots.logid).origin == []
    assert verified(data, made.roots.logid, made.anchors.notes[2].whole().encode()).origin


def test_an_alert_without_its_newest_entries_is_found() -> None:
    """C21: entries, their revisions, records and seals left out and all listed anew: the daily tree has the newest head."""
    files = dict(case()[0])
    last = json.loads(files["trail/000003.json"])
    about = json.loads(files["case.json"])
    gone = {"trail/000003.json", f"revisions/{last['revision'][7:]}.json", "seals/000002.json", "anchors/00000002.txt"}
    gone |= {f"records/live.events.environment/0/{last['place']['offset']}.json"}
    newest = max(files, key=lambda name: name.startswith("revisions/") and json.loads(files[name])["rev"])
    gone |= {newest, *(f"records/{p['topic']}/{p['partition']}/{p['offset']}.json" for p in _later(files[newest], last))}
    shorter = {name: data for name, data in files.items() if name not in gone}
    about["moved"].pop("2")
    about["anchors"].pop("2")
    daily = about["all"].pop("2")
    shorter["case.json"] = json.dumps(about).encode()
    found = verified(packed(listed(shorter)), case()[1])
    assert (found.intact, found.complete) == ([], ""), "without a daily root nothing says that there is no more"
    about["all"]["2"], about["anchors"]["2"] = daily, json.loads(files["case.json"])["anchors"]["2"]
    shorter |= {"case.json": json.dumps(about).encode(), "anchors/00000002.txt": files["anchors/00000002.txt"]}
    assert any("the newest are missing" in each for each in intact(listed(shorter)))
    about["all"]["2"] = [2, *daily[1:]]
    shorter["case.json"] = json.dumps(about).encode()
    assert any("over another entry 2" in each for each in intact(listed(shorter)))


def _later(revision: bytes, last: dict[str, dict[str, int]]) -> list[dict[str, int]]:
    evidence: list[dict[str, int]] = [each["place"] for each in json.loads(revision)["evidence"]]
    return [place for place in evidence if place["offset"] > last["place"]["offset"]]


def test_another_logs_note_is_not_of_known_origin() -> None:
    """C21: a genuine note of another log, and one whose signature is of another key."""
    files, logid, note = case()
    other = lived("drill").anchors.notes[2].whole().encode()
    assert "is of onescreen/drill/" in verified(packed(files), logid, other).origin[0]
    assert verified(packed(files), logid, note.replace(b"\n2\n", b"\n3\n")).origin
    assert verified(packed(files), logid, b"no note").origin


def test_an_earlier_and_a_later_note() -> None:
    """A note of each day since is continued; an older one if the case was made with it; of a later one there is no proof."""
    made = lived(days=3)
    notes = {n: note.whole().encode() for n, note in made.anchors.notes.items()}
    logid = made.roots.logid
    plain, asked = packed(files_of(made)), packed(files_of(made, kept=[1]))
    assert [bool(verified(plain, logid, notes[n]).origin) for n in (1, 2, 3, 4)] == [True, False, False, False]
    assert verified(asked, logid, notes[1]).origin == []
    assert verified(packed(case()[0]), case()[1], notes[4]).origin


def test_a_revision_that_was_compacted_is_named_or_made_again() -> None:
    """Where the topic holds the newest alone, the case says which are absent; judged again they are known by their digest."""
    made = lived()
    every = list(made.topics["alerts"])
    made.topics["alerts"] = every[-1:]
    files = files_of(made)
    absent = json.loads(files["case.json"])["absent"]["revisions"]
    found = verified(packed(files), case()[1])
    assert (len(absent), found.intact) == (3, [])
    assert any("3 revisions are named and not in the case" in each for each in found.said)
    again = found_in(made)
    take_revisions(again, [b'{"id":"forged"}', *every])
    assert len(again.revisions) == 4
    assert [alert.id for alert in (decode(value, Alert) for value in again.revisions.values())] == [ALERT] * 4


def test_a_key_that_has_ended_since_is_said() -> None:
    """What Kafka got before its end is in the case, and verify.py says on what the time of these signatures hangs."""
    made = lived()
    ended = envelope_bytes(made.roots.ended(made.worker, "stolen"))
    made.topics["keys"].append(ended)
    made.times[ended] = KAFKA + 1
    found = verified(packed(files_of(made)), case()[1], case()[2])
    assert (found.intact, found.origin) == ([], [])
    assert any("the key of worker has ended (stolen)" in each for each in found.said)


def test_a_log_of_another_id_or_without_the_alert_gives_no_case() -> None:
    """Each is said with what to do."""
    made = lived()
    with pytest.raises(Trouble, match="compare the id"):
        traced(ALERT, "0" * 64, made.read)
    with pytest.raises(Trouble, match="no trail of an alert"):
        traced("ff" * 16, made.roots.logid, made.read)


@pytest.mark.parametrize("name", ["README.md", "verify.py"])
def test_what_is_under_no_signature_is_said(name: str) -> None:
    """Both may be remade with the list of digests, so verify.py tells whoever verifies not to rest on them."""
    files, logid, _ = case()
    found = verified(packed(listed({**files, name: b"other"})), logid)
    assert found.intact == []
    assert any("README.md, verify.py and case.json" in each for each in found.said)
