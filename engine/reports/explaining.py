"""`--explain METRIC`: the tree of one number on stdout, as text or JSON; nothing is written.

The number is one metric of one entity and one period: the shop, or one listing or SKU of it, and a
calendar period that holds --from, or the days from --from to --to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.analytics import EcommerceAnalyticsOptimized
from engine.database.url import DatabaseUrl
from engine.errors import UsageError
from engine.metrics.explain_nodes import Node
from engine.metrics.formats import text
from engine.metrics.model import LISTING, PRODUCT, SHOP, Level, Unit
from engine.metrics.registry import REGISTRY
from engine.periods import Period, PeriodKind
from engine.settings import Settings

SHOWN = 200  # leaves of one node as text; JSON has all
_MINUS = "−"


@dataclass(frozen=True, slots=True)
class Question:
    """Which number is asked for. kind: None = exactly the days from `first` to `last`."""

    metric: str
    shop: str | None
    level: Level
    entity: int | str | None  # None = the shop itself
    kind: PeriodKind | None
    first: date
    last: date
    as_of: datetime | None

    def period(self, week_start: int) -> Period:
        """Return the period, in weeks as the shop has them; raises UsageError if there are two."""
        if self.kind is None:
            return Period.custom(self.first, self.last)
        period = Period.containing(self.kind, self.first, week_start)
        if self.last > period.end:
            raise UsageError(
                f"--from {self.first} and --to {self.last} lie in different periods.",
                hint="--explain is about one number: give one period.",
            )
        return period


def question_of(
    metric: str,
    *,
    shops: Sequence[str],
    levels: Sequence[str],
    listings: Sequence[int],
    skus: Sequence[str],
    kinds: Sequence[str],
    first: date | None,
    last: date | None,
    as_of: datetime | None,
) -> Question:
    """Read a question from options; raises UsageError for one that is about several numbers.

    Raises UnknownMetricError and LevelError too, before anything is loaded.
    """
    entities: list[tuple[Level, int | str | None]] = [(LISTING, one) for one in listings]
    entities += [(PRODUCT, one) for one in skus]
    level, entity = entities[0] if entities else (SHOP, None)
    for what, many in (("shop", shops), ("listing or SKU", entities), ("--period", kinds)):
        if len(many) > 1:
            raise UsageError(
                f"--explain is about one number, and more than one {what} is given.",
                hint=f"Give one {what}.",
            )
    if levels and tuple(levels) != (level.value,):
        raise UsageError(
            f"--level {' '.join(levels)} is not the level of what is asked for, {level.value}.",
            hint="Leave --level out.",
        )
    if first is None or (not kinds and last is None):
        raise UsageError(
            "--explain needs to know which period is meant.",
            hint="Give --period with --from, or --from with --to.",
        )
    REGISTRY.choose(level, [metric])
    kind = PeriodKind(kinds[0].upper()) if kinds else None
    shop = shops[0] if shops else None
    return Question(metric, shop, level, entity, kind, first, last or first, as_of)


def explained(question: Question, settings: Settings, url: DatabaseUrl, *, as_json: bool) -> str:
    """Load the shop, explain the number, check that it adds up, and return what to print.

    Raises as a load does, and UnknownEntityError and ReconciliationError.
    """
    analytics = EcommerceAnalyticsOptimized.load(
        question.shop, question.as_of, settings=settings, url=url
    )
    shop = analytics.shop
    period = question.period(shop.week_start)
    entity = shop.shop_id if question.entity is None else question.entity
    root = analytics.explain(question.metric, question.level, entity, period)
    root.check()
    if as_json:
        return json.dumps(_record(root, analytics, question, period), ensure_ascii=False)
    name = f"shop {shop.name}" if question.entity is None else f"{question.level} {entity}"
    head = f"{root.label} of {name}, {period.start} to {period.end}"
    return "\n".join([head, *_lines(root, shop.currency), "It adds up from the rows upwards."])


def _record(
    root: Node, analytics: EcommerceAnalyticsOptimized, question: Question, period: Period
) -> dict[str, Any]:
    shop = analytics.shop
    return {
        "exit_code": 0,
        "shop_id": shop.shop_id,
        "shop": shop.name,
        "currency": shop.currency,
        "level": question.level.value,
        "entity": shop.shop_id if question.entity is None else question.entity,
        "period_type": period.kind.value,
        "period_start": period.start.isoformat(),
        "period_end": period.end.isoformat(),
        "watermark": analytics.watermark.isoformat(),
        "tree": root.as_dict(),
    }


def _lines(root: Node, currency: str) -> Iterator[str]:
    yield from _branch(root, currency, 0)
    yield "In no figure:"
    for node in root.left_out:
        yield f"  {node.label}: {node.said(currency)}"


def _branch(node: Node, currency: str, depth: int) -> Iterator[str]:
    """Yield a node and all below it, one line each, deeper ones further to the right."""
    indent = "  " * depth
    sign = f"{_MINUS} " if node.sign < 0 else ""
    basis = f"  [{node.basis}]" if node.basis else ""
    yield f"{indent}{sign}{node.label}: {node.said(currency)} = {node.formula}{basis}"
    for child in node.children:
        yield from _branch(child, currency, depth + 1)
    if node.leaves is not None:
        yield from _rows(node, indent + "  ", currency)


def _rows(node: Node, indent: str, currency: str) -> Iterator[str]:
    """Yield the rows of a node, what each adds at the end; JSON has all columns."""
    assert node.leaves is not None
    for row in node.leaves.frame().head(SHOWN).astype(object).to_dict("records"):
        amount = row.pop("amount")
        if row.get("order_day") == row.get("day"):
            row.pop("order_day", None)
        words = (f"{_named(name)} {_plain(value)}" for name, value in row.items() if value)
        # Rows of hours are in seconds, those of a mode are counted: only money has a look.
        said = text(node.unit, amount, currency) if node.unit is Unit.MONEY else str(amount)
        yield f"{indent}{', '.join(words)}: {said}"
    if len(node.leaves) > SHOWN:
        yield f"{indent}… and {len(node.leaves) - SHOWN} more, all of them with --json"


def _named(column: Any) -> str:
    return str(column).replace("_", " ")


def _plain(value: Any) -> str:
    """Return a cell as text, a day without its midnight."""
    return str(value).removesuffix(" 00:00:00")
