"""EcommerceAnalyticsOptimized: one shop in memory, answering any question about its figures.

Loading reads the source tables from one instant of the database and the owner's files, builds the
ledger, checks that every amount adds up, and sorts it once. After that a question is arithmetic
on arrays: nothing is read again, nothing is written, and any number of threads may ask.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from types import TracebackType
from typing import Any, Literal, overload

import pandas as pd

from engine.database import prepare
from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.errors import UsageError
from engine.ledger.events import build_ledger
from engine.ledger.evidence import keep_evidence
from engine.ledger.facts import Policies
from engine.ledger.fingerprints import Fingerprints, take_fingerprints
from engine.ledger.frames import Ledger
from engine.ledger.health.codes import HealthFinding
from engine.ledger.health.report import examine
from engine.ledger.reconcile import reconcile
from engine.local_time import LocalClock, local_clock
from engine.memory import give_back
from engine.metrics.account_questions import AccountQuestions
from engine.metrics.answers import as_frame as answer_frame
from engine.metrics.answers import as_records, held_frame
from engine.metrics.breakdown import compute_breakdown
from engine.metrics.bridge import VarianceBridge
from engine.metrics.bridge_sides import compare
from engine.metrics.compute import MetricBlock, Snapshot, build_snapshot, compute_block
from engine.metrics.customer_questions import CustomerQuestions
from engine.metrics.dimensions import Breakdown, choose_metrics, read_breakdown
from engine.metrics.health_frames import (
    findings_frame,
    missing_frame,
    provenance_frame,
    template_rows,
)
from engine.metrics.ladder import check_ladder
from engine.metrics.model import SHOP, Level
from engine.metrics.registry import REGISTRY
from engine.metrics.stock_questions import StockQuestions
from engine.openings import Dating, Openings, asked
from engine.periods import Period, day_date
from engine.settings import Settings
from engine.sources.frames import Shop, SourceTables
from engine.sources.imports import read_imports
from engine.sources.owner_files import OwnerFiles, read_owner_files
from engine.sources.sku_map_template import sku_map_template
from engine.sources.tables import choose_shop, read_shops, read_tables
from engine.sources.versions import file_fingerprints, file_version, table_version

READERS = 2  # connections that read side by side from one snapshot


class EcommerceAnalyticsOptimized(Openings, CustomerQuestions, StockQuestions, AccountQuestions):
    """The figures of one shop, as known at one watermark.

    Use it as an async context manager, or load it with `load`. `shop` is an id or a name, None for
    the only one; `watermark` leaves out facts from that instant on, None takes all there are.
    """

    def __init__(
        self,
        shop: int | str | None = None,
        watermark: datetime | None = None,
        settings: Settings | None = None,
        url: DatabaseUrl | None = None,
        *,
        with_fingerprints: bool = False,
    ) -> None:
        if watermark is not None and watermark.tzinfo is None:
            raise UsageError(f"The watermark {watermark} has no time zone; give it one.")
        self._wanted = shop
        self._given_watermark = watermark
        self._settings = settings or Settings.load()
        self._url = url
        self._with_fingerprints = with_fingerprints
        self.fingerprints: Fingerprints | None = None
        self.stage_seconds: dict[str, float] = {}

    @classmethod
    def load(
        cls,
        shop: int | str | None = None,
        watermark: datetime | None = None,
        settings: Settings | None = None,
        url: DatabaseUrl | None = None,
        *,
        with_fingerprints: bool = False,
    ) -> EcommerceAnalyticsOptimized:
        """Load a shop and return it ready for questions.

        `with_fingerprints` also notes what was read, to tell later what has moved since.
        Raises UnknownShopError, ShopCurrencyError, SourceError, ContractError and
        ReconciliationError; an error never becomes a zero.
        """
        analytics = cls(shop, watermark, settings, url, with_fingerprints=with_fingerprints)
        analytics._load()
        return analytics

    async def __aenter__(self) -> EcommerceAnalyticsOptimized:
        await asyncio.to_thread(self._load)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing to give back: the database was let go when loading ended."""

    def _load(self) -> None:
        url = self._url or prepare(self._settings)
        with self._stage("read"), open_snapshot(url, connections=READERS) as source:
            shops = read_shops(source)
            self.shop: Shop = choose_shop(shops, self._wanted)
            self.inputs = table_version(source)
            tables = read_tables(source, self.shop, is_alone=len(shops) == 1)
            self._imports = read_imports(source, self.shop.shop_id)
        with self._stage("files"):
            self.files = file_fingerprints(self._settings.csv_path)
            files = read_owner_files(
                self._settings.csv_path, self.shop.name, self._settings.cost_currency
            )
        self.loaded_at = datetime.now(UTC)
        self.clock: LocalClock = local_clock(self.shop.time_zone)
        self.watermark: datetime = self._given_watermark or tables.newest_fact()
        self.version = _fingerprint(self.inputs, self._settings)
        with self._stage("ledger"):
            ledger = self._build(tables, files)
            del tables, files  # what of them is still asked for has been kept
            give_back()
            self._snapshot = build_snapshot(
                ledger,
                self.clock.days_begun(self.watermark),
                self.clock.days_ended(self.watermark),
                self._settings.restock_days,
            )
            self.identities += check_ladder(self._snapshot)

    def _build(self, tables: SourceTables, files: OwnerFiles) -> Ledger:
        known_until = int(self.watermark.timestamp()) if self._given_watermark else None
        policies = Policies(self._settings.returned_goods, self._settings.vat_on_fees)
        ledger, facts = build_ledger(
            tables, files, self.clock, policies=policies, known_until=known_until
        )
        self.identities = reconcile(ledger, facts)
        if self._with_fingerprints:
            self.fingerprints = take_fingerprints(tables, facts, self.clock)
        self.notes = ledger.notes
        self.titles = ledger.listing_titles
        self.findings = files.findings
        self._evidence = keep_evidence(facts)
        self._account = facts.account
        self._backtest = facts.fees.backtest
        self._prefixes = files.prefixes
        self._health = examine(ledger, facts, files, self._imports)
        self.held = held_frame(ledger)
        return ledger

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        give_back()
        self.stage_seconds[name] = round(time.perf_counter() - begun, 3)

    @property
    def first_day(self) -> date | None:
        """The local day of the first fact, None for a shop without facts."""
        return self._snapshot.first_day

    @property
    def today(self) -> date:
        """The shop's current day: the one that the watermark lies in."""
        return day_date(self._snapshot.days_begun - 1)

    def health(self) -> pd.DataFrame:
        """Return what was found in files, tables and ledger, the most sales at stake first.

        One row = one finding: code, level (error, warning, info), place (the file or table), row,
        column, value, sales_at_stake (minor units, null if it can't be told), count, what, remedy,
        and a SKU and an order to open as an example.
        """
        return findings_frame(self._health.findings)

    @property
    def health_findings(self) -> tuple[HealthFinding, ...]:
        """The same as values."""
        return self._health.findings

    def missing_costs(self) -> pd.DataFrame:
        """Return the SKUs that were sold without a known cost, the most sales at stake first.

        With units, lines, main listing and region, first and last sale, what the look-up tried, and
        a suggestion with its label where doubtful relatives have a cost.
        """
        return missing_frame(self._health.missing, self.titles)

    def provenance(self) -> pd.DataFrame:
        """Return how each kind of cost is known: lines, sales, amount and shares by label."""
        return provenance_frame(self._health.provenance)

    def cost_template(self) -> str:
        """Return a complete sku_map.csv: its present rows, then the SKUs without a cost.

        Raises InputFileError if the present file is refused, SourceError if it can't be read.
        """
        rows = template_rows(self._health.missing)
        return sku_map_template(self._settings.csv_path, self.shop.name, self._prefixes, rows)

    @property
    def snapshot(self) -> Snapshot:
        """The tables that answers come from, for explanations and tests."""
        return self._snapshot

    @overload
    def calculate_metrics_batch(
        self,
        periods: Sequence[Period],
        *,
        level: Level | str,
        entities: Sequence[int] | Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        refund_dating: Dating = "refund_day",
        breakdown: Breakdown | None = None,
        as_frame: Literal[True] = True,
    ) -> pd.DataFrame: ...
    @overload
    def calculate_metrics_batch(
        self,
        periods: Sequence[Period],
        *,
        level: Level | str,
        entities: Sequence[int] | Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        refund_dating: Dating = "refund_day",
        breakdown: Breakdown | None = None,
        as_frame: Literal[False],
    ) -> list[dict[str, Any]]: ...
    def calculate_metrics_batch(
        self,
        periods: Sequence[Period],
        *,
        level: Level | str,
        entities: Sequence[int] | Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        refund_dating: Dating = "refund_day",
        breakdown: Breakdown | None = None,
        as_frame: bool = True,
    ) -> pd.DataFrame | list[dict[str, Any]]:
        """Answer metrics for every entity × period, both programs' only source of figures.

        periods: any mix of kinds; they may overlap. level: `shop`, `listing` or `product`.
        entities: None for the rows that exist, or a list, which gives every entity × period.
        metrics: None for all of the level, or a list in the order wanted; synonyms work.
        refund_dating: refunds on their own day, or on the day of their order.
        breakdown: a dimension or a pair of them, see `engine.metrics.dimensions`. Each value that
        occurs is a row, what has none is `(none)`; there is no row of the total. Without `metrics`
        all that the dimensions can split.

        Returns a frame: one row = one entity × period (× value), ordered by entity (as given, else
        ascending, with listing 0 and SKU `(none)` last), start, end and value. Money is Int64 minor
        units, counts Int64, rates and durations Float64, text string; null is unknown, never 0.
        With `as_frame=False` a list of dicts with money as Decimal.

        Raises UnknownMetricError, LevelError, UnknownEntityError, PeriodError, BreakdownError,
        UsageError.
        """
        block = self.calculate_block(
            periods,
            level=level,
            entities=entities,
            metrics=metrics,
            refund_dating=refund_dating,
            breakdown=breakdown,
        )
        if not as_frame:
            return as_records(block, self.shop.digits)
        frame = answer_frame(block)
        frame.attrs = {
            "currency": self.shop.currency,
            "digits": self.shop.digits,
            "time_zone": self.shop.time_zone,
            "week_start": self.shop.week_start,
            "data_watermark": self.watermark.isoformat(),
            "refund_dating": refund_dating,
            "returned_goods": self._settings.returned_goods,
            "registry_version": REGISTRY.version,
            "source_fingerprint": self.version,
        }
        return frame

    def calculate_block(
        self,
        periods: Sequence[Period],
        *,
        level: Level | str,
        entities: Sequence[int] | Sequence[str] | None = None,
        metrics: Sequence[str] | None = None,
        refund_dating: Dating = "refund_day",
        breakdown: Breakdown | None = None,
    ) -> MetricBlock:
        """Answer the same question as arrays of integers, for those who write many rows."""
        level, _ = asked(level, refund_dating)
        if breakdown is not None:
            dimensions = read_breakdown(breakdown)
            return compute_breakdown(
                self._snapshot,
                periods,
                level,
                choose_metrics(level, metrics, dimensions),
                dimensions,
                entities=entities,
                refund_dating=refund_dating,
            )
        return compute_block(
            self._snapshot,
            periods,
            level,
            REGISTRY.choose(level, metrics),
            entities=entities,
            refund_dating=refund_dating,
        )

    def variance_bridge(
        self,
        before: Period,
        after: Period,
        *,
        measure: str = "contribution_profit",
        level: Level | str = SHOP,
        entities: tuple[int, int] | tuple[str, str] | None = None,
        refund_dating: Dating = "refund_day",
    ) -> VarianceBridge:
        """Explain the difference of a profit from one period to another, one bar a cause (M46).

        measure: `contribution_profit`, `profit_after_ads` or `net_profit`. At the level of the
        shop each bar lists its SKUs. entities: at the other levels the listing or SKU of `before`
        and that of `after`, which may be one. Cut both periods to one length where one is open.

        Raises UsageError, LevelError, UnknownEntityError, PeriodError.
        """
        level, dating = asked(level, refund_dating)
        ask = partial(self.calculate_block, refund_dating=dating)
        return compare(ask, (before, after), measure, level, entities)


def probe_version(settings: Settings, url: DatabaseUrl) -> str:
    """Return the version that a load would have now, without loading: two cheap look-ups."""
    with open_snapshot(url) as source:
        return _fingerprint(table_version(source), settings)


def _fingerprint(tables: dict[str, tuple[int, int]], settings: Settings) -> str:
    parts = (
        repr(sorted(tables.items())),
        file_version(settings.csv_path),
        settings.returned_goods,
        settings.vat_on_fees,
        str(settings.restock_days),
        settings.cost_currency,
        str(REGISTRY.version),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
