"""`python -m engine import`: lands sales and refunds files of the owner."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

import click

from engine.database import prepare
from engine.errors import ContractError
from engine.settings import Settings
from engine.sources.landing.land import ImportCall, import_files
from engine.sources.landing.receipts import NOT_LANDED, REFUSED
from engine.sources.landing.shops import ShopWish


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--shop", default="", help="The shop, by name or id; needed if there are several.")
@click.option("--time-zone", default="", help="Of a new shop, as Europe/Istanbul.")
@click.option("--currency", default="", help="Of a new shop, as USD.")
@click.option("--country", default="", help="Of a new shop, as TR.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@click.option("--strict", is_flag=True, help="Land no file with a reject or a warning (exit 5).")
@click.option("--replace", is_flag=True, help="Read files again that were imported before.")
def command(
    paths: tuple[Path, ...],
    shop: str,
    time_zone: str,
    currency: str,
    country: str,
    dry_run: bool,
    strict: bool,
    replace: bool,
) -> None:
    """Import sales and refunds files, CSV or Parquet.

    PATH is a file or a folder. What a file is, its header tells. Each file lands whole with a list
    of its rejects, or not at all; the same file twice changes nothing. For each file the rows are
    counted: read = new + changed + unchanged + rejected. docs/import.md describes the columns.
    """
    settings = Settings.load()
    url = prepare(settings, client="optional")
    call = ImportCall(
        asked=ShopWish(shop, time_zone, currency, country),
        defaults=ShopWish(settings.shop, settings.time_zone, settings.currency, settings.country),
        new_salt=secrets.token_hex(16),
        now=datetime.now(UTC),
        dry_run=dry_run,
        strict=strict,
        replace=replace,
    )
    receipts = []
    for receipt in import_files(url, paths, call):
        click.echo(receipt.text(dry_run=dry_run))
        receipts.append(receipt)
    refused = [receipt.file for receipt in receipts if receipt.status == REFUSED]
    held_back = [receipt.file for receipt in receipts if receipt.status == NOT_LANDED]
    if refused:
        raise ContractError(
            f"Refused: {', '.join(refused)}.", hint="The reason stands above; nothing of it landed."
        )
    if held_back:
        raise ContractError(
            f"Not landed because of --strict: {', '.join(held_back)}.",
            hint="Mend what stands above, or import without --strict.",
        )
