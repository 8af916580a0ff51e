"""How much of the past the report tables hold, as the owner's settings say.

Most of the rows are of one day and one listing or SKU. They can be left out, all of them or the old
ones, and so can old versions. What is left out is no removal: it has no last version and no cause,
and it comes back as new when the setting allows it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.errors import SettingError, did_you_mean
from engine.metrics.model import SHOP, Level
from engine.periods import Period, PeriodKind
from engine.settings import Settings


@dataclass(frozen=True, slots=True)
class DailyRows:
    """Which rows of one day are stored: of which levels, and from which day on (None: from any).

    Those of the shop itself always are.
    """

    levels: tuple[Level, ...] = tuple(Level)
    since: date | None = None

    def has(self, level: Level, period: Period) -> bool:
        """Whether the rows of a level and period are stored."""
        if period.kind is not PeriodKind.DAILY or level is SHOP:
            return True
        return level in self.levels and (self.since is None or period.start >= self.since)

    def condition(self, level: Level) -> str:
        """Return the SQL condition of the stored rows of a level; blank for all of them."""
        if level is SHOP or (level in self.levels and self.since is None):
            return ""
        daily = f"period_type <> '{PeriodKind.DAILY}'"
        if level not in self.levels:
            return daily
        return f"({daily} OR period_start >= date '{self.since}')"

    def record(self) -> dict[str, Any]:
        """Return the same as a run's row holds it."""
        since = None if self.since is None else self.since.isoformat()
        return {"levels": [level.value for level in self.levels], "since": since}


def daily_rows_of(record: Mapping[str, Any]) -> DailyRows:
    """Return what `record` made; of a run that noted nothing, that it stored every row."""
    if not record:
        return DailyRows()
    since = record["since"] and date.fromisoformat(record["since"])
    return DailyRows(tuple(map(Level, record["levels"])), since)


@dataclass(frozen=True, slots=True)
class Retention:
    """What the settings keep; a number of days that is 0 means for good."""

    daily_levels: tuple[Level, ...] = tuple(Level)
    daily_keep_days: int = 0
    revision_keep_days: int = 0

    def daily_rows(self, today: date) -> DailyRows:
        """Return which rows of one day are stored on a shop's local day."""
        days = timedelta(days=self.daily_keep_days)
        return DailyRows(self.daily_levels, today - days if days else None)

    def superseded_before(self, now: datetime) -> datetime | None:
        """Return before when a version was superseded that is kept no longer; None for none."""
        days = timedelta(days=self.revision_keep_days)
        return now - days if days else None


def retention_of(settings: Settings) -> Retention:
    """Return what the settings keep; raises SettingError for a level that there is not."""
    known = [level.value for level in Level]
    words = [word.strip() for word in settings.reports_daily_levels.split(",")]
    for word in words:
        if word not in known:
            raise SettingError(
                f"REPORTS_DAILY_LEVELS has {word!r}; expected some of {', '.join(known)}.",
                hint=did_you_mean(word, known),
            )
    if SHOP.value not in words:
        raise SettingError(
            f"REPORTS_DAILY_LEVELS is {settings.reports_daily_levels!r}; the shop's own rows of "
            "each day are always stored.",
            hint=f"Expected {SHOP.value} among the levels, as in {SHOP.value},{words[0]}.",
        )
    return Retention(
        tuple(level for level in Level if level.value in words),
        settings.reports_daily_keep_days,
        settings.reports_revision_keep_days,
    )
