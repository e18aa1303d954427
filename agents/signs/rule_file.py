"""The rules of the domain of signs, made of the book of signs: a rule for each sign with thresholds, and one for its silence.

They stand in `agents/domains/signs/rules.toml` as any rules do: checked, tested by their cases, shown, adopted by an event.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from agents.core.duration import span
from agents.signs.book.sign import LEVELS, SignRow, SignThreshold, is_owed
from streams.catalogue import domains
from streams.messages import HOUR, MINUTE, Severity, Text, format_time, parse_time

MISSING_DELAY = "10m"
"""How long a sign must be without a value for want of data; a choice."""

SILENCE: Severity = "blue"
"""The level of a sign without a value for want of data; a choice."""

COLOURS: Mapping[Severity, str] = {"blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红"}
"""The levels in Chinese (突发事件应对法 63)."""

HEAD = """\
# The rules of signs of the city, made of the book of signs by `make signs`: change them there. Each sign with thresholds has a
# rule, and each whose inputs are owed one for its silence. Delays and deadbands are this system's defaults.
"""

_START = parse_time("2026-06-01T08:00:00+08:00")


def deadband_of(row: SignRow) -> float:
    """How far a value must come back behind the mildest threshold: as the sign says, else 2 % of that (a choice)."""
    limit = _levels(row)[0][1].value
    return row.deadband if row.deadband is not None else round(abs(limit) * 0.02, 6)


def rule_of(sign: str) -> str:
    """The rule by which a sign calls where it crosses a threshold."""
    return f"sign-{sign}"


def silence_of(sign: str) -> str:
    """The rule by which a sign calls where it is not told for want of data."""
    return f"sign-{sign}-missing"


def rule_file(book: Mapping[str, SignRow]) -> str:
    """The text of the file."""
    return "\n".join([HEAD, *_rules(book)])


def _rules(book: Mapping[str, SignRow]) -> Iterator[str]:
    number = 0
    for name, row in book.items():
        if row.thresholds:
            number += 1
            yield _crossing(name, row, number)
        if is_owed(row.formula):
            number += 1
            yield _silence(name, row, number)


def crossing_params(row: SignRow) -> dict[str, Any]:
    """The parameters of the judge `limit` for the thresholds of a sign: it opens at the mildest, each is a tier."""
    levels = _levels(row)
    return {
        "field": "value",
        "limit": levels[0][1].value,
        "direction": "at-or-below" if row.direction == "higher" else "at-or-above",
        "deadband": deadband_of(row),
        "on_delay": row.delay,
        "off_delay": row.delay,
        "tiers": [{"severity": level, "from": each.value} for level, each in levels],
    }


def _levels(row: SignRow) -> list[tuple[Severity, SignThreshold]]:
    """The thresholds of a sign, the mildest first."""
    return [(level, row.thresholds[level]) for level in LEVELS if level in row.thresholds]


def _crossing(name: str, row: SignRow, number: int) -> str:
    levels = _levels(row)
    mildest, limit, params = levels[0][0], levels[0][1].value, crossing_params(row)
    back, wait = params["deadband"], span(row.delay)
    good = limit + (2 * back if row.direction == "higher" else -2 * back)
    side = "低于等于" if row.direction == "higher" else "达到"
    told = "、".join(f"{side}{each.value:g}为{COLOURS[level]}" for level, each in levels)
    spec = _spec(
        number,
        Text(f"{row.name.zh}越限", f"{row.name.en}: beyond a threshold"),
        mildest,
        row.department,
        Text(
            f"{told}；依据：{levels[0][1].basis.zh}。先看覆盖率和各区县，再查背后的对象。",
            f"Basis: {levels[0][1].basis.en}. Look at the coverage and the districts first, then at what stands behind.",
        ),
    )
    cases = [
        _case(
            f"at {each.value:g} for {row.delay} it is {level}, past the deadband for as long it is over",
            f"{each.value:g}持续{row.delay}为{COLOURS[level]}级，回到回差以外同样时长后解除",
            [(0, {"value": each.value}), (wait, None), (2 * wait, {"value": good}), (3 * wait, None)],
            [(wait, "B", level, each.value, limit), (3 * wait, "D", level, None, None)],
            name,
        )
        for level, each in levels
    ]
    near = limit + (1e-6 if row.direction == "higher" else -1e-6)
    quiet = _case(f"{near:.6f} is no crossing", f"{near:.6f}不告警", [(0, {"value": near}), (HOUR, None)], [], name)
    own = {"field": params.pop("field"), "where": {"sign": [name]}} | params
    return _text(rule_of(name), spec | {"unit": row.unit, "with": own}, [*cases, quiet])


def _silence(name: str, row: SignRow, number: int) -> str:
    floor = f"{row.floor or 0:.0%}"
    spec = _spec(
        number,
        Text(f"{row.name.zh}数据不足", f"{row.name.en}: too few data to tell it"),
        SILENCE,
        domains()[row.owner].owner,
        Text(
            f"应报数据的到报率低于{floor}，体征不再计算。查缺报来源，通知其恢复报送；不得以其他数值代替。",
            f"Less than {floor} of what was due is there: it is not told. Find who does not send; put nothing in its place.",
        ),
    )
    params = {"field": "missing", "where": {"sign": [name]}, "limit": 0, "on_delay": MISSING_DELAY}
    wait = 10 * MINUTE
    cases = [
        _case(
            f"without a value for {MISSING_DELAY} it is told, with the next value it is over",
            "数据不足满10分钟告警，恢复即解除",
            [(0, {"missing": 1}), (wait, None), (2 * wait, {"missing": 0, "value": 1.0})],
            [(wait, "B", SILENCE, 1, 0), (2 * wait, "D", SILENCE, None, None)],
            name,
        ),
        _case("with data it is told", "数据充足不告警", [(0, {"missing": 0, "value": 1.0}), (HOUR, None)], [], name),
    ]
    return _text(silence_of(name), spec | {"with": params}, cases)


def _spec(number: int, title: Text, severity: Severity, department: str, guidance: Text) -> dict[str, Any]:
    return {
        "row": f"SGN-I{number:02}",
        "title": title,
        "clause": "city-signs-watched",
        "phase": "in-process",
        "severity": severity,
        "on": ["figure"],
        "judge": "limit",
        "subjects": ["sign"],
        "department": department,
        "guidance": guidance,
    }


def _case(
    name: str,
    zh: str,
    given: list[tuple[int, dict[str, Any] | None]],
    alerts: list[tuple[int, str, str, float | None, float | None]],
    sign: str,
) -> dict[str, Any]:
    facts: list[list[Any]] = []
    for at, data in given:
        time = format_time(_START + at)
        facts += [[time, "tick"]] if data is None or at else []
        facts += [] if data is None else [[time, {"sign": sign, "state": "ok"} | data]]
    told = [
        {"at": format_time(_START + at), "state": state, "severity": level}
        | ({} if value is None else {"value": value, "limit": limit})
        for at, state, level, value, limit in alerts
    ]
    return {"name": name, "zh": zh, "given": facts, "alerts": told}


def _text(rule: str, spec: Mapping[str, Any], cases: list[dict[str, Any]]) -> str:
    lines = [f"[rule.{rule}]", *(f"{key} = {_toml(value)}" for key, value in spec.items())]
    for case in cases:
        lines += ["", f"[[rule.{rule}.case]]", *(f"{key} = {_toml(value)}" for key, value in case.items())]
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    """A value as TOML has it, tables in one line."""
    if isinstance(value, Text):
        value = {"zh": value.zh, "en": value.en}
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return msgspec.json.encode(value).decode()
