"""What moved between two runs: which facts of which months, which files, settings and definitions.

Evidence is the difference of two records of fingerprints. It says that something moved, never by
how much; how much a figure moved is told by the figure itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.ledger.fingerprints import Topic
from engine.periods import Period, add_months
from engine.reports.earlier_runs import EarlierRun
from engine.sources.csv_folder import input_of

# What an input of the owner decides. A file that is no input decides nothing.
GROUPS = {
    "cost": "cost",
    "cost_regions": "cost",
    "sku_map": "choice",  # which SKU a line counts for: like a setting, it belongs to no cost
    "sku_prefixes": "choice",
    "desi": "parcel",
    "fedex_zones": "parcel",
    "fedex_prices": "parcel",
    "us_duties": "parcel",
    "parcels": "parcel",
    "etsy_fees": "rate",
    "fx_rates": "rate",
    "offsite_orders": "fee",
    "expenses": "expense",
}
ALL_GROUPS = tuple(sorted({*GROUPS.values(), "advertising"}))
_TABLES_OF_DAYS = {"advertising": ("listing_ad_stats",)}
# Groups whose months are marked: as a whole they count only against a run that marked none.
_MARKED = {"advertising": Topic.ADS, "expense": Topic.EXPENSES}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What moved since a run: months by topic, groups of files, and what has no month."""

    months: Mapping[Topic, frozenset[str]]
    groups: frozenset[str]  # of what has no month: files, and tables of days
    settings: bool
    definitions: bool

    @classmethod
    def nothing(cls) -> Evidence:
        """Return the evidence of two runs that read the same."""
        return cls({topic: frozenset() for topic in Topic}, frozenset(), False, False)

    def facts(self, period: Period | None) -> dict[str, bool]:
        """Return what the rules of causes.py ask, as far as it does not depend on a row."""
        near = set() if period is None else set(_months_of(period))
        return {
            **{topic.value: not months.isdisjoint(near) for topic, months in self.months.items()},
            **{f"any.{topic.value}": bool(months) for topic, months in self.months.items()},
            **{f"files.{group}": group in self.groups for group in ALL_GROUPS},
            "settings": self.settings,
            "definitions": self.definitions,
            "near": self.settings
            or bool(self.groups)
            or any(not months.isdisjoint(near) for months in self.months.values()),
        }

    def moved_until(self, period: Period) -> bool:
        """Whether anything moved that the figures of a period may depend on.

        Facts of later months are no such thing; files, settings and definitions always are.
        """
        last = period.end.isoformat()[:7]
        return (
            self.settings
            or self.definitions
            or bool(self.groups)
            or any(month <= last for months in self.months.values() for month in months)
        )


def evidence_since(
    run: EarlierRun, inputs: Mapping[str, Any], definitions: tuple[str, int], settings_hash: str
) -> Evidence:
    """Compare what is read now, as a run's row would hold it, with what an earlier run read."""
    before = run.inputs
    files = _differing(before.get("files", {}), inputs["files"])
    old, new = before.get("months", {}), inputs["months"]
    marked = {group for group, topic in _MARKED.items() if topic in old}
    return Evidence(
        months={
            topic: frozenset(_differing(old[topic], new.get(topic, {})) if topic in old else ())
            for topic in Topic
        },
        groups=(_groups(files) | _moved_tables(before, inputs)) - marked,
        settings=run.settings_hash != settings_hash,
        definitions=run.definitions != definitions,
    )


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _groups(files: Iterable[str]) -> frozenset[str]:
    return frozenset(GROUPS[name] for file in files if (name := input_of(file)))


def _moved_tables(before: Mapping[str, Any], inputs: Mapping[str, Any]) -> frozenset[str]:
    old, new = before.get("tables", {}), inputs["tables"]
    return frozenset(
        group
        for group, tables in _TABLES_OF_DAYS.items()
        if any(old.get(table) != new.get(table) for table in tables)
    )


def _months_of(period: Period) -> Iterator[str]:
    month = period.start.replace(day=1)
    while month <= period.end:
        yield month.isoformat()[:7]
        month = add_months(month, 1)
