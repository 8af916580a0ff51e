"""Loads shops: reads tables and files, builds the ledger, checks it, and sorts it for questions.

One row of what is kept is whatever the parts say that it holds; a loaded shop never changes. The
database is let go of before any arithmetic begins.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pandas as pd

from engine.database.arrow import open_snapshot
from engine.database.url import DatabaseUrl
from engine.errors import SettingError, UnknownShopError
from engine.ledger.account import Account
from engine.ledger.events import build_ledger
from engine.ledger.evidence import Evidence, keep_evidence
from engine.ledger.facts import Policies
from engine.ledger.fee_frames import Backtest
from engine.ledger.fingerprints import Fingerprints, take_fingerprints
from engine.ledger.frames import Ledger
from engine.ledger.health.report import Health, examine
from engine.ledger.join_shops import Part, join_shops
from engine.ledger.reconcile import Identity, reconcile
from engine.local_time import LocalClock, local_clock
from engine.memory import give_back
from engine.metrics.answers import held_frame
from engine.metrics.compute import Snapshot, build_snapshot
from engine.metrics.ladder import check_ladder
from engine.money import currency_digits
from engine.settings import Settings
from engine.sources.findings import Findings
from engine.sources.frames import Shop, SourceTables
from engine.sources.imports import Imports, read_imports
from engine.sources.owner_files import OwnerFiles, read_owner_files
from engine.sources.rhythms import Rhythm, rhythms_of
from engine.sources.sku_prefixes import SkuPrefixes
from engine.sources.tables import choose_shop, read_shops, read_tables
from engine.sources.versions import file_fingerprints, table_version

READERS = 2  # connections that read side by side from one snapshot
ALL = "all"  # the name under which all shops are asked for at once


@dataclass(frozen=True, slots=True)
class Terms:
    """By what shops are loaded.

    wanted: id or name of the shop, None for the only one, ALL for all in the reporting currency.
    watermark: facts from that instant on are left out, None = none are. statement_timeout_ms: how
    long one statement may read, None = as long as it takes.
    """

    settings: Settings
    wanted: int | str | None = None
    watermark: datetime | None = None
    with_fingerprints: bool = False
    statement_timeout_ms: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LoadedShop:
    """One shop, ready for questions, and what explanations of its figures need."""

    shop: Shop
    clock: LocalClock
    snapshot: Snapshot
    evidence: Evidence
    account: Account
    backtest: tuple[Backtest, ...]
    identities: list[Identity]
    health: Health
    imports: Imports
    rhythms: dict[str, Rhythm]
    held: pd.DataFrame
    notes: dict[str, int]
    titles: dict[int, str]
    findings: Findings
    prefixes: SkuPrefixes
    fingerprints: Fingerprints | None


@dataclass(slots=True, eq=False)
class Loaded:
    """What one load has read: the wanted shops, and from when and what.

    inputs: rows and newest change of each table. files: the SHA-256 of each of the owner's files.
    """

    shops: list[LoadedShop] = field(default_factory=list)
    inputs: dict[str, tuple[int, int]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    loaded_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    watermark: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    stage_seconds: dict[str, float] = field(default_factory=dict)
    stage_processor_seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a part of the load, of all shops together, and give its memory back at its end."""
        begun, worked = time.perf_counter(), time.process_time()
        yield
        give_back()
        for seconds, took in (
            (self.stage_seconds, time.perf_counter() - begun),
            (self.stage_processor_seconds, time.process_time() - worked),
        ):
            seconds[name] = round(seconds.get(name, 0.0) + took, 3)


@dataclass(slots=True, eq=False)
class _Read:
    """One shop as read, before anything is worked out."""

    tables: SourceTables
    imports: Imports
    files: OwnerFiles


def load_shops(terms: Terms, url: DatabaseUrl) -> Loaded:
    """Load the wanted shops, all from one instant of the database.

    Raises UnknownShopError, ShopCurrencyError, SettingError, SourceError, ContractError and
    ReconciliationError.
    """
    loaded, settings = Loaded(), terms.settings
    with (
        loaded.stage("read"),
        open_snapshot(
            url, connections=READERS, statement_timeout_ms=terms.statement_timeout_ms
        ) as source,
    ):
        known = read_shops(source)
        chosen = _chosen(known, terms)
        loaded.inputs = table_version(source)
        tables = [
            (
                read_tables(source, shop, is_alone=len(known) == 1),
                read_imports(source, shop.shop_id),
            )
            for shop in chosen
        ]
    with loaded.stage("files"):
        loaded.files = file_fingerprints(settings.csv_path)
        read = [
            _Read(
                rows,
                imports,
                read_owner_files(settings.csv_path, rows.shop.name, settings.cost_currency),
            )
            for rows, imports in tables
        ]
        del tables
    loaded.loaded_at = datetime.now(UTC)
    loaded.watermark = terms.watermark or max(one.tables.newest_fact() for one in read)
    while read:
        loaded.shops.append(_ready(read, terms, loaded))
    return loaded


def _chosen(known: list[Shop], terms: Terms) -> list[Shop]:
    if terms.wanted != ALL:
        return [choose_shop(known, terms.wanted)]
    currency = terms.settings.reporting_currency
    if not currency or currency_digits(currency) > 2:
        raise SettingError(
            f"REPORTING_CURRENCY is {currency!r}; all shops together need a currency with at most "
            "two decimals.",
            hint="Set REPORTING_CURRENCY, as USD, and keep its rates in fx_rates.csv.",
        )
    if not known:
        raise UnknownShopError("There is no shop in the database yet.")
    return known


def _ready(waiting: list[_Read], terms: Terms, loaded: Loaded) -> LoadedShop:
    """Work out the first shop that waits, which nobody else may hold: it is let go on the way."""
    read, settings = waiting.pop(0), terms.settings
    tables, files, shop = read.tables, read.files, read.tables.shop
    if terms.wanted == ALL:
        shop = replace(shop, currency=settings.reporting_currency, kept_in=shop.currency)
        tables = replace(tables, shop=shop)
    clock = local_clock(shop.time_zone)
    with loaded.stage("ledger"):
        ledger, facts = build_ledger(
            tables,
            files,
            clock,
            policies=Policies(settings.returned_goods, settings.vat_on_fees),
            known_until=int(terms.watermark.timestamp()) if terms.watermark else None,
        )
    imports, rhythms = read.imports, rhythms_of(tables)
    with loaded.stage("health"):
        fingerprints = take_fingerprints(tables, facts, clock) if terms.with_fingerprints else None
        evidence = keep_evidence(facts)
    # The source rows that are of no order have done their work.
    facts = replace(facts, tables=evidence.tables)
    del tables, read
    give_back()
    with loaded.stage("ledger"):
        identities = reconcile(ledger, facts)
    with loaded.stage("health"):
        health = examine(ledger, facts, files, imports)
    account, backtest = facts.account, facts.fees.backtest
    findings, prefixes = files.findings, files.prefixes
    del files, facts  # what of them is still asked for has been kept
    give_back()
    with loaded.stage("levels"):
        snapshot = _sorted(ledger, clock, loaded.watermark, settings.restock_days)
        identities += check_ladder(snapshot)
    return LoadedShop(
        shop=shop,
        clock=clock,
        snapshot=snapshot,
        evidence=evidence,
        account=account,
        backtest=backtest,
        identities=identities,
        health=health,
        imports=imports,
        rhythms=rhythms,
        held=held_frame(ledger),
        notes=ledger.notes,
        titles=ledger.listing_titles,
        findings=findings,
        prefixes=prefixes,
        fingerprints=fingerprints,
    )


def _sorted(ledger: Ledger, clock: LocalClock, watermark: datetime, restock_days: int) -> Snapshot:
    begun, ended = clock.days_begun(watermark), clock.days_ended(watermark)
    return build_snapshot(ledger, begun, ended, restock_days)


def together(shops: Sequence[LoadedShop], restock_days: int) -> Snapshot:
    """Sort the ledgers of all shops as one, whose shop has the id 0.

    A period has ended when it has in all of them, and begun when it has in one.
    """
    first = shops[0].shop
    everyone = Shop(0, "All shops", "UTC", first.currency, None, first.week_start, None, False)
    parts = [Part(one.snapshot.ledger, one.clock, one.snapshot.days_begun) for one in shops]
    return build_snapshot(
        join_shops(parts, everyone),
        max(one.snapshot.days_begun for one in shops),
        min(one.snapshot.days_ended for one in shops),
        restock_days,
    )
