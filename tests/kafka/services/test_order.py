"""`python -m agents order` with a real worker: issued from a draft, signed for, refused, listed, shown, judged again."""

import json
import subprocess
from pathlib import Path

from streams.messages import Order, OrderLine, decode
from streams.settings import Settings
from tests.support.kafka.typed import typed
from tests.support.orders.partition import BRANCH, ECOLOGY
from tests.support.workers import Worker

DRAFT = f"""
kind = "lead"
title = {{ zh = "疑似氮氧化物超标", en = "Suspected NOx" }}
receivers = [{{ unit = "{BRANCH}", part = "main" }}]
"""


def test_an_order_is_issued_signed_and_told(broker: Settings, log: str, tmp_path: Path) -> None:
    """Exit 0 where it was done, 1 with the reason where it was refused or is unknown, 2 where it was used wrongly."""
    draft = tmp_path / "draft.toml"
    draft.write_text(DRAFT, "utf-8")

    def order(*arguments: str, command: str = "order") -> "subprocess.CompletedProcess[str]":
        return typed(broker, log, *arguments, command=command)

    def by(role: str, unit: str) -> list[str]:
        return ["--actor", f"{role}-{unit}", "--role", role, "--department", unit]

    with Worker(broker, log) as worker:
        worker.ready()
        issued = order("issue", str(draft), *by("dispatcher", ECOLOGY))
        assert issued.returncode == 0, issued.stderr
        line, made = map(json.loads, issued.stdout.splitlines())
        assert (line["event"], line["line"], made["event"], made["after"]) == ("sent", "1", "issue", "sent")
        signed = order("sign", made["order"], *by("clerk", BRANCH))
        assert (signed.returncode, json.loads(signed.stdout.splitlines()[0])["after"]) == (0, "signed"), signed.stderr
        again = order("sign", made["order"][:8], *by("clerk", BRANCH))
        assert (again.returncode, "cannot sign in state signed" in again.stderr) == (1, True), again.stderr
        stranger = order("sign", "0" * 32, *by("clerk", BRANCH))
        assert (stranger.returncode, "unknown-order" in stranger.stderr) == (1, True), stranger.stderr
        wrong = order("issue", "--kind", "lead", *by("dispatcher", ECOLOGY))
        assert (wrong.returncode, "missing required field" in wrong.stderr) == (2, True), wrong.stderr
        assert worker.stop() == 0
    listed = decode(order("list", "--unit", BRANCH).stdout.encode(), Order)
    assert (listed.id, listed.state) == (made["order"], "handling")
    shown = order("show", listed.number, "--json").stdout.splitlines()
    assert decode(shown[1].encode(), OrderLine).state == "signed"
    assert "签收" in order("show", listed.number).stdout
    told = order(listed.id, command="explain")
    assert (told.returncode, "逐字节一致" in told.stdout) == (0, True), told.stdout + told.stderr
