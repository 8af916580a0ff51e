"""How a value looks to people: text by unit, the change against an earlier value, column patterns.

Every page, report and document shows a number as this module writes it, so that a test can compare
to the character. Nothing here decides what a value is; a null is an en dash and never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pandas.api.extensions import ExtensionArray

from engine.metrics.model import SCALE, Unit
from engine.money import currency_digits, format_money, round_div

NOTHING = "–"
_MINUS = "−"
# Units whose change is said in percent of the earlier value; a share changes by points.
_RELATIVE = (Unit.MONEY, Unit.COUNT, Unit.MULTIPLE, Unit.HOURS, Unit.DAYS)


@dataclass(frozen=True, slots=True)
class Change:
    """How a value differs from an earlier one: `+6.1 %`, `−1.2 pp`; `sign` is −1, 0 or 1.

    A change too small for one decimal is `<0.1 %`; its sign says where it went.
    """

    text: str
    sign: int


def known(value: Any) -> int | float | str | None:
    """Return a plain Python value, None for every form of null that a frame can hold."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    plain: int | float | str = value.item() if hasattr(value, "item") else value
    return plain


def text(unit: Unit, value: Any, currency: str) -> str:
    """Return a value for people: `1,234.50 USD`, `12.3 %`, `1.85`, `26.0 h`; null is an en dash.

    Money is in minor units of `currency`, a share is 0..1.
    """
    value = known(value)
    if value is None or isinstance(value, str):
        return NOTHING if value is None else value
    if unit is Unit.MONEY:
        return format_money(int(value), currency)
    if unit is Unit.COUNT:
        return _signed(int(value), f"{abs(int(value)):,}")
    if unit in SCALE:
        return _scaled(unit, _steps(unit, value))
    return str(value)


def change(unit: Unit, now: Any, before: Any, currency: str) -> Change | None:
    """Return the change from `before` to `now`; None where either is unknown or has no order.

    Relative for money, counts and durations, in points for a share. Against nothing or a loss a
    percentage says nothing, so the difference itself is given.
    """
    return relative(unit, now, before) or difference(unit, now, before, currency)


def relative(unit: Unit, now: Any, before: Any) -> Change | None:
    """Return the change in percent of `before`; None of a share, and against nothing or a loss."""
    now, before = known(now), known(before)
    if now is None or before is None or unit not in _RELATIVE:
        return None
    new, old = _steps(unit, now), _steps(unit, before)
    if old <= 0:
        return None
    sign = (new > old) - (new < old)
    return Change(f"{_moved(sign, round_div((new - old) * 1_000, old))} %", sign)


def difference(unit: Unit, now: Any, before: Any, currency: str) -> Change | None:
    """Return the change as an amount, of a share in points; None where it is unknown."""
    now, before = known(now), known(before)
    if now is None or before is None or unit in (Unit.TEXT, Unit.INT):
        return None
    new, old = _steps(unit, now), _steps(unit, before)
    sign = (new > old) - (new < old)
    if unit is Unit.SHARE:
        return Change(f"{_moved(sign, round_div(new - old, 1_000))} pp", sign)
    if unit is Unit.MONEY:
        return Change(format_money(new - old, currency, sign=True), sign)
    moved = (new - old) / SCALE[unit] if unit in SCALE else new - old
    return Change(_plus(sign, text(unit, moved, currency)), sign)


_HALF_A_STEP = 0.05  # percent, of which `pattern` shows one decimal


def number(unit: Unit, value: Any, currency: str) -> int | float | str | None:
    """Return a value as a table or a chart draws it: money in major units, a share in percent.

    For the eye only; a figure that anyone computes with stays in its own unit.
    """
    value = known(value)
    if value is None or isinstance(value, str):
        return value
    if unit in (Unit.COUNT, Unit.INT):
        return int(value)
    if unit is Unit.MONEY:
        return float(int(value) / 10 ** currency_digits(currency))
    if unit is not Unit.SHARE:
        return float(value)
    percent = float(value) * 100
    return 0.0 if -_HALF_A_STEP < percent < 0 else percent  # never "-0.0 %"


def numbers(unit: Unit, values: Iterable[Any], currency: str) -> list[int | float | str | None]:
    """Return what `number` says of each value; the units that most columns have, fast.

    Money and counts as plain whole numbers, as `tolist` gives them, or null.
    """
    if unit is Unit.COUNT:
        return [None if value is None or value is pd.NA else value for value in values]
    if unit is not Unit.MONEY:
        return [number(unit, value, currency) for value in values]
    scale = 10 ** currency_digits(currency)
    return [None if value is None or value is pd.NA else value / scale for value in values]


def column(unit: Unit, values: ExtensionArray, currency: str) -> Any:
    """Return what `number` says of each value of a metric's column, as a frame holds it.

    Int64 or Float64 in, Float64 out where the unit has decimals; counts and texts as they are.
    """
    if unit in (Unit.COUNT, Unit.INT, Unit.TEXT):
        return values
    drawn: Any = values.astype("Float64")  # a new one; whole numbers of money are exact in it
    if unit is Unit.MONEY:
        return drawn / 10 ** currency_digits(currency)
    if unit is Unit.SHARE:
        drawn = drawn * 100
        drawn[(drawn > -_HALF_A_STEP) & (drawn < 0)] = 0.0
    return drawn


def pattern(unit: Unit, currency: str) -> str:
    """Return the printf pattern that shows `number` as `text` would, without the currency."""
    if unit is Unit.MONEY:
        return f"%,.{currency_digits(currency)}f"
    patterns = {
        Unit.COUNT: "%,d",
        Unit.INT: "%d",
        Unit.SHARE: "%,.1f %%",
        Unit.MULTIPLE: "%,.2f",
        Unit.HOURS: "%,.1f h",
        Unit.DAYS: "%,.1f days",
    }
    return patterns[unit]


def excel_pattern(unit: Unit, currency: str) -> str:
    """Return the number format of a spreadsheet cell: money in major units, a share as 0..1."""
    if unit is Unit.MONEY:
        digits = currency_digits(currency)
        return f"#,##0.{'0' * digits}" if digits else "#,##0"
    patterns = {
        Unit.COUNT: "#,##0",
        Unit.INT: "0",
        Unit.SHARE: "#,##0.0 %",
        Unit.MULTIPLE: "#,##0.00",
        Unit.HOURS: '#,##0.0 "h"',
        Unit.DAYS: '#,##0.0 "days"',
    }
    return patterns.get(unit, "@")


def _steps(unit: Unit, value: Any) -> int:
    """Return a value as whole smallest steps of its unit: cents, millionths, hundredths."""
    return round(value * SCALE[unit]) if unit in SCALE else int(value)


def _scaled(unit: Unit, steps: int) -> str:
    if unit is Unit.SHARE:
        return _signed(steps, _tenths(round_div(steps, 1_000))) + " %"
    if unit is Unit.MULTIPLE:
        hundredths = round_div(abs(steps), SCALE[unit] // 100)
        return _signed(steps, f"{hundredths // 100:,}.{hundredths % 100:02d}")
    tenths = _tenths(round_div(steps, SCALE[unit] // 10))
    return _signed(steps, tenths) + (" h" if unit is Unit.HOURS else " days")


def _tenths(count: int) -> str:
    """Return so many tenths as a number without its sign: 61 is 6.1."""
    return f"{abs(count) // 10:,}.{abs(count) % 10}"


def _moved(sign: int, tenths: int) -> str:
    """Return a change in tenths with its sign; one that rounds to nothing is not called nothing."""
    return "<0.1" if sign and not tenths else _plus(sign, _tenths(tenths))


def _signed(value: int, size: str) -> str:
    return f"{_MINUS}{size}" if value < 0 else size


def _plus(sign: int, size: str) -> str:
    bare = size.removeprefix(_MINUS)
    return f"{_MINUS if sign < 0 else '+' if sign > 0 else ''}{bare}"
