"""Every error that the engine raises on purpose, and the exit code each ends a command with.

    EngineError
    ├── UsageError                 2   the question or the command line is wrong
    │   ├── UnknownMetricError         a metric name that no catalogue file declares
    │   ├── LevelError                 a metric asked at a level where it does not exist
    │   ├── BreakdownError             a dimension that is unknown or can't split a metric
    │   ├── UnknownEntityError         a listing or SKU that the shop has never had
    │   ├── UnknownShopError           a shop id or name that is not in the table shops
    │   └── PeriodError                no period, a reversed one, the same one twice
    ├── ConfigurationError         3   a setting, the installation or the schema
    │   ├── SettingError               a setting with a value that it can't have
    │   ├── SetupError                 the npm parts or the generated client can't be made
    │   ├── LocalServerError           the embedded PostgreSQL can't be started here
    │   ├── MigrationError             the database and the code do not belong together
    │   └── ShopCurrencyError          a shop currency with three decimals
    ├── SourceError                4   a database or a file is out of reach
    ├── ContractError              5   an input breaks its contract
    │   └── InputFileError             a file was refused
    ├── ReconciliationError        6   an identity does not hold
    ├── LockedError                8   another run of the same shop is at work
    └── CatalogueError            70   the metric catalogue contradicts itself

A message says what happened, where, what was expected and what to do. It never holds a password.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

EXIT_CODES: dict[int, str] = {
    0: "done, also when nothing changed",
    1: "unexpected error, with a reference",
    2: "wrong usage: bad option, unknown shop or metric",
    3: "configuration: a setting, the set-up, a migration or the shop currency",
    4: "database or file not reachable, or lost for longer than the deadline",
    5: "input breaks its contract, or a file is refused",
    6: "an identity does not hold; the differing orders are printed",
    7: "some shops failed, others were written",
    8: "another run holds the lock",
    9: "--verify found rows that differ although their inputs did not",
    10: "an alert fired and --fail-on-alert was given",
    70: "the metric catalogue is wrong (a bug in the program)",
    99: "--skip-empty: nothing changed",
    130: "interrupted from the keyboard",
    143: "ended by SIGTERM",
}


class EngineError(Exception):
    """An error with an exit code and, where there is one, the next step to take."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint with the known names nearest to a misspelled one, or an empty text."""
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    return f"Did you mean {', '.join(near)}?" if near else ""


class UsageError(EngineError):
    """The question or the command line is wrong; the same call will fail again."""

    exit_code = 2


class UnknownMetricError(UsageError):
    """A metric name that no catalogue file declares."""

    @classmethod
    def from_name(cls, name: str, known: Iterable[str]) -> UnknownMetricError:
        """Build the error with the nearest known names."""
        names = list(known)
        hint = did_you_mean(name, names) or f"There are {len(names)} metrics, see docs/metrics.md."
        return cls(f"There is no metric {name!r}.", hint=hint)


class LevelError(UsageError):
    """A metric was asked at a level where it does not exist."""

    @classmethod
    def from_metric(cls, metric: str, level: str, levels: Iterable[str]) -> LevelError:
        """Build the error with the levels at which the metric exists."""
        works = ", ".join(levels)
        return cls(
            f"The metric {metric!r} does not exist at level {str(level)!r}.",
            hint=f"It exists at: {works}.",
        )


class BreakdownError(UsageError):
    """A dimension is unknown, or a metric can't be split by it."""

    @classmethod
    def from_dimension(cls, dimension: str, known: Iterable[str]) -> BreakdownError:
        """Build the error for an unknown dimension, with those that there are."""
        names = list(known)
        hint = did_you_mean(dimension, names) or f"There are: {', '.join(names)}."
        return cls(f"There is no dimension {dimension!r} to break figures down by.", hint=hint)

    @classmethod
    def from_metric(
        cls, metric: str, dimension: str, dimensions: Iterable[str], metrics: Iterable[str]
    ) -> BreakdownError:
        """Build the error with the dimensions of the metric, else the metrics of the dimension."""
        works = ", ".join(dimensions)
        other = f"What can be: {', '.join(metrics) or 'nothing'}."
        return cls(
            f"The metric {metric!r} can't be broken down by {dimension}.",
            hint=f"It can be broken down by: {works}." if works else other,
        )


class UnknownEntityError(UsageError):
    """A listing or SKU that occurs in no listing, product or order line of the shop."""

    @classmethod
    def from_entity(cls, level: str, entity: object, known: Iterable[object]) -> UnknownEntityError:
        """Build the error with the nearest known entities."""
        hint = did_you_mean(str(entity), (str(name) for name in known))
        return cls(f"The shop has no {level!s} {entity!r}.", hint=hint)


class UnknownShopError(UsageError):
    """A shop id or name that is not in the table shops, or no choice where one is needed."""


class PeriodError(UsageError):
    """No period, a reversed one, or the same one twice."""


class ConfigurationError(EngineError):
    """A setting, the installation or the database schema needs a person."""

    exit_code = 3


class SettingError(ConfigurationError):
    """A setting has a value that it can't have."""


class SetupError(ConfigurationError):
    """The npm parts or the generated database client could not be made."""


class LocalServerError(ConfigurationError):
    """The embedded PostgreSQL could not be made or started on this machine."""


class MigrationError(ConfigurationError):
    """The database and the migrations of this program do not belong together."""


class ShopCurrencyError(ConfigurationError):
    """The shop's currency has three decimals; report columns hold two."""


class SourceError(EngineError):
    """A database or a file is out of reach."""

    exit_code = 4


class ContractError(EngineError):
    """An input breaks its contract: a table or file, a column, some rows."""

    exit_code = 5


class InputFileError(ContractError):
    """A file was refused as a whole."""


class ReconciliationError(EngineError):
    """Two sums that must be equal are not; the message lists the differing orders."""

    exit_code = 6


class LockedError(EngineError):
    """Another run of the same shop is at work."""

    exit_code = 8


class CatalogueError(EngineError):
    """The metric catalogue contradicts itself: a bug in the program."""

    exit_code = 70
