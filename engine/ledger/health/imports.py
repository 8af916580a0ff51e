"""Findings on imports: rows of sales and refunds files that did not get into the tables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.ledger.health.codes import HealthFinding, found
from engine.sources.findings import CODES
from engine.sources.imports import Imports

_AGAIN = "Mend the row and import the file again."


def import_findings(imports: Imports) -> Iterator[HealthFinding]:
    """Yield one row for each reject and each refused file; what hangs on them is not known."""
    for reject in imports.rejects:
        if not reject.code:
            yield found("FILE_REFUSED", reject.file, reject.expected)
            continue
        level, meaning = CODES[reject.code]
        what = f"{meaning}; expected {reject.expected}" if reject.expected else meaning
        yield HealthFinding(
            reject.code,
            level,
            reject.file,
            what,
            _AGAIN,
            row=reject.row,
            column=reject.column,
            value=reject.found,
        )
    if imports.left_out:
        yield found(
            "REJECTS_LEFT_OUT",
            "import_rejects",
            "older rejects are not listed one by one",
            count=imports.left_out,
        )
