"""The options of one call as they were typed, and what they mean together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from engine.errors import UsageError
from engine.metrics.model import LISTING, PRODUCT, Level
from engine.periods import GRAINS
from engine.reports.explaining import Question, question_of
from engine.reports.spec import Scope


@dataclass(frozen=True, slots=True)
class Options:
    """The options as they were given, under their names on the command line."""

    first: date | None
    last: date | None
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    shops: tuple[str, ...]
    as_of: datetime | None
    listings: tuple[int, ...]
    skus: tuple[str, ...]
    dry_run: bool
    verify: bool
    explain: str | None
    resume: bool
    skip_empty: bool
    alerts_file: Path | None
    no_alerts: bool
    fail_on_alert: bool
    full: bool
    output: Path | None
    formats: tuple[str, ...]
    workers: int | None
    engine: str
    wait: float
    as_json: bool
    quiet: bool
    verbose: bool
    log_format: str | None

    def scope(self) -> Scope:
        """Return which rows are meant; raises UsageError for options that contradict each other."""
        if self.first and self.last and self.first > self.last:
            raise UsageError(
                f"--from {self.first} is after --to {self.last}.", hint="Exchange the two dates."
            )
        self._check_modes()
        kinds = tuple(k for k in GRAINS if not self.kinds or k.value.lower() in self.kinds)
        return Scope(kinds, self._levels(), self.first, self.last, self.listings, self.skus)

    def question(self) -> Question | None:
        """Return the number to explain, None in any other mode; raises UsageError."""
        if self.explain is None:
            return None
        return question_of(
            self.explain,
            shops=self.shops,
            levels=self.levels,
            listings=self.listings,
            skus=self.skus,
            kinds=self.kinds,
            first=self.first,
            last=self.last,
            as_of=self.as_of,
        )

    def _check_modes(self) -> None:
        """Raise UsageError for options that do not go together."""
        modes = {
            "--dry-run": self.dry_run,
            "--verify": self.verify,
            "--explain": self.explain is not None,
        }
        chosen = [name for name, is_given in modes.items() if is_given]
        if len(chosen) > 1:
            raise UsageError(
                f"{chosen[0]} and {chosen[1]} are two calls.", hint="Leave one of them out."
            )
        reading = chosen[0] if chosen else ""
        if self.engine == "spark" and (reading or self.resume):
            raise UsageError(
                "--engine spark is for runs that write every shop.",
                hint=f"Leave it out for {reading or '--resume'}.",
            )
        for name, given in (("--output", self.output), ("--resume", self.resume)):
            if reading and given:
                raise UsageError(
                    f"{name} is about what a run stores, and {reading} stores nothing.",
                    hint="Leave one of the two out.",
                )
        if self.formats and not self.output:
            raise UsageError("--format says how --output writes.", hint="Add --output DIR.")
        if (self.listings or self.skus) and not reading:
            raise UsageError(
                "A run writes all listings and SKUs, or their sums would not be the shop's.",
                hint="--listing and --sku go with --dry-run, --verify or --explain.",
            )

    def _levels(self) -> tuple[Level, ...]:
        """Return the levels in scope: the given ones, or those of the given listings and SKUs."""
        named = [level for level, ids in ((LISTING, self.listings), (PRODUCT, self.skus)) if ids]
        levels = tuple(v for v in Level if not self.levels or v.value in self.levels)
        if not named:
            return levels
        left = tuple(level for level in levels if level in named)
        if not left:
            raise UsageError(
                f"--level {' '.join(self.levels)} leaves out what --listing and --sku name.",
                hint="Leave --level out.",
            )
        return left
