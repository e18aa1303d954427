"""A version of the data directory goes through a real log: 拟定 → 部门审核 → 主管部门审核 → 发布, by four people's commands."""

import json
from typing import Any

import pytest

from streams.command import Trouble
from streams.directory.command import main
from streams.directory.log import text_of
from streams.directory.version import fingerprint, text
from streams.settings import Settings


@pytest.fixture
def at_broker(broker: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The session's broker, as the command finds it."""
    monkeypatch.setenv("ONESCREEN_KAFKA_PORT", str(broker.kafka_port))
    monkeypatch.setenv("ONESCREEN_DATA", str(broker.data))
    return broker


def test_four_people_publish_a_version(at_broker: Settings, log: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody does two steps of a draft; agreed is what was assessed (令809 第十三条), reviewed by the authority (第十六条)."""

    def step(name: str, who: str, department: str, *more: str) -> None:
        version = () if name == "draft" else ("--version", fingerprint())
        assert main([name, "--log", log, "--actor", who, "--department", department, *version, *more]) == 0

    def versions() -> list[dict[str, Any]]:
        capsys.readouterr()
        main(["versions", "--log", log])
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    step("draft", "chen", "zz-ee", "--since", "2026-03-02T09:00:00+08:00")
    with pytest.raises(Trouble, match="somebody else"):
        step("agree", "chen", "zz-ee", "--secrecy", "--impact")
    with pytest.raises(Trouble, match="第十三条"):
        step("agree", "zhao", "zz-ee")
    step("agree", "zhao", "zz-ee", "--secrecy", "--impact")
    with pytest.raises(Trouble, match="第十六条"):
        step("review", "wang", "zz-ee")
    step("review", "wang", "zz-data")
    assert [each["in_force"] for each in versions()] == [False]
    step("publish", "li", "zz-data")
    (published,) = versions()
    assert (published["state"], published["in_force"]) == ("published", True)
    assert [each["step"] for each in published["steps"]] == ["drafted", "agreed", "reviewed", "published"]
    assert published["clocks"][0]["due"] == "2026-03-17T00:00:00+08:00"
    assert text_of(at_broker, log, fingerprint()) == text()
