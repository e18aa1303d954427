"""Severity for people who see fewer colours: a shape of its own, and colours that stay apart; text that can be read."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from streams.messages import SEVERITIES

COMMON = Path(__file__).resolve().parents[3] / "screen" / "static" / "common"
APART = 10.0
"""CIE 1976 ΔE*ab between any two severities (a choice): 2.3 is just noticeable (Mahy, Van Eycken & Oosterlinck 1994)."""

TEXT, GRAPHICS = 4.5, 3.0
"""Contrast of text and of graphics against what is behind them (WCAG 2.2, 1.4.3 and 1.4.11, level AA)."""

SIGHTS = (None, "deuteranomaly", "protanomaly", "tritanomaly")
"""Machado, Oliveira & Fernandes 2009, at severity 100: no working cone of a kind (deuteranopia, protanopia, tritanopia)."""

Colour = tuple[float, float, float]


def tokens(theme: str) -> dict[str, str]:
    """The colours of a theme by token; what the light theme does not name is as in the dark one."""
    dark, light = (COMMON / "tokens.css").read_text("utf-8").split(':host([data-theme="light"])')
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light)) if theme == "light" else {})


def rgb(colour: str) -> Colour:
    """`#ff9838` as three numbers from 0 to 1."""
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def seen(colour: str, sight: str | None) -> Colour:
    """A colour as it looks to a person who lacks a kind of cones."""
    if sight is None:
        return rgb(colour)
    space = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
    red, green, blue = np.clip(cspace_convert(rgb(colour), space, "sRGB1"), 0, 1)
    return float(red), float(green), float(blue)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG 2.2 defines it."""
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour, as WCAG 2.2 defines it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb(colour)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_severities_stay_apart(theme: str, sight: str | None) -> None:
    """Any two of the four colours differ by ten or more, whatever cones a person lacks, in both themes."""
    colours = tokens(theme)
    for one, other in combinations(SEVERITIES, 2):
        pair = seen(colours[one], sight), seen(colours[other], sight)
        assert deltaE(*pair, input_space="sRGB1", uniform_space="CIELab") >= APART, (one, other)


def test_every_severity_has_its_own_shape() -> None:
    """The glyph of each severity is drawn by a path of its own: the colour is never the only sign."""
    text = (COMMON / "marks.js").read_text("utf-8")
    shapes = dict(re.findall(r'^  (red|orange|yellow|blue): "([^"]+)"', text, re.MULTILINE))
    assert set(shapes) == set(SEVERITIES)
    assert len(set(shapes.values())) == len(SEVERITIES)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_and_marks_can_be_read(theme: str) -> None:
    """Inks and severities have the contrast of text on the ground, pressed and system colours too; axes that of graphics."""
    colours = tokens(theme)
    for ink in ("ink-1", "ink-2", "ink-3", *SEVERITIES):
        assert contrast(colours[ink], colours["bg-0"]) >= TEXT, ink
    for ink in ("ink-1", "ink-2", "ink-3"):
        for ground in ("bg-1", "bg-2"):
            assert contrast(colours[ink], colours[ground]) >= TEXT, (ink, ground)
    assert contrast(colours["sys-ink"], colours["sys-bg"]) >= TEXT
    for line in ("axis", "data"):
        assert contrast(colours[line], colours["bg-0"]) >= GRAPHICS, line
