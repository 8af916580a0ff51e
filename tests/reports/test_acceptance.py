"""Four nights of a demo shop: everything, nothing, a late refund, a unit cost that was wrong.

What a night writes is exactly what the change of that day has to do with, and the three questions
about a month have three answers that the listed causes lead from one to the next.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from benchmarks.changes import (
    add_late_refund,
    sold_most,
    three_answers,
    write_costs,
)
from engine.database.url import DatabaseUrl
from engine.demo.load import load
from engine.demo.shop import generate
from engine.demo.sizes import make_plan
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level
from engine.periods import GRAINS, Period
from engine.reports.calls import run_call
from engine.reports.desk import Call
from engine.reports.outcome import ShopOutcome
from engine.reports.program import make_caller
from engine.reports.spec import ENTITY_FIELDS, TABLE_NAMES, Scope
from engine.settings import Settings
from tests.commands.conftest import address
from tests.reports.conftest import copy_of
from tests.reports.small_shop import rows
from tests.reports.test_restatements import unequal

# A row may look back beyond its own period in these columns: at the customers of a year, and at
# what was on the shelf, which is valued at the unit cost of the last days that it was sold on.
LOOKING_BACK = {"customer_lifetime_value", "stock_value", "average_stock_value", "stock_turnover"}


@dataclass(frozen=True)
class Night:
    outcome: ShopOutcome
    known_at: datetime
    days: frozenset[date]  # that what came late has to do with

    @property
    def run_id(self) -> int:
        assert self.outcome.run_id is not None
        return self.outcome.run_id


@dataclass(frozen=True)
class Nights:
    url: DatabaseUrl
    first: Night
    quiet: Night
    refunded: Night
    dearer: Night


@pytest.fixture(scope="module")
def nights(
    server_url: DatabaseUrl, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("costs")
    with copy_of(server_url, template_database) as url:
        load(url, generate(make_plan(orders=300)))
        write_costs(url, folder)
        first, quiet = (night(url, folder, set()) for _ in range(2))
        refunded = night(url, folder, set(add_late_refund(url)))
        sku, sold = sold_most(url)
        write_costs(url, folder, dearer=sku)
        yield Nights(url, first, quiet, refunded, night(url, folder, set(sold)))


def night(url: DatabaseUrl, folder: Path, days: set[date]) -> Night:
    settings = Settings(database_url=address(url), csv_folder=str(folder))
    caller = make_caller("00000000-0000-0000-0000-000000000001", "test", settings, Scope())
    (outcome,) = run_call(Call(caller), settings, url, say=print, stream=io.StringIO())
    assert outcome.status == "SUCCEEDED", outcome.error
    found = rows(url, "SELECT known_at FROM report_runs WHERE run_id = %s", outcome.run_id)
    return Night(outcome, found[0][0], frozenset(days))


def touched(url: DatabaseUrl, run_id: int, level: Level) -> dict[tuple[str, date], set[str]]:
    """Complete periods that a run rewrote, with the columns that moved in any of their rows."""
    entity = ENTITY_FIELDS[level].name if level in ENTITY_FIELDS else "shop_id"
    statement = (
        f"WITH written AS (SELECT {entity}, period_type, period_start, to_jsonb(live) AS metrics "
        f"FROM {TABLE_NAMES[level]} live WHERE run_id = %(run)s AND is_complete UNION ALL "
        f"SELECT {entity}, period_type, period_start, metrics FROM report_revisions "
        "WHERE run_id = %(run)s AND is_complete AND level::text = %(level)s) "
        "SELECT period_type::text, period_start, written.metrics, old.metrics FROM written "
        "LEFT JOIN (SELECT * FROM report_revisions WHERE superseded_by = %(run)s "
        f"AND level::text = %(level)s) old USING ({entity}, period_type, period_start)"
    )
    with psycopg.connect(url.libpq()) as connection:
        found = connection.execute(
            statement.encode(), {"run": run_id, "level": level.name}
        ).fetchall()
    moved: dict[tuple[str, date], set[str]] = {}
    for kind, start, now, before in found:
        names = {name for name in before if before[name] != now[name]} if before else {"new row"}
        moved.setdefault((kind, start), set()).update(names)
    return moved


def test_a_second_night_writes_nothing(nights: Nights) -> None:
    assert nights.first.outcome.counts.inserted > 100_000
    assert nights.quiet.outcome.counts.written == 0
    assert nights.quiet.outcome.counts.unchanged == nights.first.outcome.counts.inserted


@pytest.mark.parametrize("which", ["refunded", "dearer"])
@pytest.mark.parametrize("level", [SHOP, LISTING, PRODUCT])
def test_what_came_late_moves_its_own_periods_and_only_columns_that_look_back_elsewhere(
    nights: Nights, which: str, level: Level
) -> None:
    change: Night = getattr(nights, which)
    moved = touched(nights.url, change.run_id, level)
    own = {
        (kind.value, Period.containing(kind, day).start) for kind in GRAINS for day in change.days
    }
    complete = set(
        rows(
            nights.url,
            "SELECT period_type::text, period_start FROM shop_reports WHERE is_complete "
            "AND shop_id = 1",
        )
    )
    assert {period for period, names in moved.items() if names - LOOKING_BACK} == own & complete
    elsewhere = set().union(*(names for period, names in moved.items() if period not in own))
    assert elsewhere <= LOOKING_BACK


def test_three_questions_about_a_month_have_three_answers_and_the_causes_lead_to_them(
    nights: Nights,
) -> None:
    url = nights.url
    before = three_answers(url, nights.quiet.known_at)
    between = three_answers(url, nights.refunded.known_at)
    assert before.first == before.known
    assert before.first > between.known > between.now
    assert between.causes.keys() == {"LATE_REFUND", "COST_CHANGE"}
    assert between.known - between.first == between.causes["LATE_REFUND"]
    assert between.now - between.known == between.causes["COST_CHANGE"]


def test_causes_add_up_to_the_change_of_profit_at_every_level(nights: Nights) -> None:
    assert unequal(nights.url) == []
    (unexplained,) = rows(
        nights.url, "SELECT count(*) FROM report_restatements WHERE cause = 'UNEXPLAINED'"
    )
    assert unexplained == (0,)
    totals = rows(
        nights.url,
        "SELECT level::text, cause, component, sum(amount) FROM report_restatements "
        "WHERE period_type = 'MONTHLY' AND component IS NOT NULL GROUP BY 1, 2, 3",
    )
    by_level: dict[str, dict[tuple[str, str], Decimal]] = {}
    for level, cause, component, amount in totals:
        by_level.setdefault(level, {})[cause, component] = amount
    assert by_level["SHOP"] == by_level["LISTING"] == by_level["PRODUCT"]
