"""What only one shop can be asked: openings, customers, stock, account, health, record of loading.

One class, the part of `EcommerceAnalyticsOptimized` that refuses where all shops are held together.
"""

from __future__ import annotations

import pandas as pd

from engine.errors import UsageError
from engine.ledger.account import Account
from engine.ledger.evidence import Evidence
from engine.ledger.fee_frames import Backtest
from engine.ledger.fingerprints import Fingerprints
from engine.ledger.health.codes import HealthFinding
from engine.ledger.reconcile import Identity
from engine.loading import ALL, LoadedShop, Terms
from engine.local_time import LocalClock
from engine.metrics.account_questions import AccountQuestions
from engine.metrics.compute import Snapshot
from engine.metrics.customer_questions import CustomerQuestions
from engine.metrics.health_frames import (
    findings_frame,
    missing_frame,
    provenance_frame,
    template_rows,
)
from engine.metrics.left_out import LeftOut, left_out
from engine.metrics.stock_questions import StockQuestions
from engine.openings import Openings
from engine.periods import Period
from engine.settings import Settings
from engine.sources.findings import Findings
from engine.sources.imports import Imports
from engine.sources.rhythms import Rhythm
from engine.sources.sku_map_template import sku_map_template


class OneShop(Openings, CustomerQuestions, StockQuestions, AccountQuestions):
    """The loaded shop itself; only `held` and `identities` are also known of several."""

    shops: tuple[LoadedShop, ...]
    _terms: Terms
    _settings: Settings

    @property
    def _one(self) -> LoadedShop:
        """The shop that this object holds; raises UsageError if it holds all of them."""
        if self._terms.wanted == ALL:
            raise UsageError(
                "That is asked of one shop, and all of them were loaded together.",
                hint="Load the shop by its id or name.",
            )
        return self.shops[0]

    @property
    def _snapshot(self) -> Snapshot:
        return self._one.snapshot

    @property
    def _evidence(self) -> Evidence:
        return self._one.evidence

    @property
    def _account(self) -> Account:
        return self._one.account

    @property
    def _backtest(self) -> tuple[Backtest, ...]:
        return self._one.backtest

    @property
    def clock(self) -> LocalClock:
        """The shop's wall clock."""
        return self._one.clock

    @property
    def identities(self) -> list[Identity]:
        """What was held equal on loading, with both sums."""
        return [identity for one in self.shops for identity in one.identities]

    @property
    def notes(self) -> dict[str, int]:
        """How often something was read otherwise than written, by code."""
        return self._one.notes

    @property
    def titles(self) -> dict[int, str]:
        """The title of each listing."""
        return self._one.titles

    @property
    def findings(self) -> Findings:
        """What was found in the owner's files."""
        return self._one.findings

    @property
    def fingerprints(self) -> Fingerprints | None:
        """What was read, if that was to be noted."""
        return self._one.fingerprints

    @property
    def imports(self) -> Imports:
        """The files that were imported, the newest first, and the rows that were not used."""
        return self._one.imports

    @property
    def rhythms(self) -> dict[str, Rhythm]:
        """How fresh each table is that dates its rows, and how often it gets facts."""
        return self._one.rhythms

    @property
    def held(self) -> pd.DataFrame:
        """What is held back for want of a rate, see `held_frame`; of all shops with `shop_id`."""
        if self._terms.wanted != ALL:
            return self._one.held
        frames = [one.held.assign(shop_id=one.shop.shop_id) for one in self.shops]
        return pd.concat(frames, ignore_index=True)

    def left_out(self, period: Period) -> tuple[LeftOut, ...]:
        """Return what of a period is held back for want of a rate, by currency."""
        return left_out(self.held, period)

    def health(self) -> pd.DataFrame:
        """Return what was found in files, tables and ledger, the most sales at stake first.

        One row = one finding: code, level (error, warning, info), place (the file or table), row,
        column, value, sales_at_stake (minor units, null if it can't be told), count, what, remedy,
        and a SKU and an order to open as an example.
        """
        return findings_frame(self._one.health.findings)

    @property
    def health_findings(self) -> tuple[HealthFinding, ...]:
        """The same as values."""
        return self._one.health.findings

    def missing_costs(self) -> pd.DataFrame:
        """Return the SKUs that were sold without a known cost, the most sales at stake first.

        With units, lines, main listing and region, first and last sale, what the look-up tried, and
        a suggestion with its label where doubtful relatives have a cost.
        """
        return missing_frame(self._one.health.missing, self.titles)

    def provenance(self) -> pd.DataFrame:
        """Return how each kind of cost is known: lines, sales, amount and shares by label."""
        return provenance_frame(self._one.health.provenance)

    def cost_template(self) -> str:
        """Return a complete sku_map.csv: its present rows, then the SKUs without a cost.

        Raises InputFileError if the present file is refused, SourceError if it can't be read.
        """
        rows = template_rows(self._one.health.missing)
        return sku_map_template(self._settings.csv_path, self.shop.name, self._one.prefixes, rows)
