"""What a run would change in a report table: its rows compared with the stored ones.

Each kind of period is compared by itself, so that its rows can be dropped before the next comes. A
change keeps no rows, only which of them differ. Two rows are taken for equal where key and
digest are; of those that are not, the database has the last word when they are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from engine.database.blocks import (
    Block,
    ReportTable,
    StoredRows,
    Words,
    compare,
    row_digests,
    take,
)
from engine.metrics.model import Level
from engine.money import Int64Array
from engine.periods import Period, PeriodKind


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What became of the rows of a run."""

    computed: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    revisions: int = 0
    restated_periods: int = 0
    rows_expired: int = 0
    revisions_expired: int = 0

    @property
    def written(self) -> int:
        """How many rows were changed in any way."""
        return self.inserted + self.updated + self.removed + self.rows_expired

    def plus(self, other: RowCounts) -> RowCounts:
        """Return the sum of two counts."""
        return RowCounts(
            *(getattr(self, field.name) + getattr(other, field.name) for field in fields(self))
        )


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one kind of period to be staged, and all that is needed to make them again.

    `staged` are positions among the rows of `periods`, which are the periods that they lie in.
    """

    kind: PeriodKind
    periods: tuple[Period, ...]
    staged: Int64Array
    digests: Int64Array


@dataclass(frozen=True, slots=True)
class UnitChange:
    """What has to be done to the rows of one kind of period.

    `moved` are positions in the block that are new or differ, `removed` positions among the stored
    rows of the table. The counts are as they are expected, for people.
    """

    part: Part
    moved: Int64Array
    removed: Int64Array
    counts: RowCounts


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be done to one table: which rows to stage, part by part, which keys to remove.

    Rows are not kept: those that are to be written are computed again.
    """

    level: Level
    table: ReportTable
    parts: tuple[Part, ...]
    removed: Block
    compare_first: bool
    counts: RowCounts
    by_kind: Mapping[PeriodKind, RowCounts]

    @property
    def staged(self) -> int:
        """How many rows are staged."""
        return sum(len(part.staged) for part in self.parts)

    @property
    def is_empty(self) -> bool:
        """Whether the table is already as it should be."""
        return not self.staged and not self.counts.removed


def plan_unit(
    table: ReportTable,
    block: Block,
    periods: Sequence[Period],
    period: Int64Array,
    stored: StoredRows,
    kind: PeriodKind,
    *,
    full: bool,
) -> UnitChange:
    """Compare the new rows of one kind of period with those that a table holds.

    `period` are the positions of the rows' periods in `periods`. `full` stages every row and leaves
    it to the database to find those that differ.
    """
    places = _places(stored, kind)
    own = StoredRows(take(stored.key, places), stored.digests[places])
    digests = row_digests(table, block)
    found = compare(table, block, digests, own)
    moved = np.sort(np.concatenate([found.new, found.changed]))
    staged = np.arange(len(digests)) if full else moved
    touched = np.zeros(len(periods), np.bool_)
    touched[period[staged]] = True
    among_touched = np.cumsum(touched[period]) - 1
    part = Part(
        kind,
        tuple(periods[at] for at in np.flatnonzero(touched).tolist()),
        among_touched[staged],
        digests[staged],
    )
    counts = RowCounts(
        len(digests), len(found.new), len(found.changed), found.unchanged, len(found.removed)
    )
    return UnitChange(part, moved, places[found.removed], counts)


def join_changes(
    level: Level,
    table: ReportTable,
    units: Sequence[UnitChange],
    stored: StoredRows,
    *,
    full: bool,
) -> Change:
    """Put the changes of the kinds of period of one table together."""
    counts = RowCounts()
    for unit in units:
        counts = counts.plus(unit.counts)
    return Change(
        level=level,
        table=table,
        parts=tuple(unit.part for unit in units if len(unit.part.staged)),
        removed=take(stored.key, np.concatenate([unit.removed for unit in units])),
        compare_first=full,
        counts=counts,
        by_kind={
            unit.part.kind: unit.counts
            for unit in units
            if unit.counts.computed or unit.counts.removed
        },
    )


def _places(stored: StoredRows, kind: PeriodKind) -> Int64Array:
    """Return the positions of the stored rows of one kind of period."""
    kinds = stored.key["period_type"]
    assert isinstance(kinds, Words)
    wanted = np.array([word == kind for word in kinds.words], np.bool_)
    return np.flatnonzero(wanted[kinds.codes])
