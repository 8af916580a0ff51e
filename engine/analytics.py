"""EcommerceAnalyticsOptimized: one shop in memory, answering any question about its figures.

Loading reads the source tables from one instant of the database and the owner's files, builds the
ledger, checks that every amount adds up, and sorts it once. After that a question is arithmetic
on arrays: nothing is read again, nothing is written, and any number of threads may ask.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Hashable, Sequence
from datetime import date, datetime
from functools import partial
from types import TracebackType
from typing import Any, Literal, overload

import pandas as pd

from engine.database import prepare
from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.errors import UnknownEntityError, UsageError
from engine.loading import ALL, Terms, load_shops, together
from engine.metrics.answers import frame_of, records_of
from engine.metrics.breakdown import compute_breakdown
from engine.metrics.bridge import VarianceBridge
from engine.metrics.bridge_sides import compare
from engine.metrics.compute import MetricBlock, Snapshot, compute_block, entity_ids
from engine.metrics.dimensions import Breakdown, choose_metrics, read_breakdown
from engine.metrics.model import SHOP, Level
from engine.metrics.registry import REGISTRY
from engine.one_shop import OneShop
from engine.openings import Dating, asked
from engine.periods import Period, day_date
from engine.settings import Settings
from engine.sources.frames import Shop
from engine.sources.versions import file_version, table_version


class EcommerceAnalyticsOptimized(OneShop):
    """The figures of one shop, as known at one watermark.

    Use it as an async context manager, or load it with `load`. `shop` is an id or a name, None for
    the only one; `watermark` leaves out facts from that instant on, None takes all there are.

    With `shop="all"` it holds all shops in the setting REPORTING_CURRENCY: every amount is
    converted into that by rule M16, every shop keeps its own days. Such an object answers
    `calculate_metrics_batch` and `held`; what opens one shop raises UsageError.
    """

    def __init__(
        self,
        shop: int | str | None = None,
        watermark: datetime | None = None,
        settings: Settings | None = None,
        url: DatabaseUrl | None = None,
        *,
        with_fingerprints: bool = False,
        statement_timeout_ms: int | None = None,
    ) -> None:
        if watermark is not None and watermark.tzinfo is None:
            raise UsageError(f"The watermark {watermark} has no time zone; give it one.")
        self._settings = settings or Settings.load()
        self._terms = Terms(
            self._settings, shop, watermark, with_fingerprints, statement_timeout_ms
        )
        self._url = url

    @classmethod
    def load(
        cls,
        shop: int | str | None = None,
        watermark: datetime | None = None,
        settings: Settings | None = None,
        url: DatabaseUrl | None = None,
        *,
        with_fingerprints: bool = False,
        statement_timeout_ms: int | None = None,
    ) -> EcommerceAnalyticsOptimized:
        """Load a shop and return it ready for questions.

        `with_fingerprints` also notes what was read, to tell later what has moved since;
        `statement_timeout_ms` ends a read that takes longer.
        Raises UnknownShopError, ShopCurrencyError, SettingError (all shops without a reporting
        currency), SourceError, ContractError and ReconciliationError; an error never becomes a
        zero.
        """
        analytics = cls(
            shop,
            watermark,
            settings,
            url,
            with_fingerprints=with_fingerprints,
            statement_timeout_ms=statement_timeout_ms,
        )
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
        loaded = load_shops(self._terms, self._url or prepare(self._settings))
        self.shops = tuple(loaded.shops)
        self.inputs, self.files = loaded.inputs, loaded.files
        self.loaded_at, self.watermark = loaded.loaded_at, loaded.watermark
        self.stage_seconds = loaded.stage_seconds
        self.stage_processor_seconds = loaded.stage_processor_seconds
        self.version = _fingerprint(self.inputs, self._settings)
        if self.holds_all_shops:
            self._answering = together(self.shops, self._settings.restock_days)
        else:
            self._answering = self._one.snapshot

    @property
    def shop(self) -> Shop:
        """The shop, or what stands for all of them: id 0 and the reporting currency."""
        return self._answering.ledger.shop

    @property
    def holds_all_shops(self) -> bool:
        """Whether these are all shops together: what opens one of them is refused."""
        return self._terms.wanted == ALL

    @property
    def rate_days(self) -> tuple[date, date] | None:
        """The earliest and the latest day of a rate by which an order or refund was converted."""
        days = self._answering.ledger.conversions.day
        return (day_date(int(days.min())), day_date(int(days.max()))) if len(days) else None

    @property
    def first_day(self) -> date | None:
        """The local day of the first fact, None for a shop without facts."""
        return self._answering.first_day

    @property
    def today(self) -> date:
        """The shop's current day: the one that the watermark lies in."""
        return day_date(self._answering.days_begun - 1)

    @property
    def snapshot(self) -> Snapshot:
        """The tables that answers come from, for explanations and tests."""
        return self._answering

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
        With `as_frame=False` a list of dicts with money as Decimal. Of all shops the row of the
        shop has id 0, and the same listing or SKU in two shops is two rows, told apart by
        `shop_id` beside `entity_id`; what they sum to is the row of the shop, but stock and
        favourites are there unknown, as shops are not looked at on the same days.

        Raises UnknownMetricError, LevelError, UnknownEntityError, PeriodError, BreakdownError,
        UsageError.
        """
        level, dating = asked(level, refund_dating)
        ask = partial(
            _answer,
            periods=periods,
            level=level,
            entities=entities,
            metrics=metrics,
            refund_dating=dating,
            breakdown=breakdown,
        )
        if level is SHOP or not self.holds_all_shops:
            answers = [(0, ask(self._answering))]
        else:
            answers = self._by_shop(ask, level, entities)
        if not as_frame:
            return records_of(answers, self.shop.digits)
        frame = frame_of(answers)
        frame.attrs = self._circumstances(refund_dating)
        return frame

    def _by_shop(
        self,
        ask: Callable[..., MetricBlock],
        level: Level,
        entities: Sequence[int] | Sequence[str] | None,
    ) -> list[tuple[int, MetricBlock]]:
        """Ask each of several shops for its listings or SKUs; of those named the ones it has."""
        if entities is None:
            return [(one.shop.shop_id, ask(one.snapshot)) for one in self.shops]
        known = {one.shop.shop_id: set(entity_ids(one.snapshot, level)) for one in self.shops}
        for entity in entities:
            if not any(entity in own for own in known.values()):
                raise UnknownEntityError.from_entity(level, entity, set().union(*known.values()))
        wanted = {shop: [e for e in entities if e in own] for shop, own in known.items()}
        return [
            (one.shop.shop_id, ask(one.snapshot, entities=wanted[one.shop.shop_id]))
            for one in self.shops
            if wanted[one.shop.shop_id]
        ]

    def _circumstances(self, refund_dating: str) -> dict[Hashable | None, Any]:
        return {
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
        """Answer the same question as arrays of integers, for those who write many rows.

        Of all shops together only their sum, the level of the shop.
        """
        level, dating = asked(level, refund_dating)
        snapshot = self._answering if level is SHOP else self._snapshot
        return _answer(
            snapshot,
            periods=periods,
            level=level,
            entities=entities,
            metrics=metrics,
            refund_dating=dating,
            breakdown=breakdown,
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


def _answer(
    snapshot: Snapshot,
    *,
    periods: Sequence[Period],
    level: Level,
    entities: Sequence[int] | Sequence[str] | None,
    metrics: Sequence[str] | None,
    refund_dating: Dating,
    breakdown: Breakdown | None,
) -> MetricBlock:
    if breakdown is None:
        chosen = REGISTRY.choose(level, metrics)
        return compute_block(
            snapshot, periods, level, chosen, entities=entities, refund_dating=refund_dating
        )
    dimensions = read_breakdown(breakdown)
    return compute_breakdown(
        snapshot,
        periods,
        level,
        choose_metrics(level, metrics, dimensions),
        dimensions,
        entities=entities,
        refund_dating=refund_dating,
    )


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
