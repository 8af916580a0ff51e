"""The right to write the reports of one shop: one run at a time, and never older over newer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from engine.database.run_lock import run_lock
from engine.errors import UsageError
from engine.reports.desk import Desk
from engine.reports.run_book import RunBook
from engine.sources.frames import Shop


@contextmanager
def shop_lock(desk: Desk, book: RunBook, shop: Shop) -> Iterator[None]:
    """Hold the lock of a shop; raises LockedError that says which run holds it."""
    with ExitStack() as stack:
        desk.patience.do(
            lambda: stack.enter_context(
                run_lock(
                    desk.url,
                    f"engine.reports:{shop.shop_id}",
                    wait_seconds=desk.call.wait_seconds,
                    holder=lambda: _holder(book, shop),
                )
            )
        )
        yield


def refuse_backdating(book: RunBook, shop: Shop, as_of: datetime | None) -> None:
    """Raise UsageError for a run as of an instant before that of the reports that are there."""
    last = book.last_watermark(shop.shop_id) if as_of else None
    if as_of is not None and last is not None and as_of < last:
        raise UsageError(
            f"The reports of {shop.name} are as of {last.isoformat()}; a run as of "
            f"{as_of.isoformat()} would put older figures over newer ones.",
            hint="Add --dry-run to look at an older state without writing.",
        )


def _holder(book: RunBook, shop: Shop) -> str:
    """Say which run holds the lock, as far as the book knows."""
    other = book.running(shop.shop_id)
    if other is None:
        return f"It is a run of {shop.name} that has just begun, or is about to end."
    return (
        f"It is run {other.run_id} of {shop.name}, started "
        f"{other.started_at:%Y-%m-%d %H:%M:%S} UTC, stage {other.stage}."
    )
