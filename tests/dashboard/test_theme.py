"""The palette can be told apart on both backgrounds, also by those who see colours differently."""

from __future__ import annotations

import tomllib
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from engine.dashboard import theme
from engine.settings import PROJECT_FOLDER

CONFIG = tomllib.loads((PROJECT_FOLDER / ".streamlit" / "config.toml").read_text("utf-8"))
Vector = npt.NDArray[np.float64]
# Full dichromacy on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
SEEN_BY = {
    "everyone": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def linear(colour: str) -> Vector:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: Vector) -> Vector:
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_a_known_contrast_is_computed_right() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", theme.PALETTE)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_series_colour_stands_out_from_the_page(colour: str, mode: str) -> None:
    assert contrast(colour, CONFIG["theme"][mode]["backgroundColor"]) >= 3.0


@pytest.mark.parametrize("sight", SEEN_BY)
@pytest.mark.parametrize(("one", "other"), list(combinations(theme.PALETTE, 2)))
def test_any_two_series_can_be_told_apart(sight: str, one: str, other: str) -> None:
    seen = [lab(SEEN_BY[sight] @ linear(colour)) for colour in (one, other)]
    assert float(np.linalg.norm(seen[0] - seen[1])) >= 11


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("text", ["textColor", "blueTextColor", "orangeTextColor", "grayTextColor"])
def test_texts_can_be_read(mode: str, text: str) -> None:
    colours = CONFIG["theme"][mode]
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours[text], colours[ground]) >= 4.5


def test_cards_and_charts_share_one_palette() -> None:
    assert CONFIG["theme"]["chartCategoricalColors"] == list(theme.PALETTE)
    assert CONFIG["theme"]["blueColor"] == theme.GAIN
    assert CONFIG["theme"]["orangeColor"] == theme.LOSS
