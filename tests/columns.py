"""Columns of source frames from plain Python values: None is what is not there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from engine.sources.frames import Maybe, Shop, Texts

CENT = 10_000  # millionths of the major unit


def texts(values: list[str | None]) -> Texts:
    known = sorted({value for value in values if value is not None})
    index = {value: code for code, value in enumerate(known)}
    codes = [-1 if value is None else index[value] for value in values]
    return Texts(np.array(codes, np.int32), tuple(known))


def integers(values: list[int | None]) -> np.ndarray:
    return np.array([value or 0 for value in values], np.int64)


def maybe(values: list[int | None], scale: int = 1) -> Maybe:
    known = np.array([value is not None for value in values], np.bool_)
    return Maybe(integers(values) * scale, known)


def flags(values: list[bool]) -> np.ndarray:
    return np.array(values, np.bool_)


def unix(shop: Shop, at: datetime) -> int:
    return int(at.replace(tzinfo=ZoneInfo(shop.time_zone)).timestamp())
