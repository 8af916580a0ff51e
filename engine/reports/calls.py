"""One call of the report program: each shop in turn.

Shops do not depend on each other: one that fails does not keep the next from being written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TextIO

import structlog

from engine.database.arrow import open_snapshot
from engine.database.client import open_client
from engine.database.url import DatabaseUrl
from engine.reports.analyst_views import publish_views
from engine.reports.desk import Call, Desk
from engine.reports.outcome import INTERRUPTED, SKIPPED, ShopOutcome
from engine.reports.patience import Patience
from engine.reports.resuming import resumed
from engine.reports.run_book import RunBook
from engine.reports.runner import ShopRun
from engine.reports.stopping import StopSignals
from engine.reports.store import APPLICATION
from engine.settings import Settings
from engine.sources.frames import Shop
from engine.sources.tables import choose_shop, read_shops


def run_call(
    call: Call,
    settings: Settings,
    url: DatabaseUrl,
    *,
    say: Callable[[str], None],
    stream: TextIO,
) -> list[ShopOutcome]:
    """Work on every shop that was asked for and return how each one went.

    No shop in the database: no outcome. `say` is told what a person has to know, `stream` gets the
    progress. A failure of one shop is an outcome; raised is only what concerns all of them:
    UnknownShopError for a shop that does not exist, SourceError if the server is out of reach,
    SetupError if there is no typed client. A signal ends the call with an outcome for the shop
    that it interrupted.
    """
    outcomes: list[ShopOutcome] = []
    with ExitStack() as stack:
        stop = stack.enter_context(StopSignals())
        pool = ThreadPoolExecutor(call.workers, thread_name_prefix="reports")
        stack.callback(pool.shutdown, cancel_futures=True)
        patience = Patience(settings, stop, say)
        book = None
        if not call.read_only:
            patience.do(lambda: publish_views(url))
            client = stack.enter_context(open_client(url))
            book = RunBook(client, patience)
        done: dict[int, int] = {}
        if call.resume:
            call, done = patience.read(lambda: resumed(call, settings, url))
        desk = Desk(call, settings, url, pool, stop, patience, book, stream, say)
        for shop in patience.read(lambda: chosen_shops(url, call.shops)):
            if shop.shop_id in done:
                outcomes.append(
                    ShopOutcome(shop.shop_id, shop.name, SKIPPED, run_id=done[shop.shop_id])
                )
                continue
            with structlog.contextvars.bound_contextvars(call_id=call.caller.call_id):
                outcomes.append(ShopRun(desk, shop).outcome())
            if outcomes[-1].status == INTERRUPTED:
                break
    return outcomes


def chosen_shops(url: DatabaseUrl, wanted: Sequence[str]) -> list[Shop]:
    """Return the wanted shops, all for none; raises UnknownShopError for one that is not there."""
    with open_snapshot(url, application_name=APPLICATION) as snapshot:
        shops = read_shops(snapshot)
    chosen = [choose_shop(shops, one) for one in wanted] if wanted else shops
    return list(dict.fromkeys(chosen))
