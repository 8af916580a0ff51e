"""What the values of an option may look like, beyond what Click itself knows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import click


class Day(click.ParamType[date]):
    """A date as 2026-03-31."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date; anything else is wrong usage."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; expected one such as 2026-03-31.", param, ctx)


class Instant(click.ParamType[datetime]):
    """A moment with its offset, as 2026-03-31T03:00:00Z."""

    name = "instant"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the moment in UTC; without its offset it is wrong usage."""
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fail(
                f"{value!r} is no instant; expected one with its offset, as 2026-03-31T03:00:00Z.",
                param,
                ctx,
            )
        return instant.astimezone(UTC)


class Name(click.ParamType[str]):
    """An id or a name; several in one environment variable are separated by commas."""

    name = "id|name"
    envvar_list_splitter = ","

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name without spaces around it."""
        return str(value).strip()


DAY, INSTANT, NAME = Day(), Instant(), Name()
