"""Findings on imports: rows of sales and refunds files that did not get into the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.ledger.health.codes import HealthFinding, found
from engine.sources.findings import CODES
from engine.sources.imports import Imports, Reject

_AGAIN = "Mend the row and import the file again."


def import_findings(imports: Imports) -> Iterator[HealthFinding]:
    """Yield one row for each reject and each refused file; what hangs on them is not known."""
    for reject in imports.rejects:
        yield _finding(reject)
    if imports.left_out:
        yield found(
            "REJECTS_LEFT_OUT",
            "import_rejects",
            "older rejects are not listed one by one",
            count=imports.left_out,
        )


def _finding(reject: Reject) -> HealthFinding:
    expected = f"; expected {reject.expected}" if reject.expected else ""
    where: dict[str, Any] = {"row": reject.row, "column": reject.column, "value": reject.found}
    if not reject.code:
        return found("FILE_REFUSED", reject.file, reject.expected)
    if reject.code not in CODES:  # of a newer version, or of another program
        what = f"not used for the reason {reject.code!r}, which is not known here{expected}"
        return found("REJECT_CODE_UNKNOWN", reject.file, what, **where)
    level, meaning = CODES[reject.code]
    what = f"{meaning}{expected}"
    return HealthFinding(reject.code, level, reject.file, what, _AGAIN, **where)
